// @ts-check
// Who was assigned to the open incident, how far each has got and by whose word, how long an answer is waited for, and
// what may be entered by voice.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { answerLeft } from "../../picture/weighing.js";
import { duration } from "../../words/format.js";
import { ACTS, actsOf, viaOf } from "../../words/sending.js";
import { ASSIGNMENT } from "../../words/words.js";
import { lineForm, timeOf } from "../html.js";

/** @typedef {import("../../types/wire.js").Assignment} Assignment */
/** @typedef {import("../../types/wire.js").Act} Act */
/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** Nobody answered: somebody is to call. */
const UNANSWERED = ["unanswered", "lapsed"];

/** Its state, and by what way and when that became known. @param {Assignment} assignment @param {number} server_ms */
function standing(assignment, server_ms) {
  const { callsign, state, steps } = assignment;
  const last = steps.at(-1);
  const left_s = answerLeft(assignment, server_ms);
  const late = UNANSWERED.includes(state);
  const told = last && html`<span class="dim">${viaOf(last.via)} ${timeOf(last.at)}</span>`;
  const wait = html`<span class=${late ? "late" : "dim"}><b class="num">${duration(left_s ?? 0)}</b> ${
    late ? "until it is in the queue again" : "to answer"
  }</span>`;
  return html`<span class="standing">
    <b>${callsign}</b> <span class=${late ? "late" : ""}>${ASSIGNMENT[state]}</span> ${told}
    ${left_s === null ? nothing : wait}
  </span>`;
}

/** The steps are entered for a unit that says them by voice. @param {Assignment} assignment @param {Moment} moment */
function steps(assignment, { state, desk }) {
  if (whyReadOnly(state)) return nothing;
  const { next, more } = actsOf(assignment);
  const button = (/** @type {Act} */ act) =>
    html`<button data-act=${act} @click=${() => desk.advance(assignment.id, act)}>${ACTS[act]}</button>`;
  const others = html`<details class="other-acts">
    <summary>More</summary>
    <span class="steps">${more.map(button)}</span>
  </details>`;
  return html`<span class="steps">${next.map(button)}</span> ${more.length > 0 ? others : nothing}`;
}

/** Another was suggested: that may be explained, and need not be. @param {Assignment} assignment @param {Moment} moment */
function why({ id, callsign, active, reason, overrides, against }, { state, desk }) {
  const rather =
    overrides && html`rather than <b>${overrides.callsign}</b> <span class="num">${duration(overrides.eta_s)}</span>`;
  const said = [against && `although ${against}`, reason].filter(Boolean).join(": ");
  const ask = overrides && active && !reason && !whyReadOnly(state);
  if (!rather && !said) return nothing;
  return html`<span class="dim">${rather ?? nothing}${rather && said ? ": " : nothing}${said}</span>
    ${ask ? lineForm(`Why ${callsign}? (if you like)`, "Keep", (text) => desk.explain(id, text)) : nothing}`;
}

/** @param {Assignment} assignment @param {Incident} incident @param {Moment} moment */
function warnings({ id, active, warnings, warnings_read_at }, { locality }, { state, desk }) {
  const gate = warnings.map((text) => html`<span class="warn">${text}</span>`);
  if (!active || locality.warnings.length === 0) return gate;
  const button = html`<button @click=${() => desk.warningsRead(id)}>Read, by voice</button>`;
  return warnings_read_at
    ? [gate, html`<span class="dim">warnings read ${timeOf(warnings_read_at)}</span>`]
    : [gate, html`<span class="steps warn">warnings not read ${whyReadOnly(state) ? nothing : button}</span>`];
}

/** @param {Assignment} assignment @param {Incident} incident @param {Moment} moment */
const assigned = (assignment, incident, moment) => html`<li class="assigned ${assignment.active ? "" : "over"}">
  ${standing(assignment, moment.server_ms)}
  ${assignment.to_rvp ? html`<span class="warn">to the RVP and no further</span>` : nothing}
  ${warnings(assignment, incident, moment)} ${why(assignment, moment)} ${steps(assignment, moment)}
</li>`;

/** @type {import("./incident.js").Part} */
export function assignedPart(incident, moment) {
  const newest = [...incident.assignments].sort((a, b) => Number(b.active) - Number(a.active));
  if (newest.length === 0)
    return html`<p class="dim">Nobody assigned. The ranking on the right says who could be there first.</p>`;
  return html`<ul>${newest.map((assignment) => assigned(assignment, incident, moment))}</ul>`;
}

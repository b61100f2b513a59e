// @ts-check
// What needs somebody: a calm list, the loud ones first, each with what can be done about it. The count stands in the
// header; what is a need and how loud it is `picture/attention.js` decides.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { whyReadOnly } from "../acts/kit.js";
import { attentionOf } from "../picture/attention.js";
import { since } from "../picture/clock.js";
import { duration } from "../words/format.js";
import { ASK_ANSWERS } from "../words/words.js";
import { emptyNote, gradeIcon, lineForm } from "./html.js";

/** @typedef {import("../picture/attention.js").Need} Need */
/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** @param {Need} need @param {Desk} desk */
function answers({ ask }, desk) {
  if (!ask) return nothing;
  const { assignment } = ask;
  const clears = assignment && (ask.kind === "clear" || ask.kind === "left_scene");
  return html`<span class="need-answers">
    ${clears ? html`<button @click=${() => desk.advance(assignment, "clear")}>Clear it</button>` : nothing}
    ${ASK_ANSWERS[ask.kind].map((text) => html`<button @click=${() => desk.answer(ask.id, text)}>${text}</button>`)}
    ${lineForm(`What came of it (${ask.callsign})`, "Answer", (text) => desk.answer(ask.id, text))}
  </span>`;
}

/** @param {Need} need @param {Desk} desk */
function acts(need, desk) {
  const { incident, callsign, key, ask } = need;
  const openIncident = () => incident && desk.open({ kind: "incident", id: incident });
  const openUnit = () => callsign && desk.open({ kind: "unit", callsign });
  return html`<span class="need-acts">
    ${incident ? html`<button aria-label="Open ${incident}" @click=${openIncident}>${ask ? incident : "Open"}</button>` : nothing}
    ${callsign ? html`<button aria-label="Show ${callsign}" @click=${openUnit}>${callsign}</button>` : nothing}
    ${callsign && key.startsWith("shift") ? html`<button @click=${() => desk.bookOff(callsign)}>Book off</button>` : nothing}
  </span>`;
}

/** @param {Need} need @param {Moment} moment */
function row(need, { state, server_ms, desk }) {
  const { loud, texts, incident } = need;
  const grade = incident ? state.picture.incidents.get(incident)?.grade : undefined;
  const age = need.since ? html`<span class="num">${duration(since(need.since, server_ms))}</span>` : nothing;
  return html`<li class="need ${loud ? "loud" : ""}">
    ${grade === undefined ? html`<span class="need-icon" aria-hidden="true">?</span>` : gradeIcon(grade)}
    <span class="need-text">
      ${incident && !need.ask ? html`<b>${incident}</b>` : nothing} ${texts.map((text) => html`<span>${text}</span>`)}
    </span>
    <span class="need-age">${age}</span>
    ${acts(need, desk)} ${whyReadOnly(state) ? nothing : answers(need, desk)}
  </li>`;
}

/** @param {Moment} moment */
export function attentionView(moment) {
  const { state, server_ms } = moment;
  if (!state.picture.started) return emptyNote("Waiting for the first picture");
  const needs = attentionOf(state.picture, server_ms);
  if (needs.length === 0)
    return emptyNote("Nothing needs anybody", "Late targets, unanswered deployments and questions of units come here.");
  return html`<ol class="needs">${repeat(
    needs,
    ({ key }) => key,
    (need) => row(need, moment),
  )}</ol>`;
}

/** The count in the header, which opens the list. @param {Moment} moment */
export function attentionCount({ state, server_ms, desk }) {
  const needs = attentionOf(state.picture, server_ms);
  const loud = needs.filter((need) => need.loud).length;
  const open = state.sheet?.name === "attention";
  const toggle = () => desk.sheet(open ? null : { name: "attention" });
  return html`<button
    class="needs-count ${loud > 0 ? "loud" : ""}"
    aria-expanded=${open}
    title="What needs somebody (Alt+A)"
    @click=${toggle}
  >
    Needs somebody <b class="num">${needs.length}</b>${loud > 0 ? html`, <span>${loud === needs.length ? "all" : loud} now</span>` : nothing}
  </button>`;
}

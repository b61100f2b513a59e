// @ts-check
// The open incident: its clock, who was assigned and how far each has got, its log, its end.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { duration, localTime } from "./format.js";
import { ASSIGNMENT, NEXT_ACTS } from "./words.js";

/** @typedef {import("./types/wire.js").Incident} Incident */
/** @typedef {import("./types/wire.js").Assignment} Assignment */
/** @typedef {import("./types/screen.js").Desk} Desk */

/** @param {Incident} incident @param {number} server_ms */
function clock({ created_at, target_s, assignments }, server_ms) {
  if (target_s === null) return html`<span class="dim">no attendance target</span>`;
  if (assignments.some(({ state }) => state === "at_scene"))
    return html`<span class="dim">a unit is at the scene</span>`;
  const left_s = target_s - (server_ms - Date.parse(created_at)) / 1000;
  return left_s >= 0
    ? html`<span><b class="num">${duration(left_s)}</b> left of ${duration(target_s)}</span>`
    : html`<span class="late"><b class="num">${duration(-left_s)}</b> past its ${duration(target_s)}</span>`;
}

/** The steps are entered for a unit that says them by voice. @param {Assignment} assignment @param {Desk} desk */
function assigned({ id, callsign, state, steps }, desk) {
  const last = steps.at(-1);
  return html`<li class="assigned">
    <span><b>${callsign}</b> ${ASSIGNMENT[state]}${last ? html` <span class="dim">${last.via.replace("_", " ")} <span class="num">${localTime(Date.parse(last.at))}</span></span>` : nothing}</span>
    <span class="steps">${NEXT_ACTS[state].map(([act, label]) => html`<button class="step" data-act=${act} @click=${() => desk.advance(id, act)}>${label}</button>`)}</span>
  </li>`;
}

/** @param {SubmitEvent} event @param {(text: string) => void} use */
function submitText(event, use) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const text = String(new FormData(form).get("text") ?? "").trim();
  if (text) use(text);
  form.reset();
}

/** @param {Incident} incident @param {Desk} desk */
function assignments(incident, desk) {
  const newest = [...incident.assignments].sort((a, b) => Number(b.active) - Number(a.active));
  if (newest.length === 0)
    return html`<p class="dim">Nobody assigned. The ranking on the right says who could be there first.</p>`;
  return html`<ul>${newest.map((assignment) => assigned(assignment, desk))}</ul>`;
}

/** @param {Incident} incident @param {number} server_ms @param {Desk} desk */
export function incidentView(incident, server_ms, desk) {
  return html`<section class="detail" aria-label="Incident ${incident.id}">
    <header class="panel-head">
      <h2>${incident.id}</h2><span class="dim">Grade ${incident.grade} · ${incident.grade_label}</span>
      <button class="quiet" aria-label="Close panel" title="Close panel (Esc)" @click=${() => desk.dismiss()}>✕</button>
    </header>
    <div class="detail-body">
      <p class="clockline">${clock(incident, server_ms)}</p>
      ${incident.type ? html`<p class="dim">${incident.type}</p>` : nothing}
      ${assignments(incident, desk)}
      <h3>Log</h3>
      <form class="inline" @submit=${(/** @type {SubmitEvent} */ e) => submitText(e, (text) => desk.note(incident.id, text))}>
        <input name="text" aria-label="Add to the log" placeholder="Add to the log" autocomplete="off" maxlength="2000" /><button>Add</button>
      </form>
      <ol class="log">${[...incident.log].reverse().map((line) => html`<li><span class="num dim">${localTime(Date.parse(line.at))}</span> <span>${line.text} <span class="dim">${line.operator}</span></span></li>`)}</ol>
      <form class="inline" @submit=${(/** @type {SubmitEvent} */ e) => submitText(e, (text) => desk.close(incident.id, text))}>
        <input name="text" aria-label="Result" placeholder="Result, to close the incident" autocomplete="off" maxlength="200" /><button>Close incident</button>
      </form>
    </div>
  </section>`;
}

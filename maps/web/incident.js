// @ts-check
// The open incident: its clock, who was assigned and how far each has got, its log, its end.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { age, distance, duration, localTime } from "./format.js";
import { ASSIGNMENT, NEXT_ACTS } from "./words.js";

/** @typedef {import("./types/wire.js").Incident} Incident */
/** @typedef {import("./types/wire.js").Assignment} Assignment */
/** @typedef {import("./types/wire.js").Act} Act */
/** @typedef {import("./types/wire.js").CallerLocation} CallerLocation */
/** @typedef {import("./types/screen.js").Desk} Desk */

/** @param {string} at */
const timeOf = (at) => html`<span class="num">${localTime(Date.parse(at))}</span>`;

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
  const told = last && html`<span class="dim">${last.via.replace("_", " ")} ${timeOf(last.at)}</span>`;
  const button = (/** @type {Act} */ act, /** @type {string} */ label) =>
    html`<button data-act=${act} @click=${() => desk.advance(id, act)}>${label}</button>`;
  return html`<li class="assigned">
    <span><b>${callsign}</b> ${ASSIGNMENT[state]} ${told}</span>
    <span class="steps">${NEXT_ACTS[state].map(([act, label]) => button(act, label))}</span>
  </li>`;
}

/** One field and its button. @param {string} label @param {string} button @param {(text: string) => void} use */
function line(label, button, use) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const text = String(new FormData(form).get("text") ?? "").trim();
    if (text) use(text);
    form.reset();
  };
  return html`<form class="inline" @submit=${submit}>
    <input name="text" aria-label=${label} placeholder=${label} autocomplete="off" maxlength="1000" />
    <button>${button}</button>
  </form>`;
}

/** Nothing moves by itself: a better place is offered. @param {Incident} incident @param {number} server_ms @param {Desk} desk */
function caller({ id, caller_locations: [best] }, server_ms, desk) {
  if (!best) return nothing;
  const { lat, lon, method, accuracy_m, accuracy_confidence, floor, distance_m, offered } = best;
  const seconds = (server_ms - Date.parse(best.time ?? best.received_at)) / 1000;
  const surely = accuracy_confidence === null ? "" : `, ${Math.round(accuracy_confidence * 100)} % sure`;
  const within = accuracy_m === null ? "radius unknown" : `within ${distance(accuracy_m)}${surely}`;
  const place =
    lat === null || lon === null
      ? Object.values(best.address ?? {}).join(", ") || "the phone does not know where it is"
      : [method, within, floor && `floor ${floor}`].filter(Boolean).join(", ");
  const move = () => lat !== null && lon !== null && desk.relocate(id, { lat, lon });
  return html`<p class="caller">
    <span><b>Caller's phone</b> ${place} <span class="dim">${age(Math.max(0, seconds))} ago</span></span>
    ${offered ? html`<button @click=${move}>Move incident there, ${distance(distance_m ?? 0)} away</button>` : nothing}
  </p>`;
}

/** The newest first. @param {Incident} incident */
const log = (incident) => html`<ol class="log">
  ${[...incident.log].reverse().map(
    ({ at, text, operator }) => html`<li>
      <span class="dim">${timeOf(at)}</span>
      <span>${text} <span class="dim">${operator}</span></span>
    </li>`,
  )}
</ol>`;

/** @param {Incident} incident @param {Desk} desk */
function assignments(incident, desk) {
  const newest = [...incident.assignments].sort((a, b) => Number(b.active) - Number(a.active));
  if (newest.length === 0)
    return html`<p class="dim">Nobody assigned. The ranking on the right says who could be there first.</p>`;
  return html`<ul>${newest.map((assignment) => assigned(assignment, desk))}</ul>`;
}

/** @param {Incident} incident @param {number} server_ms @param {Desk} desk */
export function incidentView(incident, server_ms, desk) {
  const { id, grade, grade_label, type } = incident;
  return html`<section class="detail" aria-label="Incident ${id}">
    <header class="panel-head">
      <h2>${id}</h2>
      <span class="dim">Grade ${grade} · ${grade_label}</span>
      <button class="quiet" aria-label="Close panel" title="Close panel (Esc)" @click=${() => desk.dismiss()}>✕</button>
    </header>
    <div class="detail-body">
      <p>${clock(incident, server_ms)}</p>
      ${type ? html`<p class="dim">${type.replaceAll("_", " ")}</p>` : nothing} ${caller(incident, server_ms, desk)}
      ${assignments(incident, desk)}
      <h3>Log</h3>
      ${line("Add to the log", "Add", (text) => desk.note(id, text))} ${log(incident)}
      ${line("Result, to close the incident", "Close incident", (text) => desk.close(id, text))}
    </div>
  </section>`;
}

// @ts-check
// The incident queue, in the server's order: what waits first, then what is attended, seen to, or held for its time.
// What is late is said in words, and by how much; who is going and how far each has got stands with it.

import { whyReadOnly } from "../acts/kit.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { dueOf, since } from "../picture/clock.js";
import { desksOf, lanesOf } from "../picture/order.js";
import { duration, localDay, localTime } from "../words/format.js";
import { ASSIGNMENT, LANES } from "../words/words.js";
import { emptyNote, gradeIcon, typedIn } from "./html.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("../types/wire.js").Incident} Incident */

/** More of a text than this is never seen of it in a row, and would be laid out all the same. */
const TITLE_CHARS = 200;

/** Who is going, or how long nobody has been. @param {Incident} incident @param {number} server_ms */
function attending({ assignments, pressing }, server_ms) {
  const active = assignments.filter((assignment) => assignment.active);
  if (active.length > 0)
    return active.map(({ callsign, state }) => html`<span class="goes"><b>${callsign}</b> ${ASSIGNMENT[state]}</span>`);
  if (!pressing?.unresourced_since) return nothing;
  return html`<span class="warn">nobody for <b class="num">${duration(since(pressing.unresourced_since, server_ms))}</b></span>`;
}

/** What is to be known before it is opened. @param {Incident} incident */
function marks({ pressing, locality, firearms, offer }) {
  const missing = (pressing?.wanted ?? []).reduce((sum, wanted) => sum + wanted.missing, 0);
  return [
    pressing?.escalated ? html`<b class="mark loud">escalated</b>` : nothing,
    missing > 0 ? html`<b class="mark loud">${missing} more wanted</b>` : nothing,
    locality.warnings.length > 0 ? html`<b class="mark">warning</b>` : nothing,
    firearms ? html`<b class="mark">firearms</b>` : nothing,
    offer ? html`<b class="mark">offered to ${offer.desk}</b>` : nothing,
  ];
}

/** @param {string} at @param {number} server_ms an instant: today by its time, else with its day */
function instant(at, server_ms) {
  const ms = Date.parse(at);
  const day = localDay(ms) === localDay(server_ms) ? "" : `${localDay(ms)} `;
  return `${day}${localTime(ms).slice(0, 5)}`;
}

/**
 * How long there is or how late it is, and until what; where nothing is due, how long it has been open.
 * @param {Incident} incident @param {number} server_ms @returns {{tone: string, time: string, word: string}}
 */
function clockOf(incident, server_ms) {
  const due = dueOf(incident, server_ms);
  if (incident.held_until) return { tone: "dim", time: instant(incident.held_until, server_ms), word: "held until" };
  if (!due) return { tone: "dim", time: duration(since(incident.created_at, server_ms)), word: "open" };
  const near = incident.pressing?.warned.some((what) => what.endsWith("at_risk"));
  const time = duration(due.seconds);
  if (due.late) return { tone: "late", time: `${time} late`, word: due.what };
  return near ? { tone: "near", time, word: `soon late ${due.what}` } : { tone: "", time, word: due.what };
}

/** @param {Incident} incident */
function whereOf({ id, place, grid_ref, locality }) {
  const beat = locality.areas.findLast(({ kind }) => kind === "beat" || kind === "lpu");
  return [id, place ?? grid_ref, beat?.name].filter(Boolean).join(" · ");
}

/** @param {Incident} incident @param {State} state @param {number} server_ms @param {Desk} desk */
function row(incident, { target }, server_ms, desk) {
  const { id, text, type, grade, pressing } = incident;
  const open = target?.kind === "incident" && target.id === id;
  const { tone, time, word } = clockOf(incident, server_ms);
  return html`<li>
    <button
      class="job ${pressing?.lane} ${open ? "open" : ""}"
      aria-pressed=${open}
      data-incident=${id}
      @click=${() => desk.open({ kind: "incident", id })}
    >
      ${gradeIcon(grade)}
      <span class="job-title">${text.slice(0, TITLE_CHARS) || type.replaceAll("_", " ") || "No description"}</span>
      <span class="job-time num ${tone}">${time}</span>
      <span class="where dim">${whereOf(incident)}</span>
      <span class="attending">
        ${attending(incident, server_ms)} ${marks(incident)} <span class="job-word ${tone}">${word}</span>
      </span>
    </button>
  </li>`;
}

/** Whose incidents are listed: asked where there are several desks.
 * @param {State} state @param {Desk} desk */
function filter({ queue, picture, desk_name }, desk) {
  const desks = desksOf(picture.incidents.values());
  const others = desks.filter((name) => name !== desk_name);
  if (others.length + Number(desk_name !== "") < 2 && queue.desk === null) return nothing;
  const option = (/** @type {string} */ name, /** @type {string} */ label) =>
    html`<option value=${name} ?selected=${queue.desk === name}>${label}</option>`;
  return html`<select
    class="desks"
    aria-label="Whose incidents"
    @change=${(/** @type {Event} */ event) => desk.listDesk(typedIn(event) || null)}
  >
    <option value="" ?selected=${queue.desk === null}>All desks</option>
    ${desk_name ? option(desk_name, `Mine (${desk_name})`) : nothing} ${others.map((name) => option(name, name))}
  </select>`;
}

/** @param {Desk} desk */
const addButton = (desk) =>
  html`<button class="add" aria-label="New incident" title="New incident (Alt+N)" @click=${() => desk.compose(null)}>+</button>`;

/** @param {import("../types/screen.js").Moment} moment */
export function queueView({ state, server_ms, desk }) {
  const lanes = lanesOf(state.picture.incidents.values(), state.queue.desk);
  const open = lanes.reduce((sum, [, incidents]) => sum + incidents.length, 0);
  return html`<header class="panel-head">
      <h2>Incidents</h2>
      <span class="dim num open-count">${state.picture.started ? `${open} open` : nothing}</span>
      ${filter(state, desk)}
      ${whyReadOnly(state) ? nothing : addButton(desk)}
    </header>
    ${contents(lanes, state, server_ms, desk)}`;
}

/** @param {ReturnType<typeof lanesOf>} lanes @param {State} state @param {number} server_ms @param {Desk} desk */
function contents(lanes, state, server_ms, desk) {
  if (!state.picture.started)
    return emptyNote(state.session === "out" ? "Not signed in" : "Waiting for the first picture");
  if (lanes.length === 0 && state.queue.desk !== null)
    return emptyNote(`${state.queue.desk} has no open incidents`, "Other desks may have some.");
  if (lanes.length === 0) return emptyNote("No open incidents", "Click a place on the map, or press + to enter one.");
  return html`<div class="jobs">
    ${repeat(
      lanes,
      ([lane]) => lane,
      ([lane, incidents]) => html`<h3 class="lane ${lane}">
          ${LANES[lane]} <span class="num">${incidents.length}</span>
        </h3>
        <ol>${repeat(
          incidents,
          ({ id }) => id,
          (incident) => row(incident, state, server_ms, desk),
        )}</ol>`,
    )}
  </div>`;
}

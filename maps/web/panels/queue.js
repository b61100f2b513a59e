// @ts-check
// The incident queue: open incidents by urgency and age, who is going, and the way to a new one.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { duration } from "../words/format.js";
import { emptyNote, gradeIcon } from "./html.js";
import { queueOf } from "../picture/order.js";
import { ASSIGNMENT } from "../words/words.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("../types/wire.js").Incident} Incident */

/** @param {Incident} incident */
function attending(incident) {
  const active = incident.assignments.filter((assignment) => assignment.active);
  if (active.length === 0) return html`<span class=${incident.grade <= "2" ? "warn" : "dim"}>nobody assigned</span>`;
  return html`<span class="attending">
    ${active.map(({ callsign, state }) => html`<span><b>${callsign}</b> ${ASSIGNMENT[state]}</span>`)}
  </span>`;
}

/** @param {Incident} incident @param {State} state @param {number} server_ms @param {Desk} desk */
function row(incident, { target }, server_ms, desk) {
  const age_s = (server_ms - Date.parse(incident.created_at)) / 1000;
  const late =
    incident.target_s !== null &&
    age_s > incident.target_s &&
    !incident.assignments.some(({ state }) => state === "at_scene");
  const open = target?.kind === "incident" && target.id === incident.id;
  return html`<li>
    <button
      class="job ${open ? "open" : ""}"
      aria-pressed=${open}
      data-incident=${incident.id}
      @click=${() => desk.open({ kind: "incident", id: incident.id })}
    >
      ${gradeIcon(incident.grade)}
      <span class="job-text">
        <span class="job-title">${incident.text || incident.type.replaceAll("_", " ") || "No description"}</span>
        <span class="dim where">${[incident.id, incident.place ?? incident.grid_ref].filter(Boolean).join(" · ")}</span>
        ${attending(incident)}
      </span>
      <span class="num job-age ${late ? "late" : ""}" title=${late ? "past its target" : "since it was created"}>
        ${duration(age_s)}${late ? html`<small>late</small>` : nothing}
      </span>
    </button>
  </li>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function queueView({ state, server_ms, desk }) {
  const queue = queueOf(state.picture.incidents.values());
  return html`<header class="panel-head">
      <h2>Incidents</h2>
      <span class="dim num">${state.picture.started ? `${queue.length} open` : nothing}</span>
      <button class="add" aria-label="New incident" title="New incident (Alt+N)" @click=${() => desk.compose(null)}>
        +
      </button>
    </header>
    ${contents(queue, state, server_ms, desk)}`;
}

/** @param {Incident[]} queue @param {State} state @param {number} server_ms @param {Desk} desk */
function contents(queue, state, server_ms, desk) {
  if (!state.picture.started)
    return emptyNote(state.session === "out" ? "Not signed in" : "Waiting for the first picture");
  if (queue.length === 0) return emptyNote("No open incidents", "Click a place on the map, or press + to enter one.");
  return html`<ol class="jobs">${repeat(
    queue,
    ({ id }) => id,
    (incident) => row(incident, state, server_ms, desk),
  )}</ol>`;
}

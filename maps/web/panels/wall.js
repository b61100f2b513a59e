// @ts-check
// The wall: how the force stands and what waits, in letters that are read from across the room. Nothing here is pressed.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { duration, plural } from "../words/format.js";
import { roomFor } from "../picture/extent.js";
import { countByFreshness } from "../picture/store.js";
import { countByStanding, queueOf } from "../picture/order.js";
import { ASSIGNMENT } from "../words/words.js";
import { emptyNote, gradeIcon, standingIcon } from "./html.js";

/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/screen.js").Picture} Picture */

/** Incidents listed on the first drawing, when the list's height is not known yet. */
const FIRST = 3;

/** The list has what the counts above it leave; before it is drawn, a few. */
function room() {
  const list = document.querySelector("#wall .wall-jobs");
  return list ? roomFor(list.clientHeight, parseFloat(getComputedStyle(list).fontSize)) : FIRST;
}

/** @param {Picture} picture */
function standings({ units }) {
  return countByStanding(units.values()).map(
    ({ availability, word, count }) =>
      html`<li>${standingIcon(availability, 56)}<b class="num">${count}</b><span>${word}</span></li>`,
  );
}

/** What is not seen well is said in words. @param {Picture} picture */
function unseen({ units }) {
  const { stale, lost, never } = countByFreshness(units.values());
  const said = [
    stale > 0 ? `${stale} stale` : "",
    lost > 0 ? `${lost} lost` : "",
    never > 0 ? `${never} without a fix` : "",
  ];
  const words = said.filter(Boolean).join(", ");
  return words ? html`<p class="warn wall-unseen">Of these ${words}</p>` : nothing;
}

/** @param {Incident} incident */
function attending({ assignments }) {
  const active = assignments.filter(({ active }) => active);
  if (active.length === 0) return html`<span class="warn">nobody assigned</span>`;
  return active.map(({ callsign, state }) => html`<span><b>${callsign}</b> ${ASSIGNMENT[state]}</span> `);
}

/** @param {Incident} incident @param {number} server_ms */
function job(incident, server_ms) {
  const { id, grade, text, type, place, grid_ref, created_at } = incident;
  const what = text || type.replaceAll("_", " ") || "No description";
  return html`<li data-incident=${id}>
    ${gradeIcon(grade, 72)}
    <div>
      <p class="wall-title">${what}</p>
      <p class="dim">${[id, place ?? grid_ref].filter(Boolean).join(" · ")}</p>
      <p>${attending(incident)}</p>
    </div>
    <span class="num wall-age">${duration((server_ms - Date.parse(created_at)) / 1000)}</span>
  </li>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function wallView({ state: { picture, session }, server_ms }) {
  if (!picture.started) return emptyNote(session === "out" ? "Not signed in" : "Waiting for the first picture");
  const queue = queueOf(picture.incidents.values());
  const listed = room();
  const more = queue.length - listed;
  return html`<h2>${plural(picture.units.size, "unit")} on duty</h2>
    <ul class="wall-counts">${standings(picture)}</ul>
    ${unseen(picture)}
    <h2>${plural(queue.length, "open incident")}</h2>
    <ol class="wall-jobs">${repeat(
      queue.slice(0, listed),
      ({ id }) => id,
      (incident) => job(incident, server_ms),
    )}</ol>
    <p class="warn wall-more">${more > 0 ? `and ${more} more` : nothing}</p>`;
}

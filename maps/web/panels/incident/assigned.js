// @ts-check
// Who was assigned to the open incident, how far each has got, and what may be entered for it by voice.

import { html } from "../../vendor/lit-html/lit-html.js";
import { ASSIGNMENT, NEXT_ACTS } from "../../words/words.js";
import { timeOf } from "../html.js";

/** @typedef {import("../../types/wire.js").Assignment} Assignment */
/** @typedef {import("../../types/wire.js").Act} Act */
/** @typedef {import("../../types/screen.js").Desk} Desk */

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

/** @type {import("./incident.js").Part} */
export function assignedPart({ assignments }, { desk }) {
  const newest = [...assignments].sort((a, b) => Number(b.active) - Number(a.active));
  if (newest.length === 0)
    return html`<p class="dim">Nobody assigned. The ranking on the right says who could be there first.</p>`;
  return html`<ul>${newest.map((assignment) => assigned(assignment, desk))}</ul>`;
}

// @ts-check
// The open unit itself: what it is, who is aboard, what it does, and what a desk does about it.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { unitIcon } from "./html.js";
import { ASSIGNMENT, KINDS } from "../words/words.js";

/**
 * The clicked unit itself. Ending an emergency takes two presses: one slip must not silence it.
 * @param {import("../types/wire.js").Unit} unit @param {import("../types/screen.js").Moment} moment
 */
export function unitCard(unit, { desk }) {
  const { callsign, kind, state, assignment, crew, capabilities, station } = unit;
  const has = [`crew of ${crew}`, ...capabilities, station].filter(Boolean).join(", ");
  const job = assignment ? `, ${ASSIGNMENT[assignment.state]} for ${assignment.incident}` : "";
  const end = html`<details>
    <summary>End the emergency</summary>
    <button @click=${() => desk.endEmergency(callsign)}>Yes, ${callsign} is safe</button>
  </details>`;
  return html`<div class="card">
    ${unitIcon(unit)}
    <span><b>${callsign}</b> ${KINDS[kind]?.word ?? kind}, ${state.label}${job}</span>
    <span class="dim">${has}</span>
    ${unit.emergency ? end : nothing}
  </div>`;
}

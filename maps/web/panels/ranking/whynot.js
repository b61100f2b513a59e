// @ts-check
// Why not that one? The server's answer in the place where it was asked: what keeps it, and the least that would do.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";

/** @typedef {import("../../types/screen.js").Moment} Moment */

/** @param {string} callsign @param {string} label @param {Moment} moment */
export function whyNotButton(callsign, label, { state, desk }) {
  if (state.target?.kind !== "incident" || whyReadOnly(state)) return nothing;
  const open = state.weighing.why?.callsign === callsign;
  return html`<button
    class="quiet why"
    aria-expanded=${open}
    aria-label="${callsign}: ${label}"
    @click=${() => desk.whyNot(callsign)}
  >
    ${label}
  </button>`;
}

/** @param {string} callsign @param {Moment} moment */
export function whyNotOf(callsign, { state: { weighing } }) {
  if (weighing.why?.callsign !== callsign) return nothing;
  const { answer, problem } = weighing.why;
  if (problem)
    return html`<div class="answer" role="status"><p class="error">${problem.detail || problem.title}</p></div>`;
  if (!answer)
    return html`<div class="answer" role="status" aria-busy="true"><p class="dim">Trying what would…</p></div>`;
  return html`<div class="answer" role="status"><p>${capitalised(answer.text)}</p></div>`;
}

/** @param {string} text */
const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// @ts-check
// What is asked before a unit is sent that leaves other work, or that a rule speaks against. Nothing was sent yet.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { lineForm } from "../html.js";

/** @typedef {import("../../types/screen.js").Moment} Moment */
/** @typedef {import("../../types/screen.js").SendingQuestion} SendingQuestion */

/** @param {SendingQuestion} question @param {Moment} moment */
function divert({ callsign }, { state, desk }) {
  const left = state.picture.incidents.get(state.picture.units.get(callsign)?.assignment?.incident ?? "");
  return html`${left?.text ? html`<p class="dim">${left.id}: ${left.text}</p>` : nothing}
    <span class="steps">
    <button class="go" @click=${() => desk.assign(callsign, { divert: true })}>Divert ${callsign}</button>
    <button @click=${() => desk.assign(callsign, { queue: true })}>As its next job</button>
    ${leaveIt(desk)}
  </span>`;
}

/** @param {Moment["desk"]} desk */
const leaveIt = (desk) => html`<button @click=${() => desk.weigh({ question: null })}>Leave it</button>`;

/** A commander or a supervisor may decide otherwise, and says why; the server knows who is one.
 * @param {SendingQuestion} question @param {Moment} moment */
function argue({ callsign, kind }, { state, desk }) {
  const { target, picture } = state;
  const rvp = target?.kind === "incident" && picture.incidents.get(target.id)?.rvp;
  const how = kind === "override" ? { divert: true } : {};
  const toRvp = html`<button class="go" @click=${() => desk.assign(callsign, { to_rvp: true })}>To the RVP only</button>`;
  return html`${lineForm("Why all the same", "Send all the same", (reason) =>
    desk.assign(callsign, { ...how, override: true, reason }),
  )}
    <span class="steps">${kind === "authority" && rvp ? toRvp : nothing} ${leaveIt(desk)}</span>`;
}

/** @param {string} callsign @param {Moment} moment */
export function questionOf(callsign, moment) {
  const { question } = moment.state.weighing;
  if (question?.callsign !== callsign) return nothing;
  return html`<div class="answer question" role="group" aria-label="Before ${callsign} is sent">
    <p role="alert">${question.detail.charAt(0).toUpperCase() + question.detail.slice(1)}</p>
    ${question.kind === "divert" ? divert(question, moment) : argue(question, moment)}
  </div>`;
}

// @ts-check
// The open unit itself: what it is, who is aboard, how surely it is where it is shown, what it does and does next, and
// what a desk does about it. On a wall and in a replay it only shows.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";
import { codesOf } from "../picture/roster.js";
import { fixAge } from "../picture/store.js";
import { afootText, deviceText, driverText, memberText, placesOf, shiftText } from "../words/crew.js";
import { localTime } from "../words/format.js";
import { ASSIGNMENT, KINDS } from "../words/words.js";
import { fixAgeText, unitIcon } from "./html.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/screen.js").Card} Card */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** @param {Unit} unit @param {Card | null} card */
function aboard(unit, card) {
  const { crew, capabilities, vehicle, driver, role, organisation } = unit;
  const members = card?.aboard?.unit.members ?? [];
  const who = members.length > 0 ? members.map(memberText).join(" · ") : `crew of ${crew}`;
  const what = [vehicle && `${vehicle.mobility ?? "car"} ${vehicle.id}`, members.length > 0 && driverText(driver)];
  return html`<span>${who}</span>
    <span class="dim">${[...what, role, organisation, capabilities.join(", ")].filter(Boolean).join(" · ")}</span>`;
}

/** @param {Unit} unit @param {number} server_ms */
function facts(unit, server_ms) {
  const { accuracy_m, protocol, freshness, station, talk_group, operation } = unit;
  const where = [accuracy_m === null ? "" : `±${Math.round(accuracy_m)} m`, protocol].filter(Boolean).join(", ");
  const belongs = [
    shiftText(unit, server_ms),
    station,
    operation && `operation ${operation}`,
    talk_group && `talk group ${talk_group}`,
  ];
  return html`<span>fix ${fixAgeText(fixAge(unit, server_ms), freshness)} <span class="dim">${where}</span></span>
    <span class="dim">${belongs.filter(Boolean).join(" · ")}</span>`;
}

/** What speaks against what is shown. @param {Unit} unit @param {Card | null} card @param {Desk} desk @param {boolean} acts */
function warnings({ callsign, doubts }, card, desk, acts) {
  const afoot = afootText(card?.aboard?.afoot_m ?? null);
  return html`${afoot ? html`<span class="warn">${afoot}</span>` : nothing}
  ${doubts.map(({ text }) => html`<span class="warn">${text}</span>`)}
  ${doubts.length > 0 && acts ? html`<button @click=${() => desk.amendUnit(callsign)}>Put its line right</button>` : nothing}`;
}

/** What it does and what it does next, each the way to its incident. @param {Unit} unit @param {Card | null} card @param {Desk} desk */
function jobs({ assignment }, card, desk) {
  const next = card?.aboard?.next_jobs ?? [];
  const all = assignment ? [assignment, ...next] : next;
  if (all.length === 0) return nothing;
  return html`<span class="jobs-of">
    ${all.map(
      ({ incident, state }) => html`<button @click=${() => desk.open({ kind: "incident", id: incident })}>
        ${incident} <span class="dim">${ASSIGNMENT[state]}</span>
      </button>`,
    )}
  </span>`;
}

/** What the unit said by voice, by the codes of the force. @param {Unit} unit @param {Moment} moment */
function stateForm({ callsign, state: { code } }, { state, desk }) {
  const codes = codesOf(state).filter((one) => one.availability !== "emergency");
  if (codes.length === 0) return nothing;
  const enter = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("code");
    desk.enterState(callsign, Number(said));
  };
  return html`<form class="state-by-voice" @submit=${enter}>
    <select name="code" aria-label="State of ${callsign}, as said by voice">
      ${codes.map((one) => html`<option value=${one.code} ?selected=${one.code === code}>${one.code} ${one.label}</option>`)}
    </select>
    <button>Said by voice</button>
  </form>`;
}

/** @param {Card | null} card @param {number} server_ms */
function devices(card, server_ms) {
  const carried = card?.aboard?.devices ?? [];
  if (carried.length === 0) return nothing;
  return html`<details>
    <summary>${carried.length === 1 ? "Its device" : `Its ${carried.length} devices`}</summary>
    <ul>
      ${carried.map((one) => html`<li class=${one.bears ? "bears" : ""}><b>${one.source}</b> ${deviceText(one, server_ms)}</li>`)}
    </ul>
  </details>`;
}

/** @param {Card | null} card */
function track(card) {
  const places = card?.track ? placesOf(card.track) : [];
  if (places.length === 0) return nothing;
  return html`<details>
    <summary>Where it was, the last quarter of an hour</summary>
    <ol>
      ${places.map(({ at_ms, text }) => html`<li><span class="num">${localTime(at_ms)}</span> ${text}</li>`)}
    </ol>
  </details>`;
}

/** Ending an emergency takes two presses: one slip must not silence it. @param {string} callsign @param {Desk} desk */
const endEmergency = (callsign, desk) => html`<details class="end">
  <summary>End the emergency</summary>
  <button @click=${() => desk.endEmergency(callsign)}>Yes, ${callsign} is safe</button>
</details>`;

/** @param {Unit} unit @param {Moment} moment */
export function unitCard(unit, moment) {
  const { state, desk, server_ms } = moment;
  const { callsign, kind, emergency } = unit;
  const card = state.card?.callsign === callsign ? state.card : null;
  const acts = whyReadOnly(state) === null;
  return html`<div class="card">
    ${unitIcon(unit)}
    <span><b>${callsign}</b> ${KINDS[kind]?.word ?? kind}, ${unit.state.label}</span>
    ${aboard(unit, card)} ${facts(unit, server_ms)} ${warnings(unit, card, desk, acts)} ${jobs(unit, card, desk)}
    ${acts ? stateForm(unit, moment) : nothing} ${emergency && acts ? endEmergency(callsign, desk) : nothing}
    ${devices(card, server_ms)} ${track(card)}
  </div>`;
}

// @ts-check
// What lies over the map: the tip under the pointer, the list where several units overlap, the legend, and why there is
// no live map when there is none.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { course, duration, speed } from "./format.js";
import { showsHeading } from "./features.js";
import { fixAgeText, icon, unitIcon } from "./html.js";
import { fixAge } from "./store.js";
import { incidentSymbolId, unitSymbolId } from "./symbols.js";
import { AVAILABILITY, KINDS } from "./words.js";

/** @typedef {import("./types/wire.js").Unit} Unit */
/** @typedef {import("./types/wire.js").Kind} Kind */
/** @typedef {import("./types/wire.js").Availability} Availability */
/** @typedef {import("./symbols.js").UnitSymbol} UnitSymbol */
/** @typedef {import("./types/screen.js").State} State */
/** @typedef {import("./types/screen.js").Desk} Desk */

/** @param {Unit | undefined} unit @param {number} server_ms */
export function tipView(unit, server_ms) {
  if (!unit) return nothing;
  const { callsign, kind, state, accuracy_m, course_deg, speed_mps, protocol, source } = unit;
  const accuracy = accuracy_m === null ? "" : `, ±${Math.round(accuracy_m)} m`;
  const motion = showsHeading(unit) ? `, ${course(course_deg ?? 0)} ${speed(speed_mps ?? 0)}` : "";
  return html`<strong>${callsign}</strong> ${KINDS[kind]?.word ?? kind}, ${state.label}
    <span class="under">fix ${fixAgeText(fixAge(unit, server_ms), unit.freshness)}${accuracy}${motion}</span>
    <span class="under dim">${[protocol, source].filter(Boolean).join(" · ")}</span>`;
}

/** @param {State} state @param {number} server_ms @param {Desk} desk */
export function crowdView({ crowd, picture }, server_ms, desk) {
  if (!crowd) return nothing;
  const units = crowd.callsigns.map((callsign) => picture.units.get(callsign)).filter((unit) => unit !== undefined);
  return html`<div class="crowd" role="group" aria-label="Units at this place">
    <header class="panel-head">
      <h2>${units.length} units here</h2>
      <button class="quiet" aria-label="Close" @click=${() => desk.dismiss()}>✕</button>
    </header>
    ${units.map(
      (unit) => html`<button @click=${() => desk.open({ kind: "unit", callsign: unit.callsign })}>
        ${unitIcon(unit)} <b>${unit.callsign}</b> ${unit.state.label}
        ${fixAgeText(fixAge(unit, server_ms), unit.freshness)}
      </button>`,
    )}
  </div>`;
}

/** @param {string} word @param {Kind} kind @param {Availability} availability @param {Partial<UnitSymbol>} [more] */
const unitSample = (word, kind, availability, more = {}) =>
  html`<li>${icon(unitSymbolId({ kind, availability, band: "ok", emergency: false, ...more }), "")}${word}</li>`;

export function legendView() {
  const states = /** @type {[Availability, string][]} */ (Object.entries(AVAILABILITY));
  const kinds = /** @type {[Kind, {word: string}][]} */ (Object.entries(KINDS));
  return html`<details class="legend">
    <summary>Legend</summary>
    <div class="legend-body">
      <h3>State: fill and mark</h3>
      <ul>
        ${states.filter(([state]) => state !== "emergency").map(([state, word]) => unitSample(word, "car", state))}
        ${unitSample("stale fix, “?”", "car", "available", { band: "stale" })}
        ${unitSample("lost", "car", "available", { band: "lost" })}
        ${unitSample("EMG button", "car", "emergency", { emergency: true })}
      </ul>
      <h3>Kind: shape and letter</h3>
      <ul>${kinds.map(([kind, { word }]) => unitSample(word, kind, "available"))}</ul>
      <h3>Incident grade</h3>
      <ul>${["1", "2", "3", "4"].map((grade) => html`<li>${icon(incidentSymbolId(grade), "")}grade ${grade}</li>`)}</ul>
      <h3>Closure: dashed</h3>
      <ul><li class="shut">roads shut</li><li class="to-shut">planned</li></ul>
    </div>
  </details>`;
}

const SIGN_IN = html`Open the link that <code>arls demo</code> or <code>arls serve</code> printed. It works once; start
  again for a new one.`;

/** @param {string} title @param {unknown} [why] */
const veil = (title, why = nothing) =>
  html`<div class="veil" role="alert"><strong>${title}</strong><span>${why}</span></div>`;

/** @param {State} state @param {number} now_ms */
export function veilView({ session, picture, feed, map_problem, trouble }, now_ms) {
  if (trouble) return veil("This screen cannot read the feed", `${trouble} Reload the page.`);
  if (session === "out") return veil("Not signed in", SIGN_IN);
  if (session === "forbidden") return veil("Not permitted", "Your sign-in does not allow this screen.");
  if (map_problem) return veil("No map", `${map_problem} The unit board and the ranking work without it.`);
  if (!picture.started) return veil("Waiting for the first picture");
  if (feed === "live" || feed === "connecting") return nothing;
  const old = duration((now_ms - picture.received_ms) / 1000);
  return html`<div class="old-picture">Last known picture, <b class="num">${old}</b> old</div>`;
}

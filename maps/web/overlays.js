// @ts-check
// What lies over the map: the tip under the pointer, the list where several units overlap, the legend, and why there is
// no live map when there is none.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { course, duration, speed } from "./format.js";
import { showsHeading } from "./features.js";
import { fixAgeText, unitIcon } from "./html.js";
import { fixAge } from "./store.js";
import { incidentSymbolId, symbolUrl, unitSymbolId } from "./symbols.js";
import { AVAILABILITY, KINDS } from "./words.js";

/** @typedef {import("./types/wire.js").Unit} Unit */
/** @typedef {import("./types/wire.js").Kind} Kind */
/** @typedef {import("./types/wire.js").Availability} Availability */
/** @typedef {import("./types/screen.js").State} State */
/** @typedef {import("./types/screen.js").Desk} Desk */

/** @param {Unit | undefined} unit @param {number} server_ms */
export function tipView(unit, server_ms) {
  if (!unit) return nothing;
  return html`<strong>${unit.callsign}</strong> ${KINDS[unit.kind]?.word ?? unit.kind}, ${unit.state.label}
    <span class="under">fix ${fixAgeText(fixAge(unit, server_ms), unit.freshness)}${unit.accuracy_m === null ? "" : `, ±${Math.round(unit.accuracy_m)} m`}${showsHeading(unit) ? `, ${course(unit.course_deg ?? 0)} ${speed(unit.speed_mps ?? 0)}` : ""}</span>
    <span class="under dim">${[unit.protocol, unit.source].filter(Boolean).join(" · ")}</span>`;
}

/** @param {State} state @param {number} server_ms @param {Desk} desk */
export function crowdView({ crowd, picture }, server_ms, desk) {
  if (!crowd) return nothing;
  const units = crowd.callsigns.map((callsign) => picture.units.get(callsign)).filter((unit) => unit !== undefined);
  return html`<div class="crowd" role="group" aria-label="Units at this place">
    <header class="panel-head"><h2>${units.length} units here</h2><button class="quiet" aria-label="Close" @click=${() => desk.dismiss()}>✕</button></header>
    ${units.map((unit) => html`<button @click=${() => desk.open({ kind: "unit", callsign: unit.callsign })}>${unitIcon(unit)} <b>${unit.callsign}</b> ${unit.state.label} ${fixAgeText(fixAge(unit, server_ms), unit.freshness)}</button>`)}
  </div>`;
}

/** @param {Kind} kind @param {Availability} availability @param {Partial<import("./symbols.js").UnitSymbol>} [more] */
const sample = (kind, availability, more = {}) =>
  html`<img class="symbol" width="36" height="36" alt="" src=${symbolUrl(unitSymbolId({ kind, availability, band: "ok", emergency: false, ...more }))} />`;

export function legendView() {
  const states = /** @type {[Availability, string][]} */ (
    Object.entries(AVAILABILITY).filter(([state]) => state !== "emergency")
  );
  return html`<details class="legend">
    <summary>Legend</summary>
    <div class="legend-body">
      <h3>State: fill and mark</h3>
      <ul>${states.map(([state, word]) => html`<li>${sample("car", state)}${word}</li>`)}
        <li>${sample("car", "available", { band: "stale" })}stale fix, “?”</li>
        <li>${sample("car", "available", { band: "lost" })}lost</li>
        <li>${sample("car", "emergency", { emergency: true })}EMG button</li></ul>
      <h3>Kind: shape and letter</h3>
      <ul>${/** @type {[Kind, {word: string}][]} */ (Object.entries(KINDS)).map(([kind, { word }]) => html`<li>${sample(kind, "available")}${word}</li>`)}</ul>
      <h3>Incident grade</h3>
      <ul>${["1", "2", "3", "4"].map((grade) => html`<li><img class="symbol" width="36" height="36" alt="" src=${symbolUrl(incidentSymbolId(grade))} />grade ${grade}</li>`)}</ul>
    </div>
  </details>`;
}

/** @param {State} state @param {number} now_ms */
export function veilView({ session, picture, feed, map_problem, trouble }, now_ms) {
  if (trouble)
    return html`<div class="veil" role="alert"><strong>This screen cannot read the feed</strong><span>${trouble} Reload the page.</span></div>`;
  if (session === "out")
    return html`<div class="veil" role="alert"><strong>Not signed in</strong><span>Open the link that <code>arls demo</code> or <code>arls serve</code> printed. It works once; start again for a new one.</span></div>`;
  if (session === "forbidden")
    return html`<div class="veil" role="alert"><strong>Not permitted</strong><span>Your sign-in does not allow this screen.</span></div>`;
  if (map_problem)
    return html`<div class="veil"><strong>No map</strong><span>${map_problem} The unit board and the ranking work without it.</span></div>`;
  if (!picture.started) return html`<div class="veil"><strong>Waiting for the first picture</strong></div>`;
  if (feed !== "live" && feed !== "connecting")
    return html`<div class="old-picture">Last known picture, <b class="num">${duration((now_ms - picture.received_ms) / 1000)}</b> old</div>`;
  return nothing;
}

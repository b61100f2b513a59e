// @ts-check
// The legend: what every fill, mark, shape and letter on the map means.

import { html } from "../vendor/lit-html/lit-html.js";
import { incidentSymbolId, unitSymbolId } from "../map/symbols.js";
import { AVAILABILITY, KINDS } from "../words/words.js";
import { icon } from "./html.js";

/** @typedef {import("../types/wire.js").Kind} Kind */
/** @typedef {import("../types/wire.js").Availability} Availability */
/** @typedef {import("../map/symbols.js").UnitSymbol} UnitSymbol */

/** By the name of their colour (styles/map.css), as layers.js draws them. */
const LINES = [
  ["shut", "roads shut"],
  ["to-shut", "to be shut"],
  ["route", "way of a unit"],
  ["trail", "where it was"],
  ["reach", "may be within"],
  ["caller", "caller is within"],
  ["area", "edge of an area"],
];

/** @param {string} word @param {Kind} kind @param {Availability} availability @param {Partial<UnitSymbol>} [more] */
const unitSample = (word, kind, availability, more = {}) =>
  html`<li>${icon(unitSymbolId({ kind, availability, band: "ok", emergency: false, ...more }), "")}${word}</li>`;

/** @param {import("../types/screen.js").Moment} moment */
export function legendView({ state: { packs } }) {
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
      <ul>
        ${(packs?.policy.grades ?? []).map(({ code, label }) => html`<li>${icon(incidentSymbolId(code), "")}${code} ${label}</li>`)}
      </ul>
      <h3>Lines and areas</h3>
      <ul>
        ${LINES.map(([name, word]) => html`<li class="line ${name}">${word}</li>`)}
        <li>${icon("rvp", "")}rendezvous point</li>
        <li>${icon("place", "")}place clicked</li>
      </ul>
    </div>
  </details>`;
}

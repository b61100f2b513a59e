// @ts-check
// The pieces of markup that several panels share. Text reaches the page only through lit-html's text bindings.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { symbolOf } from "../map/features.js";
import { age, localTime } from "../words/format.js";
import { incidentSymbolId, symbolUrl, unitSymbolId } from "../map/symbols.js";
import { FRESHNESS, KINDS } from "../words/words.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/wire.js").Freshness} Freshness */
/** @typedef {import("../types/wire.js").Availability} Availability */

/** @param {Unit} unit */
export const unitIcon = (unit) => icon(symbolOf(unit), KINDS[unit.kind]?.word ?? "unit");

/** @param {string} grade @param {number} [side] in pixels */
export const gradeIcon = (grade, side = 40) => icon(incidentSymbolId(grade), `Grade ${grade}`, side);

/** Fill and mark of a state, as the legend has them; its word stands beside it. @param {Availability} availability
 * @param {number} side in pixels */
export const standingIcon = (availability, side) =>
  icon(unitSymbolId({ kind: "car", availability, band: "ok", emergency: false }), "", side);

/** @param {string} id of a symbol @param {string} alt @param {number} [side] in pixels */
export const icon = (id, alt, side = 36) =>
  html`<img class="symbol" src=${symbolUrl(id)} width=${side} height=${side} alt=${alt} />`;

/** What stands in the field an event came from. @param {Event} event */
export const typedIn = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/**
 * A fix's age, with its band in words where it is not fresh.
 * @param {number | null} seconds @param {Freshness} freshness
 */
export const fixAgeText = (seconds, freshness) =>
  html`<span class="age ${freshness}">${seconds === null ? nothing : html`<span class="num">${age(seconds)}</span>`}${
    freshness === "fresh" ? nothing : html` <span class="band">${FRESHNESS[freshness]}</span>`
  }</span>`;

/** A panel that has nothing to list says why and what to do. @param {string} title @param {unknown} [hint] */
export const emptyNote = (title, hint = nothing) =>
  html`<div class="empty"><strong>${title}</strong><span>${hint}</span></div>`;

/** An instant in local time. @param {string} at */
export const timeOf = (at) => html`<span class="num">${localTime(Date.parse(at))}</span>`;

/** One field and its button. @param {string} label @param {string} button @param {(text: string) => void} use */
export function lineForm(label, button, use) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const text = String(new FormData(form).get("text") ?? "").trim();
    if (text) use(text);
    form.reset();
  };
  return html`<form class="inline" @submit=${submit}>
    <input name="text" aria-label=${label} placeholder=${label} autocomplete="off" maxlength="1000" />
    <button>${button}</button>
  </form>`;
}

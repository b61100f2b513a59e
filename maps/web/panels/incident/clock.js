// @ts-check
// The open incident's clock: how long there is to its target, or since.

import { html } from "../../vendor/lit-html/lit-html.js";
import { duration } from "../../words/format.js";

/** @type {import("./incident.js").Part} */
export function clockPart({ created_at, target_s, assignments }, { server_ms }) {
  if (target_s === null) return html`<p class="dim">no attendance target</p>`;
  if (assignments.some(({ state }) => state === "at_scene")) return html`<p class="dim">a unit is at the scene</p>`;
  const left_s = target_s - (server_ms - Date.parse(created_at)) / 1000;
  return left_s >= 0
    ? html`<p><b class="num">${duration(left_s)}</b> left of ${duration(target_s)}</p>`
    : html`<p class="late"><b class="num">${duration(-left_s)}</b> past its ${duration(target_s)}</p>`;
}

// @ts-check
// The line at the foot: what just happened (with its undo), how the gateways are, on whose roads.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { duration } from "./format.js";

/** @typedef {import("./types/screen.js").State} State */
/** @typedef {import("./types/screen.js").Desk} Desk */

/** Counts of a gateway's status, whichever way it nests them. @param {Record<string, unknown>} gateway */
function rejectedBy(gateway) {
  const { rejected } = gateway;
  if (typeof rejected === "number") return rejected;
  if (rejected === null || typeof rejected !== "object") return 0;
  return Object.values(rejected).reduce((sum, count) => sum + (Number(count) || 0), 0);
}

/** @param {State} state */
function gateways({ picture }) {
  const all = picture.status?.gateways ?? [];
  if (all.length === 0) return nothing;
  const online = all.filter((gateway) => gateway.online === true || gateway.status === "online").length;
  const rejected = all.reduce((sum, gateway) => sum + rejectedBy(gateway), 0);
  return html`<span class=${online < all.length ? "warn" : "dim"}><span class="num">${online} of ${all.length}</span> gateways online${rejected > 0 ? html`, <span class="num">${rejected}</span> messages rejected` : nothing}</span>`;
}

/** @param {State} state @param {number} now_ms @param {Desk} desk */
export function statusView(state, now_ms, desk) {
  const { notice, picture } = state;
  const left_s = notice ? (notice.until_ms - now_ms) / 1000 : 0;
  return html`<span class="notice ${notice?.tone ?? ""}" role="status">${notice?.text ?? nothing}</span>
    ${notice?.undo ? html`<button @click=${() => desk.undo()}>Undo <span class="num">${duration(Math.ceil(left_s))}</span></button>` : nothing}
    <span class="fill"></span>
    <span class="keys dim"><kbd>Alt+N</kbd> new incident <kbd>Alt+1…3</kbd> assign <kbd>Esc</kbd> close</span>
    ${gateways(state)}
    ${picture.status ? html`<span class="dim">roads: ${picture.status.network.name}</span><span class="dim">ARLS ${picture.status.version}</span>` : nothing}`;
}

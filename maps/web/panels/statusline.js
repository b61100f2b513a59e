// @ts-check
// The line at the foot: what just happened (with its undo), what the gateways bring, on whose roads.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { duration, plural } from "../words/format.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** What a gateway says of itself, a line each. @param {import("../types/wire.js").Status["gateways"][number]} gateway */
const healthOf = ({ gateway, state, wrong, notes }) => [`${gateway}: ${state}`, ...wrong, ...notes].join("\n  ");

/** @param {State} state */
function intake({ picture }) {
  if (!picture.status) return nothing;
  const { gateways, rejects } = picture.status;
  const reasons = Object.entries(rejects).filter(([, count]) => count > 0);
  const rejected = reasons.reduce((sum, [, count]) => sum + count, 0);
  const why = reasons.map(([reason, count]) => `${reason}: ${count}`).join("\n");
  const wrong = gateways.filter((gateway) => gateway.wrong.length > 0).length;
  const health = gateways.map(healthOf).join("\n");
  return html`<span class=${wrong > 0 ? "warn" : "dim"} title=${health}
      >${plural(gateways.length, "gateway")}${wrong > 0 ? `, ${wrong} with trouble` : nothing}</span>
    ${rejected > 0 ? html`<span class="dim" title=${why}>${plural(rejected, "message")} rejected</span>` : nothing}`;
}

/** @param {import("../types/wire.js").Status} status */
const versions = ({ network, version }) =>
  html`<span class="dim">roads: ${network.name}</span><span class="dim">ARLS ${version}</span>`;

/** @param {import("../types/screen.js").Moment} moment */
export function statusView({ state, now_ms, desk }) {
  const { notice, picture, desk_name } = state;
  const left_s = notice ? Math.ceil((notice.until_ms - now_ms) / 1000) : 0;
  const undo = html`<button @click=${() => desk.undo()}>Undo <span class="num">${duration(left_s)}</span></button>`;
  return html`<span class="notice ${notice?.tone ?? ""}" role="status">${notice?.text ?? nothing}</span>
    ${notice?.undo ? undo : nothing}
    <span class="fill"></span>
    ${desk_name ? html`<span class="dim">desk ${desk_name}</span>` : nothing}
    <span class="keys dim"><kbd>Alt+N</kbd> new incident <kbd>Alt+1…3</kbd> assign <kbd>Alt+H</kbd> help</span>
    ${picture.status ? html`<span class="dim">${picture.status.broker.label}</span>` : nothing} ${intake(state)}
    ${picture.status ? versions(picture.status) : nothing}`;
}

// @ts-check
// Callers who are in no incident yet: where each one's phone says it is, and the way to an incident there. Without any
// it takes no room.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";
import { age, distance } from "../words/format.js";

/** @typedef {import("../types/wire.js").Call} Call */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** @param {Call["caller_locations"][number] | undefined} best */
function whereOf(best) {
  if (!best || best.lat === null) return "the phone does not know where it is";
  const within = best.accuracy_m === null ? "radius unknown" : `within ${distance(best.accuracy_m)}`;
  return [best.method, within].filter(Boolean).join(", ");
}

/** @param {Call} call @param {number} server_ms @param {Desk} desk @param {boolean} acting */
function row({ call_id, heard_at, caller_locations: [best] }, server_ms, desk, acting) {
  const place = best && best.lat !== null && best.lon !== null ? { lat: best.lat, lon: best.lon } : null;
  const seconds = Math.max(0, (server_ms - Date.parse(heard_at)) / 1000);
  const show = html`<button @click=${() => place && desk.lookAt(place)}>Show</button>`;
  return html`<li data-call=${call_id}>
    <span><b>${call_id}</b> ${whereOf(best)} <span class="dim num">${age(seconds)} ago</span></span>
    <span class="steps">
      ${acting ? html`<button class="go" @click=${() => desk.compose(place, call_id)}>New incident here</button>` : nothing}
      ${place ? show : nothing}
    </span>
  </li>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function callsView({ state, server_ms, desk }) {
  const { calls, calls_more } = state.picture;
  if (calls.length === 0) return nothing;
  const acting = whyReadOnly(state) === null;
  return html`<header class="panel-head">
      <h2>Callers not yet in an incident</h2>
      <span class="dim num">${calls.length + calls_more}</span>
    </header>
    <ul>
      ${calls.map((call) => row(call, server_ms, desk, acting))}
    </ul>
    ${calls_more > 0 ? html`<p class="dim">${calls_more} more, not listed</p>` : nothing}`;
}

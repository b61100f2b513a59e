// @ts-check
// Where the caller's phone is, and the offer to move the incident there.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { age, distance } from "../../words/format.js";

/** Nothing moves by itself: a better place is offered. @type {import("./incident.js").Part} */
export function callerPart({ id, caller_locations: [best] }, { server_ms, desk }) {
  if (!best) return nothing;
  const { lat, lon, method, accuracy_m, accuracy_confidence, floor, distance_m, offered } = best;
  const seconds = (server_ms - Date.parse(best.time ?? best.received_at)) / 1000;
  const surely = accuracy_confidence === null ? "" : `, ${Math.round(accuracy_confidence * 100)} % sure`;
  const within = accuracy_m === null ? "radius unknown" : `within ${distance(accuracy_m)}${surely}`;
  const place =
    lat === null || lon === null
      ? Object.values(best.address ?? {}).join(", ") || "the phone does not know where it is"
      : [method, within, floor && `floor ${floor}`].filter(Boolean).join(", ");
  const move = () => lat !== null && lon !== null && desk.relocate(id, { lat, lon });
  return html`<p class="caller">
    <span><b>Caller's phone</b> ${place} <span class="dim">${age(Math.max(0, seconds))} ago</span></span>
    ${offered ? html`<button @click=${move}>Move incident there, ${distance(distance_m ?? 0)} away</button>` : nothing}
  </p>`;
}

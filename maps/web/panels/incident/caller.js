// @ts-check
// The caller: where the phone is and the offer to move the incident there; a link that asks the phone; what other
// systems call the incident.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { age, distance, plural } from "../../words/format.js";
import { timeOf } from "../html.js";
import { answered, fold } from "./fold.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** Nothing moves by itself: a better place is offered. @type {import("./incident.js").Part} */
export function offerPart({ id, caller_locations: [best] }, { server_ms, desk, state }) {
  if (!best) return nothing;
  const { lat, lon, method, accuracy_m, accuracy_confidence, floor, distance_m, offered } = best;
  const seconds = (server_ms - Date.parse(best.time ?? best.received_at)) / 1000;
  const surely = accuracy_confidence === null ? "" : `, ${Math.round(accuracy_confidence * 100)} % sure`;
  const within = accuracy_m === null ? "radius unknown" : `within ${distance(accuracy_m)}${surely}`;
  const place =
    lat === null || lon === null
      ? Object.values(best.address ?? {}).join(", ") || "the phone does not know where it is"
      : [method, within, floor && `floor ${floor}`].filter(Boolean).join(", ");
  const move = () => lat !== null && lon !== null && desk.relocate(id, { lat, lon }, "where the caller's phone is");
  const button = html`<button @click=${move}>Move incident there, ${distance(distance_m ?? 0)} away</button>`;
  return html`<p class="caller">
    <span><b>Caller's phone</b> ${place} <span class="dim">${age(Math.max(0, seconds))} ago</span></span>
    ${offered && !whyReadOnly(state) ? button : nothing}
  </p>`;
}

/** The text is told once, when it is made: what sends it is not ours. @param {Moment} moment */
function made({ state, desk }) {
  const { made: link } = state.dossier;
  if (!link) return nothing;
  return html`<p class="told">
    <span>Send this to the caller's phone:</span>
    <textarea readonly rows="3" aria-label="Text for the caller" .value=${link.text}></textarea>
    <button @click=${() => desk.copy(link.text)}>Copy</button>
  </p>`;
}

/** @param {Incident} incident @param {Moment} moment */
const links = ({ id }, { state, desk }) =>
  answered(
    state.dossier.answers.links,
    ({ links: open }) => html`<ul class="others">
      ${open.map(
        (link) => html`<li>
          <b>${link.id}</b><span>made by ${link.operator}, good until ${timeOf(link.expires_at)}</span>
          ${whyReadOnly(state) ? nothing : html`<button aria-label="Revoke ${link.id}" @click=${() => desk.revokeLink(id, link.id)}>Revoke</button>`}
        </li>`,
      )}
    </ul>
    ${open.length === 0 ? html`<p class="dim">No open link.</p>` : nothing}`,
  );

/** @type {import("./incident.js").Part} */
export function callerPart(incident, moment) {
  const { id, call_id, refs, foreign, caller_locations } = incident;
  const { state, desk } = moment;
  const named = [
    ...(call_id ? [["Call", call_id]] : []),
    ...Object.entries(refs),
    ...foreign.map(({ system, id: theirs }) => [system, theirs]),
  ];
  const summary = [
    caller_locations.length > 0 ? plural(caller_locations.length, "location") : "no location",
    named.length > 0 ? plural(named.length, "reference") : "",
  ];
  const body = () =>
    html`<dl class="refs">${named.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      ${whyReadOnly(state) ? nothing : html`<button @click=${() => desk.makeLink(id)}>Make a location link</button>`}
      ${made(moment)} ${links(incident, moment)}`;
  return fold({ name: "caller", title: "Caller and refs", summary: summary.filter(Boolean).join(", ") }, body, moment);
}

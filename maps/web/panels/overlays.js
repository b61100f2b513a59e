// @ts-check
// What lies over the map: the tip under the pointer, the list where several units overlap, and why there is no live map
// when there is none.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { course, duration, speed } from "../words/format.js";
import { showsHeading } from "../map/features.js";
import { fixAgeText, unitIcon } from "./html.js";
import { fixAge } from "../picture/store.js";
import { KINDS } from "../words/words.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** What the pointer is on; to its right while there is room. @param {import("../types/screen.js").Moment} moment */
export function tipView({ state: { picture, hover }, server_ms }) {
  const unit = hover.callsign === null ? undefined : picture.units.get(hover.callsign);
  if (!unit) return nothing;
  const roomy = hover.x < (document.getElementById("map")?.clientWidth ?? 0) * 0.6;
  const across = roomy ? `${hover.x + 18}px` : `calc(${hover.x - 18}px - 100%)`;
  return html`<div class="tip" .style=${`translate: ${across} ${hover.y + 14}px`}>${aboutUnit(unit, server_ms)}</div>`;
}

/** @param {Unit} unit @param {number} server_ms */
function aboutUnit(unit, server_ms) {
  const { callsign, kind, state, accuracy_m, course_deg, speed_mps, protocol, source } = unit;
  const accuracy = accuracy_m === null ? "" : `, ±${Math.round(accuracy_m)} m`;
  const motion = showsHeading(unit) ? `, ${course(course_deg ?? 0)} ${speed(speed_mps ?? 0)}` : "";
  return html`<strong>${callsign}</strong> ${KINDS[kind]?.word ?? kind}, ${state.label}
    <span class="under">fix ${fixAgeText(fixAge(unit, server_ms), unit.freshness)}${accuracy}${motion}</span>
    <span class="under dim">${[protocol, source].filter(Boolean).join(" · ")}</span>`;
}

/** @param {State} state @param {number} server_ms @param {Desk} desk */
function crowdView({ crowd, picture }, server_ms, desk) {
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

/** An old page and a new server: the page's files are asked for again. @param {State["page"]} page */
const reload = (page) =>
  page === "wall" ? nothing : html`<button @click=${() => location.reload()}>Reload the page</button>`;

/** @param {string} title @param {unknown} [why] */
const veil = (title, why = nothing) =>
  html`<div class="veil" role="alert"><strong>${title}</strong><span>${why}</span></div>`;

/** @param {State} state @param {number} now_ms */
function veilView({ page, session, picture, feed, map_problem, trouble }, now_ms) {
  if (trouble) return veil("This screen cannot read the feed", html`${trouble} ${reload(page)}`);
  if (session === "out") return nothing; // panels/signin.js says it, on every page
  if (session === "forbidden") return veil("Not permitted", "Your sign-in does not allow this screen.");
  if (map_problem) return veil("No map", `${map_problem} The unit board and the ranking work without it.`);
  if (!picture.started) return veil("Waiting for the first picture");
  if (feed === "live" || feed === "replay" || feed === "connecting") return nothing;
  const old = duration((now_ms - picture.received_ms) / 1000);
  return html`<div class="old-picture">Last known picture, <b class="num">${old}</b> old</div>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export const overlayView = ({ state, now_ms, server_ms, desk }) => [
  veilView(state, now_ms),
  crowdView(state, server_ms, desk),
];

// @ts-check
// The header: whose picture this is, whether it is live, how old its fixes are, what is not real about it, the time.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { duration, localDay, localTime } from "../words/format.js";
import { attentionCount } from "./attention.js";
import { countByFreshness, serverNow } from "../picture/store.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Picture} Picture */

const FEED = {
  connecting: { word: "CONNECTING", tone: "wait" },
  live: { word: "LIVE", tone: "good" },
  silent: { word: "NOT LIVE", tone: "bad" },
  lost: { word: "NOT LIVE", tone: "bad" },
};

/** The words change only when the feed does, so that a screen reader hears it once. @param {State} state */
function feedState({ feed, picture }) {
  const { word, tone } = FEED[feed];
  const catching = feed === "live" && !picture.complete;
  return html`<span class="feed ${tone}" role="status">
    <i></i><strong>${word}</strong>${catching ? " catching up" : nothing}
  </span>`;
}

/** @param {State} state @param {number} now_ms monotonic */
function picturedFrom({ feed, picture }, now_ms) {
  if (!picture.started) return html`<span class="dim">no picture yet</span>`;
  if (feed === "live") return nothing;
  const old = duration((now_ms - picture.received_ms) / 1000);
  return html`<span>picture is <strong class="num">${old}</strong> old, reconnecting</span>`;
}

/** @param {Picture} picture */
function counts(picture) {
  const { fresh, ageing, stale, lost, never } = countByFreshness(picture.units.values());
  const band = (/** @type {number} */ n, /** @type {string} */ word) =>
    n > 0 ? html`<span class="count ${word}"><b class="num">${n}</b> ${word}</span>` : nothing;
  return html`<span class="counts" title="Units by the age of their newest fix">
    <span class="count"><b class="num">${picture.units.size}</b> ${picture.units.size === 1 ? "unit" : "units"}</span>
    ${band(fresh, "fresh")}${band(ageing, "ageing")}${band(stale, "stale")}${band(lost, "lost")}
    ${never > 0 ? html`<span class="count lost"><b class="num">${never}</b> no fix</span>` : nothing}
  </span>`;
}

/** What is not real is said wherever it is shown. @param {Picture} picture */
function labels({ simulated, status }) {
  const invented = html`<span class="label" title="The roads and places are invented">MADE-UP COUNTY</span>`;
  return html`${simulated ? html`<span class="label">SIMULATED</span>` : nothing}
  ${status?.network.made_up ? invented : nothing}`;
}

/** @param {State} state @param {import("../types/screen.js").Desk} desk */
function themeButton({ theme }, desk) {
  const other = theme === "dark" ? "Light theme" : "Dark theme";
  const mark = theme === "dark" ? "☀" : "☾";
  return html`<button class="quiet" aria-label=${other} title=${other} @click=${() => desk.theme()}>${mark}</button>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function headerView(moment) {
  const { state, now_ms, desk } = moment;
  const { picture } = state;
  const broker = picture.status?.broker.label;
  const clock_ms = picture.started ? serverNow(picture, now_ms) : Date.now();
  return html`<h1>ARLS</h1>
    <span class="force">${picture.force}</span>
    ${labels(picture)} ${feedState(state)} ${picturedFrom(state, now_ms)} ${picture.started ? counts(picture) : nothing}
    ${picture.started ? attentionCount(moment) : nothing}
    <span class="fill"></span>
    ${broker ? html`<span class="broker dim" title=${broker}>${broker}</span>` : nothing}
    <time class="clock">
      <span class="dim">${localDay(clock_ms)}</span> <span class="num">${localTime(clock_ms)}</span>
    </time>
    ${themeButton(state, desk)}`;
}

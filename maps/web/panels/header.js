// @ts-check
// The header: whose picture this is, whether it is live, how the force stands and how old its fixes are, what is not
// real about it, the time. One line at 1280 pixels: words give way to marks before anything wraps.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { duration, localDay, localTime, localZone, plural } from "../words/format.js";
import { countByStanding } from "../picture/order.js";
import { isSecond } from "../picture/pages.js";
import { attentionCount } from "./attention.js";
import { countByFreshness, serverNow } from "../picture/store.js";
import { standingIcon } from "./html.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("../types/screen.js").Picture} Picture */

const FEED = {
  connecting: { word: "CONNECTING", tone: "wait" },
  live: { word: "LIVE", tone: "good" },
  silent: { word: "NOT LIVE", tone: "bad" },
  lost: { word: "NOT LIVE", tone: "bad" },
  replay: { word: "REPLAY", tone: "replay" },
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
function picturedFrom({ feed, picture, session }, now_ms) {
  if (!picture.started) return html`<span class="dim">no picture yet</span>`;
  if (feed === "live" || feed === "replay") return nothing;
  const old = duration((now_ms - picture.received_ms) / 1000);
  const doing = session === "out" ? "signed out" : "reconnecting";
  return html`<span>picture is <strong class="num">${old}</strong> old, ${doing}</span>`;
}

/** Mark, number and word: never the colour alone. @param {Picture} picture */
function standings({ units }) {
  return countByStanding(units.values()).map(
    ({ availability, word, count }) =>
      html`<span class="count">${standingIcon(availability, 30)}<b class="num">${count}</b> <span class="word">${word}</span></span>`,
  );
}

/** @param {Picture} picture */
function counts(picture) {
  const { fresh, ageing, stale, lost, never } = countByFreshness(picture.units.values());
  const band = (/** @type {number} */ n, /** @type {string} */ word, tone = word) =>
    n > 0 ? html`<span class="count ${tone}"><b class="num">${n}</b> ${word}</span>` : nothing;
  return html`<span class="counts">
      <span class="count"><b class="num">${picture.units.size}</b> ${plural(picture.units.size, "unit").split(" ")[1]}</span>
      ${standings(picture)}
    </span>
    <span class="counts" title="Units by the age of their newest fix">
      ${band(fresh, "fresh")}${band(ageing, "ageing")}${band(stale, "stale")}${band(lost, "lost")}
      ${band(never, "no fix", "lost")}
    </span>`;
}

/** What is not real is said wherever it is shown. @param {Picture} picture */
function labels({ simulated, status }) {
  const invented = html`<span class="label" title="The roads and places are invented">MADE-UP COUNTY</span>`;
  return html`${simulated ? html`<span class="label">SIMULATED</span>` : nothing}
  ${status?.network.made_up ? invented : nothing}`;
}

/** A shift begins with hearing the alarm once: so long a test is good for. */
const TESTED_MS = 10 * 3_600_000;

/** A mute is always in sight, and so is that nobody has tested the sound. @param {State} state @param {Desk} desk */
function soundButton({ sound }, desk) {
  const muted_ms = sound.muted_until_ms - Date.now();
  if (muted_ms > 0)
    return html`<button class="muted" title="Press to have it back" @click=${() => desk.unmute()}>
      Sound off <span class="num">${duration(muted_ms / 1000)}</span>
    </button>`;
  if (sound.voice !== "sounds" || Date.now() - (sound.tested_ms ?? 0) < TESTED_MS) return nothing;
  return html`<button title="Once a shift" @click=${() => desk.testSound()}>Test sound</button>`;
}

/** @param {State} state @param {Desk} desk */
function buttons(state, desk) {
  const { page, follows } = state;
  if (page === "wall") return nothing;
  const follow = html`<button aria-pressed=${follows} @click=${() => desk.follow(!follows)}>
    ${follows ? "Follows the console ✓" : "Follow the console"}
  </button>`;
  const replay = html`<button
    class="quiet of-screen to-replay"
    title="Replay, from five minutes ago (Alt+P)"
    @click=${() => desk.replay()}
  >
    Replay
  </button>`;
  return html`${isSecond(page) ? follow : nothing} ${page === "replay" ? nothing : [replay, soundButton(state, desk)]}
    <button class="quiet of-screen" title="Theme, sound, other screens" @click=${() => desk.sheet({ name: "screen" })}>
      Screen
    </button>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function headerView(moment) {
  const { state, now_ms, desk } = moment;
  const { picture } = state;
  const clock_ms = picture.started ? serverNow(picture, now_ms) : Date.now();
  return html`<h1>ARLS</h1>
    <span class="force" title=${picture.force}>${picture.force}</span>
    ${labels(picture)} ${feedState(state)} ${picturedFrom(state, now_ms)} ${picture.started ? counts(picture) : nothing}
    ${picture.started && state.page !== "wall" ? attentionCount(moment) : nothing}
    <span class="fill"></span>
    <time class="clock">
      <span class="dim">${localDay(clock_ms)}</span> <span class="num">${localTime(clock_ms)}</span>
      <span class="dim">${localZone(clock_ms)}</span>
    </time>
    ${buttons(state, desk)}`;
}

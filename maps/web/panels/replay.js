// @ts-check
// The strip of a replay: that it is one and of when, play and pace, the timeline with its marks, and the way back to live.

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { duration, localTime } from "../words/format.js";
import { MARKS, RATES, SPANS, findInstant, markAt, markFrom, windowOf } from "../words/replay.js";
import { serverNow } from "../picture/store.js";
import { typedIn } from "./html.js";

/** @typedef {import("../types/screen.js").ReplayState} ReplayState */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** The whole date: a replay of last year must not pass for today's. @param {number} ms */
const wholeDay = (ms) =>
  new Date(ms).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "long", year: "numeric" });

/** Where an instant lies in the window, in hundredths of it. @param {number} ms @param {[number, number]} window */
const across = (ms, [from, to]) => Math.round(((ms - from) / (to - from)) * 10_000) / 100;

/** @param {ReplayState} replay @param {number} at_ms */
function standing({ started, ended, paused, rate }, at_ms) {
  if (!started) return html`<strong class="replay-word">REPLAY</strong><span>opening the record</span>`;
  const how = ended ? "end of the record" : paused ? "paused" : `playing x${rate}`;
  return html`<strong class="replay-word">REPLAY</strong>
    <time class="replay-time"><span>${wholeDay(at_ms)}</span> <b class="num">${localTime(at_ms)}</b></time>
    <span class="replay-how">${how}</span>`;
}

/** What is written on it begins its name, where that is words (WCAG 2.5.3). @param {string} label @param {string} text */
const named = (label, text) => (/[a-z0-9]/.test(text) ? `${text}: ${label}` : label);

/** @param {string} label @param {string} text @param {() => void} act @param {string} key */
const button = (label, text, act, key) =>
  html`<button aria-label=${named(label, text)} title="${label} (${key})" @click=${act}>${text}</button>`;

/** @param {ReplayState} replay @param {Desk} desk */
const transport = ({ paused, ended }, desk) =>
  html`<span class="replay-group" role="group" aria-label="Play">
    ${button("Mark before", "‹ mark", () => desk.jump(-1), "[")}
    ${button("One minute back", "−1 min", () => desk.step(-60), "Shift+←")}
    ${button("Ten seconds back", "−10 s", () => desk.step(-10), "←")}
    ${button(paused || ended ? "Play" : "Pause", paused || ended ? "▶" : "❚❚", () => desk.playOrPause(), "Space")}
    ${button("Ten seconds on", "+10 s", () => desk.step(10), "→")}
    ${button("One minute on", "+1 min", () => desk.step(60), "Shift+→")}
    ${button("Next mark", "mark ›", () => desk.jump(1), "]")}
  </span>`;

/** @param {ReplayState} replay @param {Desk} desk */
const paces = ({ rate }, desk) =>
  html`<span class="replay-group" role="group" aria-label="Pace">
    ${RATES.map(
      (one) =>
        html`<button aria-pressed=${one === rate} aria-label=${named(`${one} times as fast`, `x${one}`)} @click=${() => desk.pace(one)}>
          x${one}
        </button>`,
    )}
  </span>`;

/** @param {ReplayState} replay @param {Desk} desk @param {number} at_ms */
function goTo(replay, desk, at_ms) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const found = findInstant(String(new FormData(form).get("time") ?? ""), at_ms);
    if (found === null) return desk.refuse("Say a time as 14:05, 14:05:30 or 2026-03-02 14:05");
    if (found < replay.first_ms || found > replay.last_ms)
      return desk.refuse(`The record goes from ${spoken(replay.first_ms)} to ${spoken(replay.last_ms)}`);
    form.reset();
    return desk.seek(found);
  };
  return html`<form class="replay-go" @submit=${submit}>
    <input name="time" aria-label="Go to a time" placeholder="Go to 14:05" autocomplete="off" maxlength="20" />
  </form>`;
}

/** @param {number} ms */
const spoken = (ms) => `${wholeDay(ms)} ${localTime(ms)}`;

/** @param {ReplayState} replay @param {[number, number]} window @param {Desk} desk */
const marksView = ({ marks }, window, desk) =>
  html`<svg class="replay-marks" aria-hidden="true">
    ${marks.map(({ at, kind, text }) => {
      const ms = Date.parse(at);
      return svg`<g class="mark ${kind}" @click=${() => desk.seek(ms)}>
        <title>${localTime(ms)} ${text}</title>
        <svg x="${across(ms, window)}%" overflow="visible">
          <rect x="-5" y="0" width="10" height="12" rx="2"></rect>
          <text y="9.5" text-anchor="middle">${MARKS[kind].letter}</text>
        </svg>
      </g>`;
    })}
  </svg>`;

/** What happened last, and how long it is to the next. @param {ReplayState} replay @param {number} at_ms */
function told({ marks, omitted }, at_ms) {
  const last = markAt(marks, at_ms);
  const next = markFrom(marks, at_ms, 1);
  return html`<span class="replay-told" role="status"
      >${last ? html`<span class="num">${localTime(Date.parse(last.at))}</span> ${last.text}` : nothing}</span
    >
    <span class="dim">${next ? html`next mark in <span class="num">${duration((Date.parse(next.at) - at_ms) / 1000)}</span>` : nothing}</span>
    ${omitted > 0 ? html`<span class="warn">${omitted} older marks are not shown</span>` : nothing}`;
}

/** @param {ReplayState} replay @param {Desk} desk @param {number} at_ms */
function timeline(replay, desk, at_ms) {
  const window = windowOf(replay.at_ms, replay.span_ms, replay.first_ms, replay.last_ms);
  const spans = SPANS.map(
    ([ms, word]) => html`<option value=${ms} ?selected=${ms === replay.span_ms}>${word}</option>`,
  );
  return html`<div class="replay-line">
    <span class="num dim">${localTime(window[0])}</span>
    <div class="replay-track">
      ${marksView(replay, window, desk)}
      <input
        type="range"
        aria-label="Time in the record"
        aria-valuetext=${spoken(at_ms)}
        min=${window[0]}
        max=${window[1]}
        step="1000"
        .value=${String(Math.min(Math.max(replay.at_ms, window[0]), window[1]))}
        @change=${(/** @type {Event} */ event) => desk.seek(Number(typedIn(event)))}
      />
    </div>
    <span class="num dim">${localTime(window[1])}</span>
    <select
      aria-label="How much of the record is shown"
      @change=${(/** @type {Event} */ event) => desk.span(Number(typedIn(event)))}
    >
      ${spans}
    </select>
  </div>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function replayView({ state, desk, now_ms }) {
  const { replay, picture, target } = state;
  if (!replay) return nothing;
  const at_ms = picture.started ? Math.min(serverNow(picture, now_ms), replay.last_ms) : replay.at_ms;
  const live = target?.kind === "incident" ? `/#inc=${encodeURIComponent(target.id)}` : "/";
  const said = replay.erased ? "The positions of this time were erased: where units were is not known any more." : "";
  return html`<div class="replay-head">
      ${standing(replay, at_ms)} ${replay.started ? [transport(replay, desk), paces(replay, desk), goTo(replay, desk, at_ms)] : nothing}
      <span class="fill"></span>
      <a class="replay-live" href=${live}>Back to live</a>
    </div>
    ${replay.started ? timeline(replay, desk, at_ms) : nothing}
    <div class="replay-foot">
      ${replay.started ? told(replay, at_ms) : nothing}
      <span class="replay-said" role="alert">${said} ${replay.refused}</span>
    </div>`;
}

// @ts-check
// Those who could be sent, in the server's order, list by list: how soon, by which way, how sure, and what to know first.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { whyReadOnly } from "../../acts/kit.js";
import { headingsOf, scaleOf } from "../../picture/order.js";
import { leavesWork } from "../../picture/weighing.js";
import { age, distance, duration, spoken } from "../../words/format.js";
import { FRESHNESS, LISTS } from "../../words/words.js";
import { unitIcon } from "../html.js";
import { bar } from "./bar.js";
import { questionOf } from "./question.js";
import { whyNotButton, whyNotOf } from "./whynot.js";

/** @typedef {import("../../types/wire.js").Candidate} Candidate */
/** @typedef {import("../../types/wire.js").Ranking} Ranking */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** Of the streets, those nearest the incident: which way in, a dispatcher asks. */
const STREETS = 3;

/** @param {Candidate} candidate */
function facts({ distance_m, streets, fix_age_s, freshness, basis, reasons }) {
  const guessed = reasons.some(({ code }) => code === "straight_line");
  const way = basis === "road" ? "by road" : guessed ? "straight line, no road found" : "straight line";
  const via = html`<span title=${streets.join(", ")}>via ${streets.slice(-STREETS).join(", ")}</span>`;
  const fresh = freshness === "fresh";
  return html`<span class=${guessed ? "warn" : ""}>${distance(distance_m)} ${way}</span>
    ${streets.length > 0 ? via : nothing}
    <span class=${fresh ? "" : "warn"}>fix <b class="num">${age(fix_age_s)}</b>${fresh ? "" : ` ${FRESHNESS[freshness]}`}</span>`;
}

/** Whoever leaves other work for it is asked about first: its button ends in an ellipsis. @param {Candidate} candidate
 * @param {Moment} moment */
function sendButton(candidate, { state, desk }) {
  if (state.target?.kind !== "incident" || whyReadOnly(state)) return nothing;
  const { callsign, rank } = candidate;
  const live = state.feed === "live";
  const key = rank <= 3 ? html` <kbd>Alt+${rank}</kbd>` : nothing;
  const word = leavesWork(candidate) ? "Divert" : "Assign";
  return html`<button
    class="assign ${leavesWork(candidate) ? "plain" : ""}"
    ?disabled=${!live}
    title=${live ? `${word} ${callsign}` : "Not while the picture is not live"}
    @click=${() => desk.choose(callsign)}
  >
    ${word}${leavesWork(candidate) ? "…" : nothing}${key}
  </button>`;
}

/** @param {Candidate["list"] | undefined} list */
const heading = (list) => (list ? html`<h3 class="list">${LISTS[list]}</h3>` : nothing);

/**
 * @param {Candidate} candidate @param {Candidate} first @param {number} scale_s @param {Candidate["list"] | undefined} list
 * @param {Moment} moment
 */
function row(candidate, first, scale_s, list, moment) {
  const { callsign, rank, eta_s, reasons } = candidate;
  const { state, desk } = moment;
  const unit = state.picture.units.get(callsign);
  const lit = (state.enquiry.highlight ?? first.callsign) === callsign;
  const light = () => desk.highlight(callsign);
  return html`<li
    class="candidate ${lit ? "lit" : ""} ${list ? "headed" : ""}"
    data-callsign=${callsign}
    @mouseenter=${light}
    @focusin=${light}
  >
    ${heading(list)}
    <span class="rank num">${rank}</span>
    ${unit ? unitIcon(unit) : html`<span class="symbol"></span>`}
    <button class="name" title="Draw its route" @click=${light}>${callsign}</button>
    ${bar(candidate, first, scale_s)}
    <span class="eta num">${duration(eta_s.mid)}</span>
    <span class="said">
      <b>${spoken(eta_s)}</b> <span class="dim num">${duration(eta_s.low)}–${duration(eta_s.high)}</span>
    </span>
    ${sendButton(candidate, moment)}
    <span class="facts">${facts(candidate)}</span>
    ${reasons.length > 0 ? html`<ul class="reasons">${reasons.map(({ text }) => html`<li>${text}</li>`)}</ul>` : nothing}
    ${rank > 1 ? whyNotButton(callsign, "why not first?", moment) : nothing}
    ${questionOf(callsign, moment)} ${whyNotOf(callsign, moment)}
  </li>`;
}

/** @param {Ranking} ranking @param {Moment} moment */
export function candidatesView({ candidates }, moment) {
  const [scale_s, headings] = [scaleOf(candidates), headingsOf(candidates)];
  const hold = () => moment.desk.hold(true);
  const release = () => moment.desk.hold(false);
  return html`<ol class="candidates" @mouseenter=${hold} @mouseleave=${release} @focusin=${hold} @focusout=${release}>
    ${repeat(
      candidates,
      ({ callsign }) => callsign,
      (candidate) => row(candidate, candidates[0], scale_s, headings.get(candidate.callsign), moment),
    )}
  </ol>`;
}

// @ts-check
// Who can be there first: the candidates for the open incident or a clicked place, how sure that is, and who was excluded.
// The order and every reason are the server's. Here they are only worded, and the intervals drawn on one common scale.

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { placeOf } from "../picture/enquiry.js";
import { age, coordinates, distance, duration, spoken } from "../words/format.js";
import { emptyNote, unitIcon } from "./html.js";
import { unitCard } from "./unit.js";
import { headingsOf, scaleOf } from "../picture/order.js";
import { serverNow } from "../picture/store.js";
import { FRESHNESS, LISTS, verdictOf } from "../words/words.js";

/** @typedef {import("../types/wire.js").Candidate} Candidate */
/** @typedef {import("../types/wire.js").Ranking} Ranking */
/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** Of the streets, those nearest the incident: which way in, a dispatcher asks. */
const STREETS = 3;

/**
 * The whole interval, its middle marked; lighter while it overlaps the first's.
 * @param {Candidate} candidate @param {Candidate} first @param {number} scale_s
 */
function bar({ eta_s }, first, scale_s) {
  const x = (/** @type {number} */ seconds) => Math.min(99, (100 * seconds) / scale_s);
  const [low, mid, high] = [x(eta_s.low), x(eta_s.mid), x(eta_s.high)];
  const shade = eta_s.low < first.eta_s.high ? "span close" : "span";
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    ${svg`
      <rect class="rail" x="0" y="3" width="100" height="4" rx="1"></rect>
      <rect class=${shade} x=${low} y="2" width=${Math.max(1, high - low)} height="6" rx="1"></rect>
      <rect class="mid" x=${Math.max(0, mid - 0.5)} y="0" width="1" height="10"></rect>`}
  </svg>`;
}

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

/** @param {Candidate} candidate @param {State} state @param {Desk} desk */
function assignButton({ callsign, rank }, { target, feed }, desk) {
  if (target?.kind !== "incident") return nothing;
  const key = rank <= 3 ? html` <kbd>Alt+${rank}</kbd>` : nothing;
  return html`<button
    class="assign"
    ?disabled=${feed !== "live"}
    title=${feed === "live" ? `Assign ${callsign}` : "Not while the picture is not live"}
    @click=${() => desk.assign(callsign)}
  >
    Assign${key}
  </button>`;
}

/** @param {Candidate["list"] | undefined} list */
const heading = (list) => (list ? html`<h3 class="list">${LISTS[list]}</h3>` : nothing);

/**
 * @param {Candidate} candidate @param {Candidate} first @param {number} scale_s @param {Candidate["list"] | undefined} list
 * @param {State} state @param {Desk} desk
 */
function row(candidate, first, scale_s, list, state, desk) {
  const { callsign, rank, eta_s, reasons } = candidate;
  const { picture, enquiry } = state;
  const unit = picture.units.get(callsign);
  const lit = (enquiry.highlight ?? first.callsign) === callsign;
  const light = () => desk.highlight(callsign);
  return html`<li
    class="candidate ${lit ? "lit" : ""}"
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
    ${assignButton(candidate, state, desk)}
    <span class="facts">${facts(candidate)}</span>
    ${reasons.length > 0 ? html`<ul class="reasons">${reasons.map(({ text }) => html`<li>${text}</li>`)}</ul>` : nothing}
  </li>`;
}

/** @param {Ranking} ranking */
function excluded({ exclusions, omitted }) {
  if (exclusions.length === 0 && omitted === 0) return nothing;
  const unlisted = omitted > 0 ? html`<span class="dim"> · ${omitted} more ranked, not listed</span>` : nothing;
  return html`<details class="excluded">
    <summary>Excluded <span class="num">${exclusions.length}</span>${unlisted}</summary>
    <ul>${exclusions.map(({ callsign, reason }) => html`<li><b>${callsign}</b> <span>${reason}</span></li>`)}</ul>
  </details>`;
}

/** @param {Ranking} ranking @param {State} state @param {Desk} desk */
function list(ranking, state, desk) {
  const { tone, title, text } = verdictOf(ranking);
  const { candidates } = ranking;
  const [scale_s, headings] = [scaleOf(candidates), headingsOf(candidates)];
  const hold = () => desk.hold(true);
  const release = () => desk.hold(false);
  return html`<p class="verdict ${tone}" role="status">
      ${title ? html`<strong>${title}</strong>` : nothing} <span>${text}</span>
    </p>
    <ol class="candidates" @mouseenter=${hold} @mouseleave=${release} @focusin=${hold} @focusout=${release}>
      ${repeat(
        candidates,
        ({ callsign }) => callsign,
        (candidate) => row(candidate, candidates[0], scale_s, headings.get(candidate.callsign), state, desk),
      )}
    </ol>
    ${excluded(ranking)}`;
}

/** @param {State} state */
function titleOf({ target, enquiry, picture }) {
  if (target?.kind === "incident") return `Nearest for ${target.id}`;
  if (target?.kind === "unit")
    return picture.units.get(target.callsign)?.emergency
      ? `Nearest help to ${target.callsign}`
      : `Nearest to ${target.callsign}`;
  return enquiry.ranking?.place ? `Nearest to ${enquiry.ranking.place}` : "Nearest to this place";
}

/** @param {State} state @param {Desk} desk */
function contents(state, desk) {
  const { phase, ranking, problem } = state.enquiry;
  if (phase === "failed" && problem) {
    const title = { 401: "Not signed in", 403: "Not permitted", 404: "Not found" }[problem.status] ?? "No ranking";
    return html`${emptyNote(title, problem.detail || problem.title)}
      <p class="retry"><button @click=${() => desk.enquire()}>Try again</button></p>`;
  }
  if (!ranking) return html`<div class="empty" aria-busy="true"><strong>Asking the roads…</strong></div>`;
  return list(ranking, state, desk);
}

const NOTHING_CHOSEN = emptyNote(
  "Nothing chosen",
  "Click a place, a unit or an incident to see who could be there first, and why.",
);

/** How many were ranked, and how long ago. @param {State} state @param {number} now_ms */
function askedWhen({ enquiry, picture }, now_ms) {
  if (!enquiry.ranking) return nothing;
  const ago_s = (serverNow(picture, now_ms) - Date.parse(enquiry.ranking.at)) / 1000;
  return html`<span class="dim">
    ${enquiry.ranking.candidates.length} ranked <span class="num">${duration(ago_s)}</span>
    ago${enquiry.held ? ", order held" : nothing}
  </span>`;
}

/** @param {Place} place @param {Ranking | null} ranking @param {Desk} desk */
const placeLine = (place, ranking, desk) => html`<p class="placeline">
  <span class="num dim">${ranking?.grid_ref ?? coordinates(place)}</span>
  <button @click=${() => desk.compose(place)}>Create incident here</button>
</p>`;

/** @param {import("../types/screen.js").Moment} moment */
export function rankingView(moment) {
  const { state, now_ms, desk } = moment;
  const { target, enquiry, picture } = state;
  if (!target) return html`<header class="panel-head"><h2>Nearest units</h2></header>${NOTHING_CHOSEN}`;
  const unit = target.kind === "unit" ? picture.units.get(target.callsign) : undefined;
  const place = target.kind === "incident" ? null : placeOf(state);
  return html`<header class="panel-head">
      <h2>${titleOf(state)}</h2>
      ${askedWhen(state, now_ms)}
      <button class="quiet" aria-label="Close" title="Close (Esc)" @click=${() => desk.open(null)}>✕</button>
    </header>
    ${unit ? unitCard(unit, moment) : nothing}
    ${place ? placeLine(place, enquiry.ranking, desk) : nothing} ${contents(state, desk)}`;
}

// @ts-check
// Who can be there first: for the open incident or a clicked place, how sure that is, what it needs, and who was left out.
// The order and every reason are the server's. Here they are only worded; each part has a file beside this one.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { placeOf } from "../../picture/enquiry.js";
import { serverNow } from "../../picture/store.js";
import { colleaguesOf } from "../../picture/weighing.js";
import { coordinates, duration } from "../../words/format.js";
import { ASSIGNMENT, verdictOf } from "../../words/words.js";
import { emptyNote } from "../html.js";
import { unitCard } from "../unit.js";
import { candidatesView } from "./candidates.js";
import { excludedView } from "./excluded.js";
import { planView } from "./plan.js";
import { pollsView } from "./polls.js";

/** @typedef {import("../../types/wire.js").Ranking} Ranking */
/** @typedef {import("../../types/screen.js").Place} Place */
/** @typedef {import("../../types/screen.js").State} State */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** Whom the server waits for at the end of its sentence: told below, with the time that is left. */
const ASKED = /; asked [^;]*$/;

/** @param {Ranking} ranking */
function verdict(ranking) {
  const { tone, title, text } = verdictOf(ranking);
  if (!title && !text) return nothing;
  return html`<p class="verdict ${tone}" role="status">
    ${title ? html`<strong>${title}</strong>` : nothing} <span>${text.replace(ASKED, "")}</span>
    ${ranking.goal === "rvp" ? html`<span class="to-rvp">to the RVP</span>` : nothing}
  </p>`;
}

/** @param {Ranking} ranking @param {Moment} moment */
const list = (ranking, moment) => html`${verdict(ranking)} ${pollsView(moment)} ${planView(ranking, moment)}
${candidatesView(ranking, moment)} ${excludedView(ranking, moment)}`;

/** @param {State} state */
function titleOf({ target, enquiry, picture }) {
  if (target?.kind === "incident") return `Nearest for ${target.id}`;
  if (target?.kind === "unit")
    return picture.units.get(target.callsign)?.emergency
      ? `Nearest help to ${target.callsign}`
      : `Nearest to ${target.callsign}`;
  return enquiry.ranking?.place ? `Nearest to ${enquiry.ranking.place}` : "Nearest to this place";
}

const TITLES = { 401: "Not signed in", 403: "Not permitted", 404: "Not found" };

/** @param {Moment} moment */
function contents(moment) {
  const { state, desk } = moment;
  const { phase, ranking, problem } = state.enquiry;
  const again = html`<button @click=${() => desk.enquire()}>Try again</button>`;
  if (phase === "failed" && problem && ranking)
    return html`<p class="unrenewed" role="alert">Not renewed: ${problem.detail || problem.title} ${again}</p>
      ${list(ranking, moment)}`;
  if (phase === "failed" && problem) {
    const title = TITLES[/** @type {keyof typeof TITLES} */ (problem.status)] ?? "No ranking";
    return html`${emptyNote(title, problem.detail || problem.title)}
      <p class="retry">${again}</p>`;
  }
  if (!ranking) return html`<div class="empty" aria-busy="true"><strong>Asking the roads…</strong></div>`;
  return list(ranking, moment);
}

const NOTHING_CHOSEN = emptyNote(
  "Nothing chosen",
  "Click a place, a unit or an incident to see who could be there first, and why.",
);

/** How long ago it was asked; its order stays while the pointer is in it. @param {State} state @param {number} now_ms */
function askedWhen({ enquiry, picture }, now_ms) {
  if (!enquiry.ranking) return nothing;
  const ago_s = (serverNow(picture, now_ms) - Date.parse(enquiry.ranking.at)) / 1000;
  return html`<span class="dim">
    asked <span class="num">${duration(ago_s)}</span> ago${enquiry.held ? ", order held" : nothing}
  </span>`;
}

/** @param {Place} place @param {Moment} moment */
const placeLine = (place, { state, desk }) => html`<p class="placeline">
  <span class="num dim">${state.enquiry.ranking?.grid_ref ?? coordinates(place)}</span>
  ${whyReadOnly(state) ? nothing : html`<button @click=${() => desk.compose(place)}>Create incident here</button>`}
</p>`;

/** Of an officer in need: how well the place is known, and who of the same incident may be nearer than any map knows.
 * @param {import("../../types/wire.js").Unit} officer @param {State} state */
function needLines(officer, { picture, enquiry }) {
  if (!officer.emergency) return nothing;
  const colleagues = colleaguesOf(officer, picture.incidents).map(
    ({ callsign, state }) => html`<b>${callsign}</b> ${ASSIGNMENT[state]} `,
  );
  return html`${enquiry.ranking?.said ? html`<p class="polls">${enquiry.ranking.said}</p>` : nothing}
  ${colleagues.length > 0 ? html`<p class="polls">On ${officer.assignment?.incident} as well: ${colleagues}</p>` : nothing}`;
}

/** @param {Moment} moment */
export function rankingView(moment) {
  const { state, now_ms, desk } = moment;
  const { target, picture } = state;
  if (!target) return html`<header class="panel-head"><h2>Nearest units</h2></header>${NOTHING_CHOSEN}`;
  const unit = target.kind === "unit" ? picture.units.get(target.callsign) : undefined;
  const place = target.kind === "incident" ? null : placeOf(state);
  return html`<header class="panel-head">
      <h2>${titleOf(state)}</h2>
      ${askedWhen(state, now_ms)}
      <button class="quiet" aria-label="Close" title="Close (Esc)" @click=${() => desk.open(null)}>✕</button>
    </header>
    ${unit ? [unitCard(unit, moment), needLines(unit, state)] : nothing}
    ${place ? placeLine(place, moment) : nothing} ${contents(moment)}`;
}

// @ts-check
// The open incident in a replay: which rankings were shown of it, to whom, and who was sent. On a live screen: the way to
// its replay.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { duration, localTime } from "../../words/format.js";
import { whyReadOnly } from "../../acts/kit.js";

/** @typedef {import("../../types/wire.js").RankingAct} RankingAct */

/** @param {RankingAct} act */
function row({ at, until, times, kind, operator, desk, callsign, eta_s, verdict, instead_of, reason }) {
  const when = localTime(Date.parse(at)) + (until ? ` to ${localTime(Date.parse(until))}` : "");
  const who = html`<span class="dim">${operator} at ${desk}${times > 1 ? `, ${times} times` : ""}</span>`;
  const eta = eta_s === null ? nothing : html` <span class="num">${duration(eta_s)}</span>`;
  const shown = html`shown <b>${callsign ?? "nobody"}</b> first${eta} <span class="dim">${verdict}</span>`;
  const sent = html`<b>${callsign}</b> sent${instead_of ? html` instead of <b>${instead_of}</b>` : nothing}${
    reason ? html`: ${reason}` : nothing
  }`;
  return html`<li class="then ${kind}"><span class="num">${when}</span> <span>${kind === "shown" ? shown : sent}</span> ${who}</li>`;
}

/** @type {import("./incident.js").Part} */
export function shownPart({ id, created_at }, { state, desk }) {
  const { replay } = state;
  if (!replay)
    return whyReadOnly(state)
      ? nothing
      : html`<p><button @click=${() => desk.replay(created_at, id)}>Replay from its creation</button></p>`;
  const acts = replay.acts_of === id ? replay.acts : null;
  if (acts === null) return html`<h3>Shown then</h3><p class="dim">asking the record</p>`;
  if (acts.length === 0) return html`<h3>Shown then</h3><p class="dim">No ranking of it had been shown to anybody.</p>`;
  return html`<h3>Shown then</h3>
    <ul class="thens">
      ${acts.map(row)}
    </ul>`;
}

// @ts-check
// Who was left out, every one with its reason: by the reason with its count, to be filtered, each to be asked why not.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { groupsOf } from "../../picture/weighing.js";
import { exclusionOf } from "../../words/sending.js";
import { typedIn } from "../html.js";
import { questionOf } from "./question.js";
import { whyNotButton, whyNotOf } from "./whynot.js";

/** @typedef {import("../../types/wire.js").Exclusion} Exclusion */
/** @typedef {import("../../types/wire.js").Ranking} Ranking */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** More than these are easier found by name. */
const FILTERED_FROM = 8;

/** What may be done with one that was left out: a taken one may have this next, one that refused may be asked again.
 * @param {Exclusion} exclusion @param {Moment} moment */
function offer({ callsign, code }, { state, desk }) {
  if (state.target?.kind !== "incident" || whyReadOnly(state)) return nothing;
  const busy = state.picture.units.get(callsign)?.assignment;
  if (code === "assigned" && busy && busy.incident !== state.target.id)
    return html`<button @click=${() => desk.assign(callsign, { queue: true })}>Next job</button>`;
  if (code === "refused") return html`<button @click=${() => desk.assign(callsign)}>Ask again</button>`;
  return nothing;
}

/** @param {Exclusion} exclusion @param {Moment} moment */
const row = (exclusion, moment) => html`<li data-callsign=${exclusion.callsign}>
  <b>${exclusion.callsign}</b> <span>${exclusion.reason}</span>
  <span class="steps">${offer(exclusion, moment)} ${whyNotButton(exclusion.callsign, "why not?", moment)}</span>
  ${questionOf(exclusion.callsign, moment)} ${whyNotOf(exclusion.callsign, moment)}
</li>`;

/** @param {ReturnType<typeof groupsOf>[number]} group @param {Moment} moment */
function group({ code, count, rows }, moment) {
  const more = count - rows.length;
  return html`<li class="group">
    <h3>${exclusionOf(code)} <span class="num">${count}</span></h3>
    <ul>
      ${rows.map((one) => row(one, moment))}
      ${more > 0 ? html`<li class="dim"><i></i>and ${more} more: type a callsign to find one</li>` : nothing}
    </ul>
  </li>`;
}

/** @param {Ranking} ranking @param {Moment} moment */
function opened({ exclusions }, moment) {
  const { state, desk } = moment;
  const groups = groupsOf(exclusions, state.weighing.filter);
  const find = html`<input
    type="search"
    aria-label="Filter the excluded"
    placeholder="Filter by callsign or reason"
    .value=${state.weighing.filter}
    @input=${(/** @type {Event} */ event) => desk.weigh({ filter: typedIn(event) })}
  />`;
  return html`${exclusions.length >= FILTERED_FROM ? find : nothing}
    ${groups.length === 0 ? html`<p class="dim">Nobody of that name or reason was left out.</p>` : nothing}
    <ul>${groups.map((one) => group(one, moment))}</ul>`;
}

/** @param {Ranking} ranking @param {Moment} moment */
export function excludedView(ranking, moment) {
  const { exclusions, omitted } = ranking;
  const { state, desk } = moment;
  if (exclusions.length === 0 && omitted === 0) return nothing;
  const unlisted = omitted > 0 ? html`<span class="dim"> · ${omitted} more ranked, not listed</span>` : nothing;
  const toggle = (/** @type {Event} */ event) =>
    desk.weigh({ excluded: /** @type {HTMLDetailsElement} */ (event.target).open });
  return html`<details class="excluded" .open=${state.weighing.excluded} @toggle=${toggle}>
    <summary>Excluded <span class="num">${exclusions.length}</span>${unlisted}</summary>
    ${state.weighing.excluded ? html`<div class="excluded-body">${opened(ranking, moment)}</div>` : nothing}
  </details>`;
}

// @ts-check
// What the incident needs, and who fills it: each slot with its unit or with why nobody, the set that completes it, sent
// by one press, all or none; and a small editor of what is needed.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { asksMore } from "../../picture/weighing.js";
import { duration } from "../../words/format.js";
import { planForm } from "./planform.js";

/** @typedef {import("../../types/wire.js").Muster} Muster */
/** @typedef {import("../../types/wire.js").Ranking} Ranking */
/** @typedef {import("../../types/wire.js").Slot} Slot */
/** @typedef {import("../../types/screen.js").Moment} Moment */

const STATUS = { assigned: "on its way", filled: "free, not sent yet", missing: "missing" };

/** @param {Slot} slot */
const slotRow = ({ need, status, callsign, eta_s }) => html`<li class="slot ${status}">
  <span class="slot-need">${need}</span>
  <b>${callsign ?? nothing}</b>
  <span class="num">${eta_s && eta_s.mid > 0 ? duration(eta_s.mid) : nothing}</span>
  <span class=${status === "missing" ? "warn" : "dim"}>${eta_s?.mid === 0 ? "there" : STATUS[status]}</span>
</li>`;

/** @param {Muster} muster @param {Moment} moment */
function setButton({ send, complete_s }, { state, desk }) {
  if (send.length < 2 || whyReadOnly(state)) return nothing;
  const by =
    complete_s === null
      ? nothing
      : html`<span class="dim">complete in <span class="num">${duration(complete_s)}</span></span>`;
  return html`<span class="steps">
    <button class="assign" ?disabled=${state.feed !== "live"} @click=${() => desk.sendSet()}>
      Send the set: ${send.join(", ")}
    </button>
    ${by}
  </span>`;
}

/** @param {Muster} muster */
const setBy = ({ plan }) =>
  plan.set_by
    ? html`<p class="dim">Set by ${plan.set_by.operator}, ${plan.set_by.desk}: ${plan.set_by.reason}</p>`
    : nothing;

/** @param {Ranking} ranking @param {Moment} moment */
export function planView({ plan, shortfalls }, moment) {
  const { state, desk } = moment;
  if (!plan || state.target?.kind !== "incident") return nothing;
  if (state.weighing.plan) return planForm(state.weighing.plan, plan, moment);
  const more = asksMore(plan);
  const change = whyReadOnly(state)
    ? nothing
    : html`<button class="quiet" @click=${() => desk.editPlan()}>Change</button>`;
  return html`<section class="plan" aria-label="What it needs">
    <p class="plan-head">
      ${more ? html`<span>${plan.plan.label}</span>` : html`<span class="dim">Needs one unit</span>`}${change}
    </p>
    ${setBy(plan)} ${more ? html`<ul class="slots">${plan.slots.map(slotRow)}</ul>` : nothing}
    ${shortfalls.map((text) => html`<p class="warn">${text}</p>`)} ${setButton(plan, moment)}
  </section>`;
}

// @ts-check
// More units for the open incident: what was asked for, what is still missing, asking and withdrawing.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { timeOf } from "../html.js";
import { field, fold, form } from "./fold.js";

/** @type {import("./incident.js").Part} */
export function morePart({ id, more_units, pressing }, moment) {
  const { state, desk } = moment;
  const missing = new Map((pressing?.wanted ?? []).map(({ request, missing: count }) => [request.id, count]));
  const still = [...missing.values()].reduce((sum, count) => sum + count, 0);
  const request = (/** @type {typeof more_units[number]} */ one) => {
    const skills = one.capabilities?.length > 0 ? ` with ${one.capabilities.join(", ")}` : "";
    const left = missing.get(one.id);
    const standing = one.withdrawn_at ? "withdrawn" : left ? `${left} still to be sent` : "sent";
    const withdraw = html`<button aria-label="Withdraw ${one.id}" @click=${() => desk.withdrawUnits(id, one.id)}>Withdraw</button>`;
    return html`<li>
      <span class="num dim">${timeOf(one.at)}</span>
      <span><b>${one.n}</b>${skills}${one.reason ? `: ${one.reason}` : nothing} <span class=${left ? "warn" : "dim"}>${standing}</span></span>
      ${left && !whyReadOnly(state) ? withdraw : nothing}
    </li>`;
  };
  const ask = form(
    html`<input name="n" type="number" min="1" max="100" value="1" required aria-label="How many" />
      ${field("capabilities", "Able to, with commas between")} ${field("reason", "Why more are needed")}`,
    "Ask for them",
    ({ n, capabilities, reason }) =>
      desk.moreUnits(id, {
        n: Number(n),
        capabilities: capabilities
          .split(",")
          .map((one) => one.trim())
          .filter(Boolean),
        reason,
      }),
  );
  const body = () => html`<ul class="others">${more_units.map(request)}</ul>
    ${whyReadOnly(state) ? nothing : ask}`;
  const summary = still > 0 ? `${still} still to be sent` : more_units.length > 0 ? "all sent" : "none asked for";
  return fold({ name: "more", title: "More units", summary, loud: still > 0 }, body, moment);
}

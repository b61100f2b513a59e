// @ts-check
// Who is in control of the open incident: where units meet first, who has authorised firearms, which desk answers for it.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { coordinates } from "../../words/format.js";
import { timeOf } from "../html.js";
import { fold } from "./fold.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/screen.js").Control} Control */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** What the server calls the desk of a screen that nobody has named. */
const UNNAMED = "screen";

const ROLES = { tfc: "Tactical firearms commander", sfc: "Strategic firearms commander" };

/** One form at a time; what the server refuses stands in it. @param {Moment} moment @param {unknown} fields
 * @param {string} button @param {(said: (name: string) => string) => void} use */
function controlForm({ state, desk }, fields, button, use) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    use((name) => String(said.get(name) ?? "").trim());
  };
  const { error } = state.control ?? { error: "" };
  return html`<form class="control-form" @submit=${submit}>
    ${fields} ${error ? html`<p class="error" role="alert">${error}</p>` : nothing}
    <span class="steps">
      <button class="go">${button}</button>
      <button type="button" @click=${() => desk.control(null)}>Leave it</button>
    </span>
  </form>`;
}

/** @param {string} name @param {string} label @param {boolean} [required] */
const field = (name, label, required = true) =>
  html`<input name=${name} aria-label=${label} placeholder=${label} ?required=${required} maxlength="1000" autocomplete="off" />`;

const roles = () =>
  html`<select name="role" aria-label="In which role">
    ${Object.entries(ROLES).map(([role, word]) => html`<option value=${role}>${word}</option>`)}
  </select>`;

/** @type {Record<Control["form"], (incident: Incident, moment: Moment) => unknown>} */
const FORMS = {
  rvp: ({ id }, moment) =>
    controlForm(
      moment,
      html`<input
          name="place"
          required
          autocomplete="off"
          aria-label="RVP: click the map, or type a place"
          placeholder="Click the map, or type a place"
          .value=${moment.state.control?.place ?? ""}
        />
        ${field("note", "How to approach", false)}`,
      "Set RVP",
      (said) => moment.desk.setRvp(id, said("place"), said("note")),
    ),
  authorise: ({ id }, moment) =>
    controlForm(moment, [roles(), field("commander", "Who commands"), field("reason", "Why")], "Authorise", (said) =>
      moment.desk.authorise(id, { role: said("role"), commander: said("commander"), reason: said("reason") }),
    ),
  command: ({ id }, moment) =>
    controlForm(
      moment,
      [roles(), field("commander", "Who commands from now on"), field("note", "What was handed over")],
      "Hand over command",
      (said) =>
        moment.desk.handOverCommand(id, { role: said("role"), commander: said("commander"), note: said("note") }),
    ),
  withdraw: ({ id }, moment) =>
    controlForm(moment, field("reason", "Why"), "Withdraw the authority", (said) =>
      moment.desk.withdrawAuthority(id, said("reason")),
    ),
  "hand-over": ({ id }, moment) =>
    controlForm(
      moment,
      html`${field("desk", "To which desk")} ${field("note", "What it should know", false)}`,
      "Offer it",
      (said) => moment.desk.offer(id, said("desk"), said("note")),
    ),
  "take-over": ({ id }, moment) =>
    controlForm(moment, field("note", "Why, without being asked"), "Take it over", (said) =>
      moment.desk.handOver(id, "take-over", said("note")),
    ),
};

/** @param {Incident} incident */
function rvpLine({ rvp }) {
  if (!rvp) return nothing;
  return html`<p><b>RVP</b> <span class="num">${coordinates(rvp)}</span>${rvp.note ? `, ${rvp.note}` : nothing}</p>`;
}

/** @param {Incident} incident */
function gateLine({ firearms, authorised }) {
  if (!firearms) return nothing;
  if (!authorised)
    return html`<p class="warn"><b>Firearms</b> not authorised: armed units go to the RVP and no further</p>`;
  const { commander, role, at, operator, reason } = authorised;
  return html`<p>
    <b>Firearms</b> authorised ${timeOf(at)} by ${commander}, ${role.toUpperCase()}: ${reason}
    <span class="dim">entered by ${operator}</span>
  </p>`;
}

/** What is offered to this desk is answered here. @param {Incident} incident @param {Moment} moment */
function offerLine({ id, offer }, { state, desk }) {
  if (!offer) return nothing;
  const act = (/** @type {"accept" | "refuse"} */ name, /** @type {string} */ label) =>
    html`<button data-hand-over=${name} @click=${() => desk.handOver(id, name)}>${label}</button>`;
  const mine = offer.desk === (state.desk_name || UNNAMED) && !whyReadOnly(state);
  return html`<p class=${mine ? "warn" : "dim"}>
      Offered to <b>${offer.desk}</b> ${timeOf(offer.at)}${offer.note ? `: ${offer.note}` : nothing}
    </p>
    ${mine ? html`<span class="steps">${act("accept", "Accept")} ${act("refuse", "Refuse")}</span>` : nothing}`;
}

/** @param {Incident} incident @param {Moment} moment */
function buttons(incident, { state, desk }) {
  const { id, rvp, firearms, authorised, offer, desk: answers } = incident;
  const open = (/** @type {Control["form"]} */ form, /** @type {string} */ label) =>
    html`<button aria-expanded=${state.control?.form === form} @click=${() => desk.control(form)}>${label}</button>`;
  const flag = (/** @type {boolean} */ on, /** @type {string} */ label) =>
    html`<button @click=${() => desk.flagFirearms(incident, on)}>${label}</button>`;
  const gate = authorised
    ? [open("command", "Hand over command"), open("withdraw", "Withdraw authority")]
    : [open("authorise", "Authorise firearms"), flag(false, "No firearms")];
  const mine = !answers || answers === (state.desk_name || UNNAMED);
  const handOver = offer
    ? html`<button @click=${() => desk.handOver(id, "recall")}>Recall the offer</button>`
    : open("hand-over", "Hand over");
  return html`<span class="steps">
    ${open("rvp", rvp ? "Move RVP" : "Set RVP")}
    ${rvp ? html`<button @click=${() => desk.liftRvp(id)}>Lift RVP</button>` : nothing}
    ${firearms ? gate : flag(true, "Flag firearms")} ${mine ? handOver : open("take-over", "Take over")}
  </span>`;
}

/** What of control must be seen at once: where units meet, the gate, an offer. @type {import("./incident.js").Part} */
export function gatePart(incident, moment) {
  if (!incident.rvp && !incident.firearms && !incident.offer) return nothing;
  return html`<section class="control" aria-label="Control">
    ${rvpLine(incident)} ${gateLine(incident)} ${offerLine(incident, moment)}
  </section>`;
}

/** @type {import("./incident.js").Part} */
export function controlPart(incident, moment) {
  const { state } = moment;
  const { desk, rvp, firearms, authorised } = incident;
  const gate = firearms && (authorised ? "firearms authorised" : "firearms not authorised");
  const summary = [desk ? `desk ${desk}` : "no desk", rvp && "RVP set", gate].filter(Boolean).join(", ");
  const form = () => (state.control ? FORMS[state.control.form](incident, moment) : nothing);
  const body = () => (whyReadOnly(state) ? html`<p class="dim">${summary}</p>` : [buttons(incident, moment), form()]);
  return fold({ name: "control", title: "Control", summary, loud: firearms && !authorised }, body, moment);
}

// @ts-check
// When the open incident is for, where not for now, and whose own it is: its appointment and its operation.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { localDay, localTime } from "../../words/format.js";
import { answered, field, fold, form } from "./fold.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** @param {string} at an instant, in this desk's local time */
const told = (at) => `${localDay(Date.parse(at))} ${localTime(Date.parse(at)).slice(0, 5)}`;
/** What a field of local time says, as an instant with its zone. @param {string} local */
const instant = (local) => new Date(local).toISOString();

/** @param {Incident} incident @param {Moment} moment */
function appointment({ id, grade, appointment: agreed, held_until }, { state, desk }) {
  const scheduled = state.packs?.policy.grades.find(({ code }) => code === grade)?.scheduled;
  if (!scheduled && !agreed) return html`<p class="dim">Grade ${grade} is not by appointment.</p>`;
  const make = form(
    html`<label>From ${field("begins", "Begins", { type: "datetime-local", required: true })}</label>
      <label>Until ${field("ends", "Ends", { type: "datetime-local", required: true })}</label>
      ${field("reason", "Why then")}`,
    agreed ? "Agree another time" : "Agree it",
    ({ begins, ends, reason }) => desk.agree(id, { begins_at: instant(begins), ends_at: instant(ends), reason }),
  );
  return html`${agreed ? html`<p><b>${told(agreed.begins_at)}</b> to ${told(agreed.ends_at)}</p>` : nothing}
    ${held_until ? html`<p>Held until ${told(held_until)}: nobody is ranked or sent.</p>` : nothing}
    ${held_until && !whyReadOnly(state) ? html`<button @click=${() => desk.release(id)}>Release it now</button>` : nothing}
    ${whyReadOnly(state) ? nothing : make}`;
}

/** @param {Incident} incident @param {Moment} moment */
const operation = ({ id, operation: own }, { state, desk }) =>
  answered(state.dossier.answers.operations, ({ operations }) => {
    if (operations.length === 0 && !own) return html`<p class="dim">No operation is planned or running.</p>`;
    const choose = html`<select name="operation" aria-label="Operation">
      <option value="" ?selected=${!own}>Everyday work</option>
      ${operations.map(({ id: name, name: label }) => html`<option value=${name} ?selected=${own === name}>${label}</option>`)}
    </select>`;
    return whyReadOnly(state)
      ? html`<p>${own || "Everyday work"}</p>`
      : form(choose, "Put it there", ({ operation: name }) => desk.putTo(id, name || null));
  });

/** @type {import("./incident.js").Part} */
export function timePart(incident, moment) {
  const { appointment: agreed, held_until, operation: own } = incident;
  const when = held_until ? `held until ${told(held_until)}` : agreed ? told(agreed.begins_at) : "for now";
  const body = () => html`${appointment(incident, moment)} ${operation(incident, moment)}`;
  return fold({ name: "time", title: "Time", summary: own ? `${when}, ${own}` : when }, body, moment);
}

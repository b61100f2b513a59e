// @ts-check
// The end of the open incident: with a result of its policy where that lists them, and what it turned out to be.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { field, fold, form } from "./fold.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/screen.js").Moment} Moment */

const LABEL = "Result, to close the incident";

/** The results of the policy by which it was graded; any text where none are listed, or another is in force now.
 * @param {Incident} incident @param {Moment} moment */
function result({ policy }, { state }) {
  const now = state.packs?.policy;
  const listed = now && `${now.name}/${now.version}` === policy ? Object.entries(now.results ?? {}) : [];
  if (listed.length === 0) return field("result", LABEL);
  return html`<select name="result" aria-label=${LABEL} required>
    <option value="">Result…</option>
    ${listed.map(([code, label]) => html`<option value=${code}>${label}</option>`)}
  </select>`;
}

/** @param {Incident} incident @param {Moment} moment */
function again(incident, { state, desk }) {
  const { closing } = state.dossier;
  if (!closing) return nothing;
  return html`<div class="again" role="alert">
    <p><b>${closing.going.join(", ")}</b> ${closing.going.length === 1 ? "is" : "are"} still going.</p>
    <button class="go" @click=${() => desk.closeWith(incident, closing.result, closing.type)}>
      Release and close
    </button>
    <button @click=${() => desk.leaveOpen()}>Leave it open</button>
  </div>`;
}

/** @type {import("./incident.js").Part} */
export function closePart(incident, moment) {
  const { state, desk } = moment;
  if (whyReadOnly(state)) return nothing;
  const body = () =>
    state.dossier.closing
      ? again(incident, moment)
      : form(
          html`${result(incident, moment)} ${field("type", "It was really (type)", { list: "types" })}`,
          "Close incident",
          (said) => desk.closeWith(incident, said.result, said.type),
        );
  const going = incident.assignments.filter(({ active }) => active).length;
  const summary = going > 0 ? `${going} still going` : "nobody is going";
  return fold({ name: "close", title: "Close", summary }, body, moment);
}

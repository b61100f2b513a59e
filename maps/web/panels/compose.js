// @ts-check
// The form for a new incident. The place may be typed or clicked; the form stays open beside the map for that.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { gradeIcon, typedIn } from "./html.js";

/** @typedef {import("../types/screen.js").Draft} Draft */
/** @typedef {import("../types/screen.js").Desk} Desk */

const GRADES = [
  ["1", "Emergency"],
  ["2", "Priority"],
  ["3", "Scheduled"],
  ["4", "No deployment"],
];

/** Offered, not required: a type is the force's own word. */
const TYPES = ["robbery", "burglary", "collision", "domestic", "missing person", "disorder", "theft"];

/** @param {Draft} draft @param {Desk} desk */
const gradeChoice = (draft, desk) => html`<fieldset class="grades">
  <legend>Grade</legend>
  ${GRADES.map(([grade, label]) => {
    const on = draft.grade === grade;
    return html`<label class=${on ? "on" : ""}>
      <input type="radio" name="grade" value=${grade} .checked=${on} @change=${() => desk.edit({ grade })} />
      ${gradeIcon(grade)}<span>${label}</span>
    </label>`;
  })}
</fieldset>`;

/** @param {"text" | "type" | "place"} name @param {unknown} label @param {Draft} draft @param {Desk} desk */
const field = (name, label, draft, desk) => html`<label>
  ${label}
  <input
    name=${name}
    ?data-begin=${name === "text"}
    autocomplete="off"
    maxlength=${name === "text" ? 1000 : 60}
    list=${name === "type" ? "types" : nothing}
    .value=${draft[name]}
    @input=${(/** @type {Event} */ event) => desk.edit({ [name]: typedIn(event) })}
  />
</label>`;

/** @param {import("../types/screen.js").Moment} moment */
export function composeView({ state: { draft }, desk }) {
  if (!draft) return nothing;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    desk.create();
  };
  return html`<form class="compose" aria-label="New incident" @submit=${submit}>
    <header class="panel-head">
      <h2>New incident</h2>
      <button type="button" class="quiet" aria-label="Discard" @click=${() => desk.dismiss()}>✕</button>
    </header>
    ${gradeChoice(draft, desk)} ${field("text", "What is happening", draft, desk)} ${field("type", "Type", draft, desk)}
    <datalist id="types">${TYPES.map((type) => html`<option value=${type}></option>`)}</datalist>
    ${field("place", html`Place <span class="dim">latitude, longitude, or click the map</span>`, draft, desk)}
    ${draft.error ? html`<p class="error" role="alert">${draft.error}</p>` : nothing}
    <button class="go" ?disabled=${draft.sending}>${draft.sending ? "Creating…" : "Create incident"}</button>
  </form>`;
}

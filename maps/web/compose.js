// @ts-check
// The form for a new incident. The place may be typed or clicked; the form stays open beside the map for that.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { gradeIcon } from "./html.js";

/** @typedef {import("./types/screen.js").Draft} Draft */
/** @typedef {import("./types/screen.js").Desk} Desk */

const GRADES = [
  ["1", "Emergency"],
  ["2", "Priority"],
  ["3", "Scheduled"],
  ["4", "No deployment"],
];

/** @param {Draft} draft @param {Desk} desk */
const gradeChoice = (draft, desk) => html`<fieldset class="grades">
  <legend>Grade</legend>
  ${GRADES.map(
    ([grade, label]) => html`<label class=${draft.grade === grade ? "on" : ""}>
      <input type="radio" name="grade" value=${grade} .checked=${draft.grade === grade} @change=${() => desk.edit({ grade })} />
      ${gradeIcon(grade)}<span>${label}</span>
    </label>`,
  )}
</fieldset>`;

/** @param {Event} event */
const value = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** @param {Draft | null} draft @param {Desk} desk */
export function composeView(draft, desk) {
  if (!draft) return nothing;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    desk.create();
  };
  return html`<form class="compose" aria-label="New incident" @submit=${submit}>
    <header class="panel-head"><h2>New incident</h2><button type="button" class="quiet" aria-label="Discard" @click=${() => desk.dismiss()}>✕</button></header>
    ${gradeChoice(draft, desk)}
    <label>What is happening<input name="text" autocomplete="off" maxlength="500" .value=${draft.text} @input=${(/** @type {Event} */ e) => desk.edit({ text: value(e) })} /></label>
    <label>Type<input name="type" autocomplete="off" maxlength="60" list="types" .value=${draft.type} @input=${(/** @type {Event} */ e) => desk.edit({ type: value(e) })} /></label>
    <datalist id="types">${["robbery", "burglary", "collision", "domestic", "missing person", "disorder", "theft"].map((type) => html`<option value=${type}></option>`)}</datalist>
    <label>Place <span class="dim">latitude, longitude, or click the map</span>
      <input name="place" autocomplete="off" inputmode="text" .value=${draft.place} @input=${(/** @type {Event} */ e) => desk.edit({ place: value(e) })} /></label>
    ${draft.error ? html`<p class="error" role="alert">${draft.error}</p>` : nothing}
    <button class="go" ?disabled=${draft.sending}>${draft.sending ? "Creating…" : "Create incident"}</button>
  </form>`;
}

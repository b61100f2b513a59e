// @ts-check
// The form for a new incident. The place may be typed, taken from what the gazetteer offers, or clicked; the form stays
// open beside the map for that. Grades and types are those of the packs in force.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { typesOf } from "../acts/commanding.js";
import { nearbyOf } from "../picture/nearby.js";
import { distance } from "../words/format.js";
import { aboutPlace, nameOfPlace } from "../words/places.js";
import { gradeIcon, typedIn } from "./html.js";
import { optionId, optionList, showMarked } from "./options.js";

/** @typedef {import("../types/screen.js").Draft} Draft */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("../types/screen.js").State} State */

const MATCHES = "place-matches";
/** So many incidents nearby are named. */
const NAMED = 3;

/** @param {Draft} draft @param {State} state @param {Desk} desk */
const gradeChoice = (draft, { packs }, desk) => html`<fieldset class="grades">
  <legend>Grade</legend>
  ${(packs?.policy.grades ?? []).map(({ code, label }) => {
    const on = draft.grade === code;
    return html`<label class=${on ? "on" : ""}>
      <input type="radio" name="grade" value=${code} .checked=${on} @change=${() => desk.edit({ grade: code })} />
      ${gradeIcon(code)}<span>${label}</span>
    </label>`;
  })}
  ${packs ? nothing : html`<span class="dim">The grades of the policy have not come yet.</span>`}
</fieldset>`;

/** @param {"text" | "type"} name @param {string} label @param {Draft} draft @param {Desk} desk */
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

/** @param {KeyboardEvent} event @param {Draft} draft @param {Desk} desk */
function obey({ key }, { matches, active }, desk) {
  if (matches.length === 0) return false;
  if (key === "ArrowDown" || key === "ArrowUp") {
    desk.walkMatches(key === "ArrowDown" ? 1 : -1);
    showMarked(MATCHES);
  } else if (key === "Escape") desk.edit({ matches: [], active: -1 });
  else if (key === "Enter" && active >= 0) desk.takeMatch(matches[active]);
  else return false;
  return true;
}

/** @param {Draft} draft @param {Desk} desk */
function placeField(draft, desk) {
  const { matches, active, place } = draft;
  const rows = matches.map((match) => ({ label: nameOfPlace(match), about: aboutPlace(match) }));
  const open = rows.length > 0;
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (!obey(event, draft, desk)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<label>
      Place <span class="dim">street, junction, grid reference, lat, lon, or click the map</span>
      <input
        name="place"
        role="combobox"
        aria-expanded=${open}
        aria-controls=${open ? MATCHES : nothing}
        aria-autocomplete="list"
        aria-activedescendant=${open && active >= 0 ? optionId(MATCHES, active) : nothing}
        autocomplete="off"
        spellcheck="false"
        maxlength="200"
        .value=${place}
        @input=${(/** @type {Event} */ event) => desk.typePlace(typedIn(event))}
        @keydown=${onKey}
      />
    </label>
    ${open ? html`<div class="matches">${optionList(MATCHES, "Matches", rows, active, (n) => desk.takeMatch(matches[n]))}</div>` : nothing}`;
}

/** Somebody else may have called already. @param {Draft} draft @param {State} state @param {Desk} desk */
function nearby({ at }, { picture }, desk) {
  const found = nearbyOf(picture.incidents.values(), at);
  if (found.length === 0) return nothing;
  return html`<div class="nearby">
    <span class="warn">Open near there already:</span>
    ${found.slice(0, NAMED).map(({ incident: { id, text, type }, away_m }) => {
      const open = () => {
        desk.dismiss();
        desk.open({ kind: "incident", id });
      };
      return html`<button type="button" @click=${open}>
        <b>${id}</b> ${text || type.replaceAll("_", " ")}, ${distance(away_m)} away
      </button>`;
    })}
  </div>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function composeView({ state, desk }) {
  const { draft } = state;
  if (!draft) return nothing;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    desk.create();
  };
  return html`<form class="compose" aria-label="New incident" @submit=${submit}>
    <header class="panel-head">
      <h2>New incident</h2>
      ${draft.call_id ? html`<span class="dim">call ${draft.call_id}</span>` : nothing}
      <button type="button" class="quiet" aria-label="Discard" @click=${() => desk.dismiss()}>✕</button>
    </header>
    ${gradeChoice(draft, state, desk)} ${field("text", "What is happening", draft, desk)}
    ${field("type", "Type", draft, desk)}
    <datalist id="types">${typesOf(state).map((type) => html`<option value=${type}></option>`)}</datalist>
    ${placeField(draft, desk)} ${nearby(draft, state, desk)}
    ${draft.error ? html`<p class="error" role="alert">${draft.error}</p>` : nothing}
    <button class="go" ?disabled=${draft.sending}>${draft.sending ? "Creating…" : "Create incident"}</button>
  </form>`;
}

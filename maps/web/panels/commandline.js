// @ts-check
// The command line at the foot: the line, how its word is used, and over it the list of what may stand there (a
// combobox after the ARIA pattern). What the words are is the table's in acts/commands.js.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";
import { offersOf } from "../acts/commanding.js";
import { usageOf } from "../acts/offers.js";
import { typedIn } from "./html.js";
import { optionId, optionList } from "./options.js";
import { aboutPlace } from "../words/places.js";

/** @typedef {import("../types/command.js").Offer} Offer */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("../types/screen.js").State} State */

/** The server takes no longer texts. */
const LONGEST = 1300;
const OFFERS = "command-offers";
const EXAMPLES = "I 1 ROBBERY @ High Street  ·  A BX21 INC7  ·  U BX21  ·  ? help";

/**
 * What a key does in the line; true where it is the line's own.
 * @param {KeyboardEvent} event @param {State} state @param {Desk} desk
 */
function obey({ key, ctrlKey, altKey, metaKey, shiftKey }, { command }, desk, /** @type {Offer[]} */ offers) {
  if (ctrlKey || altKey || metaKey) return false;
  if (key === "Escape") return desk.leaveLine();
  if (key === "Enter" && command.active >= 0) return (desk.takeOffer(command.active), true);
  if (key === "Tab" && !shiftKey && command.active >= 0) return (desk.takeOffer(command.active), true);
  if (key !== "ArrowUp" && key !== "ArrowDown") return false;
  // The list stands over the line: up goes into it from below.
  if (offers.length > 0) desk.walkOffers(key === "ArrowUp" ? -1 : 1);
  else desk.recallLine(key === "ArrowUp" ? 1 : -1);
  return true;
}

/** @param {Offer[]} offers @param {State} state @param {Desk} desk */
function list(offers, { command: { active, choice } }, desk) {
  const rows = offers.map(({ label, about, place }) => ({ label, about: place ? aboutPlace(place) : about }));
  return html`<div class="offers">
    ${choice ? html`<p role="status">${choice.note} <kbd>↑</kbd> <kbd>↓</kbd> choose, <kbd>Enter</kbd> take</p>` : nothing}
    ${optionList(OFFERS, "What may be typed", rows, active, (n) => desk.takeOffer(n))}
  </div>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export function commandView({ state, desk }) {
  if (whyReadOnly(state)) return nothing;
  const { text, focused, active } = state.command;
  const offers = focused ? offersOf(state) : [];
  const open = offers.length > 0;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    desk.runLine();
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (!obey(event, state, desk, offersOf(state))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`${open ? list(offers, state, desk) : nothing}
    <form class="command" @submit=${submit}>
      <label for="command-line">Command</label>
      <input
        id="command-line"
        role="combobox"
        aria-expanded=${open}
        aria-controls=${open ? OFFERS : nothing}
        aria-autocomplete="list"
        aria-activedescendant=${open && active >= 0 ? optionId(OFFERS, active) : nothing}
        aria-describedby="command-usage"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        maxlength=${LONGEST}
        placeholder=${EXAMPLES}
        .value=${text}
        @input=${(/** @type {Event} */ event) => desk.typeLine(typedIn(event))}
        @keydown=${onKey}
        @focus=${() => desk.focusLine(true)}
        @blur=${() => desk.focusLine(false)}
      />
      <span id="command-usage" class="dim">${usageOf(text) || html`<kbd>Alt+C</kbd>`}</span>
    </form>`;
}

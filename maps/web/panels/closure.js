// @ts-check
// The closures: shut roads by their names or by the map's pen, see at once what that shuts and then whom it moved, and
// lift what is shut. Everything here is reached by keyboard; only drawing needs a pointer, and names are there instead.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";
import { extentOf, noClosing } from "../acts/closures.js";
import { PASSERS, STATUS, effectText, passText, shutText, whenText } from "../words/closures.js";
import { emptyNote, typedIn } from "./html.js";

/** @typedef {import("../types/screen.js").Closing} Closing */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/wire.js").Closure} Closure */

/** @type {[Closing["way"], string][]} */
const WAYS = [
  ["street", "Street"],
  ["junction", "Junction"],
  ["drawn", "Drawn"],
];

/** @type {[NonNullable<Closing["pen"]>, string, string][]} */
const PENS = [
  ["polygon", "Area", "Click its corners, then the first one again, or press Enter."],
  ["linestring", "Line", "Click along the road, then the last point again, or press Enter."],
  ["point", "Point", "Click where the road is shut."],
];

/** @type {[Closing["until"], string][]} */
const ENDS = [
  ["15", "+15 min"],
  ["60", "+1 h"],
  ["240", "+4 h"],
  ["lifted", "Lifted"],
  ["time", "At"],
];

/**
 * Several of which one holds.
 * @template {string} T @param {string} legend @param {string} name @param {[T, string][]} choices @param {T} chosen
 * @param {(choice: T) => void} choose
 */
const oneOf = (legend, name, choices, chosen, choose) => html`<fieldset class="choice">
  <legend>${legend}</legend>
  ${choices.map(
    ([value, word]) => html`<label class=${chosen === value ? "on" : ""}>
      <input type="radio" name=${name} value=${value} .checked=${chosen === value} @change=${() => choose(value)} />
      ${word}
    </label>`,
  )}
</fieldset>`;

/** @param {"street" | "from" | "to" | "crossing" | "reason"} name @param {string} label @param {Closing} closing @param {Desk} desk */
const field = (name, label, closing, desk) => html`<label class="field">
  <span>${label}</span>
  <input
    name=${name}
    ?data-begin=${name === "street"}
    autocomplete="off"
    maxlength="200"
    .value=${closing[name]}
    @input=${(/** @type {Event} */ event) => desk.editClosing({ [name]: typedIn(event) })}
  />
</label>`;

/** @param {Closing} closing @param {Desk} desk */
function whereView(closing, desk) {
  if (closing.way === "street")
    return ["street", "from", "to"].map((name, n) =>
      field(/** @type {"street"} */ (name), ["Street", "From", "To"][n], closing, desk),
    );
  if (closing.way === "junction")
    return [field("street", "Street", closing, desk), field("crossing", "Meets", closing, desk)];
  const pen = PENS.find(([name]) => name === closing.pen);
  return html`<div class="pens" role="group" aria-label="Draw on the map">
      ${PENS.map(
        ([name, word]) =>
          html`<button type="button" aria-pressed=${closing.pen === name} @click=${() => desk.drawClosure(name)}>
            ${word}
          </button>`,
      )}
    </div>
    <p class="dim">${pen?.[2] ?? (closing.drawn ? "Drawn. Draw again to change it." : "Choose what to draw on the map.")}</p>`;
}

/** @param {Closing} closing @param {Desk} desk */
function untilView(closing, desk) {
  return html`${oneOf("Until", "until", ENDS, closing.until, (until) => desk.editClosing({ until }))}
  ${
    closing.until === "time"
      ? html`<label class="field"
          ><span>Time</span
          ><input
            type="time"
            name="time"
            .value=${closing.time}
            @input=${(/** @type {Event} */ event) => desk.editClosing({ time: typedIn(event), problem: "" })}
        /></label>`
      : nothing
  }`;
}

/** @param {Closing} closing @param {Desk} desk */
const passView = ({ passable }, desk) => html`<fieldset class="choice">
  <legend>May pass</legend>
  ${PASSERS.map(([name, word]) => {
    const on = passable.includes(name);
    const others = passable.filter((one) => one !== name);
    return html`<label class=${on ? "on" : ""}>
      <input
        type="checkbox"
        name=${name}
        .checked=${on}
        @change=${() => desk.editClosing({ passable: on ? others : [...others, name] })}
      />
      ${word}
    </label>`;
  })}
</fieldset>`;

/** What it would shut, or why it cannot. @param {Closing} closing */
function wouldView({ would, problem, asking }) {
  if (problem) return html`<p class="error" role="alert">${problem}</p>`;
  if (asking) return html`<p class="dim" role="status">Asking what that shuts…</p>`;
  return html`<p role="status">${would ? html`Shuts <strong>${shutText(would)}</strong>` : nothing}</p>`;
}

/** What the last change did. @param {Closing} closing */
function doneView({ done }) {
  if (!done) return nothing;
  const { act, closure } = done;
  return html`<div class="effect" role="status">
    <strong>${closure.id} ${act}</strong>
    ${
      closure.changed.length > 0
        ? html`<ul>${closure.changed.map((one) => html`<li>${effectText(one)}</li>`)}</ul>`
        : html`<span>No open incident is reached in another order or at another time.</span>`
    }
  </div>`;
}

/** @param {Closing} closing @param {Desk} desk */
function shutForm(closing, desk) {
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    desk.shutRoads();
  };
  const ready = extentOf(closing, null) !== null && !closing.sending && !closing.asking;
  return html`<form aria-label="Shut roads" @submit=${submit}>
    ${oneOf("What", "way", WAYS, closing.way, (way) => desk.editClosing({ way, pen: null }))} ${whereView(closing, desk)}
    ${field("reason", "Reason", closing, desk)} ${untilView(closing, desk)} ${passView(closing, desk)}
    ${wouldView(closing)}
    <button class="go" ?disabled=${!ready}>${closing.sending ? "Shutting…" : "Shut roads"}</button>
  </form>`;
}

/** @param {Closure} closure @param {Moment} moment */
function rowView(closure, { state, desk, server_ms }) {
  const { id, name, status, reason, passable, streets } = closure;
  const told = [whenText(closure, server_ms), reason, passText(passable)].filter(Boolean).join(" · ");
  return html`<li class=${state.closing?.chosen === id ? "chosen" : ""}>
    <div>
      <span class=${status === "in_force" ? "shut" : "to-shut"}><b>${id}</b> ${STATUS[status]}</span>
      <strong>${name || streets[0] || "unnamed road"}</strong>
      <span class="under dim">${shutText(closure)}</span>
      <span class="under dim">${told}</span>
    </div>
    ${
      whyReadOnly(state)
        ? nothing
        : html`<button aria-label="Lift ${id}" @click=${() => desk.liftClosure(id)}>Lift</button>`
    }
  </li>`;
}

/** @param {Moment} moment */
export function closuresView(moment) {
  const { state, desk } = moment;
  const closing = state.closing ?? noClosing();
  // While it is drawn on, the map is not covered by what can wait.
  if (closing.pen)
    return html`<div class="drawing">${whereView(closing, desk)}</div>
      <button @click=${() => desk.editClosing({ pen: null })}>Stop drawing</button>`;
  const all = [...state.picture.closures.values()].sort((a, b) => a.id.localeCompare(b.id));
  return html`${whyReadOnly(state) ? nothing : shutForm(closing, desk)} ${doneView(closing)}
    <h3>Shut or planned <span class="dim num">${all.length}</span></h3>
    ${
      all.length > 0
        ? html`<ul class="rows">${all.map((closure) => rowView(closure, moment))}</ul>`
        : emptyNote("No roads are shut")
    }`;
}

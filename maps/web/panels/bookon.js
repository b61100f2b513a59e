// @ts-check
// A shift change: lines that are tried as they stand, with what forbids them and what is odd beside each; units to be
// booked off or lent; pairings that somebody should look at.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";
import { codeOf, codesOf, COLUMNS, saidOf } from "../picture/roster.js";
import { emptyNote, typedIn } from "./html.js";
import { plural } from "../words/format.js";
import { KINDS } from "../words/words.js";

/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/screen.js").BookOn} BookOn */
/** @typedef {import("../picture/roster.js").Line} Line */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** @type {{part: BookOn["part"], label: string}[]} */
const PARTS = [
  { part: "on", label: "Book on" },
  { part: "off", label: "Book off and move" },
  { part: "doubts", label: "Pairing doubts" },
];

/** What to do about a doubt. @type {Record<string, string>} */
const ADVICE = {
  far_apart: "Ask the crew by voice which radio is in the vehicle. Then take the wrong one out of the unit's line.",
  nobody_carries: "Find out whose it is, and give it to that unit.",
  never_heard: "Call the crew: is the radio switched on, and is it this one? Put its number right if not.",
};

/* Booking on */

/** @param {Line} line @param {number} n @param {{refused: {field: string, text: string}[], odd: string[]} | undefined} said
 * @param {Desk} desk */
function lineRow(line, n, said, desk) {
  const wrong = new Set(said?.refused.map(({ field }) => field));
  const id = `line-${n}-said`;
  const cells = COLUMNS.map(
    ({ name, label, hint }) => html`<td>
      <input
        aria-label="${label}, line ${n + 1}"
        aria-invalid=${wrong.has(name)}
        aria-describedby=${id}
        placeholder=${hint}
        autocomplete="off"
        .value=${line[name] ?? ""}
        @input=${(/** @type {Event} */ event) => desk.bookOnEdit(n, name, typedIn(event))}
      />
    </td>`,
  );
  return html`<tr class=${said && said.refused.length > 0 ? "refused" : ""} data-line=${n}>
      ${cells}
      <td>
        <button class="quiet" aria-label="Leave out line ${n + 1}" title="Leave out" @click=${() => desk.bookOnDrop(n)}>✕</button>
      </td>
    </tr>
    <tr class="said" ?hidden=${!said || (said.refused.length === 0 && said.odd.length === 0)}>
      <td colspan=${COLUMNS.length + 1} id=${id}>
        ${said?.refused.map(({ text }) => html`<p class="error"><b>Cannot be:</b> ${text}</p>`)}
        ${said?.odd.map((text) => html`<p class="warn"><b>Odd, but done:</b> ${text}</p>`)}
      </td>
    </tr>`;
}

/** @param {BookOn} book @param {Desk} desk */
function linesTable({ lines, answer }, desk) {
  const said = answer ? saidOf(answer, lines) : [];
  return html`<div class="scroll lines" tabindex="0" role="region" aria-label="Lines of the shift">
    <table>
      <thead>
        <tr>
          ${COLUMNS.map(({ label }) => html`<th scope="col">${label}</th>`)}
          <td></td>
        </tr>
      </thead>
      <tbody>
        ${lines.map((line, n) => lineRow(line, n, said[n], desk))}
      </tbody>
    </table>
  </div>`;
}

/** @param {Desk} desk */
function sources(desk) {
  const chosen = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.files?.[0]) desk.bookOnFile(input.files[0]);
    input.value = "";
  };
  const pasted = (/** @type {ClipboardEvent} */ event) => {
    event.preventDefault();
    desk.bookOnText(event.clipboardData?.getData("text") ?? "");
  };
  const typed = (/** @type {Event} */ event) => {
    const area = /** @type {HTMLTextAreaElement} */ (event.target);
    if (area.value) desk.bookOnText(area.value);
    area.value = "";
  };
  return html`<div class="from">
    <button @click=${() => desk.bookOnLastTime()}>As last time</button>
    <label class="file">A roster file <input type="file" accept=".csv,.txt,.tsv,text/csv" @change=${chosen} /></label>
    <textarea
      rows="1"
      aria-label="Paste or drop a roster here"
      placeholder="… or paste or drop a roster here"
      @paste=${pasted}
      @change=${typed}
    ></textarea>
    <button @click=${() => desk.bookOnAdd()}>Add a line</button>
  </div>`;
}

/** How many come on, in the button; nothing is pressed blindly. @param {import("../types/screen.js").State} state @param {Desk} desk */
function goLine(state, desk) {
  const { lines, answer, trying, problem } = state.book_on;
  const code = codeOf(state);
  const good = answer ? answer.booked.length + answer.planned.length : 0;
  const all = good === lines.length;
  const label = trying ? "Trying the lines…" : `Book on ${all ? "" : `${good} of `}${plural(lines.length, "unit")}`;
  return html`<div class="go-line">
    <button class="go" ?disabled=${trying || good === 0} @click=${() => desk.bookOn()}>${label}</button>
    <label
      >as
      <select @change=${(/** @type {Event} */ event) => desk.bookOnAs(Number(typedIn(event)))}>
        ${codesOf(state).map((one) => html`<option value=${one.code} ?selected=${one.code === code}>${one.code} ${one.label}</option>`)}
      </select>
    </label>
    <span role="status" class=${problem || !all ? "warn" : "dim"}>${problem || outcome(answer, lines)}</span>
  </div>`;
}

/** @param {BookOn["answer"]} answer @param {Line[]} lines */
function outcome(answer, lines) {
  if (!answer) return "";
  const refused = new Set(answer.refused.map(({ line }) => line)).size;
  const odd = answer.conflicts.length;
  if (refused + odd === 0) return `${plural(lines.length, "line")} tried: nothing stands in the way.`;
  const says = [refused && `${plural(refused, "line")} cannot be`, odd && `${plural(odd, "thing")} odd, but done`];
  return `${says.filter(Boolean).join(", ")}: see beside the lines.`;
}

/** @param {Moment} moment */
function bookingOn({ state, desk }) {
  const { book_on } = state;
  const { lines, problem } = book_on;
  if (lines.length > 0) return html`${sources(desk)}${linesTable(book_on, desk)}${goLine(state, desk)}`;
  return html`${sources(desk)} ${problem ? html`<p class="error" role="alert">${problem}</p>` : nothing}
  ${emptyNote(
    "No line yet",
    "Take the shift as last time, drop or paste a roster (its columns stand in docs/units.md), or add lines by hand.",
  )}`;
}

/* Booking off, and lending */

/** @param {Moment} moment */
function bookingOff({ state: { picture, book_on }, desk }) {
  const units = [...picture.units.values()].sort((a, b) => a.callsign.localeCompare(b.callsign));
  if (units.length === 0) return emptyNote("No unit is on duty");
  const { chosen } = book_on;
  const n = units.filter(({ callsign }) => chosen.has(callsign)).length;
  const move = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const to = [...new FormData(form)].filter(([, text]) => String(text).trim() !== "");
    desk.moveUnits(Object.fromEntries(to.map(([name, text]) => [name, String(text).trim()])));
  };
  const field = (/** @type {string} */ name, /** @type {string} */ label) =>
    html`<input name=${name} aria-label=${label} placeholder=${label} maxlength="64" autocomplete="off" />`;
  return html`<div class="scroll choose" tabindex="0" role="region" aria-label="Units on duty">
      <ul>
        ${units.map(
          ({ callsign, kind, station, state: { label }, assignment }) => html`<li>
            <label
              ><input
                type="checkbox"
                .checked=${chosen.has(callsign)}
                @change=${(/** @type {Event} */ event) =>
                  desk.chooseUnit(callsign, /** @type {HTMLInputElement} */ (event.target).checked)}
              />
              <b>${callsign}</b> ${KINDS[kind]?.word ?? kind}, ${label}
              <span class="dim">${[station, assignment?.incident].filter(Boolean).join(", ")}</span></label
            >
          </li>`,
        )}
      </ul>
    </div>
    <div class="go-line">
      <button class="go" ?disabled=${n === 0} @click=${() => desk.bookOffChosen()}>Book off ${plural(n, "unit")}</button>
    </div>
    <form class="go-line" @submit=${move}>
      <button ?disabled=${n === 0}>Move ${plural(n, "unit")} to</button>
      ${field("station", "station")} ${field("operation", "operation")} ${field("talk_group", "talk group")}
      ${field("reason", "why")}
    </form>`;
}

/* Doubts */

/** @param {BookOn["doubts"][number]} doubt @param {Moment} moment */
function doubtRow({ kind, text, source, callsign }, { state, desk }) {
  const give = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const to = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("to") ?? "");
    if (to) desk.amendUnit(to, source);
  };
  const callsigns = [...state.picture.units.keys()].sort();
  return html`<li class="doubt">
    <b>${text}</b>
    <span class="dim">${ADVICE[kind] ?? nothing}</span>
    ${
      callsign
        ? html`<button @click=${() => desk.amendUnit(callsign)}>Put ${callsign}'s line right</button>`
        : html`<form class="go-line" @submit=${give}>
            <select name="to" aria-label="Unit that carries ${source}">
              ${callsigns.map((one) => html`<option>${one}</option>`)}
            </select>
            <button>Give it to this unit</button>
          </form>`
    }
  </li>`;
}

/** @param {Moment} moment */
function doubting(moment) {
  const { doubts } = moment.state.book_on;
  if (doubts.length === 0)
    return emptyNote(
      "No pairing is in doubt",
      "What has been odd for two minutes is told here. Nothing is moved by itself.",
    );
  return html`<ul class="doubts">${doubts.map((doubt) => doubtRow(doubt, moment))}</ul>`;
}

/** @param {Moment} moment */
export function bookOnView(moment) {
  const { state, desk } = moment;
  const why = whyReadOnly(state);
  if (why) return emptyNote("Not from this screen", why);
  const { part, doubts } = state.book_on;
  const body = { on: bookingOn, off: bookingOff, doubts: doubting }[part](moment);
  return html`<div
    class="book-on"
    @dragover=${(/** @type {DragEvent} */ event) => event.preventDefault()}
    @drop=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) desk.bookOnFile(file);
      else desk.bookOnText(event.dataTransfer?.getData("text") ?? "");
    }}
  >
    <p class="spans" role="group" aria-label="What to do">
      ${PARTS.map(
        (one) => html`<button aria-pressed=${part === one.part} @click=${() => desk.showBookOn(one.part)}>
          ${one.label}${one.part === "doubts" && doubts.length > 0 ? ` (${doubts.length})` : nothing}
        </button>`,
      )}
    </p>
    ${body}
  </div>`;
}

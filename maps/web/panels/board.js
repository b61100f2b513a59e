// @ts-check
// The unit board: every unit on duty in a table, seen or not. It carries what the map shows, and is its accessible twin.

import { whyReadOnly } from "../acts/kit.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { showsHeading } from "../map/features.js";
import { course, speed } from "../words/format.js";
import { emptyNote, fixAgeText, typedIn, unitIcon } from "./html.js";
import { boardOf } from "../picture/order.js";
import { fixAge } from "../picture/store.js";
import { ASSIGNMENT, KINDS } from "../words/words.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {State["board"]["sort"]} Sort */

/** @param {Unit} unit */
const motion = (unit) =>
  showsHeading(unit)
    ? html`${course(unit.course_deg ?? 0)}<span class="under">${speed(unit.speed_mps ?? 0)}</span>`
    : nothing;

/** @param {NonNullable<Unit["assignment"]>} assignment */
const jobOf = ({ incident, state }) => html`<span class="under job-of">${incident} ${ASSIGNMENT[state]}</span>`;

/** @param {Unit} unit @param {State} state @param {number} server_ms @param {Desk} desk */
function row(unit, { target }, server_ms, desk) {
  const open = target?.kind === "unit" && target.callsign === unit.callsign;
  const choose = () => desk.open({ kind: "unit", callsign: unit.callsign });
  const alarm = unit.emergency ? html`<b class="emg">EMG</b> ` : nothing;
  return html`<tr
    class="${open ? "open" : ""} ${unit.emergency ? "alarmed" : ""}"
    data-callsign=${unit.callsign}
    @click=${choose}
  >
    <th scope="row">
      <button class="name" aria-pressed=${open}>
        ${unitIcon(unit)}
        <span>${alarm}<b>${unit.callsign}</b><span class="under dim">${KINDS[unit.kind]?.word ?? unit.kind}</span></span>
      </button>
    </th>
    <td>${unit.state.label}${unit.assignment ? jobOf(unit.assignment) : nothing}</td>
    <td>${fixAgeText(fixAge(unit, server_ms), unit.freshness)}</td>
    <td class="num dim">${motion(unit)}</td>
  </tr>`;
}

/** @param {Sort} sort @param {string} label @param {State} state @param {Desk} desk */
function heading(sort, label, { board }, desk) {
  const on = board.sort === sort;
  return html`<th scope="col" aria-sort=${on ? "ascending" : "none"}>
    <button @click=${() => desk.arrange({ sort })}>${label}${on ? " ↓" : ""}</button>
  </th>`;
}

/** @param {Unit[]} rows @param {State} state @param {number} server_ms @param {Desk} desk */
const table = (rows, state, server_ms, desk) => html`<div class="scroll" tabindex="0" role="region" aria-label="Units">
  <table>
    <thead>
      <tr>
        ${heading("callsign", "Callsign", state, desk)} ${heading("state", "State", state, desk)}
        ${heading("age", "Fix age", state, desk)}
        <th scope="col">Moving</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        rows,
        ({ callsign }) => callsign,
        (unit) => row(unit, state, server_ms, desk),
      )}
    </tbody>
  </table>
</div>`;

/** @param {import("../types/screen.js").Moment} moment */
export function boardView({ state, server_ms, desk }) {
  const { picture, board } = state;
  const all = picture.units.size;
  const rows = boardOf(picture.units.values(), board);
  const onInput = (/** @type {Event} */ event) => desk.arrange({ filter: typedIn(event) });
  return html`<header class="panel-head">
      <h2>Unit board</h2>
      <span class="dim num">${rows.length === all ? all : `${rows.length} of ${all}`}</span>
      <input
        class="filter"
        type="search"
        aria-label="Filter the unit board"
        placeholder="Filter"
        .value=${board.filter}
        @input=${onInput}
      />
      ${
        whyReadOnly(state)
          ? nothing
          : html`<button title="Shift change: book on, off, move (Alt+B)" @click=${() => desk.showBookOn()}>Shift…</button>`
      }
    </header>
    ${rows.length === 0 ? nobody(state) : table(rows, state, server_ms, desk)}`;
}

/** @param {State} state */
function nobody({ picture, session }) {
  if (session === "out") return emptyNote("Not signed in");
  if (!picture.started) return emptyNote("Waiting for the first picture");
  return picture.units.size === 0 ? emptyNote("No unit is on duty") : emptyNote("No unit matches the filter");
}

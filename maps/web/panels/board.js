// @ts-check
// The unit board: every unit on duty in a table, seen or not. It carries what the map shows, and is its accessible twin.
// On a screen of its own it has more columns. Of a long board only the rows in view are made: see picture/extent.js.

import { whyReadOnly } from "../acts/kit.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { emptyNote, typedIn, unitIcon } from "./html.js";
import { NARROW, WIDE } from "./columns.js";
import { moved, windowOf } from "../picture/extent.js";
import { boardOf } from "../picture/order.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("./columns.js").Column} Column */

/** Every row is so high, its line included (styles/board.css), whatever stands in it. */
const ROW_PX = 42;
/** @param {Unit} unit @param {number} nth of all rows, from 1 @param {Column[]} columns @param {Moment} moment */
function row(unit, nth, columns, { state: { target }, server_ms, desk }) {
  const open = target?.kind === "unit" && target.callsign === unit.callsign;
  const choose = () => desk.open({ kind: "unit", callsign: unit.callsign });
  const alarm = unit.emergency ? html`<b class="emg">EMG</b> ` : nothing;
  return html`<tr
    class="${open ? "open" : ""} ${unit.emergency ? "alarmed" : ""}"
    data-callsign=${unit.callsign}
    aria-rowindex=${nth + 1}
    @click=${choose}
  >
    <th scope="row">
      <button class="name" aria-pressed=${open}>
        ${unitIcon(unit)}
        <span><b>${unit.callsign}</b><span class="under dim">${alarm}${columns[0].cell(unit, server_ms)}</span></span>
      </button>
    </th>
    ${columns.slice(1).map(({ cell, dim }) => html`<td class=${dim ? "num dim" : ""}>${cell(unit, server_ms)}</td>`)}
  </tr>`;
}

/** @param {Column} column @param {State} state @param {Desk} desk */
function heading({ sort, label, width }, { board }, desk) {
  if (!sort) return html`<th scope="col" class=${width}>${label}</th>`;
  const on = board.sort === sort;
  return html`<th scope="col" class=${width} aria-sort=${on ? "ascending" : "none"}>
    <button @click=${() => desk.arrange({ sort })}>${label}${on ? " ↓" : ""}</button>
  </th>`;
}

/** Stands for rows that are not made, so that the bar beside them is as long as all. @param {number} rows */
const gap = (rows) =>
  rows > 0 ? html`<tr class="gap" aria-hidden="true"><td .style=${`height: ${rows * ROW_PX}px`}></td></tr>` : nothing;

/** @param {Unit[]} rows @param {Moment} moment */
function table(rows, moment) {
  const { state, desk } = moment;
  const columns = state.page === "board" ? WIDE : NARROW;
  const [from, to] = windowOf(rows.length, state.board.top);
  const onScroll = (/** @type {Event} */ event) => {
    const top = Math.floor(/** @type {HTMLElement} */ (event.target).scrollTop / ROW_PX);
    if (moved(rows.length, state.board.top, top)) desk.arrange({ top });
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Units" @scroll=${onScroll}>
    <table aria-rowcount=${rows.length + 1}>
      <thead>
        <tr>${columns.map((column) => heading(column, state, desk))}</tr>
      </thead>
      <tbody>
        ${gap(from)}
        ${repeat(
          rows.slice(from, to),
          ({ callsign }) => callsign,
          (unit, i) => row(unit, from + i + 1, columns, moment),
        )}
        ${gap(rows.length - to)}
      </tbody>
    </table>
  </div>`;
}

/** @type {{of: unknown[], rows: Unit[]}} */
let newest = { of: [], rows: [] };

/** Ordered anew only after a message or another wish: a moving pointer shows the panels as well. @param {State} state */
function ordered({ picture, board }) {
  const of = [picture.units, picture.seq, board.filter, board.sort];
  if (!of.every((one, i) => one === newest.of[i])) newest = { of, rows: boardOf(picture.units.values(), board) };
  return newest.rows;
}

/** @param {Moment} moment */
export function boardView(moment) {
  const { state, desk } = moment;
  const { picture, board } = state;
  const all = picture.units.size;
  const rows = ordered(state);
  const onInput = (/** @type {Event} */ event) => desk.arrange({ filter: typedIn(event), top: 0 });
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
          : html`<button title="Shift change: book on, off, move (Alt+O)" @click=${() => desk.showBookOn()}>Shift…</button>`
      }
    </header>
    ${rows.length === 0 ? nobody(state) : table(rows, moment)}`;
}

/** @param {State} state */
function nobody({ picture, session }) {
  if (session === "out") return emptyNote("Not signed in");
  if (!picture.started) return emptyNote("Waiting for the first picture");
  return picture.units.size === 0 ? emptyNote("No unit is on duty") : emptyNote("No unit matches the filter");
}

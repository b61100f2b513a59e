// @ts-check
// The unit board: every unit on duty in a table, seen or not. It carries what the map shows, and is its accessible twin.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { showsHeading } from "./features.js";
import { course, speed } from "./format.js";
import { emptyNote, fixAgeText, unitIcon } from "./html.js";
import { boardOf } from "./order.js";
import { fixAge } from "./store.js";
import { ASSIGNMENT, KINDS } from "./words.js";

/** @typedef {import("./types/wire.js").Unit} Unit */
/** @typedef {import("./types/screen.js").State} State */
/** @typedef {import("./types/screen.js").Desk} Desk */
/** @typedef {State["board"]["sort"]} Sort */

/** @param {Unit} unit */
const motion = (unit) =>
  showsHeading(unit)
    ? html`${course(unit.course_deg ?? 0)}<span class="under">${speed(unit.speed_mps ?? 0)}</span>`
    : nothing;

/** @param {Unit} unit @param {State} state @param {number} server_ms @param {Desk} desk */
function row(unit, { target }, server_ms, desk) {
  const open = target?.kind === "unit" && target.callsign === unit.callsign;
  const choose = () => desk.open({ kind: "unit", callsign: unit.callsign });
  return html`<tr class="${open ? "open" : ""} ${unit.emergency ? "alarmed" : ""}" data-callsign=${unit.callsign} @click=${choose}>
    <th scope="row">
      <button class="name" aria-pressed=${open}>
        ${unitIcon(unit)}<span>${unit.emergency ? html`<b class="emg">EMG</b> ` : nothing}<b>${unit.callsign}</b><span class="under dim">${KINDS[unit.kind]?.word ?? unit.kind}</span></span>
      </button>
    </th>
    <td>${unit.state.label}${unit.assignment ? html`<span class="under job-of">${unit.assignment.incident} ${ASSIGNMENT[unit.assignment.state]}</span>` : nothing}</td>
    <td>${fixAgeText(fixAge(unit, server_ms), unit.freshness)}</td>
    <td class="num dim">${motion(unit)}</td>
  </tr>`;
}

/** @param {Sort} sort @param {string} label @param {State} state @param {Desk} desk */
function heading(sort, label, { board }, desk) {
  const on = board.sort === sort;
  return html`<th scope="col" aria-sort=${on ? "ascending" : "none"}><button @click=${() => desk.arrange({ sort })}>${label}${on ? " ↓" : ""}</button></th>`;
}

/** @param {State} state @param {number} server_ms @param {Desk} desk */
export function boardView(state, server_ms, desk) {
  const { picture, board } = state;
  const rows = boardOf(picture.units.values(), board);
  return html`<header class="panel-head">
      <h2>Unit board</h2>
      <span class="dim num">${rows.length === picture.units.size ? rows.length : `${rows.length} of ${picture.units.size}`}</span>
      <input class="filter" type="search" aria-label="Filter the unit board" placeholder="Filter" .value=${board.filter} @input=${(/** @type {Event} */ e) => desk.arrange({ filter: /** @type {HTMLInputElement} */ (e.target).value })} />
    </header>
    ${
      rows.length === 0
        ? nobody(state)
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Units">
      <table>
        <thead><tr>${heading("callsign", "Callsign", state, desk)}${heading("state", "State", state, desk)}${heading("age", "Fix age", state, desk)}<th scope="col">Moving</th></tr></thead>
        <tbody>${repeat(
          rows,
          ({ callsign }) => callsign,
          (unit) => row(unit, state, server_ms, desk),
        )}</tbody>
      </table>
    </div>`
    }`;
}

/** @param {State} state */
function nobody({ picture, session }) {
  if (session === "out") return emptyNote("Not signed in");
  if (!picture.started) return emptyNote("Waiting for the first picture");
  return picture.units.size === 0 ? emptyNote("No unit is on duty") : emptyNote("No unit matches the filter");
}

// @ts-check
// The open incident's running log, and its end with a result.

import { html } from "../../vendor/lit-html/lit-html.js";
import { lineForm, timeOf } from "../html.js";

/** @type {import("./incident.js").Part} */
export const logPart = ({ id, log }, { desk }) => html`<h3>Log</h3>
  ${lineForm("Add to the log", "Add", (text) => desk.note(id, text))}
  <ol class="log">
    ${[...log].reverse().map(
      ({ at, text, operator }) => html`<li>
        <span class="dim">${timeOf(at)}</span>
        <span>${text} <span class="dim">${operator}</span></span>
      </li>`,
    )}
  </ol>`;

/** @type {import("./incident.js").Part} */
export const endPart = ({ id }, { desk }) =>
  lineForm("Result, to close the incident", "Close incident", (text) => desk.close(id, text));

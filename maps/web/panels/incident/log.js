// @ts-check
// The open incident's running log: what somebody wrote, told apart from what was done or happened.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { lineForm, timeOf } from "../html.js";
import { fold } from "./fold.js";

/** @param {import("../../types/wire.js").Incident["log"][number]} line */
const entry = ({ at, text, operator, desk, typed }) => html`<li class=${typed ? "typed" : "done"}>
  <span class="dim">${timeOf(at)}</span>
  <span>${text} <span class="dim">${operator}${desk && desk !== operator ? `, ${desk}` : nothing}</span></span>
</li>`;

/** @type {import("./incident.js").Part} */
export function logPart({ id, log }, moment) {
  const { state, desk } = moment;
  const body = () =>
    html`${whyReadOnly(state) ? nothing : lineForm("Add to the log", "Add", (text) => desk.note(id, text))}
      <ol class="log" tabindex="0" aria-label="Log, the newest first">${[...log].reverse().map(entry)}</ol>`;
  const last = log.at(-1);
  const summary = last ? html`${timeOf(last.at)} ${last.text.slice(0, 120)}` : "";
  return fold({ name: "log", title: `Log ${log.length}`, summary }, body, moment);
}

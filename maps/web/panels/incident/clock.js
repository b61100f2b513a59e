// @ts-check
// The open incident's clocks and grade: how long there is; every definition of a clock on demand; another grade, and why.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { dueOf, since } from "../../picture/clock.js";
import { duration } from "../../words/format.js";
import { CLOCK_STARTS, CLOCK_STATES, CLOCK_STOPS, REGRADE_REASONS } from "../../words/incident.js";
import { timeOf } from "../html.js";
import { answered, field, fold, form } from "./fold.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/wire.js").Reading} Reading */
/** @typedef {import("../../types/wire.js").Clocks} Clocks */

/** What presses, in words. @param {Incident} incident @param {number} server_ms */
function pressed(incident, server_ms) {
  const due = dueOf(incident, server_ms);
  if (due) return `${duration(due.seconds)} ${due.late ? "late" : "left"} ${due.what}`;
  if (incident.held_until) return "held for its appointment";
  return incident.target_s === null ? "no attendance target" : "attended";
}

/** One definition: from where to where it counts, how long it has run, and how it stands.
 * @param {Reading} reading @param {number} server_ms */
function clock({ start, stop, start_at, stop_at, elapsed_s, due_at, state }, server_ms) {
  const running = ["running", "at_risk", "breached"].includes(state);
  const seconds = running && start_at ? since(start_at, server_ms) : elapsed_s;
  const loud = state === "breached" || state === "late";
  return html`<li>
    <span>${CLOCK_STARTS[start]} ${stop ? CLOCK_STOPS[stop] : "to the first dispatch"}</span>
    <b class="num">${seconds === null ? "–" : duration(seconds)}</b>
    <span class=${loud ? "late" : "dim"}
      >${CLOCK_STATES[state]}${due_at ? html`, due ${timeOf(due_at)}` : nothing}${stop_at ? html`, stopped ${timeOf(stop_at)}` : nothing}</span
    >
  </li>`;
}

/** Those that the policy counts by first; every other definition on demand. @param {Clocks} clocks @param {number} server_ms */
function definitions({ policy, setting, clocks, deploy, notes }, server_ms) {
  const others = clocks.filter(({ claimed }) => !claimed);
  const own = [deploy, ...clocks.filter(({ claimed }) => claimed)];
  return html`<ul class="clocks">${own.map((reading) => clock(reading, server_ms))}</ul>
    <details>
      <summary>${others.length} other definitions</summary>
      <ul class="clocks">${others.map((reading) => clock(reading, server_ms))}</ul>
      <p class="dim">
        By ${policy}; the place is ${setting === "unknown" ? "not known as urban or rural" : setting}, as of when the
        incident was put there.
      </p>
      ${notes.map((note) => html`<p class="dim">${note}</p>`)}
    </details>`;
}

/** @param {Incident["gradings"]} gradings */
const past = (gradings) => html`<ol class="past" tabindex="0" aria-label="Gradings">
  ${gradings.map(
    ({ at, grade, reason, operator }) =>
      html`<li>${timeOf(at)} grade ${grade} <span class="dim">${reason ?? ""} ${operator}</span></li>`,
  )}
</ol>`;

/** @type {import("./incident.js").Part} */
export function clockPart(incident, moment) {
  const { state, server_ms, desk } = moment;
  const { id, grade, gradings } = incident;
  const due = dueOf(incident, server_ms);
  const summary = html`${incident.grade_label}, <span class="num">${pressed(incident, server_ms)}</span>`;
  const grades = state.packs?.policy.grades ?? [];
  const regrade = form(
    html`<select name="grade" aria-label="New grade" required>
        ${grades.map(({ code, label }) => html`<option value=${code} ?selected=${code === grade}>${code} ${label}</option>`)}
      </select>
      ${field("reason", "Why it is regraded", { required: true, list: "regrade-reasons" })}
      <datalist id="regrade-reasons">${REGRADE_REASONS.map((reason) => html`<option value=${reason}></option>`)}</datalist>`,
    "Regrade",
    (said) => desk.regrade(id, said.grade, said.reason),
  );
  const body = () =>
    html`${whyReadOnly(state) ? nothing : regrade}
      ${gradings.length > 1 ? past(gradings) : nothing}
      ${answered(state.dossier.answers.clocks, (clocks) => definitions(clocks, server_ms))}`;
  return fold({ name: "clocks", title: `Grade ${grade}`, summary, loud: due?.late }, body, moment);
}

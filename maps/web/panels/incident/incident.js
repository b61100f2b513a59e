// @ts-check
// The open incident: a list of parts, each with a file, in the order in which a dispatcher reads them.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { assignedPart } from "./assigned.js";
import { callerPart } from "./caller.js";
import { clockPart } from "./clock.js";
import { endPart, logPart } from "./log.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/screen.js").Moment} Moment */
/** @typedef {(incident: Incident, moment: Moment) => unknown} Part */

/** @type {Part} */
const typePart = ({ type }) => (type ? html`<p class="dim">${type.replaceAll("_", " ")}</p>` : nothing);

/** @type {Part[]} */
const PARTS = [clockPart, typePart, callerPart, assignedPart, logPart, endPart];

/** @param {Moment} moment */
export function incidentView(moment) {
  const { state, desk } = moment;
  const { target, picture } = state;
  const incident = target?.kind === "incident" && !state.draft ? picture.incidents.get(target.id) : undefined;
  if (!incident) return nothing;
  const { id, grade, grade_label } = incident;
  return html`<section class="detail" aria-label="Incident ${id}">
    <header class="panel-head">
      <h2>${id}</h2>
      <span class="dim">Grade ${grade} · ${grade_label}</span>
      <button class="quiet" aria-label="Close panel" title="Close panel (Esc)" @click=${() => desk.dismiss()}>✕</button>
    </header>
    <div class="detail-body">${PARTS.map((part) => part(incident, moment))}</div>
  </section>`;
}

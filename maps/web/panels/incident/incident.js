// @ts-check
// The open incident: what is urgent stands open, the rest is a line each and unfolds. A list of parts, each with a file,
// in the order in which a dispatcher reads them.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { openIncident } from "../../picture/dossier.js";
import { alikePart } from "./alike.js";
import { assignedPart } from "./assigned.js";
import { callerPart, offerPart } from "./caller.js";
import { clockPart } from "./clock.js";
import { closePart } from "./close.js";
import { controlPart, gatePart } from "./control.js";
import { leadPart, pressingLine, warningPart } from "./lead.js";
import { logPart } from "./log.js";
import { morePart } from "./more.js";
import { placePart } from "./place.js";
import { shownPart } from "./shown.js";
import { timePart } from "./time.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/screen.js").Moment} Moment */
/** @typedef {(incident: Incident, moment: Moment) => unknown} Part */

/** Always open. @type {Part[]} */
const PARTS = [leadPart, warningPart, offerPart, gatePart, assignedPart, shownPart];
/** A line each, one of them open. @type {Part[]} */
const FOLDS = [logPart, controlPart, clockPart, placePart, alikePart, morePart, callerPart, timePart, closePart];

/** @param {Incident} incident @param {Moment} moment */
const detail = (incident, moment) => html`<section class="detail" aria-label="Incident ${incident.id}">
  <header class="panel-head">
    <h2>${incident.id}</h2>
    ${pressingLine(incident, moment.server_ms)}
    <button class="quiet" aria-label="Close panel" title="Close panel (Esc)" @click=${() => moment.desk.dismiss()}>
      ✕
    </button>
  </header>
  <div class="detail-body">
    ${PARTS.map((part) => part(incident, moment))}
    <div class="folds">${FOLDS.map((part) => part(incident, moment))}</div>
  </div>
</section>`;

/** @param {Moment} moment */
export function incidentView(moment) {
  const incident = openIncident(moment.state);
  if (!incident) return nothing;
  // Another incident is another element: what is half written for one never stands in the form of another.
  return repeat(
    [incident],
    ({ id }) => id,
    () => detail(incident, moment),
  );
}

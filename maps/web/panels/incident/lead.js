// @ts-check
// What the open incident is and what is to be known before anybody goes: always there, above the parts that fold.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { dueOf } from "../../picture/clock.js";
import { duration } from "../../words/format.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */

/** How long there is, or how late it is; of one that is not pressed, its grade. @param {Incident} incident @param {number} server_ms */
export function pressingLine(incident, server_ms) {
  const due = dueOf(incident, server_ms);
  if (!due) return html`<span class="dim">Grade ${incident.grade} · ${incident.grade_label}</span>`;
  const left = html`<b class="num">${duration(due.seconds)}</b>`;
  return due.late ? html`<p class="late">${left} late ${due.what}</p>` : html`<p>${left} left ${due.what}</p>`;
}

/** @type {import("./incident.js").Part} */
export function leadPart(incident) {
  const { type, text, source, closing_type } = incident;
  const about = [type.replaceAll("_", " "), source, closing_type && `closed as ${closing_type}`].filter(Boolean);
  return html`<div class="lead" tabindex="0" aria-label="What happened">
      ${text ? html`<p class="lead-text">${text}</p>` : nothing}
      <p class="dim">${about.join(" · ") || (text ? nothing : "No description")}</p>
    </div>`;
}

/** Loud, since whoever is sent is to read them first. @type {import("./incident.js").Part} */
export function warningPart({ locality: { warnings }, assignments }) {
  if (warnings.length === 0) return nothing;
  const unread = assignments.filter(({ active, warnings_read_at }) => active && !warnings_read_at);
  const who = unread.map(({ callsign }) => callsign).join(", ");
  return html`<section class="warnings" aria-label="Warnings of the place">
    <h3>Crews must read</h3>
    <ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>
    ${who ? html`<p>Not read yet by <b>${who}</b></p>` : nothing}
  </section>`;
}

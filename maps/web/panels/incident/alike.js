// @ts-check
// Incidents that may be the same as the open one, and those that somebody has linked to it.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { distance, duration, plural } from "../../words/format.js";
import { answered, fold } from "./fold.js";

/** @typedef {import("../../types/wire.js").Likeness} Likeness */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** @param {string} id @param {unknown} about @param {unknown} button @param {Moment} moment */
const other = (id, about, button, { desk, state }) => html`<li>
  <button aria-label="Open ${id}" @click=${() => desk.open({ kind: "incident", id })}>${id}</button>
  <span>${state.picture.incidents.get(id)?.text.slice(0, 120) ?? ""} <span class="dim">${about}</span></span>
  ${button}
</li>`;

/** @param {string} incident @param {Likeness} likeness @param {Moment} moment */
function likeness(incident, { incident: id, distance_m, apart_s, same_type, closed }, moment) {
  const about = [
    `${distance(distance_m)} away`,
    `${duration(apart_s)} apart`,
    same_type ? "same type" : "",
    closed ? "closed" : "",
  ];
  const link = html`<button aria-label="Link ${id}" @click=${() => moment.desk.linkIncidents(incident, id)}>Link</button>`;
  return other(id, about.filter(Boolean).join(", "), whyReadOnly(moment.state) ? nothing : link, moment);
}

/** @type {import("./incident.js").Part} */
export function alikePart({ id, links }, moment) {
  const answer = moment.state.dossier.answers.alike;
  const alike = (answer?.value?.duplicates ?? []).filter(
    ({ linked, incident }) => !linked && !links.includes(incident),
  );
  const open = alike.filter(({ closed }) => !closed).length;
  const said = [open > 0 ? `${open} may be the same` : "", links.length > 0 ? plural(links.length, "link") : ""].filter(
    Boolean,
  );
  const summary = said.join(", ") || (answer?.value ? "none known" : answer?.problem ? "not known" : "asking");
  const body = () =>
    html`<ul class="others">${links.map((one) => other(one, "linked", nothing, moment))}</ul>
      ${answered(answer, () => html`<ul class="others">${alike.map((one) => likeness(id, one, moment))}</ul>`)}
      ${links.length + alike.length === 0 ? html`<p class="dim">Nothing near it within 45 minutes.</p>` : nothing}`;
  return fold({ name: "alike", title: "Similar", summary, loud: open > 0 }, body, moment);
}

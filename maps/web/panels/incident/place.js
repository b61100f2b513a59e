// @ts-check
// Where the open incident is, who polices there and what to know; and how it is moved: by search, by a click on the
// map, with a reason.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../../acts/kit.js";
import { coordinates, distance } from "../../words/format.js";
import { MOVE_REASONS } from "../../words/incident.js";
import { aboutPlace, nameOfPlace } from "../../words/places.js";
import { lineForm, timeOf } from "../html.js";
import { answered, field, fold, form } from "./fold.js";

/** @typedef {import("../../types/wire.js").Incident} Incident */
/** @typedef {import("../../types/wire.js").PlaceView} PlaceView */
/** @typedef {import("../../types/screen.js").Moment} Moment */

/** @param {PlaceView["policing"][number]} area */
const area = ({ kind, name, note, powers, contact, talk_group, forbidden_roles, review_overdue }) => {
  const said = [
    note,
    powers && `Powers: ${powers}`,
    forbidden_roles.length > 0 && `Not to be sent: ${forbidden_roles.join(", ")}`,
    contact && `Contact: ${contact}`,
    talk_group && `Talk group: ${talk_group}`,
    review_overdue && "To be reviewed by its owner",
  ].filter(Boolean);
  return html`<li>
    <span class="dim">${kind.toUpperCase()}</span> <b>${name}</b>
    ${said.map((line) => html`<span class="under">${line}</span>`)}
  </li>`;
};

/** @param {PlaceView} place */
const policed = ({ policing, notes, neighbours, setting, road_class, talk_group }) =>
  html`<p class="dim">
      ${[setting === "unknown" ? "urban or rural is not known" : setting, road_class, talk_group && `talk group ${talk_group}`].filter(Boolean).join(" · ")}
    </p>
    ${policing.length === 0 ? html`<p class="dim">No area file says who polices here.</p>` : nothing}
    <ul class="areas">${[...policing, ...notes].map(area)}</ul>
    ${neighbours.map((next) => html`<p><span class="dim">Next door</span> ${next.name}, ${distance(next.distance_m)}${next.contact ? `: ${next.contact}` : nothing}</p>`)}`;

/** @param {Incident} incident @param {Moment} moment */
function move({ id }, { state, desk }) {
  const { to, found } = state.dossier;
  if (to) {
    const fields = html`<p>To <b>${to.name}</b></p>
      ${field("reason", "Why it is moved", { list: "move-reasons" })}
      <datalist id="move-reasons">${MOVE_REASONS.map((reason) => html`<option value=${reason}></option>`)}</datalist>
      <button type="button" @click=${() => desk.proposePlace(null)}>Leave it there</button>`;
    return form(fields, "Move incident", ({ reason }) => desk.relocate(id, to, reason));
  }
  const none = found && found.places.length === 0;
  return html`${lineForm("Move it: a place, or click the map", "Find", desk.findPlace)}
    ${none ? html`<p class="warn">${found.notes.join(". ") || `Nothing here is named ${found.text}.`}</p>` : nothing}
    <ul class="found">
      ${(found?.places ?? []).map((place) => {
        const { lat, lon } = place;
        const name = nameOfPlace(place);
        return html`<li>
          <button @click=${() => desk.proposePlace({ lat, lon, name })}>
            ${name} <span class="dim">${aboutPlace(place)}</span>
          </button>
        </li>`;
      })}
    </ul>`;
}

/** @type {import("./incident.js").Part} */
export function placePart(incident, moment) {
  const { place, grid_ref, locality, relocations } = incident;
  const names = locality.areas.filter(({ kind }) => kind === "beat" || kind === "lpu").map(({ name }) => name);
  const body = () =>
    html`<p><span class="num">${[grid_ref, coordinates(incident)].filter(Boolean).join(" · ")}</span></p>
      ${whyReadOnly(moment.state) ? nothing : move(incident, moment)}
      ${relocations.map((one) => html`<p class="dim">${timeOf(one.at)} moved from ${coordinates(one)} by ${one.operator}${one.reason ? `: ${one.reason}` : nothing}</p>`)}
      ${answered(moment.state.dossier.answers.about, policed)}`;
  const summary = [place ?? grid_ref ?? coordinates(incident), ...names.slice(-1)].join(" · ");
  return fold({ name: "place", title: "Place", summary }, body, moment);
}

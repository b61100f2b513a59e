// @ts-check
// The columns of the unit board: few beside the map, more on a screen of its own. The first stands with the callsign.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { showsHeading } from "../map/features.js";
import { course, localClock, speed } from "../words/format.js";
import { fixAgeText } from "./html.js";
import { fixAge } from "../picture/store.js";
import { ASSIGNMENT, KINDS } from "../words/words.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/screen.js").State["board"]["sort"]} Sort */
/**
 * @typedef {object} Column
 * @property {string} label
 * @property {(unit: Unit, server_ms: number) => unknown} cell
 * @property {Sort} [sort] what its heading sorts by
 * @property {string} [width] a class of styles/board.css
 * @property {boolean} [dim]
 */

/** @param {Unit} unit */
const kindOf = ({ kind }) => KINDS[kind]?.word ?? kind;

/** @param {Unit} unit */
const jobOf = ({ assignment }) =>
  assignment ? html`<span class="job-of">${assignment.incident} ${ASSIGNMENT[assignment.state]}</span>` : nothing;

/** @param {Unit} unit */
const motion = (unit) =>
  showsHeading(unit)
    ? html`${course(unit.course_deg ?? 0)}<span class="under">${speed(unit.speed_mps ?? 0)}</span>`
    : nothing;

/** @param {Unit} unit @param {number} server_ms */
const ageOf = (unit, server_ms) => fixAgeText(fixAge(unit, server_ms), unit.freshness);

/** @param {Unit} unit */
function shiftOf({ shift, rest }) {
  if (!shift) return nothing;
  const hours = html`${localClock(Date.parse(shift.begins_at))}–${localClock(Date.parse(shift.ends_at))}`;
  return html`${hours}${rest?.resting ? html`<span class="under">on its break</span>` : nothing}`;
}

/** @type {Column} */
const AGE = { label: "Fix age", sort: "age", width: "age-col", cell: ageOf };
/** @type {Column} */
const MOVING = { label: "Moving", width: "short", dim: true, cell: motion };

/** @type {Column[]} */
export const NARROW = [
  { label: "Callsign", sort: "callsign", width: "first", cell: kindOf },
  {
    label: "State",
    sort: "state",
    cell: (unit) =>
      html`${unit.state.label}${unit.assignment ? html`<span class="under">${jobOf(unit)}</span>` : nothing}`,
  },
  AGE,
  MOVING,
];

/** @type {Column[]} */
export const WIDE = [
  { label: "Callsign", sort: "callsign", width: "name-of", cell: () => nothing },
  { label: "Kind", sort: "kind", width: "middling", cell: kindOf },
  { label: "State", sort: "state", width: "job-col", cell: ({ state }) => state.label },
  { label: "Job", sort: "job", width: "job-col", cell: jobOf },
  AGE,
  MOVING,
  { label: "Station", sort: "station", cell: ({ station }) => station },
  { label: "Crew", width: "short", dim: true, cell: ({ crew }) => crew },
  { label: "Capabilities", cell: ({ capabilities }) => capabilities.join(", ").replaceAll("_", " ") },
  { label: "Talk group", width: "middling", cell: ({ talk_group }) => talk_group },
  { label: "Shift", width: "shift", dim: true, cell: shiftOf },
];

// @ts-check
// In which order things are listed: the queue by urgency, the board as asked, emergencies before everything.

import { AVAILABILITY_ORDER, FREE, standingOf } from "../words/words.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/wire.js").Candidate} Candidate */
/** @typedef {import("../types/screen.js").State["board"]} Board */

/** The bars' scale ends with the last of these: one far candidate must not squeeze the near ones into a line. */
const SCALED = 6;

/** Open incidents as the server orders them (`pressing.order`), the least pressing last. @param {Iterable<Incident>} incidents */
export function queueOf(incidents) {
  const order = (/** @type {Incident} */ { pressing }) => pressing?.order ?? "";
  return [...incidents].filter(({ pressing }) => pressing !== null).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/**
 * The queue in its lanes, in the server's order; of one desk, also what it is offered.
 * @param {Iterable<Incident>} incidents @param {string | null} desk null: of all
 * @returns {[import("../types/wire.js").Lane, Incident[]][]}
 */
export function lanesOf(incidents, desk) {
  const wanted = queueOf(incidents).filter((one) => desk === null || one.desk === desk || one.offer?.desk === desk);
  /** @type {Map<import("../types/wire.js").Lane, Incident[]>} */
  const lanes = new Map();
  for (const one of wanted) {
    const lane = one.pressing?.lane ?? "seen_to";
    const listed = lanes.get(lane);
    if (listed) listed.push(one);
    else lanes.set(lane, [one]);
  }
  return [...lanes];
}

/** The desks that answer for open incidents, or are offered them. @param {Iterable<Incident>} incidents */
export function desksOf(incidents) {
  const open = [...incidents].filter(({ pressing }) => pressing !== null);
  return [...new Set(open.flatMap(({ desk, offer }) => [desk, offer?.desk ?? ""]))].filter(Boolean).sort();
}

/** @param {Iterable<Unit>} units */
export function emergenciesOf(units) {
  return [...units].filter((unit) => unit.emergency);
}

/** How the force stands: free for work in any way, then each state that holds units, in the board's order. */
const COUNTED = /** @type {const} */ ([
  { word: "free", availability: "available", of: FREE },
  { word: "en route", availability: "committed", of: ["committed"] },
  { word: "at scene", availability: "at_scene", of: ["at_scene"] },
  { word: "not deployable", availability: "unavailable", of: ["unavailable", "off_duty"] },
  { word: "unknown", availability: "unknown", of: ["unknown"] },
]);

/** How many stand how; a row that nobody stands in is left out. A unit in an emergency has the alarm for itself.
 * @param {Iterable<Unit>} units */
export function countByStanding(units) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const unit of units) counts.set(standingOf(unit), (counts.get(standingOf(unit)) ?? 0) + 1);
  return COUNTED.map(({ word, availability, of }) => ({
    word,
    availability,
    count: of.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0),
  })).filter(({ count }) => count > 0);
}

/** @param {(unit: Unit) => string} told */
const byText = (told) => (/** @type {Unit} */ a, /** @type {Unit} */ b) => {
  const [one, other] = [told(a), told(b)];
  // What has nothing here stands below what has.
  return Number(one === "") - Number(other === "") || one.localeCompare(other);
};

/** @type {Record<Board["sort"], (a: Unit, b: Unit) => number>} */
const ORDERS = {
  callsign: () => 0,
  state: (a, b) => AVAILABILITY_ORDER.indexOf(standingOf(a)) - AVAILABILITY_ORDER.indexOf(standingOf(b)),
  age: (a, b) => (a.fix_at ?? "").localeCompare(b.fix_at ?? ""),
  kind: byText(({ kind }) => kind),
  job: byText(({ assignment }) => assignment?.incident ?? ""),
  station: byText(({ station }) => station),
};

/**
 * Emergencies first whatever the order; by age the oldest fix first. The filter matches callsign, kind, state,
 * freshness, job, station, talk group and capabilities.
 * @param {Iterable<Unit>} units @param {Pick<Board, "filter" | "sort">} board
 */
export function boardOf(units, { filter, sort }) {
  const wanted = filter.trim().toLowerCase();
  const words = (/** @type {Unit} */ unit) =>
    [
      unit.callsign,
      unit.kind,
      unit.state.label,
      unit.freshness,
      unit.assignment?.incident ?? "",
      unit.station,
      unit.talk_group,
      ...unit.capabilities,
    ]
      .join(" ")
      .toLowerCase();
  return [...units]
    .filter((unit) => wanted === "" || words(unit).includes(wanted))
    .sort(
      (a, b) => Number(b.emergency) - Number(a.emergency) || ORDERS[sort](a, b) || a.callsign.localeCompare(b.callsign),
    );
}

/**
 * Where a list begins that is not our own free units': free and diverted may stand mixed, and are not told apart by a
 * heading then.
 * @param {Pick<Candidate, "callsign" | "list">[]} candidates @returns {Map<string, Candidate["list"]>} by callsign
 */
export function headingsOf(candidates) {
  const lists = candidates.map(({ list }) => list);
  const mixed = lists.lastIndexOf("own") > lists.indexOf("diversion");
  return new Map(
    candidates
      .filter(({ list }, n) => list !== "own" && list !== lists[n - 1] && !(mixed && list === "diversion"))
      .map(({ callsign, list }) => [callsign, list]),
  );
}

/** Seconds at the right end of every bar. @param {Pick<Candidate, "eta_s">[]} candidates */
export function scaleOf(candidates) {
  return Math.max(...candidates.slice(0, SCALED).map(({ eta_s }) => eta_s.high));
}

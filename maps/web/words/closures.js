// @ts-check
// Closures in words: what one shuts, until when, and what making or lifting it did to the open incidents.

import { distance, duration, localDay, localTime } from "./format.js";

/** @typedef {import("../types/wire.js").Closure} Closure */
/** @typedef {import("../types/wire.js").Reordering} Reordering */

/** Within this the same time of another day is not meant. */
const NEAR_MS = 12 * 3_600_000;
/** So many streets are named; the others are counted. */
const NAMED = 3;

export const STATUS = { in_force: "in force", planned: "planned", over: "over" };

/** Who may be let through, as the server calls them and as people do. @type {["foot" | "cycle" | "bus" | "police", string][]} */
export const PASSERS = [
  ["police", "Police"],
  ["bus", "Buses"],
  ["cycle", "Cycles"],
  ["foot", "On foot"],
];

/** Near instants by the clock alone, others with their day. @param {string} instant @param {number} server_ms */
export function told(instant, server_ms) {
  const ms = Date.parse(instant);
  const clock = localTime(ms).slice(0, 5);
  return Math.abs(ms - server_ms) < NEAR_MS ? clock : `${localDay(ms)} ${clock}`;
}

/** `640 m of road: High Street, Mill Lane and 2 more`. @param {Pick<Closure, "streets" | "length_m">} shut */
export function shutText({ streets, length_m }) {
  const more = streets.length > NAMED ? ` and ${streets.length - NAMED} more` : "";
  const named = streets.slice(0, NAMED).join(", ");
  return `${distance(length_m)} of road${named ? `: ${named}${more}` : ", none of it named"}`;
}

/** `until 18:00`, `from Tue 3 Mar 08:00`. @param {Pick<Closure, "status" | "since" | "until">} closure @param {number} server_ms */
export function whenText({ status, since, until }, server_ms) {
  const end = until && `until ${told(until, server_ms)}`;
  if (status === "planned") return [`from ${told(since, server_ms)}`, end].filter(Boolean).join(" ");
  return end ?? "until lifted";
}

/** @param {readonly string[]} passable */
export function passText(passable) {
  const words = PASSERS.filter(([name]) => passable.includes(name)).map(([, word]) => word.toLowerCase());
  return words.length > 0 ? `${words.join(", ")} may pass` : "nobody may pass";
}

/**
 * What a change did to one incident, as a dispatcher says it: "INC0012: BX21 first instead of RC45, 2:10 later".
 * Where the first stays and is as soon, the server's own sentence says who else moved.
 * @param {Reordering} reordering
 */
export function effectText({ incident, before, after, moved, text }) {
  const [was, now] = [before[0], after[0]];
  const eta = (/** @type {string} */ callsign, /** @type {"before" | "after"} */ when) =>
    moved.find((one) => one.callsign === callsign)?.eta_s[when] ?? null;
  if (!now) return `${incident}: nobody is left who gets there${was ? `, ${was} was first` : ""}`;
  if (!was) return `${incident}: ${now} gets there now`;
  const said = later(eta(was, "before"), eta(now, "after"));
  if (was !== now) return `${incident}: ${now} first instead of ${was}${said ? `, ${said}` : ""}`;
  return said ? `${incident}: ${now} still first, ${said}` : `${incident}: ${text}`;
}

/** @param {number | null} before_s @param {number | null} after_s */
function later(before_s, after_s) {
  if (before_s === null || after_s === null) return "";
  const more_s = Math.round(after_s - before_s);
  return more_s === 0 ? "" : `${duration(Math.abs(more_s))} ${more_s > 0 ? "later" : "sooner"}`;
}

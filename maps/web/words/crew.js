// @ts-check
// Who and what is aboard, in words.

import { distance, duration, localTime } from "./format.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/wire.js").Aboard} Aboard */
/** @typedef {import("../types/wire.js").Track} Track */

/** So many places of the last quarter of an hour are listed, the newest first. */
const LISTED = 15;

/** Somebody of a crew: number, grade, skills. @param {NonNullable<Aboard["unit"]["members"]>[number]} member */
export function memberText({ id, driver, capabilities = [] }) {
  const grade = driver === "none" ? "no driver" : driver ? `${driver} driver` : "";
  return [id, ...[grade, ...capabilities].filter(Boolean)].join(", ");
}

/** The best grade aboard. @param {Unit["driver"]} driver */
export function driverText(driver) {
  if (driver === null) return "driver's grade not said";
  return driver === "none" ? "nobody aboard may drive" : `${driver} driver`;
}

/** The shift, and what of its break is left. @param {Pick<Unit, "shift" | "rest">} unit @param {number} server_ms */
export function shiftText({ shift, rest }, server_ms) {
  if (!shift) return "";
  const [from_ms, to_ms] = [Date.parse(shift.begins_at), Date.parse(shift.ends_at)];
  const hm = (/** @type {number} */ ms) => localTime(ms).slice(0, 5);
  const over = server_ms > to_ms ? `, over for ${duration((server_ms - to_ms) / 1000)}` : "";
  return `shift ${hm(from_ms)} to ${hm(to_ms)}${over}${restText(rest, hm)}`;
}

/** @param {Unit["rest"]} rest @param {(ms: number) => string} hm */
function restText(rest, hm) {
  if (!rest) return "";
  if (rest.resting) return ", on its break";
  if (rest.left_s <= 0) return ", break taken";
  return `, break of ${duration(rest.left_s)} left, from ${hm(Date.parse(rest.from_at))} to ${hm(Date.parse(rest.until_at))}`;
}

/** A device: where it is carried, and whether it says where the unit is. @param {Aboard["devices"][number]} device
 * @param {number} server_ms */
export function deviceText({ where, member, bears, heard_at, protocol }, server_ms) {
  const place = where === "vehicle" ? "in the vehicle" : member ? `carried by ${member}` : "carried";
  const heard = heard_at ? `heard ${duration((server_ms - Date.parse(heard_at)) / 1000)} ago` : "never heard";
  return [place, protocol, heard, bears && "says where the unit is"].filter(Boolean).join(", ");
}

/** Where the officers are, if not at their vehicle. @param {number | null} afoot_m */
export const afootText = (afoot_m) =>
  afoot_m === null ? "" : `The officers have left the vehicle: on foot, ${distance(afoot_m)} from it.`;

/**
 * The newest places of a track, with their instants; what was not believed is said.
 * @param {Track} track @returns {{at_ms: number, text: string, source: string}[]}
 */
export function placesOf({ geometry, properties }) {
  const { times, accuracies_m, sources, believed } = properties;
  // One place is a Point, several are a LineString (RFC 7946).
  const coordinates = geometry?.type === "Point" ? [geometry.coordinates] : (geometry?.coordinates ?? []);
  return coordinates
    .map(([lon, lat], n) => ({
      at_ms: Date.parse(times[n]),
      text: [
        `${lat.toFixed(5)}, ${lon.toFixed(5)}`,
        accuracies_m[n] === null ? "" : `±${Math.round(accuracies_m[n] ?? 0)} m`,
        believed?.[n] === false ? "not believed" : "",
      ]
        .filter(Boolean)
        .join(", "),
      source: sources[n],
    }))
    .reverse()
    .slice(0, LISTED);
}

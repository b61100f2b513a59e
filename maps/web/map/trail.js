// @ts-check
// Where a unit was, as lines and dots: broken where nothing was heard for a while or a fix was not believed, with times.
// What it may have reached since its last fix is said in words here, too.

import { duration, localTime } from "../words/format.js";
import { collection } from "./features.js";

/** @typedef {import("../types/screen.js").Been} Been */

/** A trail does not go straight across a longer silence: nobody knows which way the unit went. */
const BROKEN_AFTER_MS = 120_000;
/** A time is written at most so often. */
const TIMED_EVERY_MS = 60_000;

/** The stretches that were driven without a break. @param {readonly Been[]} places in order @returns {Been[][]} */
export function stretchesOf(places) {
  /** @type {Been[][]} */
  const stretches = [];
  let whole = false;
  for (const place of places) {
    const last = stretches.at(-1)?.at(-1);
    if (!place.believed) whole = false;
    else if (whole && last && place.at_ms - last.at_ms <= BROKEN_AFTER_MS) stretches.at(-1)?.push(place);
    else stretches.push([place]);
    if (place.believed) whole = true;
  }
  return stretches;
}

/** @param {readonly Been[]} places */
export function trailFeatures(places) {
  const stretches = stretchesOf(places);
  const lines = stretches.filter((stretch) => stretch.length > 1).map((stretch) => lineOf(stretch));
  return collection([...lines, ...stretches.flatMap(dotsOf)]);
}

/** @param {Been[]} stretch */
const lineOf = (stretch) => ({
  type: "Feature",
  geometry: { type: "LineString", coordinates: stretch.map(({ lat, lon }) => [lon, lat]) },
  properties: {},
});

/** The first and the last of a stretch have their time, and between them one a minute. @param {Been[]} stretch */
function dotsOf(stretch) {
  let timed_ms = -Infinity;
  return stretch.map(({ lat, lon, at_ms }, n) => {
    const timed = n === stretch.length - 1 || at_ms - timed_ms >= TIMED_EVERY_MS;
    if (timed) timed_ms = at_ms;
    return {
      type: "Feature",
      geometry: { type: "Point", coordinates: [lon, lat] },
      properties: { time: timed ? localTime(at_ms).slice(0, 5) : "" },
    };
  });
}

/**
 * A track as the server tells it: a line, a point, or nothing; details stand beside the positions.
 * @param {any} track @returns {Been[]}
 */
export function beenOf({ geometry, properties }) {
  const at = geometry?.type === "Point" ? [geometry.coordinates] : (geometry?.coordinates ?? []);
  return at.map((/** @type {[number, number]} */ [lon, lat], /** @type {number} */ n) => ({
    lat,
    lon,
    at_ms: Date.parse(properties.times[n]),
    believed: properties.believed[n],
  }));
}

/** @param {string} callsign @param {number} age_s of its fix @param {number} area_km2 */
export function reachText(callsign, age_s, area_km2) {
  const size = area_km2 < 0.1 ? "less than 0.1" : area_km2.toFixed(area_km2 < 10 ? 1 : 0);
  return `${callsign}: last fix ${duration(age_s)} ago. By road it may be anywhere in the shaded ${size} km².`;
}

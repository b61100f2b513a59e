// @ts-check
// Open incidents near a place, for whoever is about to make another there. Whether two are one is the server's and the
// dispatcher's to say.

/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/screen.js").Place} Place */

/** As far apart as the server looks for the same incident twice (arls/duplicates.py). */
export const NEARBY_M = 500;
const METRES_PER_DEGREE = 111_320;

/** Good to a percent within a town. @param {Place} one @param {Place} other */
function metresBetween(one, other) {
  const up_m = (one.lat - other.lat) * METRES_PER_DEGREE;
  const along_m = (one.lon - other.lon) * METRES_PER_DEGREE * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(up_m, along_m);
}

/** The nearest first. @param {Iterable<Incident>} incidents @param {Place | null} place */
export function nearbyOf(incidents, place) {
  if (!place) return [];
  return [...incidents]
    .filter(({ closed_at }) => closed_at === null)
    .map((incident) => ({ incident, away_m: metresBetween(incident, place) }))
    .filter(({ away_m }) => away_m <= NEARBY_M)
    .sort((a, b) => a.away_m - b.away_m);
}

// @ts-check
// The picture as GeoJSON for the map: units, incidents, closures, the clicked place. Every unit with a position is in it, lost or not.
// It decides the label, the wedge and which unit lies on top; how they look is symbols.js's to say.

import { whenText } from "../words/closures.js";
import { age } from "../words/format.js";
import { fixAge } from "../picture/store.js";
import { incidentPinId, unitSymbolId } from "./symbols.js";
import { FREE, standingOf } from "../words/words.js";

/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/wire.js").Closure} Closure */
/** @typedef {import("./symbols.js").Band} Band */

/** Below walking pace a receiver's course is noise. */
const MOVING_MPS = 0.8;

/** @param {Unit} unit @returns {Band} */
export function bandOf({ freshness }) {
  if (freshness === "lost" || freshness === "never") return "lost";
  return freshness === "stale" ? "stale" : "ok";
}

/** A heading is drawn only when it was measured, on the move, and lately. @param {Unit} unit */
export function showsHeading(unit) {
  return unit.course_deg !== null && (unit.speed_mps ?? 0) > MOVING_MPS && bandOf(unit) === "ok";
}

/** @param {Unit} unit */
export function symbolOf(unit) {
  return unitSymbolId({
    kind: unit.kind,
    availability: standingOf(unit),
    band: bandOf(unit),
    emergency: unit.emergency,
  });
}

/** Later is on top: free units over taken ones, an emergency over all. @param {Unit} unit */
function layerOf(unit) {
  if (unit.emergency) return 3;
  return FREE.includes(standingOf(unit)) ? 2 : 1;
}

/** @param {Unit} unit @param {number} server_ms @param {string | null} chosen */
function unitFeature(unit, server_ms, chosen) {
  const old = bandOf(unit) !== "ok";
  return /** @type {const} */ ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [unit.lon, unit.lat] },
    properties: {
      callsign: unit.callsign,
      name: `${unit.emergency ? "EMG " : ""}${unit.callsign}${old ? " ?" : ""}`,
      age: age(fixAge(unit, server_ms)),
      symbol: symbolOf(unit),
      emergency: unit.emergency,
      heading: showsHeading(unit) ? unit.course_deg : null,
      layer: layerOf(unit),
      chosen: unit.callsign === chosen,
    },
  });
}

/** @param {Iterable<Unit>} units @param {number} server_ms @param {string | null} chosen a callsign to ring */
export function unitFeatures(units, server_ms, chosen) {
  const placed = [...units].filter((unit) => unit.lat !== null && unit.lon !== null);
  return collection(placed.map((unit) => unitFeature(unit, server_ms, chosen)));
}

/** @param {Iterable<Incident>} incidents @param {string | null} open */
export function incidentFeatures(incidents, open) {
  return collection(
    [...incidents].map((incident) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [incident.lon, incident.lat] },
      properties: {
        id: incident.id,
        symbol: incidentPinId(incident.grade),
        urgency: -incident.grade.charCodeAt(0),
        chosen: incident.id === open,
      },
    })),
  );
}

const RING = 64;
const METRES_PER_DEGREE = 111_320;

/** A circle of so many metres as a ring, good enough for the eye. @param {number} lat @param {number} lon @param {number} radius_m */
function ring(lat, lon, radius_m) {
  const up = radius_m / METRES_PER_DEGREE;
  const along = up / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return Array.from({ length: RING + 1 }, (_, i) => {
    const turn = (2 * Math.PI * (i % RING)) / RING;
    return [lon + along * Math.sin(turn), lat + up * Math.cos(turn)];
  });
}

/**
 * Where the phones of callers say they are: of each the best location as a circle with its middle.
 * @param {(Pick<Incident, "caller_locations"> | null)[]} calls
 */
export function callerFeatures(calls) {
  return collection(calls.flatMap((call) => callerShapes(call?.caller_locations[0])));
}

/** @param {Incident["caller_locations"][number] | undefined} best */
function callerShapes(best) {
  if (!best || best.lat === null || best.lon === null) return [];
  const { lat, lon, accuracy_m, offered } = best;
  const circle = accuracy_m && { type: "Polygon", coordinates: [ring(lat, lon, accuracy_m)] };
  const shapes = [circle, { type: "Point", coordinates: [lon, lat] }].filter(Boolean);
  return shapes.map((geometry) => ({ type: "Feature", geometry, properties: { offered } }));
}

/** `C0017 High Street, until 18:00`. @param {Closure} closure @param {number} server_ms */
function titleOf(closure, server_ms) {
  const { id, name, streets, until, status } = closure;
  const when = (until || status === "planned") && whenText(closure, server_ms);
  return [`${id} ${name || streets[0] || ""}`.trim(), when].filter(Boolean).join(", ");
}

/** @param {Iterable<Closure>} closures @param {number} server_ms */
export function closureFeatures(closures, server_ms) {
  return collection(
    [...closures].map((closure) => ({
      type: "Feature",
      geometry: closure.geometry,
      properties: { id: closure.id, title: titleOf(closure, server_ms), in_force: closure.status === "in_force" },
    })),
  );
}

/** @param {{lat: number, lon: number}} place */
export function pointFeature({ lat, lon }) {
  return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: {} };
}

/** Where units meet before they go in. @param {Incident["rvp"]} rvp */
export function rvpFeatures(rvp) {
  if (!rvp) return collection([]);
  const { lat, lon, note } = rvp;
  return collection([
    {
      type: "Feature",
      geometry: { type: "Point", coordinates: [lon, lat] },
      properties: { note: `RVP ${note}`.trim() },
    },
  ]);
}

/** What somebody draws, or nothing yet. @param {unknown} geometry */
export function shapeFeature(geometry) {
  return collection(geometry ? [{ type: "Feature", geometry, properties: {} }] : []);
}

/** @param {any[]} features @returns {any} */
export function collection(features) {
  return { type: "FeatureCollection", features };
}

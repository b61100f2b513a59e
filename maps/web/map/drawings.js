// @ts-check
// What each source of the map is drawn from. A new one is a row here, a source of the same name in map.js, and layers
// in layers.js. A moving pointer shows the panels anew, not the units: a row is made again only when its `from` changed.

import { queueOf } from "../picture/order.js";
import {
  callerFeatures,
  closureFeatures,
  collection,
  incidentFeatures,
  pointFeature,
  rvpFeatures,
  shapeFeature,
  unitFeatures,
} from "./features.js";

import { trailFeatures } from "./trail.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Drawing} Drawing */

/** @param {State} state */
const openIncident = ({ target, picture }) =>
  target?.kind === "incident" ? (picture.incidents.get(target.id) ?? null) : null;

/** @param {State} state */
const chosenUnit = ({ enquiry, target }) =>
  enquiry.highlight ?? enquiry.ranking?.candidates[0]?.callsign ?? (target?.kind === "unit" ? target.callsign : null);

/** Ages go on by themselves when no heartbeat comes to draw them with. @param {State} state @param {number} server_ms */
const beat = ({ feed }, server_ms) => (feed === "live" ? 0 : Math.floor(server_ms / 1000));

/** @type {Record<import("./map.js").SourceName, Drawing>} */
export const DRAWINGS = {
  units: {
    from: ({ state, server_ms }) => [state.picture.told, beat(state, server_ms), chosenUnit(state)],
    make: ({ state, server_ms }) => unitFeatures(state.picture.units.values(), server_ms, chosenUnit(state)),
  },
  incidents: {
    from: ({ state }) => [state.picture.incidents, openIncident(state)?.id, state.packs],
    make: ({ state }) => incidentFeatures(queueOf(state.picture.incidents.values()), openIncident(state)?.id ?? null),
  },
  areas: {
    from: ({ state: { ground } }) => [ground.areas && ground.outlines],
    make: ({ state: { ground } }) => (ground.areas && ground.outlines) || collection([]),
  },
  reach: {
    from: ({ state: { ground } }) => [ground.reach],
    make: ({ state: { ground } }) => ground.reach?.layer ?? collection([]),
  },
  trail: {
    from: ({ state: { ground } }) => [ground.trail],
    make: ({ state: { ground } }) => trailFeatures(ground.trail?.places ?? []),
  },
  rvp: {
    from: ({ state }) => [openIncident(state)?.rvp],
    make: ({ state }) => rvpFeatures(openIncident(state)?.rvp ?? null),
  },
  caller: {
    from: ({ state }) => [openIncident(state), state.picture.calls],
    make: ({ state }) => callerFeatures([openIncident(state), ...state.picture.calls]),
  },
  closures: {
    from: ({ state, server_ms }) => [state.picture.closures, Math.floor(server_ms / 3_600_000)],
    make: ({ state, server_ms }) => closureFeatures(state.picture.closures.values(), server_ms),
  },
  closing: {
    from: ({ state: { closing, sheet } }) => [sheet && closing?.would, sheet && closing?.drawn],
    make: ({ state: { closing, sheet } }) => shapeFeature(sheet && (closing?.would?.geometry ?? closing?.drawn)),
  },
  place: {
    from: ({ state }) => [state.target],
    make: ({ state: { target } }) => collection(target?.kind === "place" ? [pointFeature(target)] : []),
  },
  route: {
    from: ({ state }) => [state.route],
    make: ({ state: { route } }) => collection(route ? [route] : []),
  },
};

/** Draws what changed. @param {import("./map.js").ScreenMap} map */
export function openDrawings(map) {
  /** @type {Map<string, unknown[]>} */
  const drawn = new Map();
  return (/** @type {import("../types/screen.js").Moment} */ moment) => {
    const kept = moment.state.picture.units.get(moment.state.ground.kept ?? "");
    if (kept && kept.lat !== null && kept.lon !== null) map.follow({ lat: kept.lat, lon: kept.lon });
    const { bases, base } = moment.state.ground;
    map.base(bases.find(({ name }) => name === base) ?? null);
    map.theme(moment.state.theme);
    map.crowd(moment.state.picture.units.size);
    map.pen(moment.state.closing?.pen ?? null);
    for (const [name, { from, make }] of Object.entries(DRAWINGS)) {
      const now = from(moment);
      if (drawn.get(name)?.every((one, i) => one === now[i])) continue;
      drawn.set(name, now);
      map.draw(/** @type {import("./map.js").SourceName} */ (name), make(moment));
    }
  };
}

// @ts-check
// What the map shows besides the picture: where a unit was, what it may have reached since its fix, the areas.
// It asks only for what is switched on, once, and keeps a trail going from the live feed.

import { beenOf } from "../map/trail.js";
import { api } from "./api.js";
import { fixAge, serverNow } from "./store.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Ground} Ground */

/** A fix younger than this leaves no area worth a look. */
const SETTLED_S = 60;
/** The server draws no more; who was not heard for longer may be anywhere. */
const LONGEST_MIN = 60;
const REACH_AGAIN_MS = 20_000;
const MINUTE_MS = 60_000;

/** @returns {Ground} */
export function noGround() {
  return {
    menu: false,
    minutes: 15,
    areas: false,
    bases: [],
    base: null,
    kept: null,
    trail: null,
    reach: null,
    outlines: null,
  };
}

/** Whose trail and reach are drawn: the unit that is kept in view, else the opened one. @param {State} state */
export const subjectOf = ({ ground, target }) => ground.kept ?? (target?.kind === "unit" ? target.callsign : null);

/** @param {State} state @param {() => void} changed */
export function openGround(state, changed) {
  let asked = "";
  let reached_ms = -Infinity;

  /** @param {string} callsign @param {number} minutes @param {number} server_ms */
  async function fetchTrail(callsign, minutes, server_ms) {
    const span = { from: new Date(server_ms - minutes * MINUTE_MS), to: new Date(server_ms) };
    const track = await api.track(callsign, span).catch(() => null);
    if (asked !== `${callsign} ${minutes}`) return;
    state.ground.trail = { callsign, places: track ? beenOf(track) : [] };
    changed();
  }

  /** @param {string} callsign @param {number} server_ms */
  function goOn(callsign, server_ms) {
    const { trail, minutes } = state.ground;
    const unit = state.picture.units.get(callsign);
    if (!trail || !unit?.fix_at || unit.lat === null || unit.lon === null) return;
    const at_ms = Date.parse(unit.fix_at);
    if (at_ms <= (trail.places.at(-1)?.at_ms ?? 0)) return;
    const since_ms = server_ms - minutes * MINUTE_MS;
    const kept = trail.places.filter((place) => place.at_ms >= since_ms);
    state.ground.trail = {
      callsign,
      places: [...kept, { lat: unit.lat, lon: unit.lon, at_ms, believed: true }],
    };
  }

  /** @param {string} callsign @param {number} age_s */
  async function fetchReach(callsign, age_s) {
    const layer = await api.reach(callsign, Math.max(1, age_s / 60)).catch(() => null);
    if (subjectOf(state) !== callsign) return;
    state.ground.reach = layer && { callsign, layer };
    changed();
  }

  return {
    /** Which other bases there are; without an answer there are none to offer. */
    async open() {
      state.ground.bases = await api.baseLayers().catch(() => []);
      changed();
    },

    /** Called each second. */
    tick() {
      const { ground, picture } = state;
      const server_ms = serverNow(picture, performance.now());
      const callsign = subjectOf(state);
      const wanted = callsign && ground.minutes > 0 ? `${callsign} ${ground.minutes}` : "";
      if (wanted !== asked) {
        [asked, ground.trail] = [wanted, null];
        if (callsign && wanted) void fetchTrail(callsign, ground.minutes, server_ms);
      } else if (callsign) goOn(callsign, server_ms);
      const unit = callsign === null ? undefined : picture.units.get(callsign);
      const age_s = unit ? fixAge(unit, server_ms) : null;
      const apt = age_s !== null && age_s >= SETTLED_S && age_s <= LONGEST_MIN * 60;
      if (!apt || ground.reach?.callsign !== callsign) {
        if (ground.reach) reached_ms = -Infinity;
        ground.reach = null;
      }
      if (apt && callsign && performance.now() - reached_ms > REACH_AGAIN_MS) {
        reached_ms = performance.now();
        void fetchReach(callsign, age_s);
      }
      if (ground.areas && !ground.outlines) {
        ground.outlines = { type: "FeatureCollection", features: [] };
        void api.areas().then(
          (layer) => {
            ground.outlines = layer;
            changed();
          },
          () => (ground.outlines = null),
        );
      }
    },
  };
}

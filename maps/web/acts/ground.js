// @ts-check
// Acts on what the map shows besides: its menu, how long trails are, the areas, another base, a unit kept in view.

import { keep, kept } from "../picture/kept.js";

/** @typedef {import("../types/screen.js").Ground} Ground */

const MINUTES = "trail";

/** As somebody liked it in this browser. @returns {Partial<Ground>} */
export const likedGround = () => (kept(MINUTES) === null ? {} : { minutes: Number(kept(MINUTES)) || 0 });

/** @param {import("./kit.js").Kit} kit */
export function ground({ state, changed }) {
  return {
    /** @param {Partial<Pick<Ground, "menu" | "minutes" | "areas" | "base">>} change */
    showOnMap(change) {
      Object.assign(state.ground, change);
      if (change.minutes !== undefined) keep(MINUTES, String(change.minutes));
      changed();
    },

    /** The map goes along with that unit until somebody moves it; null: it stays. @param {string | null} callsign */
    keepInView(callsign) {
      state.ground.kept = callsign;
      changed();
    },
  };
}

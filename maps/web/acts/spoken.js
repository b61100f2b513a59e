// @ts-check
// Acts on units by their names: assign one that was named, enter what it says by voice, enter its state.

import { api } from "../picture/api.js";

/** @typedef {import("../types/wire.js").Act} Act */

/** @param {import("./kit.js").Kit} kit @param {ReturnType<import("./sending.js").sending>} sends */
export function spoken({ state, say, attempt, open }, sends) {
  /** The assignment that a unit is on. @param {string} callsign */
  const jobOf = (callsign) => state.picture.units.get(callsign)?.assignment ?? null;
  return {
    /** A named unit to a named incident, which is opened: what comes of it is to be seen. @param {string} incident
     * @param {string} callsign @param {string} reason */
    assignTo(incident, callsign, reason) {
      if (state.feed !== "live") return say("Nobody is assigned while the picture is not live", "bad");
      if (state.target?.kind !== "incident" || state.target.id !== incident) open({ kind: "incident", id: incident });
      return reason ? sends.assign(callsign, { reason }) : sends.choose(callsign);
    },

    /** @param {string} callsign @param {Act} act */
    enterVoice(callsign, act) {
      const job = jobOf(callsign);
      return job
        ? sends.advance(job.id, act)
        : say(`${callsign} is assigned to nothing: A ${callsign} INC7 assigns it`, "bad");
    },

    /** @param {string} callsign @param {number} code */
    enterState: (callsign, code) =>
      void attempt(
        () => api.enterState(callsign, code),
        () => {
          const label = state.packs?.states.codes.find((one) => one.code === code)?.label ?? "";
          say(`${callsign} state ${code} ${label}, by voice`, "good");
        },
      ),
  };
}

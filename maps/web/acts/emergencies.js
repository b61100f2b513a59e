// @ts-check
// Acts on an emergency button: go to who pressed it, end it.

import { api } from "../picture/api.js";
import { placeOf } from "../picture/enquiry.js";
import { emergenciesOf } from "../picture/order.js";

/** @param {import("./kit.js").Kit} kit */
export function emergencies({ state, say, attempt, open }) {
  return {
    helpEmergency() {
      const [unit] = emergenciesOf(state.picture.units.values());
      if (!unit) return;
      open({ kind: "unit", callsign: unit.callsign });
      if (!placeOf(state)) say(`${unit.callsign} has sent no position: call it`, "bad");
    },

    /** @param {string} callsign */
    endEmergency: (callsign) =>
      void attempt(
        () => api.cancelEmergency(callsign),
        () => say(`Emergency of ${callsign} ended`, "good"),
      ),
  };
}

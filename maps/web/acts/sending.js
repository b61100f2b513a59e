// @ts-check
// Acts that send units: assign, enter by voice how far one has got, take back.

import { api } from "../picture/api.js";
import { ASSIGNMENT } from "../words/words.js";

/** @typedef {import("../types/wire.js").Act} Act */

/** A key pressed sooner after the order changed was meant for another unit. */
const READ_MS = 800;

/** @param {import("./kit.js").Kit} kit */
export function sending({ state, say, attempt, enquiries }) {
  const acts = {
    /** @param {string} callsign */
    assign(callsign) {
      const { target } = state;
      if (target?.kind !== "incident" || state.feed !== "live") return;
      void attempt(
        () => api.assign(target.id, callsign),
        ({ id }) => {
          say(`${callsign} reserved for ${target.id}`, "good", id);
          enquiries().ask();
        },
      );
    },

    /** @param {number} rank */
    assignNth(rank) {
      const { ranking, ordered_ms } = state.enquiry;
      const candidate = ranking?.candidates.find((one) => one.rank === rank);
      if (!candidate) return;
      if (performance.now() - ordered_ms < READ_MS) say("The order has just changed: look again", "bad");
      else acts.assign(candidate.callsign);
    },

    /** @param {string} assignment @param {Act} act */
    advance(assignment, act) {
      const via = act === "cancel" ? "desk" : "voice";
      void attempt(
        () => api.advance(assignment, act, via),
        ({ callsign, state: now }) => {
          say(`${callsign} ${ASSIGNMENT[now]}${via === "voice" ? ", by voice" : ""}`, "good");
          enquiries().ask();
        },
      );
    },

    undo() {
      if (state.notice?.undo) acts.advance(state.notice.undo, "cancel");
    },
  };
  return acts;
}

// @ts-check
// Acts on what needs somebody: open the list, answer a unit's question, end a shift.

import { api } from "../picture/api.js";

/** @param {import("./kit.js").Kit} kit */
export function asks({ state, say, attempt, changed }) {
  return {
    /** Opens the list of what needs somebody, or closes it. */
    attention() {
      state.sheet = state.sheet?.name === "attention" ? null : { name: "attention" };
      changed();
    },

    /** @param {string} ask @param {string} text what came of it */
    answer: (ask, text) =>
      void attempt(
        () => api.answer(ask, text),
        () => say(`Answered: ${text}`, "good"),
      ),

    /** @param {string} callsign */
    bookOff: (callsign) =>
      void attempt(
        () => api.bookOff([callsign]),
        ({ refused: [kept] }) => say(kept ? kept.reason : `${callsign} is off duty`, kept ? "bad" : "good"),
      ),
  };
}

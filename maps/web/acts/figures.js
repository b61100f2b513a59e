// @ts-check
// Acts on the figures: over how long they are shown, and asking for them, again every half minute while they are open.

import { api, problemOf } from "../picture/api.js";
import { serverNow } from "../picture/store.js";
import { whyReadOnly } from "./kit.js";

const ASK_AGAIN_MS = 30_000;

/** @returns {import("../types/screen.js").Figures} */
export const noFigures = () => ({
  hours: 8,
  response: null,
  ages: null,
  problem: null,
  asked_ms: -Infinity,
  table: null,
});

/** @param {import("./kit.js").Kit} kit */
export function figures({ state, changed, say, relink }) {
  async function ask() {
    const { figures: mine, picture } = state;
    mine.asked_ms = performance.now();
    const to_ms = serverNow(picture, performance.now());
    const span = { from: new Date(to_ms - mine.hours * 3_600_000), to: new Date(to_ms) };
    try {
      const [response, ages] = await Promise.all([api.responseFigures(span), api.fixAgeFigures(span)]);
      // Another span may have been chosen meanwhile.
      if (state.figures === mine) Object.assign(mine, { response, ages, problem: null });
    } catch (error) {
      if (state.figures === mine) mine.problem = problemOf(error);
    }
    changed();
  }
  return {
    /** @param {number} hours back from now */
    showFigures(hours = state.figures.hours) {
      const why = whyReadOnly(state);
      if (why) return say(why, "bad");
      state.sheet = { name: "figures" };
      relink();
      state.figures = { ...noFigures(), hours, table: state.figures.table };
      void ask();
      changed();
    },

    /** Which chart stands open as a table; null: none. @param {string | null} table */
    figuresTable(table) {
      state.figures.table = table;
      changed();
    },

    /** Called each second. */
    tickFigures() {
      const open = state.sheet?.name === "figures" && state.picture.started && state.page !== "replay";
      if (open && performance.now() - state.figures.asked_ms > ASK_AGAIN_MS) void ask();
    },
  };
}

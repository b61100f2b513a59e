// @ts-check
// What is asked of the server for the open unit, again while it is open: who and what is aboard, and where it was.

import { api } from "../picture/api.js";
import { serverNow } from "../picture/store.js";

const ASK_AGAIN_MS = 10_000;
const TRACK_MS = 15 * 60_000;

/** @param {import("./kit.js").Kit} kit */
export function unit({ state, changed }) {
  /** @param {string} callsign */
  async function ask(callsign) {
    const kept = state.card?.callsign === callsign ? state.card : { callsign, aboard: null, track: null };
    const mine = (state.card = { ...kept, asked_ms: performance.now() });
    const to_ms = serverNow(state.picture, performance.now());
    const span = { from: new Date(to_ms - TRACK_MS), to: new Date(to_ms) };
    // Who has gone off duty meanwhile is no longer told of: the row goes with the next tick.
    const [aboard, track] = await Promise.all([
      api.aboard(callsign).catch(() => null),
      api.track(callsign, span).catch(() => null),
    ]);
    if (state.card !== mine) return;
    state.card = { ...mine, aboard, track };
    changed();
  }

  return {
    /** Called each second, and when something is opened. */
    tickUnit() {
      const { target, card, feed, page } = state;
      if (target?.kind !== "unit" || feed !== "live" || page === "replay") return;
      if (card?.callsign === target.callsign && performance.now() - card.asked_ms < ASK_AGAIN_MS) return;
      void ask(target.callsign);
    },
  };
}

// @ts-check
// Acts on what is heard: acknowledge an alarm at this desk (it goes on, and so does its banner), mute for a while, test.
// They are this browser's own: nothing is asked of the server, and nothing is journalled.

import { keep } from "../picture/kept.js";
import { alarmsOf, unacknowledged } from "../sound/watch.js";

/** A mute ends by itself: nobody remembers to end one. */
export const MUTED_MS = 5 * 60_000;

/** @param {import("./kit.js").Kit} kit */
export function alarm({ state, changed, say, sounding }) {
  const { sound } = state;
  /** @param {Partial<import("../types/screen.js").Sound>} change */
  const become = (change) => {
    Object.assign(sound, change);
    sounding().tell();
    changed();
  };
  const acts = {
    acknowledge: () => become({ acknowledged: alarmsOf(state.picture) }),

    /** The alarm that is heard, or where there is none what else needs somebody. @param {() => void} otherwise */
    answerAlarm(otherwise) {
      if (unacknowledged(state.picture, sound).length > 0) acts.acknowledge();
      else otherwise();
    },

    mute() {
      become({ muted_until_ms: Date.now() + MUTED_MS });
      say("Sound is off for 5:00; an emergency button ends that at once", "plain");
    },

    unmute: () => become({ muted_until_ms: 0 }),

    testSound() {
      sound.tested_ms = Date.now();
      keep("sound_tested", String(sound.tested_ms));
      sounding().test();
      say("You should have heard the alarm, three times high and low", "plain");
    },
  };
  return acts;
}

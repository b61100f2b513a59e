// @ts-check
// Acts on a replay: go to another time, play, pace; and from a live screen, open one. They change nothing on the server.

import { steer } from "../picture/replay.js";
import { markFrom } from "../words/replay.js";

const EARLIER_MS = 5 * 60_000;

/** @param {import("./kit.js").Kit} kit */
export function replaying({ state, changed, onOpen }) {
  const acts = {
    /** Opens a replay in a tab of its own: at an instant, or a few minutes ago. @param {string | null} [at] @param {string} [incident] */
    replay(at = null, incident = "") {
      const begin_ms = at ? Date.parse(at) : state.picture.at_ms - EARLIER_MS;
      const said = new URLSearchParams({ at: new Date(begin_ms).toISOString() });
      if (incident) said.set("inc", incident);
      window.open(`/replay#${said}`.replaceAll("%3A", ":"), "_blank", "noopener");
    },

    /** Goes to an instant, as far as the record goes. @param {number} at_ms */
    seek(at_ms) {
      const { replay } = state;
      if (!replay?.started) return;
      const at = Math.min(Math.max(Math.round(at_ms), replay.first_ms), replay.last_ms);
      Object.assign(replay, { at_ms: at, refused: "", acts_ms: 0, linked_ms: 0 });
      steer({ at });
      changed();
    },

    /** @param {number} seconds */
    step: (seconds) => acts.seek((state.replay?.at_ms ?? 0) + seconds * 1000),

    /** Goes to the mark before or behind. @param {1 | -1} way */
    jump(way) {
      const { replay } = state;
      const mark = replay && markFrom(replay.marks, replay.at_ms, way);
      if (!replay) return;
      if (mark) acts.seek(Date.parse(mark.at));
      else acts.refuse(`No mark ${way > 0 ? "behind" : "before"} this in the part of the record that is shown`);
    },

    playOrPause() {
      if (!state.replay) return;
      state.replay.paused = !state.replay.paused;
      steer({ pause: state.replay.paused });
      changed();
    },

    /** @param {number} rate */
    pace(rate) {
      if (!state.replay) return;
      state.replay.rate = rate;
      steer({ rate, pause: false });
      onOpen();
    },

    /** How much of the record the timeline shows. @param {number} span_ms */
    span(span_ms) {
      if (state.replay) Object.assign(state.replay, { span_ms, marked_ms: 0 });
      changed();
    },

    /** @param {string} why */
    refuse(why) {
      if (state.replay) state.replay.refused = why;
      changed();
    },
  };
  return acts;
}

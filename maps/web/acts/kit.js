// @ts-check
// What every act works with: the state, the sentence about how it ended, and the one guard before anything is asked of
// the server. A screen that only shows (a wall, a replay) refuses here, whatever button or key was pressed.

import { problemOf } from "../picture/api.js";
import { noEnquiry } from "../picture/enquiry.js";
import { noWeighing } from "../picture/weighing.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Target} Target */
/** @typedef {import("../types/screen.js").Notice} Notice */
/** @typedef {import("../types/screen.js").ActHooks} ActHooks */
/** @typedef {import("../types/screen.js").Problem} Problem */

const UNDO_MS = 5_000;
const NOTICE_MS = 8_000;

/** Why nothing can be done from this screen, as a sentence; null where it can. @param {Pick<State, "page">} state */
export function whyReadOnly({ page }) {
  if (page === "wall") return "The wall only shows: nothing can be done from it.";
  if (page === "replay") return "This is a replay: nothing can be done in it.";
  return null;
}

/** @param {State} state @param {ActHooks} hooks */
export function openKit(state, { changed, enquiries, onOpen, near, sounding }) {
  const kit = {
    state,
    changed,
    enquiries,
    onOpen,
    relink: onOpen,
    near,
    sounding,

    /** @param {string} text @param {Notice["tone"]} tone @param {string[] | null} [undo] assignments to cancel */
    say(text, tone, undo = null) {
      state.notice = { text, tone, undo, until_ms: performance.now() + (undo ? UNDO_MS : NOTICE_MS) };
      changed();
    },

    /**
     * Does one thing on the server, and says in its sentence why it could not, unless `refused` deals with that.
     * @template T @param {() => Promise<T>} doing @param {(done: T) => void} then
     * @param {(problem: Problem) => boolean} [refused]
     */
    async attempt(doing, then, refused = () => false) {
      const why = whyReadOnly(state);
      if (why) return kit.say(why, "bad");
      try {
        then(await doing());
      } catch (error) {
        const problem = problemOf(error);
        if (!refused(problem)) kit.say(problem.detail || problem.title, "bad");
      }
      return undefined;
    },

    /** What the panels and the map are about, and whose nearest units are asked for. @param {Target | null} target */
    open(target) {
      state.target = target;
      state.enquiry = noEnquiry();
      state.weighing = noWeighing();
      state.control = null;
      state.crowd = null;
      onOpen();
      enquiries().drawRoute();
      enquiries().ask();
      changed();
    },
  };
  return kit;
}

/** @typedef {ReturnType<typeof openKit>} Kit */

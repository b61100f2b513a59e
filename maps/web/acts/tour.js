// @ts-check
// Acts of a scripted demonstration: its captions are obeyed, and whoever watches may go on, wait, leave, or fold it up.

import { api } from "../picture/api.js";

/** @typedef {import("../types/wire.js").Caption} Caption */

/** So long a part of what a caption opens is waited for: its ranking has to come first. */
const UNFOLD_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 200;

/** @param {import("./kit.js").Kit} kit */
export function tour({ state, changed, open, attempt }) {
  let obeyed = 0;
  let unfolded = false;

  /** Unfolds the list that a caption is about. @param {Caption} caption @param {number} until_ms */
  const unfold = (caption, until_ms) => {
    const list = document.querySelector(`#ranking details.${caption.panel}`);
    if (list instanceof HTMLDetailsElement) {
      list.open = unfolded = true;
      list.scrollIntoView({ block: "nearest" });
    } else if (obeyed === caption.number && performance.now() < until_ms) {
      setTimeout(unfold, LOOK_AGAIN_MS, caption, until_ms);
    }
  };

  /** Folds it up again, and shows the first of the list. */
  const fold = () => {
    unfolded = false;
    const list = document.querySelector("#ranking details.excluded");
    if (list instanceof HTMLDetailsElement) list.open = false;
    document.getElementById("ranking")?.scrollTo({ top: 0 });
  };

  return {
    /** Opens what a caption is about, once. @param {Caption | null} caption */
    obey(caption) {
      if (!caption || caption.number === obeyed) return;
      obeyed = caption.number;
      if (caption.open && !isOpen(state.target, caption.open)) open(caption.open);
      if (unfolded && !caption.panel) fold();
      if (caption.panel) unfold(caption, performance.now() + UNFOLD_WITHIN_MS);
    },

    /** @param {import("../types/wire.js").Wish} asked */
    wish(asked) {
      void attempt(
        () => api.wish(asked),
        () => {},
      );
    },

    foldCaption() {
      state.caption_folded = !state.caption_folded;
      changed();
    },
  };
}

/** @param {import("../types/screen.js").Target | null} target @param {NonNullable<Caption["open"]>} wanted */
function isOpen(target, wanted) {
  if (wanted.kind === "incident") return target?.kind === "incident" && target.id === wanted.id;
  return target?.kind === "unit" && target.callsign === wanted.callsign;
}

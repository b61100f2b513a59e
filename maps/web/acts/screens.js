// @ts-check
// Acts on this screen beside others: whether it follows the console. The choice is kept in this browser, a page each.

import { keep, kept } from "../picture/kept.js";
import { isSecond } from "../picture/pages.js";

/** @typedef {import("../types/screen.js").PageName} PageName */

/** @param {PageName} page */
const nameOf = (page) => `follows.${page}`;

/** Until somebody says so a second screen is its own. @param {PageName} page */
export const followsAlready = (page) => isSecond(page) && kept(nameOf(page)) === "yes";

/** @param {import("./kit.js").Kit} kit */
export function screens({ state, changed }) {
  return {
    /** @param {boolean} follows */
    follow(follows) {
      if (!isSecond(state.page)) return;
      state.follows = follows;
      keep(nameOf(state.page), follows ? "yes" : "no");
      changed();
    },
  };
}

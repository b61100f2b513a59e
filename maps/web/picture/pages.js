// @ts-check
// Which screen an address is, and what stands on it: the console with everything, the map or the board large on a second
// screen, the wall that only shows. Also what its tab is called.

import { emergenciesOf } from "./order.js";

/** @typedef {import("../types/screen.js").PageName} PageName */
/** @typedef {import("../types/screen.js").State} State */

/** @type {Record<string, PageName>} */
const PAGES = { "/": "console", "/map": "map", "/board": "board", "/wall": "wall", "/replay": "replay" };

/** @param {string} pathname */
export const pageOf = (pathname) => PAGES[pathname] ?? "console";

/** Panels that a page goes without; the wall names what it has, so that nothing to press comes onto it by chance.
 * @type {Record<Exclude<PageName, "wall">, string[]>} */
const WITHOUT = {
  console: ["wall", "replay"],
  map: ["calls", "queue", "board", "wall", "replay"],
  board: ["legend", "tip", "tools", "wall", "replay"],
  replay: ["wall", "compose", "command", "calls", "tools", "caption"],
};
const ON_WALL = ["header", "alarm", "wall", "overlay", "signin"];

/** Whether that panel stands on that page. @param {PageName} page @param {string} panel */
export const shows = (page, panel) => (page === "wall" ? ON_WALL.includes(panel) : !WITHOUT[page].includes(panel));

/** The board draws no map: a second screen may be a small machine. @param {PageName} page */
export const hasMap = (page) => page !== "board";

/** Screens beside the console, which may follow it. @param {PageName} page */
export const isSecond = (page) => page === "map" || page === "board";

/** @type {Record<PageName, string>} */
const NAMES = { console: "ARLS", map: "ARLS map", board: "ARLS board", wall: "ARLS wall", replay: "ARLS replay" };

/** What is open, and how many ask for help: what a tab says that nobody looks at. @param {State} state */
export function titleOf({ page, picture, target }) {
  const alarms = emergenciesOf(picture.units.values()).length + (picture.status?.strays ?? []).length;
  const open = { incident: () => /** @type {any} */ (target).id, unit: () => /** @type {any} */ (target).callsign };
  const what = target && target.kind !== "place" ? open[target.kind]() : "";
  return [alarms > 0 ? `(${alarms} EMG)` : "", what, what ? "·" : "", NAMES[page]].filter(Boolean).join(" ");
}

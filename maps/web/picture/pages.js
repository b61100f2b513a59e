// @ts-check
// Which screen an address is: the console with everything, one thing large on a second screen, the wall that only shows.

/** @type {Record<string, import("../types/screen.js").PageName>} */
const PAGES = { "/": "console", "/map": "map", "/board": "board", "/wall": "wall", "/replay": "replay" };

/** @param {string} pathname */
export const pageOf = (pathname) => PAGES[pathname] ?? "console";

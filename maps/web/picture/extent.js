// @ts-check
// How much of a long list is made: the rows of the board that are in view, the incidents that have room on the wall.

/** A tall screen shows 50 rows; those beyond are for the next turn of the wheel. Up to so many, all are made. */
const WINDOW = 96;
const BEYOND = 20;

/** Which rows are made, as [from, to). @param {number} rows @param {number} top the first row in view */
export function windowOf(rows, top) {
  if (rows <= WINDOW) return [0, rows];
  const from = Math.max(0, Math.min(top - BEYOND, rows - WINDOW));
  return [from, from + WINDOW];
}

/** Whether rows are to be made for that first row in view: not for a small turn, half of what lies beyond is still there.
 * @param {number} rows @param {number} made for this first row @param {number} top */
export function moved(rows, made, top) {
  const [from] = windowOf(rows, made);
  const [again] = windowOf(rows, top);
  return again !== from && (Math.abs(again - from) >= BEYOND / 2 || again === 0 || again === rows - WINDOW);
}

/** How high an incident is, in letters of the wall (styles/screens.css). */
const ROW_EM = 4.8;

/** How many incidents a list has room for; how many more there are is said. @param {number} height_px @param {number} em_px */
export const roomFor = (height_px, em_px) => Math.max(1, Math.floor(height_px / em_px / ROW_EM));

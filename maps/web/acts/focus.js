// @ts-check
// Where the keyboard is: from panel to panel, and up and down within a list.

/** Of each panel by its element: where the focus goes, the best first. @type {Record<string, string>} */
const ENTRIES = {
  command: "input",
  queue: ".job.open, .job, button",
  incident: "button, input, summary",
  ranking: ".candidate .name, button",
  board: "tr.open .name, tbody .name, input",
  map: "canvas",
};

/** Of each list: what stands in it, one beneath the other. @type {Record<string, string>} */
const LISTS = {
  "#queue": ".job",
  "#ranking": ".candidate .name",
  "#board": "tbody .name",
  ".crowd": "button:not(.quiet)",
};

/** Takes the focus to a panel; false where it is empty. @param {string} panel */
export function goTo(panel) {
  const wanted = ENTRIES[panel].split(", ");
  const found = wanted.map((one) => document.querySelector(`#${panel} ${one}`)).find((one) => one !== null);
  if (!(found instanceof HTMLElement)) return false;
  found.focus();
  if (found instanceof HTMLInputElement) found.select();
  return true;
}

/** From the one that has the focus by so many; not beyond the ends. False outside of a list. @param {number} step */
export function walk(step) {
  const { activeElement } = document;
  const list = Object.keys(LISTS).find((one) => activeElement?.closest(one));
  const rows = list ? [...document.querySelectorAll(`${list} ${LISTS[list]}`)] : [];
  const now = rows.indexOf(/** @type {Element} */ (activeElement));
  if (now < 0) return false;
  const next = rows[Math.max(0, Math.min(rows.length - 1, now + step))];
  /** @type {HTMLElement} */ (next).focus();
  return true;
}

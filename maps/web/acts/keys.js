// @ts-check
// The keyboard: what each key does, in one table. Inside a field only those with Alt or Ctrl are keys, and Esc: the
// others are letters there.

import { goTo, walk } from "./focus.js";

/** @typedef {import("../types/screen.js").Desk} Desk */

/**
 * `code` and not `key`: on some layouts Alt makes another character of a letter. An act that says false had nothing to
 * do: the key is the browser's then.
 * @type {{code: string, also?: string[], shown: string, does: string, act: (desk: Desk) => unknown}[]}
 */
export const KEYS = [
  {
    code: "Alt+KeyC",
    also: ["Ctrl+KeyK", "Slash"],
    shown: "Alt+C, Ctrl+K or /",
    does: "Go to the command line",
    act: () => goTo("command"),
  },
  { code: "Alt+KeyQ", shown: "Alt+Q", does: "Go to the incidents", act: () => goTo("queue") },
  { code: "Alt+KeyI", shown: "Alt+I", does: "Go to the open incident", act: () => goTo("incident") },
  { code: "Alt+KeyR", shown: "Alt+R", does: "Go to the ranking", act: () => goTo("ranking") },
  { code: "Alt+KeyB", shown: "Alt+B", does: "Go to the unit board", act: () => goTo("board") },
  { code: "Alt+KeyM", shown: "Alt+M", does: "Go to the map: arrows move it, + and - zoom", act: () => goTo("map") },
  { code: "Alt+Digit1", shown: "Alt+1", does: "Assign the first of the ranking", act: (desk) => desk.assignNth(1) },
  { code: "Alt+Digit2", shown: "Alt+2", does: "Assign the second", act: (desk) => desk.assignNth(2) },
  { code: "Alt+Digit3", shown: "Alt+3", does: "Assign the third", act: (desk) => desk.assignNth(3) },
  { code: "Alt+KeyE", shown: "Alt+E", does: "Go to the emergency", act: (desk) => desk.helpEmergency() },
  {
    code: "Alt+KeyA",
    shown: "Alt+A",
    does: "Acknowledge the alarm; without one: what needs somebody",
    act: (desk) => desk.answerAlarm(desk.attention),
  },
  { code: "Alt+KeyN", shown: "Alt+N", does: "New incident, as a form", act: (desk) => desk.compose(null) },
  { code: "Alt+KeyS", shown: "Alt+S", does: "Closures: shut roads, lift", act: (desk) => desk.closures() },
  { code: "Alt+KeyG", shown: "Alt+G", does: "Figures", act: (desk) => desk.showFigures() },
  { code: "Alt+KeyO", shown: "Alt+O", does: "Shift change: book on, off, move", act: (desk) => desk.showBookOn() },
  { code: "Alt+KeyP", shown: "Alt+P", does: "Replay, from five minutes ago", act: (desk) => desk.replay() },
  {
    code: "Alt+KeyH",
    also: ["Question"],
    shown: "Alt+H or ?",
    does: "Show the commands and the keys",
    act: (desk) => desk.sheet({ name: "help" }),
  },
  { code: "ArrowDown", shown: "↓", does: "In a list: the next one; Enter opens it", act: () => walk(1) },
  { code: "ArrowUp", shown: "↑", does: "In a list: the one before", act: () => walk(-1) },
  { code: "Home", shown: "Home", does: "In a list: the first", act: () => walk(-Infinity) },
  { code: "End", shown: "End", does: "In a list: the last", act: () => walk(Infinity) },
  { code: "Escape", shown: "Esc", does: "Close what is open, the topmost first", act: (desk) => desk.dismiss() },
];

/** @param {KeyboardEvent} event */
function isTyping({ target }) {
  const typed = target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]");
  return Boolean(typed) && !/^(radio|checkbox|button)$/.test(/** @type {HTMLInputElement} */ (typed).type);
}

/** Signs that lie on other keys in other countries. @type {Record<string, string>} */
const SIGNS = { "/": "Slash", "?": "Question" };

/** What was pressed, as the table names it. @param {KeyboardEvent} event */
export function pressed({ key, code, altKey, ctrlKey, metaKey, shiftKey }) {
  if (!altKey && !ctrlKey && !metaKey && SIGNS[key]) return SIGNS[key];
  const held = [altKey && "Alt", ctrlKey && "Ctrl", metaKey && "Meta", shiftKey && "Shift"];
  return [...held.filter(Boolean), code].join("+");
}

/** @param {Desk} desk */
export function listenToKeys(desk) {
  addEventListener("keydown", (event) => {
    const name = pressed(event);
    const key = KEYS.find(({ code, also = [] }) => code === name || also.includes(name));
    const letter = !/^(Alt|Ctrl)\+|^Escape$/.test(name);
    if (!key || event.defaultPrevented || (letter && isTyping(event))) return;
    if (event.repeat && !name.startsWith("Arrow")) return;
    if (key.act(desk) !== false) event.preventDefault();
  });
}

// @ts-check
// The keyboard: what each key does, in one table.

/** @typedef {import("../types/screen.js").Desk} Desk */

/**
 * `code` and not `key`: on some layouts Alt makes another character of a letter.
 * @type {{code: string, shown: string, does: string, act: (desk: Desk) => void}[]}
 */
export const KEYS = [
  { code: "Alt+Digit1", shown: "Alt+1", does: "Assign the first of the ranking", act: (desk) => desk.assignNth(1) },
  { code: "Alt+Digit2", shown: "Alt+2", does: "Assign the second", act: (desk) => desk.assignNth(2) },
  { code: "Alt+Digit3", shown: "Alt+3", does: "Assign the third", act: (desk) => desk.assignNth(3) },
  { code: "Alt+KeyE", shown: "Alt+E", does: "Go to the emergency", act: (desk) => desk.helpEmergency() },
  { code: "Alt+KeyA", shown: "Alt+A", does: "What needs somebody", act: (desk) => desk.attention() },
  { code: "Alt+KeyN", shown: "Alt+N", does: "New incident", act: (desk) => desk.compose(null) },
  { code: "Alt+KeyG", shown: "Alt+G", does: "Figures", act: (desk) => desk.showFigures() },
  { code: "Escape", shown: "Esc", does: "Close what is open", act: (desk) => desk.dismiss() },
];

/** @param {Desk} desk */
export function listenToKeys(desk) {
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey) return;
    const pressed = `${event.altKey ? "Alt+" : ""}${event.code}`;
    const key = KEYS.find(({ code }) => code === pressed);
    if (!key) return;
    event.preventDefault();
    key.act(desk);
  });
}

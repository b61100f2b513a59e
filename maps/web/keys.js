// @ts-check
// The keyboard: what each key does, in one table.

/** @typedef {import("./types/screen.js").Desk} Desk */

/** `code` and not `key`: on some layouts Alt makes another character of a letter. @param {Desk} desk */
export function listenToKeys(desk) {
  /** @type {Record<string, () => void>} */
  const keys = {
    "Alt+Digit1": () => desk.assignNth(1),
    "Alt+Digit2": () => desk.assignNth(2),
    "Alt+Digit3": () => desk.assignNth(3),
    "Alt+KeyE": () => desk.helpEmergency(),
    "Alt+KeyN": () => desk.compose(null),
    Escape: () => desk.dismiss(),
  };
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey) return;
    const act = keys[`${event.altKey ? "Alt+" : ""}${event.code}`];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

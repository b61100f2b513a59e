// @ts-check
// The keys of a replay, in one table. They come before the screen's own, and are letters in a field.

/** @typedef {import("../types/screen.js").Desk} Desk */

/** @type {{key: string, shift?: boolean, shown: string, does: string, act: (desk: Desk) => void}[]} */
export const REPLAY_KEYS = [
  { key: " ", shown: "Space", does: "Play or pause", act: (desk) => desk.playOrPause() },
  { key: "ArrowLeft", shown: "←", does: "Ten seconds back", act: (desk) => desk.step(-10) },
  { key: "ArrowRight", shown: "→", does: "Ten seconds on", act: (desk) => desk.step(10) },
  { key: "ArrowLeft", shift: true, shown: "Shift+←", does: "A minute back", act: (desk) => desk.step(-60) },
  { key: "ArrowRight", shift: true, shown: "Shift+→", does: "A minute on", act: (desk) => desk.step(60) },
  { key: "[", shown: "[", does: "To the mark before", act: (desk) => desk.jump(-1) },
  { key: "]", shown: "]", does: "To the next mark", act: (desk) => desk.jump(1) },
];

/** Where a key is the element's own: fields, and what Space presses or an arrow moves. */
const OWN = "input, textarea, select, canvas";
const PRESSED = "button, a, summary, [role=button]";

/** @param {Desk} desk */
export function listenToReplayKeys(desk) {
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
    if (event.target.closest(OWN) || (event.key === " " && event.target.closest(PRESSED))) return;
    const sign = event.key === "[" || event.key === "]"; // wherever it lies on this keyboard, Shift or not
    const found = REPLAY_KEYS.find(({ key, shift = false }) => key === event.key && (sign || shift === event.shiftKey));
    if (!found) return;
    event.preventDefault();
    found.act(desk);
  });
}

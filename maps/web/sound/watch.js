// @ts-check
// What is to be heard now: the alarm while an emergency is not acknowledged at this desk, again and again; a chime once
// for anything else that became urgent. It decides; `tones.js` plays.

import { attentionOf, loudSigns } from "../picture/attention.js";
import { emergenciesOf } from "../picture/order.js";

/** @typedef {import("../types/screen.js").Picture} Picture */
/** @typedef {import("../types/screen.js").Sound} Sound */
/** @typedef {"alarm" | "chime" | null} Heard */

/** So often the alarm is heard while nobody has acknowledged it. */
export const ALARM_EVERY_MS = 5_000;

/** Each emergency by a name that another press of the same button does not share with one that ended before.
 * @param {Picture} picture */
export function alarmsOf({ units, status }) {
  const strays = (status?.strays ?? []).map(({ source, at }) => `stray ${source} ${at}`);
  return [...emergenciesOf(units.values()).map(({ callsign }) => `unit ${callsign}`), ...strays];
}

/** Those that nobody at this desk has acknowledged. @param {Picture} picture @param {Pick<Sound, "acknowledged">} sound */
export const unacknowledged = (picture, { acknowledged }) =>
  alarmsOf(picture).filter((name) => !acknowledged.includes(name));

/**
 * What is to be heard, and what was, for the next time. What was urgent before the page opened is not chimed for; an
 * emergency is heard whenever it began, and a new one ends a mute.
 */
export function openWatch() {
  /** @type {Set<string> | null} */
  let signs = null;
  /** @type {string[]} */
  let alarms = [];
  let alarmed_ms = -Infinity;

  /** @param {Picture} picture @param {Sound} sound changed: acknowledgements of what is over go, and so does a mute
   * @param {number} server_ms @param {number} now_ms @returns {Heard} */
  return (picture, sound, server_ms, now_ms) => {
    const now = alarmsOf(picture);
    if (now.some((name) => !alarms.includes(name))) sound.muted_until_ms = 0;
    alarms = now;
    sound.acknowledged = sound.acknowledged.filter((name) => now.includes(name));
    const before = signs;
    signs = loudSigns(attentionOf(picture, server_ms));
    if (sound.muted_until_ms > Date.now()) return null;
    if (unacknowledged(picture, sound).length > 0) {
      if (now_ms - alarmed_ms < ALARM_EVERY_MS) return null;
      alarmed_ms = now_ms;
      return "alarm";
    }
    alarmed_ms = -Infinity;
    return before && [...signs].some((sign) => !before.has(sign)) ? "chime" : null;
  };
}

// @ts-check
// The words and numbers of a replay: its paces, its spans, the marks of its timeline, and a time as it is typed.

/** @typedef {import("../types/wire.js").Mark} Mark */

export const RATES = [1, 2, 5, 10, 30, 60];

/** How much of the record the timeline shows. @type {[number, string][]} in milliseconds */
export const SPANS = [
  [15 * 60_000, "15 min"],
  [3_600_000, "1 h"],
  [6 * 3_600_000, "6 h"],
  [24 * 3_600_000, "24 h"],
];

/** What a mark is drawn as: never by colour alone, each has a letter. @type {Record<Mark["kind"], {letter: string, word: string}>} */
export const MARKS = {
  incident: { letter: "I", word: "incident" },
  closed: { letter: "x", word: "closed" },
  emergency: { letter: "E", word: "emergency" },
  assignment: { letter: "A", word: "sent" },
  unanswered: { letter: "?", word: "no answer" },
  refused: { letter: "R", word: "refused" },
  breach: { letter: "!", word: "late" },
  closure: { letter: "C", word: "closure" },
};

/**
 * The part of the record that the timeline shows: pages that stay where they are while it is played.
 * @param {number} at_ms @param {number} span_ms @param {number} first_ms @param {number} last_ms
 * @returns {[number, number]}
 */
export function windowOf(at_ms, span_ms, first_ms, last_ms) {
  if (last_ms - first_ms <= span_ms) return [first_ms, Math.max(last_ms, first_ms + 1000)];
  const from_ms = Math.min(Math.floor(at_ms / span_ms) * span_ms, last_ms - span_ms);
  return [Math.max(first_ms, from_ms), Math.max(first_ms, from_ms) + span_ms];
}

/**
 * The mark to go to from an instant: the nearest behind it (-1) or before it (1). What is shown now is not gone to again.
 * @template {{at: string}} M @param {M[]} marks the oldest first @param {number} at_ms @param {1 | -1} way
 * @returns {M | undefined}
 */
export function markFrom(marks, at_ms, way) {
  if (way > 0) return marks.find(({ at }) => Date.parse(at) > at_ms + 1);
  // While it is played, the one that was just gone to is behind by moments.
  return marks.findLast(({ at }) => Date.parse(at) < at_ms - 1500);
}

/** The mark that happened last. @template {{at: string}} M @param {M[]} marks @param {number} at_ms */
export const markAt = (marks, at_ms) => marks.findLast(({ at }) => Date.parse(at) <= at_ms);

/**
 * The instant that "14:05", "14:05:30" or "2026-03-02 14:05" means in local time, on the day of another one where none is
 * said; null when it means none.
 * @param {string} text @param {number} near_ms
 */
export function findInstant(text, near_ms) {
  const match = /^\s*(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$/.exec(text);
  if (!match) return null;
  const day = new Date(near_ms);
  const [, y, mo, d, h, m, s = "0"] = match;
  const [year, month, date] = y
    ? [Number(y), Number(mo) - 1, Number(d)]
    : [day.getFullYear(), day.getMonth(), day.getDate()];
  const said = new Date(year, month, date, Number(h), Number(m), Number(s));
  // What rolled over (25:00, 31 February) was nothing anybody meant.
  const meant = said.getMonth() === month && said.getDate() === date && said.getHours() === Number(h);
  return meant && Number(m) < 60 && Number(s) < 60 ? said.getTime() : null;
}

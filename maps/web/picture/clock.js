// @ts-check
// How an incident's clock is read: which of its due instants comes next, and how long until it or since.
// When something is due, and what of it was warned of, the server says (`pressing`); here it is only counted on.

/** @typedef {import("../types/wire.js").Incident} Incident */

/** What is due: somebody sent, or somebody there. */
const DUE = /** @type {const} */ ([
  ["deploy_due_at", "to send"],
  ["attend_due_at", "to attend"],
]);

/**
 * The next thing due of an open incident, null where nothing is: so many seconds are left until it, or it is so late.
 * What is left is rounded up and what it is late by down, so that it is late from the first second on.
 * @param {Pick<Incident, "pressing">} incident @param {number} server_ms
 */
export function dueOf({ pressing }, server_ms) {
  const due = DUE.flatMap(([field, what]) => {
    const at = pressing?.[field];
    return at ? [{ what, at_ms: Date.parse(at) }] : [];
  });
  const [next] = due.sort((a, b) => a.at_ms - b.at_ms);
  if (!next) return null;
  const left_s = (next.at_ms - server_ms) / 1000;
  const late = left_s < 0;
  return { what: next.what, late, seconds: late ? Math.floor(-left_s) : Math.ceil(left_s) };
}

/** Seconds since an instant, never less than none. @param {string} at @param {number} server_ms */
export const since = (at, server_ms) => Math.max(0, (server_ms - Date.parse(at)) / 1000);

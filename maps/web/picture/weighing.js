// @ts-check
// What is weighed before somebody is sent: who was left out and why, who is asked for a position, who waits for an
// answer. All of it follows from what the server said; nothing here decides.

/** @typedef {import("../types/wire.js").Assignment} Assignment */
/** @typedef {import("../types/wire.js").Candidate} Candidate */
/** @typedef {import("../types/wire.js").Exclusion} Exclusion */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/wire.js").Muster} Muster */
/** @typedef {import("../types/wire.js").Ranking} Ranking */
/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/screen.js").Enquiry} Enquiry */
/** @typedef {import("../types/screen.js").Weighing} Weighing */

/** Whoever looks for one unit types its name; more rows than this nobody reads, and each second draws them anew. */
export const SHOWN_OF_A_REASON = 20;
/** How long it stays told what radios answered. */
const TOLD_MS = 60_000;

/** @returns {Weighing} */
export function noWeighing() {
  return { why: null, excluded: false, filter: "", question: null, plan: null };
}

/** Whether something of it is open that Esc closes. @param {Weighing} weighing */
export const isWeighed = ({ why, question, plan }) => Boolean(why || question || plan);

/**
 * Those who were left out, by the code of the reason: the reason that keeps most first.
 * @param {Exclusion[]} exclusions @param {string} filter of callsign and sentence
 * @returns {{code: string, count: number, rows: Exclusion[]}[]}
 */
export function groupsOf(exclusions, filter) {
  const wanted = filter.trim().toLowerCase();
  /** @type {Map<string, Exclusion[]>} */
  const groups = new Map();
  for (const one of exclusions) {
    if (!`${one.callsign} ${one.reason}`.toLowerCase().includes(wanted)) continue;
    groups.set(one.code, [...(groups.get(one.code) ?? []), one]);
  }
  return [...groups]
    .map(([code, rows]) => ({ code, count: rows.length, rows: rows.slice(0, SHOWN_OF_A_REASON) }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}

/** Seconds until nobody waits for the answer any longer; null where nobody does. @param {Assignment} assignment
 * @param {number} server_ms */
export function answerLeft({ answer_due_at }, server_ms) {
  return answer_due_at === null ? null : Math.max(0, (Date.parse(answer_due_at) - server_ms) / 1000);
}

/** Whether sending this one takes it from other work, so that somebody is to say yes to that first.
 * @param {Pick<Candidate, "diverts_from">} candidate */
export const leavesWork = ({ diverts_from }) => diverts_from !== null;

/** What a plan asks beyond one unit of any kind: else there is nothing to tell of it. @param {Muster} muster */
export const asksMore = ({ plan, slots }) =>
  slots.length > 1 || plan.origin !== "pack" || slots.some(({ status }) => status === "missing");

/**
 * Whether a ranking is known to be old already: one of its free units was taken since, or it fills a plan, of which the
 * server does not say when somebody else could. @param {Ranking} ranking @param {Map<string, Unit>} units
 */
export const isOvertaken = ({ candidates, plan }, units) =>
  candidates.some(({ callsign, list }) => list === "own" && units.get(callsign)?.assignment) ||
  Boolean(plan && asksMore(plan));

/** Who of the radios that were asked has been heard since. @param {NonNullable<Incident["radios_asked"]>} asked
 * @param {Map<string, Unit>} units */
function answeredOf({ at, radios }, units) {
  const since_ms = Date.parse(at);
  const fixAt = (/** @type {string} */ callsign) => Date.parse(units.get(callsign)?.fix_at ?? "");
  return radios.filter(({ callsign }) => fixAt(callsign) >= since_ms).map(({ callsign }) => callsign);
}

/**
 * What is known of the radios that were asked; null where none were, or long ago.
 * @param {Incident} incident @param {Map<string, Unit>} units @param {number} server_ms
 * @returns {{answered: string[], silent: string[], left_s: number, age_s: number} | null}
 */
export function pollOf({ radios_asked }, units, server_ms) {
  if (!radios_asked || server_ms > Date.parse(radios_asked.until) + TOLD_MS) return null;
  const answered = answeredOf(radios_asked, units);
  const silent = radios_asked.radios.map(({ callsign }) => callsign).filter((name) => !answered.includes(name));
  const left_s = silent.length > 0 ? Math.max(0, (Date.parse(radios_asked.until) - server_ms) / 1000) : 0;
  return { answered, silent, left_s, age_s: (server_ms - Date.parse(radios_asked.at)) / 1000 };
}

/**
 * Who was first while radios had still to answer, so that it can be told what their answers changed. Whoever opens the
 * incident later has not seen that, and is told nothing of it.
 * @param {Enquiry["polled"]} before @param {Ranking} ranking @param {Incident} incident @param {Map<string, Unit>} units
 * @param {number} server_ms @returns {Enquiry["polled"]}
 */
export function polledBefore(before, ranking, incident, units, server_ms) {
  const asked = incident.radios_asked;
  if (!asked || before?.at === asked.at) return before;
  const waits = (pollOf(incident, units, server_ms)?.left_s ?? 0) > 0 && answeredOf(asked, units).length === 0;
  return waits ? { at: asked.at, first: ranking.candidates[0]?.callsign } : null;
}

/**
 * Colleagues who are assigned where the officer is: they may be nearer than any map knows.
 * @param {Unit} officer @param {Map<string, Incident>} incidents @returns {Assignment[]}
 */
export function colleaguesOf(officer, incidents) {
  const incident = incidents.get(officer.assignment?.incident ?? "");
  return (incident?.assignments ?? []).filter(({ active, callsign }) => active && callsign !== officer.callsign);
}

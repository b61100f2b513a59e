// @ts-check
// What the charts are drawn from: points and lines out of the server's figures, scaled so that nothing is hidden.
// It decides where a chart ends and what lies beyond it. What was in time, and the sentence about it, are the server's.

/** @typedef {import("../types/wire.js").Attendance} Attendance */
/** @typedef {import("../types/wire.js").Share} Share */
/** @typedef {import("../types/wire.js").FixAgeSeries} FixAgeSeries */

/** A chart ends at so many times the longest target: one incident of a day must not flatten a shift. */
const TARGETS_SHOWN = 3;
/** Where nothing was promised and nothing seen, an axis still has a length. */
const LEAST_S = 60;
/** Samples further apart than so many steps have a gap between them: nobody looked. */
const GAP_STEPS = 3;

/** The attendances of one share that have a time to show. @param {Share} share @param {Attendance[]} attendances */
export const timedOf = (share, attendances) =>
  attendances.filter(
    ({ policy, grade, elapsed_s }) => policy === share.policy && grade === share.grade && elapsed_s !== null,
  );

/**
 * Seconds at the top of the chart, and how many points lie above it.
 * @param {Attendance[]} rows @param {number[]} targets_s
 */
export function topOf(rows, targets_s) {
  const times_s = rows.map(({ elapsed_s }) => elapsed_s ?? 0);
  const target_s = Math.max(0, ...targets_s);
  const wanted_s = Math.max(LEAST_S, 1.25 * target_s, 1.1 * Math.max(0, ...times_s));
  const top_s = target_s > 0 ? Math.min(wanted_s, TARGETS_SHOWN * target_s) : wanted_s;
  return { top_s, beyond: times_s.filter((time_s) => time_s > top_s).length };
}

/** Unix seconds. @param {string} at */
export const secondsOf = (at) => Date.parse(at) / 1000;

/**
 * The lines of a series as uPlot wants them: instants, medians, 95th percentiles; null between what lies apart.
 * @param {FixAgeSeries["points"]} points @param {number} step_s
 * @returns {[number[], (number | null)[], (number | null)[]]}
 */
export function linesOf(points, step_s) {
  /** @type {[number[], (number | null)[], (number | null)[]]} */
  const lines = [[], [], []];
  let before_s = Infinity;
  for (const [at, , p50_s, p95_s] of points) {
    const at_s = secondsOf(at);
    if (at_s - before_s > GAP_STEPS * step_s) push(lines, before_s + step_s, null, null);
    push(lines, at_s, p50_s, p95_s);
    before_s = at_s;
  }
  return lines;
}

/**
 * @param {[number[], (number | null)[], (number | null)[]]} lines
 * @param {number} at_s @param {number | null} p50_s @param {number | null} p95_s
 */
function push([at, p50, p95], at_s, p50_s, p95_s) {
  at.push(at_s);
  p50.push(p50_s);
  p95.push(p95_s);
}

/** Distances between the marks of an axis of durations, in seconds: what is read at a glance. */
export const DURATION_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 172800];

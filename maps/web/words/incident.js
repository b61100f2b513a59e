// @ts-check
// The tables of words of an incident's panel: clocks, and what is often given as a reason.

/** @type {Record<import("../types/wire.js").Reading["start"], string>} */
export const CLOCK_STARTS = {
  call: "from the call",
  created: "from its creation",
  graded: "from the grading",
  dispatch: "from the first dispatch",
};

/** @type {Record<NonNullable<import("../types/wire.js").Reading["stop"]>, string>} */
export const CLOCK_STOPS = {
  first_any: "to the first unit",
  first_suitable_arrived: "to the first suitable unit",
};

/** @type {Record<import("../types/wire.js").Reading["state"], string>} */
export const CLOCK_STATES = {
  not_started: "not started",
  running: "running",
  at_risk: "soon late",
  breached: "late, and running",
  met: "met",
  late: "late",
  stopped: "stopped, no target",
  ended: "ended by the closing",
};

/** Offered, not required: why an incident is often regraded. */
export const REGRADE_REASONS = [
  "the caller says more",
  "an officer at the scene says so",
  "the danger is over",
  "somebody is at risk",
];

/** Offered, not required: why an incident is often moved. */
export const MOVE_REASONS = [
  "the caller says more exactly",
  "an officer at the scene says so",
  "where the caller's phone is",
];

// @ts-check
// The tables of words: what a kind, a state, a freshness, a step of an assignment and a verdict are called on screen.

/** @typedef {import("../types/wire.js").Kind} Kind */
/** @typedef {import("../types/wire.js").Availability} Availability */
/** @typedef {import("../types/wire.js").AssignmentState} AssignmentState */
/** @typedef {import("../types/wire.js").Ranking} Ranking */

/** Each kind has a letter and a word; its shape is drawn in symbols.js. @type {Record<Kind, {letter: string, word: string}>} */
export const KINDS = {
  car: { letter: "C", word: "car" },
  van: { letter: "V", word: "van" },
  motorcycle: { letter: "M", word: "motorcycle" },
  cycle: { letter: "Y", word: "cycle" },
  foot: { letter: "F", word: "foot" },
  dog: { letter: "D", word: "dog" },
  armed: { letter: "A", word: "armed" },
  traffic: { letter: "T", word: "traffic" },
  special: { letter: "S", word: "special" },
};

/** In the order of the board: who may be sent first. @type {Record<Availability, string>} */
export const AVAILABILITY = {
  emergency: "emergency",
  available: "available",
  standby: "at station",
  resting: "refreshments",
  divertible: "divertible",
  committed: "en route",
  at_scene: "at scene",
  unavailable: "not deployable",
  off_duty: "off duty",
  unknown: "unknown",
};

export const AVAILABILITY_ORDER = /** @type {Availability[]} */ (Object.keys(AVAILABILITY));

/** Who may be sent. @type {Availability[]} */
export const FREE = ["available", "standby", "resting", "divertible"];

/**
 * How a unit stands: as its radio said, but one that is assigned is not free, whatever button was pressed last.
 * @param {Pick<import("../types/wire.js").Unit, "state" | "assignment">} unit @returns {Availability}
 */
export function standingOf({ state, assignment }) {
  if (!assignment || !FREE.includes(state.availability)) return state.availability;
  return assignment.state === "at_scene" ? "at_scene" : "committed";
}

export const FRESHNESS = { fresh: "fresh", ageing: "ageing", stale: "stale", lost: "lost", never: "no fix yet" };

/** What an assignment's state means to the desk. @type {Record<AssignmentState, string>} */
export const ASSIGNMENT = {
  queued: "next job",
  reserved: "reserved",
  delivered: "delivered, not accepted",
  unanswered: "no answer: voice",
  lapsed: "no answer twice",
  accepted: "accepted",
  en_route: "en route",
  at_scene: "at scene",
  refused: "refused",
  cleared: "cleared",
  cancelled: "cancelled",
  diverted: "diverted",
};

/** What the lists of a ranking are called. @type {Record<import("../types/wire.js").Candidate["list"], string>} */
export const LISTS = {
  own: "Free",
  diversion: "Diverted from other work",
  neighbour: "Neighbours, to be asked for",
  air: "By air, to be asked for",
};

/** What the lanes of the queue are called. @type {Record<import("../types/wire.js").Lane, string>} */
export const LANES = {
  waiting: "Waiting for somebody",
  attended: "Attended",
  seen_to: "Nobody to be sent",
  held: "Held for an appointment",
};

/** What a desk usually answers to what a unit leaves open. @type {Record<import("../types/wire.js").Ask["kind"], string[]>} */
export const ASK_ANSWERS = {
  message: ["Called back"],
  unknown_code: ["Asked, state entered"],
  incident_unknown: ["Known, in order"],
  clear: ["Still assigned"],
  left_scene: ["Still assigned"],
};

const VERDICTS = {
  robust: "Clear first choice",
  ambiguous: "Too close to call",
  unknown: "Cannot say",
};

/**
 * The verdict in words: a title of our own and the server's sentence; where that says the title already, only that.
 * @param {Pick<Ranking, "verdict" | "verdict_text" | "candidates">} ranking
 */
export function verdictOf({ verdict, verdict_text, candidates }) {
  const title = candidates.length === 0 ? "Nobody can be sent" : (VERDICTS[verdict] ?? VERDICTS.unknown);
  const repeats = verdict_text.toLowerCase().includes(title.toLowerCase()) || (!verdict_text && candidates.length > 0);
  const text = verdict_text.charAt(0).toUpperCase() + verdict_text.slice(1);
  return { tone: candidates.length === 0 ? "unknown" : verdict, title: repeats ? "" : title, text };
}

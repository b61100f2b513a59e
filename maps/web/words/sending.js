// @ts-check
// The tables of words about sending: why units were left out, what is entered by voice, how a step became known.

/** @typedef {import("../types/wire.js").Act} Act */
/** @typedef {import("../types/wire.js").Assignment} Assignment */

/** What a reason of an exclusion is called as a heading (docs/ranking.md). @type {Record<string, string>} */
const EXCLUSIONS = {
  off_duty: "Off duty",
  emergency: "In an emergency of their own",
  assigned: "Assigned",
  refused: "Refused this incident",
  no_state: "Never said what they do",
  not_available: "Not available",
  resting: "At refreshments",
  role: "Not sent to this grade",
  role_here: "Not sent to this area alone",
  ring_fenced: "Held for an operation",
  capability: "Lack a capability",
  crew: "Crew too small",
  no_driver: "No driver",
  no_fix: "No position",
  lost: "Lost",
  fix_too_old: "Position too old",
  by_water: "By water",
  unreachable: "No road there",
  cut_off: "Cut off by closures",
};

/** A code that this screen does not know is still shown. @param {string} code */
export const exclusionOf = (code) => EXCLUSIONS[code] ?? code.replaceAll("_", " ");

/** What is entered for a unit that says so by voice. @type {Record<Act, string>} */
export const ACTS = {
  accept: "Accepted",
  refuse: "Refused",
  "en-route": "En route",
  arrived: "Arrived",
  clear: "Clear",
  cancel: "Cancel",
};

/**
 * The acts in a dispatcher's order, those that come next first; the server's table says which there are.
 * @param {Assignment} assignment @returns {{next: Act[], more: Act[]}}
 */
export function actsOf({ state, acts }) {
  const may = /** @type {Act[]} */ (Object.keys(ACTS)).filter((act) => acts.includes(act));
  const next = (NEXT[state] ?? []).filter((act) => may.includes(act));
  return { next, more: may.filter((act) => !next.includes(act)) };
}

/** @type {Act[]} */
const ANSWERS = ["accept", "refuse", "cancel"];

/** What usually comes next. @type {Partial<Record<Assignment["state"], Act[]>>} */
const NEXT = {
  queued: ["cancel"],
  reserved: ANSWERS,
  delivered: ANSWERS,
  unanswered: ANSWERS,
  lapsed: ANSWERS,
  accepted: ["en-route", "arrived", "cancel"],
  en_route: ["arrived", "cancel"],
  at_scene: ["clear"],
};

const VIAS = {
  terminal: "by terminal",
  voice: "by voice",
  state_code: "by state code",
  geofence: "by position",
  desk: "by desk",
  clock: "time-out",
  queue: "its turn",
};

/** By what way a step became known. @param {string} via */
export const viaOf = (via) => VIAS[/** @type {keyof typeof VIAS} */ (via)] ?? via.replaceAll("_", " ");

/**
 * What went wrong with a deployment, as it is told when it happens; null for any other event.
 * @param {any} [event] @returns {string | null}
 */
export function troubleOf(event) {
  const { message, incident, callsign, taken_for, why, left } = event ?? {};
  const alone = left === 0 ? ", nobody attends" : "";
  if (message === "DeploymentUnanswered") return `${incident}: no answer from ${callsign}'s terminal, call it`;
  if (message === "IncidentAbandoned") return `${incident}: ${callsign} was taken for ${taken_for}${alone}`;
  if (message !== "DeploymentEscalated") return null;
  return `${incident}: ${callsign} ${why === "refused" ? "refused" : "has not answered twice"}${alone}`;
}

// @ts-check
// The picture as the live feed tells it: units, incidents, closures, asks and status, kept current message by message.
// It decides what a message changes and when the picture is not complete. What is drawn of it is the panels' business.

/** @typedef {import("../types/wire.js").Message} Message */
/** @typedef {import("../types/wire.js").Unit} Unit */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/wire.js").Closure} Closure */
/** @typedef {import("../types/wire.js").Freshness} Freshness */
/** @typedef {import("../types/screen.js").Picture} Picture */

export const SCHEMA = "arls.live/1";

/** @returns {Picture} */
export function emptyPicture() {
  return {
    units: new Map(),
    incidents: new Map(),
    closures: new Map(),
    asks: [],
    calls: [],
    calls_more: 0,
    status: null,
    force: "",
    simulated: false,
    caption: null,
    seq: 0,
    told: 0,
    at_ms: 0,
    received_ms: 0,
    pace: 1,
    complete: false,
    started: false,
  };
}

/**
 * Takes one message into the picture. Rows after a gap in `seq` are still taken, since each is whole, but the picture
 * counts as incomplete until the next full one: some other row may have been missed.
 * @param {Picture} picture
 * @param {Message} message
 * @param {number} received_ms this machine's monotonic clock
 */
export function take(picture, message, received_ms) {
  if (message.type === "hello" || message.type === "full") takeFull(picture, message);
  else takeChange(picture, message);
  if (message.units) picture.told += 1;
  picture.seq = message.seq;
  picture.at_ms = Date.parse(message.at);
  picture.received_ms = received_ms;
}

/** @param {Picture} picture @param {Message} message */
function takeFull(picture, message) {
  if (message.schema && message.schema !== SCHEMA)
    throw new Error(`This screen reads ${SCHEMA}, the server speaks ${message.schema}.`);
  picture.units = new Map((message.units ?? []).map((unit) => [unit.callsign, unit]));
  picture.incidents = new Map((message.incidents ?? []).map((incident) => [incident.id, incident]));
  picture.closures = new Map((message.closures ?? []).map((closure) => [closure.id, closure]));
  picture.asks = message.asks ?? [];
  putCalls(picture, message);
  picture.status = message.status ?? picture.status;
  picture.force = message.force ?? picture.force;
  picture.simulated = message.simulated ?? picture.simulated;
  picture.caption = message.caption ?? null;
  picture.complete = true;
  picture.started = true;
}

/** @param {Picture} picture @param {Message} message */
function takeChange(picture, message) {
  if (message.seq !== picture.seq + 1) picture.complete = false;
  for (const unit of message.units ?? []) picture.units.set(unit.callsign, unit);
  for (const callsign of message.gone ?? []) picture.units.delete(callsign);
  if (message.type === "caption") picture.caption = message.caption ?? null;
  if (message.incident) putIncident(picture, message.incident);
  if (message.type === "asks") picture.asks = message.asks ?? [];
  if (message.type === "calls") putCalls(picture, message);
  if (message.type === "closure" && message.id) putClosure(picture, message.id, message.closure ?? null);
}

/** @param {Picture} picture @param {Message} message */
function putCalls(picture, { calls = [], calls_more = 0 }) {
  Object.assign(picture, { calls, calls_more });
}

/** Always a new Map, as of incidents; null: it is over. @param {Picture} picture @param {string} id
 * @param {Closure | null} closure */
function putClosure(picture, id, closure) {
  picture.closures = new Map(picture.closures);
  if (closure) picture.closures.set(id, closure);
  else picture.closures.delete(id);
}

/**
 * Always a new Map: who draws incidents sees by its identity that one changed.
 * @param {Picture} picture @param {Incident} incident
 */
export function putIncident(picture, incident) {
  picture.incidents = new Map(picture.incidents).set(incident.id, incident);
}

/** The server's clock now: its newest `at` and what has passed here since, so that a wrong desk clock ages nothing.
 * @param {Picture} picture @param {number} now_ms monotonic */
export function serverNow(picture, now_ms) {
  return picture.at_ms + (now_ms - picture.received_ms) * picture.pace;
}

/** Seconds since the unit's fix, null when there is none. @param {Unit} unit @param {number} server_ms */
export function fixAge(unit, server_ms) {
  return unit.fix_at === null ? null : Math.max(0, (server_ms - Date.parse(unit.fix_at)) / 1000);
}

/** @param {Iterable<Unit>} units @returns {Record<Freshness, number>} */
export function countByFreshness(units) {
  const counts = { fresh: 0, ageing: 0, stale: 0, lost: 0, never: 0 };
  for (const unit of units) counts[unit.freshness] += 1;
  return counts;
}

// @ts-check
// What needs somebody: questions of units, targets that are near or past, deployments that nobody answers, units that
// are wanted. It is read from the picture alone, so that a page that was just opened needs the same as one that has
// been open all day. What is late and what is open the server says; here it is put together, a need for each subject.

/** @typedef {import("../types/screen.js").Picture} Picture */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/wire.js").Pressing} Pressing */
/** @typedef {import("../types/wire.js").Assignment} Assignment */

/**
 * One thing that needs somebody. Each of its `signs` is the name of something that became true, so that a sound is made
 * for each once; `loud` ones are for now, the others for when there is time.
 * @typedef {object} Need
 * @property {string} key
 * @property {boolean} loud
 * @property {string[]} signs
 * @property {string[]} texts
 * @property {string | null} since
 * @property {string | null} incident
 * @property {string | null} callsign
 * @property {import("../types/wire.js").Ask | null} ask
 */

/** What a warning that holds means. @type {Record<string, string>} */
const WARNED = {
  "deploy breached": "nobody was sent in time",
  "attend breached": "nobody is there in time",
  "deploy at_risk": "somebody is soon to be sent",
  "attend at_risk": "somebody is soon to be there",
};
/** Said of a pair only the first: what was breached was at risk before. */
const SUPERSEDED = { "deploy at_risk": "deploy breached", "attend at_risk": "attend breached" };

/** @typedef {{sign: string, text: string, loud: boolean}} Point */

/** @param {Pressing} pressing @returns {Point[]} */
function warnings({ warned, escalated, wanted }) {
  const holding = warned.filter((what) => !warned.includes(SUPERSEDED[/** @type {keyof SUPERSEDED} */ (what)]));
  const more = wanted.map(({ request, missing }) => {
    const skills = request.capabilities?.length > 0 ? ` with ${request.capabilities.join(", ")}` : "";
    return { sign: `more ${request.id}`, text: `${missing} more wanted${skills}`, loud: true };
  });
  return [
    ...(escalated ? [{ sign: "escalated", text: "escalated: nobody on it for too long", loud: true }] : []),
    ...holding.map((what) => ({ sign: what, text: WARNED[what] ?? what, loud: what.endsWith("breached") })),
    ...more,
  ];
}

/** Nobody is on it since just this unit left it. @param {Assignment} assignment @param {Pressing} pressing */
const tookItsLast = ({ steps }, pressing) =>
  pressing.unresourced_since !== null && steps.at(-1)?.at === pressing.unresourced_since;

/** @param {Assignment} assignment @param {Pressing} pressing @returns {Point[]} */
function answers(assignment, pressing) {
  const { id, callsign, state } = assignment;
  const point = (/** @type {string} */ text) => [{ sign: `${id} ${state}`, text: `${callsign} ${text}`, loud: true }];
  if (state === "unanswered") return point("does not answer: ask by voice");
  if (state === "lapsed") return point("has not answered twice: cancel it, or say what it does");
  if (state === "refused" && tookItsLast(assignment, pressing)) return point("refused, and nobody else is on it");
  if (state === "diverted" && tookItsLast(assignment, pressing)) return point("was taken from it");
  return [];
}

/** @param {Incident} incident @returns {Need[]} */
function ofIncident({ id, pressing, assignments, offer }) {
  if (!pressing) return [];
  /** @type {Point[]} */
  const offered = offer ? [{ sign: `offer ${offer.at}`, text: `offered to ${offer.desk}`, loud: false }] : [];
  const points = [
    ...warnings(pressing),
    ...assignments.flatMap((assignment) => answers(assignment, pressing)),
    ...offered,
  ];
  if (points.length === 0) return [];
  return [
    {
      key: id,
      loud: points.some(({ loud }) => loud),
      signs: points.map(({ sign }) => `${id} ${sign}`),
      texts: points.map(({ text }) => text),
      since: pressing.unresourced_since,
      incident: id,
      callsign: null,
      ask: null,
    },
  ];
}

/** @param {import("../types/wire.js").Ask} ask @returns {Need} */
const ofAsk = (ask) => ({
  key: ask.id,
  loud: ask.urgent === true,
  signs: [ask.id],
  texts: [ask.text],
  since: ask.at,
  incident: ask.incident ?? null,
  callsign: ask.callsign,
  ask,
});

/** A button that was pressed on a device which no unit carries. @param {{source: string, at: string}} stray @returns {Need} */
const ofStray = ({ source, at }) => ({
  key: `stray ${source}`,
  loud: true,
  signs: [`stray ${source} ${at}`],
  texts: [`emergency of ${source}, which no unit carries: who has it?`],
  since: at,
  incident: null,
  callsign: null,
  ask: null,
});

/** @param {Iterable<import("../types/wire.js").Unit>} units @param {number} server_ms @returns {Need[]} */
function overtime(units, server_ms) {
  return [...units].flatMap(({ callsign, shift, assignment }) => {
    const over = shift && !assignment && Date.parse(shift.ends_at) <= server_ms;
    const key = `shift ${callsign}`;
    const texts = [`${callsign}: its shift is over`];
    return over
      ? [{ key, loud: false, signs: [key], texts, since: shift.ends_at, incident: null, callsign, ask: null }]
      : [];
  });
}

/**
 * What needs somebody now: emergencies of nobody and urgent messages, then incidents in their order, then what can wait.
 * @param {Picture} picture @param {number} server_ms @returns {Need[]}
 */
export function attentionOf(picture, server_ms) {
  const asks = picture.asks.map(ofAsk);
  const incidents = [...picture.incidents.values()]
    .filter(({ pressing }) => pressing !== null)
    .sort((a, b) => ((a.pressing?.order ?? "") < (b.pressing?.order ?? "") ? -1 : 1))
    .flatMap(ofIncident);
  const needs = [
    ...(picture.status?.strays ?? []).map(ofStray),
    ...asks.filter(({ loud }) => loud),
    ...incidents.filter(({ loud }) => loud),
    ...asks.filter(({ loud }) => !loud),
    ...incidents.filter(({ loud }) => !loud),
  ];
  return [...needs, ...overtime(picture.units.values(), server_ms)];
}

/** What a sound is made for: the signs of all that is loud. @param {Need[]} needs @returns {Set<string>} */
export const loudSigns = (needs) => new Set(needs.filter(({ loud }) => loud).flatMap(({ signs }) => signs));

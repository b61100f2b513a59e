// @ts-check
// The HTTP routes the screen uses. Every failure arrives as a Problem with a sentence for the dispatcher.

import { pathThen, then } from "./then.js";
import { deskName } from "./deskname.js";

/** @typedef {import("../types/wire.js").Ranking} Ranking */
/** @typedef {import("../types/wire.js").PlaceFound} PlaceFound */
/** @typedef {import("../types/wire.js").Packs} Packs */
/** @typedef {import("../types/wire.js").Likeness} Likeness */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/wire.js").Assignment} Assignment */
/** @typedef {import("../types/wire.js").Act} Act */
/** @typedef {import("../types/wire.js").ResponseFigures} ResponseFigures */
/** @typedef {import("../types/wire.js").FixAgeFigures} FixAgeFigures */
/** @typedef {import("../types/wire.js").Closure} Closure */
/** @typedef {import("../types/wire.js").Shut} Shut */
/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").Problem} Problem */
/** @typedef {import("../types/wire.js").Requirement} Requirement */
/** @typedef {import("../types/wire.js").WhyNot} WhyNot */
/** @typedef {import("../types/wire.js").Help} Help */
/** How a unit is sent. @typedef {{queue?: boolean, divert?: boolean, to_rvp?: boolean, override?: boolean, reason?: string}} How */

/** Candidates asked for: more than anyone reads in a hurry; the answer says how many were left out. */
const LISTED = 10;

/** The server, or the way to it, said no. */
export class Refused extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

/** @param {unknown} error @returns {Problem} */
export function problemOf(error) {
  if (error instanceof Refused) return error.problem;
  return { status: 0, title: "No answer", detail: "The server did not answer. The picture may be old." };
}

/** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
async function call(path, init = {}) {
  const desk = deskName();
  const headers = { ...init.headers, ...(desk ? { "X-Desk": desk } : {}) };
  const asked = then.at ? pathThen(path, init, then.at()) : path;
  if (asked === null)
    throw new Refused({ status: 409, title: "Not in a replay", detail: "This is a replay: it knows nothing of now." });
  return ask(asked, { ...(then.at ? { signal: init.signal } : init), headers });
}

/** @param {string} path @param {RequestInit} init @returns {Promise<any>} */
async function ask(path, init) {
  const response = await fetch(path, { credentials: "same-origin", ...init });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const { title = response.statusText, detail = "", code } = body;
  throw new Refused({
    status: response.status,
    title: String(title),
    detail: typeof detail === "string" ? detail : title,
    code,
  });
}

/** @param {string} path @param {object} body @param {Record<string, string>} [headers] */
const post = (path, body, headers = {}) => send("POST", path, body, headers);

/** @param {string} method @param {string} path @param {object} body @param {Record<string, string>} [headers] */
const send = (method, path, body, headers = {}) =>
  call(path, { method, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });

const id = encodeURIComponent;

/** One per press: a press repeated by the network assigns once. `randomUUID` needs a secure origin, this does not. */
function idempotencyKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** In plain decimals, a tenth of a metre: JavaScript would write a tiny longitude as 1e-7. @param {Place} place */
const written = ({ lat, lon }) => `${lat.toFixed(6)},${lon.toFixed(6)}`;

/** @param {{from: Date, to: Date}} span */
const spanOf = ({ from, to }) => new URLSearchParams({ from: from.toISOString(), to: to.toISOString() });

/** @param {Record<string, boolean | undefined>} flags @returns {Record<string, string>} */
const asked = (flags) => Object.fromEntries(Object.entries(flags).map(([name, on]) => [name, String(Boolean(on))]));

export const api = {
  /** In a replay, too. @param {string} token */
  signIn: (token) => ask("/v1/sign-in", { method: "POST", headers: { Authorization: `Bearer ${token}` } }),
  /** @param {number} from_ms @param {number} to_ms @returns {Promise<import("../types/wire.js").Timeline>} */
  timeline: (from_ms, to_ms) =>
    call(
      `/v1/replay?${new URLSearchParams({ from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() })}`,
    ),
  /** What was shown of an incident until then. @param {string} incident @returns {Promise<import("../types/wire.js").RankedThen>} */
  shown: (incident) => call(`/v1/replay/shown?${new URLSearchParams({ incident, at: then.at?.() ?? "" })}`),
  status: () => call("/v1/status"),
  /** @returns {Promise<Packs>} */
  packs: () => call("/v1/packs"),
  /** @param {string} q @param {Place | null} near @param {number} limit @returns {Promise<{places: PlaceFound[], notes: string[]}>} */
  places: (q, near, limit) =>
    call(`/v1/places?${new URLSearchParams({ q, limit: String(limit), ...(near ? { near: written(near) } : {}) })}`),
  /** @param {string} incident @returns {Promise<{duplicates: Likeness[]}>} */
  duplicates: (incident) => call(`/v1/incidents/${id(incident)}/duplicates`),
  tiles: () => call("/tiles.json"),
  /** @param {string} incident @returns {Promise<Ranking>} */
  ranking: (incident) => call(`/v1/incidents/${id(incident)}/ranking?k=${LISTED}`),
  /** @param {Place} place @returns {Promise<Ranking>} */
  nearest: ({ lat, lon }) => post("/v1/nearest", { lat, lon, k: LISTED }),
  /** @param {Place & {grade: string, type: string, text: string, call_id?: string}} incident @returns {Promise<Incident>} */
  createIncident: (incident) => post("/v1/incidents", incident, { "Idempotency-Key": idempotencyKey() }),
  /** @param {string} incident @param {string} callsign @param {How} [how] @returns {Promise<Assignment>} */
  assign: (incident, callsign, how = {}) =>
    post(`/v1/incidents/${id(incident)}/assignments`, { callsign, ...how }, { "Idempotency-Key": idempotencyKey() }),
  /** All of them or none. @param {string} incident @param {string[]} callsigns @returns {Promise<Assignment[]>} */
  assignSet: async (incident, callsigns) => {
    const key = { "Idempotency-Key": idempotencyKey() };
    return (await post(`/v1/incidents/${id(incident)}/assignments/set`, { callsigns }, key)).assignments;
  },
  /** @param {string} incident @param {string} callsign @returns {Promise<WhyNot>} */
  whyNot: (incident, callsign) => call(`/v1/incidents/${id(incident)}/why-not/${id(callsign)}`),
  /** @param {string} assignment @param {string} reason @returns {Promise<Assignment>} */
  explain: (assignment, reason) => post(`/v1/assignments/${id(assignment)}/reason`, { reason }),
  /** @param {string} assignment @returns {Promise<Assignment>} */
  warningsRead: (assignment) => post(`/v1/assignments/${id(assignment)}/warnings-read`, { via: "voice" }),
  /** null: what its plan says after all. @param {string} incident @param {Requirement[] | null} requirements @param {string} reason */
  setPlan: (incident, requirements, reason) =>
    send("PUT", `/v1/incidents/${id(incident)}/plan`, { requirements, reason }),
  /** @param {string} incident @param {Place} place @param {string} note */
  setRvp: (incident, { lat, lon }, note) => send("PUT", `/v1/incidents/${id(incident)}/rvp`, { lat, lon, note }),
  /** @param {string} incident */
  liftRvp: (incident) => call(`/v1/incidents/${id(incident)}/rvp`, { method: "DELETE" }),
  /** @param {string} incident @param {{role: string, commander: string, reason: string}} authority */
  authorise: (incident, authority) => post(`/v1/incidents/${id(incident)}/authorise`, authority),
  /** @param {string} incident @param {string} reason */
  withdrawAuthority: (incident, reason) => post(`/v1/incidents/${id(incident)}/withdraw-authority`, { reason }),
  /** @param {string} incident @param {{role: string, commander: string, note: string}} command */
  handOverCommand: (incident, command) => post(`/v1/incidents/${id(incident)}/hand-over-command`, command),
  /** Whether armed units need authority there. @param {Incident} incident as it was seen @param {boolean} firearms */
  flagFirearms: (incident, firearms) =>
    send("PATCH", `/v1/incidents/${id(incident.id)}`, { firearms }, { "If-Match": `"${incident.version}"` }),
  /** @param {string} incident @param {string} desk @param {string} note */
  offer: (incident, desk, note) => post(`/v1/incidents/${id(incident)}/hand-over`, { desk, note }),
  /** @param {string} incident @param {"accept" | "refuse" | "recall" | "take-over"} act @param {string} [note] */
  handOver: (incident, act, note = "") => post(`/v1/incidents/${id(incident)}/hand-over/${act}`, { note }),
  /** Who can help an officer whose emergency it is. @param {string} callsign @returns {Promise<Help>} */
  help: (callsign) => call(`/v1/units/${id(callsign)}/help?k=${LISTED}`),
  /** @param {string} assignment @param {Act} act @param {"voice" | "desk"} via @returns {Promise<Assignment>} */
  advance: (assignment, act, via) => post(`/v1/assignments/${id(assignment)}/${act}`, { via }),
  /** @param {string} incident @param {string} text */
  log: (incident, text) => post(`/v1/incidents/${id(incident)}/log`, { text }),
  /** @param {string} incident @param {Place} to @param {string} reason */
  relocate: (incident, { lat, lon }, reason) => post(`/v1/incidents/${id(incident)}/relocate`, { lat, lon, reason }),
  /** @param {string} incident @param {string} result @param {string} [closing_type] */
  close: (incident, result, closing_type = "") => post(`/v1/incidents/${id(incident)}/close`, { result, closing_type }),
  /** @param {string} incident @param {string} grade @param {string} reason */
  regrade: (incident, grade, reason) => post(`/v1/incidents/${id(incident)}/regrade`, { grade, reason }),
  /** @param {string} incident @returns {Promise<import("../types/wire.js").Clocks>} */
  clocks: (incident) => call(`/v1/incidents/${id(incident)}/clocks`),
  /** Who polices a place, and what to know there. @param {Place} place @returns {Promise<import("../types/wire.js").PlaceView>} */
  about: ({ lat, lon }) => call(`/v1/areas?${new URLSearchParams({ lat: lat.toFixed(6), lon: lon.toFixed(6) })}`),
  /** @param {string} incident @param {string} other @param {string} reason */
  link: (incident, other, reason) => post(`/v1/incidents/${id(incident)}/link`, { incident: other, reason }),
  /** @param {string} incident @param {{n: number, capabilities: string[], reason: string}} wanted */
  moreUnits: (incident, wanted) =>
    post(`/v1/incidents/${id(incident)}/more-units`, wanted, { "Idempotency-Key": idempotencyKey() }),
  /** @param {string} incident @param {string} request */
  withdrawUnits: (incident, request) =>
    post(`/v1/incidents/${id(incident)}/more-units/${id(request)}/withdraw`, { reason: "" }),
  /** @param {string} incident @returns {Promise<{links: import("../types/wire.js").LocationLink[]}>} */
  locationLinks: (incident) => call(`/v1/incidents/${id(incident)}/location-links`),
  /** @param {string} incident @returns {Promise<import("../types/wire.js").LocationLinkMade>} */
  makeLink: (incident) => post(`/v1/incidents/${id(incident)}/location-links`, {}),
  /** @param {string} incident @param {string} link */
  revokeLink: (incident, link) =>
    call(`/v1/incidents/${id(incident)}/location-links/${id(link)}`, { method: "DELETE" }),
  /** @param {string} incident @param {{begins_at: string, ends_at: string, reason: string}} agreed */
  agree: (incident, agreed) => post(`/v1/incidents/${id(incident)}/appointment`, agreed),
  /** @param {string} incident @param {string} reason */
  release: (incident, reason) => post(`/v1/incidents/${id(incident)}/release`, { reason }),
  /** @returns {Promise<{operations: import("../types/wire.js").Operation[]}>} */
  operations: () => call("/v1/operations"),
  /** @param {string} incident @param {string | null} operation */
  putTo: (incident, operation) => post(`/v1/incidents/${id(incident)}/operation`, { operation }),
  /** @param {import("../types/wire.js").Wish} wish of whoever watches a tour */
  wish: (wish) => call("/v1/demo/wishes", { method: "POST", body: JSON.stringify({ wish }) }),
  /** @param {string} ask @param {string} text what came of it */
  answer: (ask, text) => post(`/v1/asks/${id(ask)}/answer`, { text }),
  /** @param {string[]} callsigns @returns {Promise<import("../types/wire.js").OffAnswer>} */
  bookOff: (callsigns) => post("/v1/book-off", { units: callsigns }),
  /** By voice. @param {string} callsign @param {number} code */
  enterState: (callsign, code) => post(`/v1/units/${id(callsign)}/state`, { code, via: "voice" }),
  /** How far the unit gets in so many minutes from where it is. @param {string} callsign @param {number} minutes */
  reach: (callsign, minutes) => call(`/v1/reach?${new URLSearchParams({ callsign, minutes: minutes.toFixed(1) })}`),
  /** @returns {Promise<import("../types/screen.js").OtherBase[]>} */
  baseLayers: () => call("/v1/base-layers"),
  areas: () => call("/v1/layers/areas.geojson"),
  /** What that would shut; nothing is shut. @param {object} extent @returns {Promise<Shut>} */
  wouldShut: (extent) => post("/v1/closures/extent", extent),
  /** @param {object} closure @returns {Promise<Closure>} */
  closeRoads: (closure) => post("/v1/closures", closure, { "Idempotency-Key": idempotencyKey() }),
  /** @param {string} closure @returns {Promise<Closure>} */
  liftClosure: (closure) => call(`/v1/closures/${id(closure)}`, { method: "DELETE" }),
  /** @param {string} callsign */
  cancelEmergency: (callsign) => post(`/v1/units/${id(callsign)}/emergency/cancel`, {}),
  /** @param {string} callsign @returns {Promise<import("../types/wire.js").Aboard>} */
  aboard: (callsign) => call(`/v1/units/${id(callsign)}/aboard`),
  /** @param {string} callsign @param {{from: Date, to: Date}} span @returns {Promise<import("../types/wire.js").Track>} */
  track: (callsign, span) => call(`/v1/units/${id(callsign)}/track?${spanOf(span)}`),
  /** @returns {Promise<import("../types/wire.js").Roster>} */
  roster: () => call("/v1/roster"),
  /**
   * Wall times in it are this desk's.
   * @param {string} csv @param {{check?: boolean, partial?: boolean}} how
   * @returns {Promise<import("../types/wire.js").RosterAnswer>}
   */
  putRoster: (csv, how) =>
    call(
      `/v1/roster?${new URLSearchParams({ ...asked(how), zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}`,
      {
        method: "PUT",
        headers: { "Content-Type": "text/csv" },
        body: csv,
      },
    ),
  /** @returns {Promise<{doubts: import("../types/wire.js").PairingDoubt[]}>} */
  doubts: () => call("/v1/pairings/doubts"),
  /** @param {string[]} units @param {Record<string, string>} to @returns {Promise<{units: object[]}>} */
  moveUnits: (units, to) => post("/v1/units/move", { units, ...to }),
  /** @param {{from: Date, to: Date}} span @returns {Promise<ResponseFigures>} */
  responseFigures: (span) => call(`/v1/figures/response?${spanOf(span)}`),
  /** @param {{from: Date, to: Date}} span @returns {Promise<FixAgeFigures>} */
  fixAgeFigures: (span) => call(`/v1/figures/fix-age?${spanOf(span)}`),
  /** A unit's own way, as its ranking tells it. @param {Place} to @param {string} profile @param {string} callsign */
  route: (to, profile, callsign) => call(`/v1/route?${new URLSearchParams({ to: written(to), profile, callsign })}`),
};

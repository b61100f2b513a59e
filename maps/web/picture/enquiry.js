// @ts-check
// The question the desk has open: who could be at this place first. It asks, asks again while the answer ages, and
// fetches the route that is drawn. An answer that comes after the question changed is dropped.

import { Refused, api, problemOf } from "./api.js";
import { serverNow } from "./store.js";
import { isOvertaken, pollOf, polledBefore } from "./weighing.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Enquiry} Enquiry */
/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").Target} Target */

/** Units move: an answer older than this is asked for again, unless the pointer or the focus holds its order. */
const ASK_AGAIN_MS = 5_000;
/** Of an open incident the server says when somebody else would be first; without its word an answer is kept so long. */
const UNTOLD_AGAIN_MS = 30_000;
/** A route is drawn anew with each answer, since its unit moves, but not at each movement of the pointer. */
const ROUTE_KEPT_MS = 4_000;

/** @returns {Enquiry} */
export function noEnquiry() {
  return {
    phase: "idle",
    ranking: null,
    problem: null,
    highlight: null,
    fitted: false,
    held: false,
    ordered_ms: 0,
    polled: null,
  };
}

/** Those that a key assigns, in their order. @param {import("../types/wire.js").Ranking | null} ranking */
function firstThree(ranking) {
  return ranking?.candidates
    .slice(0, 3)
    .map(({ callsign }) => callsign)
    .join();
}

/** Where the target is, null while the picture does not know. @param {State} state @returns {Place | null} */
export function placeOf({ target, picture }) {
  if (!target) return null;
  if (target.kind === "place") return target;
  const found = target.kind === "incident" ? picture.incidents.get(target.id) : picture.units.get(target.callsign);
  return found && found.lat !== null && found.lon !== null ? { lat: found.lat, lon: found.lon } : null;
}

/** Where its units are to go: an incident's RVP where there is one, as the ranking has it. @param {State} state */
function goalOf(state) {
  const { target, enquiry } = state;
  return target?.kind === "incident" && enquiry.ranking ? enquiry.ranking : placeOf(state);
}

/** Who can help an officer, and how well it is known where that is. @param {string} callsign */
async function helpTo(callsign) {
  const { ranking, said } = await api.help(callsign);
  if (!ranking) throw new Refused({ status: 422, title: "No position", detail: said });
  return { ...ranking, said };
}

/** @param {Target} target @param {State} state */
async function answerTo(target, state) {
  if (target.kind === "incident") return api.ranking(target.id);
  if (target.kind === "unit" && state.picture.units.get(target.callsign)?.emergency) return helpTo(target.callsign);
  const place = placeOf(state);
  if (!place)
    throw new Refused({ status: 422, title: "No position", detail: "Its whereabouts are not known: call it." });
  const answer = await api.nearest(place);
  if (target.kind === "place") return answer;
  return withoutItself(answer, target.callsign);
}

/**
 * A unit is not its own help. The server's verdict was about a list with it: nothing is said of the others.
 * @param {import("../types/wire.js").Ranking} ranking @param {string} itself
 */
export function withoutItself(ranking, itself) {
  const others = ranking.candidates.filter(({ callsign }) => callsign !== itself);
  if (others.length === ranking.candidates.length) return ranking;
  return { ...ranking, verdict_text: "", candidates: others.map((one, i) => ({ ...one, rank: i + 1 })) };
}

/** @param {import("../types/wire.js").Ranking} ranking @param {State} state */
function polledAs(ranking, { target, enquiry, picture }) {
  const incident = target?.kind === "incident" ? picture.incidents.get(target.id) : undefined;
  const server_ms = serverNow(picture, performance.now());
  return incident ? polledBefore(enquiry.polled, ranking, incident, picture.units, server_ms) : null;
}

/** The radios that were asked for the open incident. @param {State} state */
function polledNow({ target, picture }) {
  const incident = target?.kind === "incident" ? picture.incidents.get(target.id) : undefined;
  return incident ? pollOf(incident, picture.units, serverNow(picture, performance.now())) : null;
}

/** @param {State} state @param {{changed: () => void, onAnswer: () => void}} hooks */
export function openEnquiries(state, { changed, onAnswer }) {
  let asked_ms = 0;
  let asking = false;
  let told = false;
  let answered = 0; // of the radios that were asked, when the ranking was
  let routeKey = "";
  let routed_ms = 0;

  /** @param {State["route"]} route */
  const show = (route) => {
    state.route = route;
    changed();
  };

  async function ask() {
    const { target, enquiry } = state;
    if (!target || asking) return;
    asking = true;
    told = false;
    answered = polledNow(state)?.answered.length ?? 0;
    asked_ms = performance.now();
    if (!enquiry.ranking) enquiry.phase = "loading";
    try {
      const ranking = await answerTo(target, state);
      if (firstThree(ranking) !== firstThree(enquiry.ranking)) enquiry.ordered_ms = performance.now();
      const polled = polledAs(ranking, state);
      Object.assign(enquiry, { phase: "ready", ranking, polled, problem: null });
    } catch (error) {
      Object.assign(enquiry, { phase: "failed", problem: problemOf(error) });
    }
    asking = false;
    if (state.enquiry !== enquiry) return ask();
    if (enquiry.phase === "ready") onAnswer();
    drawRoute();
    return changed();
  }

  async function drawRoute() {
    const { enquiry, target } = state;
    const to = goalOf(state);
    const candidates = enquiry.ranking?.candidates ?? [];
    const chosen = candidates.find(({ callsign }) => callsign === enquiry.highlight) ?? candidates[0];
    const unit = chosen && state.picture.units.get(chosen.callsign);
    if (!to || !unit || unit.lat === null || unit.lon === null || chosen.basis !== "road") {
      routeKey = "";
      return show(null);
    }
    const key = JSON.stringify([chosen.callsign, target, to]);
    if (key === routeKey && performance.now() - routed_ms < ROUTE_KEPT_MS) return undefined;
    if (key !== routeKey) show(null);
    [routeKey, routed_ms] = [key, performance.now()];
    // Without its route a candidate is still ranked: the line is left out, nothing is drawn in its stead.
    const route = await api.route(to, chosen.profile, chosen.callsign).catch(() => null);
    if (routeKey === key) show(route);
    return undefined;
  }

  return {
    ask,
    drawRoute,
    /** Something of this incident is another now: who would be first, or who was sent. @param {string | undefined} incident */
    tell(incident) {
      if (state.target?.kind === "incident" && state.target.id === incident) told = true;
    },
    /** Called each second. */
    tick() {
      const { feed, target, enquiry, picture } = state;
      const poll = polledNow(state);
      const awaited = poll !== null && (poll.left_s > 0 || poll.answered.length !== answered);
      const overtaken = enquiry.ranking !== null && isOvertaken(enquiry.ranking, picture.units);
      const untold =
        feed === "live" && target?.kind === "incident" && !told && enquiry.phase === "ready" && !awaited && !overtaken;
      const due = performance.now() - asked_ms > (untold ? UNTOLD_AGAIN_MS : ASK_AGAIN_MS);
      // A refusal stays until someone asks again; where nobody answered, the server may be back.
      const refused = enquiry.phase === "failed" && enquiry.problem?.status !== 0;
      if (target && (feed === "live" || feed === "replay") && due && !enquiry.held && !refused) void ask();
    },
  };
}

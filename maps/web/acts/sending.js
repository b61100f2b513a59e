// @ts-check
// Acts that send units: assign, divert, queue, send a set, say why; enter by voice how far one has got; take back.

import { api } from "../picture/api.js";
import { leavesWork } from "../picture/weighing.js";
import { ASSIGNMENT } from "../words/words.js";

/** @typedef {import("../types/wire.js").Act} Act */
/** @typedef {import("../types/wire.js").Assignment} Assignment */
/** @typedef {import("../types/screen.js").Problem} Problem */
/** @typedef {import("../types/screen.js").SendingQuestion} SendingQuestion */

/** A key pressed sooner after the order changed was meant for another unit. */
const READ_MS = 800;

/** What a rule refuses, and somebody with the authority may do all the same. @type {Record<string, SendingQuestion["kind"]>} */
const ARGUABLE = { needs_authority: "authority", not_interruptible: "override" };

/** @param {Assignment} assignment @param {import("../picture/api.js").How} how */
function saidOf({ callsign, incident, state, overrides }, { divert, to_rvp }) {
  if (state === "queued") return `${callsign} has ${incident} as its next job`;
  const rather = overrides ? `, rather than ${overrides.callsign}` : "";
  const done = divert ? "diverted to" : to_rvp ? "reserved, to the RVP of" : "reserved for";
  return `${callsign} ${done} ${incident}${rather}`;
}

/** @param {import("./kit.js").Kit} kit */
export function sending({ state, say, attempt, changed, enquiries }) {
  /** @param {SendingQuestion | null} question */
  const ask = (question) => {
    state.weighing.question = question;
    changed();
  };

  /** A rule speaks against it: that is asked in its place, where somebody may decide otherwise.
   * @param {string} callsign @param {Problem} problem */
  const argue = (callsign, { code, detail }) => {
    enquiries().ask(); // taken meanwhile by another desk: the list is to say so
    const kind = ARGUABLE[code ?? ""];
    if (!kind) return false;
    ask({ kind, callsign, detail });
    return true;
  };

  const acts = {
    /** @param {string} callsign @param {import("../picture/api.js").How} [how] */
    assign(callsign, how = {}) {
      const { target } = state;
      if (target?.kind !== "incident" || state.feed !== "live") return;
      void attempt(
        () => api.assign(target.id, callsign, how),
        (assignment) => {
          state.weighing.question = null;
          // What was taken from elsewhere is not given back by taking it from here.
          say(saidOf(assignment, how), "good", how.divert ? null : [assignment.id]);
          enquiries().ask();
        },
        (problem) => argue(callsign, problem),
      );
    },

    /** As its button does: whoever leaves other work is asked about first. @param {string} callsign */
    choose(callsign) {
      const candidate = state.enquiry.ranking?.candidates.find((one) => one.callsign === callsign);
      if (!candidate || !leavesWork(candidate)) return acts.assign(callsign);
      const { text } = candidate.reasons.find(({ code }) => code === "diverts") ?? { text: "" };
      return ask({ kind: "divert", callsign, detail: text || `It leaves ${candidate.diverts_from}` });
    },

    /** @param {number} rank */
    assignNth(rank) {
      const { ranking, ordered_ms } = state.enquiry;
      const candidate = ranking?.candidates.find((one) => one.rank === rank);
      if (!candidate) return;
      if (performance.now() - ordered_ms < READ_MS) say("The order has just changed: look again", "bad");
      else acts.choose(candidate.callsign);
    },

    /** Those who complete the plan, all or none. */
    sendSet() {
      const { target, enquiry } = state;
      const callsigns = enquiry.ranking?.plan?.send ?? [];
      if (target?.kind !== "incident" || state.feed !== "live" || callsigns.length === 0) return;
      void attempt(
        () => api.assignSet(target.id, callsigns),
        (assignments) => {
          const ids = assignments.map(({ id }) => id);
          say(`${callsigns.join(", ")} reserved for ${target.id}`, "good", ids);
          enquiries().ask();
        },
      );
    },

    /** @param {string} assignment @param {string} reason */
    explain: (assignment, reason) =>
      void attempt(
        () => api.explain(assignment, reason),
        ({ callsign }) => say(`Why ${callsign}: kept`, "good"),
      ),

    /** @param {string} assignment */
    warningsRead: (assignment) =>
      void attempt(
        () => api.warningsRead(assignment),
        ({ callsign }) => say(`${callsign} has read the warnings, by voice`, "good"),
      ),

    /** @param {string} assignment @param {Act} act */
    advance(assignment, act) {
      const via = act === "cancel" ? "desk" : "voice";
      void attempt(
        () => api.advance(assignment, act, via),
        ({ callsign, incident, state: now }) => {
          say(`${callsign} ${ASSIGNMENT[now]} for ${incident}${via === "voice" ? ", by voice" : ""}`, "good");
          enquiries().ask();
        },
      );
    },

    undo() {
      for (const assignment of state.notice?.undo ?? []) acts.advance(assignment, "cancel");
    },
  };
  return acts;
}

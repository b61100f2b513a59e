// @ts-check
// Acts on the open incident from its panel: regrade, move, ask for more units, link, agree a time, ask the caller's phone,
// close. A part is unfolded here, too.

import { api } from "../picture/api.js";

/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").PartName} PartName */
/** @typedef {import("../types/wire.js").Incident} Incident */

/** So many places are offered to move an incident to. */
const OFFERED = 5;

/** @param {import("./kit.js").Kit} kit */
export function dossier({ state, say, attempt, open, changed, enquiries }) {
  /** Does it, says so, and lets what was asked for the open part be asked again. @param {() => Promise<unknown>} doing @param {string} done */
  const act = (doing, done) =>
    attempt(doing, () => {
      say(done, "good");
      delete state.dossier.answers.links;
      enquiries().ask();
    });

  const acts = {
    /** One part stands open at a time. @param {PartName | null} part */
    unfold(part) {
      Object.assign(state.dossier, { open: part, found: null, to: null, closing: null });
      changed();
    },

    /** @param {string} incident @param {string} grade @param {string} reason */
    regrade: (incident, grade, reason) =>
      void act(() => api.regrade(incident, grade, reason), `${incident} is grade ${grade}`),

    /** Where an incident may be moved. @param {string} text */
    findPlace: (text) =>
      void attempt(
        () => api.places(text, null, OFFERED),
        ({ places, notes }) => {
          state.dossier.found = { text, places, notes };
          changed();
        },
      ),

    /** @param {string} incident @param {Place} to @param {string} reason */
    relocate: (incident, to, reason) => {
      state.dossier.found = state.dossier.to = null;
      void act(() => api.relocate(incident, to, reason), `${incident} moved`);
    },

    /** @param {string} incident @param {{n: number, capabilities: string[], reason: string}} wanted */
    moreUnits: (incident, wanted) =>
      void act(() => api.moreUnits(incident, wanted), `${wanted.n} more wanted for ${incident}`),

    /** @param {string} incident @param {string} request */
    withdrawUnits: (incident, request) =>
      void act(() => api.withdrawUnits(incident, request), `${request} of ${incident} withdrawn`),

    /** @param {string} incident @param {string} other */
    linkIncidents: (incident, other) =>
      void act(() => api.link(incident, other, "may be the same"), `${incident} and ${other} are linked`),

    /** @param {string} incident */
    makeLink: (incident) =>
      void attempt(
        () => api.makeLink(incident),
        (made) => {
          state.dossier.made = made;
          delete state.dossier.answers.links;
          say(`Location link ${made.id} made: send its text to the caller`, "good");
        },
      ),

    /** @param {string} incident @param {string} link */
    revokeLink: (incident, link) => {
      if (state.dossier.made?.id === link) state.dossier.made = null;
      void act(() => api.revokeLink(incident, link), `Location link ${link} revoked`);
    },

    /** @param {string} text */
    copy: (text) =>
      void navigator.clipboard.writeText(text).then(
        () => say("Copied", "good"),
        () => say("This browser does not let it be copied: mark it and copy it by hand", "bad"),
      ),

    /** @param {string} incident @param {{begins_at: string, ends_at: string, reason: string}} agreed */
    agree: (incident, agreed) => void act(() => api.agree(incident, agreed), `Appointment agreed for ${incident}`),

    /** @param {string} incident */
    release: (incident) => void act(() => api.release(incident, "released by the desk"), `${incident} is not held`),

    /** @param {string} incident @param {string | null} operation */
    putTo: (incident, operation) =>
      void act(
        () => api.putTo(incident, operation),
        operation ? `${incident} is ${operation}'s` : `${incident} is everyday work`,
      ),

    /**
     * Closes an incident; where units are still going, somebody is asked once more, since they are released by it.
     * @param {Incident} incident @param {string} result @param {string} type
     */
    closeWith(incident, result, type) {
      const going = incident.assignments.filter(({ active }) => active).map(({ callsign }) => callsign);
      const sure = state.dossier.closing !== null;
      if (going.length > 0 && !sure) {
        state.dossier.closing = { result, type, going };
        return changed();
      }
      return void attempt(
        async () => {
          for (const { id, state: at, active } of incident.assignments)
            if (active) await api.advance(id, at === "at_scene" ? "clear" : "cancel", "desk");
          return api.close(incident.id, result, type);
        },
        () => {
          open(null);
          say(`${incident.id} closed${result ? `: ${result}` : ""}`, "good");
        },
      );
    },

    leaveOpen() {
      state.dossier.closing = null;
      changed();
    },
  };
  return acts;
}

// @ts-check
// Acts of control: where units meet, who authorises firearms, which desk answers for an incident.

import { api } from "../picture/api.js";
import { placeOf } from "../picture/enquiry.js";
import { findCoordinates } from "../words/format.js";
import { findMeant } from "../words/places.js";

/** @typedef {import("../types/screen.js").Control} Control */
/** @typedef {import("../types/screen.js").Place} Place */

/** Places looked at to find the one that is meant. */
const OFFERED = 8;

const HANDED = {
  accept: "is yours now",
  refuse: "was not taken: the other desk keeps it",
  recall: "is not offered any longer",
  "take-over": "is yours now",
};

/** @param {import("./kit.js").Kit} kit */
export function control({ state, say, attempt, changed, near, enquiries }) {
  /** @param {() => Promise<unknown>} doing @param {string} said */
  const controlled = (doing, said) =>
    void attempt(
      doing,
      () => {
        state.control = null;
        say(said, "good");
        enquiries().ask();
      },
      ({ detail, title }) => {
        if (state.control) state.control.error = detail || title;
        changed();
        return state.control !== null;
      },
    );

  /** @param {string} text @returns {Promise<Place | null>} */
  async function placeOfText(text) {
    const found = await api.places(text, placeOf(state) ?? near(), OFFERED).catch(() => ({ places: [] }));
    return findCoordinates(text) ?? findMeant(text, found.places);
  }

  return {
    /** Opens a form, or closes the open one. @param {Control["form"] | null} form */
    control(form) {
      state.control = form && form !== state.control?.form ? { form, place: "", error: "" } : null;
      changed();
    },

    /** Where the text means more than one place it is said so, and nothing is set. @param {string} incident
     * @param {string} text @param {string} note */
    async setRvp(incident, text, note) {
      const { control: form } = state;
      const place = await placeOfText(text);
      if (place) return controlled(() => api.setRvp(incident, place, note), `RVP of ${incident} set`);
      if (form) form.error = `No one place is meant by ${text}: click the map, or say it more exactly.`;
      return changed();
    },

    /** @param {string} incident */
    liftRvp: (incident) => controlled(() => api.liftRvp(incident), `${incident} has no RVP any longer`),

    /** @param {string} incident @param {{role: string, commander: string, reason: string}} authority */
    authorise: (incident, authority) =>
      controlled(() => api.authorise(incident, authority), `Firearms authorised for ${incident}`),

    /** @param {string} incident @param {string} reason */
    withdrawAuthority: (incident, reason) =>
      controlled(
        () => api.withdrawAuthority(incident, reason),
        `Authority withdrawn for ${incident}: nobody is recalled`,
      ),

    /** @param {string} incident @param {{role: string, commander: string, note: string}} command */
    handOverCommand: (incident, command) =>
      controlled(() => api.handOverCommand(incident, command), `${command.commander} commands at ${incident}`),

    /** @param {import("../types/wire.js").Incident} incident @param {boolean} firearms */
    flagFirearms: (incident, firearms) =>
      controlled(
        () => api.flagFirearms(incident, firearms),
        `${incident.id} is ${firearms ? "a firearms incident: armed units need authority" : "no firearms incident any longer"}`,
      ),

    /** @param {string} incident @param {string} desk @param {string} note */
    offer: (incident, desk, note) =>
      controlled(() => api.offer(incident, desk, note), `${incident} offered to ${desk}`),

    /** @param {string} incident @param {keyof typeof HANDED} act @param {string} [note] */
    handOver: (incident, act, note) =>
      controlled(() => api.handOver(incident, act, note), `${incident} ${HANDED[act]}`),
  };
}

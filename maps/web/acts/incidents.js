// @ts-check
// Acts on incidents: create, log, close. What else the panel of the open one does is `dossier.js`.

import { api, problemOf } from "../picture/api.js";
import { putIncident } from "../picture/store.js";
import { findCoordinates } from "../words/format.js";

/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").Draft} Draft */

/** @param {import("./kit.js").Kit} kit */
export function incidents({ state, say, attempt, open, changed }) {
  /** @param {Draft} draft @param {Partial<Draft>} change */
  const amend = (draft, change) => {
    Object.assign(draft, change);
    changed();
  };
  /** @param {import("../types/wire.js").Incident} incident */
  const opened = (incident) => {
    putIncident(state.picture, incident);
    say(`${incident.id} created${incident.place ? ` at ${incident.place}` : ""}`, "good");
    open({ kind: "incident", id: incident.id });
  };
  return {
    /** By the command line, at a place that is known. @param {{grade: string, type: string, text: string}} said
     * @param {Place} place */
    report: (said, { lat, lon }) => void attempt(() => api.createIncident({ lat, lon, ...said }), opened),

    create() {
      const { draft } = state;
      if (!draft) return;
      const place = findCoordinates(draft.place);
      if (!place) return amend(draft, { error: "Say where: click the map, or type latitude, longitude." });
      amend(draft, { sending: true, error: "" });
      api.createIncident({ ...place, grade: draft.grade, type: draft.type.trim(), text: draft.text.trim() }).then(
        (incident) => {
          state.draft = null;
          opened(incident);
        },
        (error) => amend(draft, { sending: false, error: problemOf(error).detail }),
      );
    },

    /** @param {string} incident @param {string} text */
    note: (incident, text) =>
      void attempt(
        () => api.log(incident, text),
        () => say(`Logged on ${incident}`, "good"),
      ),

    /** @param {string} incident @param {string} result */
    close: (incident, result) =>
      void attempt(
        () => api.close(incident, result),
        () => {
          open(null);
          say(`${incident} closed: ${result}`, "good");
        },
      ),
  };
}

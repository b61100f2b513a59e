// @ts-check
// Acts on incidents: log, close. What else the panel of the open one does is `dossier.js`, how one begins `composing.js`.

import { api } from "../picture/api.js";

/** @param {import("./kit.js").Kit} kit */
export function incidents({ say, attempt, open }) {
  return {
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

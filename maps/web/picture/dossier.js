// @ts-check
// What is asked of the server about the open incident, beyond what the feed says: whatever the open part needs, and
// what may be the same incident. It is asked again when the incident changed. An answer that comes late is dropped.

import { api, problemOf } from "./api.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Dossier} Dossier */
/** @typedef {import("../types/screen.js").PartName} PartName */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {keyof Dossier["answers"]} Question */

/** @param {string | null} [incident] @returns {Dossier} */
export function noDossier(incident = null) {
  return { incident, open: "log", answers: {}, found: null, to: null, made: null, closing: null };
}

/** @type {Record<Question, (incident: Incident) => Promise<any>>} */
const ASKED = {
  alike: ({ id }) => api.duplicates(id),
  clocks: ({ id }) => api.clocks(id),
  about: (incident) => api.about(incident),
  links: ({ id }) => api.locationLinks(id),
  operations: () => api.operations(),
};

/** @type {Partial<Record<PartName, Question>>} */
const NEEDS = { clocks: "clocks", place: "about", caller: "links", time: "operations" };
/** The states of clocks turn by themselves: asked again so often while they are looked at. */
const CLOCKS_KEPT_MS = 10_000;

/** The incident whose panel is open. @param {State} state */
export function openIncident({ target, draft, picture }) {
  return target?.kind === "incident" && !draft ? picture.incidents.get(target.id) : undefined;
}

/** As of what a question is asked: of another text of this it is asked anew. @param {Question} question
 * @param {Incident} incident @param {number} now_ms */
function keyOf(question, { version, lat, lon }, now_ms) {
  if (question === "clocks") return `${version}/${Math.floor(now_ms / CLOCKS_KEPT_MS)}`;
  return question === "about" ? `${lat}/${lon}` : String(version);
}

/** @param {State} state @param {() => void} changed */
export function openDossiers(state, changed) {
  /** @param {Question} question @param {Incident} incident @param {number} now_ms */
  async function ask(question, incident, now_ms) {
    const { dossier } = state;
    const key = keyOf(question, incident, now_ms);
    const before = dossier.answers[question];
    if (before?.key === key) return;
    const kept = { key, value: /** @type {any} */ (before?.value ?? null), problem: null };
    Object.assign(dossier.answers, { [question]: kept });
    try {
      kept.value = await ASKED[question](incident);
    } catch (error) {
      Object.assign(kept, { value: null, problem: problemOf(error) });
    }
    changed();
  }

  return {
    /** Called whenever something is shown: asks what is needed and not known. @param {number} now_ms monotonic */
    look(now_ms) {
      const incident = openIncident(state);
      if ((incident?.id ?? null) !== state.dossier.incident) state.dossier = noDossier(incident?.id);
      if (!incident || state.feed !== "live") return;
      void ask("alike", incident, now_ms);
      const needed = state.dossier.open && NEEDS[state.dossier.open];
      if (needed) void ask(needed, incident, now_ms);
    },
  };
}

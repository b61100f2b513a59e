// @ts-check
// Acts on a new incident: by the command line at a place that is known, or by the form, whose place may be clicked,
// taken from the list, or looked up when it is sent.

import { api, problemOf } from "../picture/api.js";
import { putIncident } from "../picture/store.js";
import { coordinates, distance } from "../words/format.js";
import { nameOfPlace } from "../words/places.js";
import { whyReadOnly } from "./kit.js";

/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").Draft} Draft */
/** @typedef {import("../types/wire.js").Incident} Incident */
/** @typedef {import("../types/wire.js").PlaceFound} PlaceFound */
/** @typedef {{grade: string, type: string, text: string, call_id?: string}} Said */

const SAY_WHERE = "Say where: click the map, or type a street, a junction, a grid reference or latitude, longitude.";

/** @param {string} place @param {Place | null} at @param {string} call_id @param {string} grade @returns {Draft} */
const draftOf = (place, at, call_id, grade) => ({
  place,
  at,
  call_id,
  grade,
  matches: [],
  active: -1,
  type: "",
  text: "",
  error: "",
  sending: false,
});

/** The field of the place, to choose in. */
const toPlace = () => document.querySelector("#compose [name=place]");

/** @param {import("./kit.js").Kit} kit @param {ReturnType<import("./placing.js").placing>} places */
export function composing({ state, say, attempt, open, changed }, { suggestPlaces, resolvePlace }) {
  /** @param {Partial<Draft>} change */
  const edit = (change) => {
    if (state.draft) Object.assign(state.draft, { error: "" }, change);
    changed();
  };

  /** Shown, and whether it was told of before: two callers see one fire. @param {Incident} incident */
  async function opened(incident) {
    const at = incident.place ? ` at ${incident.place}` : "";
    putIncident(state.picture, incident);
    say(`${incident.id} created${at}`, "good");
    open({ kind: "incident", id: incident.id });
    const { duplicates } = await api.duplicates(incident.id).catch(() => ({ duplicates: [] }));
    const [like] = duplicates.filter(({ closed, linked }) => !closed && !linked);
    if (like)
      say(`${incident.id} created${at}. ${like.incident} is ${distance(like.distance_m)} away: the same?`, "good");
  }

  /** @param {Draft} draft @param {Place} place */
  function send(draft, { lat, lon }) {
    const { grade, call_id } = draft;
    edit({ sending: true });
    api.createIncident({ lat, lon, grade, call_id, type: draft.type.trim(), text: draft.text.trim() }).then(
      (incident) => {
        if (state.draft === draft) state.draft = null;
        void opened(incident);
      },
      (error) => edit({ sending: false, error: problemOf(error).detail || problemOf(error).title }),
    );
  }

  return {
    edit,

    /** @param {Said} said @param {Place} place */
    report: (said, { lat, lon }) => void attempt(() => api.createIncident({ lat, lon, ...said }), opened),

    /** The form; with the place that was clicked, or where a caller is. @param {Place | null} place @param {string} [call_id] */
    compose(place, call_id = "") {
      if (whyReadOnly(state)) return;
      const grade = state.packs?.policy.grades[0]?.code ?? "";
      state.draft = draftOf(place ? coordinates(place) : "", place, call_id, grade);
      changed();
    },

    /** @param {string} place */
    typePlace(place) {
      edit({ place, at: null, active: -1, matches: [] });
      suggestPlaces(place, (matches) => edit({ matches }));
    },

    /** @param {PlaceFound} match */
    takeMatch(match) {
      edit({ place: nameOfPlace(match), at: match, matches: [], active: -1 });
    },

    /** Up and down in the list of places; beyond its ends none is marked. @param {1 | -1} step */
    walkMatches(step) {
      const { matches, active } = state.draft ?? { matches: [], active: -1 };
      const count = matches.length + 1;
      edit({ active: ((active + 1 + step + count) % count) - 1 });
    },

    create() {
      const { draft } = state;
      const why = whyReadOnly(state);
      if (!draft || draft.sending) return undefined;
      if (why) return edit({ error: why });
      if (draft.at) return send(draft, draft.at);
      const text = draft.place.trim();
      if (!text) return edit({ error: SAY_WHERE });
      return resolvePlace(
        text,
        (place) => send(draft, place),
        ({ note, places }) => {
          edit({ matches: places, active: -1, error: note });
          /** @type {HTMLElement | null} */ (toPlace())?.focus();
        },
        (error) => edit({ error }),
      );
    },
  };
}

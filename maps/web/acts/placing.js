// @ts-check
// Acts on places: look one up as it is typed, find the one that a text means, and ask who is nearest to it.

import { api, problemOf } from "../picture/api.js";
import { placeOf } from "../picture/enquiry.js";
import { findCoordinates } from "../words/format.js";
import { findMeant, nameOfPlace } from "../words/places.js";

/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/command.js").Where} Where */
/** @typedef {import("../types/command.js").Choice} Choice */
/** @typedef {import("../types/wire.js").PlaceFound} PlaceFound */

/** Somebody who types is not asked after at each letter. */
const PAUSE_MS = 150;
const OFFERED = 8;
/** Shorter texts mean too much. */
const SHORTEST = 2;

/** @param {import("./kit.js").Kit} kit */
export function placing({ state, say, open, near }) {
  let due = 0;
  let asked = 0;
  /** Of equal matches the one nearest to what is open comes first, or to where the map looks. */
  const around = () => placeOf(state) ?? near();

  const acts = {
    /**
     * What may be meant by what is being typed, after a pause; nothing when the server cannot say.
     * @param {string} text @param {(places: PlaceFound[]) => void} use
     */
    suggestPlaces(text, use) {
      clearTimeout(due);
      const mine = ++asked;
      if (text.trim().length < SHORTEST) return use([]);
      due = window.setTimeout(async () => {
        const answer = await api.places(text.trim(), around(), OFFERED).catch(() => ({ places: [] }));
        if (mine === asked) use(answer.places);
      }, PAUSE_MS);
      return undefined;
    },

    /**
     * The place that a text means: used at once where there is no doubt, offered where there is.
     * @param {string} text @param {(place: Place, name: string) => void} use @param {(choice: Omit<Choice, "use">) => void} choose
     * @param {(why: string) => void} refuse
     */
    async resolvePlace(text, use, choose, refuse) {
      asked += 1; // what was still being suggested comes too late
      try {
        const { places, notes } = await api.places(text, around(), OFFERED);
        const meant = findMeant(text, places);
        if (meant) return use(meant, nameOfPlace(meant));
        if (places.length === 0) return refuse(notes.join(". ") || `Nothing here is named ${text}.`);
        const several = places.length > 1 ? `Which one is ${text}?` : `Is this ${text}?`;
        return choose({ places, note: [several, ...notes].join(" ") });
      } catch (error) {
        const place = findCoordinates(text);
        return place ? use(place, text) : refuse(problemOf(error).detail);
      }
    },

    /** Who could be there first. @param {Place} place @param {string} [name] */
    lookAt({ lat, lon }, name) {
      open({ kind: "place", lat, lon });
      if (name) say(`Nearest to ${name}`, "plain");
    },
  };
  return acts;
}

// @ts-check
// The command line's own acts: what is typed, what is offered, what was typed before, and carrying a line out.

import { placeOf } from "../picture/enquiry.js";
import { queueOf } from "../picture/order.js";
import { nameOfPlace } from "../words/places.js";
import { readLine } from "./commands.js";
import { offersFor, placeTyped } from "./offers.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/command.js").CommandLine} CommandLine */
/** @typedef {import("../types/command.js").Scene} Scene */
/** @typedef {import("../types/command.js").Where} Where */
/** @typedef {import("../types/wire.js").PlaceFound} PlaceFound */

/** Lines of this session that are kept, on this page alone. */
const KEPT = 50;

/** @returns {CommandLine} */
export function noLine() {
  return {
    text: "",
    focused: false,
    shut: true,
    active: -1,
    places: [],
    picked: null,
    choice: null,
    busy: false,
    history: [],
    past: 0,
  };
}

/** What a line is read against. @param {State} state @returns {Scene} */
export function sceneOf(state) {
  const { picture, packs, target, enquiry } = state;
  return {
    callsigns: [...picture.units.keys()],
    incidents: queueOf(picture.incidents.values()).map(({ id }) => id),
    open: target?.kind === "incident" ? target.id : null,
    here: placeOf(state),
    ranked: (enquiry.ranking?.candidates ?? []).map(({ callsign }) => callsign),
    grades: packs?.policy.grades ?? [],
    types: typesOf(state),
    states: packs?.states.codes ?? [],
    results: packs?.policy.results ?? {},
    calls: picture.calls.map(({ call_id }) => call_id),
  };
}

/** @param {State} state @param {string} call @returns {Place | null} */
function placeOfCall({ picture }, call) {
  const best = picture.calls.find(({ call_id }) => call_id === call)?.caller_locations[0];
  return best && best.lat !== null && best.lon !== null ? { lat: best.lat, lon: best.lon } : null;
}

/** Every type that a plan is for, and those in use. @param {State} state */
export function typesOf({ packs, picture }) {
  const planned = (packs?.plans.plans ?? []).flatMap(({ types }) => types ?? []);
  const used = [...picture.incidents.values()].map(({ type }) => type);
  return [...new Set([...planned, ...used])].filter(Boolean).sort();
}

/** What the list over the line holds. @param {State} state @returns {import("../types/command.js").Offer[]} */
export function offersOf(state) {
  const { text, shut, places, choice } = state.command;
  if (choice) return choice.places.map((place) => ({ text, label: nameOfPlace(place), about: "", place }));
  return shut ? [] : offersFor(text, sceneOf(state), places);
}

/** @param {import("./kit.js").Kit} kit @param {import("./desk.js").Acts} acts */
export function commanding({ state, say, changed }, acts) {
  const line = state.command;
  /** @param {Partial<CommandLine>} change */
  const amend = (change) => {
    Object.assign(line, change);
    changed();
  };
  const done = () => amend({ text: "", shut: true, active: -1, places: [], picked: null, choice: null, past: 0 });

  return {
    /** @param {string} text */
    typeLine(text) {
      amend({ text, shut: false, active: -1, choice: null, picked: null, past: 0 });
      acts.suggestPlaces(placeTyped(text) ?? "", (places) => amend({ places }));
    },

    /** @param {boolean} focused */
    focusLine: (focused) => amend({ focused }),

    /** Up and down in the list over the line; beyond its ends none is marked. @param {1 | -1} step */
    walkOffers(step) {
      const count = offersOf(state).length + 1;
      amend({ active: ((line.active + 1 + step + count) % count) - 1 });
    },

    /** Lines of before, the newest first; down again to the new one. @param {1 | -1} step */
    recallLine(step) {
      const past = Math.max(0, Math.min(line.history.length, line.past + step));
      amend({ past, text: past ? line.history[line.history.length - past] : "", shut: true, active: -1, picked: null });
    },

    /** @param {number} n */
    takeOffer(n) {
      const offer = offersOf(state)[n];
      if (!offer) return;
      const { choice } = line;
      if (choice && offer.place) {
        choice.use(offer.place);
        return done();
      }
      const picked = offer.place ?? null;
      amend({ text: offer.text, active: -1, shut: picked !== null, picked });
      return acts.suggestPlaces(picked ? "" : (placeTyped(offer.text) ?? ""), (places) => amend({ places }));
    },

    /** Esc: the list first, then the line. True while there was something to close. */
    leaveLine() {
      if (line.choice || offersOf(state).length > 0) amend({ choice: null, shut: true, active: -1 });
      else if (line.text) done();
      else return false;
      return true;
    },

    runLine() {
      const { text, picked } = line;
      if (line.busy) return undefined; // a second press: the first is still looking its place up
      const read = readLine(text, sceneOf(state));
      if ("wrong" in read) return say(read.wrong, "bad");
      line.history = [...line.history.filter((one) => one !== text), text].slice(-KEPT);
      const { where } = read.args;
      const use = (/** @type {Place | undefined} */ place, name = "", call_id = "") => {
        done();
        read.command.act(acts, place ? { ...read.args, where: place, name, call_id } : read.args);
      };
      if (!where || where.place) return use(where?.place);
      if (where.call) {
        const place = placeOfCall(state, where.call);
        return place
          ? use(place, where.call, where.call)
          : say(`The phone of ${where.call} does not know where it is: type a place`, "bad");
      }
      if (picked) return use(picked, nameOfPlace(picked));
      line.busy = true;
      return acts
        .resolvePlace(
          where.query,
          use,
          (choice) => amend({ choice: { ...choice, use: (place) => use(place, nameOfPlace(place)) }, active: -1 }),
          (why) => say(why, "bad"),
        )
        .finally(() => amend({ busy: false }));
    },
  };
}

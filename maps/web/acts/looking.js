// @ts-check
// Acts that change only what this screen shows: open, point at, sort, close. They ask nobody and change nothing.

import { keepDeskName } from "../picture/deskname.js";
import { isWeighed } from "../picture/weighing.js";
import { coordinates } from "../words/format.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").Pick} Pick */

/** @param {import("./kit.js").Kit} kit */
export function looking({ state, say, changed, open, enquiries, relink }) {
  const acts = {
    open,

    enquire: () => enquiries().ask(),

    /** @param {string | null} callsign */
    highlight(callsign) {
      if (state.enquiry.highlight === callsign) return;
      state.enquiry.highlight = callsign;
      enquiries().drawRoute();
      changed();
    },

    /** @param {boolean} held */
    hold(held) {
      state.enquiry.held = held;
      changed();
    },

    /** @param {Partial<State["board"]>} change */
    arrange(change) {
      Object.assign(state.board, change);
      changed();
    },

    /** Whose incidents the queue lists; null: everybody's. @param {string | null} desk */
    listDesk(desk) {
      state.queue.desk = desk;
      changed();
    },

    /** Opens a sheet over the map, or closes the open one. @param {State["sheet"]} sheet */
    sheet(sheet) {
      state.sheet = sheet;
      relink();
      changed();
    },

    /** Where the open incident may be moved: nothing is before somebody says so.
     * @param {State["dossier"]["to"]} place */
    proposePlace(place) {
      state.dossier.to = place;
      changed();
    },

    /** Where units are to meet, as the map was clicked. @param {Place} place */
    pointRvp(place) {
      if (state.control) Object.assign(state.control, { place: coordinates(place), error: "" });
      changed();
    },

    /** What a click on the map meant. @param {Pick} pick */
    pick(pick) {
      if (pick.kind === "place" && state.control?.form === "rvp") return acts.pointRvp(pick);
      if (pick.kind === "place" && state.draft) {
        Object.assign(state.draft, { place: coordinates(pick), at: pick, matches: [], active: -1, error: "" });
        return changed();
      }
      if (pick.kind === "place" && state.dossier.open === "place")
        return acts.proposePlace({ lat: pick.lat, lon: pick.lon, name: coordinates(pick) });
      if (pick.kind !== "units") return open(pick);
      if (pick.callsigns.length === 1) return open({ kind: "unit", callsign: pick.callsigns[0] });
      state.crowd = { callsigns: pick.callsigns.sort() };
      return changed();
    },

    /** Everything done from this screen bears it from now on. @param {string} name */
    nameDesk(name) {
      keepDeskName(name);
      state.desk_name = name;
      say(`This is desk ${name}`, "good");
    },

    /** On a second screen. @param {string} path */
    openPage: (path) => void globalThis.open(path, "_blank"),

    /** Closes the topmost open thing. */
    dismiss() {
      if (state.closing?.pen) state.closing.pen = null;
      else if (state.crowd) state.crowd = null;
      else if (state.sheet) return acts.sheet(null);
      else if (state.draft) state.draft = null;
      else if (state.control) state.control = null;
      else if (isWeighed(state.weighing)) Object.assign(state.weighing, { why: null, question: null, plan: null });
      else if (state.ground.kept) state.ground.kept = null;
      else return open(null);
      return changed();
    },
  };
  return acts;
}

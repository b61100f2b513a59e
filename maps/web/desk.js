// @ts-check
// What the dispatcher can do: open, assign, advance, create, log, close. Each is one call of the API and one sentence
// about how it ended; the picture itself changes only when the live feed says so.

import { api, problemOf } from "./api.js";
import { noEnquiry, placeOf } from "./enquiry.js";
import { coordinates, findCoordinates } from "./format.js";
import { emergenciesOf } from "./order.js";
import { putIncident } from "./store.js";
import { ASSIGNMENT } from "./words.js";

/** @typedef {import("./types/screen.js").State} State */
/** @typedef {import("./types/screen.js").Desk} Desk */
/** @typedef {import("./types/screen.js").Notice} Notice */

const UNDO_MS = 5_000;
const NOTICE_MS = 8_000;
/** A key pressed sooner after the order changed was meant for another unit. */
const READ_MS = 800;

/**
 * @param {State} state
 * @param {{changed: () => void, enquiries: () => {ask: () => void, drawRoute: () => void}, onOpen: () => void}} hooks
 * @returns {Desk}
 */
export function openDesk(state, { changed, enquiries, onOpen }) {
  /** @param {string} text @param {Notice["tone"]} tone @param {string | null} [undo] */
  const say = (text, tone, undo = null) => {
    state.notice = { text, tone, undo, until_ms: performance.now() + (undo ? UNDO_MS : NOTICE_MS) };
    changed();
  };

  /** @template T @param {Promise<T>} doing @param {(done: T) => void} then */
  const attempt = (doing, then) =>
    doing.then(then, (error) => say(problemOf(error).detail || problemOf(error).title, "bad"));

  /** @type {Desk} */
  const desk = {
    open(target) {
      state.target = target;
      state.enquiry = noEnquiry();
      state.crowd = null;
      onOpen();
      enquiries().drawRoute();
      enquiries().ask();
      changed();
    },

    enquire: () => enquiries().ask(),

    highlight(callsign) {
      if (state.enquiry.highlight === callsign) return;
      state.enquiry.highlight = callsign;
      enquiries().drawRoute();
      changed();
    },

    hold(held) {
      state.enquiry.held = held;
      changed();
    },

    assign(callsign) {
      const { target } = state;
      if (target?.kind !== "incident" || state.feed !== "live") return;
      void attempt(api.assign(target.id, callsign), ({ id }) => {
        say(`${callsign} reserved for ${target.id}`, "good", id);
        enquiries().ask();
      });
    },

    assignNth(rank) {
      const { ranking, ordered_ms } = state.enquiry;
      const candidate = ranking?.candidates.find((one) => one.rank === rank);
      if (!candidate) return;
      if (performance.now() - ordered_ms < READ_MS) say("The order has just changed: look again", "bad");
      else desk.assign(candidate.callsign);
    },

    advance(assignment, act) {
      const via = act === "cancel" ? "desk" : "voice";
      void attempt(api.advance(assignment, act, via), ({ callsign, state: now }) => {
        say(`${callsign} ${ASSIGNMENT[now]}${via === "voice" ? ", by voice" : ""}`, "good");
        enquiries().ask();
      });
    },

    undo() {
      if (state.notice?.undo) desk.advance(state.notice.undo, "cancel");
    },

    compose(place) {
      state.draft = {
        place: place ? coordinates(place) : "",
        grade: "1",
        type: "",
        text: "",
        error: "",
        sending: false,
      };
      changed();
    },

    edit(change) {
      if (state.draft) Object.assign(state.draft, { error: "" }, change);
      changed();
    },

    create() {
      const { draft } = state;
      if (!draft) return;
      const place = findCoordinates(draft.place);
      if (!place) return desk.edit({ error: "Say where: click the map, or type latitude, longitude." });
      desk.edit({ sending: true });
      api.createIncident({ ...place, grade: draft.grade, type: draft.type.trim(), text: draft.text.trim() }).then(
        (incident) => {
          state.draft = null;
          putIncident(state.picture, incident);
          say(`${incident.id} created`, "good");
          desk.open({ kind: "incident", id: incident.id });
        },
        (error) => desk.edit({ sending: false, error: problemOf(error).detail }),
      );
    },

    note: (incident, text) => void attempt(api.log(incident, text), () => say(`Logged on ${incident}`, "good")),

    relocate: (incident, to) =>
      void attempt(api.relocate(incident, to, "where the caller's phone is"), () => {
        say(`${incident} moved to its caller`, "good");
        enquiries().ask();
      }),

    close(incident, result) {
      void attempt(api.close(incident, result), () => {
        desk.open(null);
        say(`${incident} closed: ${result}`, "good");
      });
    },

    arrange(change) {
      Object.assign(state.board, change);
      changed();
    },

    helpEmergency() {
      const [unit] = emergenciesOf(state.picture.units.values());
      if (!unit) return;
      desk.open({ kind: "unit", callsign: unit.callsign });
      if (!placeOf(state)) say(`${unit.callsign} has sent no position: call it`, "bad");
    },

    endEmergency: (callsign) =>
      void attempt(api.cancelEmergency(callsign), () => say(`Emergency of ${callsign} ended`, "good")),

    /** Closes the topmost open thing. */
    dismiss() {
      if (state.crowd) state.crowd = null;
      else if (state.draft) state.draft = null;
      else return desk.open(null);
      return changed();
    },
  };
  return desk;
}

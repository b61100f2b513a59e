// @ts-check
// Acts on closures: say what is shut (typed, or drawn with the map's pen), see at once what that would shut, shut it,
// lift it. What a shape shuts and what that does to the rankings is the server's to say.

import { api, problemOf } from "../picture/api.js";
import { placeOf } from "../picture/enquiry.js";
import { serverNow } from "../picture/store.js";
import { effectText } from "../words/closures.js";
import { whyReadOnly } from "./kit.js";

/** @typedef {import("../types/screen.js").Closing} Closing */
/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/wire.js").Closure} Closure */

/** What is typed is asked about when the typing rests. */
const REST_MS = 350;
const MINUTE_MS = 60_000;

/** @returns {Closing} */
export function noClosing() {
  return {
    ...{ way: "street", street: "", from: "", to: "", crossing: "", drawn: null, pen: null },
    ...{ reason: "", until: "60", time: "", passable: [] },
    ...{ would: null, problem: "", asking: false, sending: false, done: null, chosen: null },
  };
}

/** What is shut, as the server is told; null while it is not all said. @param {Closing} closing @param {Place | null} near */
export function extentOf({ way, street, from, to, crossing, drawn }, near) {
  const [named, first, last, other] = [street, from, to, crossing].map((text) => text.trim());
  const somewhere = near ? { near } : {};
  if (way === "drawn") return drawn ? { geometry: drawn } : null;
  if (way === "junction") return named && other ? { street: named, crossing: other, ...somewhere } : null;
  return named && first && last ? { street: named, from: first, to: last, ...somewhere } : null;
}

/**
 * The instant at which it ends; null: when it is lifted. A time that has passed today is tomorrow's.
 * @param {Pick<Closing, "until" | "time">} closing @param {number} server_ms
 */
export function untilOf({ until, time }, server_ms) {
  if (until === "lifted") return null;
  if (until !== "time") return new Date(server_ms + Number(until) * MINUTE_MS).toISOString();
  const [hours, minutes] = time.split(":").map(Number);
  if (!time || !Number.isFinite(hours + minutes)) return undefined;
  const end = new Date(server_ms);
  end.setHours(hours, minutes, 0, 0);
  if (end.getTime() <= server_ms) end.setDate(end.getDate() + 1);
  return end.toISOString();
}

/** @param {import("./kit.js").Kit} kit */
export function closures({ state, changed, say, attempt, near }) {
  let resting = 0;
  let asked = 0;

  const where = () => placeOf(state) ?? near();

  /** @param {Closing} closing */
  async function ask(closing) {
    const extent = extentOf(closing, where());
    const mine = ++asked;
    Object.assign(closing, { would: null, problem: "", asking: extent !== null });
    changed();
    if (!extent) return;
    const answer = await api.wouldShut(extent).then(
      (would) => ({ would }),
      (error) => ({ problem: problemOf(error).detail }),
    );
    if (mine !== asked) return;
    Object.assign(closing, { asking: false }, answer);
    changed();
  }

  /** Beside the button as well: the sheet is where the dispatcher looks. @param {Closing} closing */
  const tellProblem = (closing) => (/** @type {unknown} */ error) => {
    closing.problem = problemOf(error).detail;
    throw error;
  };

  /** @param {Closure} closure @param {"shut" | "lifted"} act */
  function tell(closure, act) {
    if (state.closing) state.closing.done = { act, closure };
    const effects = closure.changed.map(effectText);
    const effect = effects[0] ?? "no open incident is reached in another order";
    const more = effects.length > 1 ? ` (and ${effects.length - 1} more)` : "";
    say(`${closure.id} ${act}. ${effect}${more}`, "good");
  }

  const acts = {
    /** Opens the closures, with one of them marked. @param {string | null} [chosen] */
    closures(chosen = null) {
      const why = whyReadOnly(state);
      if (why) return say(why, "bad");
      state.closing ??= noClosing();
      state.closing.chosen = chosen;
      state.sheet = { name: "closures" };
      changed();
    },

    /** @param {Partial<Closing>} change */
    editClosing(change) {
      const { closing } = state;
      if (!closing) return;
      Object.assign(closing, change);
      changed();
      const place = ["way", "street", "from", "to", "crossing", "drawn"];
      if (!Object.keys(change).some((name) => place.includes(name))) return;
      Object.assign(closing, { would: null, problem: "", done: null });
      clearTimeout(resting);
      resting = window.setTimeout(() => void ask(closing), REST_MS);
    },

    /** Puts the pen on the map, or takes it away. @param {Closing["pen"]} pen */
    drawClosure(pen) {
      acts.editClosing({ way: "drawn", pen, drawn: null });
    },

    /** What the pen has drawn. @param {GeoJSON.Geometry} drawn */
    drawn(drawn) {
      acts.editClosing({ pen: null, drawn });
    },

    shutRoads() {
      const { closing } = state;
      const extent = closing && extentOf(closing, where());
      if (!closing || !extent || closing.sending) return;
      const until = untilOf(closing, serverNow(state.picture, performance.now()));
      if (until === undefined) return acts.editClosing({ problem: "Say until what time." });
      const { reason, passable } = closing;
      closing.sending = true;
      changed();
      void attempt(
        () => api.closeRoads({ ...extent, until, reason: reason.trim(), passable }).catch(tellProblem(closing)),
        (closure) => {
          state.closing = noClosing();
          tell(closure, "shut");
        },
      ).finally(() => {
        closing.sending = false;
        changed();
      });
    },

    /** @param {string} closure */
    liftClosure: (closure) =>
      void attempt(
        () => api.liftClosure(closure),
        (over) => tell(over, "lifted"),
      ),
  };
  return acts;
}

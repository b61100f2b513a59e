// @ts-check
// Acts on a shift change: lines from a file, from last time or by hand, checked as they stand and booked on at once; units
// booked off and lent. Every line is tried by the server before anything is done, and its answer stands beside it.

import { api, problemOf } from "../picture/api.js";
import { codeOf, lineOf, linesOf, textOf } from "../picture/roster.js";
import { serverNow } from "../picture/store.js";
import { plural } from "../words/format.js";
import { whyReadOnly } from "./kit.js";

/** @typedef {import("../picture/roster.js").Line} Line */
/** @typedef {import("../types/screen.js").BookOn} BookOn */

/** So long after the last key the lines are tried. */
const TRY_AFTER_MS = 500;
const SENTENCE = "The first line must name the columns, and callsign among them.";

/** @returns {BookOn} */
export const noBookOn = () => ({
  part: "on",
  lines: [],
  answer: null,
  problem: "",
  code: null,
  chosen: new Set(),
  doubts: [],
  trying: false,
});

/** The bytes of a file as text: UTF-8, UTF-16, or what a Western Excel writes. @param {ArrayBuffer} bytes */
function decoded(bytes) {
  const [a, b] = new Uint8Array(bytes);
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    return new TextDecoder(a === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** @param {import("./kit.js").Kit} kit */
export function rostering({ state, changed, say, attempt, relink }) {
  let timer = 0;
  const mine = () => state.book_on;
  const now_ms = () => serverNow(state.picture, performance.now());

  /** @param {Partial<BookOn>} change */
  const amend = (change) => {
    Object.assign(mine(), change);
    changed();
  };

  /** @param {Line[]} lines */
  function put(lines) {
    amend({ lines, answer: null, problem: "", trying: lines.length > 0 });
    clearTimeout(timer);
    if (lines.length > 0) timer = setTimeout(check, TRY_AFTER_MS);
  }

  async function check() {
    const { lines } = mine();
    try {
      const answer = await api.putRoster(written(), { check: true });
      if (mine().lines === lines) amend({ answer, problem: "", trying: false });
    } catch (error) {
      if (mine().lines === lines)
        amend({ answer: null, problem: problemOf(error).detail || problemOf(error).title, trying: false });
    }
  }

  const written = () => textOf(mine().lines, codeOf(state));

  const look = () =>
    api.doubts().then(
      ({ doubts }) => amend({ doubts }),
      () => undefined,
    );

  /** @param {Line[]} more in the stead of lines of the same callsigns */
  function add(more) {
    const names = new Set(more.map(({ callsign }) => callsign));
    put([...mine().lines.filter(({ callsign }) => !names.has(callsign)), ...more]);
  }

  /** @param {(one: import("../types/wire.js").UnitBooked) => boolean} wanted @param {(line: Line) => Line} [changing] */
  async function fromLastTime(wanted, changing = (line) => line) {
    const { units } = await api.roster();
    const found = units.filter(wanted).map((one) => changing(lineOf(one, now_ms())));
    if (found.length === 0) say("Nobody was booked on before: drop a roster, or add a line", "plain");
    mine().part = "on";
    add(found);
  }

  const acts = {
    /** @param {BookOn["part"]} part */
    showBookOn(part = mine().part) {
      const why = whyReadOnly(state);
      if (why) return say(why, "bad");
      state.sheet = { name: "bookon" };
      relink();
      amend({ part });
      void look();
    },

    /** Called each second. */
    tickBookOn() {
      if (state.sheet?.name === "bookon" && mine().part === "doubts" && state.feed === "live") void look();
    },

    /** Everybody who is not on duty, as last time. */
    bookOnLastTime: () =>
      void attempt(
        () => fromLastTime(({ unit }) => !state.picture.units.has(unit.callsign)),
        () => undefined,
      ),

    /** @param {string} text of a roster file */
    bookOnText(text) {
      const lines = linesOf(text);
      if (lines.length === 0) amend({ problem: SENTENCE });
      else add(lines);
    },

    /** @param {File} file */
    bookOnFile: (file) => void file.arrayBuffer().then((bytes) => acts.bookOnText(decoded(bytes))),

    /** @param {number} n @param {string} name @param {string} text */
    bookOnEdit: (n, name, text) => put(mine().lines.map((line, i) => (i === n ? { ...line, [name]: text } : line))),

    bookOnAdd: () => put([...mine().lines, { callsign: "" }]),

    /** @param {number} n */
    bookOnDrop: (n) => put(mine().lines.filter((_, i) => i !== n)),

    /** @param {number} code */
    bookOnAs: (code) => {
      mine().code = code;
      put([...mine().lines]);
    },

    /** Books what can be; the lines that cannot stay, with their reasons. */
    bookOn: () =>
      void attempt(
        () => api.putRoster(written(), { partial: true }),
        (answer) => {
          const done = new Set([...answer.booked, ...answer.planned]);
          const planned = answer.planned.length > 0 ? `, ${answer.planned.length} of them later` : "";
          say(`${plural(done.size, "unit")} booked on${planned}`, done.size > 0 ? "good" : "bad");
          put(mine().lines.filter(({ callsign }) => !done.has(callsign)));
          void look();
        },
      ),

    /** @param {string} callsign @param {boolean} on */
    chooseUnit(callsign, on) {
      const chosen = new Set(mine().chosen);
      if (on) chosen.add(callsign);
      else chosen.delete(callsign);
      amend({ chosen });
    },

    bookOffChosen: () =>
      void attempt(
        () => api.bookOff([...mine().chosen]),
        ({ off, refused }) => {
          const kept = refused.map(({ reason }) => reason).join("; ");
          say(`${plural(off.length, "unit")} off duty${kept ? `; ${kept}` : ""}`, kept ? "bad" : "good");
          amend({ chosen: new Set(refused.map(({ callsign }) => callsign)) });
        },
      ),

    /** @param {Record<string, string>} to what is empty stays */
    moveUnits: (to) =>
      void attempt(
        () => api.moveUnits([...mine().chosen], to),
        ({ units }) => {
          say(`${plural(units.length, "unit")} moved`, "good");
          amend({ chosen: new Set() });
        },
      ),

    /** A unit's line, to be put right; with a device: it is to carry that as well. @param {string} callsign
     * @param {string} [source] */
    amendUnit: (callsign, source) =>
      void attempt(
        () =>
          fromLastTime(
            ({ unit }) => unit.callsign === callsign,
            (line) => (source ? { ...line, devices: [line.devices, source].filter(Boolean).join("; ") } : line),
          ),
        () => {
          state.sheet = { name: "bookon" };
          changed();
        },
      ),
  };
  return acts;
}

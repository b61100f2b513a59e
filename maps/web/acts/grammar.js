// @ts-check
// How the words of a command are read: units, incidents, grades, places. It asks nobody, throws nothing, and what it
// cannot read it answers with a sentence that says what to type instead.

/** @typedef {import("../types/command.js").Scene} Scene */
/** @typedef {import("../types/command.js").Where} Where */

/** As long as the server lets a place be. */
const LONGEST_PLACE = 200;
/** So many are named where one was not found. */
const NAMED = 5;
/** So much of what nobody understood is said again. */
const QUOTED = 40;
/** A place that is open on the screen already. */
const HERE = /^(here|\.)$/i;

/** The first word and what follows it. @param {string} text @returns {[string, string]} */
export function split(text) {
  const [, head = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text.trim()) ?? [];
  return [head, rest];
}

/** @param {string} text */
export const quoted = (text) => (text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);

/** @param {string} one @param {string} other */
const same = (one, other) => one.toLowerCase() === other.toLowerCase();

/** @param {string} word @param {Scene} scene */
export const findUnit = (word, { callsigns }) => callsigns.find((callsign) => same(callsign, word)) ?? null;

/** `INC0007`, `inc7`, and where only an incident can stand `7`. @param {string} word @param {Scene} scene */
export function findIncident(word, { incidents }) {
  const numberOf = (/** @type {string} */ text) => /^(?:INC)?0*(\d+)$/i.exec(text)?.[1];
  const number = numberOf(word);
  return incidents.find((id) => same(id, word) || (number !== undefined && numberOf(id) === number)) ?? null;
}

/** @param {string[]} names */
function listed(names) {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${names.slice(0, NAMED).join(", ")}${more}`;
}

/** Why a word is no unit, and which ones begin like it. @param {string} word @param {Scene} scene */
export function noUnit(word, { callsigns }) {
  for (let letters = word.length - 1; letters > 1; letters -= 1) {
    const alike = callsigns.filter((callsign) => same(callsign.slice(0, letters), word.slice(0, letters)));
    if (alike.length > 0) return `There is no unit ${quoted(word)} on duty. Did you mean ${listed(alike)}?`;
  }
  return `There is no unit ${quoted(word)} on duty: the unit board lists all of them.`;
}

/** @param {string} word @param {Scene} scene */
export const noIncident = (word, { incidents }) =>
  incidents.length > 0
    ? `There is no open incident ${quoted(word)}. Open are ${listed(incidents)}.`
    : `There is no open incident ${quoted(word)}: none is open.`;

/** The grade by its code, or why not. @param {string} word @param {Scene} scene @returns {{grade: string} | {wrong: string}} */
export function readGrade(word, { grades }) {
  const said = grades.map(({ code, label }) => `${code} ${label}`).join(", ");
  if (!word) return { wrong: said ? `Say the grade first: ${said}.` : "Say the grade first." };
  if (grades.length === 0) return { grade: word }; // no policy has come: the server judges it
  const found = grades.find(({ code }) => same(code, word));
  return found ? { grade: found.code } : { wrong: `There is no grade ${quoted(word)}: the grades are ${said}.` };
}

/** @param {string} text */
const plain = (text) => text.toLowerCase().replaceAll("_", " ");

/**
 * A type of the packs at the beginning, the longest first, and the rest as text; where none is known all of it is text.
 * @param {string} said @param {Scene} scene @returns {{type: string, text: string}}
 */
export function readType(said, { types }) {
  const begins = (/** @type {string} */ type) =>
    plain(said).startsWith(plain(type)) && /^($|[\s:,])/.test(said.slice(type.length));
  const [type] = types.filter(begins).sort((a, b) => b.length - a.length);
  return type ? { type, text: said.slice(type.length).replace(/^[\s:,]+/, "") } : { type: "", text: said };
}

/** A place as it was typed: one that is open, a caller's, or a text to look up. @param {string} said @param {Scene} scene
 * @returns {Where | {wrong: string}} */
export function readPlace(said, { here, calls }) {
  if (!said) return { wrong: "Say where: a street, a junction, a grid reference, lat, lon, or a caller." };
  if (said.length > LONGEST_PLACE) return { wrong: `A place has at most ${LONGEST_PLACE} characters: shorten it.` };
  if (HERE.test(said)) {
    return here ? { place: here } : { wrong: "Nothing is open: click the place first, or type its name." };
  }
  const call = calls.find((name) => same(name, said));
  return call ? { call } : { query: said };
}

/** What stands before the first colon of its own, and the reason behind it. @param {string} rest @returns {[string, string]} */
export function withReason(rest) {
  const [, said = "", reason = ""] = /^([^:]*):?\s*([^]*)$/.exec(rest) ?? [];
  return [said.trim(), reason.trim()];
}

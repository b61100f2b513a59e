// @ts-check
// What may stand where a line is being typed: words, callsigns, incidents, grades, types, states, results and places.
// It decides what is offered; nothing is taken by itself.

import { aboutPlace, nameOfPlace } from "../words/places.js";
import { COMMANDS, STEPS, findCommand } from "./commands.js";

/** @typedef {import("../types/command.js").Scene} Scene */
/** @typedef {import("../types/command.js").Offer} Offer */
/** @typedef {import("../types/command.js").Slot} Slot */
/** @typedef {import("../types/wire.js").PlaceFound} PlaceFound */

/** So many lines over the command line. */
const OFFERED = 8;

/** The word of the line and what follows it, as it is typed. @param {string} line */
function typed(line) {
  const [, head = "", gap = "", rest = ""] = /^\s*(\S*)(\s*)([^]*)$/.exec(line) ?? [];
  return { head, rest, begun: gap !== "" };
}

/** The place that is being typed, null where none is. @param {string} line */
export function placeTyped(line) {
  const { head, rest, begun } = typed(line);
  const command = begun ? findCommand(head) : undefined;
  if (!command?.slots.includes("place")) return null;
  const at = rest.indexOf("@");
  if (command.slots[0] !== "place" && at < 0) return null;
  return command.slots[0] === "place" ? rest.trim() : rest.slice(at + 1).trim();
}

/** The line with its place said as this one is called. @param {string} line @param {PlaceFound} place */
export function withPlace(line, place) {
  const said = placeTyped(line) ?? "";
  return line.slice(0, line.trimEnd().length - said.length) + nameOfPlace(place);
}

/** @type {Record<Slot, (scene: Scene) => [string, string][]>} */
const WORDS = {
  unit: ({ callsigns, ranked }) =>
    [...new Set([...ranked, ...callsigns])].map((name) => [
      name,
      ranked.includes(name) ? `number ${ranked.indexOf(name) + 1} of the ranking` : "",
    ]),
  incident: ({ incidents, open }) => incidents.map((id) => [id, id === open ? "open here" : ""]),
  grade: ({ grades }) => grades.map(({ code, label }) => [code, label]),
  type: ({ types }) => types.map((type) => [type.replaceAll("_", " "), "type"]),
  state: ({ states }) => states.map(({ code, label }) => [String(code), label]),
  result: ({ results }) => Object.entries(results),
  step: () => Object.keys(STEPS).map((step) => [step.toUpperCase(), ""]),
  place: () => [],
  theme: () => [
    ["DARK", ""],
    ["LIGHT", ""],
  ],
  text: () => [],
};

/** @param {string} head @param {Scene} scene @returns {Offer[]} */
function heads(head, scene) {
  const begins = (/** @type {string} */ word) => word.toUpperCase().startsWith(head.toUpperCase());
  const commands = COMMANDS.filter(({ words }) => words.some(begins)).map(({ words: [word], usage, does }) => ({
    text: `${word} `,
    label: usage,
    about: does,
  }));
  if (head.length < 2) return commands;
  const named = [...WORDS.incident(scene), ...WORDS.unit(scene)].filter(([word]) => begins(word));
  return [...commands, ...named.map(([word, about]) => ({ text: word, label: word, about: about || "open it" }))];
}

/**
 * The most useful first. Nothing is offered for a word that is complete.
 * @param {string} line @param {Scene} scene @param {PlaceFound[]} places found for the place that is typed
 * @returns {Offer[]}
 */
export function offersFor(line, scene, places) {
  const { head, rest, begun } = typed(line);
  if (!head) return [];
  if (!begun) return heads(head, scene).slice(0, OFFERED);
  if (placeTyped(line) !== null) return places.slice(0, OFFERED).map((place) => offerOf(line, place));
  const words = rest.split(/\s+/);
  const word = words[words.length - 1];
  const slot = findCommand(head)?.slots[words.length - 1];
  if (!slot) return [];
  const begins = (/** @type {string} */ one) => one.toUpperCase().startsWith(word.toUpperCase());
  const before = line.slice(0, line.length - word.length);
  return WORDS[slot](scene)
    .filter(
      ([one, about]) => (begins(one) || (word !== "" && begins(about))) && one.toUpperCase() !== word.toUpperCase(),
    )
    .slice(0, OFFERED)
    .map(([one, about]) => ({ text: `${before}${one} `, label: one, about }));
}

/** @param {string} line @param {PlaceFound} place @returns {Offer} */
const offerOf = (line, place) => ({
  text: withPlace(line, place),
  label: nameOfPlace(place),
  about: aboutPlace(place),
  place,
});

/** How the line's word is used, "" where none is typed. @param {string} line */
export function usageOf(line) {
  const { head } = typed(line);
  return findCommand(head)?.usage ?? "";
}

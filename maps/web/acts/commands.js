// @ts-check
// The words of the command line, in one table: how each is written, what it does, how what follows it is read, and the
// act it ends in. The help sheet, the offers while typing and docs/commands.md are made from it.

import { isDeskName } from "../picture/deskname.js";
import {
  findIncident,
  findUnit,
  noIncident,
  noUnit,
  quoted,
  readGrade,
  readPlace,
  readType,
  split,
  withReason,
} from "./grammar.js";

/** @typedef {import("../types/command.js").Scene} Scene */
/** @typedef {import("../types/command.js").Read} Read */
/** @typedef {import("../types/command.js").Command} Command */

/** As long as the server lets a text of an incident be. */
const LONGEST_TEXT = 1000;

/** @param {string} wrong @returns {Read} */
const wrong = (wrong) => ({ wrong });

/** @param {string} rest @param {Scene} scene @returns {Read} */
function readNew(rest, scene) {
  const at = rest.indexOf("@");
  const [head, said] = split(at < 0 ? rest : rest.slice(0, at));
  const grade = readGrade(head, scene);
  if ("wrong" in grade) return grade;
  if (at < 0) return wrong(`Say where, after an @: I ${grade.grade} ${quoted(said) || "ROBBERY"} @ HIGH STREET.`);
  const where = readPlace(rest.slice(at + 1).trim(), scene);
  if ("wrong" in where) return where;
  if (said.length > LONGEST_TEXT) return wrong(`A text has at most ${LONGEST_TEXT} characters: shorten it.`);
  return { args: { ...grade, ...readType(said.trim(), scene), where } };
}

/** A unit by callsign or by its place in the ranking, then the incident. @param {string} rest @param {Scene} scene @returns {Read} */
function readAssign(rest, scene) {
  const [said, reason] = withReason(rest);
  const [who, more] = split(said);
  if (!who) return wrong("Say which unit: A BX21, or A 1 for the first of the ranking.");
  const [which, surplus] = split(more);
  if (surplus) return wrong(`Say a reason after a colon: A ${quoted(who)} ${quoted(which)}: ${quoted(surplus)}.`);
  const incident = which ? findIncident(which, scene) : scene.open;
  if (which && !incident) return wrong(noIncident(which, scene));
  if (!incident) return wrong(`Open an incident first, or name it: A ${quoted(who)} INC7.`);
  const nth = /^[1-9]$/.test(who) && !findUnit(who, scene) ? scene.ranked[Number(who) - 1] : undefined;
  if (nth && incident !== scene.open) return wrong(`The ranking is of what is open: open ${incident} first.`);
  const callsign = nth ?? findUnit(who, scene);
  if (callsign) return { args: { callsign, incident, reason, nth: nth && !reason ? Number(who) : null } };
  return wrong(/^[1-9]$/.test(who) ? `The ranking has no number ${who}: name a unit.` : noUnit(who, scene));
}

/** @param {string} usage @returns {(rest: string, scene: Scene) => Read} */
const readUnit = (usage) => (rest, scene) => {
  const [who, surplus] = split(rest);
  if (!who) return wrong(`Say which unit: ${usage}.`);
  if (surplus) return wrong(`One unit is enough: ${usage}.`);
  const callsign = findUnit(who, scene);
  return callsign ? { args: { callsign } } : wrong(noUnit(who, scene));
};

/** @param {string} rest @param {Scene} scene @returns {Read} */
function readIncident(rest, scene) {
  const [which, surplus] = split(rest);
  if (!which) return wrong("Say which incident: O INC7.");
  if (surplus) return wrong(`One incident is enough: O ${quoted(which)}.`);
  const id = findIncident(which, scene);
  return id ? { args: { id } } : wrong(noIncident(which, scene));
}

/**
 * An incident, or the one that is open, and a text. @param {string} example @param {string} what
 * @returns {(rest: string, scene: Scene) => Read}
 */
const readNote = (example, what) => (rest, scene) => {
  const [which, more] = split(rest);
  const named = /^INC\d+$/i.test(which) ? findIncident(which, scene) : null;
  if (/^INC\d+$/i.test(which) && !named) return wrong(noIncident(which, scene));
  const [id, text] = named ? [named, more] : [scene.open, rest.trim()];
  if (!id) return wrong(`Open an incident first, or name it: ${example}.`);
  if (!text) return wrong(`Say ${what}: ${example}.`);
  return text.length > LONGEST_TEXT
    ? wrong(`A text has at most ${LONGEST_TEXT} characters: shorten it.`)
    : { args: { id, text } };
};

/** @param {string} rest @param {Scene} scene @returns {Read} */
function readResult(rest, scene) {
  const read = readNote("X INC7 arrest", "what came of it")(rest, scene);
  const codes = Object.keys(scene.results);
  if ("wrong" in read || codes.length === 0) return read;
  const { id, text } = read.args;
  const is = (/** @type {string} */ said) => said.toLowerCase() === text.toLowerCase();
  const code = codes.find((one) => is(one) || is(scene.results[one]));
  return code
    ? { args: { id, text: code } }
    : wrong(`There is no result ${quoted(text)}: the results are ${codes.join(", ")}.`);
}

/** @param {string} rest @param {Scene} scene @returns {Read} */
function readState(rest, scene) {
  const [who, said] = split(rest);
  if (!who || !said) return wrong("Say which unit and its state: S BX21 5.");
  const callsign = findUnit(who, scene);
  if (!callsign) return wrong(noUnit(who, scene));
  const state = scene.states.find(
    ({ code, label }) => String(code) === said || label.toLowerCase() === said.toLowerCase(),
  );
  const all = scene.states.map(({ code, label }) => `${code} ${label}`).join(", ");
  return state
    ? { args: { callsign, code: state.code } }
    : wrong(`There is no state ${quoted(said)}: the states are ${all}.`);
}

/** What a unit says of its assignment, as it says it. @type {Record<string, import("../types/wire.js").Act>} */
export const STEPS = {
  accepted: "accept",
  refused: "refuse",
  "en route": "en-route",
  arrived: "arrived",
  clear: "clear",
  cancel: "cancel",
};

/** @param {string} rest @param {Scene} scene @returns {Read} */
function readVoice(rest, scene) {
  const [who, said] = split(rest);
  if (!who || !said) return wrong("Say which unit and what it said: V BX21 ARRIVED.");
  const callsign = findUnit(who, scene);
  if (!callsign) return wrong(noUnit(who, scene));
  const step = STEPS[said.toLowerCase().replaceAll("-", " ")];
  return step
    ? { args: { callsign, step } }
    : wrong(`A unit says ${Object.keys(STEPS).join(", ")}, not ${quoted(said)}: V ${callsign} ARRIVED.`);
}

/** @param {string} rest @param {Scene} scene @returns {Read} */
function readWhere(rest, scene) {
  const where = readPlace(rest.trim(), scene);
  return "wrong" in where ? where : { args: { where } };
}

/** What is to be shut, for the sheet to ask the reason and the end. @param {string} rest @returns {Read} */
function readClosure(rest) {
  const text = rest.trim();
  if (!text) return { args: { said: null } };
  if (text.length > LONGEST_TEXT) return wrong("These names are too long: shorten them.");
  const [street, from, to, more] = text.split(",").map((name) => name.trim());
  if (street && from && to && !more) return { args: { said: { way: "street", street, from, to } } };
  const [one, crossing, surplus] = text.split("/").map((name) => name.trim());
  if (one && crossing && !surplus) return { args: { said: { way: "junction", street: one, crossing } } };
  return wrong("Say a street and the two between which it is shut, C High Street, Mill Lane, Station Road.");
}

/** @param {string} rest @returns {Read} */
function readTheme(rest) {
  const theme = rest.trim().toLowerCase() || undefined;
  if (theme === undefined || theme === "dark" || theme === "light") return { args: { theme } };
  return wrong(`A screen is dark or light, not ${quoted(rest.trim())}: THEME LIGHT.`);
}

/** @param {string} rest @returns {Read} */
function readDesk(rest) {
  const name = rest.trim();
  if (isDeskName(name)) return { args: { name } };
  return wrong("A desk's name has 1 to 32 letters, figures, spaces, dots, colons or hyphens: DESK north-1.");
}

/** @param {string} word @returns {(rest: string) => Read} */
const readNothing = (word) => (rest) => (rest.trim() ? wrong(`Nothing follows ${word}.`) : { args: {} });

/** @param {string} word @param {string} path @param {string} does @returns {Command} */
const page = (word, path, does) => ({
  words: [word],
  usage: word,
  example: word,
  does,
  slots: [],
  read: readNothing(word),
  act: (desk) => desk.openPage(path),
});

/** @type {Command[]} */
export const COMMANDS = [
  {
    words: ["I"],
    usage: "I GRADE TYPE TEXT @ PLACE",
    example: "I 1 ROBBERY knife seen @ TQ 300 804",
    does: "Create an incident: at a street, a junction, a grid reference, lat, lon, a caller, or HERE for what is open",
    slots: ["grade", "type", "place"],
    read: readNew,
    act: (desk, { grade, type, text, where, call_id }) => desk.report({ grade, type, text, call_id }, where),
  },
  {
    words: ["A"],
    usage: "A UNIT [INCIDENT] [: REASON]",
    example: "A BX21 INC7",
    does: "Assign a unit to an incident, or to the open one; A 1 assigns the first of the ranking",
    slots: ["unit", "incident"],
    read: readAssign,
    act: (desk, { callsign, incident, reason, nth }) =>
      nth ? desk.assignNth(nth) : desk.assignTo(incident, callsign, reason),
  },
  {
    words: ["V"],
    usage: "V UNIT ACCEPTED | REFUSED | EN ROUTE | ARRIVED | CLEAR | CANCEL",
    example: "V BX21 ARRIVED",
    does: "Enter what a unit says by voice of its assignment",
    slots: ["unit", "step"],
    read: readVoice,
    act: (desk, { callsign, step }) => desk.enterVoice(callsign, step),
  },
  {
    words: ["S"],
    usage: "S UNIT STATE",
    example: "S BX21 5",
    does: "Enter a unit's state by voice, by code or label",
    slots: ["unit", "state"],
    read: readState,
    act: (desk, { callsign, code }) => desk.enterState(callsign, code),
  },
  {
    words: ["U"],
    usage: "U UNIT",
    example: "U BX21",
    does: "Open a unit; its callsign alone does it, too",
    slots: ["unit"],
    read: readUnit("U BX21"),
    act: (desk, { callsign }) => desk.open({ kind: "unit", callsign }),
  },
  {
    words: ["O"],
    usage: "O INCIDENT",
    example: "O INC7",
    does: "Open an incident; its number alone (INC7) does it, too",
    slots: ["incident"],
    read: readIncident,
    act: (desk, { id }) => desk.open({ kind: "incident", id }),
  },
  {
    words: ["L"],
    usage: "L [INCIDENT] TEXT",
    example: "L INC7 suspect made off on foot",
    does: "Add to the log of an incident, or of the open one",
    slots: ["incident"],
    read: readNote("L INC7 suspect made off", "what to log"),
    act: (desk, { id, text }) => desk.note(id, text),
  },
  {
    words: ["X"],
    usage: "X [INCIDENT] RESULT",
    example: "X INC7 arrest",
    does: "Close an incident, or the open one, with its result",
    slots: ["incident", "result"],
    read: readResult,
    act: (desk, { id, text }) => desk.close(id, text),
  },
  {
    words: ["N"],
    usage: "N PLACE",
    example: "N High St / Mill Lane",
    does: "Who is nearest to a place, without an incident",
    slots: ["place"],
    read: readWhere,
    act: (desk, { where, name }) => desk.lookAt(where, name),
  },
  {
    words: ["C"],
    usage: "C [STREET, FROM, TO | STREET / STREET]",
    example: "C High Street, Mill Lane, Station Road",
    does: "Close roads: a street between two others, or where two meet; alone, the sheet with the pen",
    slots: ["text"],
    read: readClosure,
    act: (desk, { said }) => {
      desk.closures();
      if (said) desk.editClosing(said);
    },
  },
  {
    words: ["F"],
    usage: "F [UNIT]",
    example: "F BX21",
    does: "The map follows a unit until Esc, or F alone",
    slots: ["unit"],
    read: (rest, scene) => (rest.trim() ? readUnit("F BX21")(rest, scene) : { args: { callsign: null } }),
    act: (desk, { callsign }) => desk.keepInView(callsign),
  },
  page("MAP", "/map", "Open the map on a second screen"),
  page("BOARD", "/board", "Open the unit board on a second screen"),
  page("WALL", "/wall", "Open the wall, which only shows"),
  page("REPLAY", "/replay", "Open the replay of what was known"),
  {
    words: ["THEME"],
    usage: "THEME [DARK | LIGHT]",
    example: "THEME LIGHT",
    does: "Dark or light; alone, the other one",
    slots: ["theme"],
    read: readTheme,
    act: (desk, { theme }) => desk.theme(theme),
  },
  {
    words: ["DESK"],
    usage: "DESK NAME",
    example: "DESK north-1",
    does: "Say which desk this is: everything done from it bears the name",
    slots: ["text"],
    read: readDesk,
    act: (desk, { name }) => desk.nameDesk(name),
  },
  {
    words: ["?", "HELP"],
    usage: "?",
    example: "?",
    does: "Show these words and the keys",
    slots: [],
    read: readNothing("?"),
    act: (desk) => desk.sheet({ name: "help" }),
  },
];

/** @param {string} word */
export const findCommand = (word) => COMMANDS.find(({ words }) => words.includes(word.toUpperCase()));

/**
 * What a line asks for: a command and what it is about, or a sentence that says what to type instead. A callsign or an
 * incident by itself opens it.
 * @param {string} line @param {Scene} scene @returns {{command: Command, args: any} | {wrong: string}}
 */
export function readLine(line, scene) {
  const [head, rest] = split(line);
  if (!head) return { wrong: "Type a command: ? lists them." };
  const bare = rest ? undefined : findIncident(head, scene) ? "O" : findUnit(head, scene) ? "U" : undefined;
  const command = findCommand(head) ?? (bare ? findCommand(bare) : undefined);
  if (!command) return { wrong: `There is no command ${quoted(head)}: ? lists them.` };
  const read = command.read(command.words.includes(head.toUpperCase()) ? rest : head, scene);
  return "wrong" in read ? read : { command, args: read.args };
}

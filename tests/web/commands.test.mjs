// The command line: what each line asks for, and that whatever is typed wrong is answered with a sentence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS, readLine } from "../../maps/web/acts/commands.js";
import {
  offersFor,
  placeTyped,
  usageOf,
  withPlace,
} from "../../maps/web/acts/offers.js";
import { findMeant } from "../../maps/web/words/places.js";

const SCENE = {
  callsigns: ["BX21", "BX22", "K9"],
  incidents: ["INC0007", "INC0012"],
  open: "INC0012",
  here: { lat: 52, lon: -1.5 },
  ranked: ["BX22", "BX21"],
  grades: [
    { code: "I", label: "Immediate" },
    { code: "S", label: "Significant" },
  ],
  types: ["robbery", "robbery_armed", "missing person"],
  states: [
    { code: 2, label: "on patrol" },
    { code: 5, label: "en route" },
  ],
  results: {},
  calls: ["C-17"],
};
const NOTHING = {
  callsigns: [],
  incidents: [],
  open: null,
  here: null,
  ranked: [],
  grades: [],
  types: [],
  states: [],
  results: {},
  calls: [],
};

const asked = (line, more = {}) => {
  const read = readLine(line, { ...SCENE, ...more });
  assert.ok(!("wrong" in read), read.wrong);
  return [read.command.words[0], read.args];
};
const refused = (line, more = {}) =>
  readLine(line, { ...SCENE, ...more }).wrong;

test("an incident is created from a grade, a type, a text and a place", () => {
  assert.deepEqual(asked("I I ROBBERY knife seen @ TQ 300 804"), [
    "I",
    {
      grade: "I",
      type: "robbery",
      text: "knife seen",
      where: { query: "TQ 300 804" },
    },
  ]);
});

test("the longest type that is known is the type, and without one all of it is text", () => {
  const said = (line) => {
    const [, { type, text }] = asked(line);
    return [type, text];
  };
  assert.deepEqual(said("i s robbery armed: two men @ A38"), [
    "robbery_armed",
    "two men",
  ]);
  assert.deepEqual(said("i s Missing Person @ A38"), ["missing person", ""]);
  assert.deepEqual(said("i s robberylike noise @ A38"), [
    "",
    "robberylike noise",
  ]);
  assert.deepEqual(said("i s @ A38"), ["", ""]);
});

test("a place is looked up, or is what is open, or a caller", () => {
  const where = (line) => asked(line)[1].where;
  assert.deepEqual(where("I I fire @ High St / Mill Lane"), {
    query: "High St / Mill Lane",
  });
  assert.deepEqual(where("I I fire @ here"), { place: { lat: 52, lon: -1.5 } });
  assert.deepEqual(where("I I fire @ c-17"), { call: "C-17" });
  assert.deepEqual(where("N M6 J10"), { query: "M6 J10" });
});

test("a unit is assigned by its callsign or its number, here or there, with a reason", () => {
  const assigned = (line) => asked(line)[1];
  assert.deepEqual(assigned("A bx21 inc7"), {
    callsign: "BX21",
    incident: "INC0007",
    reason: "",
    nth: null,
  });
  assert.deepEqual(assigned("A 1"), {
    callsign: "BX22",
    incident: "INC0012",
    reason: "",
    nth: 1,
  });
  assert.deepEqual(assigned("A K9 7: a dog is needed"), {
    callsign: "K9",
    incident: "INC0007",
    reason: "a dog is needed",
    nth: null,
  });
});

test("units and incidents are opened by their word or by themselves", () => {
  assert.deepEqual(asked("U k9"), ["U", { callsign: "K9" }]);
  assert.deepEqual(asked("k9"), ["U", { callsign: "K9" }]);
  assert.deepEqual(asked("O 7"), ["O", { id: "INC0007" }]);
  assert.deepEqual(asked("inc0007"), ["O", { id: "INC0007" }]);
});

test("what is logged, closed and entered by voice goes to the incident or the unit that is named", () => {
  assert.deepEqual(asked("L INC7 two  men: gone"), [
    "L",
    { id: "INC0007", text: "two  men: gone" },
  ]);
  assert.deepEqual(asked("L suspect detained"), [
    "L",
    { id: "INC0012", text: "suspect detained" },
  ]);
  assert.deepEqual(asked("X arrest"), ["X", { id: "INC0012", text: "arrest" }]);
  assert.deepEqual(asked("x inc7 no trace", { results: { NT: "No trace" } }), [
    "X",
    { id: "INC0007", text: "NT" },
  ]);
  assert.deepEqual(asked("S BX21 en route"), [
    "S",
    { callsign: "BX21", code: 5 },
  ]);
  assert.deepEqual(asked("V BX21 en-route"), [
    "V",
    { callsign: "BX21", step: "en-route" },
  ]);
});

test("roads are closed between two streets or where two meet, and the map follows a unit", () => {
  const said = (line) => asked(line)[1].said;
  assert.deepEqual(said("C High Street, Mill Lane, Station Road"), {
    way: "street",
    street: "High Street",
    from: "Mill Lane",
    to: "Station Road",
  });
  assert.deepEqual(said("c High Street / Mill Lane"), {
    way: "junction",
    street: "High Street",
    crossing: "Mill Lane",
  });
  assert.equal(said("C"), null);
  assert.deepEqual(asked("F k9"), ["F", { callsign: "K9" }]);
  assert.deepEqual(asked("F"), ["F", { callsign: null }]);
  assert.deepEqual(asked("THEME Light"), ["THEME", { theme: "light" }]);
});

test("what is wrong is answered with what to type instead", () => {
  const sentences = {
    "": /\? lists them/,
    "ZZ 4": /no command ZZ: \? lists/,
    I: /grade first: I Immediate, S Significant/,
    "I 9 ROBBERY @ A38": /no grade 9: the grades are I Immediate/,
    "I I ROBBERY": /where, after an @: I I ROBBERY @ HIGH STREET/,
    "I I ROBBERY @": /Say where: a street/,
    [`I I ROBBERY @ ${"x".repeat(201)}`]: /at most 200 characters/,
    [`I I ${"x".repeat(1001)} @ A38`]: /at most 1000 characters/,
    A: /A BX21, or A 1/,
    "A BX29": /no unit BX29 on duty\. Did you mean BX21, BX22\?/,
    "A QQ1 INC7": /the unit board lists/,
    "A 3": /no number 3/,
    "A 1 INC7": /open INC0007 first/,
    "A BX21 INC99": /no open incident INC99\. Open are INC0007, INC0012/,
    "A BX21 INC7 quick": /a reason after a colon: A BX21 INC7: quick/,
    U: /which unit: U BX21/,
    "U BX21 BX22": /One unit is enough/,
    O: /which incident: O INC7/,
    L: /what to log: L INC7/,
    "L INC99 text": /no open incident INC99/,
    X: /what came of it: X INC7/,
    "S BX21": /its state: S BX21 5/,
    "S BX21 44": /no state 44: the states are 2 on patrol, 5 en route/,
    "V BX21 flies": /accepted, refused, en route, arrived/,
    N: /Say where/,
    "MAP 4": /Nothing follows MAP/,
    "C High Street": /two between which it is shut/,
    "THEME blue": /dark or light, not blue/,
    "F BX29": /Did you mean BX21/,
    DESK: /DESK north-1/,
    "DESK Łódź": /letters, figures/,
  };
  for (const [line, sentence] of Object.entries(sentences))
    assert.match(refused(line) ?? "nothing was wrong", sentence, line);
  assert.match(refused("A BX21", { open: null }), /name it: A BX21 INC7/);
  assert.match(refused("L text", { open: null }), /name it: L INC7/);
  assert.match(refused("N here", { here: null }), /click the place first/);
  assert.match(
    refused("X arrst", { results: { arrest: "Arrest" } }),
    /no result arrst: the results are arrest/,
  );
});

test("no line breaks the reader, whatever the screen knows, and every refusal is a sentence", () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const bits = [
    ...COMMANDS.flatMap(({ words }) => words),
    ..."@:,./?()[]\\^$*+|{}",
    " ",
    "  ",
    "BX21",
    "INC7",
    "1",
    "9".repeat(400),
    "\u202e",
    "🚨",
    "\0",
    "<img src=x>",
    "constructor",
    "__proto__",
  ];
  for (let n = 0; n < 4000; n += 1) {
    const line = Array.from(
      { length: random(7) },
      () => bits[random(bits.length)] + (random(2) ? " " : ""),
    ).join("");
    for (const scene of [SCENE, NOTHING]) {
      const read = readLine(line, scene);
      if ("wrong" in read) assert.match(read.wrong, /^[A-Z][^]{6,}[.?]$/, line);
      offersFor(line, scene, []);
    }
  }
});

test("every example of the table is a line that is understood", () => {
  const packs = { ...SCENE, grades: [], results: {} };
  for (const { example, words } of COMMANDS)
    assert.equal(readLine(example, packs).command?.words[0], words[0], example);
});

const labels = (line, places = []) =>
  offersFor(line, SCENE, places).map(({ label }) => label);

test("what may stand where the line is typed is offered, the ranked units first", () => {
  assert.deepEqual(labels("A "), ["BX22", "BX21", "K9"]);
  assert.deepEqual(labels("a bx"), ["BX22", "BX21"]);
  assert.deepEqual(labels("A BX21 "), ["INC0007", "INC0012"]);
  assert.deepEqual(labels("A BX21 INC0007"), []);
  assert.deepEqual(labels("I "), ["I", "S"]);
  assert.deepEqual(labels("I I mis"), ["missing person"]);
  assert.deepEqual(labels("S K9 pat"), []);
  assert.deepEqual(labels("S K9 on"), ["2"]);
  assert.deepEqual(labels("inc"), ["INC0007", "INC0012"]);
  assert.equal(offersFor("A bx", SCENE, [])[0].text, "A BX22 ");
});

test("a line says how its word is used", () => {
  assert.equal(usageOf("a bx"), "A UNIT [INCIDENT] [: REASON]");
  assert.equal(usageOf("hello"), "");
});

const place = (name, more = {}) => ({
  kind: "street",
  name,
  context: "",
  detail: "",
  lat: 52,
  lon: -1,
  grid_ref: null,
  extent: null,
  distance_m: null,
  typos: 0,
  source: "",
  ...more,
});

test("the place of a line is looked up as it is typed and said as it is called", () => {
  assert.equal(placeTyped("I I ROBBERY @ high s"), "high s");
  assert.equal(placeTyped("N high s"), "high s");
  assert.equal(placeTyped("I I ROBBERY"), null);
  assert.equal(placeTyped("A BX21"), null);
  assert.equal(
    withPlace(
      "I I ROBBERY @ high s ",
      place("High Street", { context: "Bexton" }),
    ),
    "I I ROBBERY @ High Street, Bexton",
  );
  assert.deepEqual(labels("N high", [place("High Street")]), ["High Street"]);
});

test("a place is taken without asking only where there is no doubt", () => {
  const [street, lane] = [place("High Street"), place("High Street North")];
  assert.equal(findMeant("high st", [street]), street);
  assert.equal(findMeant("HIGH STREET", [street, lane]), street);
  assert.equal(findMeant("high", [street, lane]), null);
  assert.equal(
    findMeant("hihg street", [place("High Street", { typos: 2 })]),
    null,
  );
  const namesakes = [
    place("High Street", { context: "Bexton" }),
    place("High Street", { context: "Oldfield" }),
  ];
  assert.equal(findMeant("High Street", namesakes), null);
  assert.equal(findMeant("high street, oldfield", namesakes), namesakes[1]);
  assert.equal(findMeant("nowhere", []), null);
});

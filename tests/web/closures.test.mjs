// Closures: what the server is asked, until when, and the effect in a sentence.

import assert from "node:assert/strict";
import { test } from "node:test";

import { extentOf, noClosing, untilOf } from "../../maps/web/acts/closures.js";
import {
  effectText,
  shutText,
  whenText,
} from "../../maps/web/words/closures.js";

const NEAR = { lat: 52.5, lon: -1.9 };
const said = (more) => extentOf({ ...noClosing(), ...more }, NEAR);

test("what is shut is asked about once all of it is said", () => {
  assert.equal(said({ street: "High Street", from: "Mill Lane" }), null);
  assert.deepEqual(
    said({ street: " High Street ", from: "Mill Lane", to: "Church Road" }),
    {
      street: "High Street",
      from: "Mill Lane",
      to: "Church Road",
      near: NEAR,
    },
  );
  assert.equal(
    said({ way: "junction", street: "High Street", from: "Mill Lane" }),
    null,
  );
  assert.deepEqual(said({ way: "junction", street: "A", crossing: "B" }), {
    street: "A",
    crossing: "B",
    near: NEAR,
  });
  assert.equal(said({ way: "drawn", street: "A", crossing: "B" }), null);
  const drawn = { type: "Point", coordinates: [0, 0] };
  assert.deepEqual(said({ way: "drawn", drawn, street: "A" }), {
    geometry: drawn,
  });
});

test("a closure ends in so many minutes, at a time of today or tomorrow, or when it is lifted", () => {
  const now = new Date(2026, 2, 2, 17, 30).getTime();
  const end = (until, time = "") => untilOf({ until, time }, now);
  assert.equal(end("lifted"), null);
  assert.equal(Date.parse(end("15")), now + 15 * 60_000);
  assert.equal(
    Date.parse(end("time", "18:00")),
    new Date(2026, 2, 2, 18, 0).getTime(),
  );
  assert.equal(
    Date.parse(end("time", "17:30")),
    new Date(2026, 2, 3, 17, 30).getTime(),
  );
  assert.equal(end("time"), undefined);
});

test("what a change did is said as a dispatcher says it", () => {
  const effect = (before, after, moved, text = "said by the server") =>
    effectText({ incident: "INC0012", before, after, moved, text });
  const was = (callsign, before, after) => ({
    callsign,
    from: 1,
    to: 1,
    eta_s: { before, after },
  });
  assert.equal(
    effect(
      ["RC45", "BX21"],
      ["BX21", "RC45"],
      [was("RC45", 100, 400), was("BX21", 230, 230)],
    ),
    "INC0012: BX21 first instead of RC45, 2:10 later",
  );
  assert.equal(
    effect(["BX21"], ["RC45"], [was("RC45", 400, 100), was("BX21", 230, 231)]),
    "INC0012: RC45 first instead of BX21, 2:10 sooner",
  );
  assert.equal(
    effect(["RC45"], ["RC45"], [was("RC45", 100, 140)]),
    "INC0012: RC45 still first, 0:40 later",
  );
  assert.equal(
    effect(["RC45"], [], [was("RC45", 100, null)]),
    "INC0012: nobody is left who gets there, RC45 was first",
  );
  assert.equal(
    effect([], ["RC45"], [was("RC45", null, 100)]),
    "INC0012: RC45 gets there now",
  );
  assert.equal(
    effect(["RC45", "A"], ["RC45"], [was("A", 100, null)]),
    "INC0012: said by the server",
  );
});

test("what is shut is told in metres and streets, the many counted", () => {
  assert.equal(
    shutText({ streets: ["High Street"], length_m: 212.4 }),
    "210 m of road: High Street",
  );
  assert.equal(
    shutText({ streets: [], length_m: 40 }),
    "40 m of road, none of it named",
  );
  assert.equal(
    shutText({ streets: ["A", "B", "C", "D", "E"], length_m: 2500 }),
    "2.5 km of road: A, B, C and 2 more",
  );
});

test("a closure says from when and until when", () => {
  const now = new Date(2026, 2, 2, 12).getTime();
  const at = (day, hour) => new Date(2026, 2, day, hour).toISOString();
  const when = (status, since, until) =>
    whenText({ status, since, until }, now);
  assert.equal(when("in_force", at(2, 8), at(2, 18)), "until 18:00");
  assert.equal(when("in_force", at(2, 8), null), "until lifted");
  assert.equal(
    when("planned", at(2, 20), at(3, 6)),
    "from 20:00 until Tue 3 Mar 06:00",
  );
});

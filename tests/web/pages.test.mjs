// Which screen an address is, what stands on it, what its tab says, and which screens listen to each other.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { moved, roomFor, windowOf } from "../../maps/web/picture/extent.js";
import { obeys, speaks } from "../../maps/web/picture/others.js";
import { countByStanding } from "../../maps/web/picture/order.js";
import { pageOf, shows, titleOf } from "../../maps/web/picture/pages.js";
import { unit } from "./feed.mjs";

/** Read as text: what draws needs a document. */
const PANELS = [
  ...readFileSync(
    new URL("../../maps/web/panels/panels.js", import.meta.url),
    "utf8",
  ).matchAll(/^  (\w+): \w+View,$/gm),
].map(([, panel]) => panel);

const stateOf = (page, units = [], target = null, strays = []) => ({
  page,
  target,
  picture: {
    units: new Map(units.map((one) => [one.callsign, one])),
    status: { strays },
  },
});

test("an address is its screen, and an unknown one the console", () => {
  assert.deepEqual(["/", "/map", "/board", "/wall", "/else"].map(pageOf), [
    "console",
    "map",
    "board",
    "wall",
    "console",
  ]);
});

test("the wall has nothing to press on it, and no other screen has the wall", () => {
  assert.deepEqual(PANELS.filter((panel) => shows("wall", panel)).sort(), [
    "alarm",
    "header",
    "overlay",
    "signin",
    "wall",
  ]);
  for (const page of ["console", "map", "board"])
    assert.equal(shows(page, "wall"), false);
});

test("a tab says how many ask for help and what is open", () => {
  assert.equal(titleOf(stateOf("console")), "ARLS");
  const units = [unit("AB1", { emergency: true }), unit("AB2")];
  const title = titleOf(
    stateOf("map", units, { kind: "incident", id: "INC7" }, [
      { source: "itsi/1" },
    ]),
  );
  assert.equal(title, "(2 EMG) INC7 · ARLS map");
});

test("a second screen listens only when its user said so, the console to those alone, the wall to nobody", () => {
  const target = { kind: "unit", callsign: "AB1" };
  const hears = (page, follows, from) =>
    obeys({ page, follows }, { from, target });
  assert.equal(hears("map", false, "console"), false);
  assert.equal(hears("map", true, "console"), true);
  assert.equal(hears("console", false, "board"), true);
  assert.equal(hears("console", false, "console"), false);
  assert.equal(hears("wall", false, "console"), false);
  assert.deepEqual(
    ["console", "map", "wall"].map((page) => speaks({ page, follows: false })),
    [true, false, false],
  );
});

test("what no screen of ours would say is not obeyed", () => {
  for (const said of [
    null,
    7,
    {},
    { from: "map" },
    { from: "map", target: {} },
    { from: "map", target: { kind: "place", lat: "x" } },
  ])
    assert.equal(obeys({ page: "console", follows: false }, said), false);
});

test("of a long board only the rows in view are made, of a short one all", () => {
  assert.deepEqual(windowOf(96, 50), [0, 96]);
  assert.deepEqual(windowOf(2000, 0), [0, 96]);
  const [from, to] = windowOf(2000, 1000);
  assert.ok(from < 1000 && to > 1050);
  assert.deepEqual(windowOf(2000, 5000), [1904, 2000]);
});

test("rows are made anew when half of what lies beyond is used up, and at either end", () => {
  assert.equal(moved(2000, 100, 105), false);
  assert.equal(moved(2000, 100, 110), true);
  assert.equal(moved(2000, 25, 0), true);
  assert.equal(moved(2000, 1920, 1990), true);
});

test("the wall lists what has room, one at least", () => {
  assert.equal(roomFor(480, 19.2), 5);
  assert.equal(roomFor(10, 20), 1);
});

test("counts by standing leave out what nobody is in, and an assigned unit is not free", () => {
  const away = { id: "A1", incident: "INC1", state: "en_route" };
  const counts = countByStanding([
    unit("AB1"),
    unit("AB2", { assignment: away }),
    unit("AB3"),
  ]);
  assert.deepEqual(
    counts.map(({ word, count }) => [word, count]),
    [
      ["free", 2],
      ["en route", 1],
    ],
  );
});

// What the map is given: every unit with a position, honest labels, wedges only for measured courses.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  callerFeatures,
  closureFeatures,
  incidentFeatures,
  showsHeading,
  unitFeatures,
} from "../../maps/web/map/features.js";
import { localDay, localTime } from "../../maps/web/words/format.js";
import { closure, incident, unit } from "./feed.mjs";

const AT = Date.parse("2026-03-01T12:01:22Z");
const first = (row) => unitFeatures([row], AT, null).features[0];

test("longitude comes first on the wire of GeoJSON", () => {
  assert.deepEqual(first(unit("AB1")).geometry.coordinates, [-1.5, 52]);
});

test("every label has the age of its fix as m:ss", () =>
  assert.equal(first(unit("AB1")).properties.age, "1:22"));

test("a stale unit is drawn with a question mark and a dashed ring", () => {
  const { name, symbol } = first(
    unit("AB1", { freshness: "stale" }),
  ).properties;
  assert.deepEqual([name, symbol], ["AB1 ?", "unit:car:available:stale:"]);
});

test("an assigned unit is not drawn as free, whatever its radio said last", () => {
  const symbol = (state) =>
    first(unit("AB1", { assignment: { id: "A", incident: "I1", state } }))
      .properties.symbol;
  assert.deepEqual(
    [symbol("reserved"), symbol("at_scene")],
    ["unit:car:committed:ok:", "unit:car:at_scene:ok:"],
  );
});

test("a lost unit is still drawn where it was last seen", () => {
  assert.equal(
    first(unit("AB1", { freshness: "lost" })).properties.symbol,
    "unit:car:available:lost:",
  );
});

test("a unit that never sent a fix is on no map", () => {
  assert.equal(
    unitFeatures(
      [unit("AB1", { lat: null, lon: null, freshness: "never" })],
      AT,
      null,
    ).features.length,
    0,
  );
});

test("an emergency says EMG in letters and lies on top of everything", () => {
  const { name, layer } = first(unit("AB1", { emergency: true })).properties;
  assert.equal(name, "EMG AB1");
  assert.ok(layer > first(unit("AB2")).properties.layer);
});

test("a heading is shown only when measured, moving and not stale", () => {
  const moving = { course_deg: 45, speed_mps: 9 };
  assert.equal(showsHeading(unit("AB1", moving)), true);
  assert.equal(showsHeading(unit("AB1", { ...moving, speed_mps: 0.2 })), false);
  assert.equal(
    showsHeading(unit("AB1", { ...moving, speed_mps: null })),
    false,
  );
  assert.equal(
    showsHeading(unit("AB1", { ...moving, course_deg: null })),
    false,
  );
  assert.equal(
    showsHeading(unit("AB1", { ...moving, freshness: "stale" })),
    false,
  );
});

test("due north is a heading like any other", () => {
  assert.equal(
    first(unit("AB1", { course_deg: 0, speed_mps: 9 })).properties.heading,
    0,
  );
});

test("the more urgent incident is drawn over the less urgent", () => {
  const [one, two] = incidentFeatures(
    [incident("I1", { grade: "1" }), incident("I2")],
    "I2",
  ).features;
  assert.ok(one.properties.urgency > two.properties.urgency);
  assert.deepEqual(
    [one.properties.chosen, two.properties.chosen],
    [false, true],
  );
});

test("a closure is drawn as it was drawn, under its name and until when", () => {
  const until = "2026-03-01T18:00:00Z";
  const rows = [
    closure("C0001", { name: "burst main", until }),
    closure("C0002", { streets: ["High Street"] }),
    closure("C0003", { status: "planned", since: "2026-03-08T12:00:00Z" }),
    closure("C0004"),
  ];
  const { features } = closureFeatures(rows, AT);
  const clock = (instant) => localTime(Date.parse(instant)).slice(0, 5);
  const later = "2026-03-08T12:00:00Z";
  assert.deepEqual(
    features.map(({ properties }) => [properties.title, properties.in_force]),
    [
      [`C0001 burst main, until ${clock(until)}`, true],
      ["C0002 High Street", true],
      [`C0003, from ${localDay(Date.parse(later))} ${clock(later)}`, false],
      ["C0004", true],
    ],
  );
  assert.deepEqual(features[0].geometry, rows[0].geometry);
});

const phone = (more = {}) => ({
  lat: 52,
  lon: -1.5,
  accuracy_m: 1113.2,
  offered: true,
  ...more,
});

test("a caller's phone is a circle of as many metres as it says, and its middle", () => {
  const [circle, middle] = callerFeatures([
    incident("I1", { caller_locations: [phone(), phone({ lat: 53 })] }),
  ]).features;
  const [[lon, lat], ...rest] = circle.geometry.coordinates[0];
  assert.deepEqual(middle.geometry.coordinates, [-1.5, 52]);
  assert.ok(Math.abs(lat - 52.01) < 1e-9 && Math.abs(lon + 1.5) < 1e-9);
  assert.deepEqual(rest.at(-1), [lon, lat]);
  assert.equal(circle.properties.offered, true);
});

test("a phone without a radius is a point, and one without a place is on no map", () => {
  const drawn = (more) =>
    callerFeatures([incident("I1", { caller_locations: [phone(more)] })])
      .features.length;
  assert.deepEqual(
    [drawn({ accuracy_m: null }), drawn({ lat: null, lon: null })],
    [1, 0],
  );
  assert.equal(callerFeatures([incident("I1")]).features.length, 0);
  assert.equal(callerFeatures([null]).features.length, 0);
});

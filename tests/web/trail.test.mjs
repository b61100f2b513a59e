// Trails: broken where nothing was heard and where a fix was not believed; what a silent unit may have reached, in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  beenOf,
  reachText,
  stretchesOf,
  trailFeatures,
} from "../../maps/web/map/trail.js";

const START = new Date(2026, 2, 2, 14, 0).getTime();
const been = (seconds, believed = true) => ({
  lat: 52,
  lon: seconds / 1e5,
  at_ms: START + seconds * 1000,
  believed,
});
const seconds = (places) =>
  stretchesOf(places).map((one) =>
    one.map(({ at_ms }) => (at_ms - START) / 1000),
  );

test("a trail is broken at a silence", () => {
  assert.deepEqual(
    seconds([been(0), been(10), been(130), been(251), been(260)]),
    [
      [0, 10, 130],
      [251, 260],
    ],
  );
  assert.deepEqual(seconds([]), []);
});

test("a fix that was not believed is not on the trail, and breaks it", () => {
  assert.deepEqual(
    seconds([been(0), been(10), been(20, false), been(30), been(40)]),
    [
      [0, 10],
      [30, 40],
    ],
  );
  assert.deepEqual(seconds([been(0, false), been(10)]), [[10]]);
});

test("a lone fix is a dot and no line, and a time stands about every minute", () => {
  const { features } = trailFeatures([
    been(0),
    been(20),
    been(40),
    been(60),
    been(80),
    been(400),
  ]);
  const kinds = features.map(({ geometry }) => geometry.type);
  assert.deepEqual(kinds, ["LineString", ...Array(6).fill("Point")]);
  const times = features.slice(1).map(({ properties }) => properties.time);
  assert.deepEqual(times, ["14:00", "", "", "14:01", "14:01", "14:06"]);
});

test("a track of the server is read whether it is a line, a point or nothing", () => {
  const properties = {
    times: ["2026-03-02T14:00:00Z", "2026-03-02T14:00:10Z"],
    believed: [true, false],
  };
  const line = {
    type: "LineString",
    coordinates: [
      [-1.9, 52.1],
      [-1.8, 52.2],
    ],
  };
  const first = {
    lat: 52.1,
    lon: -1.9,
    at_ms: Date.parse(properties.times[0]),
    believed: true,
  };
  assert.deepEqual(beenOf({ geometry: line, properties })[0], first);
  assert.equal(beenOf({ geometry: line, properties })[1].believed, false);
  assert.deepEqual(
    beenOf({
      geometry: { type: "Point", coordinates: [-1.9, 52.1] },
      properties,
    }),
    [first],
  );
  assert.deepEqual(beenOf({ geometry: null, properties: {} }), []);
});

test("where a silent unit may be is said in words", () => {
  assert.match(
    reachText("AB12", 312, 3.42),
    /^AB12: last fix 5:12 ago\. .* shaded 3\.4 km²\.$/,
  );
  assert.match(reachText("AB12", 61, 0.02), /less than 0\.1 km²/);
});

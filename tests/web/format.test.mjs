// What a dispatcher reads: m:ss always, intervals as they are said, places as they are typed.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  age,
  course,
  distance,
  duration,
  findCoordinates,
  speed,
  spoken,
} from "../../maps/web/words/format.js";

test("a duration is m:ss, never plain seconds", () => {
  assert.deepEqual([0, 9.9, 59, 60, 82, 103, 3599].map(duration), [
    "0:00",
    "0:09",
    "0:59",
    "1:00",
    "1:22",
    "1:43",
    "59:59",
  ]);
});

test("from an hour on the hours stand before it, from two days on the days", () => {
  assert.deepEqual([3600, 5220, 86400, 2 * 86400 + 3 * 3600].map(duration), [
    "1:00:00",
    "1:27:00",
    "24:00:00",
    "2 d 3 h",
  ]);
});

test("a clock that is off never makes a negative age", () =>
  assert.equal(duration(-4), "0:00"));

test("a unit that never sent a fix has no age", () =>
  assert.equal(age(null), "–"));

test("an interval is said as a dispatcher says it", () => {
  const said = [
    [95, 140],
    [61, 119],
    [0, 28],
    [12, 55],
    [118, 118],
    [900, 1130],
    [20, 85],
  ];
  assert.deepEqual(
    said.map(([low, high]) => spoken({ low, high })),
    [
      "1½ to 2½ min",
      "1 to 2 min",
      "under 1 min",
      "under 1 min",
      "1½ to 2 min",
      "15 to 19 min",
      "under 1½ min",
    ],
  );
});

test("what is said always covers what is known", () => {
  for (let low = 0; low < 1500; low += 7) {
    for (const high of [low, low + 11, low + 95, low + 700]) {
      const numbers = spoken({ low, high })
        .replace("½", ".5")
        .replace("½", ".5")
        .match(/[\d.]+/g)
        .map(Number);
      const [from, to] =
        numbers.length === 2
          ? numbers
          : [
              spoken({ low, high }).startsWith("under") ? 0 : numbers[0],
              numbers[0],
            ];
      assert.ok(
        from * 60 <= low && high <= to * 60,
        `${low} to ${high} s was said as ${spoken({ low, high })}`,
      );
    }
  }
});

test("metres are rounded to ten, kilometres to a hundred metres", () => {
  assert.deepEqual([3, 184, 994, 996, 1340, 12600].map(distance), [
    "0 m",
    "180 m",
    "990 m",
    "1.0 km",
    "1.3 km",
    "13 km",
  ]);
});

test("courses have three figures and speeds are in miles an hour", () => {
  assert.deepEqual(
    [course(7.4), course(359.8), speed(13.4)],
    ["007°", "000°", "30 mph"],
  );
});

test("a typed place is latitude then longitude, and nonsense is none", () => {
  assert.deepEqual(findCoordinates(" 51.5072, -0.1276 "), {
    lat: 51.5072,
    lon: -0.1276,
  });
  assert.deepEqual(findCoordinates("51.5 -0.1"), { lat: 51.5, lon: -0.1 });
  for (const text of [
    "",
    "91, 0",
    "51.5",
    "High Street",
    "51,5,0",
    "1e3, 4",
    "NaN, NaN",
  ])
    assert.equal(findCoordinates(text), null, text);
});

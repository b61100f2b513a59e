// Grades are those of the policy in force, any number of them; incidents nearby are named before another is made.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nearbyOf } from "../../maps/web/picture/nearby.js";
import {
  gradeLetterSize,
  gradeShape,
  usePolicy,
} from "../../maps/web/words/grades.js";
import { incident } from "./feed.mjs";

test("the shape of a grade is its urgency in the policy, whatever its code", () => {
  usePolicy([{ code: "I" }, { code: "S" }, { code: "E" }, { code: "R" }]);
  assert.deepEqual(["I", "S", "E", "R"].map(gradeShape), [
    "square",
    "circle",
    "diamond",
    "tile",
  ]);
  assert.equal(gradeShape("1"), "tile"); // of another policy
  usePolicy([{ code: "P1" }]);
  assert.equal(gradeShape("P1"), "square");
});

test("a longer code is written smaller", () => {
  const sizes = ["1", "P1", "IMM", "EMERGENCY"].map(gradeLetterSize);
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => b - a),
  );
  assert.ok(sizes.at(-1) > 0);
});

test("open incidents within 500 m are near a place, the nearest first", () => {
  const at = { lat: 52, lon: -1.5 };
  const near = nearbyOf(
    [
      incident("FAR", { lat: 52.005 }),
      incident("NEAR", { lat: 52.004 }),
      incident("NEARER", { lon: -1.501 }),
      incident("OVER", { closed_at: "2026-03-01T12:00:00Z" }),
    ],
    at,
  );
  assert.deepEqual(
    near.map(({ incident: { id } }) => id),
    ["NEARER", "NEAR"],
  );
  assert.ok(Math.abs(near[0].away_m - 68.5) < 0.5);
  assert.deepEqual(nearbyOf([incident("ANY")], null), []);
});

// What the charts are drawn from: which incidents, how high a chart reaches, where a line is interrupted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, timedOf, topOf } from "../../maps/web/picture/figures.js";

const share = { policy: "generic/1", grade: "1" };
const row = (elapsed_s, fields = {}) => ({ ...share, elapsed_s, ...fields });
const at = (second) =>
  new Date(1_700_000_000_000 + second * 1000).toISOString();

test("a chart holds the incidents of its grade and its policy that have a time", () => {
  const rows = [
    row(60),
    row(null),
    row(90, { grade: "2" }),
    row(90, { policy: "met/1" }),
  ];
  assert.deepEqual(
    timedOf(share, rows).map(({ elapsed_s }) => elapsed_s),
    [60],
  );
});

test("a chart shows its target, and ends before one incident of a day flattens the shift", () => {
  assert.deepEqual(topOf([row(300)], [900]), { top_s: 1125, beyond: 0 });
  assert.deepEqual(topOf([row(300), row(80_000)], [900]), {
    top_s: 2700,
    beyond: 1,
  });
  assert.deepEqual(topOf([row(80_000)], []), { top_s: 88_000, beyond: 0 });
  assert.deepEqual(topOf([], []), { top_s: 60, beyond: 0 });
});

test("between samples that lie apart a line is interrupted, not drawn through", () => {
  const [at_s, p50, p95] = linesOf(
    [
      [at(0), 3, 5, 9],
      [at(10), 3, 6, 10],
      [at(100), 2, 7, 11],
    ],
    10,
  );
  assert.deepEqual(p50, [5, 6, null, 7]);
  assert.deepEqual(p95, [9, 10, null, 11]);
  assert.deepEqual(
    at_s.map((one) => one - at_s[0]),
    [0, 10, 20, 100],
  );
});

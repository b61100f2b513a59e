// The map's colours: both themes name all of them, and what is read or told apart stands out from what lies under it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { baseStyle } from "../../maps/web/map/basemap.js";
import { layersOf } from "../../maps/web/map/layers.js";
import { paletteOf } from "../../maps/web/map/palette.js";

const THEMES = ["dark", "light"];
const GROUNDS = [
  "ground",
  "green",
  "works",
  "settled",
  "land",
  "water",
  "building",
];
const WAYS = [
  "service",
  "minor",
  "tertiary",
  "secondary",
  "primary",
  "trunk",
  "motorway",
];
const LABELS = {
  halo: ["road_name", "poi", "place", "arrow"],
  ref_ground: ["road_ref"],
  unit_halo: [
    "unit_name",
    "unit_age",
    "alarm_name",
    "shut_name",
    "trail_name",
    "area_name",
  ],
};
const MARKS = [
  "chosen",
  "route",
  "caller",
  "shut",
  "to_shut",
  "trail",
  "reach",
  "rvp",
  "ring",
];

/** Relative luminance (WCAG 2.2). */
function luminance(hex) {
  const parts = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Pairs of colours that stand out less than that, named. */
const faint = (palette, inks, grounds, least) =>
  inks.flatMap((ink) =>
    grounds
      .map((ground) => [
        `${ink} on ${ground}`,
        contrast(palette[ink], palette[ground]),
      ])
      .filter(([, ratio]) => ratio < least),
  );

for (const theme of THEMES) {
  const palette = paletteOf(theme);

  test(`on the ${theme} map every label stands out 4.5 to 1 from its halo and from the ground`, () => {
    for (const [halo, inks] of Object.entries(LABELS))
      assert.deepEqual(faint(palette, inks, [halo], 4.5), []);
    const names = ["unit_name", "alarm_name", "place", "road_name"];
    assert.deepEqual(faint(palette, names, GROUNDS, 4.5), []);
  });

  test(`on the ${theme} map what means something stands out 3 to 1 from the ground`, () => {
    assert.deepEqual(
      faint(palette, MARKS, ["ground", "settled", "green", "building"], 3),
      [],
    );
  });

  test(`on the ${theme} map letters stand out from the shapes they stand on`, () => {
    const fills = [
      "free",
      "committed",
      "scene",
      "grade_1",
      "grade_2",
      "grade_3",
      "grade_4",
    ];
    assert.deepEqual(faint(palette, ["ink"], fills, 4.5), []);
    assert.deepEqual(faint(palette, ["free_line"], ["hollow"], 4.5), []);
    assert.deepEqual(faint(palette, ["off"], ["dull"], 4.5), []);
  });
}

test("both maps are drawn with the same layers, and no way has the ground's own colour", () => {
  const tiles = {
    tiles: ["/tiles/{z}/{x}/{y}"],
    vector_layers: ["landuse", "water", "road", "building", "place"].map(
      (id) => ({ id }),
    ),
  };
  const ids = (theme) =>
    [
      ...baseStyle(tiles, "https://x", paletteOf(theme)).layers,
      ...layersOf(paletteOf(theme)),
    ].map(({ id }) => id);
  assert.deepEqual(ids("dark"), ids("light"));
  assert.equal(new Set(ids("dark")).size, ids("dark").length);
  for (const palette of THEMES.map(paletteOf))
    for (const way of WAYS) assert.notEqual(palette[way], palette.ground);
});

test("every colour that a layer is drawn with is in the palette", () => {
  const palette = paletteOf("light");
  const drawn = JSON.stringify(layersOf(palette)).match(/#[0-9a-f]{6}/g);
  assert.deepEqual(
    drawn.filter((colour) => !Object.values(palette).includes(colour)),
    [],
  );
});

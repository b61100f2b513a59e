// @ts-check
// The base map's style: dark, quiet, and without any request outside the own origin (no glyphs, no sprite).
// It decides what the roads, water and names under the units look like. The tiles' layers are maps/tiles.py's to say.

/** Families declared in style.css, drawn by the browser: MapLibre rasterises glyphs locally when a style has no `glyphs`. */
const TEXT = ["ARLS Text"];
const STRONG = ["ARLS Strong"];

const GROUND = "#10161c";
const HALO = "#0d1318";

/** Per road class: colour and width in pixels at zooms 10, 14 and 18. @type {[string[], string, [number, number, number]][]} */
const ROADS = [
  [["path", "track"], "#26343a", [0, 0.7, 2]],
  [["service"], "#222b34", [0, 0.8, 6]],
  [["minor"], "#2b3641", [0.2, 2, 13]],
  [["tertiary"], "#35424f", [0.6, 2.8, 16]],
  [["secondary"], "#3f4e5d", [1, 3.6, 18]],
  [["primary"], "#4a5a6b", [1.4, 4.4, 20]],
  [["trunk"], "#56677a", [1.8, 5, 22]],
  [["motorway"], "#64758a", [2.2, 5.6, 24]],
];

/** @param {[number, number, number]} widths @param {number} [more] */
const width = ([low, mid, high], more = 0) =>
  /** @type {any} */ (["interpolate", ["exponential", 1.5], ["zoom"], 10, low, 14, mid + more, 18, high + more]);

/** @param {string[]} classes */
const ofClass = (classes) => /** @type {any} */ (["in", ["get", "class"], ["literal", classes]]);

/** @param {[string[], string, [number, number, number]]} road */
function roadLayer([classes, colour, widths]) {
  const quiet = classes.includes("path");
  return /** @type {any} */ ({
    id: `road-${classes[0]}`,
    type: "line",
    source: "base",
    "source-layer": "road",
    filter: ofClass(classes),
    minzoom: quiet || classes[0] === "service" ? 13 : 6,
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": colour,
      "line-width": width(widths),
      "line-opacity": ["case", ["==", ["get", "tunnel"], 1], 0.45, 1],
      ...(quiet ? { "line-dasharray": [2, 1.5] } : {}),
    },
  });
}

const bridges = /** @type {any} */ ({
  id: "road-bridge",
  type: "line",
  source: "base",
  "source-layer": "road",
  minzoom: 12,
  filter: [
    "all",
    ["==", ["get", "bridge"], 1],
    ofClass(["motorway", "trunk", "primary", "secondary", "tertiary", "minor"]),
  ],
  paint: { "line-color": "#76889b", "line-width": 1, "line-gap-width": width([1.5, 4.4, 20]) },
});

const land = /** @type {any[]} */ ([
  { id: "ground", type: "background", paint: { "background-color": GROUND } },
  {
    id: "landuse",
    type: "fill",
    source: "base",
    "source-layer": "landuse",
    paint: {
      "fill-color": [
        "match",
        ["get", "kind"],
        ["park", "wood", "grass", "scrub", "golf", "pitch", "playground", "cemetery", "allotments", "wetland"],
        "#13221c",
        ["industrial", "commercial", "railway", "quarry", "military", "airport", "parking"],
        "#171d25",
        ["residential", "school", "hospital", "square"],
        "#151c23",
        "#111a1a",
      ],
    },
  },
  { id: "water", type: "fill", source: "base", "source-layer": "water", paint: { "fill-color": "#122c40" } },
  {
    id: "waterway",
    type: "line",
    source: "base",
    "source-layer": "waterway",
    layout: { "line-cap": "round" },
    paint: { "line-color": "#122c40", "line-width": width([0.8, 2, 7]) },
  },
  {
    id: "building",
    type: "fill",
    source: "base",
    "source-layer": "building",
    minzoom: 13.5,
    paint: { "fill-color": "#1b242d", "fill-outline-color": "#222d37" },
  },
]);

const lines = /** @type {any[]} */ ([
  {
    id: "boundary",
    type: "line",
    source: "base",
    "source-layer": "boundary",
    paint: { "line-color": "#4b5866", "line-width": 1, "line-dasharray": [4, 3] },
  },
  {
    id: "rail",
    type: "line",
    source: "base",
    "source-layer": "road",
    minzoom: 11,
    filter: ["all", ofClass(["rail"]), ["!=", ["get", "tunnel"], 1]],
    paint: { "line-color": "#3a4450", "line-width": 1.2, "line-dasharray": [4, 2] },
  },
  {
    id: "ferry",
    type: "line",
    source: "base",
    "source-layer": "road",
    filter: ofClass(["ferry"]),
    paint: { "line-color": "#3b6b8c", "line-width": 1.2, "line-dasharray": [3, 3] },
  },
]);

const names = /** @type {any[]} */ ([
  {
    id: "road-arrow",
    type: "symbol",
    source: "base",
    "source-layer": "road",
    minzoom: 16,
    filter: ["in", ["get", "oneway"], ["literal", [1, -1]]],
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 120,
      "text-field": ["case", ["==", ["get", "oneway"], 1], "→", "←"],
      "text-keep-upright": false,
      "text-font": TEXT,
      "text-size": 15,
    },
    paint: { "text-color": "#a9b6c4" },
  },
  {
    id: "road-name",
    type: "symbol",
    source: "base",
    "source-layer": "road",
    minzoom: 13,
    filter: ["all", ["!=", ["coalesce", ["get", "name"], ""], ""], ["!", ofClass(["path", "track", "rail", "ferry"])]],
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 320,
      "text-field": ["get", "name"],
      "text-font": TEXT,
      "text-size": ["interpolate", ["linear"], ["zoom"], 13, 10.5, 18, 14],
      "text-max-angle": 30,
    },
    paint: { "text-color": "#93a1b0", "text-halo-color": HALO, "text-halo-width": 1.5 },
  },
  {
    id: "road-ref",
    type: "symbol",
    source: "base",
    "source-layer": "road",
    minzoom: 10,
    filter: ["all", ["!=", ["coalesce", ["get", "ref"], ""], ""], ofClass(["motorway", "trunk", "primary"])],
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 400,
      "text-field": ["get", "ref"],
      "text-font": STRONG,
      "text-size": 10.5,
      "text-rotation-alignment": "viewport",
    },
    paint: { "text-color": "#b9c6d4", "text-halo-color": "#2b3641", "text-halo-width": 3 },
  },
  {
    id: "poi",
    type: "symbol",
    source: "base",
    "source-layer": "poi",
    minzoom: 13,
    filter: [
      "in",
      ["get", "kind"],
      ["literal", ["police", "hospital", "fire_station", "ambulance_station", "station"]],
    ],
    layout: { "text-field": ["get", "name"], "text-font": TEXT, "text-size": 11, "text-max-width": 8 },
    paint: { "text-color": "#8fb6c9", "text-halo-color": HALO, "text-halo-width": 1.5 },
  },
  {
    id: "place",
    type: "symbol",
    source: "base",
    "source-layer": "place",
    layout: {
      "text-field": ["get", "name"],
      "text-font": STRONG,
      "text-size": ["match", ["get", "kind"], "city", 18, "town", 15, ["suburb", "village"], 12.5, 11],
      "symbol-sort-key": ["get", "rank"],
      "text-letter-spacing": 0.02,
      "text-max-width": 8,
    },
    paint: { "text-color": "#c3ccd6", "text-halo-color": HALO, "text-halo-width": 1.8 },
  },
]);

/** @param {any} tiles the server's TileJSON @param {string} origin MapLibre's worker needs absolute addresses */
export function baseStyle(tiles, origin) {
  const drawn = new Set(tiles.vector_layers.map((/** @type {{id: string}} */ { id }) => id));
  const layers = [...land, ...lines, ...ROADS.map(roadLayer), bridges, ...names];
  const addresses = tiles.tiles.map((/** @type {string} */ path) => (path.startsWith("/") ? origin + path : path));
  return /** @type {any} */ ({
    version: 8,
    sources: { base: { ...tiles, type: "vector", tiles: addresses } },
    // An extract without, say, a boundary makes no such tile layer, and MapLibre refuses a style that names one.
    layers: layers.filter((layer) => !layer["source-layer"] || drawn.has(layer["source-layer"])),
  });
}

/** What is shown when there is no base map: the units on plain ground. */
export const bareStyle = /** @type {any} */ ({ version: 8, sources: {}, layers: [land[0]] });

// @ts-check
// The base map's style: quiet, dark or light, and without any request outside the own origin (no glyphs, no sprite).
// It decides what the roads, water and names under the units look like. The tiles' layers are maps/tiles.py's to say.

/** Families declared in style.css, drawn by the browser: MapLibre rasterises glyphs locally when a style has no `glyphs`. */
const TEXT = ["ARLS Text"];
const STRONG = ["ARLS Strong"];

/** @typedef {import("./palette.js").Palette} Palette */

/** Per road class: its meaning in the palette and its width in pixels at zooms 10, 14 and 18. @type {[string[], keyof Palette, [number, number, number]][]} */
const ROADS = [
  [["path", "track"], "path", [0, 0.7, 2]],
  [["service"], "service", [0, 0.8, 6]],
  [["minor"], "minor", [0.2, 2, 13]],
  [["tertiary"], "tertiary", [0.6, 2.8, 16]],
  [["secondary"], "secondary", [1, 3.6, 18]],
  [["primary"], "primary", [1.4, 4.4, 20]],
  [["trunk"], "trunk", [1.8, 5, 22]],
  [["motorway"], "motorway", [2.2, 5.6, 24]],
];

/** @param {[number, number, number]} widths @param {number} [more] */
const width = ([low, mid, high], more = 0) =>
  /** @type {any} */ (["interpolate", ["exponential", 1.5], ["zoom"], 10, low, 14, mid + more, 18, high + more]);

/** @param {string[]} classes */
const ofClass = (classes) => /** @type {any} */ (["in", ["get", "class"], ["literal", classes]]);

/** @param {Palette} palette @param {[string[], keyof Palette, [number, number, number]]} road */
function roadLayer(palette, [classes, meaning, widths]) {
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
      "line-color": palette[meaning],
      "line-width": width(widths),
      "line-opacity": ["case", ["==", ["get", "tunnel"], 1], 0.45, 1],
      ...(quiet ? { "line-dasharray": [2, 1.5] } : {}),
    },
  });
}

/** Those wide enough to have an edge. */
const EDGED = ROADS.slice(2);
const byClass = (/** @type {number} */ nth, /** @type {number} */ more) => [
  "match",
  ["get", "class"],
  ...EDGED.flatMap(([classes, , widths]) => [classes, widths[nth] + more]),
  0,
];

/** A road is told from the ground by its edge: white on pale grey alone would not be. @param {Palette} palette */
const edges = ({ road_edge }) =>
  /** @type {any} */ ({
    id: "road-edge",
    type: "line",
    source: "base",
    "source-layer": "road",
    filter: ["all", ofClass(EDGED.flatMap(([classes]) => classes)), ["!=", ["get", "tunnel"], 1]],
    minzoom: 12,
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": road_edge,
      "line-width": [
        "interpolate",
        ["exponential", 1.5],
        ["zoom"],
        10,
        byClass(0, 0.8),
        14,
        byClass(1, 1.2),
        18,
        byClass(2, 2),
      ],
    },
  });

/** @param {Palette} palette */
const bridges = ({ bridge }) =>
  /** @type {any} */ ({
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
    paint: { "line-color": bridge, "line-width": 1, "line-gap-width": width([1.5, 4.4, 20]) },
  });

/** @param {Palette} palette */
const land = ({ ground, green, works, settled, land: other, water, building, building_edge }) =>
  /** @type {any[]} */ ([
    { id: "ground", type: "background", paint: { "background-color": ground } },
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
          green,
          ["industrial", "commercial", "railway", "quarry", "military", "airport", "parking"],
          works,
          ["residential", "school", "hospital", "square"],
          settled,
          other,
        ],
      },
    },
    { id: "water", type: "fill", source: "base", "source-layer": "water", paint: { "fill-color": water } },
    {
      id: "waterway",
      type: "line",
      source: "base",
      "source-layer": "waterway",
      layout: { "line-cap": "round" },
      paint: { "line-color": water, "line-width": width([0.8, 2, 7]) },
    },
    {
      id: "building",
      type: "fill",
      source: "base",
      "source-layer": "building",
      minzoom: 13.5,
      paint: { "fill-color": building, "fill-outline-color": building_edge },
    },
  ]);

/** @param {Palette} palette */
const lines = ({ boundary, rail, ferry }) =>
  /** @type {any[]} */ ([
    {
      id: "boundary",
      type: "line",
      source: "base",
      "source-layer": "boundary",
      paint: { "line-color": boundary, "line-width": 1, "line-dasharray": [4, 3] },
    },
    {
      id: "rail",
      type: "line",
      source: "base",
      "source-layer": "road",
      minzoom: 11,
      filter: ["all", ofClass(["rail"]), ["!=", ["get", "tunnel"], 1]],
      paint: { "line-color": rail, "line-width": 1.2, "line-dasharray": [4, 2] },
    },
    {
      id: "ferry",
      type: "line",
      source: "base",
      "source-layer": "road",
      filter: ofClass(["ferry"]),
      paint: { "line-color": ferry, "line-width": 1.2, "line-dasharray": [3, 3] },
    },
  ]);

/** @param {Palette} palette */
const names = ({ arrow, road_name, road_ref, ref_ground, poi, place, halo }) =>
  /** @type {any[]} */ ([
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
      paint: { "text-color": arrow },
    },
    {
      id: "road-name",
      type: "symbol",
      source: "base",
      "source-layer": "road",
      minzoom: 13,
      filter: [
        "all",
        ["!=", ["coalesce", ["get", "name"], ""], ""],
        ["!", ofClass(["path", "track", "rail", "ferry"])],
      ],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 320,
        "text-field": ["get", "name"],
        "text-font": TEXT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 13, 10.5, 18, 14],
        "text-max-angle": 30,
      },
      paint: { "text-color": road_name, "text-halo-color": halo, "text-halo-width": 1.5 },
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
      paint: { "text-color": road_ref, "text-halo-color": ref_ground, "text-halo-width": 3 },
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
      paint: { "text-color": poi, "text-halo-color": halo, "text-halo-width": 1.5 },
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
      paint: { "text-color": place, "text-halo-color": halo, "text-halo-width": 1.8 },
    },
  ]);

/**
 * @param {any} tiles the server's TileJSON @param {string} origin MapLibre's worker needs absolute addresses
 * @param {Palette} palette
 */
export function baseStyle(tiles, origin, palette) {
  const drawn = new Set(tiles.vector_layers.map((/** @type {{id: string}} */ { id }) => id));
  const roads = ROADS.map((road) => roadLayer(palette, road));
  const layers = [...land(palette), ...lines(palette), edges(palette), ...roads, bridges(palette), ...names(palette)];
  const addresses = tiles.tiles.map((/** @type {string} */ path) => (path.startsWith("/") ? origin + path : path));
  return /** @type {any} */ ({
    version: 8,
    sources: { base: { ...tiles, type: "vector", tiles: addresses } },
    // An extract without, say, a boundary makes no such tile layer, and MapLibre refuses a style that names one.
    layers: layers.filter((layer) => !layer["source-layer"] || drawn.has(layer["source-layer"])),
  });
}

/** What is shown when there is no base map: the units on plain ground. */
export const bareStyle = (/** @type {Palette} */ palette) =>
  /** @type {any} */ ({ version: 8, sources: {}, layers: [land(palette)[0]] });

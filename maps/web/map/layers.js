// @ts-check
// The layers over the base map, from below: closures, a caller, route, labels, units, incidents on their stems, the clicked place,
// emergencies. Symbols may overlap, labels may not: they lie below because MapLibre places from above, and so keep clear.
// It decides what lies over what and how symbols scale; each feature names its own symbol (features.js).

const ALARM = ["==", ["get", "emergency"], true];

/** A whole county is seen with small symbols, a street with large ones. */
const ICON_SIZE = ["interpolate", ["linear"], ["zoom"], 9, 0.45, 13.5, 1];

/**
 * With more units than this, labels and wedges wait for a zoom at which they have room: over a whole county few would
 * find any, and to try costs half of a tick. An emergency has its own.
 */
export const CROWD = /** @type {const} */ ({ units: 400, from_zoom: 12, layers: ["unit-label", "unit-heading"] });

/** @typedef {import("./palette.js").Palette} Palette */

/** @param {Palette} palette */
const labelOf = ({ unit_age }) => ({
  "text-field": [
    "format",
    ["get", "name"],
    { "text-font": ["literal", ["ARLS Strong"]] },
    " ",
    {},
    ["get", "age"],
    { "font-scale": 0.85, "text-color": unit_age },
  ],
  "text-font": ["ARLS Text"],
  "text-size": ["interpolate", ["linear"], ["zoom"], 9, 10, 13.5, 12],
  "text-variable-anchor": ["left", "right", "top", "bottom"],
  // Clear of the unit's wedge and its own symbol, which is in the way of labels as every other is.
  "text-radial-offset": 2.6,
  "text-padding": 0,
  "text-justify": "auto",
  "text-optional": true,
});

/** @param {Palette} palette */
const bandOf = ({ unit_halo }) => ({ "text-halo-color": unit_halo, "text-halo-width": 1.8 });

/** @param {string} id @param {any} filter @param {object} [layout] */
const symbolLayer = (id, filter, layout = {}) => ({
  id,
  type: "symbol",
  source: "units",
  filter,
  layout: {
    "icon-image": ["get", "symbol"],
    "icon-size": ICON_SIZE,
    "icon-allow-overlap": true,
    "icon-padding": 0,
    "symbol-sort-key": ["get", "layer"],
    ...layout,
  },
});

/** @param {string} id @param {any} filter */
const wedgeLayer = (id, filter) =>
  symbolLayer(id, ["all", ["!=", ["get", "heading"], null], filter], {
    "icon-image": "wedge",
    "icon-ignore-placement": true,
    "icon-rotate": ["get", "heading"],
    "icon-rotation-alignment": "map",
  });

/** Shut is red, planned is amber; both dashed, as drawn by hand: what is shut are the roads there. */
/** @param {Palette} palette */
const shutOf = ({ shut, to_shut }) => ["case", ["get", "in_force"], shut, to_shut];

/** Under all that is live: areas, what a unit may have reached, where it was. @param {Palette} palette */
const groundLayers = ({ area, area_name, unit_halo, reach, trail, trail_name }) => [
  {
    id: "area-edge",
    type: "line",
    source: "areas",
    paint: { "line-color": area, "line-width": 1.5, "line-dasharray": [6, 2, 1, 2] },
  },
  {
    id: "area-name",
    type: "symbol",
    source: "areas",
    layout: { "text-field": ["coalesce", ["get", "name"], ""], "text-font": ["ARLS Strong"], "text-size": 13 },
    paint: { "text-color": area_name, "text-halo-color": unit_halo, "text-halo-width": 1.8 },
  },
  { id: "reach", type: "fill", source: "reach", paint: { "fill-color": reach, "fill-opacity": 0.14 } },
  {
    id: "reach-edge",
    type: "line",
    source: "reach",
    paint: { "line-color": reach, "line-width": 1.5, "line-dasharray": [3, 2] },
  },
  {
    id: "trail",
    type: "line",
    source: "trail",
    filter: ["==", ["geometry-type"], "LineString"],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": trail, "line-width": 2.5 },
  },
  {
    id: "trail-dot",
    type: "circle",
    source: "trail",
    minzoom: 13,
    filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 2.5, "circle-color": trail, "circle-stroke-color": unit_halo, "circle-stroke-width": 1 },
  },
  {
    id: "trail-time",
    type: "symbol",
    source: "trail",
    filter: ["all", ["==", ["geometry-type"], "Point"], ["!=", ["get", "time"], ""]],
    layout: { "text-field": ["get", "time"], "text-font": ["ARLS Text"], "text-size": 11, "text-offset": [0, 1] },
    paint: { "text-color": trail_name, "text-halo-color": unit_halo, "text-halo-width": 1.6 },
  },
];

/** From below to above; an emergency is over everything. */
export function layersOf(/** @type {Palette} */ palette) {
  const [SHUT, BANDED, LABEL] = [shutOf(palette), bandOf(palette), labelOf(palette)];
  const { to_shut: TO_SHUT, caller: CALLER, chosen, route, route_edge, unit_name, unit_halo, alarm_name } = palette;
  return /** @type {any[]} */ ([
    ...groundLayers(palette),
    {
      id: "closure-area",
      type: "fill",
      source: "closures",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": SHUT, "fill-opacity": 0.15 },
    },
    {
      id: "closure-line",
      type: "line",
      source: "closures",
      paint: { "line-color": SHUT, "line-width": 3, "line-dasharray": [2, 1.5] },
    },
    {
      id: "closure-point",
      type: "circle",
      source: "closures",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 8,
        "circle-color": SHUT,
        "circle-opacity": 0.25,
        "circle-stroke-color": SHUT,
        "circle-stroke-width": 3,
      },
    },
    {
      id: "closing-area",
      type: "fill",
      source: "closing",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": TO_SHUT, "fill-opacity": 0.2 },
    },
    {
      id: "closing-line",
      type: "line",
      source: "closing",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": TO_SHUT, "line-width": 6, "line-opacity": 0.8 },
    },
    {
      id: "closing-point",
      type: "circle",
      source: "closing",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 10, "circle-color": TO_SHUT, "circle-opacity": 0.8 },
    },
    {
      id: "caller-circle",
      type: "fill",
      source: "caller",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": CALLER, "fill-opacity": 0.12 },
    },
    {
      id: "caller-edge",
      type: "line",
      source: "caller",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "line-color": CALLER, "line-width": 2, "line-dasharray": [4, 2] },
    },
    {
      id: "caller",
      type: "circle",
      source: "caller",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 5, "circle-color": CALLER, "circle-stroke-color": unit_halo, "circle-stroke-width": 2 },
    },
    {
      id: "route-edge",
      type: "line",
      source: "route",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": route_edge, "line-width": 9, "line-opacity": 0.8 },
    },
    {
      id: "route",
      type: "line",
      source: "route",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": route, "line-width": 4.5 },
    },
    {
      id: "unit-label",
      type: "symbol",
      source: "units",
      filter: ["!", ALARM],
      layout: { ...LABEL, "symbol-sort-key": ["-", ["get", "layer"]] },
      paint: { "text-color": unit_name, ...BANDED },
    },
    {
      id: "incident-open",
      type: "circle",
      source: "incidents",
      filter: ["==", ["get", "chosen"], true],
      paint: {
        "circle-radius": 25,
        "circle-color": chosen,
        "circle-opacity": 0.18,
        "circle-stroke-color": chosen,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "unit-chosen",
      type: "circle",
      source: "units",
      filter: ["==", ["get", "chosen"], true],
      paint: {
        "circle-radius": 19,
        "circle-color": chosen,
        "circle-opacity": 0.16,
        "circle-stroke-color": chosen,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "closure-title",
      type: "symbol",
      source: "closures",
      layout: {
        "text-field": ["get", "title"],
        "text-font": ["ARLS Strong"],
        "text-size": 12,
        "text-variable-anchor": [
          "left",
          "right",
          "top",
          "bottom",
          "top-left",
          "top-right",
          "bottom-left",
          "bottom-right",
        ],
        "text-radial-offset": 2.6, // clear of a pin or a unit at its end
      },
      paint: { "text-color": SHUT, ...BANDED },
    },
    wedgeLayer("unit-heading", ["!", ALARM]),
    symbolLayer("unit", ["!", ALARM]),
    {
      id: "incident",
      type: "symbol",
      source: "incidents",
      layout: {
        "icon-image": ["get", "symbol"],
        "icon-size": ICON_SIZE,
        "icon-anchor": "bottom",
        "icon-allow-overlap": true,
        "icon-padding": 0,
        "symbol-sort-key": ["get", "urgency"],
      },
    },
    {
      id: "chosen-place",
      type: "symbol",
      source: "place",
      layout: { "icon-image": "place", "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
    {
      id: "rvp",
      type: "symbol",
      source: "rvp",
      layout: {
        "icon-image": "rvp",
        "icon-anchor": "bottom",
        "icon-allow-overlap": true,
        "text-field": ["get", "note"],
        "text-font": ["ARLS Strong"],
        "text-size": 12,
        "text-anchor": "top",
        "text-offset": [0, 0.2],
        "text-optional": true,
      },
      paint: { "text-color": unit_name, ...BANDED },
    },
    wedgeLayer("emergency-heading", ALARM),
    symbolLayer("emergency", ALARM),
    {
      id: "emergency-label",
      type: "symbol",
      source: "units",
      filter: ALARM,
      layout: {
        ...LABEL,
        "text-size": 13,
        "text-allow-overlap": true,
      },
      paint: { "text-color": alarm_name, ...BANDED },
    },
  ]);
}

// @ts-check
// The map: base tiles, units, incidents, their callers, closures, the clicked place and one route, by MapLibre.
// It decides what is drawn over what and what a click meant. It never moves by itself: only `fit` and `show` move it.

import { baseStyle, bareStyle } from "./basemap.js";
import { collection } from "./features.js";
import { CROWD, layersOf } from "./layers.js";
import { paletteOf } from "./palette.js";
import { openPen } from "./pen.js";
import { isSymbol, symbolPixels } from "./symbols.js";
import {
  AttributionControl,
  Map as GlMap,
  NavigationControl,
  ScaleControl,
} from "../vendor/maplibre-gl/maplibre-gl.mjs";

/** What is fitted keeps so far from the edges. */
const EDGE_PX = 90;
/** How much of the lower edge a caption covers. */
const coveredPx = () => document.getElementById("caption")?.offsetHeight ?? 0;

/** @typedef {import("../types/screen.js").Place} Place */
/** @typedef {import("../types/screen.js").Pick} Pick */
/** @typedef {import("../types/screen.js").MapHooks} MapHooks */

/**
 * In which colours, and how much larger than drawn the map is shown, so that it is drawn as sharp.
 * @typedef {{theme: import("../types/screen.js").Theme, enlarged?: number}} Look
 */

/** What is drawn over the base map, each a source of its own. */
const SOURCES = /** @type {const} */ ([
  "areas",
  "reach",
  "closures",
  "closing",
  "trail",
  "rvp",
  "caller",
  "route",
  "incidents",
  "units",
  "place",
]);
/** @typedef {typeof SOURCES[number]} SourceName */

/** A base of the force's own. */
const OTHER_BASE = "other-base";

/** MapLibre shows an attribution as markup; a setting is text. @param {string} text */
const asText = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** What a click on the map can hit, as layers of layers.js. */
const UNIT_LAYERS = ["unit", "emergency"];
/** Of an area its edge and its title alone: inside it people click for places. */
const CLOSURE_LAYERS = ["closure-line", "closure-point", "closure-title"];
/** A click this near counts as on the symbol: 24 px across is the smallest target anyone should have to hit. */
const REACH_PX = 12;

/** @param {any} tiles @param {import("../types/screen.js").Theme} theme */
function styleOf(tiles, theme) {
  const palette = paletteOf(theme);
  return tiles ? baseStyle(tiles, location.origin, palette) : bareStyle(palette);
}

/**
 * Another theme: every layer's colours and every symbol anew, and nothing else; no tile is asked for again.
 * @param {GlMap} map @param {any} tiles @param {import("../types/screen.js").Theme} theme
 */
function repaint(map, tiles, theme) {
  for (const { id, paint, layout } of [...styleOf(tiles, theme).layers, ...layersOf(paletteOf(theme))]) {
    for (const [name, value] of Object.entries(paint ?? {})) map.setPaintProperty(id, /** @type {any} */ (name), value);
    if (layout?.["text-field"]) map.setLayoutProperty(id, "text-field", layout["text-field"]);
  }
  for (const id of map.listImages()) if (isSymbol(id)) map.updateImage(id, symbolPixels(id).data);
}

/** @param {any} bounds */
const isBounds = (bounds) => Array.isArray(bounds) && bounds.length === 4 && bounds.every(Number.isFinite);

/**
 * Opens the map in `container`. Throws when the browser has no WebGL.
 * @param {HTMLElement} container @param {any} tiles TileJSON, or null without a base map @param {MapHooks} hooks
 * @param {Look} look
 */
export async function openMap(container, tiles, { onPick, onClosure, onDrawn, onHover, onMove, onDrag }, look) {
  const { theme, enlarged = 1 } = look;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new GlMap({
    container,
    style: styleOf(tiles, theme),
    bounds: isBounds(tiles?.bounds) ? tiles.bounds : undefined,
    fadeDuration: 0,
    pixelRatio: enlarged === 1 ? undefined : devicePixelRatio * enlarged,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 19,
    attributionControl: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-right");
  map.addControl(new AttributionControl({ compact: false }), "bottom-right");
  map.setMissingStyleImageResolver((id) => {
    const { data, options } = symbolPixels(id);
    if (!map.hasImage(id)) map.addImage(id, data, options);
  });
  await map.once("style.load");
  for (const source of SOURCES) map.addSource(source, { type: "geojson", data: collection([]) });
  for (const layer of layersOf(paletteOf(theme))) map.addLayer(layer);
  let painted = theme;
  let based = "";
  let labelled = 0;

  const under = (/** @type {any} */ point, /** @type {string[]} */ layers) => {
    const [x, y] = [point.x, point.y];
    return map.queryRenderedFeatures(
      [
        [x - REACH_PX, y - REACH_PX],
        [x + REACH_PX, y + REACH_PX],
      ],
      { layers },
    );
  };

  const pen = openPen(map, onDrawn);
  map.on("click", ({ point, lngLat }) => {
    if (pen.busy) return;
    const callsigns = [...new Set(under(point, UNIT_LAYERS).map(({ properties }) => String(properties.callsign)))];
    const [incident] = under(point, ["incident"]);
    const [closure] = under(point, CLOSURE_LAYERS);
    if (callsigns.length > 0) onPick({ kind: "units", callsigns });
    else if (incident) onPick({ kind: "incident", id: String(incident.properties.id) });
    else if (closure) onClosure(String(closure.properties.id));
    else onPick({ kind: "place", lat: lngLat.lat, lon: lngLat.lng });
  });
  map.on("mousemove", ({ point }) => {
    if (pen.busy) return;
    const [unit] = under(point, UNIT_LAYERS);
    const hit = unit || under(point, ["incident", ...CLOSURE_LAYERS]).length > 0;
    map.getCanvas().style.cursor = hit ? "pointer" : "crosshair";
    onHover(unit ? String(unit.properties.callsign) : null, point.x, point.y);
  });
  map.on("mouseout", () => onHover(null, 0, 0));
  map.on("moveend", onMove);
  map.on("dragstart", onDrag);

  const source = (/** @type {string} */ name) =>
    /** @type {import("maplibre-gl").GeoJSONSource} */ (map.getSource(name));
  return {
    /** @param {SourceName} name @param {any} data */
    draw: (name, data) => void source(name).setData(data),

    /** @param {import("../types/screen.js").Theme} wanted */
    theme(wanted) {
      if (wanted === painted) return;
      painted = wanted;
      repaint(map, tiles, wanted);
    },

    /** So many units are on duty. @param {number} units */
    crowd(units) {
      const from_zoom = units > CROWD.units ? CROWD.from_zoom : 0;
      if (from_zoom === labelled) return;
      labelled = from_zoom;
      for (const layer of CROWD.layers) map.setLayerZoomRange(layer, from_zoom, 24);
    },

    /** Another base over our own, under all that is known; null: our own. @param {import("../types/screen.js").OtherBase | null} wanted */
    base(wanted) {
      if ((wanted?.name ?? "") === based) return;
      based = wanted?.name ?? "";
      if (map.getLayer(OTHER_BASE)) map.removeLayer(OTHER_BASE);
      if (map.getSource(OTHER_BASE)) map.removeSource(OTHER_BASE);
      if (!wanted) return;
      const { tiles, tile_size, max_zoom, attribution } = wanted;
      const spec = { tiles: [tiles], tileSize: tile_size, maxzoom: max_zoom, attribution: asText(attribution) };
      map.addSource(OTHER_BASE, { type: "raster", ...spec });
      map.addLayer({ id: OTHER_BASE, type: "raster", source: OTHER_BASE }, layersOf(paletteOf(painted))[0].id);
    },

    /** With what is drawn on the map now. @param {import("./pen.js").Nib | null} nib */
    pen: (nib) => void pen.use(nib),

    /** Opening an incident shows it with its best three. @param {Place[]} places */
    fit(places) {
      const lons = places.map(({ lon }) => lon);
      const lats = places.map(({ lat }) => lat);
      map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], {
        padding: { top: EDGE_PX, left: EDGE_PX, right: EDGE_PX, bottom: EDGE_PX + coveredPx() },
        maxZoom: 15.5,
        animate: !still,
        duration: 500,
      });
    },

    /** Brings a place into view when it is not. @param {Place} place */
    show({ lat, lon }) {
      const lowest = map.getContainer().clientHeight - coveredPx();
      if (map.getBounds().contains([lon, lat]) && map.project([lon, lat]).y < lowest) return;
      map.easeTo({ center: [lon, lat], offset: [0, -coveredPx() / 2], animate: !still, duration: 400 });
    },

    /** Goes along with a place. @param {Place} place */
    follow({ lat, lon }) {
      const { lng, lat: middle } = map.getCenter();
      if (lng !== lon || middle !== lat) map.easeTo({ center: [lon, lat], animate: !still, duration: 400 });
    },

    /** @param {Place & {zoom: number}} view */
    jump: ({ lat, lon, zoom }) => void map.jumpTo({ center: [lon, lat], zoom }),

    /** @returns {Place} */
    middle() {
      const { lat, lng } = map.getCenter();
      return { lat, lon: lng };
    },

    view() {
      const { lat, lng } = map.getCenter();
      return { lat, lon: lng, zoom: map.getZoom() };
    },

    /** Where a place is on the page, from the map's corner. @param {Place} place */
    pixels({ lat, lon }) {
      const { x, y } = map.project([lon, lat]);
      return { x, y };
    },

    whenIdle: () => map.once("idle"),
  };
}

/** @typedef {Awaited<ReturnType<typeof openMap>>} ScreenMap */

// @ts-check
// The pen: an area, a line or a point drawn on the map by terra-draw, which is fetched when it is first wanted.
// It hands over what was drawn and wipes its own drawing; what it means is not its business.

/** @typedef {"polygon" | "linestring" | "point"} Nib */

/** @param {import("maplibre-gl").Map} map @param {(drawn: GeoJSON.Geometry) => void} onDrawn */
export function openPen(map, onDrawn) {
  /** @type {Nib | null} */
  let nib = null;
  /** @type {Promise<import("terra-draw").TerraDraw> | null} */
  let opening = null;

  async function open() {
    const [draw, adapter] = await Promise.all([
      import("../vendor/terra-draw/terra-draw.js"),
      import("../vendor/terra-draw/maplibre-adapter.js"),
    ]);
    const { TerraDraw, TerraDrawLineStringMode, TerraDrawPointMode, TerraDrawPolygonMode, TerraDrawRenderMode } = draw;
    const pen = new TerraDraw({
      adapter: new adapter.TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 7 }),
      modes: [
        new TerraDrawPolygonMode(),
        new TerraDrawLineStringMode(),
        new TerraDrawPointMode(),
        // What is shown while nothing is drawn.
        new TerraDrawRenderMode({ modeName: "rest", styles: {} }),
      ],
    });
    pen.start();
    pen.on("finish", (id) => {
      const drawn = pen.getSnapshotFeature(id)?.geometry;
      pen.clear();
      if (drawn && nib) onDrawn(/** @type {GeoJSON.Geometry} */ (drawn));
    });
    return pen;
  }

  return {
    get busy() {
      return nib !== null;
    },
    /** Draws with that, and the map says so once it can; null: rests. @param {Nib | null} wanted */
    async use(wanted) {
      if (wanted === nib) return;
      nib = wanted;
      if (!opening && !wanted) return;
      opening ??= open();
      const pen = await opening;
      pen.clear();
      pen.setMode(nib ?? "rest");
      map.getContainer().dataset.pen = nib ?? "";
    },
  };
}

// @ts-check
// Unit and incident symbols, drawn on a canvas: shape and letter say the kind, fill and mark the state.
// The same drawing serves the map, the board and the legend, so that they cannot differ. No state is told by colour alone.

import { AVAILABILITY, KINDS, gradeShape } from "./words.js";

/** @typedef {import("./types/wire.js").Kind} Kind */
/** @typedef {import("./types/wire.js").Availability} Availability */
/** @typedef {"ok" | "stale" | "lost"} Band */
/** @typedef {{kind: Kind, availability: Availability, band: Band, emergency: boolean}} UnitSymbol */

/** Side of a symbol's square in CSS pixels; the shape itself is about half of it, rings and marks take the rest. */
const SIDE = 48;
const SCALE = 2;

const INK = "#0b1015";
const PAPER = "#e8edf2";

/** Colours chosen apart in lightness as well as hue. */
export const COLOURS = {
  free: "#46d39a",
  committed: "#6fb1ff",
  scene: "#f2b84b",
  off: "#8794a3",
  alarm: "#ff5a4f",
};

/** How each state looks: fill (null: hollow), outline, and the mark that says it without colour.
 * @type {Record<Availability, {fill: string | null, line: string, mark: string}>} */
const LOOKS = {
  emergency: { fill: COLOURS.alarm, line: PAPER, mark: "" },
  available: { fill: COLOURS.free, line: INK, mark: "" },
  standby: { fill: null, line: COLOURS.free, mark: "" },
  resting: { fill: null, line: COLOURS.free, mark: "dots" },
  divertible: { fill: COLOURS.committed, line: INK, mark: "both" },
  committed: { fill: COLOURS.committed, line: INK, mark: "ahead" },
  at_scene: { fill: COLOURS.scene, line: INK, mark: "bar" },
  unavailable: { fill: "#2a323c", line: COLOURS.off, mark: "strike" },
  unknown: { fill: "#2a323c", line: COLOURS.off, mark: "query" },
};

/** @param {number} sides @param {number} radius @param {number} turn in turns */
function polygon(sides, radius, turn = 0) {
  return Array.from({ length: sides }, (_, i) => {
    const angle = 2 * Math.PI * (i / sides + turn) - Math.PI / 2;
    return /** @type {[number, number]} */ ([radius * Math.cos(angle), radius * Math.sin(angle)]);
  });
}

/** Outlines round the middle. @type {Record<Kind, [number, number][] | "circle">} */
const SHAPES = {
  car: [[-10, -10], [10, -10], [10, 10], [-10, 10]],
  van: [[-13, -9], [13, -9], [13, 9], [-13, 9]],
  motorcycle: polygon(4, 13.5),
  cycle: polygon(5, 13),
  foot: "circle",
  dog: polygon(6, 12.5),
  armed: polygon(8, 12.5, 1 / 16),
  traffic: [[-13, -9], [13, -9], [8, 10], [-8, 10]],
  special: polygon(3, 15),
};

/** @param {CanvasRenderingContext2D} pen @param {[number, number][] | "circle"} shape @param {number} [radius] */
function trace(pen, shape, radius = 11.5) {
  pen.beginPath();
  if (shape === "circle") pen.arc(0, 0, radius, 0, 2 * Math.PI);
  else for (const [x, y] of shape) pen.lineTo(x, y);
  pen.closePath();
}

/** @param {CanvasRenderingContext2D} pen @param {[number, number][]} points @param {string} colour */
function line(pen, points, colour, width = 2.5) {
  for (const [style, thickness] of /** @type {[string, number][]} */ ([[INK, width + 2.5], [colour, width]])) {
    pen.strokeStyle = style;
    pen.lineWidth = thickness;
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.stroke();
  }
}

/** @type {Record<string, (pen: CanvasRenderingContext2D) => void>} */
const MARKS = {
  bar: (pen) => line(pen, [[-10, 15.5], [10, 15.5]], PAPER, 3),
  ahead: (pen) => line(pen, [[15, -5], [19, 0], [15, 5]], PAPER),
  both: (pen) => {
    line(pen, [[15, -5], [19, 0], [15, 5]], PAPER);
    line(pen, [[-15, -5], [-19, 0], [-15, 5]], PAPER);
  },
  dots: (pen) => {
    line(pen, [[-5, 15.5], [-2.5, 15.5]], PAPER, 3);
    line(pen, [[2.5, 15.5], [5, 15.5]], PAPER, 3);
  },
  strike: (pen) => line(pen, [[-12, 12], [12, -12]], COLOURS.off, 2),
  query: (pen) => write(pen, "?", 15, -9, PAPER, 13),
};

/** @param {CanvasRenderingContext2D} pen */
function write(pen, /** @type {string} */ text, x = 0, y = 0, colour = INK, size = 13, halo = /** @type {string | null} */ (null)) {
  pen.font = `700 ${size}px "ARLS Text", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (halo) {
    pen.strokeStyle = halo;
    pen.lineWidth = 4;
    pen.strokeText(text, x, y + 1);
  }
  pen.fillStyle = colour;
  pen.fillText(text, x, y + 1);
}

/** @param {CanvasRenderingContext2D} pen @param {Band} band */
function ring(pen, band) {
  pen.setLineDash(band === "lost" ? [2, 5] : [5, 4]);
  pen.lineWidth = 2;
  pen.strokeStyle = PAPER;
  trace(pen, "circle", 18.5);
  pen.stroke();
  pen.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} pen */
function alarmRings(pen) {
  for (const radius of [17.5, 22]) {
    trace(pen, "circle", radius);
    pen.lineWidth = 5;
    pen.strokeStyle = INK;
    pen.stroke();
    pen.lineWidth = 2.5;
    pen.strokeStyle = COLOURS.alarm;
    pen.stroke();
  }
}

/** @param {(pen: CanvasRenderingContext2D) => void} draw @param {number} [side] */
function canvasOf(draw, side = SIDE) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * SCALE;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  pen.scale(SCALE, SCALE);
  pen.translate(side / 2, side / 2);
  pen.lineJoin = pen.lineCap = "round";
  draw(pen);
  return canvas;
}

/** @param {UnitSymbol} symbol */
function drawUnit({ kind, availability, band, emergency }) {
  const look = LOOKS[emergency ? "emergency" : availability] ?? LOOKS.unknown;
  const shape = SHAPES[kind] ?? SHAPES.special;
  return canvasOf((pen) => {
    pen.globalAlpha = band === "lost" ? 0.6 : 1;
    trace(pen, shape);
    pen.lineWidth = 5;
    pen.strokeStyle = INK;
    pen.stroke();
    pen.fillStyle = look.fill ?? "#10171e";
    pen.fill();
    pen.lineWidth = look.fill && look.line === INK ? 1 : 2.2;
    pen.strokeStyle = look.line;
    pen.stroke();
    if (emergency) alarmRings(pen);
    else MARKS[look.mark]?.(pen);
    const bright = look.fill !== null && look.line === INK;
    write(pen, KINDS[kind]?.letter ?? "?", 0, kind === "special" ? 2 : 0, bright ? INK : look.fill ? PAPER : look.line, 13, look.fill);
    if (band !== "ok") ring(pen, band);
  });
}

/** @type {Record<string, {shape: [number, number][] | "circle", fill: string, ink: string}>} */
const GRADES = {
  square: { shape: [[-12, -12], [12, -12], [12, 12], [-12, 12]], fill: "#ff6a5e", ink: INK },
  circle: { shape: "circle", fill: "#f7c75d", ink: INK },
  diamond: { shape: polygon(4, 16), fill: "#8fc1ff", ink: INK },
  tile: { shape: [[-11, -9], [11, -9], [11, 9], [-11, 9]], fill: "#a5b0bc", ink: INK },
};

/** An incident wears a white frame, which no unit does. @param {string} grade */
function drawIncident(grade) {
  const { shape, fill, ink } = GRADES[gradeShape(grade)];
  return canvasOf((pen) => {
    trace(pen, shape, 13);
    for (const [style, width] of /** @type {[string, number][]} */ ([[INK, 9], [PAPER, 5]])) {
      pen.strokeStyle = style;
      pen.lineWidth = width;
      pen.stroke();
    }
    pen.fillStyle = fill;
    pen.fill();
    write(pen, grade, 0, 0, ink, 16);
  });
}

/** Points north; the map turns it to the course. */
function drawWedge() {
  return canvasOf((pen) => {
    trace(pen, [[0, -27], [6, -19], [-6, -19]]);
    pen.lineWidth = 3;
    pen.strokeStyle = INK;
    pen.stroke();
    pen.fillStyle = PAPER;
    pen.fill();
  }, 60);
}

/** A clicked place: a cross-hair, which no unit and no incident is. */
function drawPlace() {
  return canvasOf((pen) => {
    trace(pen, "circle", 7);
    for (const [style, width] of /** @type {[string, number][]} */ ([[INK, 6], [PAPER, 2.5]])) {
      pen.strokeStyle = style;
      pen.lineWidth = width;
      pen.stroke();
    }
    for (const [x, y] of [[0, 1], [1, 0], [0, -1], [-1, 0]]) line(pen, [[x * 10, y * 10], [x * 17, y * 17]], PAPER);
  });
}

/** @param {UnitSymbol} symbol */
export function unitSymbolId({ kind, availability, band, emergency }) {
  return `unit:${kind}:${availability}:${band}:${emergency ? "emg" : ""}`;
}

/** @param {string} grade */
export function incidentSymbolId(grade) {
  return `incident:${grade}`;
}

/** The drawing an id stands for. @param {string} id */
function draw(id) {
  const [what, ...rest] = id.split(":");
  if (what === "incident") return drawIncident(rest[0]);
  if (what === "wedge") return drawWedge();
  if (what === "place") return drawPlace();
  const [kind, availability, band, emergency] = rest;
  return drawUnit(/** @type {any} */ ({ kind, availability: availability in AVAILABILITY ? availability : "unknown", band, emergency: emergency === "emg" }));
}

/** For the map: pixels and their ratio. @param {string} id */
export function symbolPixels(id) {
  const canvas = draw(id);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  return { data: pen.getImageData(0, 0, canvas.width, canvas.height), options: { pixelRatio: SCALE } };
}

/** @type {Map<string, string>} */
const urls = new Map();

/** For an <img>: the same drawing, drawn once. @param {string} id */
export function symbolUrl(id) {
  const known = urls.get(id);
  if (known) return known;
  const url = draw(id).toDataURL();
  urls.set(id, url);
  return url;
}

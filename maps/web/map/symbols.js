// @ts-check
// Unit and incident symbols, drawn on a canvas: shape and letter say the kind, fill and mark the state.
// The same drawing serves map, board and legend, so that they cannot differ. No state is told by colour alone.

import { gradeLetterSize, gradeShape } from "../words/grades.js";
import { AVAILABILITY, KINDS } from "../words/words.js";
import { paletteOf } from "./palette.js";

/** @typedef {import("../types/wire.js").Kind} Kind */
/** @typedef {import("../types/wire.js").Availability} Availability */
/** @typedef {"ok" | "stale" | "lost"} Band */
/** @typedef {{kind: Kind, availability: Availability, band: Band, emergency: boolean}} UnitSymbol */
/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {keyof import("./palette.js").Palette} Meaning */

/** Side of a symbol's square in CSS pixels; the shape itself is about half of it, rings and marks take the rest. */
const SIDE = 48;
const SCALE = 2;

/** The page's theme, which stylesheets go by as well. @returns {import("../types/screen.js").Theme} */
const themeOfPage = () => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

/** The colours that are drawn with: those of the page's theme. */
const colours = () => paletteOf(themeOfPage());

/**
 * How each state looks: its fill, its outline and letter, and the mark that says it without colour.
 * @type {Record<Availability, {fill: Meaning, line: Meaning, mark: string}>}
 */
const LOOKS = {
  emergency: { fill: "alarm", line: "paper", mark: "" },
  available: { fill: "free", line: "ink", mark: "" },
  standby: { fill: "hollow", line: "free_line", mark: "" },
  resting: { fill: "hollow", line: "free_line", mark: "dots" },
  divertible: { fill: "committed", line: "ink", mark: "both" },
  committed: { fill: "committed", line: "ink", mark: "ahead" },
  at_scene: { fill: "scene", line: "ink", mark: "bar" },
  unavailable: { fill: "dull", line: "off", mark: "strike" },
  off_duty: { fill: "dull", line: "off", mark: "strike" }, // never drawn: the server does not tell of it
  unknown: { fill: "dull", line: "off", mark: "query" },
};

/** @param {number} sides @param {number} radius @param {number} [turn] in turns */
function polygon(sides, radius, turn = 0) {
  const corners = Array.from({ length: sides }, (_, i) => {
    const angle = 2 * Math.PI * (i / sides + turn - 1 / 4);
    return `${radius * Math.cos(angle)} ${radius * Math.sin(angle)}`;
  });
  return `M${corners.join("L")}Z`;
}

/** @param {number} r radius */
const circle = (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;

/** @param {number} x half the width @param {number} y half the height */
const box = (x, y) => `M${-x} ${-y}H${x}V${y}H${-x}Z`;

/** Outlines round the middle, as SVG paths. @type {Record<Kind, string>} */
const SHAPES = {
  car: box(10, 10),
  van: box(13, 9),
  motorcycle: polygon(4, 13.5),
  cycle: polygon(5, 13),
  foot: circle(11.5),
  dog: polygon(6, 12.5),
  armed: polygon(8, 12.5, 1 / 16),
  traffic: "M-13-9H13L8 10H-8Z",
  special: polygon(3, 15),
};

const AHEAD = "M15-5l4 5-4 5";
const BEHIND = "M-15-5l-4 5 4 5";

/** @type {Record<string, (pen: Pen) => void>} */
const MARKS = {
  bar: (pen) => line(pen, "M-10 15.5H10", "paper", 3),
  ahead: (pen) => line(pen, AHEAD, "paper"),
  both: (pen) => line(pen, AHEAD + BEHIND, "paper"),
  dots: (pen) => line(pen, "M-5 15.5h2.5M2.5 15.5H5", "paper", 3),
  strike: (pen) => line(pen, "M-12 12L12-12", "paper", 2),
  query: (pen) => write(pen, "?", { x: 15, y: -9, colour: "ring" }),
};

/** A line with a dark edge, so that it reads on any ground. @param {Pen} pen @param {string} path @param {Meaning} colour */
function line(pen, path, colour, width = 2.5) {
  stroke(pen, path, "ink", width + 2.5);
  stroke(pen, path, colour, width);
}

/** @param {Pen} pen @param {string} path @param {Meaning} colour @param {number} width */
function stroke(pen, path, colour, width) {
  pen.strokeStyle = colours()[colour];
  pen.lineWidth = width;
  pen.stroke(new Path2D(path));
}

/** @param {Pen} pen @param {string} path @param {Meaning} colour */
function fill(pen, path, colour) {
  pen.fillStyle = colours()[colour];
  pen.fill(new Path2D(path));
}

/** @param {Pen} pen @param {string} text @param {{x?: number, y?: number, colour?: Meaning, size?: number, halo?: Meaning}} how */
function write(pen, text, { x = 0, y = 0, colour = "ink", size = 13, halo }) {
  pen.font = `700 ${size}px "ARLS Text", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.strokeStyle = halo ? colours()[halo] : "transparent";
  pen.lineWidth = 4;
  pen.strokeText(text, x, y + 1);
  pen.fillStyle = colours()[colour];
  pen.fillText(text, x, y + 1);
}

/** @param {Pen} pen @param {Band} band */
function ageRing(pen, band) {
  pen.setLineDash(band === "lost" ? [2, 5] : [5, 4]);
  stroke(pen, circle(18.5), "ring", 2);
  pen.setLineDash([]);
}

/** A canvas whose pen stands in the middle, or `above` pixels below its upper edge. @param {(pen: Pen) => void} draw */
function canvasOf(draw, width = SIDE, height = width, above = height / 2) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
  const pen = /** @type {Pen} */ (canvas.getContext("2d", { willReadFrequently: true }));
  pen.scale(SCALE, SCALE);
  pen.translate(width / 2, above);
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
    stroke(pen, shape, "ink", 5);
    fill(pen, shape, look.fill);
    stroke(pen, shape, look.line, look.line === "ink" ? 1 : 2.2);
    if (emergency) line(pen, circle(17.5) + circle(22), "alarm");
    else MARKS[look.mark]?.(pen);
    const letter = KINDS[kind]?.letter ?? "?";
    write(pen, letter, { y: kind === "special" ? 2 : 0, colour: look.line, halo: look.fill });
    if (band !== "ok") ageRing(pen, band);
  });
}

/** @type {Record<string, {shape: string, fill: Meaning}>} */
const GRADES = {
  square: { shape: box(12, 12), fill: "grade_1" },
  circle: { shape: circle(13), fill: "grade_2" },
  diamond: { shape: polygon(4, 16), fill: "grade_3" },
  tile: { shape: box(11, 9), fill: "grade_4" },
};

/** An incident wears a white frame, which no unit does. @param {Pen} pen
 * @param {string} shape @param {string} grade */
function incidentOn(pen, shape, grade) {
  const look = GRADES[shape] ?? GRADES.tile;
  stroke(pen, look.shape, "ink", 9);
  stroke(pen, look.shape, "paper", 5);
  fill(pen, look.shape, look.fill);
  write(pen, grade, { size: gradeLetterSize(grade) });
}

/** On the map it stands on a stem over its place, so that a unit at the scene does not hide it. @param {string} shape
 * @param {string} grade */
function drawPin(shape, grade) {
  const stand = (/** @type {Pen} */ pen) => {
    line(pen, "M0 13V30", "paper", 3);
    incidentOn(pen, shape, grade);
  };
  return canvasOf(stand, 40, 52, 20);
}

/** Points north; the map turns it to the course. */
function drawWedge() {
  return canvasOf((pen) => {
    stroke(pen, "M0-27L6-19H-6Z", "unit_halo", 3);
    fill(pen, "M0-27L6-19H-6Z", "ring");
  }, 60);
}

/** A clicked place: a cross-hair, which no unit and no incident is. */
function drawPlace() {
  return canvasOf((pen) => line(pen, `${circle(7)}M0-10V-17M0 10V17M-10 0H-17M10 0H17`, "paper"));
}

/** A flag on a staff, which no unit and no incident is: where units meet. */
function drawRvp() {
  const flag = (/** @type {Pen} */ pen) => {
    line(pen, "M-8 22V-14", "paper", 3);
    stroke(pen, "M-8-14H14L8-6L14 2H-8Z", "ink", 4);
    fill(pen, "M-8-14H14L8-6L14 2H-8Z", "rvp");
    stroke(pen, "M-8-14H14L8-6L14 2H-8Z", "paper", 1.5);
  };
  return canvasOf(flag, 44, 44, 22);
}

/** @param {UnitSymbol} symbol */
export function unitSymbolId({ kind, availability, band, emergency }) {
  return `unit:${kind}:${availability}:${band}:${emergency ? "emg" : ""}`;
}

/** For lists. @param {string} grade */
export function incidentSymbolId(grade) {
  return `incident:${gradeShape(grade)}:${grade}`;
}

/** For the map: its lower edge is the place. @param {string} grade */
export function incidentPinId(grade) {
  return `pin:${gradeShape(grade)}:${grade}`;
}

/** The drawing an id stands for. @param {string} id */
function draw(id) {
  const [what, first, second, band, emergency] = id.split(":");
  if (what === "incident") return canvasOf((pen) => incidentOn(pen, first, second));
  if (what === "pin") return drawPin(first, second);
  if (what === "wedge") return drawWedge();
  if (what === "place") return drawPlace();
  if (what === "rvp") return drawRvp();
  const kind = /** @type {Kind} */ (first);
  const availability = /** @type {Availability} */ (second in AVAILABILITY ? second : "unknown");
  return drawUnit({ kind, availability, band: /** @type {Band} */ (band), emergency: emergency === "emg" });
}

/** Whether an image of the map is one of these drawings; the pen has its own. @param {string} id */
export const isSymbol = (id) => /^(unit|incident|pin|wedge|place|rvp)(:|$)/.test(id);

/** For the map: pixels and their ratio. @param {string} id */
export function symbolPixels(id) {
  const canvas = draw(id);
  const pen = /** @type {Pen} */ (canvas.getContext("2d"));
  return { data: pen.getImageData(0, 0, canvas.width, canvas.height), options: { pixelRatio: SCALE } };
}

/** @type {Map<string, string>} */
const urls = new Map();

/** For an <img>: the same drawing, drawn once for each theme. @param {string} id */
export function symbolUrl(id) {
  const name = `${themeOfPage()} ${id}`;
  const known = urls.get(name);
  if (known) return known;
  const url = draw(id).toDataURL();
  urls.set(name, url);
  return url;
}

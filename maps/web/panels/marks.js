// @ts-check
// The marks of incidents on a chart: a shape a result, so that no colour need be told apart.

/** @typedef {import("../types/wire.js").Attendance} Attendance */
/** @typedef {import("../types/screen.js").Inks} Inks */
/** @typedef {import("../vendor/uplot/uPlot.esm.js").default} Plot */

/** @type {Record<Attendance["result"], {sign: string, word: string, ink: keyof Inks}>} */
export const MARKS = {
  met: { sign: "●", word: "in time", ink: "good" },
  late: { sign: "◆", word: "attended late", ink: "bad" },
  unattended: { sign: "✕", word: "closed unattended", ink: "bad" },
  overdue: { sign: "▽", word: "past target, waiting", ink: "bad" },
  waiting: { sign: "○", word: "may be in time", ink: "dim" },
  untimed: { sign: "", word: "no target", ink: "dim" },
};

/** How each is drawn around (0, 0), about one unit wide; what is filled is over. */
/** @type {Record<Attendance["result"], {filled: boolean, path: (ctx: CanvasRenderingContext2D) => void}>} */
const SHAPES = {
  met: { filled: true, path: (ctx) => ctx.arc(0, 0, 0.9, 0, 2 * Math.PI) },
  late: { filled: true, path: (ctx) => polygon(ctx, [0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]) },
  unattended: { filled: false, path: cross },
  overdue: { filled: false, path: (ctx) => polygon(ctx, [-1.2, -1], [1.2, -1], [0, 1.2]) },
  waiting: { filled: false, path: (ctx) => ctx.arc(0, 0, 0.9, 0, 2 * Math.PI) },
  untimed: { filled: true, path: (ctx) => ctx.arc(0, 0, 0.5, 0, 2 * Math.PI) },
};

/** @param {CanvasRenderingContext2D} ctx */
function cross(ctx) {
  ctx.moveTo(-1, -1);
  ctx.lineTo(1, 1);
  ctx.moveTo(1, -1);
  ctx.lineTo(-1, 1);
}

/** @param {CanvasRenderingContext2D} ctx @param {[number, number][]} corners */
function polygon(ctx, ...corners) {
  corners.forEach(([x, y], n) => (n === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.closePath();
}

/**
 * Target lines, then every incident; one above the end of the chart as a small triangle at its edge.
 * @param {Plot} plot @param {Inks} ink @param {Attendance[]} rows @param {number[]} targets_s @param {number} top_s
 */
export function drawAttendances(plot, ink, rows, targets_s, top_s) {
  const { ctx } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  for (const target_s of targets_s.filter((one) => one <= top_s)) drawTarget(plot, ink, target_s, scale);
  for (const { at, elapsed_s, result } of rows) {
    const time_s = elapsed_s ?? 0;
    const x = plot.valToPos(Date.parse(at) / 1000, "x", true);
    const y = plot.valToPos(Math.min(time_s, top_s), "y", true);
    drawMark(ctx, x, y, ink[MARKS[result].ink], SHAPES[result], scale);
    if (time_s > top_s) drawBeyond(ctx, x, y, ink.text, scale);
  }
  ctx.restore();
}

/** @param {Plot} plot @param {Inks} ink @param {number} target_s @param {number} scale */
function drawTarget({ ctx, bbox, valToPos }, { text }, target_s, scale) {
  const y = Math.round(valToPos(target_s, "y", true));
  ctx.strokeStyle = text;
  ctx.lineWidth = 1.5 * scale;
  ctx.setLineDash([6 * scale, 4 * scale]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {string} ink
 * @param {{filled: boolean, path: (ctx: CanvasRenderingContext2D) => void}} shape @param {number} scale
 */
function drawMark(ctx, x, y, ink, { filled, path }, scale) {
  const size = 4 * scale;
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(size, size);
  ctx.beginPath();
  path(ctx);
  ctx.restore();
  ctx.strokeStyle = ctx.fillStyle = ink;
  ctx.lineWidth = 1.75 * scale;
  if (filled) ctx.fill();
  else ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {string} ink @param {number} scale */
function drawBeyond(ctx, x, y, ink, scale) {
  ctx.fillStyle = ink;
  ctx.beginPath();
  ctx.moveTo(x - 4 * scale, y - 3 * scale);
  ctx.lineTo(x + 4 * scale, y - 3 * scale);
  ctx.lineTo(x, y - 9 * scale);
  ctx.fill();
}

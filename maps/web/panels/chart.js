// @ts-check
// A chart on the page: uPlot in an element of its own, as wide as its place, in the colours of the theme.
// It decides nothing of what is drawn. What it shows stands beside it as words and as a table: here it is a picture.

import uPlot from "../vendor/uplot/uPlot.esm.js";
import { DURATION_STEPS } from "../picture/figures.js";
import { duration } from "../words/format.js";

/** @typedef {import("../types/screen.js").Chart} Chart */
/** @typedef {import("../types/screen.js").Inks} Inks */

const HEIGHT = 128;
const AXIS_WIDTH = 52;

/** The colours of the theme as they are now. @returns {Inks} */
function inks() {
  const style = getComputedStyle(document.documentElement);
  const ink = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: ink("text"),
    dim: ink("dim"),
    line: ink("line"),
    good: ink("good"),
    bad: ink("bad"),
    accent: ink("accent"),
  };
}

/** Hours and minutes of the desk's day. @param {number} at_s */
const clock = (at_s) =>
  new Date(at_s * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });

/** @param {Inks} ink @returns {Pick<uPlot.Axis, "stroke" | "grid" | "ticks" | "font">} */
const axis = ({ dim, line }) => ({
  stroke: dim,
  grid: { stroke: line, width: 1 },
  ticks: { show: false },
  font: '12px "ARLS Text", sans-serif',
});

/** @param {Chart} chart @param {Inks} ink @param {number} width @returns {uPlot.Options} */
const optionsOf = (chart, ink, width) => ({
  width,
  height: HEIGHT,
  padding: [8, 20, 0, 0],
  legend: { show: false },
  cursor: { show: false },
  scales: { x: { time: true, range: () => chart.from_to_s }, y: { range: () => [0, chart.top_s] } },
  axes: [
    { ...axis(ink), size: 24, values: (_, marks) => marks.map(clock) },
    { ...axis(ink), size: AXIS_WIDTH, incrs: DURATION_STEPS, space: 24, values: (_, marks) => marks.map(duration) },
  ],
  series: [{}, ...chart.series(ink)],
  hooks: { draw: [(plot) => chart.draw?.(plot, ink)] },
});

class ChartElement extends HTMLElement {
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {Chart | null} */
  #chart = null;
  #theme = "";
  #watch = new ResizeObserver(() => this.#plot?.setSize({ width: this.clientWidth, height: HEIGHT }));

  connectedCallback() {
    this.#watch.observe(this);
    this.#draw();
  }

  disconnectedCallback() {
    this.#watch.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  /** Drawn anew when it is another chart, or the page has another theme. @param {Chart} chart */
  set chart(chart) {
    const theme = inks().text;
    if (chart === this.#chart && theme === this.#theme && this.#plot) return;
    [this.#chart, this.#theme] = [chart, theme];
    this.dataset.ink = theme;
    this.#draw();
  }

  #draw() {
    if (!this.isConnected || !this.#chart || this.clientWidth === 0) return;
    this.#plot?.destroy();
    this.#plot = new uPlot(optionsOf(this.#chart, inks(), this.clientWidth), this.#chart.data, this);
  }
}

customElements.define("arls-chart", ChartElement);

// @ts-check
// Figures: how soon incidents were attended beside what was promised, grade by grade, and how old fixes are, gateway by
// gateway. Words first; each chart is a picture of them, and has the same as a table.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { linesOf, secondsOf, timedOf, topOf } from "../picture/figures.js";
import { duration, localTime, plural } from "../words/format.js";
import "./chart.js";
import { emptyNote, gradeIcon } from "./html.js";
import { drawAttendances, MARKS } from "./marks.js";

/** @typedef {import("../types/wire.js").Share} Share */
/** @typedef {import("../types/wire.js").ResponseFigures} ResponseFigures */
/** @typedef {import("../types/wire.js").FixAgeFigures} FixAgeFigures */
/** @typedef {import("../types/wire.js").FixAgeSeries} FixAgeSeries */
/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/screen.js").Chart} Chart */

const SPANS = [
  { hours: 2, label: "2 hours" },
  { hours: 8, label: "8 hours" },
  { hours: 24, label: "24 hours" },
];

/**
 * A chart is made once for an answer: the panels are shown every second.
 * @type {WeakMap<object, Map<string, Chart>>}
 */
const made = new WeakMap();

/** @param {object} answer @param {string} name @param {() => Chart} make */
function once(answer, name, make) {
  const charts = made.get(answer) ?? new Map();
  made.set(answer, charts);
  if (!charts.has(name)) charts.set(name, make());
  return charts.get(name);
}

/** @param {{from: string, to: string}} span @returns {[number, number]} */
const spanOf = ({ from, to }) => [secondsOf(from), secondsOf(to)];

/** @param {Share} share @param {ResponseFigures} said @returns {Chart} */
function responseChart(share, said) {
  const rows = timedOf(share, said.attendances);
  const { top_s } = topOf(rows, share.targets_s);
  return {
    from_to_s: spanOf(said),
    top_s,
    data: [rows.map(({ at }) => secondsOf(at)), rows.map(({ elapsed_s }) => elapsed_s)],
    series: () => [{ paths: () => null, points: { show: false } }],
    draw: (plot, ink) => drawAttendances(plot, ink, rows, share.targets_s, top_s),
  };
}

/** @param {FixAgeSeries} series @param {FixAgeFigures} said @returns {Chart} */
function ageChart({ points }, said) {
  const lines = linesOf(points, said.step_s);
  return {
    from_to_s: spanOf(said),
    top_s: Math.max(60, 1.1 * Math.max(...points.map(([, , , p95_s]) => p95_s))),
    data: lines,
    series: ({ accent, dim }) => [
      { stroke: accent, width: 2, points: { show: false } },
      { stroke: dim, width: 1.5, dash: [5, 4], points: { show: false } },
    ],
  };
}

/**
 * The chart, and the same as a table when somebody opens it.
 * @param {string} name @param {string} label @param {Chart | undefined} chart @param {string[]} heads
 * @param {() => unknown[][]} rows @param {Moment} moment
 */
function charted(name, label, chart, heads, rows, { state, desk }) {
  const open = state.figures.table === name;
  return html`<arls-chart role="img" aria-label="${label}. The same stands below as a table." .chart=${chart}></arls-chart>
    <button class="twin" aria-expanded=${open} @click=${() => desk.figuresTable(open ? null : name)}>
      ${open ? "Hide the table" : "As a table"}
    </button>
    ${open ? table(label, heads, rows()) : nothing}`;
}

/** @param {string} label @param {string[]} heads @param {unknown[][]} rows */
const table = (
  label,
  heads,
  rows,
) => html`<div class="scroll twin-table" tabindex="0" role="region" aria-label=${label}>
  <table>
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td class="num">${cell}</td>`)}</tr>`)}
    </tbody>
  </table>
</div>`;

/** @param {Share} share @param {ResponseFigures} said @param {Moment} moment */
function gradeFigure(share, said, moment) {
  const rows = timedOf(share, said.attendances);
  const name = `response ${share.policy} ${share.grade}`;
  const { beyond } = topOf(rows, share.targets_s);
  const { desk } = moment;
  const open = (/** @type {string} */ id) =>
    html`<button @click=${() => desk.open({ kind: "incident", id })}>${id}</button>`;
  const cells = () =>
    rows.map(({ at, incident, elapsed_s, target_s, result }) => [
      localTime(Date.parse(at)),
      open(incident),
      duration(elapsed_s ?? 0),
      target_s === null ? "none" : duration(target_s),
      MARKS[result].word,
    ]);
  const chart = once(said, name, () => responseChart(share, said));
  const heads = ["Created", "Incident", "Elapsed", "Target", "Result"];
  return html`<section class="figure" data-figure=${name}>
    <h3>${gradeIcon(share.grade)} Grade ${share.grade} <span class="dim">${share.label}, ${share.policy}</span></h3>
    <p>${share.text}</p>
    ${rows.length > 0 ? charted(name, `Response times of grade ${share.grade}`, chart, heads, cells, moment) : nothing}
    ${beyond > 0 ? html`<p class="dim">▲ ${plural(beyond, "incident")} above the end of the chart.</p>` : nothing}
  </section>`;
}

/** Which marks mean what. */
const key = () => html`<p class="key dim">
  ${Object.values(MARKS)
    .filter(({ sign }) => sign)
    .map(({ sign, word }) => html`<span>${sign} ${word}</span>`)}
  <span>╌ target</span>
</p>`;

/** @param {ResponseFigures} said @param {Moment} moment */
function responses(said, moment) {
  if (said.shares.length === 0)
    return emptyNote("No incident was created in this time", "Choose a longer one, or wait for the first call.");
  return html`${key()}${said.shares.map((share) => gradeFigure(share, said, moment))}`;
}

/** @param {FixAgeSeries} series @param {FixAgeFigures} said @param {Moment} moment */
function ageFigure(series, said, moment) {
  const { gateway, protocol, points } = series;
  const name = `age ${gateway} ${protocol}`;
  const [, n, p50_s, p95_s] = points[points.length - 1];
  const chart = once(said, name, () => ageChart(series, said));
  const cells = () =>
    points.map(([at, units, p50, p95]) => [localTime(Date.parse(at)), units, duration(p50), duration(p95)]);
  return html`<section class="figure" data-figure=${name}>
    <h3>${gateway || "no gateway named"} <span class="dim">${protocol}</span></h3>
    <p>
      Now ${plural(n, "unit")}: half of the fixes are younger than <b class="num">${duration(p50_s)}</b>, one in twenty is
      older than <b class="num">${duration(p95_s)}</b>.
    </p>
    ${charted(name, `Fix ages by ${gateway} ${protocol}`, chart, ["At", "Units", "Half", "One in 20"], cells, moment)}
  </section>`;
}

/** @param {FixAgeFigures} said @param {Moment} moment */
function ages(said, moment) {
  if (said.series.length === 0)
    return emptyNote("No fix age was sampled yet", "Samples are taken every ten seconds since the server started.");
  const since = said.sampled_from === null ? nothing : html` Kept since ${localTime(Date.parse(said.sampled_from))}.`;
  return html`<p class="key dim"><span>━ half of the units</span><span>╌ one in twenty, at worst</span><span>${since}</span></p>
    ${said.series.map((series) => ageFigure(series, said, moment))}`;
}

/** @param {Moment} moment */
function contents(moment) {
  const { state, desk } = moment;
  const { response, ages: aged, problem } = state.figures;
  if (state.page === "replay") return emptyNote("Figures are of the present", "They are not shown in a replay.");
  if (problem && !response)
    return html`${emptyNote("No figures", problem.detail || problem.title)}
      <p><button @click=${() => desk.showFigures()}>Try again</button></p>`;
  if (!response || !aged) return html`<div class="empty" aria-busy="true"><strong>Asking the record…</strong></div>`;
  return html`${problem ? html`<p class="warn" role="status">Not renewed: ${problem.detail || problem.title}</p>` : nothing}
    <h3 class="chapter">Response times against target</h3>
    ${responses(response, moment)}
    <h3 class="chapter">Age of fixes, by gateway and protocol</h3>
    ${ages(aged, moment)}`;
}

/** @param {Moment} moment */
export function figuresView(moment) {
  const { state, desk } = moment;
  return html`<div class="figures">
    <p class="spans" role="group" aria-label="Over how long">
      ${SPANS.map(
        ({ hours, label }) => html`<button
          aria-pressed=${state.figures.hours === hours}
          @click=${() => desk.showFigures(hours)}
        >
          Last ${label}
        </button>`,
      )}
    </p>
    ${contents(moment)}
  </div>`;
}

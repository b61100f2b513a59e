// @ts-check
// An interval as a bar, all of a list on one common scale.

import { html, svg } from "../../vendor/lit-html/lit-html.js";

/** @typedef {import("../../types/wire.js").Candidate} Candidate */

/**
 * The whole interval, its middle marked; lighter while it overlaps the first's.
 * @param {Candidate} candidate @param {Candidate} first @param {number} scale_s
 */
export function bar({ eta_s }, first, scale_s) {
  const x = (/** @type {number} */ seconds) => Math.min(99, (100 * seconds) / scale_s);
  const [low, mid, high] = [x(eta_s.low), x(eta_s.mid), x(eta_s.high)];
  const shade = eta_s.low < first.eta_s.high ? "span close" : "span";
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    ${svg`
      <rect class="rail" x="0" y="3" width="100" height="4" rx="1"></rect>
      <rect class=${shade} x=${low} y="2" width=${Math.max(1, high - low)} height="6" rx="1"></rect>
      <rect class="mid" x=${Math.max(0, mid - 0.5)} y="0" width="1" height="10"></rect>`}
  </svg>`;
}

// @ts-check
// The list of a combobox: what may be taken, the marked one said to screen readers by the field it belongs to.

import { html } from "../vendor/lit-html/lit-html.js";

/** @param {string} id of the list @param {number} n */
export const optionId = (id, n) => `${id}-${n}`;

/** Brings the marked one into view, once it is marked. @param {string} id of the list */
export const showMarked = (id) =>
  setTimeout(() => document.querySelector(`#${id} [aria-selected="true"]`)?.scrollIntoView({ block: "nearest" }), 50);

/**
 * @param {string} id @param {string} label @param {{label: string, about: string}[]} rows @param {number} active
 * @param {(n: number) => void} take
 */
export const optionList = (id, label, rows, active, take) => html`<ul id=${id} role="listbox" aria-label=${label}>
  ${rows.map(
    (row, n) => html`<li
      id=${optionId(id, n)}
      role="option"
      aria-selected=${n === active}
      @mousedown=${(/** @type {Event} */ event) => {
        event.preventDefault(); // the field keeps the focus
        take(n);
      }}
    >
      <b>${row.label}</b> <span class="dim">${row.about}</span>
    </li>`,
  )}
</ul>`;

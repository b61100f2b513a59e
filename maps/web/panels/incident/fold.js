// @ts-check
// A part of the open incident that is one line until somebody opens it. One stands open at a time, so that the panel
// stays a panel.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { emptyNote } from "../html.js";

/** @typedef {import("../../types/screen.js").Moment} Moment */

/** By then a part that was opened mostly has its height. */
const SHOWN_MS = 150;

/** Where a part ends below the panel it is brought to the top of it, and nothing else moves. @param {Element} section */
function bringUp(section) {
  const body = /** @type {HTMLElement} */ (section.closest(".detail-body"));
  const [inner, outer] = [section.getBoundingClientRect(), body.getBoundingClientRect()];
  if (inner.bottom > outer.bottom) body.scrollTop += inner.top - outer.top;
}

/**
 * @param {{name: import("../../types/screen.js").PartName, title: string, summary: unknown, loud?: boolean}} head
 * @param {() => unknown} body made only while it is open @param {Moment} moment
 */
export function fold({ name, title, summary, loud = false }, body, { state, desk }) {
  const open = state.dossier.open === name;
  const press = (/** @type {Event} */ event) => {
    const section = /** @type {HTMLElement} */ (event.currentTarget).closest(".fold");
    desk.unfold(open ? null : name);
    if (!open) setTimeout(() => section && bringUp(section), SHOWN_MS);
  };
  return html`<section class="fold ${open ? "open" : ""}" data-part=${name}>
    <h3>
      <button class="fold-head" aria-expanded=${open} @click=${press}>
        <b>${title}</b> <span class="fold-summary ${loud ? "warn" : "dim"}">${summary}</span>
      </button>
    </h3>
    ${open ? html`<div class="fold-body">${body()}</div>` : nothing}
  </section>`;
}

/**
 * What the server answered, or that it is being asked, or why it did not.
 * @template T @param {import("../../types/screen.js").Answer<T> | undefined} answer @param {(value: T) => unknown} view
 */
export function answered(answer, view) {
  if (answer?.value) return view(answer.value);
  if (answer?.problem) return emptyNote("Not known", answer.problem.detail || answer.problem.title);
  return html`<p class="dim" aria-busy="true">Asking…</p>`;
}

/** A form whose fields are given to `use` by their names. @param {unknown} fields @param {string} button
 * @param {(said: Record<string, string>) => void} use */
export function form(fields, button, use) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const element = /** @type {HTMLFormElement} */ (event.target);
    const said = [...new FormData(element)].map(([name, value]) => [name, String(value).trim()]);
    use(Object.fromEntries(said));
    element.reset();
  };
  return html`<form class="part-form" @submit=${submit}>${fields} <button class="go">${button}</button></form>`;
}

/** @param {string} name @param {string} label @param {{type?: string, required?: boolean, list?: string}} [more] */
export const field = (name, label, { type = "text", required = false, list } = {}) =>
  html`<input
    name=${name}
    type=${type}
    aria-label=${label}
    placeholder=${label}
    ?required=${required}
    list=${list ?? nothing}
    maxlength="1000"
    autocomplete="off"
  />`;

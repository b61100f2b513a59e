// @ts-check
// What the keys do, from the table that they are obeyed by.

import { html } from "../vendor/lit-html/lit-html.js";
import { KEYS } from "../acts/keys.js";

export const helpView = () =>
  html`<dl class="keys">${KEYS.map(({ shown, does }) => html`<dt><kbd>${shown}</kbd></dt><dd>${does}</dd>`)}</dl>`;

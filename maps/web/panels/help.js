// @ts-check
// What the commands and the keys do, from the tables that they are obeyed by.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { COMMANDS } from "../acts/commands.js";
import { KEYS } from "../acts/keys.js";

export const helpView = () => html`<h3>Commands, in the line at the foot</h3>
  <dl class="keys">
    ${COMMANDS.map(
      ({ usage, does, example }) => html`<dt><b>${usage}</b></dt>
        <dd>${does}${example === usage ? nothing : html` <span class="under dim">${example}</span>`}</dd>`,
    )}
  </dl>
  <h3>Keys</h3>
  <dl class="keys">${KEYS.map(({ shown, does }) => html`<dt><kbd>${shown}</kbd></dt><dd>${does}</dd>`)}</dl>`;

// @ts-check
// The map's own buttons, in its corner.

import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @param {import("../types/screen.js").Moment} moment */
export function mapToolsView({ state, desk }) {
  if (state.map_problem || !state.picture.started) return nothing;
  const shut = state.picture.closures.size;
  const open = state.sheet?.name === "closures";
  return html`<div class="tools" role="group" aria-label="Map">
    <button aria-expanded=${open} title="Alt+S" @click=${() => (open ? desk.sheet(null) : desk.closures())}>
      Closures ${shut > 0 ? html`<b class="num">${shut}</b>` : nothing}
    </button>
  </div>`;
}

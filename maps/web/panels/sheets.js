// @ts-check
// Sheets: what is opened over the map for a while and closed again (help, and whatever else has no column of its own).
// A new sheet is a row here; its view has a file of its own.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { attentionView } from "./attention.js";
import { closuresView } from "./closure.js";
import { bookOnView } from "./bookon.js";
import { figuresView } from "./figures.js";
import { helpView } from "./help.js";
import { screenSheetView } from "./screen.js";

/** @typedef {import("../types/screen.js").Moment} Moment */

/** @type {Record<"attention" | "bookon" | "closures" | "figures" | "help" | "screen", {title: string, view: (moment: Moment) => unknown}>} */
export const SHEETS = {
  attention: { title: "What needs somebody", view: attentionView },
  bookon: { title: "Shift change", view: bookOnView },
  figures: { title: "Figures", view: figuresView },
  closures: { title: "Closures", view: closuresView },
  help: { title: "Commands and keys", view: helpView },
  screen: { title: "This screen", view: screenSheetView },
};

/** @param {Moment} moment */
export function sheetView(moment) {
  const { state, desk } = moment;
  if (!state.sheet) return nothing;
  const { title, view } = SHEETS[state.sheet.name];
  return html`<section class="sheet ${state.sheet.name}" role="dialog" aria-label=${title}>
    <header class="panel-head">
      <h2>${title}</h2>
      <button class="quiet" aria-label="Close ${title}" title="Close (Esc)" @click=${() => desk.sheet(null)}>✕</button>
    </header>
    <div class="sheet-body">${view(moment)}</div>
  </section>`;
}

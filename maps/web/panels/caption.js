// @ts-check
// The caption of a scripted demonstration, over the map's lower edge: what is happening, and with which numbers.
// No other system has one. It says nothing of its own: every word and number is the server's.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";

/** @typedef {import("../types/wire.js").Caption} Caption */
/** @typedef {import("../types/screen.js").Desk} Desk */

/** @param {Caption} caption @param {Desk} desk */
const controls = ({ paused }, desk) =>
  html`<button @click=${() => desk.wish(paused ? "go_on" : "pause")}>${paused ? "Go on" : "Pause"}</button>
    <button class="go" @click=${() => desk.wish("next")}>Next</button>
    <button class="quiet" @click=${() => desk.wish("leave")}>Leave the tour</button>`;

/** @param {Caption} caption */
const facts = ({ facts: listed }) =>
  listed.length === 0
    ? nothing
    : html`<dl class="caption-facts">
        ${listed.map(
          ({ name, value }) =>
            html`<dt>${name}</dt>
              <dd class="num">${value}</dd>`,
        )}
      </dl>`;

/** @param {import("../types/screen.js").Moment} moment */
export function captionView({ state, desk }) {
  const { caption } = state.picture;
  if (!caption) return nothing;
  const folded = state.caption_folded;
  return html`<section class="caption" aria-label="The tour">
    <header class="caption-head">
      <span class="caption-step num">${caption.step} of ${caption.of}</span>
      <h2>${caption.title}</h2>
      <span class="fill"></span>
      ${whyReadOnly(state) ? nothing : controls(caption, desk)}
      <button
        class="quiet"
        aria-expanded=${folded ? "false" : "true"}
        aria-label=${folded ? "Show the caption" : "Fold the caption up"}
        title=${folded ? "Show the caption" : "Fold the caption up"}
        @click=${() => desk.foldCaption()}
      >
        ${folded ? "▴" : "▾"}
      </button>
    </header>
    <div class="caption-body" role="status" ?hidden=${folded}>
      <p>${caption.text}</p>
      ${facts(caption)}
    </div>
  </section>`;
}

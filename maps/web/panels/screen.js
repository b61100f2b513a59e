// @ts-check
// The sheet about this screen: its theme, and the screens that may stand beside it.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { isSecond } from "../picture/pages.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */
/** @typedef {import("../types/screen.js").Theme} Theme */

const SCREENS = [
  ["/", "Console", "everything a desk works with"],
  ["/map", "Map", "large, on a second screen"],
  ["/board", "Unit board", "every unit with all that is known of it, and the queue"],
  ["/wall", "Wall", "to be read from across the room; nothing can be pressed on it"],
];

/** @param {State} state @param {Desk} desk */
const theme = ({ theme }, desk) => html`<h3>Theme</h3>
  <p class="choices">
    ${
      /** @type {[Theme, string][]} */ ([
        ["dark", "Dark"],
        ["light", "Light"],
      ]).map(
        ([name, word]) =>
          html`<button aria-pressed=${theme === name} @click=${() => desk.theme(name)}>
          ${word}${theme === name ? " ✓" : ""}
        </button>`,
      )
    }
  </p>`;

/** @param {State} state @param {Desk} desk */
function others({ page, follows }, desk) {
  const follow = html`<p>
    <label class="tick">
      <input type="checkbox" .checked=${follows} @change=${() => desk.follow(!follows)} />
      This screen follows the console: what is opened on one opens on the other
    </label>
  </p>`;
  return html`<h3>Other screens</h3>
    <ul class="screens">
      ${SCREENS.map(
        ([path, name, what]) =>
          html`<li><a href=${path} target="_blank" rel="noopener">${name}</a> <span class="dim">${what}</span></li>`,
      )}
    </ul>
    ${isSecond(page) ? follow : nothing}`;
}

/** @type {Record<State["sound"]["voice"], string>} */
const VOICES = {
  sounds: "Alarms sound from this page.",
  elsewhere: "Alarms sound from another page of this browser.",
  covered: "Alarms sound from another page of this browser.",
  blocked: "The browser blocks sound until you click or type in this page.",
  none: "This browser cannot make sounds.",
};

/** @param {State} state @param {Desk} desk */
function sound({ sound }, desk) {
  const muted = sound.muted_until_ms > Date.now();
  return html`<h3>Sound</h3>
    <p>${VOICES[sound.voice]}</p>
    <p class="choices">
      <button @click=${() => desk.testSound()}>Test the sound</button>
      <button aria-pressed=${muted} @click=${() => (muted ? desk.unmute() : desk.mute())}>
        ${muted ? "Sound is off: have it back" : "No sound for 5 minutes"}
      </button>
    </p>`;
}

/** @param {import("../types/screen.js").Moment} moment */
export const screenSheetView = ({ state, desk }) => [theme(state, desk), sound(state, desk), others(state, desk)];

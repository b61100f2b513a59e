// @ts-check
// Calm notes over the lower edge: what is odd about this desk or its page, and the one thing to do about it. They lie over
// what is below them, so that nothing moves under a pointer when one goes.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";
import { plural } from "../words/format.js";

/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/screen.js").State} State */

/** @param {number} seconds */
function spanOf(seconds) {
  if (seconds < 90) return plural(seconds, "second");
  if (seconds < 2 * 3600) return plural(Math.round(seconds / 60), "minute");
  return seconds < 2 * 86_400
    ? plural(Math.round(seconds / 3600), "hour")
    : plural(Math.round(seconds / 86_400), "day");
}

/** @param {State} state */
function clockNote({ desk_off_ms }) {
  if (desk_off_ms === 0) return nothing;
  const off_s = Math.round(Math.abs(desk_off_ms) / 1000);
  const much = spanOf(off_s);
  const way = desk_off_ms > 0 ? "ahead" : "behind";
  return html`<p>This desk's clock is ${much} ${way}; times here are the server's.</p>`;
}

/** @param {Moment} moment */
function soundNote({ state: { sound }, desk }) {
  if (sound.voice === "none") return html`<p>This browser cannot make sounds: watch for the red banner.</p>`;
  if (sound.voice !== "blocked") return nothing;
  return html`<p>
    The browser blocks sound until you click or type here.
    <button @click=${() => desk.testSound()}>Allow and test the sound</button>
  </p>`;
}

/** @param {State} state */
function versionNote({ picture, version }) {
  const now = picture.status?.version;
  if (!now || !version || now === version) return nothing;
  return html`<p>
    The server is now ARLS ${now}, this page is of ${version}.
    <button @click=${() => location.reload()}>Reload the page</button>
  </p>`;
}

/** @param {Moment} moment */
export function stripsView(moment) {
  const { state } = moment;
  if (!state.picture.started) return nothing;
  // The clock of a replay is another one, and rightly.
  return [
    state.page === "replay" ? nothing : clockNote(state),
    versionNote(state),
    whyReadOnly(state) ? nothing : soundNote(moment),
  ];
}

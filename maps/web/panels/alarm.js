// @ts-check
// The alarm banner: who pressed the emergency button, above everything, until that is ended. To acknowledge it at this
// desk ends the sound, not the emergency.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { whyReadOnly } from "../acts/kit.js";
import { emergenciesOf } from "../picture/order.js";
import { unacknowledged } from "../sound/watch.js";

/** @typedef {import("../types/screen.js").Moment} Moment */

/** So many are named; how many more there are is said. */
const NAMED = 4;
const NAME_CHARS = 32;

/** @param {string[]} names */
function listed(names) {
  const said = names.slice(0, NAMED).map((name) => name.slice(0, NAME_CHARS));
  const more = names.length - said.length;
  return html`<strong dir="auto">${said.join(", ")}</strong>${more > 0 ? html` <strong>and ${more} more</strong>` : nothing}`;
}

/**
 * No ticking number stands in the alert: a screen reader would say it every second.
 * @param {unknown} said @param {unknown} [buttons]
 */
const banner = (said, buttons = nothing) =>
  html`<div class="alarm"><span role="alert"><b class="emg">EMG</b> ${said}</span>${buttons}</div>`;

/** @param {Moment} moment */
function acknowledgement({ state, desk }) {
  if (whyReadOnly(state)) return nothing;
  if (unacknowledged(state.picture, state.sound).length === 0)
    return html`<span class="acknowledged">acknowledged at this desk</span>`;
  return html`<button @click=${() => desk.acknowledge()}>Acknowledge <kbd>Alt+A</kbd></button>`;
}

/** A device that no unit carries has a button, too: somebody is to be asked who has it. @param {Moment} moment */
export function alarmView(moment) {
  const { state, desk } = moment;
  const alarmed = emergenciesOf(state.picture.units.values()).map(({ callsign }) => callsign);
  const strays = (state.picture.status?.strays ?? []).map(({ source }) => source);
  const help = html`<button @click=${() => desk.helpEmergency()}>
    Nearest help to ${alarmed[0]?.slice(0, NAME_CHARS)} <kbd>Alt+E</kbd>
  </button>`;
  const first = html`${acknowledgement(moment)} ${state.page === "wall" ? nothing : help}`;
  return [
    alarmed.length > 0 ? banner(html`${listed(alarmed)} pressed the emergency button`, first) : nothing,
    strays.length > 0
      ? banner(
          html`${listed(strays)}, carried by no unit, pressed the emergency button`,
          alarmed.length > 0 ? nothing : acknowledgement(moment),
        )
      : nothing,
  ];
}

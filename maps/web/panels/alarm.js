// @ts-check
// The alarm banner: who pressed the emergency button, above everything.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { emergenciesOf } from "../picture/order.js";

/**
 * Whose emergency button was pressed, above everything. No ticking number stands in the alert: a screen reader would
 * say it every second. A device that no unit carries has a button, too: somebody is to be asked who has it.
 * @param {import("../types/screen.js").Moment} moment
 */
export function alarmView({ state: { picture }, desk }) {
  const alarmed = emergenciesOf(picture.units.values());
  const strays = picture.status?.strays ?? [];
  const names = alarmed.map((unit) => unit.callsign).join(", ");
  const units = html`<div class="alarm">
    <span role="alert"><b class="emg">EMG</b> <strong>${names}</strong> pressed the emergency button</span>
    <button @click=${() => desk.helpEmergency()}>Nearest help to ${alarmed[0]?.callsign} <kbd>Alt+E</kbd></button>
  </div>`;
  const devices = strays.map((stray) => stray.source).join(", ");
  const nobody = html`<div class="alarm">
    <span role="alert"
      ><b class="emg">EMG</b> <strong>${devices}</strong>, carried by no unit, pressed the emergency button</span
    >
  </div>`;
  return [alarmed.length > 0 ? units : nothing, strays.length > 0 ? nobody : nothing];
}

// @ts-check
// The map's own buttons, in its corner: closures, what else is shown, and which unit it goes along with.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { reachText } from "../map/trail.js";
import { fixAge } from "../picture/store.js";

/** @typedef {import("../types/screen.js").Moment} Moment */
/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Desk} Desk */

const TRAILS = [0, 5, 15, 30];

/** @param {State["ground"]} ground @param {Desk} desk */
const basesView = ({ bases, base }, desk) => html`<fieldset class="choice">
  <legend>Base map</legend>
  ${[null, ...bases.map(({ name }) => name)].map(
    (name) => html`<label class=${base === name ? "on" : ""}>
      <input type="radio" name="base" .checked=${base === name} @change=${() => desk.showOnMap({ base: name })} />${
        name ?? "Our own"
      }</label
    >`,
  )}
</fieldset>`;

/** @param {State} state @param {Desk} desk */
function menuView({ ground }, desk) {
  return html`<div class="map-menu" role="group" aria-label="Shown on the map">
    <fieldset class="choice">
      <legend>Trail of the open unit, minutes</legend>
      ${TRAILS.map(
        (minutes) => html`<label class=${ground.minutes === minutes ? "on" : ""}>
          <input
            type="radio"
            name="trail"
            .checked=${ground.minutes === minutes}
            @change=${() => desk.showOnMap({ minutes })}
          />${minutes || "none"}</label
        >`,
      )}
    </fieldset>
    ${ground.bases.length > 0 ? basesView(ground, desk) : nothing}
    <label class="check">
      <input type="checkbox" .checked=${ground.areas} @change=${() => desk.showOnMap({ areas: !ground.areas })} />
      Areas and their names
    </label>
  </div>`;
}

/** @param {State} state @param {Desk} desk */
function keptView({ ground, target, picture }, desk) {
  if (ground.kept)
    return html`<button class="on" aria-pressed="true" @click=${() => desk.keepInView(null)}>
      Following ${ground.kept} ✕
    </button>`;
  const unit = target?.kind === "unit" ? picture.units.get(target.callsign) : undefined;
  if (!unit || unit.lat === null) return nothing;
  return html`<button aria-pressed="false" @click=${() => desk.keepInView(unit.callsign)}>Follow ${unit.callsign}</button>`;
}

/** Where a unit may be that was not heard for a while. @param {State} state @param {number} server_ms */
function reachView({ ground: { reach }, picture }, server_ms) {
  const unit = reach ? picture.units.get(reach.callsign) : undefined;
  const area_km2 = reach?.layer.features[0]?.properties?.area_km2;
  if (!unit || typeof area_km2 !== "number") return nothing;
  return html`<p class="reach-note">${reachText(unit.callsign, fixAge(unit, server_ms) ?? 0, area_km2)}</p>`;
}

/** @param {Moment} moment */
export function mapToolsView({ state, desk, server_ms }) {
  if (state.map_problem || !state.picture.started) return nothing;
  const { ground, picture } = state;
  const open = state.sheet?.name === "closures";
  return html`<div class="tools" role="group" aria-label="Map">
      <button aria-expanded=${open} title="Alt+S" @click=${() => (open ? desk.sheet(null) : desk.closures())}>
        Closures ${picture.closures.size > 0 ? html`<b class="num">${picture.closures.size}</b>` : nothing}
      </button>
      <button aria-expanded=${ground.menu} @click=${() => desk.showOnMap({ menu: !ground.menu })}>Show</button>
      ${keptView(state, desk)} ${ground.menu ? menuView(state, desk) : nothing}
    </div>
    ${reachView(state, server_ms)}`;
}

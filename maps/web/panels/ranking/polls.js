// @ts-check
// Radios that were asked where they are: who, how long an answer may change the order yet, and whether one did.

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { pollOf } from "../../picture/weighing.js";
import { duration } from "../../words/format.js";

/** @typedef {import("../../types/screen.js").Moment} Moment */

/** @param {string[]} answered @param {import("../../types/screen.js").State["enquiry"]} enquiry @param {string | undefined} at */
function effect(answered, { polled, ranking }, at) {
  if (answered.length === 0) return "the order stands on what was known";
  const first = ranking?.candidates[0]?.callsign;
  if (!polled || polled.at !== at) return "the order counts that";
  if (polled.first === first) return first ? `${first} stays first` : "nobody can be sent";
  return `${first ?? "nobody"} is first now, and was ${polled.first ?? "nobody"} before`;
}

/** @param {Moment} moment */
export function pollsView({ state, server_ms }) {
  const { target, picture, enquiry } = state;
  const incident = target?.kind === "incident" ? picture.incidents.get(target.id) : undefined;
  const poll = incident && pollOf(incident, picture.units, server_ms);
  if (!incident || !poll) return nothing;
  const { answered, silent, left_s } = poll;
  if (left_s > 0)
    return html`<p class="polls">
      <b>${silent.join(", ")}</b> asked for a position: the order may change for
      <span class="num">${duration(left_s)}</span>
    </p>`;
  const heard = answered.length > 0 ? `${answered.join(", ")} answered` : "";
  const unheard = silent.length > 0 ? `${silent.join(", ")} did not answer` : "";
  const said = [heard, unheard].filter(Boolean).join(", ");
  return html`<p class="polls">${said}: ${effect(answered, enquiry, incident.radios_asked?.at)}</p>`;
}

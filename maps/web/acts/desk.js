// @ts-check
// What a dispatcher can do, all of it: a file a subject. Each act is one call of the API and one sentence about how it
// ended; the picture itself changes only when the live feed says so. Buttons, keys and the command line all come here.

import { asks } from "./asks.js";
import { emergencies } from "./emergencies.js";
import { figures } from "./figures.js";
import { incidents } from "./incidents.js";
import { openKit } from "./kit.js";
import { looking } from "./looking.js";
import { sending } from "./sending.js";
import { theme } from "./theme.js";
import { tour } from "./tour.js";

/**
 * @param {import("../types/screen.js").State} state
 * @param {import("../types/screen.js").ActHooks} hooks
 */
export function openDesk(state, hooks) {
  const kit = openKit(state, hooks);
  return {
    ...looking(kit),
    ...sending(kit),
    ...incidents(kit),
    ...emergencies(kit),
    ...asks(kit),
    ...theme(kit),
    ...tour(kit),
    ...figures(kit),
  };
}

/** @typedef {ReturnType<typeof openDesk>} Desk */

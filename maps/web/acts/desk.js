// @ts-check
// What a dispatcher can do, all of it: a file a subject. Each act is one call of the API and one sentence about how it
// ended; the picture itself changes only when the live feed says so. Buttons, keys and the command line all come here.

import { alarm } from "./alarm.js";
import { asks } from "./asks.js";
import { closures } from "./closures.js";
import { commanding } from "./commanding.js";
import { dossier } from "./dossier.js";
import { control } from "./control.js";
import { composing } from "./composing.js";
import { emergencies } from "./emergencies.js";
import { figures } from "./figures.js";
import { ground } from "./ground.js";
import { incidents } from "./incidents.js";
import { openKit } from "./kit.js";
import { looking } from "./looking.js";
import { placing } from "./placing.js";
import { rostering } from "./rostering.js";
import { screens } from "./screens.js";
import { replaying } from "./replaying.js";
import { sending } from "./sending.js";
import { signing } from "./signing.js";
import { spoken } from "./spoken.js";
import { theme } from "./theme.js";
import { tour } from "./tour.js";
import { unit } from "./unit.js";
import { weighing } from "./weighing.js";

/** All but the command line, whose words end in these. @param {import("./kit.js").Kit} kit */
const openActs = (kit, places = placing(kit), sends = sending(kit)) => ({
  ...places,
  ...composing(kit, places),
  ...looking(kit),
  ...sends,
  ...weighing(kit),
  ...control(kit),
  ...spoken(kit, sends),
  ...incidents(kit),
  ...dossier(kit),
  ...emergencies(kit),
  ...asks(kit),
  ...closures(kit),
  ...ground(kit),
  ...theme(kit),
  ...tour(kit),
  ...figures(kit),
  ...rostering(kit),
  ...screens(kit),
  ...signing(kit),
  ...unit(kit),
  ...alarm(kit),
  ...replaying(kit),
});

/** @typedef {ReturnType<typeof openActs>} Acts */

/**
 * @param {import("../types/screen.js").State} state
 * @param {import("../types/screen.js").ActHooks} hooks
 */
export function openDesk(state, hooks) {
  const kit = openKit(state, hooks);
  const acts = openActs(kit);
  return { ...acts, ...commanding(kit, acts) };
}

/** @typedef {ReturnType<typeof openDesk>} Desk */

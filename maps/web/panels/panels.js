// @ts-check
// Every panel by the id of the element it fills. Each is a function of the moment alone.
// A new panel is a row here, an element in index.html, and a file of its own.

import { alarmView } from "./alarm.js";
import { boardView } from "./board.js";
import { captionView } from "./caption.js";
import { callsView } from "./calls.js";
import { commandView } from "./commandline.js";
import { composeView } from "./compose.js";
import { headerView } from "./header.js";
import { incidentView } from "./incident/incident.js";
import { legendView } from "./legend.js";
import { mapToolsView } from "./maptools.js";
import { overlayView, tipView } from "./overlays.js";
import { queueView } from "./queue.js";
import { rankingView } from "./ranking/ranking.js";
import { replayView } from "./replay.js";
import { sheetView } from "./sheets.js";
import { signInView } from "./signin.js";
import { statusView } from "./statusline.js";
import { stripsView } from "./strips.js";
import { wallView } from "./wall.js";

/** @type {Record<string, (moment: import("../types/screen.js").Moment) => unknown>} */
export const PANELS = {
  header: headerView,
  replay: replayView,
  alarm: alarmView,
  compose: composeView,
  calls: callsView,
  queue: queueView,
  incident: incidentView,
  ranking: rankingView,
  board: boardView,
  sheet: sheetView,
  overlay: overlayView,
  tools: mapToolsView,
  legend: legendView,
  caption: captionView,
  tip: tipView,
  signin: signInView,
  command: commandView,
  status: statusView,
  wall: wallView,
  strips: stripsView,
};

// @ts-check
// The console: one state, filled by the live feed and the desk, shown by the panels at most once a frame.

import { render } from "./vendor/lit-html/lit-html.js";
import { api, problemOf } from "./api.js";
import { boardView } from "./board.js";
import { composeView } from "./compose.js";
import { openDesk } from "./desk.js";
import { noEnquiry, openEnquiries, placeOf } from "./enquiry.js";
import {
  callerFeatures,
  closureFeatures,
  collection,
  incidentFeatures,
  pointFeature,
  unitFeatures,
} from "./features.js";
import { coordinates } from "./format.js";
import { alarmView, headerView } from "./header.js";
import { incidentView } from "./incident.js";
import { listenToKeys } from "./keys.js";
import { readLink, writeLink } from "./link.js";
import { openLive } from "./live.js";
import { openMap } from "./map.js";
import { emergenciesOf, queueOf } from "./order.js";
import { crowdView, legendView, tipView, veilView } from "./overlays.js";
import { queueView } from "./queue.js";
import { rankingView } from "./ranking.js";
import { statusView } from "./statusline.js";
import { emptyPicture, serverNow, take } from "./store.js";

/** @typedef {import("./types/screen.js").State} State */
/** @typedef {import("./map.js").ScreenMap} ScreenMap */

/** So long a desk is told whom a closure moved. */
const REORDERED_MS = 15_000;

/** @type {State} */
const state = {
  picture: emptyPicture(),
  feed: "connecting",
  session: "unknown",
  target: null,
  enquiry: noEnquiry(),
  draft: null,
  board: { filter: "", sort: "callsign" },
  crowd: null,
  notice: null,
  map_problem: null,
  trouble: null,
};

/** @type {ScreenMap | null} */
let map = null;
/** @type {any} */
let route = null;
let hovered = { callsign: /** @type {string | null} */ (null), x: 0, y: 0 };

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/* Showing */

function showPanels() {
  const now_ms = performance.now();
  const server_ms = serverNow(state.picture, now_ms);
  if (state.notice && state.notice.until_ms < now_ms) state.notice = null;
  document.body.dataset.feed = state.feed;
  const { target, picture } = state;
  const incident = target?.kind === "incident" ? picture.incidents.get(target.id) : undefined;
  render(headerView(state, now_ms), element("header"));
  const strays = picture.status?.strays ?? [];
  render(alarmView(emergenciesOf(picture.units.values()), strays, desk), element("alarm"));
  showForm();
  render(queueView(state, server_ms, desk), element("queue"));
  render(incident && !state.draft ? incidentView(incident, server_ms, desk) : null, element("incident"));
  render(rankingView(state, now_ms, desk), element("ranking"));
  render(boardView(state, server_ms, desk), element("board"));
  render(statusView(state, now_ms, desk), element("status"));
  render([veilView(state, now_ms), crowdView(state, server_ms, desk)], element("overlay"));
  showTip(server_ms);
}

/** A form that opens takes the focus, once. */
function showForm() {
  const opens = state.draft !== null && element("compose").childElementCount === 0;
  render(composeView(state.draft, desk), element("compose"));
  if (opens) document.querySelector(/** @type {"input"} */ (".compose [name=text]"))?.focus();
}

/** @param {number} server_ms */
function showTip(server_ms) {
  const unit = hovered.callsign === null ? undefined : state.picture.units.get(hovered.callsign);
  const tip = element("tip");
  tip.hidden = !unit;
  if (!unit) return;
  const roomy = hovered.x < element("map").clientWidth * 0.6;
  tip.style.translate = `${roomy ? `${hovered.x + 18}px` : `calc(${hovered.x - 18}px - 100%)`} ${hovered.y + 14}px`;
  render(tipView(unit, server_ms), tip);
}

function showMap() {
  const { picture, target, enquiry } = state;
  const server_ms = serverNow(picture, performance.now());
  const open = target?.kind === "incident" ? target.id : null;
  const chosen =
    enquiry.highlight ?? enquiry.ranking?.candidates[0]?.callsign ?? (target?.kind === "unit" ? target.callsign : null);
  draw("units", [picture.seq, Math.floor(server_ms / 1000), chosen], () =>
    unitFeatures(picture.units.values(), server_ms, chosen),
  );
  draw("incidents", [picture.incidents, open], () => incidentFeatures(queueOf(picture.incidents.values()), open));
  const opened = open ? picture.incidents.get(open) : undefined;
  draw("caller", [opened], () => callerFeatures(opened));
  draw("closures", [picture.closures, Math.floor(server_ms / 3_600_000)], () =>
    closureFeatures(picture.closures.values(), server_ms),
  );
  draw("place", [target], () => collection(target?.kind === "place" ? [pointFeature(target)] : []));
  draw("route", [route], () => collection(route ? [route] : []));
}

/** @type {Map<string, unknown[]>} */
const drawn = new Map();

/**
 * Hands the map a layer only when what it is made of changed: a moving pointer shows the panels anew, not the units.
 * @param {Parameters<ScreenMap["draw"]>[0]} layer @param {unknown[]} from @param {() => any} make
 */
function draw(layer, from, make) {
  const before = drawn.get(layer);
  if (!map || before?.every((one, i) => one === from[i])) return;
  drawn.set(layer, from);
  map.draw(layer, make());
}

let due = false;
function changed() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    showPanels();
    showMap();
  });
}

/** Rewrites the address without a step in the history. */
function showLink() {
  history.replaceState(null, "", writeLink(state.target, map ? map.view() : null));
}

/* Doing */

const enquiries = openEnquiries(state, {
  changed,
  onAnswer: fitOnce,
  onRoute: (found) => {
    route = found;
    changed();
  },
});
const desk = openDesk(state, { changed, enquiries: () => enquiries, onOpen: showLink });

/** The map moves by itself only here: an incident or an emergency is opened, and it and its best three come into view. */
function fitOnce() {
  const { target, enquiry, picture } = state;
  const at = placeOf(state);
  if (!map || !at || enquiry.fitted || target?.kind === "place") return;
  enquiry.fitted = true;
  if (target?.kind === "unit" && !picture.units.get(target.callsign)?.emergency) return map.show(at);
  const best = (enquiry.ranking?.candidates ?? []).slice(0, 3).map(({ callsign }) => picture.units.get(callsign));
  const places = best.flatMap((unit) =>
    unit && unit.lat !== null && unit.lon !== null ? [{ lat: unit.lat, lon: unit.lon }] : [],
  );
  map.fit([at, ...places]);
}

/** @param {import("./types/screen.js").Pick} pick */
function onPick(pick) {
  if (pick.kind === "place" && state.draft) desk.edit({ place: coordinates(pick) });
  else if (pick.kind === "incident") desk.open(pick);
  else if (pick.kind === "place") desk.open(pick);
  else if (pick.callsigns.length === 1) desk.open({ kind: "unit", callsign: pick.callsigns[0] });
  else {
    state.crowd = { callsigns: pick.callsigns.sort() };
    changed();
  }
}

/* Starting */

async function startMap() {
  const tiles = await api.tiles().catch(() => null);
  await Promise.all(['400 16px "ARLS Text"', '600 16px "ARLS Strong"'].map((font) => document.fonts.load(font)));
  try {
    map = await openMap(element("map"), tiles, {
      onPick,
      onHover: (callsign, x, y) => {
        hovered = { callsign, x, y };
        showTip(serverNow(state.picture, performance.now()));
      },
      onMove: showLink,
    });
  } catch (error) {
    console.error(error);
    state.map_problem = String(error).includes("WebGL")
      ? "This browser offers no WebGL, which the map is drawn with."
      : "The map could not be drawn.";
    return changed();
  }
  const { view } = link;
  if (view) map.jump(view);
  changed();
  await map.whenIdle();
  document.body.dataset.map = "idle";
  return undefined;
}

/** A socket that will not open does not say why: the status route does. */
async function checkSession() {
  try {
    state.picture.status = await api.status();
    state.session = "in";
  } catch (error) {
    const { status } = problemOf(error);
    if (status === 401) state.session = "out";
    if (status === 403) state.session = "forbidden";
  }
  changed();
}

/** @param {any} message */
function onMessage(message) {
  const first = !state.picture.started;
  try {
    take(state.picture, message, performance.now());
  } catch (error) {
    state.trouble = String(error instanceof Error ? error.message : error);
    return changed();
  }
  state.session = "in";
  if (message.type === "closure" && !state.enquiry.held) void enquiries.ask(); // the next ranking obeys it
  if (message.type === "first") enquiries.tell(message.id);
  if (message.event?.message === "RankingsReordered") tellReorderings(message.event.reorderings);
  if (first && state.picture.started && link.target) desk.open(link.target);
  return changed();
}

/** Whom a closure moved, where the desk looks for what just happened. @param {{incident: string, text: string}[]} changed */
function tellReorderings(changed) {
  if (changed.length === 0) return;
  const more = changed.length > 1 ? ` (and ${changed.length - 1} more)` : "";
  const text = `${changed[0].incident}: ${changed[0].text}${more}`;
  state.notice = { text, tone: "plain", until_ms: performance.now() + REORDERED_MS, undo: null };
}

const link = readLink(location.hash);
render(legendView(), element("legend"));
listenToKeys(desk);
changed();
void startMap();
openLive(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/live`, {
  onMessage,
  onFeed: (feed) => {
    state.feed = feed;
    changed();
  },
  onRefused: () => void checkSession(),
});
setInterval(() => {
  enquiries.tick();
  changed();
}, 1000);

/** What a test may ask of the page; nothing on the page reads it. */
Object.assign(window, {
  arls: {
    state,
    get ready() {
      return state.picture.started && (document.body.dataset.map === "idle" || state.map_problem !== null);
    },
    get route() {
      return route;
    },
    pixels: (/** @type {import("./types/screen.js").Place} */ place) => map?.pixels(place),
  },
});

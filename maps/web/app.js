// @ts-check
// The screen: one state, filled by the live feed and the desk, shown by the panels and the map at most once a frame.
// It decides when what is shown; what it looks like is the panels' and the map's business.

import { noLine } from "./acts/commanding.js";
import { openDesk } from "./acts/desk.js";
import { noFigures } from "./acts/figures.js";
import { noBookOn } from "./acts/rostering.js";
import { likedGround } from "./acts/ground.js";
import { listenToKeys } from "./acts/keys.js";
import { followsAlready } from "./acts/screens.js";
import { listenToReplayKeys } from "./acts/replaykeys.js";
import { currentTheme, onThemePreference } from "./acts/theme.js";
import { openDrawings } from "./map/drawings.js";
import { openMap } from "./map/map.js";
import { PANELS } from "./panels/panels.js";
import { SHEETS } from "./panels/sheets.js";
import { api, problemOf } from "./picture/api.js";
import { openDeskClock } from "./picture/deskclock.js";
import { deskName } from "./picture/deskname.js";
import { noDossier, openDossiers } from "./picture/dossier.js";
import { noGround, openGround } from "./picture/ground.js";
import { noEnquiry, openEnquiries, placeOf } from "./picture/enquiry.js";
import { noWeighing } from "./picture/weighing.js";
import { openLive } from "./picture/live.js";
import { openOthers } from "./picture/others.js";
import { hasMap, pageOf, shows, titleOf } from "./picture/pages.js";
import { readLink, readTime, writeLink } from "./picture/link.js";
import { noReplay, openReplay } from "./picture/replay.js";
import { emptyPicture, serverNow, take } from "./picture/store.js";
import { openSounding, noSound } from "./sound/sounding.js";
import { usePolicy } from "./words/grades.js";
import { troubleOf } from "./words/sending.js";
import { render } from "./vendor/lit-html/lit-html.js";

/** @typedef {import("./types/screen.js").State} State */
/** @typedef {import("./types/screen.js").Moment} Moment */
/** @typedef {import("./map/map.js").ScreenMap} ScreenMap */

/** So long a desk is told that a deployment failed; after that it stands among what needs somebody. */
const TROUBLE_MS = 20_000;
/** So long a desk is told whom a closure moved. */
const REORDERED_MS = 15_000;

const page = pageOf(location.pathname);

/** @type {State} */
const state = {
  page,
  theme: currentTheme(),
  sound: noSound(),
  desk_off_ms: 0,
  version: null,
  follows: followsAlready(page),
  picture: emptyPicture(),
  feed: "connecting",
  session: "unknown",
  sign_in: { asking: false, problem: "" },
  target: null,
  enquiry: noEnquiry(),
  weighing: noWeighing(),
  control: null,
  draft: null,
  command: noLine(),
  packs: null,
  desk_name: deskName(),
  board: { filter: "", sort: "callsign", top: 0 },
  dossier: noDossier(),
  queue: { desk: null },
  closing: null,
  ground: { ...noGround(), ...likedGround() },
  crowd: null,
  sheet: null,
  hover: { callsign: null, x: 0, y: 0 },
  route: null,
  notice: null,
  caption_folded: false,
  map_problem: null,
  trouble: null,
  figures: noFigures(),
  book_on: noBookOn(),
  card: null,
  replay: pageOf(location.pathname) === "replay" ? noReplay(readTime(location.hash)) : null,
};

/** @type {ScreenMap | null} */
let map = null;
/** @type {((moment: Moment) => void) | null} */
let drawMap = null;

/* Showing */

function show() {
  const now_ms = performance.now();
  const moment = { state, desk, now_ms, server_ms: serverNow(state.picture, now_ms) };
  dossiers.look(now_ms);
  if (state.notice && state.notice.until_ms < now_ms) state.notice = null;
  document.body.dataset.feed = state.feed;
  document.documentElement.dataset.theme = state.theme;
  document.body.dataset.open = state.target?.kind ?? "";
  document.title = titleOf(state);
  for (const [id, view] of Object.entries(PANELS)) if (shows(state.page, id)) showPanel(id, view(moment));
  drawMap?.(moment);
}

/** A panel that opens may have a field to begin with: it takes the focus, once. @param {string} id @param {unknown} view */
function showPanel(id, view) {
  const element = document.getElementById(id);
  if (!element) return;
  const wasEmpty = element.childElementCount === 0;
  render(view, element);
  if (wasEmpty) /** @type {HTMLElement | null} */ (element.querySelector("[data-begin]"))?.focus();
}

let due = false;
function changed() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    show();
  });
}

/** Rewrites the address without a step in the history. */
function showLink() {
  history.replaceState(null, "", writeLink(state.target, map ? map.view() : null, state.sheet?.name, state.replay));
}

/** What is open here stands in the address, on the screens that go along, and is asked about. */
function onOpen() {
  showLink();
  desk.tickUnit();
  if (!told) others.tell();
}

/* Doing */

/** What another screen opened is not told back to it. */
let told = false;
const others = openOthers(state, (target) => {
  told = true;
  desk.open(target);
  told = false;
});

const dossiers = openDossiers(state, changed);
const sounding = openSounding(state, changed);
const deskClock = openDeskClock();
const ground = openGround(state, changed);
const enquiries = openEnquiries(state, { changed, onAnswer: fitOnce });
const desk = openDesk(state, {
  changed,
  enquiries: () => enquiries,
  onOpen,
  sounding: () => sounding,
  near: () => map?.middle() ?? null,
});

/** The map moves by itself only here: an incident or an emergency is opened, and it, its RVP and its best three come into view. */
function fitOnce() {
  const { target, enquiry, picture } = state;
  const at = placeOf(state);
  if (!map || !at || enquiry.fitted || target?.kind === "place") return;
  enquiry.fitted = true;
  if (target?.kind === "unit" && !picture.units.get(target.callsign)?.emergency) return map.show(at);
  const best = (enquiry.ranking?.candidates ?? []).slice(0, 3).map(({ callsign }) => picture.units.get(callsign));
  const rvp = target?.kind === "incident" ? picture.incidents.get(target.id)?.rvp : null;
  const places = [rvp, ...best].flatMap((one) =>
    one && one.lat !== null && one.lon !== null ? [{ lat: one.lat, lon: one.lon }] : [],
  );
  map.fit([at, ...places]);
}

/* Starting */

/** @type {import("./types/screen.js").MapHooks} */
const mapHooks = {
  onPick: desk.pick,
  onClosure: desk.closures,
  onDrawn: desk.drawn,
  onHover: (callsign, x, y) => {
    state.hover = { callsign, x, y };
    changed();
  },
  onMove: showLink,
  onDrag: () => desk.keepInView(null),
};

async function startMap() {
  const tiles = await api.tiles().catch(() => null);
  await Promise.all(['400 16px "ARLS Text"', '600 16px "ARLS Strong"'].map((font) => document.fonts.load(font)));
  try {
    const container = /** @type {HTMLElement} */ (document.getElementById("map"));
    const look = { theme: state.theme, enlarged: parseFloat(getComputedStyle(container).scale) || 1 };
    map = await openMap(container, tiles, mapHooks, look);
  } catch (error) {
    console.error(error);
    state.map_problem = String(error).includes("WebGL")
      ? "This browser offers no WebGL, which the map is drawn with."
      : "The map could not be drawn.";
    return changed();
  }
  drawMap = openDrawings(map);
  void ground.open();
  const { view } = link;
  if (view) map.jump(view);
  changed();
  await map.whenIdle();
  document.body.dataset.map = "idle";
  performance.mark("arls ready");
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

/** Grades, codes and types come from the packs in force. */
async function askPacks() {
  state.packs = await api.packs().catch(() => state.packs);
  if (state.packs) usePolicy(state.packs.policy.grades);
  changed();
}

/** False: this page cannot read it. @param {any} message */
function onMessage(message) {
  const first = !state.picture.started;
  const whole = message.type === "hello" || message.type === "full";
  // A change to a picture that could not be read is no picture: only a whole one ends the trouble.
  if (state.trouble && !whole) return false;
  try {
    take(state.picture, message, performance.now());
  } catch (error) {
    state.trouble = String(error instanceof Error ? error.message : error);
    changed();
    return false;
  }
  state.session = "in";
  state.trouble = null;
  state.version ??= state.picture.status?.version ?? null;
  state.desk_off_ms = deskClock.off(state.picture.at_ms, Date.now());
  if (state.page !== "wall" && state.page !== "replay") sounding.listen(state.picture.at_ms);
  // Another policy may come into force while a screen is open.
  if (whole) void askPacks();
  if (message.type === "closure" && !state.enquiry.held) void enquiries.ask(); // the next ranking obeys it
  if (message.type === "first") enquiries.tell(message.id);
  if (message.type === "incident") enquiries.tell(message.incident.id); // a refusal leaves somebody out of it
  const trouble = troubleOf(message.event);
  if (trouble) state.notice = { text: trouble, tone: "bad", until_ms: performance.now() + TROUBLE_MS, undo: null };
  if (message.event?.message === "RankingsReordered") tellReorderings(message.event.reorderings);
  desk.obey(state.picture.caption);
  if (first && state.picture.started) {
    performance.mark("arls started");
    follow(link);
  }
  changed();
  return true;
}

/** Opens what an address names. @param {ReturnType<typeof readLink>} named */
function follow({ target, sheet }) {
  if (target) desk.open(target);
  if (sheet && Object.hasOwn(SHEETS, sheet)) desk.sheet({ name: /** @type {any} */ (sheet) });
}

/** The time is another one: what was answered is not of it, and the map stays where it is. */
function askAgain() {
  state.enquiry = { ...noEnquiry(), fitted: state.enquiry.fitted };
  void enquiries.ask();
}

/** Whom a closure moved, where the desk looks for what just happened. @param {{incident: string, text: string}[]} changed */
function tellReorderings(changed) {
  if (changed.length === 0) return;
  const more = changed.length > 1 ? ` (and ${changed.length - 1} more)` : "";
  const text = `${changed[0].incident}: ${changed[0].text}${more}`;
  state.notice = { text, tone: "plain", until_ms: performance.now() + REORDERED_MS, undo: null };
}

document.body.dataset.page = state.page;
// The wall's map cannot be moved either, by pointer or by key.
/** @type {HTMLElement} */ (document.getElementById("map")).inert = state.page === "wall";
const link = readLink(location.hash);
listenToKeys(desk);
addEventListener("hashchange", () => {
  const named = readLink(location.hash);
  follow(named);
  if (named.view) map?.jump(named.view);
});
onThemePreference(() => {
  state.theme = currentTheme();
  changed();
});
changed();
if (hasMap(state.page)) void startMap();
const feeds = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1`;
const hooks = {
  onMessage,
  onFeed: (/** @type {State["feed"]} */ feed) => {
    state.feed = feed;
    changed();
  },
  onRefused: () => void checkSession(),
  onSlept: (/** @type {number} */ slept_ms) => {
    state.picture.received_ms -= slept_ms;
    changed();
  },
};
if (state.replay) {
  listenToReplayKeys(desk);
  openReplay(state, state.replay, `${feeds}/replay`, {
    ...hooks,
    onJump: askAgain,
    onLink: showLink,
    changed,
  });
} else openLive(`${feeds}/live`, hooks);
setInterval(() => {
  enquiries.tick();
  ground.tick();
  desk.tickFigures();
  desk.tickBookOn();
  desk.tickUnit();
  changed();
}, 1000);

/** What a test may ask of the page; nothing on the page reads it. */
Object.assign(window, {
  arls: {
    state,
    get ready() {
      const drawn = document.body.dataset.map === "idle" || state.map_problem !== null || !hasMap(state.page);
      return state.picture.started && drawn;
    },
    get route() {
      return state.route;
    },
    seek: desk.seek,
    pixels: (/** @type {import("./types/screen.js").Place} */ place) => map?.pixels(place),
  },
});

// @ts-check
// The feed of another time: the same messages from the replay's socket, how the replay stands, and the marks of its
// timeline. It decides nothing about what is shown; what the messages mean is the store's to say.

import { windowOf } from "../words/replay.js";
import { api } from "./api.js";
import { openLive } from "./live.js";
import { then } from "./then.js";

/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").ReplayState} ReplayState */

/** So often what was shown of the open incident, and the timeline, are asked for again while it is played. */
const SHOWN_AGAIN_MS = 5_000;
const MARKS_AGAIN_MS = 30_000;
/** The address follows the replay, but not at each second: browsers refuse a page that rewrites it too often. */
const LINK_AGAIN_MS = 5_000;

/** @type {{send: (text: string) => void} | null} */
let socket = null;

/** @param {{at?: number, rate?: number, pause?: boolean}} wish `at` in ms */
export function steer({ at, ...wish }) {
  socket?.send(JSON.stringify(at === undefined ? wish : { ...wish, at: new Date(at).toISOString() }));
}

/** @param {{at_ms: number | null, rate: number}} link @returns {ReplayState} */
export function noReplay({ at_ms, rate }) {
  return {
    at_ms: at_ms ?? 0,
    first_ms: 0,
    last_ms: 0,
    rate,
    paused: false,
    ended: false,
    erased: false,
    refused: "",
    started: false,
    span_ms: 3_600_000,
    marks: [],
    marked: [0, 0],
    marked_ms: 0,
    omitted: 0,
    acts: null,
    acts_of: "",
    acts_ms: 0,
    linked_ms: 0,
  };
}

/** Takes how the replay stands. @param {ReplayState} replay @param {import("../types/wire.js").ReplayTold} message */
export function takeStand(replay, { at, first, last, rate, paused, ended, erased, refused = "" }) {
  Object.assign(replay, { rate, paused, ended, erased, started: true, at_ms: Date.parse(at) });
  Object.assign(replay, { first_ms: Date.parse(first), last_ms: Date.parse(last), refused: refused || replay.refused });
}

/**
 * @param {State} state @param {ReplayState} replay its own @param {string} url without its query
 * @param {{onMessage: (message: any) => boolean, onFeed: (feed: State["feed"]) => void, onRefused: () => void,
 *   onSlept: (slept_ms: number) => void, onJump: () => void, onLink: () => void, changed: () => void}} hooks
 */
export function openReplay(state, replay, url, { onJump, onLink, changed, ...hooks }) {
  const { picture } = state;
  then.at = () => new Date(picture.at_ms).toISOString();
  const query = () => {
    const said = new URLSearchParams({ rate: String(replay.rate) });
    if (replay.at_ms > 0) said.set("at", new Date(replay.at_ms).toISOString());
    return `${url}?${said}`;
  };
  socket = openLive(query, {
    ...hooks,
    onMessage(message) {
      const jumped = message.type === "hello" && picture.started;
      if (message.type === "replay") takeStand(replay, message);
      const readable = hooks.onMessage(message);
      picture.pace = replay.paused || replay.ended ? 0 : replay.rate;
      if (jumped) onJump();
      if (message.type === "replay") void askAround(state, replay, { onLink, changed });
      return readable;
    },
    // The feed of another time is never said to be live, whatever a panel asks.
    onFeed: (feed) => hooks.onFeed(feed === "live" ? "replay" : feed),
  });
}

/**
 * What stands around the picture: the marks, what was shown of the open incident, the address.
 * @param {State} state @param {ReplayState} replay @param {{onLink: () => void, changed: () => void}} hooks
 */
async function askAround(state, replay, { onLink, changed }) {
  const now_ms = performance.now();
  if (now_ms - replay.linked_ms > LINK_AGAIN_MS) {
    replay.linked_ms = now_ms;
    onLink();
  }
  await Promise.all([askMarks(replay, now_ms), askActs(state, replay, now_ms)]);
  changed();
}

/** @param {ReplayState} replay @param {number} now_ms monotonic */
async function askMarks(replay, now_ms) {
  const [from, to] = windowOf(replay.at_ms, replay.span_ms, replay.first_ms, replay.last_ms);
  // The window's end moves with every record while the journal is short: that alone is no reason to ask at once.
  const again_ms = replay.marked[1] === to ? MARKS_AGAIN_MS : SHOWN_AGAIN_MS;
  if (replay.marked_ms > 0 && replay.marked[0] === from && now_ms - replay.marked_ms < again_ms) return;
  replay.marked_ms = now_ms;
  const told = await api.timeline(from, to).catch(() => null);
  if (told) Object.assign(replay, { marks: told.marks, omitted: told.omitted, marked: [from, to] });
}

/** @param {State} state @param {ReplayState} replay @param {number} now_ms monotonic */
async function askActs({ target, picture }, replay, now_ms) {
  const incident = target?.kind === "incident" && picture.incidents.has(target.id) ? target.id : "";
  if (incident === replay.acts_of && now_ms - replay.acts_ms < SHOWN_AGAIN_MS) return;
  if (incident !== replay.acts_of) replay.acts = null;
  [replay.acts_of, replay.acts_ms] = [incident, now_ms];
  if (!incident) return;
  const told = await api.shown(incident).catch(() => null);
  if (told && replay.acts_of === incident) replay.acts = told.acts;
}

// @ts-check
// The live feed's socket: it opens, watches for silence, and comes back with growing, jittered pauses.
// It decides only whether the feed is live; what the messages mean is the store's to say.

import { openSleep } from "./deskclock.js";

/** @typedef {import("../types/screen.js").FeedState} FeedState */

/** The server sends every second even when nothing changed: three without a word is not live. */
export const SILENT_AFTER_MS = 3_000;
/** A socket that stays silent this long is given up: a laptop that slept keeps a dead one open. */
export const GIVE_UP_AFTER_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/**
 * How long to wait before attempt `n` (from 0): doubling, capped, and spread so that a room's desks do not all return
 * to a restarted server in the same instant.
 * @param {number} attempt @param {number} random 0 to 1
 */
export function pauseBefore(attempt, random) {
  const pause_ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return pause_ms * (0.5 + random / 2);
}

/**
 * @param {string | (() => string)} url asked for again at each attempt
 * @param {{onMessage: (message: any) => boolean, onFeed: (state: FeedState) => void, onRefused: () => void,
 *   onSlept: (slept_ms: number) => void}} hooks onMessage: whether it could be read; onSlept: so much was not counted
 */
export function openLive(url, { onMessage, onFeed, onRefused, onSlept }) {
  let attempt = 0;
  let heard_ms = performance.now();
  /** @type {FeedState} */
  let state = "connecting";
  /** @type {WebSocket} */
  let socket;

  const become = (/** @type {FeedState} */ next) => {
    if (next !== state) onFeed((state = next));
  };

  const connect = () => {
    let opened = false;
    let over = false;
    const mine = (socket = new WebSocket(typeof url === "function" ? url() : url));
    heard_ms = performance.now();
    mine.onopen = () => {
      opened = true;
    };
    mine.onmessage = ({ data }) => {
      if (over) return;
      heard_ms = performance.now();
      attempt = 0;
      become(onMessage(JSON.parse(data)) ? "live" : "silent");
    };
    mine.onclose = () => {
      if (over) return;
      over = true;
      become("lost");
      if (!opened) onRefused();
      setTimeout(connect, pauseBefore(attempt++, Math.random()));
    };
  };

  const sleep = openSleep(Date.now(), performance.now());
  setInterval(() => {
    const slept_ms = sleep(Date.now(), performance.now());
    if (slept_ms > 0) {
      heard_ms -= slept_ms;
      onSlept(slept_ms);
    }
    const quiet_ms = performance.now() - heard_ms;
    if (state === "live" && quiet_ms > SILENT_AFTER_MS) become("silent");
    // A dead socket's own close can take minutes: its end is told here and not waited for.
    if (quiet_ms > GIVE_UP_AFTER_MS && socket.readyState <= WebSocket.OPEN) {
      heard_ms = performance.now();
      const gone = socket;
      gone.close();
      gone.onclose?.(new CloseEvent("close"));
    }
  }, 500);
  onFeed(state);
  connect();
  return {
    /** Says something to the server, if it can hear. @param {string} text */
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
  };
}

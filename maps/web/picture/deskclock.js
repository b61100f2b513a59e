// @ts-check
// This desk's own clock against the server's and against itself: is it wrong, and has the machine slept?

/** A clock further off than this is said to be; what a message takes on its way is far less. */
const OFF_MS = 30_000;
/** So many messages in a row must say so: those that come in a heap after a pause are old, not the clock wrong. */
const AGREED = 3;
/** The monotonic clock stands still while a laptop sleeps; a clock that is set forward looks the same, and is taken so. */
const SLEPT_MS = 3_000;

export function openDeskClock() {
  let agreed = 0;
  return {
    /** By how much this desk's clock is ahead of the server's (ms), 0 while it is right.
     * @param {number} server_ms of a message that came just now @param {number} desk_ms */
    off(server_ms, desk_ms) {
      const off_ms = desk_ms - server_ms;
      agreed = Math.abs(off_ms) > OFF_MS ? agreed + 1 : 0;
      return agreed >= AGREED ? off_ms : 0;
    },
  };
}

/**
 * Tells how long the machine slept since it was asked last, in ms; 0: it did not.
 * @param {number} begun_ms of the desk's clock, now @param {number} begun_now_ms monotonic, now
 */
export function openSleep(begun_ms, begun_now_ms) {
  let drift_ms = begun_ms - begun_now_ms;
  /** @param {number} desk_ms @param {number} now_ms monotonic */
  return (desk_ms, now_ms) => {
    const before_ms = drift_ms;
    drift_ms = desk_ms - now_ms;
    return drift_ms - before_ms > SLEPT_MS ? drift_ms - before_ms : 0;
  };
}

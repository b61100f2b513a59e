// @ts-check
// The other screens of the same browser: what was opened on one may be opened on them. A second screen takes part only
// when its user said so; the console listens to those that do.

/** @typedef {import("../types/screen.js").PageName} PageName */
/** @typedef {import("../types/screen.js").State} State */
/** @typedef {import("../types/screen.js").Target} Target */
/** @typedef {{from: PageName, target: Target | null}} Told */

const CHANNEL = "arls";

/** Only what a screen of ours would say: another version of it may still be open in some tab. @param {any} said
 * @returns {said is Told} */
function isTold(said) {
  if (typeof said?.from !== "string" || said.target === undefined) return false;
  const { target } = said;
  if (target === null) return true;
  if (target.kind === "incident") return typeof target.id === "string";
  if (target.kind === "unit") return typeof target.callsign === "string";
  return target.kind === "place" && Number.isFinite(target.lat) && Number.isFinite(target.lon);
}

/** Two consoles are two desks' work, and a wall or a replay has no part in it. @param {Pick<State, "page" | "follows">} state
 * @param {unknown} said */
export function obeys({ page, follows }, said) {
  if (!isTold(said)) return false;
  return page === "console" ? said.from === "map" || said.from === "board" : follows;
}

/** @param {Pick<State, "page" | "follows">} state */
export const speaks = ({ page, follows }) => page === "console" || follows;

/** @param {State} state @param {(target: Target | null) => void} onTold */
export function openOthers(state, onTold) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (obeys(state, data) && JSON.stringify(data.target) !== JSON.stringify(state.target)) onTold(data.target);
  };
  return {
    /** What is open here now. */
    tell() {
      if (speaks(state)) channel.postMessage({ from: state.page, target: state.target });
    },
  };
}

// @ts-check
// Deep links: what is open and where the map looks, in the address's fragment (#inc=…&unit=…&sheet=…&z=lat,lon,zoom,
// and of a replay &at=…&rate=…).

/** @typedef {import("../types/screen.js").Target} Target */
/** @typedef {{lat: number, lon: number, zoom: number}} View */
/** @typedef {{at_ms: number | null, rate: number}} Time */

/** @param {string} fragment @returns {{target: Target | null, sheet: string | null, view: View | null}} */
export function readLink(fragment) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  return { target: findTarget(said), sheet: said.get("sheet"), view: findView(said.get("z")) };
}

/** When a replay is to begin, and how fast. @param {string} fragment @returns {Time} */
export function readTime(fragment) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const [at_ms, rate] = [Date.parse(said.get("at") ?? ""), Number(said.get("rate"))];
  return { at_ms: Number.isFinite(at_ms) ? at_ms : null, rate: rate >= 1 && rate <= 60 ? rate : 1 };
}

/** @param {URLSearchParams} said @returns {Target | null} */
function findTarget(said) {
  const incident = said.get("inc");
  if (incident) return { kind: "incident", id: incident };
  const callsign = said.get("unit");
  return callsign ? { kind: "unit", callsign } : null;
}

/** @param {string | null} text */
function findView(text) {
  const [lat, lon, zoom] = (text ?? "").split(",").map(Number);
  return text && [lat, lon, zoom].every(Number.isFinite) ? { lat, lon, zoom } : null;
}

/** @param {Target | null} target @param {View | null} view @param {string | null} [sheet]
 * @param {Time | null} [time] of a replay */
export function writeLink(target, view, sheet = null, time = null) {
  const said = new URLSearchParams();
  if (time?.at_ms) said.set("at", new Date(time.at_ms).toISOString());
  if (time && time.rate !== 1) said.set("rate", String(time.rate));
  if (target?.kind === "incident") said.set("inc", target.id);
  if (target?.kind === "unit") said.set("unit", target.callsign);
  if (sheet) said.set("sheet", sheet);
  if (view) said.set("z", [view.lat.toFixed(5), view.lon.toFixed(5), view.zoom.toFixed(2)].join(","));
  return `#${said}`.replaceAll("%2C", ",").replaceAll("%3A", ":");
}

// @ts-check
// A question about now, as a question about then: what a replay asks is asked of its instant, and whatever has no answer
// about then is not asked at all, so that nothing of now is ever shown in a replay.

/** The instant that is asked about, RFC 3339; null on every screen that is live. @type {{at: (() => string) | null}} */
export const then = { at: null };

/** What is the same at any time: the map, who is signed in, and the replay's own questions. */
const TIMELESS = [/^\/tiles\.json$/, /^\/v1\/status$/, /^\/v1\/replay(\/|\?|$)/];
const RANKING = /^\/v1\/incidents\/([^/?]+)\/ranking\?(.*)$/;
const ROUTE = /^\/v1\/route\?(.*)$/;

/**
 * The path that asks the same about then; null where there is none.
 * @param {string} path @param {{method?: string, body?: unknown}} init @param {string} at @returns {string | null}
 */
export function pathThen(path, { method = "GET", body }, at) {
  if (method === "GET" && TIMELESS.some((same) => same.test(path))) return path;
  const of = (/** @type {string} */ name, /** @type {string} */ query) =>
    `/v1/replay/${name}?${new URLSearchParams([...new URLSearchParams(query), ["at", at]])}`;
  const [, incident, asked] = RANKING.exec(path) ?? [];
  if (method === "GET" && incident) return of("ranking", `${asked}&incident=${incident}`);
  const [, way] = ROUTE.exec(path) ?? [];
  if (method === "GET" && way) return of("route", way);
  if (method !== "POST" || path !== "/v1/nearest") return null;
  const { lat, lon, k } = JSON.parse(String(body));
  return of("nearest", `lat=${lat.toFixed(6)}&lon=${lon.toFixed(6)}${k ? `&k=${k}` : ""}`);
}

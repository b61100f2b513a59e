// @ts-check
// Numbers as a dispatcher reads and says them. Durations are m:ss everywhere, never a mixture with plain seconds.

/** A duration as m:ss, from an hour on h:mm:ss, from two days on "2 d 3 h". Negative means zero. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h >= 48) return `${Math.floor(h / 24)} d ${h % 24} h`;
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The age of a fix, "–" when there never was one. @param {number | null} seconds */
export function age(seconds) {
  return seconds === null ? "–" : duration(seconds);
}

/**
 * An interval as it is said over the radio: "1½ to 2½ min". It never promises more than it knows: the early end is
 * rounded down and the late end up, to half minutes below ten and to whole minutes from there.
 * @param {{low: number, high: number}} eta_s
 */
export function spoken({ low, high }) {
  const step_s = high < 600 ? 30 : 60;
  const from = Math.floor(Math.max(0, low) / step_s) * (step_s / 60);
  const to = Math.max(Math.ceil(high / step_s) * (step_s / 60), 0.5);
  if (from === 0) return to <= 1 ? "under 1 min" : `under ${minutes(to)} min`;
  return from === to ? `${minutes(to)} min` : `${minutes(from)} to ${minutes(to)} min`;
}

/** @param {number} value in whole or half minutes */
function minutes(value) {
  const whole = Math.floor(value);
  if (value === whole) return String(whole);
  return whole === 0 ? "½" : `${whole}½`;
}

/** @param {number} metres */
export function distance(metres) {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return metres < 9950 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}

/** Miles an hour, as British drivers read them. @param {number} metresPerSecond */
export function speed(metresPerSecond) {
  return `${Math.round(metresPerSecond / 0.44704)} mph`;
}

/** A course as three figures, north 000. @param {number} degrees */
export function course(degrees) {
  return `${String(Math.round(degrees) % 360).padStart(3, "0")}°`;
}

/** An instant in this desk's local time. @param {number} ms since the epoch */
export function localTime(ms) {
  return new Date(ms).toLocaleTimeString("en-GB", { hour12: false });
}

/** Hours and minutes of `localTime`. @param {number} ms since the epoch */
export function localClock(ms) {
  return new Date(ms).toLocaleTimeString("en-GB", { hour12: false, hour: "2-digit", minute: "2-digit" });
}

/** What this desk's zone is called at that instant: GMT, BST. @param {number} ms since the epoch */
export function localZone(ms) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(ms);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** The day that belongs to `localTime`. @param {number} ms since the epoch */
export function localDay(ms) {
  return new Date(ms).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
}

/** @param {{lat: number, lon: number}} place */
export function coordinates({ lat, lon }) {
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

/**
 * The place that "lat, lon" means, or null when it means none.
 * @param {string} text
 * @returns {{lat: number, lon: number} | null}
 */
export function findCoordinates(text) {
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (!match) return null;
  const [lat, lon] = [Number(match[1]), Number(match[2])];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

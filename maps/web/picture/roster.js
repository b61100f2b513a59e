// @ts-check
// The lines of a shift change, in the columns of a roster file (docs/units.md): read from what was dropped or pasted, made
// from what was booked last, written for the server. What a cell means, and whether it may be, are the server's to say.

/** @typedef {import("../types/wire.js").UnitBooked} UnitBooked */
/** @typedef {import("../types/wire.js").RosterAnswer} RosterAnswer */
/** @typedef {Record<string, string>} Line */

/** The states in which a unit may be on duty. @param {Pick<import("../types/screen.js").State, "packs">} state */
export const codesOf = ({ packs }) => (packs?.states.codes ?? []).filter(({ track = true }) => track);

/** In which units come on: as was chosen, or the first that makes them available.
 * @param {Pick<import("../types/screen.js").State, "packs" | "book_on">} state */
export function codeOf({ packs, book_on }) {
  const first = codesOf({ packs }).find(({ availability }) => availability === "available");
  return book_on.code ?? first?.code ?? 0;
}

/** What a line shows of itself; every other column that a file has is kept and sent as it came. */
export const COLUMNS = [
  { name: "callsign", label: "Callsign", hint: "AB12" },
  { name: "members", label: "Crew: number/driver/skills", hint: "1234/response/taser; 2345" },
  { name: "vehicle", label: "Vehicle", hint: "fleet number" },
  { name: "devices", label: "Devices", hint: "itsi:2140008…" },
  { name: "station", label: "Station", hint: "" },
  { name: "shift_begins", label: "Shift from", hint: "2026-03-02 07:00" },
  { name: "shift_ends", label: "to", hint: "2026-03-02 17:00" },
];
const DAY_MS = 86_400_000;
const QUOTED = /[",\n\r]/;

/**
 * The cells of a CSV text, row by row; the separator is what its first line has most of.
 * @param {string} text @returns {string[][]}
 */
export function cellsOf(text) {
  const head = text.split("\n", 1)[0];
  const separator = [",", ";", "\t"].reduce((a, b) => (head.split(b).length > head.split(a).length ? b : a));
  /** @type {string[][]} */
  const rows = [[]];
  let [cell, quoted] = ["", false];
  const end = () => {
    rows[rows.length - 1].push(cell.trim());
    cell = "";
  };
  for (let n = 0; n < text.length; n++) {
    const char = text[n];
    if (quoted && char === '"' && text[n + 1] === '"') [cell, n] = [cell + '"', n + 1];
    else if (char === '"') quoted = !quoted;
    else if (quoted) cell += char === "\n" || char === "\r" ? " " : char;
    else if (char === separator) end();
    else if (char === "\n") {
      end();
      rows.push([]);
    } else if (char !== "\r") cell += char;
  }
  end();
  return rows.filter((row) => row.some(Boolean));
}

/**
 * The lines of a roster file. `device_scheme` and `device_id` are one more device.
 * @param {string} text @returns {Line[]} none: it is no roster
 */
export function linesOf(text) {
  const [heads = [], ...rows] = cellsOf(text.replace(/^\uFEFF/, ""));
  const names = heads.map((head) => head.toLowerCase());
  if (!names.includes("callsign")) return [];
  return rows.map((row) => Object.fromEntries(names.flatMap((name, n) => (name ? [[name, row[n] ?? ""]] : []))));
}

/** The lines as a roster file. @param {Line[]} lines @param {number} code of a line that has none */
export function textOf(lines, code) {
  const names = [...new Set(["callsign", "code", ...lines.flatMap((line) => Object.keys(line))])];
  const written = (/** @type {string} */ cell) => (QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const rows = lines.map((line) => names.map((name) => line[name] || (name === "code" ? String(code) : "")));
  return [names, ...rows].map((row) => row.map(written).join(",")).join("\n");
}

/**
 * A unit as it was booked last, as a line; its shift is moved on by whole days until it ends after now.
 * @param {UnitBooked} booked @param {number} now_ms
 */
export function lineOf({ unit, sources }, now_ms) {
  const { callsign, kind, vehicle, members = [], shift } = unit;
  const itself = unit.booked ?? unit;
  const inVehicle = new Set(vehicle?.devices ?? []);
  /** @type {Line} */
  const line = {
    callsign,
    members: members.map(memberText).join("; "),
    vehicle: vehicle?.id ?? "",
    devices: sources.filter((source) => !inVehicle.has(source)).join("; "),
    station: unit.station ?? "",
    ...shiftCells(shift ?? null, now_ms),
    kind: kind ?? "car",
    profile: itself.profile ?? "car-response",
    crew: String(itself.crew ?? 1),
    capabilities: (itself.capabilities ?? []).join("; "),
    role: unit.role ?? "",
    organisation: unit.organisation ?? "",
    operation: unit.operation ?? "",
    talk_group: unit.talk_group ?? "",
    expected_interval_s: String(unit.expected_interval_s ?? 60),
    reports_every_m: unit.reports_every_m == null ? "" : String(unit.reports_every_m),
  };
  if (!vehicle) return line;
  return {
    ...line,
    mobility: vehicle.mobility ?? "car",
    seats: vehicle.seats == null ? "" : String(vehicle.seats),
    vehicle_capabilities: (vehicle.capabilities ?? []).join("; "),
    vehicle_devices: [...inVehicle].join("; "),
  };
}

/** @param {NonNullable<UnitBooked["unit"]["members"]>[number]} member */
function memberText({ id, driver, capabilities = [] }) {
  const parts = [id, driver ?? "", capabilities.join("+")];
  while (parts[parts.length - 1] === "") parts.pop();
  return parts.join("/");
}

/** @param {{begins_at: string, ends_at: string} | null} shift @param {number} now_ms */
function shiftCells(shift, now_ms) {
  if (!shift) return { shift_begins: "", shift_ends: "" };
  const [begins_ms, ends_ms] = [Date.parse(shift.begins_at), Date.parse(shift.ends_at)];
  const days = Math.max(0, Math.floor((now_ms - ends_ms) / DAY_MS) + 1);
  return { shift_begins: wallTime(begins_ms, days), shift_ends: wallTime(ends_ms, days) };
}

/** The desk's wall time, some days on: the day changes and not the hour, whatever clocks do. @param {number} ms
 * @param {number} days */
export function wallTime(ms, days) {
  const at = new Date(ms);
  at.setDate(at.getDate() + days);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/**
 * What the server said of each line, by its number here from 0: what forbids it, and what is odd about it.
 * @param {RosterAnswer} said @param {Line[]} lines
 */
export function saidOf({ refused, conflicts }, lines) {
  return lines.map((line, n) => ({
    refused: refused.filter((fault) => fault.line === n + 2).map(({ field, reason }) => ({ field, text: reason })),
    odd: conflicts.filter(({ callsign }) => callsign === line.callsign).map(({ text }) => text),
  }));
}

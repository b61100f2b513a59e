// @ts-check
// The colours of the map by what they mean, dark and light: one table. A test computes that every label stands out
// 4.5:1 from its halo and from all that may lie under it, and every mark that means something 3:1 from the ground.
// The panels' colours are tokens of styles/tokens.css; a map is drawn from numbers and reads no stylesheet.

/** @typedef {import("../types/screen.js").Theme} Theme */
/** @typedef {Record<keyof typeof TABLE, string>} Palette */

const TABLE = /** @type {const} */ ({
  // What nobody reads: grounds, from the back to the front.
  ground: ["#10161c", "#e4e9ed"],
  green: ["#13221c", "#d5e5d6"],
  works: ["#171d25", "#dde1e7"],
  settled: ["#151c23", "#e0e5ea"],
  land: ["#111a1a", "#dfe7df"],
  water: ["#122c40", "#b5d2e8"],
  building: ["#1b242d", "#d0d7de"],
  building_edge: ["#222d37", "#bcc6cf"],
  boundary: ["#4b5866", "#8d99a5"],
  // Ways, from the least to the greatest.
  path: ["#26343a", "#c2ccc4"],
  service: ["#222b34", "#f4f6f8"],
  minor: ["#2b3641", "#ffffff"],
  tertiary: ["#35424f", "#ffffff"],
  secondary: ["#3f4e5d", "#fff4cf"],
  primary: ["#4a5a6b", "#ffe8a8"],
  trunk: ["#56677a", "#fbd887"],
  motorway: ["#64758a", "#f2bd6a"],
  road_edge: ["#10161c", "#b9c3cc"],
  bridge: ["#76889b", "#8794a1"],
  rail: ["#3a4450", "#9ba6b1"],
  ferry: ["#3b6b8c", "#5a8db3"],
  // What is read.
  halo: ["#0d1318", "#ffffff"],
  road_name: ["#a3b0be", "#3d4a56"],
  road_ref: ["#c6d2de", "#3a3424"],
  ref_ground: ["#2b3641", "#fff3cf"],
  arrow: ["#a9b6c4", "#4d5a66"],
  poi: ["#8fb6c9", "#1f5975"],
  place: ["#c3ccd6", "#1e2832"],
  // What is known: units, incidents, and what belongs to them.
  unit_halo: ["#0b1015", "#ffffff"],
  unit_name: ["#e8edf2", "#10171e"],
  unit_age: ["#a9b6c4", "#43505c"],
  alarm_name: ["#ff8a82", "#a3170d"],
  chosen: ["#8cc4ff", "#0a5cad"],
  route: ["#8cc4ff", "#0f62b8"],
  route_edge: ["#0b1015", "#ffffff"],
  caller: ["#d9a6ff", "#8436c4"],
  shut: ["#ff6b5e", "#c9281c"],
  to_shut: ["#e0a83c", "#8f5a00"],
  shut_name: ["#ffb1aa", "#8f1d14"],
  trail: ["#7ee0d2", "#00695c"],
  trail_name: ["#b5efe6", "#00564b"],
  reach: ["#f2b84b", "#7d4f00"],
  rvp: ["#f6d365", "#6b4a00"],
  area: ["#8f9fb0", "#5c6b7a"],
  area_name: ["#aebccb", "#44525f"],
  // Symbols: the dark line that makes a shape stand out, and its opposite.
  ink: ["#0b1015", "#0b1015"],
  paper: ["#e8edf2", "#ffffff"],
  hollow: ["#10171e", "#ffffff"],
  dull: ["#2a323c", "#dfe5ea"],
  ring: ["#e8edf2", "#10171e"],
  free: ["#46d39a", "#46d39a"],
  free_line: ["#46d39a", "#08663f"],
  committed: ["#6fb1ff", "#6fb1ff"],
  scene: ["#f2b84b", "#f2b84b"],
  off: ["#a9b4c0", "#4a5866"],
  alarm: ["#ff5a4f", "#e02a1e"],
  grade_1: ["#ff6a5e", "#ff6a5e"],
  grade_2: ["#f7c75d", "#f7c75d"],
  grade_3: ["#8fc1ff", "#8fc1ff"],
  grade_4: ["#a5b0bc", "#c2cbd4"],
});

/** @type {Theme[]} */
const COLUMNS = ["dark", "light"];

/** @param {Theme} theme */
export function paletteOf(theme) {
  const column = COLUMNS.indexOf(theme);
  return /** @type {Palette} */ (Object.fromEntries(Object.entries(TABLE).map(([name, row]) => [name, row[column]])));
}

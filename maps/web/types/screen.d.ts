// What the screen itself holds: one state, which the panels read and the desk changes.

import type { CommandLine } from "./command.js";
import type uPlot from "uplot";
import type {
  Aboard,
  Track,
  Act,
  Ask,
  Call,
  Caption,
  Clocks,
  Closure,
  FixAgeFigures,
  Incident,
  Likeness,
  LocationLink,
  LocationLinkMade,
  Operation,
  Mark,
  Packs,
  PlaceFound,
  PlaceView,
  Ranking,
  PairingDoubt,
  Requirement,
  RankingAct,
  ResponseFigures,
  Shut,
  RosterAnswer,
  Status,
  Unit,
  WhyNot,
} from "./wire.js";

export interface Picture {
  units: Map<string, Unit>;
  incidents: Map<string, Incident>;
  closures: Map<string, Closure>; // in force and planned
  asks: Ask[]; // what units leave open for a desk, the oldest first
  calls: Call[]; // of callers who are in no incident yet, the newest first
  calls_more: number; // of them that were not told
  status: Status | null;
  force: string;
  simulated: boolean;
  seq: number;
  told: number; // how often units were: each heartbeat, and when something happened to one
  at_ms: number; // the server's clock in the newest message
  received_ms: number; // this machine's monotonic clock when it came
  pace: number; // how fast the server's clock goes: 1, but in a replay
  complete: boolean; // false from a gap in seq until the next full picture
  caption: Caption | null; // of a scripted demonstration
  started: boolean; // a first full picture has come
}

/** How a replay stands. */
export interface ReplayState {
  at_ms: number; // the replayed instant of the last step, or where it is asked to go
  first_ms: number; // of the record
  last_ms: number;
  rate: number;
  paused: boolean;
  ended: boolean; // it stands at the last record
  erased: boolean; // the positions of this time were erased
  refused: string; // why what was asked last was not done
  started: boolean;
  span_ms: number; // how much of the record the timeline shows
  marks: Mark[]; // the oldest first
  marked: [number, number]; // of which part of the record
  marked_ms: number; // when they were asked for, monotonic; 0: they are to be
  omitted: number; // marks that are not told
  acts: RankingAct[] | null; // what was shown of the open incident and who was sent
  acts_of: string; // of which incident
  acts_ms: number; // monotonic
  linked_ms: number; // when the address was last written, monotonic
}

/** "replay": a feed, and never a live one. */
export type FeedState = "connecting" | "live" | "replay" | "silent" | "lost";

export type Target =
  { kind: "incident"; id: string } | { kind: "unit"; callsign: string } | { kind: "place"; lat: number; lon: number };

export interface Place {
  lat: number;
  lon: number;
}

/** What a click on the map meant. */
export type Pick =
  ({ kind: "place" } & Place) | { kind: "incident"; id: string } | { kind: "units"; callsigns: string[] };

export interface MapHooks {
  onPick(pick: Pick): void;
  onClosure(id: string): void;
  onDrawn(geometry: GeoJSON.Geometry): void;
  onHover(callsign: string | null, x: number, y: number): void;
  onMove(): void;
  onDrag(): void; // somebody moved the map by hand
}

export interface Draft {
  place: string; // as it is written in the form
  at: Place | null; // where that is, once it was clicked, taken from the list or looked up
  matches: PlaceFound[]; // what the text of the place may mean
  active: number; // of these; -1: none
  call_id: string; // of a caller who is in no incident yet; empty: none
  grade: string;
  type: string;
  text: string;
  error: string;
  sending: boolean;
}

/** Where a unit was once. */
export interface Been extends Place {
  at_ms: number;
  believed: boolean;
}

/** A base map of the force's own, beside ours. */
export interface OtherBase {
  name: string;
  tiles: string; // with {z}, {x} and {y}
  attribution: string;
  max_zoom: number;
  tile_size: number;
}

/** What the map shows besides the picture, and what was fetched for it. */
export interface Ground {
  menu: boolean;
  minutes: number; // how long trails are; 0: none
  areas: boolean;
  bases: OtherBase[]; // that the force has set
  base: string | null; // the name of another base than our own
  kept: string | null; // the unit that the map goes along with
  trail: { callsign: string; places: Been[] } | null;
  reach: { callsign: string; layer: GeoJSON.FeatureCollection } | null;
  outlines: GeoJSON.FeatureCollection | null;
}

/** A closure in the making: what is said of it so far, what it would shut, and what the last change did. */
export interface Closing {
  way: "street" | "junction" | "drawn";
  street: string;
  from: string;
  to: string;
  crossing: string;
  drawn: GeoJSON.Geometry | null;
  pen: "polygon" | "linestring" | "point" | null; // that the map is drawn on with now
  reason: string;
  until: "15" | "60" | "240" | "lifted" | "time"; // minutes from now, or a time of day
  time: string; // HH:MM
  passable: string[];
  would: Shut | null;
  problem: string;
  asking: boolean;
  sending: boolean;
  done: { act: "shut" | "lifted"; closure: Closure } | null;
  chosen: string | null; // the closure that was clicked
}

export interface Problem {
  status: number;
  title: string;
  detail: string;
  code?: string; // of the rule that refused
}

export interface Enquiry {
  phase: "idle" | "loading" | "ready" | "failed";
  ranking: (Ranking & { said?: string }) | null; // `said`: of an emergency, how well its place is known
  problem: Problem | null;
  highlight: string | null; // the candidate whose route is drawn; null: the first
  fitted: boolean; // the map has been fitted to this target once
  held: boolean; // the pointer or the focus is in the list: its order stays
  ordered_ms: number; // since when (monotonic) the first three stand in this order
  polled: { at: string; first: string | undefined } | null; // who was first while radios had still to answer
}

/** What a desk weighs before it sends somebody to the open target: answers in place, a question before an act. */
export interface Weighing {
  why: { callsign: string; answer: WhyNot | null; problem: Problem | null } | null;
  excluded: boolean; // the list of those who were left out is open
  filter: string; // of that list
  question: SendingQuestion | null;
  plan: PlanDraft | null;
}

/** What is asked before a unit is sent: it leaves other work, or a rule speaks against it. */
export interface SendingQuestion {
  kind: "divert" | "authority" | "override";
  callsign: string;
  detail: string; // the server's sentence
}

/** What an incident is to need instead of what its plan says. */
export interface PlanDraft {
  requirements: Requirement[];
  error: string;
}

/** The form of control that is open in the incident: one at a time. */
export interface Control {
  form: "rvp" | "authorise" | "command" | "withdraw" | "hand-over" | "take-over";
  place: string; // of the RVP: typed, or where the map was clicked
  error: string;
}

/** What was asked of the server about the open incident: its newest answer, or why there is none. */
export interface Answer<T> {
  key: string; // as of which the question was asked
  value: T | null;
  problem: Problem | null;
}

export type PartName = "log" | "control" | "clocks" | "place" | "alike" | "more" | "caller" | "time" | "close";

/** The open incident's panel: which part stands open, what was asked for it, what is being prepared in it. */
export interface Dossier {
  incident: string | null;
  open: PartName | null;
  answers: {
    alike?: Answer<{ duplicates: Likeness[] }>;
    clocks?: Answer<Clocks>;
    about?: Answer<PlaceView>;
    links?: Answer<{ links: LocationLink[] }>;
    operations?: Answer<{ operations: Operation[] }>;
  };
  found: { text: string; places: PlaceFound[]; notes: string[] } | null; // where it may be moved
  to: (Place & { name: string }) | null; // where it is about to be moved
  made: LocationLinkMade | null; // the newest location link: its text is told once
  closing: { result: string; type: string; going: string[] } | null; // to be said once more, since units are going
}

export interface Notice {
  text: string;
  tone: "plain" | "good" | "bad";
  until_ms: number;
  undo: string[] | null; // assignments to cancel
}

/** Which screen this is: its address says so. */
export type PageName = "console" | "map" | "board" | "wall" | "replay";
export type Theme = "dark" | "light";
export type SheetName = keyof typeof import("../panels/sheets.js").SHEETS;

export interface State {
  page: PageName;
  theme: Theme;
  sound: Sound;
  desk_off_ms: number; // this desk's clock is so much ahead of the server's; 0: it is right
  version: string | null; // of the server when this page was opened
  follows: boolean; // a second screen that opens what the console opens
  picture: Picture;
  feed: FeedState;
  session: "unknown" | "in" | "out" | "forbidden";
  target: Target | null;
  enquiry: Enquiry;
  weighing: Weighing;
  control: Control | null;
  draft: Draft | null;
  command: CommandLine;
  packs: Packs | null; // in force: grades, state codes, plans; null until they have come
  desk_name: string; // which desk this is, as X-Desk says it; empty: nobody has said
  board: { filter: string; sort: "callsign" | "state" | "age" | "kind" | "job" | "station"; top: number }; // top: the first row in view
  dossier: Dossier;
  queue: { desk: string | null }; // whose incidents are listed; null: everybody's
  closing: Closing | null;
  ground: Ground;
  crowd: { callsigns: string[] } | null; // several units under one click
  sheet: { name: SheetName } | null; // what lies over the map
  hover: { callsign: string | null; x: number; y: number }; // in pixels from the map's corner
  route: GeoJSON.Feature | null; // the way of the chosen candidate
  notice: Notice | null;
  caption_folded: boolean;
  map_problem: string | null;
  sign_in: { asking: boolean; problem: string };
  trouble: string | null; // why the feed cannot be read at all
  figures: Figures;
  book_on: BookOn;
  card: Card | null; // of the open unit
  replay: ReplayState | null; // null: this screen is live
}

/** What was asked of the open unit; null: not answered. */
export interface Card {
  callsign: string;
  aboard: Aboard | null;
  track: Track | null;
  asked_ms: number; // monotonic
}

/** The sheet of a shift change. */
export interface BookOn {
  part: "on" | "off" | "doubts";
  lines: Record<string, string>[]; // by the columns of a roster file
  answer: RosterAnswer | null; // to these lines; null: they were not tried yet
  problem: string; // why they could not be
  code: number | null; // in which state units come on; null: the first that makes them available
  chosen: Set<string>; // to be booked off or moved
  doubts: PairingDoubt[];
  trying: boolean;
}

/** The sheet of figures. */
export interface Figures {
  hours: number; // back from now
  response: ResponseFigures | null;
  ages: FixAgeFigures | null;
  problem: Problem | null;
  asked_ms: number; // monotonic
  table: string | null; // the chart that stands open as a table
}

/** The colours of the theme that charts are drawn in. */
export interface Inks {
  text: string;
  dim: string;
  line: string;
  good: string;
  bad: string;
  accent: string;
}

/** What a chart is drawn from: instants in Unix seconds, everything else in seconds. */
export interface Chart {
  from_to_s: [number, number];
  top_s: number;
  data: uPlot.AlignedData;
  series(ink: Inks): uPlot.Series[];
  draw?(plot: uPlot, ink: Inks): void; // over the series
}

/** What is heard at this desk. */
export interface Sound {
  voice: "blocked" | "sounds" | "elsewhere" | "covered" | "none"; // elsewhere, covered: another page of the browser sounds
  acknowledged: string[]; // alarms, by the names of sound/watch.js
  muted_until_ms: number; // by this machine's clock; 0: not muted
  tested_ms: number | null; // when somebody last tested it, by this machine's clock
  heard?: "alarm" | "chime" | null; // the newest that was due
}

/** What an act may set going. */
export interface ActHooks {
  changed(): void;
  enquiries(): { ask(): void; drawRoute(): void };
  onOpen(): void;
  sounding(): { test(): void; tell(): void };
  near(): Place | null; // where the map looks
}

export type Desk = import("../acts/desk.js").Desk;

/** What a panel is made of: nothing else reaches it. */
export interface Moment {
  state: State;
  desk: Desk;
  now_ms: number; // this machine's monotonic clock
  server_ms: number; // the server's clock
}

/** What a layer of the map is made from, and how: made again only when one of `from` is another. */
export interface Drawing {
  from(moment: Moment): unknown[];
  make(moment: Moment): object;
}

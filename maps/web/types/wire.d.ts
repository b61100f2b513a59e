// What the server sends, under the names that the screen uses. The shapes are generated from api/openapi.json
// (`npm run types`); only the envelope of the live feed is told here, since OpenAPI knows no sockets.

import type { components } from "./api.js";

type Schemas = components["schemas"];

export type Unit = Schemas["UnitRow"];
export type Kind = Unit["kind"];
export type Freshness = Unit["freshness"];
export type Availability = Schemas["StateView"]["availability"];
export type Assignment = Schemas["AssignmentView"];
export type AssignmentState = Assignment["state"];
export type Act = Schemas["ActPath"];
export type Incident = Schemas["IncidentView"];
export type CallerLocation = Schemas["CallerLocationView"];
export type Interval = Schemas["Eta"];
export type Candidate = Schemas["Candidate"];
export type Exclusion = Schemas["Exclusion"];
export type Ranking = Schemas["Ranking"];
export type WhyNot = Schemas["WhyNot"];
export type Muster = Schemas["Muster"];
export type Slot = Schemas["Slot"];
export type Requirement = Schemas["Requirement"];
export type Help = Schemas["Help"];
export type Pressing = Schemas["Pressing"];
export type Lane = Schemas["Lane"];
export type Ask = Schemas["Ask"];
export type Clocks = Schemas["Clocks"];
export type Reading = Schemas["Reading"];
export type PlaceView = Schemas["PlaceView"];
export type LocationLink = Schemas["LinkView"];
export type LocationLinkMade = Schemas["LinkMade"];
export type Operation = Schemas["Operation"];
export type Closure = Schemas["ClosureView"];
export type Caption = Schemas["Caption"];
export type Wish = "next" | "pause" | "go_on" | "leave";
export type Shut = Schemas["ShutView"];
export type Reordering = Schemas["Reordering"];
export type Status = Schemas["Status"];
export type UnitBooked = Schemas["UnitBooked"];
export type RosterAnswer = Schemas["RosterAnswer"];
export type Roster = Schemas["RosterView"];
export type PairingDoubt = Schemas["PairingDoubt"];
export type OffAnswer = Schemas["OffAnswer"];
export type Aboard = Schemas["Aboard"];
export type Mark = Schemas["Mark"];
export type Timeline = Schemas["Timeline"];
export type RankingAct = Schemas["RankingAct"];
export type RankedThen = Schemas["RankedThen"];
export type ReplayTold = Schemas["ReplayTold"];
export type Share = Schemas["Share"];
export type Attendance = Schemas["Attendance"];
export type ResponseFigures = Schemas["ResponseView"];
export type FixAgeSeries = Schemas["FixAgeSeries"];
export type FixAgeFigures = Schemas["FixAgesView"];
export type Call = Schemas["CallView"];
export type Packs = Schemas["PacksInForce"];
export type PlaceFound = Schemas["PlaceFound"];
export type Likeness = Schemas["Likeness"];

export interface Message {
  type: "hello" | "full" | "tick" | "units" | "incident" | "closure" | "asks" | "calls" | "first" | "event" | string;
  schema?: string;
  seq: number;
  at: string;
  force?: string;
  simulated?: boolean;
  units?: Unit[];
  gone?: string[];
  incidents?: Incident[];
  incident?: Incident;
  closures?: Closure[];
  asks?: Ask[]; // all that is open
  calls?: Call[]; // all whose callers are in no incident yet, the newest first
  calls_more?: number; // and so many that are not told
  id?: string; // of a closure, or of the incident to which somebody else is first
  first?: string | null; // null: nobody
  closure?: Closure | null; // null: it is over
  status?: Status;
  caption?: Caption | null; // null: there is none any more
  event?: Record<string, unknown>;
}

/** Where a unit was: a GeoJSON line or a point, and a row of details for each of its places. */
export interface Track {
  geometry: GeoJSON.LineString | GeoJSON.Point | null;
  properties: { times: string[]; accuracies_m: (number | null)[]; sources: string[]; believed?: boolean[] };
}

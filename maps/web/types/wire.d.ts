// What the server sends, as the screen reads it: rows of the live feed, incidents, rankings.
// Only the fields the screen uses; unknown ones are ignored.

export type Kind = "car" | "van" | "motorcycle" | "cycle" | "foot" | "dog" | "armed" | "traffic" | "special";
export type Freshness = "fresh" | "ageing" | "stale" | "lost" | "never";
export type Availability =
  | "available"
  | "standby"
  | "resting"
  | "divertible"
  | "committed"
  | "at_scene"
  | "unavailable"
  | "emergency"
  | "unknown";
export type AssignmentState =
  "reserved" | "delivered" | "accepted" | "en_route" | "at_scene" | "refused" | "cleared" | "cancelled";
export type Act = "accept" | "refuse" | "en-route" | "arrived" | "clear" | "cancel";

export interface Unit {
  callsign: string;
  kind: Kind;
  lat: number | null;
  lon: number | null;
  course_deg: number | null;
  speed_mps: number | null;
  accuracy_m: number | null;
  fix_at: string | null;
  freshness: Freshness;
  expected_interval_s: number;
  source: string | null;
  protocol: string | null;
  state: { code: number | null; label: string; availability: Availability };
  emergency: boolean;
  assignment: { id: string; incident: string; state: AssignmentState } | null;
  capabilities: string[];
  crew: number;
  station: string;
}

export interface Assignment {
  id: string;
  incident: string;
  callsign: string;
  state: AssignmentState;
  active: boolean;
  reason: string;
  steps: { at: string; state: AssignmentState; via: string }[];
}

export interface Incident {
  id: string;
  lat: number;
  lon: number;
  grade: string;
  grade_label: string;
  target_s: number | null;
  type: string;
  text: string;
  created_at: string;
  closed_at: string | null;
  result: string;
  version: number;
  grid_ref: string | null;
  place: string | null;
  log: { at: string; operator: string; desk: string; text: string }[];
  assignments: Assignment[];
}

export interface Interval {
  low: number;
  mid: number;
  high: number;
}

export interface Candidate {
  rank: number;
  callsign: string;
  kind: Kind;
  eta_s: Interval;
  basis: "road" | "straight_line";
  distance_m: number;
  streets: string[];
  fix_age_s: number;
  freshness: Freshness;
  straight_line_m: number;
  profile: string;
  reasons: { code: string; text: string }[];
}

export interface Ranking {
  at: string;
  picture: number;
  verdict: "robust" | "ambiguous" | "unknown";
  verdict_text: string;
  place: string | null;
  grid_ref: string | null;
  candidates: Candidate[];
  exclusions: { callsign: string; code: string; reason: string }[];
  shortfalls: unknown[];
  omitted: number;
}

export interface Status {
  force: string;
  at: string;
  network: { name: string; arcs: number; bounds: [number, number, number, number]; made_up: boolean; source: string };
  broker: { kind: string; label: string };
  gateways: { gateway: string; session: number; seq: number }[];
  rejects: Record<string, number>; // payloads that were no fix, by reason
  simulated: boolean;
  version: string;
}

export interface Message {
  type: "hello" | "full" | "tick" | "incident" | "event" | string;
  schema?: string;
  seq: number;
  at: string;
  force?: string;
  simulated?: boolean;
  units?: Unit[];
  gone?: string[];
  incidents?: Incident[];
  incident?: Incident;
  status?: Status;
  event?: Record<string, unknown>;
}

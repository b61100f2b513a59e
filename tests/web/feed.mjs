// Rows and messages of the live feed as tests write them.

export const unit = (callsign, more = {}) => ({
  callsign,
  kind: "car",
  lat: 52.0,
  lon: -1.5,
  course_deg: null,
  speed_mps: 0,
  accuracy_m: 8,
  fix_at: "2026-03-01T12:00:00Z",
  freshness: "fresh",
  expected_interval_s: 5,
  source: "itsi/234800001",
  protocol: "tetra-lip",
  state: { code: 2, label: "on patrol", availability: "available" },
  emergency: false,
  assignment: null,
  capabilities: [],
  crew: 2,
  station: "",
  ...more,
});

export const incident = (id, more = {}) => ({
  id,
  lat: 52,
  lon: -1.5,
  grade: "2",
  grade_label: "Priority",
  target_s: 3600,
  type: "",
  text: "",
  created_at: "2026-03-01T12:00:00Z",
  closed_at: null,
  result: "",
  version: 1,
  grid_ref: null,
  place: null,
  call_id: "",
  caller_locations: [],
  log: [],
  assignments: [],
  desk: "",
  offer: null,
  pressing: pressing(),
  ...more,
});

export const pressing = (more = {}) => ({
  lane: "waiting",
  order: "",
  urgency: 0,
  unresourced_since: null,
  attend_due_at: null,
  deploy_due_at: null,
  escalate_at: null,
  escalated: false,
  wanted: [],
  warned: [],
  ...more,
});

export const closure = (id, more = {}) => ({
  id,
  geometry: {
    type: "LineString",
    coordinates: [
      [-1.5, 52],
      [-1.5, 52.01],
    ],
  },
  status: "in_force",
  since: "2026-03-01T12:00:00Z",
  until: null,
  weekly: null,
  passable: [],
  name: "",
  reason: "",
  author: "op1",
  streets: [],
  length_m: 10,
  changed: [],
  ...more,
});

export const hello = (seq, units = [], incidents = [], closures = []) => ({
  type: "hello",
  schema: "arls.live/1",
  seq,
  at: "2026-03-01T12:00:10Z",
  force: "demo",
  simulated: true,
  units,
  incidents,
  closures,
  status: null,
});

export const tick = (seq, units = [], gone = []) => ({
  type: "tick",
  seq,
  at: "2026-03-01T12:00:11Z",
  units,
  gone,
});

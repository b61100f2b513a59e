// What needs somebody: a need for each subject, loud before quiet, each sign once; and how a clock is read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { attentionOf, loudSigns } from "../../maps/web/picture/attention.js";
import { dueOf } from "../../maps/web/picture/clock.js";
import { emptyPicture } from "../../maps/web/picture/store.js";
import { incident, pressing, unit } from "./feed.mjs";

const AT = Date.parse("2026-03-01T12:10:00Z");
const SINCE = "2026-03-01T12:05:00Z";

const needs = ({ incidents = [], units = [], asks = [], strays = [] }) =>
  attentionOf(
    {
      ...emptyPicture(),
      asks,
      incidents: new Map(incidents.map((one) => [one.id, one])),
      units: new Map(units.map((one) => [one.callsign, one])),
      status: { strays },
    },
    AT,
  );
const pressed = (id, more, rest = {}) =>
  incident(id, { pressing: pressing(more), ...rest });
const sent = (state, at = SINCE) => ({
  id: "A1",
  callsign: "AB1",
  state,
  steps: [{ at, state }],
});
const ask = (id, urgent) => ({
  id,
  at: SINCE,
  kind: "message",
  callsign: "AB1",
  text: `${id} calls`,
  urgent,
});

test("where nothing is late, asked or wanted, nothing needs anybody", () => {
  assert.deepEqual(
    needs({
      incidents: [incident("I1"), incident("I2", { pressing: null })],
      units: [unit("AB1")],
    }),
    [],
  );
});

test("an incident is one need, however much of it is late, and what was only near is not said beside its breach", () => {
  const [need, ...more] = needs({
    incidents: [
      pressed("I1", {
        warned: ["deploy at_risk", "deploy breached", "attend at_risk"],
        escalated: true,
      }),
    ],
  });
  assert.deepEqual(more, []);
  assert.deepEqual(need.texts, [
    "escalated: nobody on it for too long",
    "nobody was sent in time",
    "somebody is soon to be there",
  ]);
  assert.deepEqual(need.signs, [
    "I1 escalated",
    "I1 deploy breached",
    "I1 attend at_risk",
  ]);
  assert.equal(need.loud, true);
});

test("what is only near its target is not loud", () =>
  assert.deepEqual(
    needs({ incidents: [pressed("I1", { warned: ["attend at_risk"] })] }).map(
      ({ loud }) => loud,
    ),
    [false],
  ));

test("a deployment that nobody answers is a need, and so is a refusal that left nobody", () => {
  const texts = (assignment, unresourced_since = null) =>
    needs({
      incidents: [
        pressed("I1", { unresourced_since }, { assignments: [assignment] }),
      ],
    }).flatMap((need) => need.texts);
  assert.deepEqual(texts(sent("unanswered")), [
    "AB1 does not answer: ask by voice",
  ]);
  assert.deepEqual(texts(sent("lapsed"), SINCE), [
    "AB1 has not answered twice: cancel it, or say what it does",
  ]);
  assert.deepEqual(texts(sent("refused"), SINCE), [
    "AB1 refused, and nobody else is on it",
  ]);
  assert.deepEqual(texts(sent("refused"), null), [], "somebody else is on it");
  assert.deepEqual(
    texts(sent("refused"), "2026-03-01T12:07:00Z"),
    [],
    "another has left it since",
  );
  assert.deepEqual(texts(sent("diverted"), SINCE), ["AB1 was taken from it"]);
  assert.deepEqual(texts(sent("cleared"), SINCE), []);
});

test("units that are wanted are told with what they are to be able to do", () => {
  const wanted = [
    { request: { id: "R1", n: 2, capabilities: ["taser"] }, missing: 2 },
    { request: { id: "R2", n: 1 }, missing: 1 },
  ];
  const [need] = needs({ incidents: [pressed("I1", { wanted })] });
  assert.deepEqual(need.texts, ["2 more wanted with taser", "1 more wanted"]);
});

test("emergencies of nobody and urgent messages come first, then incidents in their order, then what can wait", () => {
  const listed = needs({
    asks: [ask("K1", false), ask("K2", true)],
    strays: [{ source: "itsi/7", at: SINCE }],
    incidents: [
      pressed("I1", { order: "0/2", warned: ["deploy breached"] }),
      pressed("I2", { order: "0/1", escalated: true }),
      pressed("I3", { order: "0/0", warned: ["attend at_risk"] }),
    ],
    units: [unit("AB9", { shift: { begins_at: SINCE, ends_at: SINCE } })],
  });
  assert.deepEqual(
    listed.map(({ key }) => key),
    ["stray itsi/7", "K2", "I2", "I1", "K1", "I3", "shift AB9"],
  );
  assert.deepEqual(
    [...loudSigns(listed)],
    [`stray itsi/7 ${SINCE}`, "K2", "I2 escalated", "I1 deploy breached"],
  );
});

test("a shift that is over needs somebody only of a unit that is not on a job", () => {
  const shift = { begins_at: SINCE, ends_at: SINCE };
  const later = { begins_at: SINCE, ends_at: "2026-03-01T20:00:00Z" };
  const units = [
    unit("AB1", { shift, assignment: sent("en_route") }),
    unit("AB2", { shift: later }),
    unit("AB3"),
  ];
  assert.deepEqual(needs({ units }), []);
});

test("the clock reads what is due next: what is left is rounded up, what it is late by down", () => {
  const due = (more) =>
    dueOf(incident("I1", { pressing: more && pressing(more) }), AT);
  const both = {
    attend_due_at: "2026-03-01T12:15:00Z",
    deploy_due_at: "2026-03-01T12:08:29.500Z",
  };
  assert.deepEqual(due(both), { what: "to send", late: true, seconds: 90 });
  assert.deepEqual(due({ attend_due_at: "2026-03-01T12:14:59.500Z" }), {
    what: "to attend",
    late: false,
    seconds: 300,
  });
  assert.deepEqual([due({}), due(null)], [null, null]);
});

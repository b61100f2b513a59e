// What is weighed before somebody is sent: who was left out, who is asked, who waits for an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  SHOWN_OF_A_REASON,
  answerLeft,
  asksMore,
  colleaguesOf,
  groupsOf,
  isOvertaken,
  isWeighed,
  leavesWork,
  noWeighing,
  pollOf,
  polledBefore,
} from "../../maps/web/picture/weighing.js";
import {
  actsOf,
  exclusionOf,
  troubleOf,
  viaOf,
} from "../../maps/web/words/sending.js";
import { incident, unit } from "./feed.mjs";

const AT = Date.parse("2026-03-02T14:00:00Z");
const left = (callsign, code, reason = code) => ({ callsign, code, reason });
const asked = {
  at: "2026-03-02T14:00:00Z",
  until: "2026-03-02T14:00:30Z",
  radios: [{ callsign: "BX21" }, { callsign: "AC7" }],
};
const units = (...rows) => new Map(rows.map((row) => [row.callsign, row]));
const HEARD = unit("BX21", { fix_at: "2026-03-02T14:00:04Z" });
const OLD = unit("BX21", { fix_at: "2026-03-02T13:59:00Z" });
const SILENT = unit("AC7", { fix_at: "2026-03-02T13:59:20Z" });

test("those who were left out stand by their reason, the commonest first, and every one is counted", () => {
  const many = Array.from({ length: SHOWN_OF_A_REASON + 5 }, (_, n) =>
    left(`U${n}`, "off_duty"),
  );
  const groups = groupsOf(
    [left("A1", "lost"), ...many, left("A2", "capability")],
    "",
  );
  assert.deepEqual(
    groups.map(({ code, count, rows }) => [code, count, rows.length]),
    [
      ["off_duty", SHOWN_OF_A_REASON + 5, SHOWN_OF_A_REASON],
      ["capability", 1, 1],
      ["lost", 1, 1],
    ],
  );
});

test("the filter finds by callsign and by the words of the reason", () => {
  const all = [
    left("BX21", "capability", "has no Taser"),
    left("DG7", "off_duty", "is off duty"),
  ];
  assert.deepEqual(groupsOf(all, " taser ")[0].rows, [all[0]]);
  assert.deepEqual(groupsOf(all, "dg7")[0].rows, [all[1]]);
  assert.deepEqual(groupsOf(all, "nobody"), []);
});

test("a code that this screen does not know is shown all the same", () => {
  assert.equal(exclusionOf("off_duty"), "Off duty");
  assert.equal(exclusionOf("some_new_rule"), "some new rule");
  assert.equal(viaOf("state_code"), "by state code");
  assert.equal(viaOf("carrier_pigeon"), "carrier pigeon");
});

test("the time to answer counts down to nothing, and is not told where nobody waits", () => {
  const due = { answer_due_at: "2026-03-02T14:00:30Z" };
  assert.equal(answerLeft(due, AT + 12_000), 18);
  assert.equal(answerLeft(due, AT + 45_000), 0);
  assert.equal(answerLeft({ answer_due_at: null }, AT), null);
});

test("only what the server's table allows is offered, and what usually comes next stands first", () => {
  const may = [
    "cancel",
    "clear",
    "arrived",
    "en-route",
    "refuse",
    "accept",
    "deliver",
  ];
  assert.deepEqual(actsOf({ state: "delivered", acts: may }), {
    next: ["accept", "refuse", "cancel"],
    more: ["en-route", "arrived", "clear"],
  });
  assert.deepEqual(actsOf({ state: "accepted", acts: ["clear"] }), {
    next: [],
    more: ["clear"],
  });
  assert.deepEqual(actsOf({ state: "cleared", acts: [] }), {
    next: [],
    more: [],
  });
});

test("a radio has answered once its unit was heard after it was asked", () => {
  const poll = pollOf(
    incident("INC0001", { radios_asked: asked }),
    units(HEARD, SILENT),
    AT + 10_000,
  );
  assert.deepEqual(poll, {
    answered: ["BX21"],
    silent: ["AC7"],
    left_s: 20,
    age_s: 10,
  });
  const over = pollOf(
    incident("INC0001", { radios_asked: asked }),
    units(HEARD, SILENT),
    AT + 40_000,
  );
  assert.equal(over.left_s, 0);
  assert.equal(
    pollOf(
      incident("INC0001", { radios_asked: asked }),
      units(HEARD),
      AT + 91_000,
    ),
    null,
  );
  assert.equal(
    pollOf(incident("INC0001", { radios_asked: null }), units(HEARD), AT),
    null,
  );
});

test("who was first before the answers is kept, and not invented by whoever comes later", () => {
  const ranking = { candidates: [{ callsign: "CD1" }] };
  const one = incident("INC0001", { radios_asked: asked });
  const waiting = polledBefore(
    null,
    ranking,
    one,
    units(OLD, SILENT),
    AT + 2_000,
  );
  assert.deepEqual(waiting, { at: asked.at, first: "CD1" });
  const later = { candidates: [{ callsign: "BX21" }] };
  assert.equal(
    polledBefore(waiting, later, one, units(HEARD, SILENT), AT + 6_000),
    waiting,
  );
  assert.equal(
    polledBefore(null, later, one, units(HEARD, SILENT), AT + 6_000),
    null,
  );
  assert.equal(
    polledBefore(null, later, one, units(OLD, SILENT), AT + 40_000),
    null,
  );
});

test("a plan is told where it asks for more than one unit of any kind, or lacks one", () => {
  const plan = (origin, ...statuses) => ({
    plan: { origin },
    slots: statuses.map((status) => ({ status })),
  });
  assert.equal(asksMore(plan("pack", "filled")), false);
  assert.equal(asksMore(plan("pack", "missing")), true);
  assert.equal(asksMore(plan("pack", "filled", "filled")), true);
  assert.equal(asksMore(plan("dispatcher", "filled")), true);
});

test("a ranking is old once one of its free units was taken, or while it fills a plan", () => {
  const plain = { plan: { origin: "pack" }, slots: [{ status: "filled" }] };
  const ranking = (list, plan) => ({
    plan,
    candidates: [{ callsign: "BX21", list }],
  });
  const taken = units(
    unit("BX21", {
      assignment: { id: "A1", incident: "INC0001", state: "reserved" },
    }),
  );
  assert.equal(isOvertaken(ranking("own", plain), units(HEARD)), false);
  assert.equal(isOvertaken(ranking("own", plain), taken), true);
  assert.equal(isOvertaken(ranking("diversion", null), taken), false);
  assert.equal(
    isOvertaken(
      ranking("own", { ...plain, slots: [{ status: "missing" }] }),
      units(HEARD),
    ),
    true,
  );
});

test("a deployment that went wrong is told when it happens, and whether the incident is alone", () => {
  const event = {
    message: "DeploymentEscalated",
    incident: "INC1",
    callsign: "BX21",
    why: "refused",
    left: 0,
  };
  assert.equal(troubleOf(event), "INC1: BX21 refused, nobody attends");
  assert.equal(
    troubleOf({ ...event, why: "unanswered", left: 2 }),
    "INC1: BX21 has not answered twice",
  );
  assert.equal(
    troubleOf({ ...event, message: "DeploymentUnanswered" }),
    "INC1: no answer from BX21's terminal, call it",
  );
  assert.equal(
    troubleOf({ ...event, message: "IncidentAbandoned", taken_for: "INC2" }),
    "INC1: BX21 was taken for INC2, nobody attends",
  );
  assert.equal(troubleOf({ ...event, message: "StateSet" }), null);
  assert.equal(troubleOf(undefined), null);
});

test("colleagues of the same incident are named, and the officer is not one of them", () => {
  const officer = unit("BX21", {
    assignment: { id: "A1", incident: "INC0001", state: "at_scene" },
  });
  const sent = (callsign, active) => ({ callsign, active, state: "at_scene" });
  const one = incident("INC0001", {
    assignments: [sent("BX21", true), sent("AC7", true), sent("CD3", false)],
  });
  assert.deepEqual(
    colleaguesOf(officer, new Map([["INC0001", one]])).map(
      ({ callsign }) => callsign,
    ),
    ["AC7"],
  );
  assert.deepEqual(
    colleaguesOf(unit("BX21", { assignment: null }), new Map()),
    [],
  );
});

test("Esc closes what is weighed, and a list of exclusions is no question", () => {
  assert.equal(
    isWeighed({ ...noWeighing(), excluded: true, filter: "BX" }),
    false,
  );
  assert.equal(
    isWeighed({ ...noWeighing(), plan: { requirements: [], error: "" } }),
    true,
  );
  assert.equal(leavesWork({ diverts_from: "INC0003" }), true);
  assert.equal(leavesWork({ diverts_from: null }), false);
});

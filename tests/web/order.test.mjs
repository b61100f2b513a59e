// The order of lists, the words of verdicts, deep links, and pauses before reconnecting.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readLink, writeLink } from "../../maps/web/picture/link.js";
import { pauseBefore } from "../../maps/web/picture/live.js";
import {
  boardOf,
  desksOf,
  headingsOf,
  lanesOf,
  queueOf,
  scaleOf,
} from "../../maps/web/picture/order.js";
import { withoutItself } from "../../maps/web/picture/enquiry.js";
import { verdictOf } from "../../maps/web/words/words.js";
import { incident, pressing, unit } from "./feed.mjs";

const names = (units) => units.map(({ callsign }) => callsign);

const at = (order, lane = "waiting") => ({
  pressing: pressing({ order, lane }),
});
const ids = (incidents) => incidents.map(({ id }) => id);

test("the queue stands as the server orders it, whatever the grades, and has no closed ones", () => {
  const queue = queueOf([
    incident("I1", at("0/001")),
    incident("I2", { grade: "R", ...at("0/000") }),
    incident("I3", at("1/000")),
    incident("I4", { pressing: null }),
  ]);
  assert.deepEqual(ids(queue), ["I2", "I1", "I3"]);
});

test("the queue is told in its lanes, and of one desk with what it is offered", () => {
  const incidents = [
    incident("I1", { desk: "north", ...at("1/0", "attended") }),
    incident("I2", { desk: "south", ...at("0/2") }),
    incident("I3", { desk: "north", ...at("0/1") }),
    incident("I4", {
      desk: "south",
      offer: { desk: "north" },
      ...at("3/0", "held"),
    }),
    incident("I5", { desk: "west", pressing: null }),
  ];
  const told = (desk) =>
    lanesOf(incidents, desk).map(([lane, listed]) => [lane, ids(listed)]);
  assert.deepEqual(told(null), [
    ["waiting", ["I3", "I2"]],
    ["attended", ["I1"]],
    ["held", ["I4"]],
  ]);
  assert.deepEqual(told("north"), [
    ["waiting", ["I3"]],
    ["attended", ["I1"]],
    ["held", ["I4"]],
  ]);
  assert.deepEqual(desksOf(incidents), ["north", "south"]);
});

test("a list behind our own begins under its name, unless the diverted stand among the free", () => {
  const candidates = (...lists) =>
    lists.map((list, n) => ({ callsign: `U${n}`, list }));
  const headings = (...lists) => [...headingsOf(candidates(...lists))];
  assert.deepEqual(headings("own", "own"), []);
  assert.deepEqual(
    headings("own", "diversion", "diversion", "neighbour", "air"),
    [
      ["U1", "diversion"],
      ["U3", "neighbour"],
      ["U4", "air"],
    ],
  );
  assert.deepEqual(headings("diversion", "own", "diversion", "neighbour"), [
    ["U3", "neighbour"],
  ]);
});

test("an emergency is first on the board in every order", () => {
  const units = [unit("AB1"), unit("ZZ9", { emergency: true }), unit("AB2")];
  for (const sort of ["callsign", "state", "age"])
    assert.equal(boardOf(units, { filter: "", sort })[0].callsign, "ZZ9");
});

test("by age the oldest fix is first, and one that never came before it", () => {
  const units = [
    unit("AB1"),
    unit("AB2", { fix_at: "2026-03-01T11:00:00Z" }),
    unit("AB3", { fix_at: null }),
  ];
  assert.deepEqual(names(boardOf(units, { filter: "", sort: "age" })), [
    "AB3",
    "AB2",
    "AB1",
  ]);
});

test("the filter finds by callsign, kind, freshness and job", () => {
  const units = [
    unit("AB1", { kind: "dog" }),
    unit("AB2", { freshness: "stale" }),
    unit("AB3", {
      assignment: { id: "A", incident: "INC7", state: "accepted" },
    }),
  ];
  const found = (filter) => names(boardOf(units, { filter, sort: "callsign" }));
  assert.deepEqual(
    [
      found("dog"),
      found(" STALE "),
      found("inc7"),
      found("ab3"),
      found("horse"),
    ],
    [["AB1"], ["AB2"], ["AB3"], ["AB3"], []],
  );
});

test("one far candidate does not squeeze the bars of the near ones", () => {
  const near = Array.from({ length: 6 }, (_, i) => ({
    eta_s: { low: 0, mid: 0, high: 100 + i },
  }));
  assert.equal(
    scaleOf([...near, { eta_s: { low: 0, mid: 0, high: 9000 } }]),
    105,
  );
});

test("a verdict is said once, in words", () => {
  const candidates = [{}];
  const title = (verdict, verdict_text) =>
    verdictOf({ verdict, verdict_text, candidates }).title;
  assert.equal(title("robust", "AB1 is first by 2:10."), "Clear first choice");
  assert.deepEqual(
    verdictOf({
      verdict: "ambiguous",
      verdict_text: "too close to call: AB1 or AB2",
      candidates,
    }),
    {
      tone: "ambiguous",
      title: "",
      text: "Too close to call: AB1 or AB2",
    },
  );
  assert.equal(title("unknown", "Every fix is stale."), "Cannot say");
  assert.equal(
    verdictOf({ verdict: "unknown", verdict_text: "", candidates: [] }).title,
    "Nobody can be sent",
  );
});

test("a deep link brings back what was open and where the map looked", () => {
  const view = { lat: 52.1, lon: -1.5, zoom: 14.25 };
  const target = { kind: "incident", id: "INC 7&x" };
  assert.deepEqual(readLink(writeLink(target, view, "figures")), {
    target,
    sheet: "figures",
    view,
  });
  assert.deepEqual(readLink("#unit=AB1"), {
    sheet: null,
    target: { kind: "unit", callsign: "AB1" },
    view: null,
  });
  assert.deepEqual(readLink("#z=1,2&what=ever"), {
    target: null,
    sheet: null,
    view: null,
  });
});

test("pauses before reconnecting grow, are spread, and never exceed eight seconds", () => {
  assert.equal(pauseBefore(0, 1), 500);
  assert.equal(pauseBefore(0, 0), 250);
  assert.equal(pauseBefore(3, 1), 4000);
  assert.equal(pauseBefore(50, 1), 8000);
});

test("who is nearest to a unit is not the unit itself, and no verdict of a list with it is shown", () => {
  const [itself, other] = ["AC100", "AC67"].map((callsign, i) => ({
    callsign,
    rank: i + 1,
  }));
  const answer = {
    verdict: "robust",
    verdict_text: "AC100 is there first",
    candidates: [itself, other],
  };
  const others = withoutItself(answer, "AC100");
  assert.deepEqual(others.candidates, [{ callsign: "AC67", rank: 1 }]);
  const { title, text } = verdictOf(others);
  assert.deepEqual([title, text], ["", ""]);
  assert.equal(withoutItself(answer, "ZZ1"), answer);
});

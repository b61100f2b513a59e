// The picture, message by message: what a message changes, when it is not complete, how ages go on counting.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countByFreshness,
  emptyPicture,
  fixAge,
  serverNow,
  take,
} from "../../maps/web/picture/store.js";
import { closure, hello, incident, tick, unit } from "./feed.mjs";

const pictured = (...messages) => {
  const picture = emptyPicture();
  messages.forEach((message, i) => take(picture, message, 1000 * i));
  return picture;
};

test("before the first full picture nothing is claimed", () => {
  const { started, complete, units } = emptyPicture();
  assert.deepEqual([started, complete, units.size], [false, false, 0]);
});

test("a tick changes only the rows it carries", () => {
  const { units } = pictured(
    hello(1, [unit("AB1"), unit("AB2")]),
    tick(2, [unit("AB2", { lat: 53 })]),
  );
  assert.deepEqual([units.get("AB1").lat, units.get("AB2").lat], [52, 53]);
});

test("a lost unit stays; only the server takes one away, by name", () => {
  const lost = pictured(
    hello(1, [unit("AB1")]),
    tick(2, [unit("AB1", { freshness: "lost" })]),
  );
  assert.equal(lost.units.size, 1);
  take(lost, tick(3, [], ["AB1"]), 0);
  assert.equal(lost.units.size, 0);
});

test("after a gap the picture is incomplete until the next full one", () => {
  const picture = pictured(
    hello(1, [unit("AB1")]),
    tick(3, [unit("AB1", { lat: 53 })]),
  );
  assert.equal(picture.complete, false);
  assert.equal(picture.units.get("AB1").lat, 53);
  take(picture, tick(4), 0);
  assert.equal(picture.complete, false);
  take(picture, { ...hello(5, [unit("AB1")]), type: "full" }, 0);
  assert.equal(picture.complete, true);
});

test("an incident's newer version replaces the older", () => {
  const changed = {
    type: "incident",
    seq: 2,
    at: "2026-03-01T12:00:10Z",
    incident: incident("I1", { version: 2, text: "moved" }),
  };
  assert.equal(
    pictured(hello(1, [], [incident("I1")]), changed).incidents.get("I1").text,
    "moved",
  );
});

test("an event that the screen does not know changes nothing but the sequence", () => {
  const picture = pictured(hello(1, [unit("AB1")]), {
    type: "event",
    seq: 2,
    at: "2026-03-01T12:00:10Z",
    event: { message: "New" },
  });
  assert.deepEqual(
    [picture.units.size, picture.complete, picture.seq],
    [1, true, 2],
  );
});

test("a server of another schema is refused in a sentence", () => {
  assert.throws(
    () => take(emptyPicture(), { ...hello(1), schema: "arls.live/2" }, 0),
    /arls.live\/1.*arls.live\/2/,
  );
});

test("ages count on by the server's clock while nothing comes, whatever the desk's clock says", () => {
  const picture = emptyPicture();
  take(picture, hello(1, [unit("AB1")]), 5_000);
  const ages = [5_000, 6_000, 65_000].map((now_ms) =>
    fixAge(picture.units.get("AB1"), serverNow(picture, now_ms)),
  );
  assert.deepEqual(ages, [10, 11, 70]);
});

test("a unit without a fix has no age, and is counted as never seen", () => {
  const silent = unit("AB1", {
    fix_at: null,
    lat: null,
    lon: null,
    freshness: "never",
  });
  assert.equal(fixAge(silent, 0), null);
  assert.deepEqual(countByFreshness([silent, unit("AB2")]), {
    fresh: 1,
    ageing: 0,
    stale: 0,
    lost: 0,
    never: 1,
  });
});

test("a closure comes, changes and goes, each time in a new Map", () => {
  const picture = pictured(hello(1, [], [], [closure("C0001")]));
  const before = picture.closures;
  const told = (seq, id, one) => ({
    type: "closure",
    seq,
    at: "2026-03-01T12:00:11Z",
    id,
    closure: one,
  });
  take(picture, told(2, "C0002", closure("C0002", { status: "planned" })), 0);
  take(picture, told(3, "C0002", closure("C0002")), 0);
  take(picture, told(4, "C0001", null), 0);
  assert.deepEqual(
    [...picture.closures.values()].map(({ id, status }) => [id, status]),
    [["C0002", "in_force"]],
  );
  assert.deepEqual([...before.keys()], ["C0001"]);
  assert.equal(picture.complete, true);
});

test("what units leave open is replaced whenever the server says what is left", () => {
  const ask = { id: "K1", callsign: "AB1", text: "AB1: call back" };
  const told = (seq, asks) => ({
    type: "asks",
    seq,
    at: "2026-03-01T12:00:11Z",
    asks,
  });
  const picture = pictured({ ...hello(1), asks: [] }, told(2, [ask]));
  assert.deepEqual(picture.asks, [ask]);
  take(picture, told(3, []), 0);
  assert.deepEqual([picture.asks, picture.complete], [[], true]);
});

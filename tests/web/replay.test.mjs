// Another time on the screen: what is asked about it, the timeline's pages and marks, a time as it is typed, the strip.

import assert from "node:assert/strict";
import { test } from "node:test";

import { REPLAY_KEYS } from "../../maps/web/acts/replaykeys.js";
import { whyReadOnly } from "../../maps/web/acts/kit.js";
import { readLink, readTime, writeLink } from "../../maps/web/picture/link.js";
import { noReplay, takeStand } from "../../maps/web/picture/replay.js";
import { emptyPicture, serverNow } from "../../maps/web/picture/store.js";
import { pathThen } from "../../maps/web/picture/then.js";
import {
  findInstant,
  markAt,
  markFrom,
  windowOf,
} from "../../maps/web/words/replay.js";

const AT = "2026-03-02T14:05:00.000Z";
const HOUR = 3_600_000;

test("what is asked about now is asked about then", () => {
  const asked = (path, init = {}) => {
    const [route, query] = pathThen(path, init, AT).split("?");
    return [route, Object.fromEntries(new URLSearchParams(query))];
  };
  assert.deepEqual(asked("/v1/incidents/INC0001/ranking?k=10"), [
    "/v1/replay/ranking",
    { k: "10", incident: "INC0001", at: AT },
  ]);
  assert.deepEqual(asked("/v1/route?from=1,2&to=3,4&profile=foot"), [
    "/v1/replay/route",
    { from: "1,2", to: "3,4", profile: "foot", at: AT },
  ]);
  const body = JSON.stringify({ lat: 53.2, lon: 1e-7, k: 10 });
  assert.deepEqual(asked("/v1/nearest", { method: "POST", body }), [
    "/v1/replay/nearest",
    { lat: "53.200000", lon: "0.000000", k: "10", at: AT },
  ]);
});

test("what is the same at any time is asked as it is, and nothing else of now is asked at all", () => {
  for (const path of ["/tiles.json", "/v1/status", "/v1/replay?from=x"])
    assert.equal(pathThen(path, {}, AT), path);
  for (const path of [
    "/v1/packs",
    "/v1/units",
    "/v1/queue",
    "/v1/replayed",
    "/v1/incidents/INC0001",
    "/v1/incidents/INC0001/why-not/AB12",
  ])
    assert.equal(pathThen(path, {}, AT), null, path);
  for (const path of [
    "/v1/incidents",
    "/v1/incidents/INC0001/assignments",
    "/v1/status",
    "/v1/closures",
  ])
    assert.equal(pathThen(path, { method: "POST", body: "{}" }, AT), null);
});

test("the timeline's part of the record stays while it is played and never leaves the record", () => {
  assert.deepEqual(windowOf(10, HOUR, 0, HOUR / 2), [0, HOUR / 2]);
  assert.deepEqual(windowOf(0, HOUR, 0, 0), [0, 1000]);
  const day = [0.4 * HOUR, 24.5 * HOUR];
  for (const at of [3.01, 3.5, 3.99])
    assert.deepEqual(windowOf(at * HOUR, HOUR, ...day), [3 * HOUR, 4 * HOUR]);
  for (const at of [0.4, 0.9, 12, 24, 24.5]) {
    const [from, to] = windowOf(at * HOUR, HOUR, ...day);
    assert.ok(from <= at * HOUR && at * HOUR <= to, `${at}`);
    assert.ok(from >= day[0]);
    assert.equal(to - from, HOUR);
  }
});

test("marks before and behind are found, also from a mark and while it is played", () => {
  const marks = [10, 20, 30].map((s) => ({
    at: new Date(s * 1000).toISOString(),
  }));
  assert.equal(markFrom(marks, 20_000, 1), marks[2]);
  assert.equal(markFrom(marks, 20_000, -1), marks[0]);
  assert.equal(markFrom(marks, 21_000, -1), marks[0]);
  assert.equal(markFrom(marks, 25_000, -1), marks[1]);
  assert.equal(markFrom(marks, 30_000, 1), undefined);
  assert.equal(markFrom(marks, 5_000, -1), undefined);
  assert.equal(markAt(marks, 20_000), marks[1]);
  assert.equal(markAt([], 0), undefined);
});

test("a time that is typed is local, of the day that is shown, and nonsense is none", () => {
  const near = new Date(2026, 2, 2, 9, 0, 0).getTime();
  const at = (...parts) => new Date(2026, ...parts).getTime();
  assert.equal(findInstant("14:05", near), at(2, 2, 14, 5, 0));
  assert.equal(findInstant(" 14:05:30 ", near), at(2, 2, 14, 5, 30));
  assert.equal(findInstant("2026-03-01 23:59", near), at(2, 1, 23, 59, 0));
  for (const text of ["", "noon", "25:00", "14:60", "14", "2026-02-31 10:00"])
    assert.equal(findInstant(text, near), null, text);
});

test("an address keeps the time and the pace, and one with nonsense begins as any", () => {
  const link = writeLink({ kind: "incident", id: "INC0001" }, null, null, {
    at_ms: Date.parse(AT),
    rate: 10,
  });
  assert.equal(link, `#at=${AT}&rate=10&inc=INC0001`);
  assert.deepEqual(readTime(link), { at_ms: Date.parse(AT), rate: 10 });
  assert.equal(readLink(link).target.id, "INC0001");
  assert.deepEqual(readTime("#at=noon&rate=600"), { at_ms: null, rate: 1 });
});

test("how the replay stands is taken from the server, and a refusal stays until the next act", () => {
  const replay = noReplay({ at_ms: null, rate: 1 });
  const told = { at: AT, first: AT, last: AT, rate: 5, paused: true };
  takeStand(replay, { ...told, ended: true, erased: true, refused: "no" });
  takeStand(replay, { ...told, ended: true, erased: true, refused: "" });
  assert.deepEqual(
    [replay.at_ms, replay.rate, replay.paused, replay.erased, replay.refused],
    [Date.parse(AT), 5, true, true, "no"],
  );
});

test("between two steps the clock goes as fast as the replay, and stands when it does", () => {
  const picture = { ...emptyPicture(), at_ms: 1_000, received_ms: 50 };
  assert.equal(serverNow(picture, 150), 1_100);
  assert.equal(serverNow({ ...picture, pace: 60 }, 150), 7_000);
  assert.equal(serverNow({ ...picture, pace: 0 }, 150), 1_000);
});

test("nothing can be done in a replay, and each of its keys is one thing", () => {
  assert.match(whyReadOnly({ page: "replay" }), /replay/);
  const keys = REPLAY_KEYS.map(({ key, shift = false }) => `${key} ${shift}`);
  assert.equal(new Set(keys).size, keys.length);
});

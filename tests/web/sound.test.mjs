// What is heard at a desk: emergencies until acknowledged, other urgent things once; and whether the desk's clock is right.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openDeskClock, openSleep } from "../../maps/web/picture/deskclock.js";
import { emptyPicture } from "../../maps/web/picture/store.js";
import {
  ALARM_EVERY_MS,
  openWatch,
  unacknowledged,
} from "../../maps/web/sound/watch.js";
import { unit } from "./feed.mjs";

const pictureOf = (emergencies, strays = []) => ({
  ...emptyPicture(),
  units: new Map(
    emergencies.map((callsign) => [
      callsign,
      unit(callsign, { emergency: true }),
    ]),
  ),
  status: { strays },
});
const quiet = () => ({
  voice: "sounds",
  acknowledged: [],
  muted_until_ms: 0,
  tested_ms: null,
});
const stray = { source: "itsi/9", at: "2026-03-01T12:00:00Z" };

test("an emergency is heard at once and again until it is acknowledged, which ends the sound and not the emergency", () => {
  const [watch, sound, picture] = [openWatch(), quiet(), pictureOf(["AB1"])];
  assert.equal(watch(picture, sound, 0, 0), "alarm");
  assert.equal(watch(picture, sound, 0, ALARM_EVERY_MS - 1), null);
  assert.equal(watch(picture, sound, 0, ALARM_EVERY_MS), "alarm");
  sound.acknowledged = ["unit AB1"];
  assert.equal(watch(picture, sound, 0, 60_000), null);
  assert.deepEqual(unacknowledged(pictureOf(["AB1", "AB2"]), sound), [
    "unit AB2",
  ]);
});

test("a button pressed again after it was ended is heard again", () => {
  const [watch, sound] = [
    openWatch(),
    { ...quiet(), acknowledged: ["unit AB1"] },
  ];
  assert.equal(watch(pictureOf(["AB1"]), sound, 0, 0), null);
  assert.equal(watch(pictureOf([]), sound, 0, 1000), null);
  assert.deepEqual(sound.acknowledged, []);
  assert.equal(watch(pictureOf(["AB1"]), sound, 0, 2000), "alarm");
});

test("a mute is obeyed until a new emergency, which ends it", () => {
  const [watch, sound] = [openWatch(), quiet()];
  assert.equal(watch(pictureOf(["AB1"]), sound, 0, 0), "alarm");
  sound.muted_until_ms = Date.now() + 60_000;
  assert.equal(watch(pictureOf(["AB1"]), sound, 0, 10_000), null);
  assert.equal(watch(pictureOf(["AB1", "AB2"]), sound, 0, 11_000), "alarm");
  assert.equal(sound.muted_until_ms, 0);
});

test("the button of a device that nobody carries is an alarm as well, each press its own", () => {
  const [watch, sound] = [openWatch(), quiet()];
  assert.equal(watch(pictureOf([], [stray]), sound, 0, 0), "alarm");
  sound.acknowledged = unacknowledged(pictureOf([], [stray]), sound);
  assert.equal(watch(pictureOf([], [stray]), sound, 0, 9000), null);
  assert.equal(
    watch(
      pictureOf([], [{ ...stray, at: "2026-03-01T12:09:00Z" }]),
      sound,
      0,
      18_000,
    ),
    "alarm",
  );
});

test("what else becomes urgent is chimed for once, and what was urgent before the page opened is not", () => {
  const ask = (id) => ({
    id,
    urgent: true,
    callsign: "AB1",
    kind: "message",
    text: "urgent",
    at: "2026-03-01T12:00:00Z",
  });
  const [watch, sound] = [openWatch(), quiet()];
  const asking = (...ids) => ({ ...pictureOf([]), asks: ids.map(ask) });
  assert.equal(watch(asking("A1"), sound, 0, 0), null);
  assert.equal(watch(asking("A1", "A2"), sound, 0, 1000), "chime");
  assert.equal(watch(asking("A1", "A2"), sound, 0, 2000), null);
});

test("a desk's clock is called wrong when message after message says so, and not for a heap of old ones", () => {
  const clock = openDeskClock();
  const minutes_4 = 240_000;
  assert.deepEqual(
    [1, 2, 3].map((at) => clock.off(at * 1000, at * 1000 + minutes_4)),
    [0, 0, minutes_4],
  );
  assert.equal(clock.off(5000, 5400), 0);
});

test("a machine that slept is noticed by the clock that went on", () => {
  const slept = openSleep(1_000_000, 500);
  assert.equal(slept(1_000_000, 500), 0);
  assert.equal(slept(1_000_500, 1000), 0);
  assert.equal(slept(1_061_000, 1500), 60_000);
  assert.equal(slept(1_001_000, 2000), 0, "set back");
});

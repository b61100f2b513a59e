// Who and what is aboard, in words: crew, driver, shift and break, devices, where it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  afootText,
  deviceText,
  driverText,
  memberText,
  placesOf,
  shiftText,
} from "../../maps/web/words/crew.js";

const at = (hour, minute = 0) => new Date(2026, 2, 2, hour, minute);
const shift = {
  begins_at: at(7).toISOString(),
  ends_at: at(17).toISOString(),
};

test("a crew is told by number, driving grade and skills; what nobody said is not made up", () => {
  assert.equal(
    memberText({ id: "1234", driver: "response", capabilities: ["taser"] }),
    "1234, response driver, taser",
  );
  assert.equal(memberText({ id: "2345" }), "2345");
  assert.equal(driverText(null), "driver's grade not said");
  assert.equal(driverText("none"), "nobody aboard may drive");
});

test("a shift says what of its break is left, and for how long it has been over", () => {
  const rest = {
    left_s: 3600,
    resting: false,
    from_at: at(10).toISOString(),
    until_at: at(13).toISOString(),
  };
  assert.equal(
    shiftText({ shift, rest }, at(12).getTime()),
    "shift 07:00 to 17:00, break of 1:00:00 left, from 10:00 to 13:00",
  );
  assert.equal(
    shiftText({ shift, rest: { ...rest, left_s: 0 } }, at(17, 10).getTime()),
    "shift 07:00 to 17:00, over for 10:00, break taken",
  );
  assert.equal(shiftText({ shift: null, rest: null }, 0), "");
});

test("a device says where it is carried, when it was heard, and whether it bears the position", () => {
  const device = {
    source: "issi:1",
    where: "carried",
    member: "1234",
    bears: true,
    heard_at: at(12).toISOString(),
    protocol: "tetra-lip",
  };
  assert.equal(
    deviceText(device, at(12, 1).getTime()),
    "carried by 1234, tetra-lip, heard 1:00 ago, says where the unit is",
  );
  assert.equal(
    deviceText(
      {
        ...device,
        where: "vehicle",
        bears: false,
        heard_at: null,
        protocol: null,
      },
      0,
    ),
    "in the vehicle, never heard",
  );
  assert.match(afootText(222), /on foot, 220 m from it/);
  assert.equal(afootText(null), "");
});

test("the newest places of a track come first, and what was not believed is said", () => {
  const track = {
    geometry: {
      coordinates: [
        [-1.5, 52],
        [-1.6, 52.1],
      ],
    },
    properties: {
      times: [at(12).toISOString(), at(12, 1).toISOString()],
      accuracies_m: [null, 12.4],
      sources: ["issi:1", "issi:1"],
      believed: [true, false],
    },
  };
  assert.deepEqual(
    placesOf(track).map(({ text }) => text),
    ["52.10000, -1.60000, ±12 m, not believed", "52.00000, -1.50000"],
  );
  assert.deepEqual(placesOf({ ...track, geometry: null }), []);
  const [[lon, lat]] = track.geometry.coordinates;
  const once = {
    ...track,
    geometry: { type: "Point", coordinates: [lon, lat] },
  };
  assert.deepEqual(
    placesOf(once).map(({ text }) => text.split(", ").slice(0, 2)),
    [[lat.toFixed(5), lon.toFixed(5)]],
  );
});

// The lines of a shift change: read as spreadsheets write them, written so that they are read as they were, put beside
// what the server said of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cellsOf,
  lineOf,
  linesOf,
  saidOf,
  textOf,
  wallTime,
} from "../../maps/web/picture/roster.js";

test("comma, semicolon and tab, quotes, CRLF and a byte order mark are read", () => {
  const expected = [
    { callsign: "AB1", station: "North, old" },
    { callsign: "AB2", station: "" },
  ];
  for (const separator of [",", ";", "\t"]) {
    const text = `\uFEFFCallsign${separator}Station\r\nAB1${separator}"North, old"\r\n\r\nAB2${separator}\r\n`;
    assert.deepEqual(linesOf(text), expected);
  }
  assert.deepEqual(cellsOf('a,"b ""c"""\n'), [["a", 'b "c"']]);
});

test("what names no callsign is no roster", () => {
  for (const text of ["", "hello", "station\nNorth", "\n\n"])
    assert.deepEqual(linesOf(text), []);
});

test("lines that are written are read again as they were, a state given where none stood", () => {
  const lines = [
    { callsign: "AB1", members: '1234/response; "x"', code: "" },
    { callsign: "AB2", station: "a,b", code: "5" },
  ];
  const again = linesOf(textOf(lines, 2));
  assert.deepEqual(
    again.map(({ callsign, code, station, members }) => [
      callsign,
      code,
      station,
      members,
    ]),
    [
      ["AB1", "2", "", '1234/response; "x"'],
      ["AB2", "5", "a,b", ""],
    ],
  );
});

test("a unit comes back as it was booked last, its shift on the next day that has not ended", () => {
  const begins = new Date(2026, 2, 2, 7, 0);
  const unit = {
    callsign: "AB1",
    capabilities: ["medic", "taser"],
    members: [
      { id: "1234", driver: "response", capabilities: ["taser"] },
      { id: "2345" },
    ],
    vehicle: { id: "V7", devices: ["imei:1"], seats: 4 },
    shift: {
      begins_at: begins.toISOString(),
      ends_at: new Date(2026, 2, 2, 17, 0).toISOString(),
    },
    booked: { capabilities: ["medic"], profile: "car-response", crew: 1 },
  };
  const line = lineOf(
    { unit, sources: ["imei:1", "itsi:9"] },
    new Date(2026, 2, 4, 12, 0).getTime(),
  );
  assert.equal(line.members, "1234/response/taser; 2345");
  assert.equal(line.devices, "itsi:9");
  assert.equal(line.vehicle_devices, "imei:1");
  assert.equal(line.capabilities, "medic");
  assert.equal(line.shift_begins, "2026-03-04 07:00");
  assert.equal(line.shift_ends, "2026-03-04 17:00");
  assert.equal(
    wallTime(new Date(2026, 11, 31, 23, 5).getTime(), 1),
    "2027-01-01 23:05",
  );
});

test("what the server said stands beside its line: by line what cannot be, by callsign what is odd", () => {
  const said = saidOf(
    {
      refused: [
        { line: 3, callsign: "AB2", field: "members", reason: "no such grade" },
      ],
      conflicts: [
        { callsign: "AB1", code: "device_taken", text: "itsi:1 was AB9's" },
      ],
    },
    [{ callsign: "AB1" }, { callsign: "AB2" }],
  );
  assert.deepEqual(said, [
    { refused: [], odd: ["itsi:1 was AB9's"] },
    { refused: [{ field: "members", text: "no such grade" }], odd: [] },
  ]);
});

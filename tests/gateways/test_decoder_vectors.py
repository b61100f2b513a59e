"""Every decoder against its vector file: a payload, and what it means."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateways.decode import SPOKEN, Mode, decode_lines
from gateways.dialects import DIALECTS, HOLDING_BACK

FOLDER = Path(__file__).parent / "vectors"
INPUTS = ("text", "hex", "chunks", "chunks_hex", "bits", "receive_time", "key")
TOLERANCES = {"lat": 1e-6, "lon": 1e-6, "speed_mps": 1e-3, "accuracy_m": 1e-3, "altitude_m": 1e-3}


def rows_of(dialect: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{dialect}.jsonl").read_text(encoding="utf-8").splitlines()]


VECTORS = [pytest.param(dialect, row, id=f"{dialect}: {row['says']}") for dialect in SPOKEN for row in rows_of(dialect)]


@pytest.mark.parametrize(("dialect", "row"), VECTORS)
def test_a_payload_means_what_its_vector_says(dialect: str, row: dict[str, Any]) -> None:
    line = json.dumps({name: row[name] for name in INPUTS if name in row})
    (said,) = decode_lines(dialect, [line], Mode.VECTORS)
    assert_says(json.loads(json.dumps(said, allow_nan=False)), row["expected"])


@pytest.mark.parametrize("dialect", SPOKEN)
def test_every_dialect_has_good_and_bad_rows_that_differ(dialect: str) -> None:
    rows = rows_of(dialect)
    assert {"reject" in row["expected"] for row in rows} == {True, False}
    assert len({row["says"] for row in rows}) == len(rows)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_only_those_that_are_told_when_it_is_quiet_hold_anything_back(dialect: str) -> None:
    held = 0
    for row in rows_of(dialect):
        decoder = DIALECTS[dialect](None)
        said = [row["text"].encode()] if "text" in row else [bytes.fromhex(row.get("hex", "").replace(" ", ""))]
        said = [piece.encode() for piece in row["chunks"]] if "chunks" in row else said
        for piece in said:
            decoder.feed(piece + b"\r\n", received_at=datetime.fromisoformat("2026-06-06T14:26:00+00:00"))
        held += len(decoder.flush())
    assert (held > 0) == (dialect in HOLDING_BACK)


def assert_says(said: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, wanted in expected.items():
        got = said.get(name)
        if name in {"messages", "records"}:
            assert len(got or []) == len(wanted)
            for one, other in zip(got or [], wanted, strict=True):
                assert_says(one, other)
        elif name == "rejects":
            assert [reject["reject"] for reject in got or []] == wanted
        elif name == "time" and wanted is not None:
            assert datetime.fromisoformat(str(got)) == datetime.fromisoformat(wanted)
        elif name in TOLERANCES and wanted is not None:
            assert got == pytest.approx(wanted, abs=TOLERANCES[name]), name
        else:
            assert got == wanted, name

"""`arls gateway decode` as a stranger tries it: digits and text in any shape, junk, and names not quite right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.api.test_cli import arls

if TYPE_CHECKING:
    from pathlib import Path

LIP = "0A0FEA5A4A551A39646810"
RMC = "$GPRMC,120000.00,A,5312.0000,N,00002.0000,W,20.0,90.0,020326,,,A"
PEI = "+CTSDSR: 12,234009900004711,1,234009900001000,1,84\r\n0A0FEA5A4A551A3964681\r\n"


def kinds(text: str) -> list[str]:
    rows = map(json.loads, text.splitlines())
    return [row.get("kind") or row["reject"] for row in rows]


@pytest.mark.parametrize(
    "digits", [LIP, LIP.lower(), f"0x{LIP}", " ".join(LIP[i : i + 2] for i in range(0, 22, 2)), f"  {LIP}\t"]
)
def test_digits_are_digits_however_they_are_grouped(digits: str) -> None:
    answer = arls("gateway", "decode", "tetra-lip", stdin=f"{digits}\n")
    assert json.loads(answer.out)["lat"] == pytest.approx(52.4797, abs=1e-4)


@pytest.mark.parametrize(
    ("dialect", "lines", "said"),
    [
        ("nmea0183", RMC, ["fix"]),
        ("nmea0183", RMC.encode().hex(), ["fix"]),
        ("tetra-pei", PEI, ["header", "fix"]),
        ("owntracks", '{"_type": "location", "lat": 52.4797, "lon": -1.9026, "tst": 1780000000}', ["fix"]),
        ("teltonika", "nonsense", ["not_hexadecimal"]),
        ("taip", "\n \n\r\n", []),
    ],
)
def test_the_first_line_tells_digits_from_text(dialect: str, lines: str, said: list[str]) -> None:
    answer = arls("gateway", "decode", dialect, stdin=f"{lines}\n")
    assert (answer.code, kinds(answer.out)) == (0, said)


def test_what_is_said_on_the_command_line_goes_before_what_it_looks_like() -> None:
    assert kinds(arls("gateway", "decode", "nmea0183", "--hex", stdin=RMC).out) == ["not_hexadecimal"]
    assert kinds(arls("gateway", "decode", "nmea0183", "--text", stdin=RMC.encode().hex()).out) == ["no_start"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nmea",), "There is no dialect 'nmea' (did you mean nmea0183?)"),
        (("LIP",), "did you mean tetra-lip?"),
        (("traccer",), "did you mean traccar?"),
        (("",), "There is no dialect ''; there are aml-https,"),
        (("taip", "--text", "--vectors"), "a line is one of --text, --hex and --vectors"),
    ],
)
def test_a_command_that_is_not_quite_right_is_put_right(words: tuple[str, ...], sentence: str) -> None:
    answer = arls("gateway", "decode", *words)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err


@pytest.mark.parametrize("dialect", ["taip", "tetra-lip", "teltonika", "cot-xml", "owntracks", "aml-https"])
@pytest.mark.parametrize("mode", [(), ("--text",), ("--hex",), ("--vectors",)])
def test_junk_is_a_reject_a_line_and_never_a_traceback(dialect: str, mode: tuple[str, ...], tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(bytes(range(256)) * 3 + b"\n" + b"A" * 1_000_000 + b"\n\n\xff\xfe\n[[[[\n")
    answer = arls("gateway", "decode", dialect, junk, *mode)
    assert answer.code == 0
    assert answer.err == ""
    assert len(answer.out) < 20_000
    assert all(isinstance(json.loads(line), dict) for line in answer.out.splitlines())


@pytest.mark.parametrize("line", ['{"text": "x", "hex": "00"}', "{}", "[]", "nope", '{"text": 1}'])
def test_a_vector_has_exactly_one_input(line: str) -> None:
    assert kinds(arls("gateway", "decode", "taip", "--vectors", stdin=line).out) == ["not_a_vector"]

"""GpsGate: trackers that log in with `$FRLIN` and report with `$FRCMD`, framed and summed as NMEA 0183.

It decides which NMEA sentences say the same as GpsGate's own, and leaves everything else to NMEA. The password of a
login is not looked at: who may report is decided where devices are known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateways.decoders.lines import Lines
from gateways.decoders.message import DecodeError, Ignored, KeepAlive, Outcome, Report
from gateways.decoders.nmea0183 import Nmea0183
from gateways.decoders.nmea_sentence import LONGEST, split

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_IDENTITY = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_IMEI = re.compile(r"\d{15}", re.ASCII)

# The status of RMC and the quality of GGA that say what the last field of a report says.
_VALIDITY = {"0": ("V", "0"), "1": ("A", "1")}

# Of what may follow a report, the one thing that nobody may miss.
_PRESSED = "SosButton=1"


class GpsGate:
    """The decoder of one tracker's stream; who it is stands in its login, and in each command."""

    def __init__(self, source: str | None = None, *, checksum_required: bool = False) -> None:
        self._checksum_required = checksum_required
        self._lines = Lines(LONGEST)
        self._nmea = Nmea0183(source, checksum_required=checksum_required)

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """Logins, keep-alives and reports at once; fixes from plain NMEA sentences when their epoch is over."""
        outcomes: list[Outcome] = []
        for line in self._lines.feed(data):
            try:
                outcomes += [line] if isinstance(line, DecodeError) else self._line(line, received_at)
            except DecodeError as error:
                outcomes.append(error)
        return outcomes

    def flush(self) -> list[Outcome]:
        """What NMEA held back."""
        return self._nmea.flush()

    def _line(self, line: str, received_at: datetime | None) -> list[Outcome]:
        _, words, vouched = split(line, checksum_required=self._checksum_required)
        match words:
            case ["FRLIN", _, user, *_]:
                return [self._nmea.login(_checked(user), received_at)]
            case ["FRCMD", sender, "_Ping", *_]:
                return [KeepAlive(device_id=_device(sender), received_at=received_at)]
            case ["FRCMD", sender, "_SendMessage", _, *report] if len(report) >= 10:
                device = _device(sender)
                sentences = (self._nmea.sentence(s, device, received_at, vouched=vouched) for s in _report(report))
                said = [outcome for outcomes in sentences for outcome in outcomes]
                return [_pressed(outcome, device) for outcome in said] if _PRESSED in report[10:] else said
            case ["FRLIN" | "FRCMD", *_]:
                raise DecodeError("bad_command", line)
            case [formatter, *_] if formatter.startswith("FR"):
                return [Ignored(received_at=received_at, why="other_sentence")]
            case _:
                return self._nmea.feed(f"{line}\n".encode(), received_at=received_at)


def _report(report: Sequence[str]) -> tuple[list[str], list[str]]:
    """The fields of the RMC and of the GGA of one report; together they are a whole epoch."""
    lat, lat_side, lon, lon_side, altitude, knots, course, date, clock, valid = report[:10]
    if valid not in _VALIDITY:
        raise DecodeError("bad_validity", valid)
    status, quality = _VALIDITY[valid]
    place = [lat, lat_side, lon, lon_side]
    rmc = ["GPRMC", clock, status, *place, knots, course, date]
    gga = ["GPGGA", clock, *place, quality, "", "", altitude]
    return rmc, gga


def _pressed(outcome: Outcome, device: str) -> Outcome:
    """The report as a call for help; of another epoch that it ended, as it was."""
    if isinstance(outcome, Report) and outcome.device_id == device:
        return replace(outcome, reason="emergency")
    return outcome


def _checked(identity: str) -> str:
    if _IDENTITY.fullmatch(identity) is None:
        raise DecodeError("bad_identity", identity)
    return identity


def _device(identity: str) -> str:
    return f"imei:{_checked(identity)}" if _IMEI.fullmatch(identity) else f"nmea:{_checked(identity)}"

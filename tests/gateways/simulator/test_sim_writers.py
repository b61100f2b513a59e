"""What a made-up device writes, the real decoder reads as it was meant, within what the dialect can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arls.geo import Position
from gateways.decoders.message import Located, Message, NoFix, Status
from gateways.decoders.nmea0183 import Nmea0183
from gateways.decoders.owntracks import OwnTracks
from gateways.decoders.tetra_pei import TetraPei
from gateways.intake import STATUS_CODES
from gateways.simulator.writers import Sight, nmea_report, owntracks_report, pei_report, pei_status

AT = datetime(2026, 3, 2, 23, 59, 59, 990_000, tzinfo=UTC)
RECEIVED_AT = AT + timedelta(milliseconds=200)
ITSI, IMEI = "999000100000042", "001001000000042"
JUST_WEST = Position(lat=51.4779, lon=-0.0002)

positions = st.builds(
    Position, lat=st.floats(-89.9, 89.9, allow_nan=False), lon=st.floats(-179.9, 179.9, allow_nan=False)
).filter(lambda at: abs(at.lat) > 1e-4 or abs(at.lon) > 1e-4)
speeds_mps = st.floats(0, 70)
courses_deg = st.floats(0, 360, exclude_max=True)


def sight(
    position: Position | None,
    *,
    speed_mps: float = 12.0,
    course_deg: float = 90.0,
    emergency: bool = False,
    moved: bool = False,
) -> Sight:
    return Sight(
        at=AT,
        position=position,
        speed_mps=speed_mps,
        course_deg=course_deg,
        accuracy_m=8.0,
        emergency=emergency,
        moved=moved,
    )


def located(message: Message) -> Located:
    assert isinstance(message, Located)
    return message


def through_pei(data: bytes) -> Message:
    outcomes = TetraPei().feed(data, received_at=RECEIVED_AT)
    assert all(isinstance(outcome, Message) for outcome in outcomes)
    return outcomes[-1]  # type: ignore[return-value]


def through_nmea(data: bytes) -> Message:
    (message,) = Nmea0183(checksum_required=True).feed(data, received_at=RECEIVED_AT)
    assert isinstance(message, Message)
    return message


def degrees_apart(a: float, b: float) -> float:
    return abs((a - b + 180) % 360 - 180)


@given(position=positions, speed_mps=speeds_mps, course_deg=courses_deg)
@example(position=JUST_WEST, speed_mps=0.0, course_deg=0.0)
def test_a_lip_report_holds_the_place_to_a_hundred_thousandth_of_a_degree(
    position: Position, speed_mps: float, course_deg: float
) -> None:
    message = through_pei(pei_report(ITSI, sight(position, speed_mps=speed_mps, course_deg=course_deg)))
    fix = located(message)
    assert (fix.device_id, fix.reason) == (f"itsi:{ITSI}", "max_interval")
    assert (fix.lat, fix.lon) == pytest.approx((position.lat, position.lon), abs=1.1e-5 / 2)
    assert fix.accuracy_m == 20.0
    # Half a step: 1 km/h, or 3.8 % from 29 km/h.
    assert fix.speed_mps == pytest.approx(speed_mps, abs=max(0.5 / 3.6, 0.02 * speed_mps) + 1e-9)
    if fix.course_deg is None:
        assert degrees_apart(course_deg, 337.5) <= 11.25  # 15 is NNW or unknown
    else:
        assert degrees_apart(fix.course_deg, course_deg) <= 11.25


def test_a_lip_report_in_an_emergency_gives_it_as_its_reason() -> None:
    assert located(through_pei(pei_report(ITSI, sight(JUST_WEST, emergency=True)))).reason == "emergency"


def test_a_lip_report_because_of_the_way_gives_that_as_its_reason() -> None:
    assert located(through_pei(pei_report(ITSI, sight(JUST_WEST, moved=True)))).reason == "max_distance"


def test_a_radio_without_gps_sends_what_one_was_heard_to_send() -> None:
    report = pei_report(ITSI, sight(None))
    # protocols.md 1.4, live, but for the reason: 0A 30000000000007FFE0F0.
    assert report.split(b"\r\n")[1].startswith(b"0A30000000000007FF")
    assert isinstance(through_pei(report), NoFix)


@pytest.mark.parametrize("code", [0, 2, 5, 6])
def test_a_status_means_the_state_code_that_was_set(code: int) -> None:
    message = through_pei(pei_status(ITSI, code))
    assert isinstance(message, Status)
    assert message.code is not None
    assert STATUS_CODES[message.code] == code


@given(position=positions, speed_mps=speeds_mps, course_deg=courses_deg)
@example(position=JUST_WEST, speed_mps=1.0, course_deg=359.99)
@example(position=Position(lat=-59.999_999_99, lon=-0.999_999_99), speed_mps=1.0, course_deg=0.0)
def test_nmea_holds_the_place_to_a_millionth_of_a_degree(
    position: Position, speed_mps: float, course_deg: float
) -> None:
    fix = located(through_nmea(nmea_report(IMEI, sight(position, speed_mps=speed_mps, course_deg=course_deg))))
    assert (fix.device_id, fix.time) == (f"imei:{IMEI}", AT)
    assert (fix.lat, fix.lon) == pytest.approx((position.lat, position.lon), abs=1e-6)
    assert fix.speed_mps == pytest.approx(speed_mps, abs=0.003)
    assert fix.accuracy_m == pytest.approx(8.0)
    assert fix.course_deg is not None
    assert degrees_apart(fix.course_deg, course_deg) <= 0.051


def test_a_modem_without_gps_says_so() -> None:
    message = through_nmea(nmea_report(IMEI, sight(None)))
    assert isinstance(message, NoFix)
    assert (message.device_id, message.time) == (f"imei:{IMEI}", AT)


def test_a_modem_with_a_name_of_letters_is_known_by_it() -> None:
    assert through_nmea(nmea_report("van-net:ac12", sight(JUST_WEST))).device_id == "nmea:van-net:ac12"


@given(position=positions, speed_mps=speeds_mps, course_deg=courses_deg)
def test_a_phone_is_read_as_it_was_written(position: Position, speed_mps: float, course_deg: float) -> None:
    said = owntracks_report(position, sight(position, speed_mps=speed_mps, course_deg=course_deg))
    (message,) = OwnTracks("owntracks:ann/phone").feed(said, received_at=RECEIVED_AT)
    assert isinstance(message, Message)
    fix = located(message)
    assert (fix.lat, fix.lon) == pytest.approx((position.lat, position.lon), abs=1e-6)
    assert fix.time == AT.replace(microsecond=0)
    assert fix.speed_mps == pytest.approx(speed_mps, abs=0.5 / 3.6 + 1e-9)
    assert fix.course_deg is not None
    assert degrees_apart(fix.course_deg, course_deg) <= 0.501

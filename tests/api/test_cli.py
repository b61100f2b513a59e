"""The command line as a user types it: answers, machine-readable answers, and one sentence where something is wrong."""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from api.cli import main
from tests.drawing import draw, turn_restriction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOWN = """
    A-B---C-Z
    |     |
    D     E
    |     |
    F--G--H
"""


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def arls(*words: str | Path, stdin: str = "", env: Mapping[str, str] | None = None) -> Answer:
    """Run the command line in this process, as `arls` would."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["arls", *map(str, words)])
        patched.setattr(sys, "stdin", io.StringIO(stdin))
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        for name, value in (env or {}).items():
            patched.setenv(name, value)
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        out.flush()
    return Answer(code=code, out=out.buffer.getvalue().decode(), err=err.getvalue())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of a drawn town, built by the command line."""
    folder = tmp_path_factory.mktemp("town")
    drawn = draw(
        TOWN, ways={name: {"highway": "residential", "name": f"{name} Road"} for name in ("ABCZ", "ADF", "CEH", "FGH")}
    )
    (folder / "town.osm").write_bytes(drawn.osm)
    built = arls("roads", "build", folder / "town.osm", "--out", folder / "net", "--json")
    assert built.code == 0, built.err
    assert json.loads(built.out)["arcs"] == drawn.network.arcs
    places = {name: drawn.node(name) for name in "ABCDEFGH"}
    (folder / "places.json").write_text(json.dumps({name: [place.lat, place.lon] for name, place in places.items()}))
    return folder


def at(town: Path, name: str) -> str:
    lat, lon = json.loads((town / "places.json").read_text())[name]
    return f"{lat},{lon}"


def test_info_says_what_the_network_holds(town: Path) -> None:
    facts = json.loads(arls("roads", "info", town / "net", "--json").out)
    assert facts["source"] == "town.osm"
    assert facts["components"]["car-response"] == {"count": 1, "main_arcs": facts["arcs"], "arcs": facts["arcs"]}
    west, south, east, north = facts["bounds"]
    assert (west < east, south < north) == (True, True)


def test_info_says_in_sections_what_was_left_out_and_why(tmp_path: Path) -> None:
    drawn = draw(
        TOWN,
        ways={
            "ABCZ": {"highway": "residential", "access": "ask Bob", "motor_vehicle:conditional": "no @ (Sa)"},
            "ADF": {"route": "ferry"},
            "FGH": {"highway": "residential"},
        },
        relations=[turn_restriction("no_flying", "ABCZ", "B", "FGH")],
    )
    (tmp_path / "town.osm").write_bytes(drawn.osm)
    assert arls("roads", "build", tmp_path / "town.osm", "--out", tmp_path / "net", "--no-tiles").code == 0
    told = arls("roads", "info", tmp_path / "net").out
    assert re.search(r"^\d+ arcs and \d+ turns, on 2 streets between 4 junctions, from 2 ways$", told, re.MULTILINE)
    assert "(islands: 1)" in told
    for section, row in {
        "left out": "1  way: ferry",
        "kept, but doubtful": "1  access=ask Bob not understood",
        "turn restrictions": "1  not obeyed: turn not understood",
        "hold only at times, and are not obeyed": "1  motor_vehicle:conditional",
    }.items():
        assert re.search(rf"^{section}:\n(  .*\n)*? +{row}$", told, re.MULTILINE), section


def test_eta_tells_seconds_metres_and_streets(town: Path) -> None:
    answer = json.loads(
        arls("roads", "eta", town / "net", "--from", at(town, "B"), "--to", at(town, "E"), "--json").out
    )
    assert answer["streets"] == ["ABCZ Road", "CEH Road"]
    assert answer["distance_m"] == pytest.approx(600, abs=5)
    assert [(step["turn"], step["street"]) for step in answer["steps"]] == [
        ("start", "ABCZ Road"),
        ("right", "CEH Road"),
    ]
    assert answer["interval_s"]["low"] < answer["eta_s"] < answer["interval_s"]["high"]


def test_rank_names_every_unit_of_the_file_once(town: Path) -> None:
    rows = "".join(f"U{name},{at(town, name)}\n" for name in "ABC")
    (town / "units.csv").write_text(f"callsign,lat,lon\n{rows}FAR,50.0,1.0\n")
    (town / "incidents.csv").write_text(f"incident,lat,lon\nI1,{at(town, 'A')}\nI2,{at(town, 'C')}\n")
    words = ("roads", "rank", town / "net", "--units", town / "units.csv", "--incidents", town / "incidents.csv")
    first, second = (json.loads(line) for line in arls(*words).out.splitlines())
    assert [candidate["callsign"] for candidate in first["candidates"]] == ["UA", "UB", "UC"]
    assert [candidate["callsign"] for candidate in second["candidates"]] == ["UC", "UB", "UA"]
    assert first["exclusions"] == [{"callsign": "FAR", "reason": "no road of its kind is near"}]
    only = json.loads(arls(*words, "--k", "1").out.splitlines()[0])
    assert (len(only["candidates"]), only["omitted"]) == (1, 2)


def test_an_extract_whose_elements_are_in_no_order_has_its_roads_drawn_all_the_same(town: Path, tmp_path: Path) -> None:
    text = (town / "town.osm").read_text()
    first_way = text.index("<way")
    nodes, ways = text[text.index("<node") : first_way], text[first_way : text.index("</osm>")]
    odd = tmp_path / "odd [b].osm"  # as rich writes a style
    odd.write_text(f'<osm version="0.6">{"</way>".join(reversed(ways.split("</way>")[:-1]))}</way>{nodes}</osm>')
    built = arls("roads", "build", odd, "--out", tmp_path / "net")
    assert built.code == 0, built.err
    assert built.err.startswith(
        "arls: the base map shows nothing but the roads: odd [b].osm is not a whole OSM extract"
    )
    assert (tmp_path / "net" / "basemap.pmtiles").is_file()
    assert json.loads(arls("roads", "info", tmp_path / "net", "--json").out)["source"] == "odd [b].osm"
    assert "odd [b].osm" in arls("roads", "info", tmp_path / "net").out
    missing = arls("roads", "build", tmp_path / "[/none].osm", "--out", tmp_path / "no")
    assert missing.code == 1
    assert "[/none].osm is not there" in missing.err


def test_who_flies_goes_straight_and_says_so_and_who_sails_is_refused(town: Path) -> None:
    eta = ("roads", "eta", town / "net", "--from", at(town, "A"), "--to", at(town, "H"), "--json", "--profile")
    answer = json.loads(arls(*eta, "air").out)
    assert (answer["basis"], answer["engine"], answer["streets"]) == ("straight_line", None, [])
    assert answer["eta_s"] == pytest.approx(300 + answer["distance_m"] / (220 / 3.6), abs=0.01)
    assert json.loads(arls(*eta, "air", "--course", "90").out)["eta_s"] == pytest.approx(
        answer["eta_s"] - 300, abs=0.01
    )
    assert json.loads(arls(*eta, "car-response").out)["basis"] == "road"
    assert "straight there" in arls(*eta[:-2], "--profile", "air").out
    boat = arls(*eta, "boat")
    assert (boat.code, boat.err.strip()) == (1, "arls: boat goes by water: no ETA is known")

    (town / "sky.csv").write_text(f"callsign,lat,lon,course_deg\nUP,{at(town, 'A')},90\nDOWN,{at(town, 'H')},\n")
    (town / "sky_i.csv").write_text(f"incident,lat,lon\nI1,{at(town, 'H')}\n")
    rank = ("roads", "rank", town / "net", "--units", town / "sky.csv", "--incidents", town / "sky_i.csv", "--profile")
    line = json.loads(arls(*rank, "air").out)
    assert [(c["callsign"], c["distance_m"]) for c in line["candidates"]] == [
        ("UP", answer["distance_m"]),
        ("DOWN", 0.0),
    ]
    assert (line["basis"], line["engine"], line["candidates"][1]["eta_s"]) == ("straight_line", None, 300.0)
    sailing = json.loads(arls(*rank, "boat").out)
    assert [exclusion["reason"] for exclusion in sailing["exclusions"]] == ["goes by water: no ETA is known"] * 2


def test_both_engines_give_the_same_answers_and_say_which_they_are(town: Path) -> None:
    (town / "u.csv").write_text("callsign,lat,lon\n" + "".join(f"U{name},{at(town, name)}\n" for name in "ABCDE"))
    (town / "i.csv").write_text(f"incident,lat,lon\nI1,{at(town, 'H')}\n")
    eta = ("roads", "eta", town / "net", "--from", at(town, "B"), "--to", at(town, "E"), "--json", "--engine")
    rank = ("roads", "rank", town / "net", "--units", town / "u.csv", "--incidents", town / "i.csv", "--engine")
    for words in (eta, rank):
        by_search, by_hierarchy = (json.loads(arls(*words, engine).out) for engine in ("search", "hierarchy"))
        assert (by_search.pop("engine"), by_hierarchy.pop("engine")) == ("search", "hierarchy")
        assert by_search == by_hierarchy
    assert arls(*rank, "magic").code == 2


def test_reach_draws_what_is_reached_in_time(town: Path) -> None:
    words = ("roads", "reach", town / "net", "--from", at(town, "A"), "--profile", "foot")
    drawn = json.loads(arls(*words, "--minutes", "3,9").out)
    assert [feature["properties"]["minutes"] for feature in drawn["features"]] == [9.0, 3.0]
    arcs = json.loads(arls(*words, "--minutes", "2", "--as", "arcs", "--to-place").out)
    assert arcs["reach"]["to"] == at(town, "A")
    assert {feature["properties"]["street"] for feature in arcs["features"]} == {"ABCZ Road", "ADF Road"}
    told = arls(*words, "--minutes", "3,9", "--out", town / "reach.geojson")
    assert json.loads((town / "reach.geojson").read_text()) == drawn
    assert "3 minutes" in told.out
    for more, code, said in (
        (("--minutes", "0"), 2, "minutes are from 1"),
        (("--profile", "air"), 2, "does not go by road"),
        (("--profile", "hovercraft"), 2, "hovercraft"),
        (("--from", "10,10"), 1, "no road for foot"),
        (("--from", "x"), 2, "LAT,LON"),
        (("--out", town / "nowhere" / "x.geojson"), 1, "cannot write"),
    ):
        refused = arls(*words, *more)
        assert (refused.code, said in refused.err) == (code, True), refused.err


def test_check_has_networkx_agree(town: Path) -> None:
    found = json.loads(arls("roads", "check", town / "net", "--sample", "30", "--json").out)
    assert (found["compared"], found["differences"]) == (30, [])


def test_decode_explains_messages_and_refuses_nonsense_in_place() -> None:
    decoded = arls("gateway", "decode", "tetra-lip", stdin="0A00B8C31A53EB496D6200\nxyz\n0A00B8C31A53EB496D6200\n")
    good, bad, again = map(json.loads, decoded.out.splitlines())
    assert good["lat"] == pytest.approx(52.375699, abs=1e-6)
    assert "reject" in bad
    assert again == good


@pytest.mark.parametrize(
    ("words", "env", "code", "said"),
    [
        (["roads", "info", "nowhere"], {}, 1, "arls roads build"),
        (["roads", "build", "nothing.osm.pbf", "--out", "net"], {}, 1, "nothing.osm.pbf"),
        (["roads", "eta", "nowhere", "--from", "x", "--to", "1,2"], {}, 1, "arls roads build"),
        (["gateway", "decode", "morse"], {}, 2, "morse"),
        (["gateway", "decode", "nmea0183", "missing.txt"], {}, 1, "missing.txt"),
        (["journal", "verify", "nowhere"], {}, 1, "nowhere"),
        (["replay", "nowhere", "--at", "yesterday"], {}, 1, "nowhere"),
        (["serve"], {}, 2, "roads.network"),
        (["serve"], {"ARLS_HTTP__PROT": "1"}, 2, "http.prot"),
        (["serve"], {"ARLS_HTPP__PORT": "1"}, 2, "ARLS_HTPP__PORT"),
        (["serve"], {"ARLS_HTTP__PORT": "many"}, 2, "http.port"),
        (["serve", "--config", "missing.toml"], {}, 2, "missing.toml"),
        (["gateway", "run"], {"ARLS_BROKER__HOST": "127.0.0.1", "ARLS_BROKER__PORT": "1"}, 1, "127.0.0.1:1"),
        (["demo", "--units", "0"], {}, 2, "units"),
        (["simulate", "--broker", "x", "--pei", "a:1", "--nmea", "a:1"], {}, 2, "HOST:PORT"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(
    words: list[str], env: dict[str, str], code: int, said: str, tmp_path: Path
) -> None:
    words = [str(tmp_path / word) if word.startswith(("nowhere", "nothing", "missing")) else word for word in words]
    answer = arls(*words, env=env)
    assert answer.code == code, answer.err
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_misspelt_nested_key_of_the_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "arls.toml").write_text('[broker]\nhsot = "10.0.0.5"\n')
    answer = arls("serve", "--config", tmp_path / "arls.toml")
    assert answer.code == 2
    assert "broker.hsot" in answer.err


def test_help_is_there_for_every_command() -> None:
    for words in ([], ["demo"], ["serve"], ["roads"], ["roads", "build"], ["gateway", "decode"], ["journal", "verify"]):
        answer = arls(*words, "--help")
        assert answer.code == 0
        assert len(answer.out) > 200

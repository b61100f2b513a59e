"""A pack says what a profile may do, in words that are known and values that make sense; all else is refused."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from arls.roads.network import Access, JunctionFlag, RoadClass
from arls.roads.packs import FOLDER, ProfileError, load_profile, load_profiles

if TYPE_CHECKING:
    from pathlib import Path

WHEELCHAIR = """
kind = "road"
uses = ["foot"]
[speeds_kmh]
footway = 4.0
[limits]
cap_kmh = 4.0
unpaved_cap_kmh = 2.0
[turns]
turn_ms = 0
across_ms = 0
u_turn_ms = 0
[waits_ms]
signals = 3_000
[may_ignore]
"""


def _pack(folder: Path, text: str, name: str = "own") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def test_a_force_may_write_a_profile_of_its_own(tmp_path: Path) -> None:
    profile = load_profile(_pack(tmp_path, WHEELCHAIR, "wheelchair"))
    assert profile.name == "wheelchair"
    assert profile.uses == Access.FOOT
    assert profile.class_kmh == {RoadClass.FOOTWAY: 4.0}
    assert profile.wait_ms == {JunctionFlag.SIGNALS: 3_000}
    assert profile.limit_factor is None


def test_what_a_pack_leaves_out_is_as_in_the_one_it_is_like(tmp_path: Path) -> None:
    _pack(tmp_path, WHEELCHAIR, "wheelchair")
    alike = load_profile(_pack(tmp_path, 'like = "wheelchair"\n[limits]\ncap_kmh = 3.0', "tired"))
    assert alike == replace(load_profile(tmp_path / "wheelchair.toml"), name="tired", cap_kmh=3.0)


def test_what_a_response_driver_may_ignore_is_a_table() -> None:
    assert load_profile(FOLDER / "car-response.toml").exempt_ms == {Access.BUS: 0, Access.PRIVATE: 30_000}
    assert load_profile(FOLDER / "car-normal.toml").exempt_ms == {Access.PRIVATE: 60_000}
    assert load_profile(FOLDER / "foot.toml").exempt_ms == {}


def test_a_force_may_let_its_drivers_make_banned_turns_and_says_what_one_costs(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    bold = load_profile(_pack(tmp_path, 'like = "car-response"\n[may_ignore]\nbanned_turn_ms = 5_000', "bold"))
    assert bold.exempt_ms == {Access.BUS: 0, Access.PRIVATE: 30_000, Access.BANNED_TURN: 5_000}
    assert all(Access.BANNED_TURN not in profile.exempt_ms for profile in load_profiles().values())


def test_who_flies_has_a_speed_and_a_launch_and_who_sails_has_neither() -> None:
    profiles = load_profiles()
    straight = profiles["air"].straight
    assert straight is not None
    assert straight.cruise_kmh > 100
    assert straight.launch_s > 0
    assert profiles["boat"].straight is None
    assert profiles["air"].may_use == profiles["boat"].may_use == Access(0)


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("[may_ignore]", "[may_ignore]\nred_lights = true", "`red_lights` - at `$.may_ignore`"),
        ("[limits]", "[limits]\nfaktor = 0.8", "`faktor` - at `$.limits`"),
        ("[speeds_kmh]", "[speeds_kmh]\nmotorwy = 90", "`motorwy` - at `$.speeds_kmh`"),
        ("[waits_ms]", "[waits_ms]\nSIGNALS = 90", "`SIGNALS` - at `$.waits_ms`"),
        ('uses = ["foot"]', 'uses = ["tram"]', "'tram' - at `$.uses[0]`"),
        ('kind = "road"', 'kind = "rail"', "'rail' - at `$.kind`"),
        ('kind = "road"', "", "`kind`"),
        ("footway = 4.0", "footway = 0", "> 0.0 - at `$.speeds_kmh[...]`"),
        ("footway = 4.0", "footway = nan", "`$.speeds_kmh[...]`"),
        ("signals = 3_000", "signals = -1", ">= 0 - at `$.waits_ms[...]`"),
        ("signals = 3_000", "signals = 0.5", "`int`, got `float` - at `$.waits_ms[...]`"),
        ("[turns]\nturn_ms = 0", "[turns]", "`turn_ms` - at `$.turns`"),
        ('uses = ["foot"]', 'uses = ["foot"', "line 4"),
        ('kind = "road"', 'like = "own"', "`like` must name another profile"),
        ('kind = "road"', "like = 3", "`like` must name another profile"),
        ('kind = "road"', 'like = "nobody"', "nobody.toml"),
    ],
)
def test_what_is_not_known_is_refused_by_file_and_key(tmp_path: Path, before: str, after: str, key: str) -> None:
    assert before in WHEELCHAIR
    path = _pack(tmp_path, WHEELCHAIR.replace(before, after, 1))
    with pytest.raises(ProfileError, match=f"^own.toml cannot be used as a profile: .*{re.escape(key)}"):
        load_profile(path)


def test_a_circle_of_profiles_that_are_like_each_other_is_refused(tmp_path: Path) -> None:
    _pack(tmp_path, 'like = "b"', "a")
    with pytest.raises(ProfileError, match="`like` must name another profile"):
        load_profile(_pack(tmp_path, 'like = "a"', "b"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_value_of_our_packs_stands_beside_its_source(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    for table, values in tomllib.loads(text).items():
        if isinstance(values, dict) and values:
            lines = text[text.index(f"[{table}]") :].partition("\n\n")[0]
            assert "#" in lines, f"[{table}] of {path.name} names no source"

"""Packs from the settings: found by name or file, refused in a sentence, told to whoever draws forms."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from api.doctor import examine
from api.packs import adopt_packs, choose_packs, overdue
from api.settings import settings_of
from arls.packs.adopted import generic_policy
from arls.packs.reader import POLICIES, PackError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.room import Room

GENERIC = (POLICIES / "generic.toml").read_text(encoding="utf-8")


def settings(*packs: str, **table: Any) -> Any:
    return settings_of({"policy": {"packs": list(packs)}, **table}, where="a test")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.toml"
    text = GENERIC.replace('name = "generic"', 'name = "own"').replace("2005-01-01", "2026-03-01")
    file.write_text(text, encoding="utf-8")
    return file


def test_packs_are_found_by_name_and_by_file(own: Path) -> None:
    chosen = choose_packs(settings("suffolk", str(own), states={"pack": "us-generic"}))
    assert [pack.id for pack in chosen.every][:3] == ["suffolk/1", "own/1", "us-generic/1"]


@pytest.mark.parametrize(
    ("packs", "said"),
    [
        (["atlantis"], "policy.packs: there is no pack 'atlantis': there are cleveland, generic"),
        (["/nowhere/x.toml"], "cannot read the pack /nowhere/x.toml"),
        (["suffolk", "cleveland"], "both come into force"),
        (["generic", "generic"], "is named twice"),
    ],
)
def test_packs_that_cannot_be_used_are_refused_in_a_sentence(packs: list[str], said: str) -> None:
    with pytest.raises(PackError, match=said):
        choose_packs(settings(*packs))


def test_of_several_policies_the_one_in_force_is_used_and_told(room: Room, own: Path) -> None:
    adopt_packs(room.system.engine, choose_packs(settings("generic", str(own))), room.clock())
    assert room.client.get("/v1/packs").json()["policy"]["name"] == "own"
    assert room.incident(grade="1")["policy"] == "own/1"
    known = room.system.engine.known
    assert known.packs.policy_at(room.clock().replace(year=2025)).id == "generic/1"


def test_packs_adopted_at_a_second_start_are_journalled_once(room: Room) -> None:
    chosen = choose_packs(settings("met"))
    for _ in range(2):
        adopt_packs(room.system.engine, chosen, room.clock())
    assert [type(event).__name__ for event in room.journal.events].count("PacksAdopted") == 1
    changed = replace(chosen.policies[0], label="something else")
    with pytest.raises(PackError, match="met/1 was adopted before and said something else"):
        adopt_packs(room.system.engine, replace_policies(chosen, changed), room.clock())


def replace_policies(chosen: Any, *policies: Any) -> Any:
    return type(chosen)(policies=policies, states=chosen.states, plans=chosen.plans)


def test_what_is_in_force_is_told_with_its_grades_and_codes(room: Room) -> None:
    said = room.client.get("/v1/packs").json()
    assert [grade["code"] for grade in said["policy"]["grades"]] == ["1", "2", "3", "4"]
    assert said["states"]["codes"][2] == {"code": 2, "label": "on patrol", "availability": "available"}
    assert said["overdue"] == []


def test_a_pack_that_nobody_has_reviewed_is_told_in_the_status(room: Room) -> None:
    assert room.client.get("/v1/status").json()["overdue"] == []
    room.clock.now = room.clock.now.replace(year=2031)
    told = room.client.get("/v1/status").json()["overdue"]
    assert told[0] == "generic/1 was to be reviewed by 2027-03-31: ask ARLS maintainers"


def test_a_pack_is_overdue_from_the_day_after_its_review() -> None:
    policy = generic_policy()
    assert overdue([policy], date(2027, 3, 31)) == ()
    assert len(overdue([policy], date(2027, 4, 1))) == 1


def test_the_doctor_tells_of_a_pack_that_cannot_be_used_and_of_one_that_nobody_has_reviewed(
    tmp_path: Path, own: Path
) -> None:
    own.write_text(own.read_text(encoding="utf-8").replace("2027-03-31", "2020-03-31"), encoding="utf-8")
    config = tmp_path / "arls.toml"
    config.write_text(f'journal.data = "{tmp_path}"\n[policy]\npacks = ["{own}"]\n', encoding="utf-8")
    found = {finding.said: finding.wrong for finding in examine(config) if finding.what == "packs"}
    assert found["own/1 was to be reviewed by 2020-03-31: ask ARLS maintainers"]
    own.write_text("name = 1", encoding="utf-8")
    (wrong,) = (finding for finding in examine(config) if finding.what == "packs")
    assert wrong.wrong
    assert "line 1: name must be a text" in wrong.said


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api", *arguments]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_bad_pack_stops_the_start_with_file_line_and_field(tmp_path: Path, own: Path) -> None:
    own.write_text(GENERIC.replace('clock_start = "created"', 'clock_start = "noon"', 1), encoding="utf-8")
    line = next(n for n, text in enumerate(own.read_text(encoding="utf-8").splitlines(), 1) if "noon" in text)
    environment = {"ARLS_POLICY__PACKS": json.dumps([str(own)]), "ARLS_JOURNAL__DATA": str(tmp_path / "data")}
    started = run("demo", "--units", "1", "--seconds", "1", "--no-calls", "--port", "0", **environment)
    checked = run("packs", "check", str(own))
    for done in (started, checked):
        assert done.returncode == 1
        assert f"own.toml, line {line}: grades[0].clock_start must be one of call, created" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_packs_that_come_with_arls_are_listed() -> None:
    listed = json.loads(run("packs", "list", "--json").stdout)
    assert [pack["name"] for pack in listed["states.pack"]] == ["de-fms", "uk-national", "us-generic"]

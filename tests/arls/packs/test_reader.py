"""Packs from files: those that come with ARLS can be used, and a fault is named with its line, field and remedy."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
import pytest

from arls.packs.adopted import generic_policy, uk_national_states
from arls.packs.reader import PLANS, POLICIES, STATES, PackError, read_any, read_policy, read_states
from arls.packs.together import find_clash

if TYPE_CHECKING:
    from pathlib import Path

    from arls.policy import Policy
    from arls.state_codes import StatePack

SHIPPED = sorted([*POLICIES.glob("*.toml"), *STATES.glob("*.toml"), *PLANS.glob("*.toml")])

POLICY = """\
# A policy of two grades.
name = "test"
version = "1"
label = "Of a test"
owner = "nobody"
review_by = 2027-01-01
effective_from = 2026-01-01T00:00:00Z

[[grades]]
code = "A"
label = "At once"
clock_start = "call"
clock_stop = "first_any"
target_s = { urban = 900, rural = 1200 }
deploy_target_s = 240

[[grades]]
code = "B"
label = "Soon"
needs = [
  "taser",
]
interruptible_by = ["A"]

[grades.forbidden_roles]
pcso = "no powers of arrest"
"""

CODES = """\
name = "codes"
version = "1"
label = "Of a test"
owner = "nobody"
review_by = 2027-01-01
effective_from = 2026-01-01T00:00:00Z

[[codes]]
code = 1
label = "free"
availability = "available"

[[codes]]
code = 2
label = "call me"
message_only = true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pack.toml"


@pytest.mark.parametrize(
    ("pack", "sha256"),
    [
        (generic_policy(), "cb4bc10b249b343b1b26735c840f5da750e048e588612884d6188aad68ff4bdb"),
        (uk_national_states(), "1b2c02a9ded690626c51fc39ac182da4eaeb01f6cbb31030c492125ba7a3527f"),
    ],
    ids=["generic", "uk-national"],
)
def test_what_journals_from_before_packs_are_read_by_does_not_change(pack: Policy | StatePack, sha256: str) -> None:
    said = msgspec.json.encode(pack, order="deterministic")
    assert hashlib.sha256(said).hexdigest() == sha256, "give the change a new version, in a new file"


def refusal_of(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as refused:
        read_any(file)
    said = str(refused.value)
    assert said.startswith(f"{file}"), said
    return said.removeprefix(f"{file}")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_pack_that_comes_with_arls_can_be_used_and_is_named_as_its_file(path: Path) -> None:
    assert read_any(path).name == path.stem


def test_a_pack_without_faults_is_read(file: Path) -> None:
    file.write_text(POLICY, encoding="utf-8")
    policy = read_policy(file)
    assert [grade.code for grade in policy.grades] == ["A", "B"]
    assert policy.may_interrupt("A", "B")
    assert not policy.may_interrupt("B", "A")
    assert policy.grades[1].forbidden_roles == {"pcso": "no powers of arrest"}


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ('clock_start = "call"', 'clock_start = "noon"', 12, "grades[0].clock_start must be one of call, created"),
        ("deploy_target_s = 240", 'deploy_target_s = "4 min"', 15, "must be a whole number from 1 to"),
        ("deploy_target_s = 240", "deploy_target_s = 0", 15, "grades[0].deploy_target_s"),
        ("deploy_target_s = 240", "deploy_target_s = 901", 14, "must not be shorter than deploy_target_s (901 s)"),
        ("urban = 900", 'urban = "x"', 14, "grades[0].target_s.urban must be a whole number"),
        ("urban = 900, ", "", 14, "grades[0].target_s.urban is missing"),
        ('label = "Soon"\n', "", 17, "grades[1].label is missing: it must be a text"),
        ('label = "Soon"', 'lable = "Soon"', 19, "grades[1].lable is no field here: it may be a table of code, label"),
        ('"taser",', "5,", 20, "grades[1].needs[0] must be a text"),
        ('["A"]', '["C"]', 23, "names 'C', and the grades are A, B"),
        ('["A"]', '["B"]', 23, "names 'B', which is not more urgent"),
        ('code = "B"', 'code = "A"', 18, "is another grade's code already"),
        ('clock_stop = "first_any"\n', "", 12, "a clock both starts and stops"),
        ("review_by = 2027-01-01", "review_by = 2027-13-01", 6, ""),
        ("review_by = 2027-01-01", "review_by = true", 6, "review_by must be a date, such as"),
        ("T00:00:00Z", "T00:00:00", 7, "effective_from must be an instant with its zone"),
        ('"no powers of arrest"', "1", 25, "forbidden_roles"),
        ('name = "test"', 'name = "a/b"', 2, "name must be a text that matches"),
        (
            "effective_from = 2026-01-01T00:00:00Z",
            "effective_from = 2026-01-01T00:00:00Z\neffective_until = 2025-01-01T00:00:00Z",
            8,
            "the policy ends before it starts",
        ),
    ],
)
def test_a_fault_of_a_policy_is_named_with_its_line(file: Path, before: str, after: str, line: int, said: str) -> None:
    assert POLICY.count(before) >= 1
    told = refusal_of(file, POLICY.replace(before, after, 1))
    assert f"line {line}" in told, told
    assert said in told


@pytest.mark.parametrize(
    ("row", "line", "said"),
    [
        ('code = 1\nlabel = "x"\navailability = "available"', 19, "codes[2].code 1 stands in another row already"),
        ('code = 3\nlabel = "x"', 18, "codes[2].availability must be given, one of available"),
        ('code = 3\nlabel = "x"\navailability = "free"', 21, "codes[2].availability must be one of available"),
        (
            'code = 3\nlabel = "x"\nmessage_only = true\navailability = "available"',
            22,
            "must be left out where message_only = true",
        ),
        ('code = 3\nlabel = "x"\navailability = "off_duty"', 18, "codes[2].track must be false"),
        ('code = 3\nlabel = "x"\navailability = "emergency"\ntrack = false', 22, "codes[2].track must not be false"),
        (
            'code = 3\nlabel = "x"\navailability = "available"\nclock_event = "arrived"',
            22,
            "says that the unit is committed",
        ),
        ('code = 3\nlabel = "x"\navailability = "available"\nurgent = true', 22, "is said of a message alone"),
        ('code = -1\nlabel = "x"\navailability = "available"', 19, "codes[2].code must be a whole number from 0"),
    ],
)
def test_a_fault_of_a_pack_of_codes_is_named_with_its_line(file: Path, row: str, line: int, said: str) -> None:
    told = refusal_of(file, f"{CODES}\n[[codes]]\n{row}\n")
    assert f"line {line}" in told, told
    assert said in told


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"name = ", "is not TOML"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"x = " + b"[" * 5_000, "is not TOML"),
        (b"#" * 1_000_001, "is no pack: it has more than"),
        (b"", "line 1"),
    ],
)
def test_what_is_no_pack_at_all_is_refused_in_a_sentence(file: Path, octets: bytes, said: str) -> None:
    file.write_bytes(octets)
    with pytest.raises(PackError, match=said):
        read_any(file)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot read the pack"):
        read_states(tmp_path / "none.toml")


def test_two_versions_of_a_policy_may_follow_each_other_and_not_overlap(file: Path) -> None:
    def made(version: str, since: str, until: str | None = None) -> Policy:
        text = POLICY.replace('version = "1"', f'version = "{version}"').replace("2026-01-01T", f"{since}T")
        if until:
            text = text.replace("\n\n[[grades]]", f"\neffective_until = {until}T00:00:00Z\n\n[[grades]]", 1)
        file.write_text(text, encoding="utf-8")
        return read_policy(file)

    states = [uk_national_states()]
    first, second = made("1", "2026-01-01"), made("2", "2026-06-01")
    assert find_clash([first, second], states) is None
    assert "is named twice" in (find_clash([first, first], states) or "")
    assert "both come into force" in (find_clash([first, made("2", "2026-01-01")], states) or "")
    ending = made("1", "2026-01-01", "2026-07-01")
    assert "before the end of test/1" in (find_clash([ending, second], states) or "")
    assert find_clash([made("1", "2026-01-01", "2026-06-01"), second], states) is None


def test_codes_that_divert_for_a_grade_that_no_policy_has_are_refused(file: Path) -> None:
    file.write_text(CODES.replace('"available"', '"divertible"\ndivertible_for = ["A"]'), encoding="utf-8")
    codes = read_states(file)
    assert "the grade 'A', and no policy has it" in (find_clash([generic_policy()], [codes]) or "")

"""The house's own rules, those that a linter cannot hold."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from api.settings import Settings
from gateways.decode import SPOKEN

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("arls", "gateways", "maps", "api")
LONGEST_MODULE = 400
# Tables may be longer, by name; a number here may only shrink.
LONGER_TABLES: dict[str, int] = {}

MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts)
DRAWINGS = sorted((ROOT / "fixtures").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES + DRAWINGS, ids=name_of)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, "it says nothing of what it holds"
    first = doc.split("\n\n")[0]
    assert first.rstrip().endswith((".", ":", "?")), first


@pytest.mark.parametrize("path", MODULES + DRAWINGS, ids=name_of)
def test_no_module_is_longer_than_can_be_read(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGER_TABLES.get(name_of(path), LONGEST_MODULE)


def test_the_names_that_the_house_leaves_outside_are_outside() -> None:
    outside = {"utils", "util", "helpers", "helper", "crud", "manager", "managers", "common", "misc"}
    assert [name_of(path) for path in MODULES if outside & {part.removesuffix(".py") for part in path.parts}] == []


def settings_in(model: type[BaseModel], prefix: str = "") -> dict[str, set[str]]:
    """Each setting with its default, as documented; of one that several kinds of table have, with each of theirs."""
    found: dict[str, set[str]] = {}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= settings_in(kind, f"{prefix}{name}.")
            continue
        found[f"{prefix}{name}"] = {shown_as(field.get_default(call_default_factory=True))}
        for row in tables_of(kind):
            for setting, defaults in settings_in(row, f"{prefix}{name}[].").items():
                found.setdefault(setting, set()).update(defaults)
    return found


def tables_of(kind: Any) -> set[type[BaseModel]]:
    """The kinds of table that a list of tables may hold."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {kind}
    return {table for part in get_args(kind) for table in tables_of(part)}


def shown_as(default: Any) -> str:
    if default is PydanticUndefined:
        return "required"
    if isinstance(default, tuple) and default:
        return json.dumps([row if isinstance(row, str) else row.model_dump(exclude_defaults=True) for row in default])
    if isinstance(default, bool):
        return str(default).lower()
    return "none" if default in (None, {}, ()) else str(default)


@pytest.mark.parametrize(("name", "defaults"), settings_in(Settings).items())
def test_every_setting_is_documented_with_its_default(name: str, defaults: set[str]) -> None:
    rows = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    row = next((row for row in rows if row.startswith(f"| `{name}` |")), None)
    assert row, f"docs/settings.md has no row for {name}"
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert len(cells) == 4, "a row has setting, unit or kind, default, meaning"
    assert {shown.strip("`") for shown in cells[2].split(" / ")} == defaults


@pytest.mark.parametrize("dialect", SPOKEN)
def test_every_dialect_has_vectors_good_and_bad(dialect: str) -> None:
    file = ROOT / "tests" / "gateways" / "vectors" / f"{dialect}.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    bad = [row for row in rows if row["expected"].get("reject")]
    assert bad, "no bad row"
    assert len(bad) < len(rows), "no good row"


def test_every_fixture_is_in_its_readme_with_its_hash() -> None:
    readme = (ROOT / "fixtures" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "fixtures").iterdir():
        if path.suffix in {".py", ".md"} or path.is_dir():
            continue
        assert path.name in readme
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme, f"{path.name} has changed"


def test_the_wheel_holds_the_four_rooms() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(ROOMS)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_registry_has_its_address_in_the_project() -> None:
    address = re.compile(rb"https?://[a-z0-9.-]*(pypi|pythonhosted|npmjs|deb\.debian|debian\.org/debian)")
    assert [name_of(path) for path in tracked() if address.search(path.read_bytes())] == []


def test_nothing_is_left_undone_by_its_own_words() -> None:
    undone = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    sources = [path for path in tracked() if path.suffix in {".py", ".js", ".mjs"}]
    assert [name_of(path) for path in sources if undone.search(path.read_text(encoding="utf-8"))] == []


def test_third_party_browser_files_are_installed_and_not_committed() -> None:
    assert [name_of(path) for path in tracked() if {"vendor", "node_modules"} & set(path.parts)] == []

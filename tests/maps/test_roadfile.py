"""A network on disk comes back as it was, and what is not one is refused with a sentence."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from maps import roadfile
from maps.report import MapError
from tests.drawing import Drawn, draw, turn_restriction

if TYPE_CHECKING:
    from pathlib import Path

ROAD = {"highway": "residential"}


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(
        """
        A--B--C
           |
           D
        """,
        ways={"AB": {**ROAD, "name": "Rue de l'Église"}, "BC": ROAD, "BD": {**ROAD, "maxspeed": "30 mph"}},
        relations=[turn_restriction("no_right_turn", "AB", "B", "BD")],
    )


@pytest.fixture
def saved(drawn: Drawn, tmp_path: Path) -> Path:
    directory = tmp_path / "roads" / "town"
    roadfile.save(drawn.network, drawn.report, directory)
    return directory


def test_a_network_comes_back_as_it_was(drawn: Drawn, saved: Path) -> None:
    network = roadfile.load(saved, verify=True)
    assert network.checksum() == drawn.network.checksum()
    assert network.names == drawn.network.names
    assert network.bounds == drawn.network.bounds


def test_its_arrays_are_mapped_and_cannot_be_written(saved: Path) -> None:
    network = roadfile.load(saved)
    arrays = [value for field in fields(network) if isinstance(value := getattr(network, field.name), np.ndarray)]
    assert all(type(array) is np.ndarray and not array.flags.writeable for array in arrays)
    with pytest.raises(ValueError, match="read-only"):
        network.arc_length_m[0] = 0.0


def test_a_network_without_turns_comes_back(tmp_path: Path) -> None:
    lonely = draw("A--B", ways={"AB": {"highway": "motorway"}})
    assert lonely.network.turns == 0
    roadfile.save(lonely.network, lonely.report, tmp_path / "lonely")
    assert roadfile.load(tmp_path / "lonely", verify=True).turns == 0


def test_the_manifest_says_what_it_is_and_where_it_came_from(drawn: Drawn, saved: Path) -> None:
    manifest = roadfile.read_manifest(saved)
    assert manifest.report == drawn.report
    assert manifest.report.source == "drawing.osm"
    assert len(manifest.report.sha256) == 64
    assert manifest.checksum == drawn.network.checksum()
    assert manifest.counts["arcs"] == drawn.network.arcs
    assert manifest.format_version == roadfile.FORMAT_VERSION


def test_a_network_is_replaced_as_a_whole(saved: Path) -> None:
    other = draw("A--B", ways={"AB": ROAD})
    roadfile.save(other.network, other.report, saved)
    assert roadfile.load(saved, verify=True).checksum() == other.network.checksum()
    assert [path.name for path in saved.parent.iterdir()] == ["town"]


def test_an_empty_directory_is_free(drawn: Drawn, tmp_path: Path) -> None:
    roadfile.save(drawn.network, drawn.report, tmp_path)
    assert roadfile.load(tmp_path).arcs == drawn.network.arcs


def test_something_else_is_never_written_over(drawn: Drawn, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("Dear Ann")
    for directory in (tmp_path, tmp_path / "letters.txt"):
        with pytest.raises(MapError, match="is there already and holds no network: name another directory"):
            roadfile.save(drawn.network, drawn.report, directory)
    assert (tmp_path / "letters.txt").read_text() == "Dear Ann"


def test_where_nothing_can_be_written_a_sentence_says_so(drawn: Drawn, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MapError, match="cannot be written to"):
        roadfile.save(drawn.network, drawn.report, tmp_path / "file" / "town")


def test_where_there_is_no_network_the_sentence_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(MapError, match=r"there is no network in .*: make one with `arls roads build EXTRACT --out"):
        roadfile.load(tmp_path)


def test_a_network_of_another_version_is_refused(saved: Path) -> None:
    manifest = saved / "manifest.json"
    changed = json.loads(manifest.read_text()) | {"format_version": 99, "something": "new"}
    manifest.write_text(json.dumps(changed))
    with pytest.raises(MapError, match=r"of format 99, built by another version .*: run `arls roads build` again"):
        roadfile.load(saved)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", f'{{"format_version": {roadfile.FORMAT_VERSION}}}', '{"format_version": "one"}']
)
def test_a_manifest_that_makes_no_sense_is_refused(saved: Path, text: str) -> None:
    (saved / "manifest.json").write_text(text)
    with pytest.raises(MapError, match=r"cannot be understood .*: run `arls roads build` again"):
        roadfile.load(saved)


def test_a_manifest_without_an_array_is_refused(saved: Path) -> None:
    manifest = saved / "manifest.json"
    changed = json.loads(manifest.read_text())
    del changed["arrays"]["turn_to"]
    manifest.write_text(json.dumps(changed))
    with pytest.raises(MapError, match="tells of other arrays than a network has"):
        roadfile.load(saved)


@pytest.mark.parametrize("name", ["turn_to.npy", "names.json", "arc_length_m.npy"])
def test_a_file_that_is_missing_cut_or_changed_in_size_is_noticed(saved: Path, name: str) -> None:
    whole = (saved / name).read_bytes()
    for content in (None, b"", whole[:-1], whole[:20]):
        (saved / name).unlink() if content is None else (saved / name).write_bytes(content)
        with pytest.raises(MapError, match=r"is not whole .*: run `arls roads build` again"):
            roadfile.load(saved)


def test_an_array_of_another_kind_is_noticed(saved: Path) -> None:
    np.save(saved / "turn_to.npy", np.zeros(3, np.float64))
    with pytest.raises(MapError, match=r"turn_to holds <f8\[3\], not <i4"):
        roadfile.load(saved)


def test_a_changed_number_is_noticed_when_asked_to_verify(drawn: Drawn, saved: Path) -> None:
    np.save(saved / "arc_length_m.npy", drawn.network.arc_length_m + 1.0)
    assert roadfile.load(saved).arcs == drawn.network.arcs
    with pytest.raises(MapError, match="was changed after it was built"):
        roadfile.load(saved, verify=True)

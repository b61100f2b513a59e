"""Postcodes and names of Ordnance Survey: rows as it publishes them, bad rows, broken files, and the box that asks.

The rows are made up after the published layouts: Code-Point Open (postcode, quality, easting, northing and six codes)
and OS Open Names (34 columns); places are invented, on the roads of the drawing.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.geo import grid_metres_of
from maps import roadfile
from maps.code_point import import_code_point
from maps.csv_rows import columns_of
from maps.named import Kind
from maps.open_names import import_open_names
from maps.placebook import PlaceBook, about_of, build_places
from maps.placefile import EXTRACT, OPEN_NAMES, POSTCODES
from maps.report import MapError
from tests.drawing import draw

if TYPE_CHECKING:
    from pathlib import Path

DRAWN = draw(
    """
    A---B---C
    |   |
    D---E
    """,
    ways={
        "ABC": {"highway": "residential", "name": "High Street"},
        "AD": {"highway": "residential", "name": "Mill Lane"},
        "BE": {"highway": "motorway", "ref": "M6"},
        "DE": {"highway": "residential", "name": "Elm Avenue"},
    },
    nodes={
        "B": {"highway": "motorway_junction", "ref": "10"},
        "C": {"place": "village", "name": "Oldfield"},
        "D": {"amenity": "hospital", "name": "St Agnes Hospital"},
    },
)


def metres(node: str) -> tuple[int, int]:
    place = DRAWN.node(node)
    eastings, northings = grid_metres_of(lats=[place.lat], lons=[place.lon])
    return round(float(eastings[0])), round(float(northings[0]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "network"
    roadfile.save(DRAWN.network, DRAWN.report, out)
    return out


def silent(step: str, done: float) -> None:
    assert step
    assert 0 <= done <= 1


def postcode_row(postcode: str, quality: int, easting: int, northing: int) -> str:
    codes = '"E92000001","E19000002","E18000009","E10000014","E07000093","E05012936"'
    return f'"{postcode}",{quality},{easting},{northing},{codes}\r\n'


def name_row(name: str, kind: str, local: str, x: float, y: float, **other: str) -> str:
    fields = [""] * 34
    fields[0], fields[2], fields[6], fields[7] = "osgb4000000000000001", name, kind, local
    fields[4] = other.get("name2", "")
    fields[8], fields[9] = str(x), str(y)
    fields[12:16] = [str(x - 50), str(y - 50), str(x + 50), str(y + 50)]
    fields[18], fields[21] = other.get("place", ""), other.get("district", "")
    return ",".join(fields) + "\n"


def postcodes() -> str:
    return (
        postcode_row("BX1 1AA", 10, *metres("A"))
        + postcode_row("BX1 1AB", 60, *metres("C"))
        + postcode_row("BX1 1AA", 10, *metres("C"))
        + postcode_row("BX1 1AX", 90, 0, 0)
        + postcode_row("BX1 1AZ", 15, *metres("A"))
        + postcode_row("BX1 1AC", 10, 900_000, 5)
        + '"not a postcode",10,1,2,,,,,,\r\n"BX1 1AD",ten,1,2,,,,,,\r\nshort\r\n'
    )


def names() -> str:
    x, y = metres("B")
    return (
        "\ufeff"
        + name_row("Oldfield", "populatedPlace", "Village", x, y, district="Bexton")
        + name_row("Quarry Lane", "transportNetwork", "Named Road", x, y, place="Oldfield", district="Bexton")
        + name_row("A999", "transportNetwork", "Numbered Road", x, y)
        + name_row("Oldfield Halt", "transportNetwork", "Railway Station", x, y, name2="Gorsaf Oldfield")
        + name_row("BX1 1AA", "other", "Postcode", x, y)
        + name_row("Faraway", "populatedPlace", "Village", x + 90_000, y)
        + name_row("", "populatedPlace", "Village", x, y)
        + name_row("Nowhere", "weather", "Storm", x, y)
        + "three,columns,only\n"
    )


IMPORTERS = {
    "postcodes": lambda source, folder: import_code_point(source, folder, silent),
    "names": lambda source, folder: import_open_names(source, folder, DRAWN.network.bounds, silent),
}


def test_code_point_open_is_read_and_bad_rows_are_counted_by_reason(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "bx.csv"
    source.write_text(postcodes(), encoding="utf-8")
    about = import_code_point(source, folder, silent)
    assert about.kept == {"postcode": 2}
    assert about.left_out == {
        "its postcode came before": 1,
        "without a place (quality 90)": 1,
        "a quality that does not exist": 1,
        "off the National Grid": 1,
        "no postcode": 1,
        "a number that is none": 1,
        "too few columns": 1,
    }
    assert about.sha256


def test_a_postcode_is_found_with_how_good_its_place_is(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "bx.csv"
    source.write_text(postcodes(), encoding="utf-8")
    import_code_point(source, folder, silent)
    book = PlaceBook(DRAWN.network, folder)
    (place,) = book.find("bx11aa").places
    assert place.kind is Kind.POSTCODE
    assert (place.lat, place.lon) == pytest.approx((DRAWN.node("A").lat, DRAWN.node("A").lon), abs=1e-4)
    assert "sector" in book.find("BX1 1AB").places[0].detail
    assert book.find("BX9 9ZZ").notes == ("there is no postcode BX9 9ZZ in bx.csv",)


def test_a_postcode_is_not_known_before_postcodes_are_imported() -> None:
    assert "import them" in PlaceBook(DRAWN.network).find("BX1 1AA").notes[0]


def test_os_open_names_is_read_and_bad_rows_are_counted_by_reason(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "SP08.csv"
    source.write_text(names(), encoding="utf-8")
    about = import_open_names(source, folder, DRAWN.network.bounds, silent)
    assert about.kept == {"settlement": 1, "street": 1, "road": 1, "amenity": 2}
    assert about.left_out == {
        "postcodes: those of Code-Point Open are imported instead": 1,
        "beyond the roads": 1,
        "without a name": 1,
        "of a type that does not exist": 1,
        "not 34 columns": 1,
    }
    book = PlaceBook(DRAWN.network, folder)
    quarry = book.find("quarry ln").places[0]
    assert (quarry.kind, quarry.context, quarry.source) == (Kind.STREET, "Oldfield, Bexton", "SP08.csv")
    assert book.find("Gorsaf Oldfield").places[0].detail == "railway station"


def test_a_zip_and_a_folder_are_read_as_they_are_shipped(folder: Path, tmp_path: Path) -> None:
    shipped = tmp_path / "codepo_gb"
    (shipped / "Data" / "CSV").mkdir(parents=True)
    (shipped / "Doc").mkdir()
    (shipped / "Data" / "CSV" / "bx.csv").write_text(postcodes(), encoding="utf-8")
    (shipped / "Doc" / "Code-Point_Open_Column_Headers.csv").write_text("PC,PQ,EA,NO\n", encoding="utf-8")
    packed = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for path in sorted(shipped.rglob("*.csv")):
            file.write(path, path.relative_to(shipped))
    of_folder, of_zip = (import_code_point(source, folder, silent) for source in (shipped, packed))
    assert of_folder.kept == of_zip.kept == {"postcode": 2}
    assert of_folder.left_out == of_zip.left_out
    assert columns_of(packed) == 10


@pytest.mark.parametrize("reader", ["postcodes", "names"])
@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"hello,world\n" * 3, b'"' * 30_000, b"PK\x03\x04broken"])
def test_what_is_no_such_file_changes_nothing(folder: Path, tmp_path: Path, reader: str, content: bytes) -> None:
    source = tmp_path / "some.csv"
    source.write_bytes(content)
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(MapError, match=r"holds no|cannot be read"):
        IMPORTERS[reader](source, folder)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_zip_that_breaks_off_changes_nothing(folder: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.zip"
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Data/bx.csv", postcodes() * 200)
    broken = bytearray(good.read_bytes())
    broken[60:90] = bytes(30)
    source = tmp_path / "broken.zip"
    source.write_bytes(broken)
    with pytest.raises(MapError, match="nothing was imported"):
        import_code_point(source, folder, silent)
    assert not (folder / POSTCODES).exists()


def test_what_was_imported_outlives_a_network_that_is_built_again(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "some.csv"
    source.write_text(names(), encoding="utf-8")
    import_open_names(source, folder, DRAWN.network.bounds, silent)
    roadfile.save(DRAWN.network, DRAWN.report, folder)
    assert (folder / OPEN_NAMES).is_file()
    assert not (folder / EXTRACT).exists()


def test_the_names_of_an_extract_are_kept_beside_its_network(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "drawing.osm"
    source.write_bytes(DRAWN.osm)
    assert build_places(source, DRAWN.network, about_of(source.name, "0"), folder) is None
    book = PlaceBook(DRAWN.network, folder)
    assert book.find("M6 junction 10").places[0].name == "M6 J10"
    hospital = book.find("st agnes").places[0]
    assert (hospital.kind, hospital.detail, hospital.context) == (Kind.AMENITY, "hospital", "Oldfield")
    assert book.find("Elm Ave").notes == ()


def test_a_network_of_before_finds_its_streets_and_says_what_to_do(folder: Path) -> None:
    answer = PlaceBook(DRAWN.network, folder).find("Elm Ave")
    assert [place.name for place in answer.places] == ["Elm Avenue"]
    assert "arls roads build" in answer.notes[0]


@pytest.mark.parametrize("content", [b"", b"\x00", b"\x82\xa5about\x81\xaeformat_version\x63\xa6places\x90"])
def test_a_file_of_another_format_is_said_to_be_built_again(folder: Path, content: bytes) -> None:
    (folder / EXTRACT).write_bytes(content)
    answer = PlaceBook(DRAWN.network, folder).find("Elm Ave")
    assert [place.name for place in answer.places] == ["Elm Avenue"]
    assert "run `arls roads build` again" in answer.notes[0]


@given(text=st.text(max_size=120))
def test_whatever_is_asked_has_places_or_a_note(text: str) -> None:
    answer = PlaceBook(DRAWN.network).find(text)
    assert answer.places or answer.notes

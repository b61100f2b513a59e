"""A force's words are a file: a bad one is refused by file and key, and an odd word with the nearest good ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from arls.catalogue import CatalogueError, find_misnamed, find_unknown, read_catalogue

if TYPE_CHECKING:
    from pathlib import Path


def test_the_catalogue_that_comes_with_arls_can_be_read_and_one_of_ones_own_too(tmp_path: Path) -> None:
    assert {"afo", "taser", "polsa"} <= set(read_catalogue("uk-police").capabilities)
    assert "pcso" in read_catalogue("uk-police").roles
    own = tmp_path / "own.toml"
    own.write_text('[capabilities]\nharpon = "harpoon"\n', encoding="utf-8")
    assert read_catalogue(str(own)).capabilities == {"harpon": "harpoon"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[capabilities\n", "is not TOML"),
        ("[roles]\n", "capabilities"),
        ("[capabilities]\ntaser = 1\n", "str"),
        ('[capabilities]\n"two words" = "x"\n', "'two words' is no code"),
        ('[capabilities]\n[colours]\nblue = "x"\n', "colours"),
    ],
)
def test_a_bad_catalogue_is_refused_by_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(said)) as refused:
        read_catalogue(str(file))
    assert str(file) in str(refused.value)


def test_a_catalogue_that_is_not_there_is_refused_and_ours_are_named() -> None:
    with pytest.raises(CatalogueError, match="with ARLS come uk-police"):
        read_catalogue("utopia")


def test_an_odd_word_is_told_with_the_nearest_or_with_all() -> None:
    known = {"taser": "", "dog": "", "dog_drugs": ""}
    assert find_unknown(["dog", "taser"], known, "capability") is None
    assert find_unknown(["Tasser"], known, "capability") == (
        "there is no capability Tasser in the catalogue: is it taser?"
    )
    assert find_unknown(["zzz"], known, "role") == (
        "there is no role zzz in the catalogue: known are dog, dog_drugs, taser"
    )


@pytest.mark.parametrize("pattern", [None, re.compile("[A-Z]{2}[0-9]{2}")])
@pytest.mark.parametrize("number", ["601222", "6012228", "234000806012228"])
def test_a_radios_number_is_no_callsign(number: str, pattern: re.Pattern[str] | None) -> None:
    assert "looks like the number of a radio" in (find_misnamed(number, pattern) or "")


def test_a_callsign_of_digits_is_one_where_the_force_has_such() -> None:
    assert find_misnamed("123456", re.compile("[0-9]{6}")) is None
    assert find_misnamed("12345", None) is None
    assert find_misnamed("AB12x", re.compile("[A-Z]{2}[0-9]{2}")) is not None

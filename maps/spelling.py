"""How a name is written, made one: case, accents, abbreviations and numbers of junctions, so that like meets like.

It decides which spellings are the same word. How far apart two different words are is `wordindex`'s business.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
_SILENT: Final = str.maketrans(dict.fromkeys("'\u2019\u2018`\u00b4.", ""))  # St. Mary's: st marys
_WORD: Final = re.compile(r"[^\W_]+")

# What people and maps shorten at the end of a name. Royal Mail "Programmers' Guide", thoroughfare descriptors.
_ENDINGS: Final = {
    "st": "street",
    "str": "street",
    "rd": "road",
    "ave": "avenue",
    "av": "avenue",
    "ln": "lane",
    "la": "lane",
    "dr": "drive",
    "drv": "drive",
    "cl": "close",
    "ct": "court",
    "crt": "court",
    "cres": "crescent",
    "cr": "crescent",
    "gdns": "gardens",
    "gdn": "garden",
    "gr": "grove",
    "grv": "grove",
    "pl": "place",
    "sq": "square",
    "ter": "terrace",
    "terr": "terrace",
    "pk": "park",
    "pde": "parade",
    "hwy": "highway",
    "wy": "way",
    "est": "estate",
    "bvd": "boulevard",
    "blvd": "boulevard",
    "esp": "esplanade",
    "ms": "mews",
    "bldgs": "buildings",
}
# What is shortened wherever it stands.
_ANYWHERE: Final = {
    "mt": "mount",
    "stn": "station",
    "sta": "station",
    "hosp": "hospital",
    "sch": "school",
    "gt": "great",
}
_COMPASS: Final = {"north", "south", "east", "west", "n", "s", "e", "w", "upper", "lower"}

# `M6 J10`, `m6j10`, `junction 10 of the M6`, `A1(M)`: the number of a road and of a junction are one word each.
_MOTORWAY_A: Final = re.compile(r"\ba\s?(\d{1,4})\s*\(\s*m\s*\)", re.IGNORECASE)
_ROAD_AND_JUNCTION: Final = re.compile(r"\b([mab]\d{1,4}m?)\s*[,/]?\s*j(?=\s*\d)", re.IGNORECASE)
_JUNCTION: Final = re.compile(r"\b(?:junction|jct|jn|j)\s*(\d{1,3}[a-z]?)\b", re.IGNORECASE)
_OF_THE: Final = re.compile(r"\b(j\d{1,3}[a-z]?)\s+(?:of|on|off)\s+(?:the\s+)?(?=[ma]\d)", re.IGNORECASE)


def fold(text: str) -> str:
    """The name as words of small plain letters and digits, none of them shortened; empty where it has none."""
    text = _MOTORWAY_A.sub(r"a\1m", text)
    text = _ROAD_AND_JUNCTION.sub(r"\1 j", text)
    text = _OF_THE.sub(r"\1 ", _JUNCTION.sub(r"j\1", text))
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS).translate(_SILENT).replace("&", " and "))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    parts = (_expanded(_WORD.findall(part)) for part in plain.split(","))  # what stands before a comma is a name's end
    return " ".join(word for part in parts for word in part)


def has_digit(word: str) -> bool:
    """True for what is a number or has one: such a word is another one as soon as a letter of it differs."""
    return any(letter.isdigit() for letter in word)


def _expanded(words: list[str]) -> list[str]:
    """`st` at the end, or before a point of the compass, is a street; before another word it is a saint."""
    long = [_ANYWHERE.get(word, word) for word in words]
    for place, word in enumerate(words):
        ends = place > 0 and (place == len(words) - 1 or words[place + 1] in _COMPASS)
        if ends and word in _ENDINGS and words[place - 1] != "of":
            long[place] = _ENDINGS[word]
        elif word == "st":
            long[place] = "saint"
        elif place > 0 and word in {"rd", "ave", "cres", "gdns"}:
            long[place] = _ENDINGS[word]  # nothing else is written so, with a town behind it or not
    return long

"""Which of many names a text may mean: by their words, by the beginnings of words, and with a letter or two wrong.

It decides how far a name is from what was typed. Where the named thing lies is no business of its.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from maps.spelling import has_digit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

# More words than this are no name; the rest is not looked at.
MOST_WORDS: Final = 12

# What a match costs. A wrong letter costs most: nothing typed right stands behind what was typed wrong.
TYPO: Final = 1.0
_OF_CONTEXT: Final = 0.2  # the word is not in the name but in the place in which it lies
_BEGINS: Final = 0.1  # the word is not typed to its end
_UNSAID: Final = 0.02  # a word of the name was not typed
_MOST_UNSAID: Final = 4
_NEVER: Final = np.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Postings:
    """Which rows have a word: those of word `w` are rows[start[w]:start[w + 1]]."""

    words: list[str]  # sorted
    start: Longs
    rows: Longs

    def of(self, word: int) -> Longs:
        return self.rows[self.start[word] : self.start[word + 1]]

    def beginning(self, text: str) -> range:
        """The words that begin so."""
        low = bisect_left(self.words, text)
        return range(low, bisect_left(self.words, f"{text}\U0010ffff", low))


class WordIndex:
    """Rows of (name, context), both folded. Immutable once made: many threads may ask."""

    def __init__(self, names: Sequence[str], contexts: Sequence[str]) -> None:
        self._rows = len(names)
        unique: dict[str, int] = {}
        self._name_of = np.array([unique.setdefault(name, len(unique)) for name in names], np.int64)
        self._names = list(unique)
        split = [name.split() for name in self._names]
        self._numbers = [_numbers(words) for words in split]
        self._size = np.array([len(words) for words in split], np.float64)[self._name_of]
        self._in_name = _postings(split)  # of names
        self._in_context = _postings([context.split() for context in contexts])  # of rows
        order = np.argsort(self._name_of, kind="stable")
        self._row = order
        self._row_start = np.searchsorted(self._name_of[order], np.arange(len(self._names) + 1))

    def costs(self, folded: str, *, wanted: int) -> Floats:
        """[N] what each row is away from the text; infinite where it is another. 0 is the same name.

        Wrong letters are looked for only where fewer than `wanted` rows were typed right.
        """
        words = folded.split()[:MOST_WORDS]
        if not words:
            return np.full(self._rows, _NEVER)
        right = self._by_words(words, typos=False)
        if np.count_nonzero(right < _NEVER) >= wanted:
            return right
        return np.minimum(np.minimum(right, self._by_words(words, typos=True)), self._by_name(folded, words))

    def _by_words(self, words: Sequence[str], *, typos: bool) -> Floats:
        """Every word typed is one of the name, or of its context."""
        total = np.zeros(self._rows)
        said = np.zeros(self._rows)
        for place, word in enumerate(words):
            of_name = np.full(len(self._names), _NEVER)
            of_row = np.full(self._rows, _NEVER)
            _lower(of_name, self._in_name, word, last=place == len(words) - 1, typos=typos)
            _lower(of_row, self._in_context, word, last=place == len(words) - 1, typos=typos)
            named = of_name[self._name_of]
            said += named <= of_row + _OF_CONTEXT
            total += np.minimum(named, of_row + _OF_CONTEXT)
            if not np.isfinite(total).any():
                return total
        # What is found by its context alone is everything that lies there.
        total[said == 0] = _NEVER
        return total + _UNSAID * np.clip(self._size - said, 0, _MOST_UNSAID)

    def _by_name(self, folded: str, words: Sequence[str]) -> Floats:
        """The whole name, with a few letters wrong, or spaces."""
        costs = np.full(self._rows, _NEVER)
        most = _typos_in(folded)
        if most:
            away = cdist([folded], self._names, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
            numbers = _numbers(words)
            for name in np.flatnonzero(away <= most).tolist():
                if self._numbers[name] == numbers:
                    costs[self._row[self._row_start[name] : self._row_start[name + 1]]] = TYPO * float(away[name])
        return costs


def _lower(costs: Floats, postings: _Postings, word: str, *, last: bool, typos: bool) -> None:
    """Put what `word` costs where a row has it, or has one like it."""

    def put(found: int, cost: float) -> None:
        rows = postings.of(found)
        costs[rows] = np.minimum(costs[rows], cost)

    if typos and (most := _typos_in(word)) and not has_digit(word):
        away = cdist([word], postings.words, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)
        for found in np.flatnonzero(away[0] <= most).tolist() if postings.words else ():
            if not has_digit(postings.words[found]):
                put(found, TYPO * float(away[0][found]))
        if last:
            # Not typed to its end, and one letter of what was typed is wrong.
            begun = cdist([word], [known[: len(word)] for known in postings.words], scorer=OSA.distance, score_cutoff=1)
            for found in np.flatnonzero(begun[0] <= 1).tolist() if postings.words else ():
                if not has_digit(postings.words[found]):
                    put(found, TYPO + _BEGINS)
    if last or len(word) > 1:
        for found in postings.beginning(word):
            put(found, 0.0 if postings.words[found] == word else _BEGINS)


def _typos_in(text: str) -> int:
    """How many wrong letters a text of this length may have and still be known."""
    return 0 if len(text) < 4 else 1 if len(text) < 7 else 2 if len(text) < 14 else 3


def _numbers(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(word for word in words if has_digit(word)))


def _postings(rows: Sequence[Sequence[str]]) -> _Postings:
    having: dict[str, list[int]] = {}
    for row, words in enumerate(rows):
        for word in set(words):
            having.setdefault(word, []).append(row)
    words = sorted(having)
    start = np.concatenate(([0], np.cumsum([len(having[word]) for word in words], dtype=np.int64)))
    return _Postings(words=words, start=start, rows=np.array([row for word in words for row in having[word]], np.int64))

"""On which line of a TOML text each value stands, whatever stands in the values before it."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from arls.packs.lines import line_of, lines_of

TRICKY = '''\
# [not.a.table] and key = 1, in a comment
a = "a # that is none, a [ and a ]"
b = """
[[still.a.string]]
c = 1 \\""" no end
"""
'quoted key' = \'\'\'
]]]\'\'\'
list = [
  1, # a ] in a comment
  { x = "}" }, ]
dotted.key."with dots.in it" = { y = 1 } # ]

[table] # [other]
d = 2026-01-01T00:00:00Z

[[rows]]
e = 1
[rows.inner]
f = 1
[[rows]]
e = 2
[[rows.deep]]
g = 1
[[rows.deep]]
g = [[1], [2]]
'''

WAYS = {
    ("a",): 2,
    ("b",): 3,
    ("quoted key",): 7,
    ("list",): 9,
    ("dotted", "key", "with dots.in it"): 12,
    ("table",): 14,
    ("table", "d"): 15,
    ("rows",): 17,
    ("rows", 0): 17,
    ("rows", 0, "e"): 18,
    ("rows", 0, "inner"): 19,
    ("rows", 0, "inner", "f"): 20,
    ("rows", 1): 21,
    ("rows", 1, "e"): 22,
    ("rows", 1, "deep"): 23,
    ("rows", 1, "deep", 0): 23,
    ("rows", 1, "deep", 0, "g"): 24,
    ("rows", 1, "deep", 1): 25,
    ("rows", 1, "deep", 1, "g"): 26,
}


def test_lines_are_found_behind_whatever_toml_allows() -> None:
    tomllib.loads(TRICKY)
    assert lines_of(TRICKY) == WAYS


def test_lines_are_the_same_with_the_line_ends_of_windows() -> None:
    assert lines_of(TRICKY.replace("\n", "\r\n")) == WAYS


def test_what_has_no_line_of_its_own_stands_where_it_is_held() -> None:
    lines = lines_of(TRICKY)
    assert line_of(("rows", 1, "missing"), lines) == 21
    assert line_of(("list", 1, "x"), lines) == 9
    assert line_of(("nothing",), lines) == 1
    assert line_of((), lines) == 1


values = st.one_of(
    st.integers(-9, 9).map(str),
    st.text("ab#[]{}='\" ", max_size=8).map(lambda text: '"' + text.replace('"', '\\"') + '"'),
    st.text("ab#[]{}=\n ", max_size=12).map(lambda text: f'"""{text}"""'),
    st.text('ab#[]{}="\n ', max_size=12).map(lambda text: f"'''{text}'''"),
    st.lists(st.sampled_from(["1", '"]"', "# [\n2", "\n3"]), max_size=3).map(lambda rows: f"[{', '.join(rows)}\n]"),
    st.sampled_from(["{}", '{ x = "}" }', "{ x = [1, 2] }"]),
)


@given(st.lists(st.tuples(values, st.sampled_from(["", " # ]", "\n\n", "\n# k = [\n"])), max_size=8))
def test_the_line_of_a_key_is_where_it_was_written(rows: list[tuple[str, str]]) -> None:
    text, expected = "", {}
    for number, (value, behind) in enumerate(rows):
        expected[(f"k{number}",)] = text.count("\n") + 1
        text += f"k{number} = {value}{behind}\n"
    tomllib.loads(text)
    assert lines_of(text) == expected

"""What a field of a pack may be, in words, from the type that it has.

It decides only how that is said: who wrote a pack is told what would have been right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import inspect

if TYPE_CHECKING:
    from arls.packs.lines import Way

_WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.DateType: "a date, such as 2027-03-31",
    inspect.DateTimeType: "an instant with its zone, such as 2026-04-01T00:00:00Z",
}


def allowed_at(kind: type, where: Way) -> str:
    """What may stand at `where` in a table of this kind."""
    return _said(_type_at(inspect.type_info(kind), where))


def _type_at(kind: inspect.Type, where: Way) -> inspect.Type:
    kind = _given(kind)
    if not where:
        return kind
    match kind:
        case inspect.StructType(fields=fields):
            inner = next((field.type for field in fields if field.encode_name == where[0]), None)
        case inspect.VarTupleType(item_type=item):
            inner = item
        case inspect.DictType(value_type=value):
            inner = value
        case _:
            inner = None
    return _type_at(inner, where[1:]) if inner is not None else inspect.AnyType()


def _given(kind: inspect.Type) -> inspect.Type:
    """What a field is when it is given: TOML has no null."""
    if isinstance(kind, inspect.UnionType):
        return next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind


def _said(kind: inspect.Type) -> str:  # noqa: PLR0911 - one arm a kind
    match _given(kind):
        case inspect.LiteralType(values=values):
            return _one_of([str(value) for value in values])
        case inspect.EnumType(cls=cls):
            return _one_of([str(value.value) for value in cls])
        case inspect.StructType(fields=fields):
            return _one_of([field.encode_name for field in fields], "a table of ")
        case inspect.VarTupleType(item_type=item):
            return f"a list, each {_said(item)}"
        case inspect.DictType(value_type=value):
            return f"a table, each value {_said(value)}"
        case inspect.IntType(ge=low, le=high):
            return "a whole number" + _within(low, high)
        case inspect.FloatType(gt=low, le=high):
            return "a number" + _within(low, high, "above")
        case inspect.StrType(pattern=pattern) if pattern:
            return f"a text that matches {pattern}"
        case inspect.StrType(max_length=most) if most:
            return f"a text of 1 to {most} characters"
        case other:
            return _WORDS.get(type(other), "a text")


def _one_of(words: list[str], before: str = "one of ") -> str:
    return before + ", ".join(words)


def _within(low: float | None, high: float | None, word: str = "from") -> str:
    return "" if low is None or high is None else f" {word} {low:g} to {high:.12g}"

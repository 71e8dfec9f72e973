"""What a declaration wants and what a file says, in the words of an error.

``shown`` puts a value as it stands in the file, ``wanted`` what a type takes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import msgspec.inspect as types

BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "gt": ("> {}", operator.gt),
    "ge": ("≥ {}", operator.ge),
    "lt": ("< {}", operator.lt),
    "le": ("≤ {}", operator.le),
}


class Asked(msgspec.Struct, frozen=True):
    """What is known of the place that a value stands in: the field's name, what it says."""

    name: str
    extra: Mapping[str, Any]


def inner_type(kind: types.Type) -> types.Type:
    """Return a type without what is said about it."""
    return inner_type(kind.type) if isinstance(kind, types.Metadata) else kind


def choices_of(kind: types.Type) -> list[Any]:
    """Return the values of a type that has but some."""
    if isinstance(kind, types.EnumType):
        return [member.value for member in kind.cls]
    return list(kind.values) if isinstance(kind, types.LiteralType) else []


def shown(content: Any) -> str:
    """Return a value in the words of an error: short, as it stands in the file."""
    if content is None:
        return "nothing"
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, dict):
        return "an object" if content else "an empty object"
    if isinstance(content, list):
        return f"a list of {len(content)}"
    if isinstance(content, float):
        return f"{content:.12g}"
    text = repr(content) if isinstance(content, str) else _digits(content)
    return text if len(text) <= 60 else text[:57] + "..."


def _digits(number: Any) -> str:
    try:
        return str(number)
    except ValueError:  # Python writes no integers of thousands of digits
        return "a number of thousands of digits"


def wanted(kind: types.Type, asked: Asked) -> str:
    """Return what a type wants, in words: ``a number > 0``."""
    said = asked.extra.get("wanted")
    if said:
        return str(said)
    if isinstance(kind, types.Metadata):
        return wanted(kind.type, Asked(asked.name, {**asked.extra, **(kind.extra or {})}))
    if isinstance(kind, types.UnionType):
        parts = [one for one in kind.types if not isinstance(one, types.NoneType)]
        tags = [one for one in map(inner_type, parts) if isinstance(one, types.StructType)]
        if len(tags) == len(parts) > 1:
            kinds = ", ".join(str(one.tag) for one in tags)
            return f"an object with {tags[0].tag_field}: one of {kinds}"
        return " or ".join(dict.fromkeys(wanted(one, asked) for one in parts))
    if isinstance(kind, types.IntType | types.FloatType):
        what = "a whole number" if isinstance(kind, types.IntType) else "a number"
        return f"{what} {_wanted_bounds(kind)}".rstrip()
    if isinstance(kind, types.StrType):
        return _wanted_text(kind)
    if isinstance(kind, types.LiteralType | types.EnumType):
        return "one of " + ", ".join(shown(value).strip("'") for value in choices_of(kind))
    if isinstance(kind, types.StructType):
        needed = [field.encode_name for field in kind.fields if field.required]
        return f"an object with {', '.join(needed)}" if needed else "an object"
    if isinstance(kind, types.TupleType):
        return f"a list of {len(kind.item_types)}"
    names = {types.BoolType: "true or false", types.NoneType: "nothing"}
    names |= {types.ListType: "a list", types.VarTupleType: "a list", types.DictType: "an object"}
    return names.get(type(kind), "another value")


def _wanted_bounds(kind: Any) -> str:
    if kind.ge is not None and kind.le is not None:
        return f"from {shown(kind.ge)} to {shown(kind.le)}"
    return " and ".join(
        text.format(shown(getattr(kind, bound)))
        for bound, (text, _) in BOUNDS.items()
        if getattr(kind, bound) is not None
    )


def _wanted_text(kind: types.StrType) -> str:
    least, most = kind.min_length or 0, kind.max_length
    words = "a text"
    if most is not None:
        words += f" of {least} to {most} letters" if least else f" of at most {most} letters"
    elif least:
        words += " that is not empty" if least == 1 else f" of at least {least} letters"
    return words + (f" like {kind.pattern}" if kind.pattern else "")

"""Plain data become a declared thing, with all that is wrong with it told at once.

msgspec stops at the first fault; here the declaration's own types are walked beside the data, so
that each fault has its path, what was found, what was wanted and, if we know, what was meant.
What is right about a faulty thing is kept, so that the rest of it can be checked as well.
"""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import msgspec
import msgspec.inspect as types

from jointsky.declare import Faults, parts_of
from jointsky.declare_units import renamed, spoken, suspected
from jointsky.declare_words import BOUNDS, Asked, choices_of, inner_type, shown, wanted
from jointsky.errors import did_you_mean


class _Broken:
    """Stands where nothing could be made of a value."""

    def __repr__(self) -> str:
        return "BROKEN"


BROKEN: Any = _Broken()
"""What stands for a value that is wrong and that nothing can stand in for."""

MOST_NAMES = 24  # of fields, listed where none of them was meant


def checked(content: Any, kind: Any, faults: Faults) -> Any:
    """Return ``content`` as the declared ``kind``; each fault of it goes to ``faults``.

    Without faults it is what ``msgspec.convert`` gives.  Else it is what could be saved: a wrong
    field that has a default holds the default; a wrong item of a list is ``BROKEN``, and so is a
    field that must be given and is missing or wrong.
    """
    before = len(faults.kept)
    made = _value(content, _type_of(kind), faults, Asked("", {}))
    if len(faults.kept) > before:
        return made
    try:
        return msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError as error:  # a rule that the walk does not know of
        message, place = parts_of(str(error))
        faults.add(place, message)
        return made


@functools.cache
def _type_of(kind: Any) -> types.Type:
    return types.type_info(kind)


def _value(content: Any, kind: types.Type, faults: Faults, asked: Asked) -> Any:
    """Return the value of any type, or BROKEN."""
    if isinstance(kind, types.Metadata):
        said = Asked(asked.name, {**asked.extra, **(kind.extra or {})})
        before = len(faults.kept)
        made = _value(content, kind.type, faults, said)
        rule = (kind.extra or {}).get("check")
        if rule is not None and len(faults.kept) == before and content is not None:
            return _by_rule(made, rule, faults, said)
        return made
    if isinstance(kind, types.UnionType):
        return _union(content, kind, faults, asked)
    if not _has_shape(content, kind):
        faults.add("", f"found {shown(content)}", wanted(kind, asked), _hint(content, kind, asked))
        return BROKEN
    if isinstance(kind, types.StructType):
        return _struct(content, kind, faults)
    if isinstance(kind, types.ListType | types.VarTupleType):
        return _items(content, kind, faults, asked)
    if isinstance(kind, types.TupleType):
        return _fixed_items(content, kind, faults, asked)
    if isinstance(kind, types.DictType):
        return _entries(content, kind, faults, asked)
    return _scalar(content, kind, faults, asked)


def _by_rule(made: Any, rule: Callable[[Any], object], faults: Faults, asked: Asked) -> Any:
    """Return a value that a declared rule of its own allows."""
    try:
        rule(made)
    except ValueError as error:
        rule_words = asked.extra.get("rule", asked.extra.get("wanted", ""))
        faults.add("", f"{shown(made)} {error}", str(rule_words))
        return BROKEN
    return made


def _has_shape(content: Any, kind: types.Type) -> bool:
    """Return whether a value is of the JSON type that is wanted."""
    if isinstance(kind, types.Metadata):
        return _has_shape(content, kind.type)
    if isinstance(kind, types.UnionType):
        return any(_has_shape(content, one) for one in kind.types)
    if isinstance(kind, types.StructType | types.DictType):
        return isinstance(content, dict)
    if isinstance(kind, types.ListType | types.VarTupleType | types.TupleType):
        return isinstance(content, list)
    if isinstance(kind, types.BoolType):
        return isinstance(content, bool)
    if isinstance(kind, types.IntType):
        return isinstance(content, int) and not isinstance(content, bool)
    if isinstance(kind, types.FloatType):
        return isinstance(content, int | float) and not isinstance(content, bool)
    if isinstance(kind, types.StrType):
        return isinstance(content, str)
    if isinstance(kind, types.NoneType):
        return content is None
    if isinstance(kind, types.AnyType):
        return True
    if isinstance(kind, types.LiteralType | types.EnumType):
        return any(content == v and type(content) is type(v) for v in choices_of(kind))
    raise TypeError(f"{kind!r} is a type that no file can hold")


def _scalar(content: Any, kind: types.Type, faults: Faults, asked: Asked) -> Any:
    """Return a number, a text or a truth value of the right shape, if its bounds hold."""
    if isinstance(kind, types.IntType | types.FloatType):
        return _number(content, kind, faults, asked)
    if isinstance(kind, types.StrType) and not _fits_text(kind, content):
        faults.add("", f"found {shown(content)}", wanted(kind, asked))
        return BROKEN
    return kind.cls(content) if isinstance(kind, types.EnumType) else content


def _number(
    content: Any, kind: types.IntType | types.FloatType, faults: Faults, asked: Asked
) -> Any:
    """Return a number, if it is one and its bounds hold."""
    is_finite = math.isfinite(_as_float(content))
    if is_finite and _fits(kind, content):
        return float(content) if isinstance(kind, types.FloatType) else int(content)
    hint = ""
    if is_finite:
        hint = suspected(asked.name, content, functools.partial(_fits, kind))
        if kind.ge == 0 and kind.le == 1 and 1 < content <= 100:
            hint = f"is that in per cent? {shown(content)} % would be {shown(content / 100)}"
    faults.add("", f"found {shown(content)}", wanted(kind, asked), hint)
    return BROKEN


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # more digits than a float has
        return math.inf


def _fits(kind: Any, number: float) -> bool:
    """Return whether a number keeps the bounds of its type."""
    for bound, (_, holds) in BOUNDS.items():
        limit = getattr(kind, bound)
        if limit is not None and not holds(number, limit):
            return False
    return True


def _fits_text(kind: types.StrType, text: str) -> bool:
    try:
        msgspec.convert(text, _text_type(kind.min_length, kind.max_length, kind.pattern))
    except msgspec.ValidationError:
        return False
    return True


@functools.cache
def _text_type(least: int | None, most: int | None, pattern: str | None) -> Any:
    rule = msgspec.Meta(min_length=least, max_length=most, pattern=pattern)
    return Annotated[str, rule]


def _union(content: Any, kind: types.UnionType, faults: Faults, asked: Asked) -> Any:
    """Return what the member of a union makes of a value that its shape belongs to."""
    bare = [inner_type(one) for one in kind.types]
    structs = [one for one in bare if isinstance(one, types.StructType)]
    if isinstance(content, dict) and len(structs) > 1:
        return _tagged(content, structs, faults)
    for one, inner in zip(kind.types, bare, strict=True):
        if _has_shape(content, inner):
            return _value(content, one, faults, asked)
    choices = [one for one in kind.types if not isinstance(one, types.NoneType)]
    if len(choices) == 1:
        return _value(content, choices[0], faults, asked)
    faults.add("", f"found {shown(content)}", wanted(kind, asked))
    return BROKEN


def _tagged(content: dict[str, Any], structs: list[types.StructType], faults: Faults) -> Any:
    """Return the struct of a union that the tag of an object names."""
    field = str(structs[0].tag_field)
    by_tag = {str(one.tag): one for one in structs}
    tag = content.get(field)
    if isinstance(tag, str) and tag in by_tag:
        return _struct(content, by_tag[tag], faults)
    choices = "one of " + ", ".join(by_tag)
    near = difflib.get_close_matches(tag, by_tag, n=1) if isinstance(tag, str) else []
    if field not in content:
        misspelt = did_you_mean(field, content)
        faults.add("", f"no `{field}`", f"{field}: {choices}", misspelt)
    else:
        faults.add(
            field, f"found {shown(tag)}", choices, did_you_mean(near[0], near) if near else ""
        )
    likely = by_tag[near[0]] if near else max(structs, key=lambda one: _overlap(content, one))
    if near or _overlap(content, likely):  # what else is wrong with what was meant
        _struct(content, likely, faults)
    return BROKEN


def _overlap(content: dict[str, Any], kind: types.StructType) -> int:
    """Return how many fields of an object a struct knows."""
    return sum(field.encode_name in content for field in kind.fields)


def _struct(content: dict[str, Any], kind: types.StructType, faults: Faults) -> Any:
    """Return a struct of an object; a field that it needs and that is not there is BROKEN."""
    fields = {field.encode_name: field for field in kind.fields}
    meant = _unknown(content, kind, faults)
    values: dict[str, Any] = {}
    is_whole = True
    for name, field in fields.items():
        made, asked = BROKEN, Asked(name, {"may_be_left_out": not field.required})
        if name in content:
            made = _value(content[name], field.type, faults.under(name), asked)
        elif field.required and name not in meant:
            faults.add("", f"no `{name}`", f"{name}: {wanted(field.type, Asked(name, {}))}")
        if made is not BROKEN or field.required:
            values[field.name] = made
            is_whole &= made is not BROKEN
    if not is_whole and hasattr(kind.cls, "__post_init__"):
        return BROKEN
    try:
        return kind.cls(**values)
    except (ValueError, TypeError) as error:
        faults.add("", str(error))
        return BROKEN


def _unknown(content: dict[str, Any], kind: types.StructType, faults: Faults) -> list[str]:
    """Tell the fields that a struct has not; return those that were meant instead."""
    names = [field.encode_name for field in kind.fields]
    free = [name for name in names if name not in content]
    meant = []
    for name, value in content.items():
        if name in names or name == kind.tag_field or not kind.forbid_unknown_fields:
            continue
        hint = _meant(name, value, free) or _meant(name, value, names)
        meant += [other for other in free if hint.startswith(f"did you mean {other!r}")]
        listed = names if len(names) <= MOST_NAMES else [*names[:MOST_NAMES], "..."]
        known = "" if hint else "one of " + ", ".join(listed) if listed else "no fields"
        faults.add(name, f"no field is called `{name}`", known, hint)
    return meant


def _meant(name: str, value: object, known: list[str]) -> str:
    return renamed(name, value, known) or _begun(name, known) or did_you_mean(name, known)


def _begun(name: str, known: Iterable[str]) -> str:
    """Return what was meant by a name without its unit, or only begun."""
    longer = [other for other in known if len(name) >= 3 and other.startswith(name)]
    return f"did you mean {longer[0]!r}?" if len(longer) == 1 else ""


def _items(content: list[Any], kind: Any, faults: Faults, asked: Asked) -> Any:
    """Return a list whose wrong items are BROKEN; they are told at their numbers."""
    made = [
        _value(item, kind.item_type, faults.under(f"[{number}]"), Asked(asked.name, {}))
        for number, item in enumerate(content)
    ]
    if not _has_length(content, kind, "items", faults):
        return BROKEN
    return tuple(made) if isinstance(kind, types.VarTupleType) else made


def _has_length(content: Any, kind: Any, what: str, faults: Faults) -> bool:
    least, most = kind.min_length or 0, kind.max_length
    if len(content) >= least and (most is None or len(content) <= most):
        return True
    bound = f"at least {least}" if len(content) < least else f"at most {most}"
    faults.add("", f"found {len(content)} {what}", bound)
    return False


def _fixed_items(content: list[Any], kind: types.TupleType, faults: Faults, asked: Asked) -> Any:
    """Return a tuple of so many items, each of its own type."""
    if len(content) != len(kind.item_types):
        faults.add("", f"found {shown(content)}", wanted(kind, asked))
        return BROKEN
    made = tuple(
        _value(item, one, faults.under(f"[{number}]"), Asked(asked.name, {}))
        for number, (item, one) in enumerate(zip(content, kind.item_types, strict=True))
    )
    return BROKEN if BROKEN in made else made


def _entries(content: dict[str, Any], kind: types.DictType, faults: Faults, asked: Asked) -> Any:
    """Return an object of free names without its wrong entries."""
    made = {}
    for name, item in content.items():
        key = _value(name, kind.key_type, faults.under(name), asked)
        value = _value(item, kind.value_type, faults.under(name), Asked(name, {}))
        if key is not BROKEN and value is not BROKEN:
            made[key] = value
    return made if _has_length(content, kind, "entries", faults) else BROKEN


def _hint(content: Any, kind: types.Type, asked: Asked) -> str:
    """Return what may have been meant by a value of another shape."""
    if content is None:
        return _hint_of_nothing(kind, asked)
    if isinstance(kind, types.LiteralType | types.EnumType) and isinstance(content, str):
        return did_you_mean(content, [v for v in choices_of(kind) if isinstance(v, str)])
    if isinstance(kind, types.FloatType | types.IntType) and isinstance(content, str):
        return spoken(asked.name, content)
    if isinstance(kind, types.IntType) and isinstance(content, float) and content.is_integer():
        return f"write {int(content)}" if abs(content) < 1e15 else ""
    if isinstance(kind, types.StrType) and isinstance(content, int | float):
        return "write it in quotes"
    if isinstance(kind, types.ListType | types.VarTupleType) and isinstance(content, dict):
        return "begin each item with `- `"
    return ""


def _hint_of_nothing(kind: types.Type, asked: Asked) -> str:
    """Return what to do about a field that has a name and no value."""
    if isinstance(kind, types.ListType | types.VarTupleType | types.TupleType):
        words = "begin each item below it with `- `"
    elif isinstance(kind, types.StructType | types.DictType):
        words = "write its fields below it, indented"
    else:
        words = "give it a value"
    return f"leave it out, or {words}" if asked.extra.get("may_be_left_out") else words

"""Sources: where each figure of a system comes from, and how far it may be trusted."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from jointsky.declare import Faults
from jointsky.errors import did_you_mean

NUMBERS = (int, float)
Year = Annotated[int, Meta(ge=1900, le=2100)]


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public text: a book, a paper, a page."""

    title: Annotated[str, Meta(min_length=3, description="Title, with its author where known")]
    publisher: Annotated[str, Meta(description="Who published it")] = ""
    year: Annotated[Year | None, Meta(description="When; none: not known")] = None
    url: Annotated[str, Meta(pattern=r"^(https?://\S+)?$", description="Where it can be read")] = ""

    @property
    def words(self) -> str:
        """Return the reference in one line."""
        parts = [self.title, self.publisher, str(self.year or ""), self.url]
        return ", ".join(part for part in parts if part)


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one or several figures come from.

    ``read``: seen in the reference.  ``recalled``: stated from memory of the reference, check it
    before use.  ``estimate``: nobody's figure but ours; ``note`` says from what.
    """

    fields: Annotated[
        tuple[str, ...],
        Meta(min_length=1, description="Paths of the figures; a path covers all that is below it"),
    ]
    basis: Annotated[
        Literal["read", "recalled", "estimate"],
        Meta(description="Seen in the reference, from memory of it, or an estimate of our own"),
    ]
    reference: Annotated[
        str | Reference | None,
        Meta(description="A key of the catalogue's references, or title, publisher, year, url"),
    ] = None
    also: Annotated[
        tuple[str | Reference, ...], Meta(description="References that note and conflict speak of")
    ] = ()
    approximate: Annotated[
        bool, Meta(description="Whether the figure is rounded or differs between examples")
    ] = True
    note: Annotated[str, Meta(description="How it was derived; what it holds for")] = ""
    conflict: Annotated[str, Meta(description="What other sources say instead")] = ""


@dataclasses.dataclass(frozen=True)
class Figure:
    """One value of a declared thing: where it stands, what it is, where it comes from.

    ``is_default`` where the file does not say it (or says what holds anyway).
    """

    path: str
    value: Any
    is_default: bool
    source: Source | None

    @property
    def is_number(self) -> bool:
        """Return whether it is a number or a list of them: text and truth need no source."""
        many = self.value if isinstance(self.value, (tuple, list)) else (self.value,)
        return any(isinstance(one, NUMBERS) and not isinstance(one, bool) for one in many)


def values(thing: Any, path: str = "") -> Iterator[tuple[str, Any, bool]]:
    """Yield (path, value, is_default) of every single value in a declared thing, in order."""
    if isinstance(thing, msgspec.Struct):
        for field in msgspec.structs.fields(thing):
            value = getattr(thing, field.name)
            default = field.default
            if field.default_factory is not msgspec.NODEFAULT:
                default = field.default_factory()
            below = f"{path}.{field.name}" if path else field.name
            if default is not msgspec.NODEFAULT and value == default:
                yield below, value, True
            else:
                yield from values(value, below)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from values(value, f"{path}.{key}")
    elif isinstance(thing, (tuple, list)) and any(
        isinstance(item, (msgspec.Struct, dict, tuple, list)) for item in thing
    ):
        for number, item in enumerate(thing):
            yield from values(item, f"{path}[{number}]")
    else:
        yield path, thing, False


def covers(field: str, path: str) -> bool:
    """Return whether a source for ``field`` speaks of ``path``.

    ``weapons.range_max_km`` covers that field of every weapon, ``weapons[0]`` all of the first.
    """
    if "[" not in field:
        path = re.sub(r"\[\d+\]", "", path)
    return path == field or path.startswith((f"{field}.", f"{field}["))


def figures(thing: Any, sources: Sequence[Source]) -> list[Figure]:
    """Return every value of a declared thing with the most exact of its sources, or the last."""
    found = []
    for path, value, is_default in values(thing):
        fits = [
            (len(field), number)
            for number, source in enumerate(sources)
            for field in source.fields
            if covers(field, path)
        ]
        best = sources[max(fits)[1]] if fits else None
        found.append(Figure(path, value, is_default, best))
    return found


def find_faults(
    thing: Any, sources: Sequence[Source], references: Iterable[str], faults: Faults
) -> None:
    """Add to ``faults`` each source that speaks of nothing, or that does not say what it must."""
    paths = [path for path, _, _ in values(thing)]
    known = {re.sub(r"\[\d+\]", "", path): None for path in paths}
    keys = list(references)
    for number, source in enumerate(sources):
        at = faults.under(f"sources[{number}]")
        for place, field in enumerate(source.fields):
            if not any(covers(field, path) for path in paths):
                hint = did_you_mean(field, known)
                at.add(f"fields[{place}]", f"{field!r} is no field of it", "the path of one", hint)
        named = [("reference", source.reference)]
        named += [(f"also[{place}]", other) for place, other in enumerate(source.also)]
        for path, key in named:
            if isinstance(key, str) and key not in keys:
                found = f"{key!r} is no reference of the catalogue"
                wanted = "a key of the catalogue, or title, publisher, year and url"
                at.add(path, found, wanted, did_you_mean(key, keys))
        if source.basis == "estimate" and not source.note:
            at.add("note", "an estimate that does not say from what", "a note that says it")
        if source.basis != "estimate" and source.reference is None:
            at.add("reference", f"nothing, though it was {source.basis}", "the text it is from")

"""What each edition of each ASTERIX category looks like, as plain data made from libasterix.

Importing libasterix takes 1.4 s and 90 MB, so what is needed of it (lengths of items, places and
scales of fields) is written once into the cache folder, named after the version of libasterix and
the code that writes it; a later start reads some ten kilobytes a category instead.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import os
import pathlib
import tempfile

import msgspec

from jointsky._jit import cache_root

CATEGORIES = (1, 2, 10, 19, 20, 21, 34, 48, 62, 63, 65)
"""The categories that we decode; blocks of any other are counted and passed over."""


class Field(msgspec.Struct, frozen=True, array_like=True):
    """One field: ``size`` bits from bit ``bit`` of its item (of one element, if it repeats).

    ``coding`` is raw, table, integer, quantity, icao, ascii, octal or spare; ``lsb`` is in
    ``unit`` as the specification writes it (NM, °, FL, ft, s, ...).
    """

    name: str
    bit: int
    size: int
    coding: str
    signed: bool = False
    lsb: float = 1.0
    unit: str = ""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One item, or one subitem of a compound item, and how its length follows from its octets.

    ``kind`` says what ``sizes`` holds, in octets: fixed [length]; extended [each part];
    repetitive [counter, element]; repetitive-fx [element]; explicit []; compound [longest FSPEC];
    rfs [] (random field sequencing: counter, then number and content of each).
    """

    name: str
    kind: str
    sizes: tuple[int, ...]
    ends_with_fx: bool = True
    fields: tuple[Field, ...] = ()
    children: tuple[Item | None, ...] = ()


class Uap(msgspec.Struct, frozen=True, array_like=True):
    """The order of items in a record: the item of each FSPEC bit, None where it is spare."""

    name: str
    fspec_octets_max: int
    items: tuple[Item | None, ...]


class Edition(msgspec.Struct, frozen=True, array_like=True):
    """One edition of one category; CAT001 has two orders of items, the others one."""

    category: int
    name: str
    uaps: tuple[Uap, ...]


@functools.cache
def editions(category: int) -> tuple[Edition, ...]:
    """Return all editions of a category that we decode, oldest first."""
    folder = _folder()
    path = folder / f"{category:03d}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Edition, ...])
    except (OSError, msgspec.DecodeError):
        made = _all_made()
    _keep(folder, made)
    return made[category]


def _folder() -> pathlib.Path:
    here = pathlib.Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for name in ("specification.py", "libasterix_tables.py"):
        digest.update((here / name).read_bytes())
    version = importlib.metadata.version("libasterix")
    return cache_root() / f"asterix-{version}-{digest.hexdigest()}"


def _all_made() -> dict[int, tuple[Edition, ...]]:
    # By name, so that the 1.4 s of libasterix are paid only where there is no cache yet.
    maker = importlib.import_module("jointsky.formats.asterix.libasterix_tables")
    made: dict[int, tuple[Edition, ...]] = maker.make_editions(CATEGORIES)
    return made


def _keep(folder: pathlib.Path, made: dict[int, tuple[Edition, ...]]) -> None:
    """Write the tables for the next start; a folder that cannot be written is no fault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for category, content in made.items():
            handle, temporary = tempfile.mkstemp(dir=folder)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(content))
            os.replace(temporary, folder / f"{category:03d}.json")
    except OSError:
        return

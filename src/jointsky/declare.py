"""Declared things: frozen msgspec structs read from YAML, with errors that point.

One class gives the file's form, its JSON Schema and its docs page.  ``read`` reports the path of
a fault, what was found, what was wanted and, for a misspelt name, the name that was meant.
"""

from __future__ import annotations

import pathlib
import re
from typing import Any, TypeVar

import msgspec
import yaml

from jointsky.errors import InputError, did_you_mean

_T = TypeVar("_T")


def read(path: str | pathlib.Path, kind: type[_T]) -> _T:
    """Return the declared thing in a YAML (or JSON) file; raise InputError at the first fault."""
    path = pathlib.Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            str(path), error.strerror or str(error), "a file that can be read"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start}", "not UTF-8 text", "a YAML file") from None
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}: line {mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(where, problem, "a YAML file") from None
    return convert(content, kind, where=str(path))


def convert(content: Any, kind: type[_T], where: str) -> _T:
    """Return plain data (as YAML gives it) as a declared thing."""
    try:
        return msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError as error:
        text = str(error)
        message, _, path = text.partition(" - at `$")
        place = path.rstrip("`").lstrip(".")
        hint = ""
        unknown = re.search(r"unknown field `(.+?)`", message)
        if unknown:
            known = _field_names(kind)
            hint = did_you_mean(unknown.group(1), known)
        raise InputError(f"{where}: {place}" if place else where, message, hint=hint) from None


def _field_names(kind: Any) -> list[str]:
    names = []
    for schema in msgspec.json.schema_components([kind])[1].values():
        names += list(schema.get("properties", {}))
    return names


def schema(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a declared thing, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}

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


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses a key given twice, of which PyYAML would take the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: list[Any] = []
        for key_node, _ in node.value:
            is_merge = key_node.tag == "tag:yaml.org,2002:merge"
            key = None if is_merge else self.construct_object(key_node, deep=True)
            if not is_merge and key in keys:
                problem = f"{key!r} is given twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            keys.append(key)
        return super().construct_mapping(node, deep)


class Faults:
    """All that is wrong with a declared thing, collected, so that it is told in one go.

    A path leads from the root to the fault as in the file: ``sites[0].sensors[1].name``.
    """

    def __init__(self, path: str = "", kept: list[InputError] | None = None) -> None:
        self.path = path
        self.kept: list[InputError] = [] if kept is None else kept

    def add(self, path: str, found: str, wanted: str = "", hint: str = "") -> None:
        """Keep a fault at ``path`` below this one; ``where`` of the error is the whole path."""
        self.kept.append(InputError(_joined(self.path, path), found, wanted, hint))

    def under(self, path: str) -> Faults:
        """Return a view whose paths begin below ``path``; it keeps its faults here."""
        return Faults(_joined(self.path, path), self.kept)


def _joined(path: str, rest: str) -> str:
    return path + rest if not path or not rest or rest.startswith("[") else f"{path}.{rest}"


def read(path: str | pathlib.Path, kind: type[_T], form: str = "") -> _T:
    """Return the declared thing in a YAML (or JSON) file; raise InputError at the first fault.

    ``form`` is an example of a good file, shown where the file has another shape altogether.
    """
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
        content = yaml.load(text, _Loader)  # a safe one
    except (ValueError, RecursionError) as error:  # 2021-13-45, or brackets without end
        raise InputError(str(path), str(error), "a YAML file") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}: line {mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(where, problem, "a YAML file") from None
    return convert(content, kind, where=str(path), form=form)


def convert(content: Any, kind: type[_T], where: str, form: str = "") -> _T:
    """Return plain data (as YAML gives it) as a declared thing."""
    try:
        return msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError as error:
        message, place = parts_of(str(error))
        hint = ""
        unknown = re.search(r"unknown field `(.+?)`", message)
        if unknown:
            known = _field_names(kind)
            hint = _meant(unknown.group(1), known)
        wanted = f"a file of this form:\n{form}\n" if form and _is_of_shape(message) else ""
        where = f"{where}: {place}" if place else where
        raise InputError(where, message, wanted, hint) from None


def _meant(word: str, known: list[str]) -> str:
    """Return ``did you mean 'x'?``; a name without its unit, or only begun, is meant as well."""
    begun = [name for name in known if len(word) >= 3 and name.startswith(word)]
    return did_you_mean(begun[0], begun) if len(begun) == 1 else did_you_mean(word, known)


def _is_of_shape(message: str) -> bool:
    """Return whether msgspec complains of fields or of what holds them, not of a value."""
    return "field" in message or "`object`" in message


def parts_of(text: str) -> tuple[str, str]:
    """Return what msgspec says, and where: ``$.sites[0].name`` becomes ``sites[0].name``."""
    at = re.search(r" - at (`key` in )?`\$(.*)`$", text, re.DOTALL)
    if at is None:
        return text, ""
    place = at.group(2).lstrip(".")
    if at.group(1):
        place = f"a key of {place}" if place else "a key"
    return text[: at.start()], place


def _field_names(kind: Any) -> list[str]:
    names = []
    for schema in msgspec.json.schema_components([kind])[1].values():
        names += list(schema.get("properties", {}))
    return names


def schema(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a declared thing, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}

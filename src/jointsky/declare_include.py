"""A YAML file and the files that it includes become one tree."""

from __future__ import annotations

import pathlib
from typing import Any

from jointsky.declare_tree import Mark, Tree, read_tree

INCLUDE = "include"


def read_joined(path: str | pathlib.Path) -> Tree:
    """Return what a file says together with the files under its key ``include``.

    Lists of one name become one list, the included files' items first; of anything else the
    including file has the last word.  Paths of includes are relative to the file that says them;
    a file that comes twice is taken once.
    """
    return _Joining().read(pathlib.Path(path))


class _Joining:
    """Reads files into each other, each of them once."""

    def __init__(self) -> None:
        self.open: list[pathlib.Path] = []
        self.done: set[pathlib.Path] = set()

    def read(self, path: pathlib.Path) -> Tree:
        """Return a file with what it includes."""
        own = read_tree(path)
        if not isinstance(own.content, dict) or INCLUDE not in own.content:
            return own
        real = path.resolve()
        self.open.append(real)
        self.done.add(real)
        joined = Tree(path)
        joined.content, joined.marks = {}, {"": own.marks[""]}
        given = own.content.pop(INCLUDE)
        for place, item in enumerate(given if isinstance(given, list) else [given]):
            at = f"{INCLUDE}[{place}]" if isinstance(given, list) else INCLUDE
            part = self._included(path, own, at, item)
            if part is not None:
                _join(joined, part, is_last_word=False)
        _join(joined, own, is_last_word=True)
        joined.files = list(dict.fromkeys([path, *joined.files]))
        self.open.pop()
        return joined

    def _included(self, path: pathlib.Path, own: Tree, at: str, item: Any) -> Tree | None:
        """Return the tree of an included file; None where there is none to be taken."""
        if not isinstance(item, str) or not item or "\0" in item:
            own.add(at, f"found {item!r}", "the path of a file, or a list of them")
            return None
        file = path.parent / item
        real = file.resolve()
        if real in self.open:
            circle = [*self.open[self.open.index(real) :], real]
            chain = " includes ".join(one.name for one in circle)
            own.add(at, f"{item!r} leads back to itself: {chain}", "no circle of includes")
        elif not file.is_file():
            found = f"{item!r} is a folder" if file.is_dir() else f"there is no file {item!r}"
            own.add(at, found, "a YAML file", f"looked for at {file}")
        elif real not in self.done:
            self.done.add(real)
            part = self.read(file)
            if part.content is None or isinstance(part.content, dict):
                return part
            part.add("", f"found {_shape(part.content)}", "sections, as in a scenario of its own")
            part.content = None
            return part
        return None


def _shape(content: Any) -> str:
    return "a list" if isinstance(content, list) else f"{content!r}"


def _join(into: Tree, part: Tree, is_last_word: bool) -> None:
    """Add the sections of a file to those of others; lists become one list."""
    into.errors += part.errors
    into.files += part.files
    moved: dict[str, int] = {}
    replaced: set[str] = set()
    for key, value in (part.content or {}).items():
        known = into.content.get(key)
        if isinstance(known, list) and isinstance(value, list):
            moved[key] = len(known)
            into.content[key] = known + value
            continue
        if key in into.content:
            replaced.add(key)
            if not is_last_word:
                first = into.marks[key]
                found = f"{first.file}:{first.line} says `{key}` as well"
                part.add(key, found, "one of them to say it", "or the file that includes both")
                into.errors.append(part.errors[-1])
        into.content[key] = value
    if replaced:
        kept = {path: mark for path, mark in into.marks.items() if _section(path) not in replaced}
        into.marks = kept
    for path, mark in part.marks.items():
        _put_mark(into.marks, path, mark, moved)


def _section(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]


def _put_mark(marks: dict[str, Mark], path: str, mark: Mark, moved: dict[str, int]) -> None:
    """Note where a value stands whose list may have been joined to another."""
    section = _section(path)
    rest = path[len(section) :]
    if section in moved and rest.startswith("["):
        number, _, rest = rest[1:].partition("]")
        path = f"{section}[{int(number) + moved[section]}]{rest}"
    marks.setdefault(path, mark)

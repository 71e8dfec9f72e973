"""A YAML file becomes plain data that knows where each of its values stands.

YAML 1.2's core schema: only ``true`` and ``false`` are truth values (``no`` is a text), ``1e3``
is a number, ``0700`` is seven hundred.  Stamps stay text: a declaration says what is a time.
"""

from __future__ import annotations

import math
import pathlib
import re
from typing import Any, NamedTuple

import yaml

from jointsky.errors import DeclaredError, InputError

MOST_REPEATED = 100_000  # values that stand again where references lead to them
DEEPEST = 60
MOST_DIGITS = 4000  # Python makes no number of more than 4,300
_TAG = "tag:yaml.org,2002:"
_TAGS = {yaml.ScalarNode: _TAG + "str", yaml.SequenceNode: _TAG + "seq"}
_TAGS |= {yaml.MappingNode: _TAG + "map"}
_INT = re.compile(r"[-+]?[0-9]{1,18}")  # longer ones are floats
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_PLAIN: dict[str, Any] = {"": None, "~": None, ".nan": float("nan")}
_PLAIN |= {".inf": float("inf"), "-.inf": float("-inf")}
for _word, _value in _WORDS.items():
    _PLAIN |= dict.fromkeys((_word, _word.capitalize(), _word.upper()), _value)


class _Untouched:
    """Leaves plain text as it stands: what it means is said below, not by YAML 1.1."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node that has none of its own."""
        return _TAGS[kind]


class _Slow(_Untouched, yaml.SafeLoader):
    """The loader in Python, whose errors are the same everywhere, and better."""


class _Quick(_Untouched, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, where it is there."""


class Mark(NamedTuple):
    """Where a value stands: file, line (from 1; 0: none), and its path as in that file."""

    file: str
    line: int
    path: str


class Tree:
    """Plain data with the place of each of its values, and all that was wrong with its files.

    ``files`` are those that it comes from, the first of them the one that was asked for.
    """

    def __init__(self, file: pathlib.Path) -> None:
        self.content: Any = None
        self.files = [file]
        self.marks: dict[str, Mark] = {"": Mark(str(file), 0, "")}
        self.errors: list[DeclaredError] = []

    def mark(self, path: str) -> Mark:
        """Return where ``path`` stands, or what holds it where it is not in the file."""
        rest = ""
        while path and path not in self.marks:
            at = max(path.rfind("."), path.rfind("["), 0)
            path, rest = path[:at], path[at:] + rest
        file, line, own = self.marks[path]
        return Mark(file, line, (own + rest).removeprefix("."))

    def where(self, path: str) -> str:
        """Return file, line and path as an error says them: ``sky.yaml:12: sites[0].name``."""
        return DeclaredError.place(*self.mark(path))

    def told(self, fault: InputError) -> DeclaredError:
        """Return a fault at a path as one at its file, line and path."""
        return DeclaredError(*self.mark(fault.where), fault.found, fault.wanted, fault.hint)

    def add(self, path: str, found: str, wanted: str = "", hint: str = "") -> None:
        """Keep a fault of the files themselves at ``path``."""
        self.errors.append(self.told(InputError(path, found, wanted, hint)))

    def all_errors(self, faults: list[InputError]) -> list[DeclaredError]:
        """Return the faults of the files and ``faults`` at paths, by file and line, each once.

        What could not be read is told as that, and not also as missing.
        """
        told = {(one.file, one.path) for one in self.errors}
        others = [one for one in map(self.told, faults) if (one.file, one.path) not in told]
        once = {str(one): one for one in [*self.errors, *others]}
        order = {str(file): number for number, file in enumerate(self.files)}
        return sorted(once.values(), key=lambda one: (order[one.file], one.line))


def read_tree(path: str | pathlib.Path) -> Tree:
    """Return what one YAML file says; what keeps it from being read is in ``errors``."""
    path = pathlib.Path(path)
    tree = Tree(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        _refuse_octets(tree, path, error)
        return tree
    try:
        node = _composed(text)
    except (yaml.YAMLError, RecursionError) as error:
        _refuse_syntax(tree, text, error)
        return tree
    if node is None:
        _refuse(tree, 0, "the file is empty", "a YAML file")
        return tree
    building = _Building(tree)
    content = building.value(node, "", ())
    tree.content = content if building.repeated <= MOST_REPEATED else None
    return tree


def _refuse(tree: Tree, line: int, found: str, wanted: str, hint: str = "") -> None:
    file = str(tree.files[0])
    tree.errors.append(DeclaredError(file, line, "", found, wanted, hint))


def _refuse_octets(tree: Tree, path: pathlib.Path, error: Exception) -> None:
    """Tell why the text of a file cannot be had."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        found = f"byte {error.start} is not UTF-8 text"
        _refuse(tree, line, found, "a YAML file", "save it as UTF-8")
        return
    found = (getattr(error, "strerror", "") or str(error)).lower()
    if "\0" not in str(path) and path.is_dir():
        found = "is a folder"
    _refuse(tree, 0, found, "a YAML file that can be read")


def _composed(text: str) -> yaml.Node | None:
    """Return the nodes of a text; YAMLError or RecursionError where it is no YAML of ours."""
    try:
        depth = 0
        for event in yaml.parse(text, _Quick):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                problem = f"more than {DEEPEST} brackets or indented levels within each other"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]
        return yaml.compose(text, _Quick)
    except yaml.YAMLError:
        yaml.compose(text, _Slow)
        raise


def _refuse_syntax(tree: Tree, text: str, error: Exception) -> None:
    """Tell what is no YAML: the line, what is wrong with it, and the usual reason."""
    if isinstance(error, RecursionError):
        _refuse(tree, 0, f"more than {DEEPEST} brackets within brackets", "a YAML file")
        return
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        found = f"character U+{int(error.character):04X}, which is no text"
        _refuse(tree, line, found, "a YAML file")
        return
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 0
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    problem = problem.removeprefix("but ")
    lines = ["", *text.splitlines(), ""]
    near = lines[max(line - 1, 0) : line + 1]
    hint = ""
    if any("\t" in words[: len(words) - len(words.lstrip())] for words in near):
        hint = "indent with spaces: YAML takes no tabs"
    elif "document" in str(getattr(error, "context", "")) + problem:
        hint = "a line `---` may stand at the top of a file only"
    elif "mapping values are not allowed" in problem:
        hint = "a text that holds a colon is written in quotes; names of one level stand in line"
    elif "expected" in problem or "could not find" in problem:
        hint = "compare indentation, brackets and quotes with the lines above"
    _refuse(tree, line, problem, "YAML", hint)


class _Building:
    """Makes plain data of nodes, and notes where each value stands."""

    def __init__(self, tree: Tree) -> None:
        self.tree, self.repeated = tree, 0
        self.seen: set[int] = set()
        self.file = str(tree.files[0])

    def value(self, node: yaml.Node, path: str, above: tuple[int, ...]) -> Any:
        """Return what a node says; ``above`` are the nodes that hold it, by identity."""
        self._note(path, node)
        self.repeated += id(node) in self.seen
        self.seen.add(id(node))
        if self.repeated > MOST_REPEATED or len(above) > DEEPEST:
            if self.repeated <= MOST_REPEATED + 1:
                self.repeated = MOST_REPEATED + 1
                self.tree.add(path, "references unfold without end", "fewer of them")
            return None
        if id(node) in above:
            self.tree.add(path, "a reference to what holds it", "no circle of references")
            return None
        if node.tag != _TAGS[type(node)]:
            self.tree.add(path, f"the tag {node.tag!r}", "a value without a tag")
            return None
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style else _plain(node.value)
        above = (*above, id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one, f"{path}[{k}]", above) for k, one in enumerate(node.value)]
        return self._mapping(node, path, above)

    def _note(self, path: str, node: yaml.Node) -> None:
        self.tree.marks[path] = Mark(self.file, node.start_mark.line + 1, path)

    def _mapping(self, node: yaml.Node, path: str, above: tuple[int, ...]) -> dict[str, Any]:
        """Return an object; what ``<<`` brings along stands where it was written."""
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.value == "<<" and not key_node.style:
                for name, value in self._merged(value_node, path, above).items():
                    made.setdefault(name, value)
        self._note(path, node)
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode):
                self.tree.add(path, "a name that is no plain text", "`name: value`")
                continue
            if key == "<<" and not key_node.style:
                continue
            at = f"{path}.{key}" if path else key
            if key in lines:
                self._note(at, key_node)
                found = f"`{key}` is given twice, first in line {lines[key]}"
                self.tree.add(at, found, "it once")
                continue
            lines[key] = key_node.start_mark.line + 1
            made[key] = self.value(value_node, at, above)
            self._note(at, key_node)
        return made

    def _merged(self, node: yaml.Node, path: str, above: tuple[int, ...]) -> dict[str, Any]:
        """Return what one ``<<`` brings along: an object, or several, the first before others."""
        many = isinstance(node, yaml.SequenceNode)
        found: dict[str, Any] = {}
        for one in reversed(node.value if many else [node]):
            part = self.value(one, path, above)
            if isinstance(part, dict):
                found |= part
            else:
                self.tree.add(path, "`<<` with what is no object", "a reference to an object")
        return found


def _plain(text: str) -> Any:
    """Return the value of a plain word: number, truth, nothing, or the text itself."""
    if text in _PLAIN:
        return _PLAIN[text]
    if _INT.fullmatch(text):
        return int(text)
    if not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    # a number that no float holds is told by its digits, not as infinite
    return _vast(text) if math.isinf(number) and text.lstrip("+-").isdigit() else number


def _vast(digits: str) -> int:
    """Return a whole number of hundreds of digits, or the first of them: errors show fewer."""
    return int(digits[:MOST_DIGITS])

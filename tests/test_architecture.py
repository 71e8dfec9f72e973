"""The rules of the house that no linter knows, read from the syntax trees of the package."""

import ast
import functools
import pathlib
import subprocess
import sys
import tomllib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "jointsky"
FILES = sorted(PACKAGE.rglob("*.py"))
KERNELS = [path for path in FILES if path.name.endswith("_kernels.py")]
OWN_CODE = sorted(
    path
    for folder in ("src", "tests", "examples", "benchmarks", "docs")
    for path in (ROOT / folder).rglob("*.py")
)
MOST_LINES, MOST_FUNCTION_LINES = 600, 80
MAY_TOUCH_CLOCKS = ("cli", "live")
CLOCKS = {
    *(f"time.{name}" for name in ("time", "time_ns", "monotonic", "monotonic_ns", "sleep")),
    *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
    *(f"datetime.{name}" for name in ("now", "utcnow")),
    *("datetime.date.today", "date.today", "time.localtime", "time.gmtime"),
}
STOPWATCHES = {"time.perf_counter", "time.process_time", "time.perf_counter_ns"}
RANDOM_MAY = {"Generator", "Philox", "BitGenerator", "SeedSequence"}


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def dotted(node):
    """Return ``a.b.c`` of an attribute or a name, or an empty text."""
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return node.id if isinstance(node, ast.Name) else ""


def real_names(syntax):
    """Return what the names of a file stand for: ``np`` is ``numpy``, ``now`` what it came from."""
    names = {}
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            names |= {a.asname or a.name.split(".")[0]: a.asname and a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return {short: long for short, long in names.items() if long}


def mentioned(path):
    """Return (line, full dotted name) of everything a file mentions."""
    syntax = tree(path)
    names = real_names(syntax)
    for node in ast.walk(syntax):
        if isinstance(node, ast.Attribute | ast.Name):
            head, _, rest = dotted(node).partition(".")
            if head:
                full = names.get(head, head)
                yield node.lineno, f"{full}.{rest}" if rest else full


def imported(syntax):
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", OWN_CODE, ids=name_of)
def test_no_file_is_longer_than_a_reader_bears(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_no_benchmark_hides_a_folder_of_tests():
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert not folders & {path.stem for path in (ROOT / "benchmarks").glob("*.py")}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_function_is_longer_than_a_screen(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= MOST_FUNCTION_LINES, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_import_hides_in_a_function(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            hidden = [
                x.lineno for x in ast.walk(node) if isinstance(x, ast.Import | ast.ImportFrom)
            ]
            assert not hidden, f"lines {hidden}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_room_hides_an_import_under_type_checking(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING"):
            assert not [x for x in imported(node) if x[1].startswith("jointsky")]


@pytest.mark.parametrize("path", KERNELS, ids=name_of)
def test_kernels_import_arithmetic_only(path):
    for line, name in imported(tree(path)):
        if name.startswith("jointsky."):
            is_fine = name.startswith("jointsky._jit.") or any(
                part.endswith("_kernels") for part in name.split(".")
            )
        else:
            is_fine = name.split(".")[0] in {"math", "numpy"}
        assert is_fine, f"line {line}: {name}"


def module_of(path):
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


@functools.cache
def users_of_modules():
    """Return, for each module of the package, the modules that import it."""
    users = {module_of(path): set() for path in FILES}
    for path in FILES:
        for _, name in imported(tree(path)):
            for known in (name, name.rpartition(".")[0]):
                if known in users:
                    users[known].add(module_of(path))
    return users


@functools.cache
def imported_by_tests():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    names = {name for path in tests for _, name in imported(tree(path))}
    return names | {name.rpartition(".")[0] for name in names}


@pytest.mark.parametrize("path", KERNELS, ids=name_of)
def test_every_kernel_file_is_tested_itself_or_through_its_room(path):
    reached, waiting = set(), {module_of(path)}
    while waiting:  # from a kernel to all that import it, from another module to its room only
        module = waiting.pop()
        reached.add(module)
        for user in users_of_modules()[module] - reached:
            is_of_room = user.rpartition(".")[0] == module.rpartition(".")[0]
            if is_of_room or module.endswith("_kernels"):
                waiting.add(user)
    assert reached & imported_by_tests(), f"no test imports any of {sorted(reached)}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_time_is_handed_in(path):
    if path.relative_to(PACKAGE).parts[0] in MAY_TOUCH_CLOCKS:
        return
    for line, name in mentioned(path):
        assert name not in CLOCKS | STOPWATCHES, f"line {line}: {name}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_randomness_is_handed_in(path):
    for line, name in mentioned(path):
        assert name.split(".")[0] not in {"random", "secrets", "uuid"}, f"line {line}: {name}"
        if name.startswith("numpy.random."):
            assert name.split(".")[2] in RANDOM_MAY, f"line {line}: {name}"
            is_made = name.split(".")[2] == "Philox" and path.name != "streams.py"
            assert not is_made, f"line {line}: only streams.py makes generators"


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "__init__.py"], ids=name_of)
def test_a_room_says_what_becomes_what_and_nothing_else(path):
    (only,) = tree(path).body
    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)
    assert len(only.value.value) > 20


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_says_what_it_is_for(path):
    assert ast.get_docstring(tree(path))


def test_every_room_has_its_sentence():
    rooms = {path.parent for path in FILES}
    assert [room for room in sorted(rooms) if not (room / "__init__.py").exists()] == []


def test_every_room_is_on_a_floor():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in project["tool"]["importlinter"]["contracts"]:
        assert contract["type"] != "layers" or contract["exhaustive"] is True
    tops = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    layers = " ".join(project["tool"]["importlinter"]["contracts"][0]["layers"])
    assert tops - {"__init__"} <= set(
        layers.replace("|", " ").replace("(", " ").replace(")", " ").split()
    )


def test_the_rules_find_what_they_forbid(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("import time as t\nfrom datetime import datetime as d\nt.time()\nd.now()\n")
    assert {"time.time", "datetime.datetime.now"} <= {name for _, name in mentioned(path)}
    path.write_text("import numpy as np\nnp.random.rand()\n")
    assert "numpy.random.rand" in {name for _, name in mentioned(path)}


LOADS_NONE_OF_THEM = """
import importlib, pkgutil, sys
import jointsky.live
for found in pkgutil.walk_packages(jointsky.live.__path__, "jointsky.live."):
    importlib.import_module(found.name)
rooms = {name.split(".")[1] for name in sys.modules if name.startswith("jointsky.")}
print(*sorted(rooms & {"world", "sensors", "scenario", "sim", "decide"}))
"""


def test_a_live_site_loads_nothing_of_simulation_flight_or_engagement():
    done = subprocess.run(
        [sys.executable, "-c", LOADS_NONE_OF_THEM], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""

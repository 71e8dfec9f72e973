"""Every page of the docs runs from top to bottom.

A ``python`` block must print what the ``text`` block under it says; a ``console run`` block must
print what stands under its ``$`` lines; a ``yaml NAME.yaml`` block becomes that file.  ``...``
stands for anything.  All blocks of a page share one namespace and one empty folder, in which
``examples`` and ``scenarios`` are the project's.  A page that begins with ``<!-- needs NAME -->``
is passed over where that package is not installed.
"""

import contextlib
import doctest
import io
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)( run| [\w.-]+\.yaml)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r"<!-- needs (\w+) -->\n")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
LONGEST_S = 300


def blocks(text):
    """Return (line, kind, mark: ``run`` or the name of a file, content) of each fenced block."""
    for found in BLOCK.finditer(text):
        yield text[: found.start()].count("\n") + 1, found[1], (found[2] or "").strip(), found[3]


def check(wanted, got, where):
    assert doctest.OutputChecker().check_output(wanted, got, FLAGS), (
        f"{where} printed:\n{got}\nand should print:\n{wanted}"
    )


def run_python(code, namespace, where):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, where, "exec"), namespace)  # the docs are ours
    return printed.getvalue()


def run_console(content, where):
    path = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, _, wanted = part.partition("\n")
        done = subprocess.run(
            ["bash", "-c", command],
            env={**os.environ, "PATH": path, "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        assert done.returncode == 0, f"{where}: $ {command}\n{done.stdout}{done.stderr}"
        if wanted.strip():
            check(wanted, done.stdout, f"{where}: $ {command}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_page_runs_and_prints_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("examples", "scenarios"):
        (tmp_path / name).symlink_to(ROOT / name)
    namespace, printed = {"__name__": "docs"}, None
    text = page.read_text(encoding="utf-8")
    if needs := NEEDS.match(text):
        pytest.importorskip(needs[1], reason=f"{needs[1]} is not installed here")
    for line, kind, mark, content in blocks(text):
        where = f"{page.name}:{line}"
        if kind == "python":
            printed = run_python(content, namespace, where)
        elif kind == "text" and printed is not None:
            check(content, printed, where)
            printed = None
        elif kind == "yaml" and mark:
            (tmp_path / mark).write_text(content, encoding="utf-8")
        elif kind == "console" and mark:
            run_console(content, where)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_within_the_project_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!\w+:)([^)#\s]+)", text):
        assert (page.parent / target).exists(), f"{target} does not exist"


def test_a_block_that_prints_something_else_is_noticed():
    with pytest.raises(AssertionError, match="should print"):
        check("1\n", run_python("print(2)", {}, "x"), "x")
    with pytest.raises(AssertionError, match="false"):
        run_console("$ false\n", "x")
    check("a ... c\n", "a b c\n", "x")

"""Every notebook of the docs runs from top to bottom, and is kept without what it printed.

It runs in an empty folder, in which ``examples`` and ``scenarios`` are the project's.
"""

import json
import pathlib

import nbclient
import nbformat
import pytest

ROOT = pathlib.Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "docs").rglob("*.ipynb"))
LONGEST_S = 600  # of a cell


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def path(request):
    return request.param


def outputs(notebook):
    """Return what the cells of a notebook show, by kind: HTML, pictures, text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield from output.get("data", {}).items()


def test_the_notebook_runs_and_shows_cards_and_tables(path, tmp_path):
    for name in ("examples", "scenarios"):
        (tmp_path / name).symlink_to(ROOT / name)
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=LONGEST_S, resources=place).execute()
    shown = [content for kind, content in outputs(notebook) if kind == "text/html"]
    cards = [one for one in shown if 'class="jointsky"' in one]
    assert [one.partition("<h3>")[2].partition(":")[0] for one in cards] == [
        *("Scenario", "Study", "Run")
    ]
    assert len(shown) - len(cards) >= 4  # tables of pandas and Polars
    assert "True" in [content for kind, content in outputs(notebook) if kind == "text/plain"]


def test_the_notebook_is_kept_without_outputs_and_names_nobodys_machine(path):
    text = path.read_text(encoding="utf-8")
    for cell in json.loads(text)["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
    assert set(json.loads(text)["metadata"]) == {"kernelspec", "language_info"}
    assert "://" not in text


def test_links_of_a_notebook_lead_somewhere(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for part in cell.source.split("](")[1:] if cell.cell_type == "markdown" else ():
            target = part.partition(")")[0]
            assert (path.parent / target).exists(), f"{target} does not exist"

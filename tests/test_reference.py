"""What is public is in the reference, and the reference is what the declarations say."""

import importlib.util
import pathlib

import msgspec
import pytest

DOCS = pathlib.Path(__file__).parents[1] / "docs"
SPEC = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
maker = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(maker)


def page(name):
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def section(text, title):
    """Return what stands under a heading."""
    _, _, rest = text.partition(f"## {title}\n")
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("name", maker.PAGES)
def test_the_pages_are_current(name):
    assert page(name) == maker.PAGES[name](), "run: make docs"


@pytest.mark.parametrize("kind", maker.records(), ids=lambda kind: kind.__name__)
def test_every_column_of_every_record_is_explained(kind):
    text = section(page("records.md"), kind.__name__)
    for name, column in kind.schema().items():
        assert f"| `{name}` |" in text
        assert column.meaning in text


@pytest.mark.parametrize(
    ("name", "kind"),
    [("records.md", kind) for kind in maker.structs()]
    + [("settings.md", kind) for kind in maker.settings()],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_every_field_of_every_declared_thing_is_listed(name, kind):
    text = section(page(name), kind.__name__)
    for field in msgspec.structs.fields(kind):
        assert f"| `{field.name}` |" in text


@pytest.mark.parametrize("command", maker.commands())
def test_every_option_of_every_command_is_explained(command):
    text = section(page("commands.md"), f"jointsky {command}")
    for action in maker.commands()[command]._actions:
        for option in action.option_strings:
            assert option in text
        assert action.help or not action.option_strings, f"{action.dest} has no help"


@pytest.mark.parametrize("kind", maker.scenario_structs(), ids=lambda kind: kind.__name__)
def test_every_field_of_a_scenario_is_explained(kind):
    text = section(page("scenario.md"), kind.__name__)
    for field in msgspec.structs.fields(kind):
        assert f"| `{field.encode_name}` |" in text


@pytest.mark.parametrize("kind", maker.study_structs(), ids=lambda kind: kind.__name__)
def test_every_field_of_a_study_is_explained(kind):
    text = section(page("study.md"), kind.__name__)
    for field in msgspec.structs.fields(kind):
        assert f"| `{field.encode_name}` |" in text


@pytest.mark.parametrize("kind", maker.live_structs(), ids=lambda kind: kind.__name__)
def test_every_field_of_a_live_network_is_explained(kind):
    text = section(page("live.md"), kind.__name__)
    for field in msgspec.structs.fields(kind):
        assert f"| `{field.encode_name}` |" in text


def test_the_package_declares_what_we_think_it_does():
    assert {"Plots", "Tracks"} <= {kind.__name__ for kind in maker.records()}
    assert {"ReadOptions", "TrackerSettings"} <= {kind.__name__ for kind in maker.settings()}
    assert {"inspect", "track", "score"} <= set(maker.commands())

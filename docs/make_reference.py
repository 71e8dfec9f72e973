"""Make the reference pages from the declarations: records, settings, commands.

    python docs/make_reference.py [FOLDER]

Writes to docs/reference, or to another folder; a test holds the pages there equal to these.
"""

import argparse
import ast
import importlib
import inspect
import pathlib
import pkgutil
import sys
import typing

import msgspec

import jointsky
from jointsky.cli.main import parser
from jointsky.cli.systems_text import cell, value_text
from jointsky.records import plots, tracks
from jointsky.records.columns import Column, Columns
from jointsky.scenario.sources import Figure, Reference
from jointsky.scenario.systems import KINDS, System, catalogue
from jointsky.store.tables_cells import stored_name
from jointsky.units import unit_of

SYSTEMS_WORDS = """What `jointsky systems` shows: the types that scenarios are made of, with the
public source of each figure.

A figure marked *read* was seen in the source beside it; *recalled* is from memory of it, to be
checked before use; *estimate* is nobody's figure but ours, and says from what.  All are round and
approximate, none describes a real deployment.  Figures that are not listed have the default of
their kind.
"""
MADE = "<!-- Made by docs/make_reference.py from the declarations: do not edit. -->\n"
SETTING_NAMES = ("Options", "Settings")
BOUNDS = {"gt": "> {}", "ge": "≥ {}", "lt": "< {}", "le": "≤ {}"}


def modules() -> list[typing.Any]:
    """Return every module of the package."""
    found = pkgutil.walk_packages(jointsky.__path__, "jointsky.")
    return [importlib.import_module(info.name) for info in found]


def declared(of: type, where: str = "jointsky.") -> list[type]:
    """Return the public classes derived from ``of`` that the package declares, by module."""
    return [
        thing
        for module in modules()
        if module.__name__.startswith(where)
        for thing in vars(module).values()
        if inspect.isclass(thing) and issubclass(thing, of) and thing is not of
        if thing.__module__ == module.__name__ and not thing.__name__.startswith("_")
    ]


def records() -> list[type[Columns]]:
    """Return all column records."""
    return declared(Columns)


def structs() -> list[type[msgspec.Struct]]:
    """Return the declared single things that rooms exchange."""
    return declared(msgspec.Struct, "jointsky.records.")


def settings() -> list[type[msgspec.Struct]]:
    """Return everything that a user may set, by its class."""
    return [kind for kind in declared(msgspec.Struct) if kind.__name__.endswith(SETTING_NAMES)]


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the commands by name."""
    (chooser,) = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(chooser.choices)


def table(*rows: tuple[str, ...]) -> str:
    """Return rows as a Markdown table, the first row its head."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


def column_row(name: str, column: Column) -> tuple[str, ...]:
    """Return the line of one column."""
    cell = " × ".join("any" if size is None else str(size) for size in column.cell)  # noqa: RUF001
    kind = "text" if column.dtype.startswith("U") else column.dtype + (f" ({cell})" if cell else "")
    default = "empty" if column.default == "" else str(column.default)
    in_files = {"covariance": "21 columns `cov_e_e_m2` to `cov_vu_vu_m2ps2`"}
    in_files |= {"sensors": "labels: `0/1 0/7`", "mode_s": "6 hexadecimal digits"}
    in_files |= {"mode_a": "4 octal digits"}
    stored = in_files.get(name, f"`{stored_name(name)}`" if name.endswith("_rad") else "")
    measured = unit_of(name) if column.dtype == "float64" else ""
    return f"`{name}`", kind, measured, default, stored, column.meaning


def doc(thing: typing.Any) -> str:
    """Return a docstring as Markdown."""
    return (inspect.getdoc(thing) or "").replace("``", "`") + "\n"


def records_page() -> str:
    """Return the page of records."""
    parts = [MADE, "# Records\n", "What one room hands to another, and what the tables hold.\n"]
    head = ("column", "type", "unit", "not known", "in files, where it differs", "meaning")
    for kind in records():
        parts += [f"## {kind.__name__}\n", f"Tag `{kind.TAG}`, version {kind.VERSION}.\n"]
        parts += [doc(kind)]
        rows = [column_row(name, column) for name, column in kind.schema().items()]
        parts += [table(head, *rows)]
    for kind in (plots.Geometry, plots.PlotFlag, tracks.TrackStatus):
        parts += [f"## {kind.__name__}\n", doc(kind)]
        parts += [table(("name", "value"), *((f"`{x.name}`", str(x.value)) for x in kind))]
    for struct in structs():
        parts += struct_section(struct)
    return "\n".join(parts)


def struct_section(kind: type[msgspec.Struct]) -> list[str]:
    """Return heading, meaning and fields of a declared thing."""
    rows = [field_row(kind, field) for field in msgspec.structs.fields(kind)]
    head = ("field", "type", "default", "meaning")
    return [f"## {kind.__name__}\n", doc(kind), table(head, *rows)]


def field_row(kind: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> tuple[str, ...]:
    """Return the line of one field of a declared thing."""
    written = ast.parse(kind.__annotations__[field.name], mode="eval").body
    if isinstance(written, ast.Subscript) and ast.unparse(written.value) == "Annotated":
        written = typing.cast(ast.Tuple, written.slice).elts[0]
    hint = typing.get_type_hints(kind, include_extras=True)[field.name]
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    described = [meta.description for meta in metas if meta.description]
    bounds = [
        text.format(getattr(meta, bound))
        for meta in metas
        for bound, text in BOUNDS.items()
        if getattr(meta, bound) is not None
    ]
    meaning = "; ".join(
        [*described, *bounds, *([unit_of(field.name)] if unit_of(field.name) else [])]
    )
    default = "required" if field.required else repr(default_of(field))
    return f"`{field.name}`", f"`{ast.unparse(written)}`", f"`{default}`", meaning


def default_of(field: msgspec.structs.FieldInfo) -> typing.Any:
    """Return the value that a field takes when it is not given."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return typing.cast(typing.Callable[[], typing.Any], field.default_factory)()


def settings_page() -> str:
    """Return the page of settings."""
    parts = [MADE, "# Settings\n", "What can be set, where the defaults are not right.\n"]
    for kind in settings():
        parts += struct_section(kind)
    return "\n".join(parts)


def commands_page() -> str:
    """Return the page of commands."""
    parts = [MADE, "# Commands\n", "`jointsky COMMAND --help` tells the same.\n"]
    for name, command in commands().items():
        parts += [
            f"## jointsky {name}\n",
            inspect.cleandoc(command.description or "").replace("``", "`") + "\n",
        ]
        rows = []
        for action in command._actions:
            value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
            value = " ".join(value) if isinstance(value, tuple) else value
            if action.choices is not None:
                value = ", ".join(map(str, action.choices))
            spelt = ", ".join(action.option_strings) or value
            said = command._get_formatter()._expand_help(action) if action.help else ""
            rows.append((f"`{spelt}`", value if action.option_strings else "", said))
        parts += [table(("argument", "value", "meaning"), *rows)]
    return "\n".join(parts)


def systems_page() -> str:
    """Return the page of the catalogue: every figure of every system with its source."""
    known = catalogue()
    parts = [MADE, "# Systems\n", SYSTEMS_WORDS]
    for kind in KINDS:
        parts.append(f"## Type of {kind}\n")
        for system in known.of_kind(kind).values():
            parts += system_section(system, known.figures(system.name))
    return "\n".join(parts)


def system_section(system: System, figures: list[Figure]) -> list[str]:
    """Return heading, figures and sources of one system; figures left at their default not."""
    said = [figure for figure in figures if not figure.is_default]
    said = [figure for figure in said if figure.path not in ("name", "title")]
    sources = list({id(figure.source): figure.source for figure in said if figure.source}.values())
    rows = [("figure", "value", "unit", "source")]
    for figure in said:
        mark = ""
        if figure.source is not None:
            mark = f"{sources.index(figure.source) + 1}, {figure.source.basis}"
        rows.append((f"`{figure.path}`", value_text(figure.value), cell(figure), mark))
    parts = [f"### {system.name}\n", f"{system.title}.  {system.summary}".rstrip() + "\n"]
    parts += [f"{note}\n" for note in system.notes]
    parts.append(table(*rows))
    for number, source in enumerate(sources, 1):
        said_of = source.reference.words if isinstance(source.reference, Reference) else ""
        words = [
            said_of,
            source.note,
            f"**Others say:** {source.conflict}" if source.conflict else "",
        ]
        words += [f"see {it.words}" for it in source.also if isinstance(it, Reference)]
        mark = "" if source.basis == "read" else f"*{source.basis}* "
        parts.append(f"{number}. {mark}" + "; ".join(word for word in words if word))
    return [*parts, ""]


PAGES = {
    "records.md": records_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "systems.md": systems_page,
}


def main(folder: pathlib.Path) -> None:
    """Write all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent / "reference"
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here)

"""Make the reference pages from the declarations: records, settings, commands.

    python docs/make_reference.py [FOLDER]

Writes to docs/reference, or to another folder; a test holds the pages there equal to these.
"""

import argparse
import ast
import importlib
import inspect
import json
import pathlib
import pkgutil
import sys
import typing

import msgspec
import msgspec.inspect

import jointsky
from jointsky.cli.main import parser
from jointsky.cli.systems_text import cell, value_text
from jointsky.declare_time import WANTED_MOMENT
from jointsky.declare_words import Asked, wanted
from jointsky.live.declared import LiveConfig
from jointsky.records import plots, tracks
from jointsky.records.columns import Column, Columns
from jointsky.scenario.scenario import Scenario
from jointsky.scenario.sources import Figure, Reference
from jointsky.scenario.systems import KINDS, System, catalogue
from jointsky.store.tables_cells import stored_name
from jointsky.study.declared import Study
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


def annotation(kind: type, name: str) -> str:
    """Return how the type of a field is written, where it is declared: here or in a parent."""
    owner = next(one for one in kind.__mro__ if name in vars(one).get("__annotations__", {}))
    return owner.__annotations__[name]


def field_row(kind: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> tuple[str, ...]:
    """Return the line of one field of a declared thing."""
    written = ast.parse(annotation(kind, field.name), mode="eval").body
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


SCENARIO_WORDS = """What a scenario file may say, section by section; `jointsky schema` writes the
same for editors. A field without a default must be given; `none` stands for a field that is left
out. A time is {moment}.
"""


LIVE_WORDS = """What the file of a live network may say, the same file at every site;
`jointsky schema --live` writes the same for editors and `jointsky check` checks it.  A field
without a default must be given; `none` stands for a field that is left out.
"""


STUDY_WORDS = """What the file of a [study](../how-to/study.md) may say; `jointsky schema --study`
writes the same for editors and `jointsky check` checks it.  A field without a default must be
given; `none` stands for a field that is left out.
"""


def study_structs() -> list[type[msgspec.Struct]]:
    """Return every declared thing that the file of a study is made of."""
    return structs_within(Study)


def scenario_structs() -> list[type[msgspec.Struct]]:
    """Return every declared thing that a scenario file is made of, from the top down."""
    return structs_within(Scenario)


def live_structs() -> list[type[msgspec.Struct]]:
    """Return every declared thing that the file of a live network is made of."""
    return structs_within(LiveConfig)


def structs_within(top: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """Return a declared thing and every one that it is made of, from the top down."""
    found: list[type[msgspec.Struct]] = []
    waiting = [msgspec.inspect.type_info(top)]
    while waiting:
        kind = waiting.pop(0)
        if isinstance(kind, msgspec.inspect.StructType):
            if kind.cls in found:
                continue
            found.append(kind.cls)
            waiting += [field.type for field in kind.fields]
        for inside in ("type", "types", "item_type", "item_types", "value_type"):
            below = getattr(kind, inside, ())
            waiting += below if isinstance(below, tuple) else [below]
    return found


def scenario_type(kind: msgspec.inspect.Type, said: Asked) -> str:
    """Return what a field of a scenario takes, in words; declared things are led to."""
    if isinstance(kind, msgspec.inspect.Metadata):
        return scenario_type(kind.type, Asked("", {**said.extra, **(kind.extra or {})}))
    if isinstance(kind, msgspec.inspect.UnionType):
        of_use = [one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType)]
        if "wanted" not in said.extra:
            return " or ".join(dict.fromkeys(scenario_type(one, said) for one in of_use))
    if isinstance(kind, msgspec.inspect.StructType):
        return f"[{kind.cls.__name__}](#{kind.cls.__name__.lower()})"
    if isinstance(kind, msgspec.inspect.VarTupleType | msgspec.inspect.ListType):
        return f"list of {scenario_type(kind.item_type, said)}"
    if isinstance(kind, msgspec.inspect.DictType):
        return f"object of {scenario_type(kind.value_type, said)} by name"
    words = wanted(kind, said)
    return "a time" if words == WANTED_MOMENT else words.replace("|", "\\|")


def scenario_section(kind: type[msgspec.Struct]) -> list[str]:
    """Return heading, meaning and fields of one declared thing of a scenario."""
    info = typing.cast(msgspec.inspect.StructType, msgspec.inspect.type_info(kind))
    rows = []
    if info.tag_field:
        rows.append((f"`{info.tag_field}`", f"`{info.tag}`", "required", "Of which kind it is"))
    for field, known in zip(info.fields, msgspec.structs.fields(kind), strict=True):
        meta = field.type if isinstance(field.type, msgspec.inspect.Metadata) else None
        meaning = str(((meta and meta.extra_json_schema) or {}).get("description", ""))
        default = "required" if field.required else default_words(default_of(known))
        kinds = scenario_type(field.type, Asked("", {}))
        rows.append((f"`{field.encode_name}`", kinds, default, meaning))
    head = ("field", "takes", "default", "meaning")
    return [f"## {kind.__name__}\n", doc(kind), table(head, *rows) if rows else ""]


def default_words(value: typing.Any) -> str:
    """Return a default as the file would say it."""
    if isinstance(value, msgspec.Struct):
        return "as its own"
    if isinstance(value, tuple | dict):
        return "empty" if not value else f"`{json.dumps(msgspec.to_builtins(value))}`"
    return "none" if value is None else f"`{json.dumps(value)}`"


def scenario_page() -> str:
    """Return the page of the scenario file."""
    parts = [MADE, "# Scenario file\n", SCENARIO_WORDS.format(moment=WANTED_MOMENT)]
    for kind in scenario_structs():
        parts += scenario_section(kind)
    return "\n".join(parts)


def live_page() -> str:
    """Return the page of the file of a live network."""
    parts = [MADE, "# Live file\n", LIVE_WORDS]
    for kind in live_structs():
        parts += scenario_section(kind)
    return "\n".join(parts)


def study_page() -> str:
    """Return the page of the file of a study."""
    parts = [MADE, "# Study file\n", STUDY_WORDS]
    for kind in study_structs():
        parts += scenario_section(kind)
    return "\n".join(parts)


PAGES = {
    "live.md": live_page,
    "study.md": study_page,
    "records.md": records_page,
    "scenario.md": scenario_page,
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

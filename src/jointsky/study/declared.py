"""What a study is, as declared: a scenario, what is varied in it, what is asked, how surely."""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from jointsky.declare import Faults
from jointsky.declare_check import checked
from jointsky.declare_names import PlainName
from jointsky.declare_tree import Tree, read_tree
from jointsky.declare_words import shown
from jointsky.errors import InputError, ManyInputErrors, did_you_mean
from jointsky.scenario.scenario import SEEDS

FORM = """\
name: crews
scenario: two-towns.yaml
factors:
  - {name: seats, paths: ["duty.posts[*].crew.seats"], levels: [1, 2, 4]}
responses:
  - {name: share that came through, figure: leaked, of: hostile, half_width: 0.02}"""
Pictures = Literal["brief", "whole"]


class Factor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something in the scenario that is varied: levels or a range of a value, or alternatives."""

    name: Annotated[PlainName, Meta(description="Unique name")]
    paths: Annotated[
        tuple[str, ...],
        Meta(
            description="Where in the scenario, as `links[joint].outages`; `[*]`: every item. "
            "All of them take the same value"
        ),
    ] = ()
    levels: Annotated[tuple[Any, ...], Meta(description="Values that it takes")] = ()
    range: Annotated[
        tuple[float, float] | None, Meta(description="Least and greatest of a number")
    ] = None
    alternatives: Annotated[
        dict[str, dict[str, Any]],
        Meta(description="By name: values by path; null takes away what is there"),
    ] = {}


class Design(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which points of the space of factors are looked at."""

    kind: Annotated[
        Literal["factorial", "latin-hypercube", "nearly-orthogonal", "sobol", "saltelli"],
        Meta(
            description="factorial: every level with every other; the others fill the space; "
            "saltelli: so that it is told which factors matter"
        ),
    ] = "factorial"
    points: Annotated[
        int, Meta(ge=1, le=100_000, description="How many, but for a factorial design")
    ] = 64


class Response(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure of each run that is asked for; `of` another: the share of totals over runs."""

    name: Annotated[PlainName, Meta(description="Unique name")]
    figure: Annotated[
        str, Meta(min_length=1, description="In the duty's figures, as cost.spent_usd")
    ]
    of: Annotated[str, Meta(description="Figure that it is a share of; none: its mean")] = ""
    half_width: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="Half-width of its interval that is wanted"),
    ] = None
    relative: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="The same as a share of the value"),
    ] = None
    effects: Annotated[
        bool, Meta(description="Differences from the first point are wanted as narrow as values")
    ] = False


class Split(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An effect taken apart: from one level of a factor to another, over levels in between.

    Each part is the paired difference that one step makes; they add up to the whole.  Other
    factors are at their first level.
    """

    name: Annotated[PlainName, Meta(description="Unique name")]
    factor: Annotated[str, Meta(description="Name of the factor")]
    levels: Annotated[
        tuple[Any, ...], Meta(min_length=2, description="From the first to the last of these")
    ]
    parts: Annotated[tuple[str, ...], Meta(description="What each step adds: one name for each")]


class Crossing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a difference changes its side: from where on something is no longer worth it.

    Levels of a factor, each at a number, against one level of it.  Other factors are at their first
    level.
    """

    name: Annotated[PlainName, Meta(description="Unique name")]
    factor: Annotated[str, Meta(description="Name of the factor")]
    levels: Annotated[tuple[Any, ...], Meta(min_length=2, description="Levels, in order")]
    at: Annotated[
        tuple[float, ...], Meta(description="The number that each stands for; none: themselves")
    ] = ()
    against: Annotated[Any, Meta(description="The level that they are compared with")]
    words: Annotated[str, Meta(description="What the numbers are: share of time without link")]


class Best(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which point is best is asked, to be told rightly with a stated probability."""

    response: Annotated[str, Meta(description="Name of the response that it is best in")]
    indifference: Annotated[
        float, Meta(gt=0, description="A difference of less does not matter, in its unit")
    ]
    probability: Annotated[
        float, Meta(gt=0.5, lt=1, description="That the best is told, if it is so much better")
    ] = 0.95
    is_larger_better: Annotated[bool, Meta(description="Else the smaller is")] = False
    batch: Annotated[
        int, Meta(ge=1, le=1000, description="Skies whose mean is taken for normal")
    ] = 1


class Rare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that hardly ever happens in a run: how likely it is, by multilevel splitting.

    Runs that come nearest to it go on, with a part of their luck drawn anew, level by level.
    """

    name: Annotated[PlainName, Meta(description="Unique name")]
    figure: Annotated[str, Meta(min_length=1, description="In the duty's figures, as leaked")]
    at_least: Annotated[
        float | None, Meta(description="It happens where the figure is so much, or more")
    ] = None
    at_most: Annotated[
        float | None, Meta(description="It happens where the figure is so much, or less")
    ] = None
    at: Annotated[
        dict[str, Any],
        Meta(description="Levels by factor, of the point; factors not named: at their first"),
    ] = {}
    population: Annotated[
        int, Meta(ge=100, le=100_000, description="Runs on each level of a splitting")
    ] = 200
    splittings: Annotated[
        int, Meta(ge=2, le=1000, description="Independent ones, whose spread gives the interval")
    ] = 10

    @property
    def sign(self) -> float:
        """Return 1 where the event is upwards, -1 where it is downwards."""
        return 1.0 if self.at_most is None else -1.0

    @property
    def bound(self) -> float:
        """Return what the figure must come to."""
        bound = self.at_least if self.at_most is None else self.at_most
        return math.nan if bound is None else bound


class Seen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose coverage the map of what came through shows."""

    height_m: Annotated[float, Meta(ge=0, le=100_000, description="Height above the ground")] = (
        300.0
    )
    type: Annotated[
        str, Meta(description="Vehicle type, of the catalogue or the scenario; none: 1 m²")
    ] = ""


class Runs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many runs of each point: all of them see the same skies, one after the other."""

    least: Annotated[int, Meta(ge=2, le=1_000_000, description="So many in any case")] = 50
    most: Annotated[int, Meta(ge=2, le=1_000_000, description="No more than so many")] = 400
    batch: Annotated[
        int, Meta(ge=1, le=10_000, description="Whether it is enough is asked after so many more")
    ] = 25
    rests: Annotated[
        bool, Meta(description="A point whose intervals are narrow enough sees no more skies")
    ] = False


class Study(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scenario, the factors varied in it, and the responses wanted."""

    name: Annotated[PlainName, Meta(description="Name of the study")]
    scenario: Annotated[str, Meta(min_length=1, description="A scenario's file, beside this one")]
    factors: Annotated[tuple[Factor, ...], Meta(min_length=1, description="What is varied")]
    responses: Annotated[tuple[Response, ...], Meta(min_length=1, description="What is asked")]
    description: Annotated[str, Meta(description="What it is about, in a sentence")] = ""
    design: Annotated[Design, Meta(description="Which points are looked at")] = Design()
    runs: Annotated[Runs, Meta(description="How many runs of each")] = Runs()
    splits: Annotated[tuple[Split, ...], Meta(description="Effects that are taken apart")] = ()
    crossings: Annotated[
        tuple[Crossing, ...], Meta(description="Where differences change their side")
    ] = ()
    best: Annotated[
        Best | None, Meta(description="Which point is best; the study goes on until that is told")
    ] = None
    rare: Annotated[
        tuple[Rare, ...],
        Meta(description="What hardly ever happens, and how likely: after the other runs"),
    ] = ()
    tradeoffs: Annotated[
        tuple[tuple[str, str], ...],
        Meta(
            description="Pairs of responses that are drawn against each other; none: the first "
            "against each other one"
        ),
    ] = ()
    seen: Annotated[Seen, Meta(description="What coverage the map shows")] = Seen()
    seed: Annotated[int, Meta(ge=0, lt=SEEDS, description="Where all skies come from")] = 1
    level: Annotated[
        float, Meta(gt=0.5, lt=1, description="How often an interval holds the truth")
    ] = 0.95
    pictures: Annotated[
        Pictures,
        Meta(description="brief: pictures without nodes and exchange, quick; whole: with them"),
    ] = "brief"


@dataclasses.dataclass(frozen=True)
class LoadedStudy:
    """A study with the file that it was read from."""

    study: Study
    path: pathlib.Path
    tree: Tree

    @property
    def scenario(self) -> pathlib.Path:
        """Return the path of the scenario's file."""
        return self.path.parent / self.study.scenario


def load_study(path: str | pathlib.Path) -> LoadedStudy:
    """Return the study in a file; raise ManyInputErrors with all that is wrong with it."""
    path = pathlib.Path(path)
    tree, faults = read_tree(path), Faults()
    if not tree.errors:
        known = {field.encode_name for field in msgspec.structs.fields(Study)}
        if not isinstance(tree.content, dict) or not known.intersection(tree.content):
            tree.add("", f"found {shown(tree.content)}", f"a study of this form:\n{FORM}")
    if tree.errors:
        raise ManyInputErrors(tree.all_errors([]))
    study = checked(tree.content, Study, faults)
    if not faults.kept:
        _check(study, faults)
    errors = tree.all_errors(faults.kept)
    if errors:
        raise ManyInputErrors(errors)
    return LoadedStudy(study, path, tree)


def _check(study: Study, faults: Faults) -> None:
    """Tell what is wrong with a study though each of its fields is sound."""
    sections = ("factors", "responses", "splits", "crossings", "rare")
    for section, items in ((name, getattr(study, name)) for name in sections):
        names = [one.name for one in items]
        for number, name in enumerate(names):
            if name in names[:number]:
                found = f"{name!r} is already used by {section}[{names.index(name)}]"
                faults.add(f"{section}[{number}].name", found, "another name")
    for number, factor in enumerate(study.factors):
        _check_factor(factor, study.design, faults.under(f"factors[{number}]"))
    names = [one.name for one in study.responses]
    if study.best is not None and study.best.response not in names:
        found = f"{study.best.response!r} is no response"
        hint = did_you_mean(study.best.response, names)
        faults.add("best.response", found, f"one of {', '.join(names)}", hint)
    for number, pair in enumerate(study.tradeoffs):
        for name in pair:
            if name not in names:
                hint = did_you_mean(name, names)
                wanted = f"one of {', '.join(names)}"
                faults.add(f"tradeoffs[{number}]", f"{name!r} is no response", wanted, hint)
    if study.design.kind == "saltelli":
        _check_saltelli(study, faults)
    for number, split in enumerate(study.splits):
        below = faults.under(f"splits[{number}]")
        _check_levels(study, split.factor, {"levels": split.levels}, below)
        if len(split.parts) != len(split.levels) - 1:
            found = f"{len(split.parts)} names for {len(split.levels)} levels"
            below.add("parts", found, f"{len(split.levels) - 1}, one for each step")
    for number, crossing in enumerate(study.crossings):
        below = faults.under(f"crossings[{number}]")
        given = {"levels": crossing.levels, "against": (crossing.against,)}
        _check_levels(study, crossing.factor, given, below)
        at = crossing.at or crossing.levels
        is_number = all(isinstance(one, int | float) for one in at)
        if not is_number or len(at) != len(crossing.levels) or sorted(set(at)) != list(at):
            wanted = f"{len(crossing.levels)} rising numbers, one for each level"
            below.add("at", f"found {list(crossing.at)}", wanted)
    for number, rare in enumerate(study.rare):
        _check_rare(study, rare, faults.under(f"rare[{number}]"))
    if study.runs.rests and study.best is not None:
        found = "points that rest, and the best point asked for"
        faults.add("runs.rests", found, "one of them: the best is told of skies that all see")
    if study.runs.least > study.runs.most:
        faults.add("runs.least", f"{study.runs.least}, more than `most`", "no more than that")


def _check_rare(study: Study, rare: Rare, faults: Faults) -> None:
    """Tell where an event is not one, or its point is none."""
    if (rare.at_least is None) == (rare.at_most is None):
        found = f"at_least {rare.at_least}, at_most {rare.at_most}"
        faults.add("", found, "one of `at_least` and `at_most`")
    for name, level in rare.at.items():
        _check_levels(study, name, {"at": (level,)}, faults)


def _check_saltelli(study: Study, faults: Faults) -> None:
    """Tell where a design cannot say which factors matter."""
    rows = len(study.factors) + 2
    base, rest = divmod(study.design.points, rows)
    if rest or base < 2 or base & (base - 1):
        found = f"{study.design.points} points of {len(study.factors)} factors"
        few, more = (f"{rows * n}" for n in (64, 128))
        faults.add("design.points", found, f"{rows} times a power of 2, as {few} or {more}")
    for number, factor in enumerate(study.factors):
        if factor.range is None:
            found = "no range, of which shares could be told"
            faults.add(f"factors[{number}]", found, "a `range`")


def _check_levels(
    study: Study, name: str, given: Mapping[str, tuple[Any, ...]], faults: Faults
) -> None:
    """Tell what of a factor's name and levels there is not; only factorial designs have all."""
    if study.design.kind != "factorial":
        faults.add("", f"a {study.design.kind} design", "a factorial one, which has all levels")
    factor = next((one for one in study.factors if one.name == name), None)
    if factor is None:
        names = [one.name for one in study.factors]
        wanted = f"one of {', '.join(names)}"
        faults.add("factor", f"{name!r} is no factor", wanted, did_you_mean(name, names))
        return
    known = list(factor.alternatives) or list(factor.levels)
    for field, levels in given.items():
        for level in levels:
            if level not in known:
                wanted = f"one of {', '.join(map(str, known))}"
                hint = did_you_mean(str(level), list(map(str, known)))
                faults.add(field, f"{level!r} is no level of {name!r}", wanted, hint)


def _check_factor(factor: Factor, design: Design, faults: Faults) -> None:
    given = [
        name
        for name, is_given in (
            ("levels", bool(factor.levels)),
            ("range", factor.range is not None),
            ("alternatives", bool(factor.alternatives)),
        )
        if is_given
    ]
    if len(given) != 1:
        found = f"{' and '.join(given)}" if given else "nothing that it could be"
        faults.add("", found, "one of `levels`, `range` and `alternatives`")
        return
    if (given[0] == "alternatives") == bool(factor.paths):
        wanted = "no `paths` beside alternatives, which name their own"
        faults.add("paths", f"found {list(factor.paths)}", wanted if factor.paths else "a path")
    if factor.range is not None:
        low, high = factor.range
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            faults.add("range", f"found {[low, high]}", "two numbers, the smaller first")
        if design.kind == "factorial":
            hint = "or a design that fills the space, as `design: {kind: sobol, points: 64}`"
            faults.add("range", "a range in a factorial design", "levels", hint)


def figure_of(figures: Mapping[str, Any], name: str, where: str) -> float:
    """Return a figure by its name (``cost.spent_usd``); NaN where a run has none to tell.

    InputError where there is no such figure, or it is no number.
    """
    value: Any = figures
    for part in name.split("."):
        names = sorted(value) if isinstance(value, Mapping) else []
        if part not in names:
            wanted = f"one of {', '.join(names)}" if names else "the name of a number"
            raise InputError(where, f"{name!r} is no figure", wanted, did_you_mean(part, names))
        value = value[part]
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(where, f"{name!r} is no number", "a figure that is one")
    return float(value)

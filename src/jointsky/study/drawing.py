"""The pictures of a study, of what its points and responses allow."""

from __future__ import annotations

import dataclasses
import functools
import math
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np

from jointsky.pictures.curves import Curve, Panel, draw_curves
from jointsky.pictures.dots import NOTHING, Dot
from jointsky.pictures.effects import Effect, draw_effects
from jointsky.pictures.heat import Heat, draw_heat
from jointsky.pictures.indices import Share, draw_indices
from jointsky.pictures.splits import Bars, draw_splits
from jointsky.pictures.spread import Spread, draw_spread
from jointsky.pictures.tradeoff import draw_tradeoffs
from jointsky.study.declared import Factor
from jointsky.study.effects import crossings_of, splits_of
from jointsky.study.intervals import Interval, proportion
from jointsky.study.rare import Rarely
from jointsky.study.summary import Summary, columns_of
from jointsky.study.surfaces import CELLS, over_two, strongest_two, surfaces_of

KINDS = ("png", "svg")
MOST_DRAWN = 24  # points with a row or a name of their own
MOST_LINES = 6  # levels of a second factor
LEAST_STEPS = 3  # levels of a number that make a curve


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A picture that there is: NAME.png and NAME.svg, and what it shows."""

    name: str
    words: str


def draw_all(told: Summary, folder: pathlib.Path) -> list[Drawn]:
    """Draw all pictures that a study has something for; return them in the order of a report."""
    made = []
    drawings = (
        _splits,
        _crossings,
        _effects,
        _matters,
        _surfaces,
        _curves,
        _heat,
        _foretold,
        _tradeoffs,
        _spread,
        _rare,
    )
    for drawing in drawings:
        for kind in KINDS:
            drawn = drawing(told, functools.partial(_path, folder, kind))
        if drawn is not None:
            made.append(drawn)
    return made


Path = Callable[[str], pathlib.Path]


def _path(folder: pathlib.Path, kind: str, name: str) -> pathlib.Path:
    return folder / f"{name}.{kind}"


def dot(interval: Interval | None) -> Dot:
    """Return an interval as it is drawn."""
    if interval is None:
        return NOTHING
    return Dot(interval.value, interval.low, interval.high, interval.sides != "both")


def _varied(told: Summary) -> list[str]:
    """Return the responses that were not the same in every run."""
    made = []
    for response in told.study.responses:
        columns = [columns_of(response, told.answered, k) for k in range(len(told.points))]
        parts, wholes = (np.concatenate([one[k] for one in columns]) for k in (0, 1))
        values = parts / np.where(wholes > 0.0, wholes, math.nan)
        if len(np.unique(values[np.isfinite(values)])) > 1:
            made.append(response.name)
    return made


def _skies(told: Summary) -> str:
    if told.answered.asked.all():
        return f"{told.skies:,} skies, each seen by all {len(told.points)} points"
    fewest = int(told.answered.asked.sum(axis=0).min())
    return f"{fewest:,} to {told.skies:,} skies a point, the same ones for all"


def _bars(told: Summary) -> str:
    return f"{_skies(told)}; bars hold the truth in {told.study.level:.0%} of such studies."


def _effects(told: Summary, path: Path) -> Drawn | None:
    if len(told.points) > MOST_DRAWN:
        return None
    effects = [
        Effect(
            response.name,
            [dot(one.interval) for one in told.of(response.name)],
            [
                NOTHING if one.difference is None else dot(one.difference.difference)
                for one in told.of(response.name)
            ],
        )
        for response in told.study.responses
    ]
    beneath = f"{_bars(told)} Blue: differs from the first point; grey: may not."
    names = [point.name for point in told.points]
    draw_effects(names, effects, path("effects"), told.study.name, beneath)
    return Drawn("effects", "Values, and differences run by run from the first point")


def _splits(told: Summary, path: Path) -> Drawn | None:
    found = [one for one in splits_of(told) if one.response in _varied(told)]
    if not found:
        return None
    bars = [
        Bars(
            f"{one.split.name}: {one.response}",
            (str(one.split.levels[0]), dot(one.first)),
            [
                (name, dot(part.difference))
                for name, part in zip(one.split.parts, one.parts, strict=True)
            ],
            (str(one.split.levels[-1]), dot(one.last)),
        )
        for one in found
    ]
    beneath = f"{_bars(told)} Blue: less, orange: more, grey: may be nothing."
    if not told.answered.asked.all():
        beneath += " Of the skies that all levels saw."
    draw_splits(bars, path("splits"), f"{told.study.name}: taken apart", beneath)
    return Drawn("splits", "Effects taken apart: what each step adds or takes away")


def _crossings(told: Summary, path: Path) -> Drawn | None:
    found = crossings_of(told)
    if not found:
        return None
    panels = []
    for response in _varied(told):
        mine = [one for one in found if one.response == response]
        for against, words in dict.fromkeys((str(one.crossing.against), one.crossing.words)
                                            for one in mine):  # fmt: skip
            curves = [
                Curve(
                    one.crossing.name,
                    one.at,
                    [dot(apart) for apart in one.differences],
                    dot(one.where),
                )
                for one in mine
                if (str(one.crossing.against), one.crossing.words) == (against, words)
            ]
            panels.append(Panel(f"{response}, less that of {against}", words, curves, True))
    if not panels:
        return None
    beneath = f"{_bars(told)} Diamonds: where the difference changes its side, with an interval."
    draw_curves(panels, path("crossings"), f"{told.study.name}: what becomes of it", beneath)
    return Drawn("crossings", "Differences over a number, and where they change their side")


def _numbers(factor: Factor) -> list[float]:
    """Return the levels of a factor as rising numbers; none: they are none."""
    levels = factor.levels
    is_number = all(isinstance(one, int | float) and not isinstance(one, bool) for one in levels)
    if not is_number or len(levels) < LEAST_STEPS or sorted(set(levels)) != list(levels):
        return []
    return [float(one) for one in levels]


def _levels(factor: Factor) -> list[Any]:
    return list(factor.alternatives) or list(factor.levels)


def _at(told: Summary, chosen: dict[str, Any]) -> int:
    """Return the first point with some levels: the other factors are at their first there."""
    return next(
        k
        for k, one in enumerate(told.points)
        if all(one.levels[name] == level for name, level in chosen.items())
    )


def _curves(told: Summary, path: Path) -> Drawn | None:
    """Draw responses over every factor that is a number, a line for each level of another one."""
    study, panels = told.study, []
    if study.design.kind != "factorial":
        return None
    for factor in study.factors:
        at = _numbers(factor)
        if not at:
            continue
        other = next((one for one in study.factors if one is not factor), None)
        lines: list[dict[str, Any]] = [{}]
        if other is not None and len(_levels(other)) <= MOST_LINES:
            lines = [{other.name: level} for level in _levels(other)]
        for response in study.responses:
            found = told.of(response.name)
            curves = [
                Curve(
                    " ".join(f"{name} {level}" for name, level in line.items()),
                    at,
                    [
                        dot(found[_at(told, line | {factor.name: level})].interval)
                        for level in factor.levels
                    ],
                )
                for line in lines
            ]
            panels.append(Panel(response.name, factor.name, curves))
    if not panels:
        return None
    beneath = f"{_skies(told)}; bands hold the truth in {study.level:.0%} of such studies."
    draw_curves(panels, path("curves"), f"{study.name}: over what is varied", beneath)
    return Drawn("curves", "Responses over the factors that are numbers, with bands")


def _heat(told: Summary, path: Path) -> Drawn | None:
    """Draw responses over the first two factors that have several levels."""
    study = told.study
    several = [one for one in study.factors if len(_levels(one)) > 1]
    if study.design.kind != "factorial" or len(several) < 2:
        return None
    rows, columns = several[:2]
    heats = [
        Heat(
            response.name,
            [
                [
                    dot(
                        told.of(response.name)[
                            _at(told, {rows.name: down, columns.name: across})
                        ].interval
                    )
                    for across in _levels(columns)
                ]
                for down in _levels(rows)
            ],
        )
        for response in study.responses
    ]
    draw_heat(
        (rows.name, [str(one) for one in _levels(rows)]),
        (columns.name, [str(one) for one in _levels(columns)]),
        heats,
        path("heat"),
        f"{study.name}: {rows.name} and {columns.name}",
        f"{_skies(told)}; other factors at their first level. Dark: low, light: high.",
    )
    return Drawn("heat", f"Responses over {rows.name} and {columns.name}")


def _foretold(told: Summary, path: Path) -> Drawn | None:
    """Draw what surfaces foretell over the two factors that matter most."""
    found = [one for one in surfaces_of(told) if one.model.q2 > 0.0]
    if not found or len(told.study.factors) < 2:
        return None
    down, across = strongest_two(found)
    ranges = {one.name: one.range for one in told.study.factors if one.range is not None}
    ends = {name: np.linspace(*ranges[name], CELLS) for name in (down, across)}
    rows, columns = ((name, [f"{at:.3g}" for at in ends[name]]) for name in (down, across))
    heats = []
    for one in found:
        values = over_two(told.study, one, down, across)
        cells = [[Dot(value, math.nan, math.nan) for value in row] for row in values.tolist()]
        words = f"{one.response} (± {one.model.rmse:.2g} at points not seen)"
        heats.append(Heat(words, cells, one.model.rmse))
    draw_heat(
        rows,
        columns,
        heats,
        path("foretold"),
        f"{told.study.name}: {down} and {across}",
        "Foretold by a surface through all points, in the mean over other factors; ±: its error "
        "(root mean square) at points not seen. Dark: low, light: high.",
    )
    return Drawn("foretold", f"What a surface foretells over {down} and {across}")


def _matters(told: Summary, path: Path) -> Drawn | None:
    found = [one for one in surfaces_of(told) if one.matters]
    if not found:
        return None
    responses = [
        (
            one.response,
            [Share(name, dot(each.first), dot(each.total)) for name, each in one.matters.items()],
        )
        for one in found
    ]
    beneath = (
        f"{_skies(told)}; shares of the variance over all points, with {told.study.level:.0%} "
        "intervals. In all well above alone: it works together with others."
    )
    draw_indices(responses, path("matters"), f"{told.study.name}: what matters", beneath)
    return Drawn("matters", "Which factors matter: Sobol' indices")


def _surfaces(told: Summary, path: Path) -> Drawn | None:
    found = surfaces_of(told)
    if not found:
        return None
    panels = [
        Panel(
            f"{one.response} (foretells {max(one.model.q2, 0.0):.0%} of the variance)",
            name,
            [Curve("", at.tolist(), [Dot(value, value, value) for value in values.tolist()])],
            points=[
                (float(point.levels[name]), dot(estimate.interval))
                for point, estimate in zip(told.points, told.of(one.response), strict=True)
            ],
        )
        for one in found
        for name, (at, values) in one.over.items()
    ]
    beneath = (
        f"{_skies(told)}: dots, with {told.study.level:.0%} intervals. Line: a surface through "
        "them, in the mean over other factors; what it foretells is judged by points not seen."
    )
    draw_curves(panels, path("surfaces"), f"{told.study.name}: over what is varied", beneath)
    return Drawn("surfaces", "A surface that stands in for runs, over each factor")


def _tradeoffs(told: Summary, path: Path) -> Drawn | None:
    """Draw the pairs of responses that are declared, or each response against the first."""
    names, varied = [one.name for one in told.study.responses], _varied(told)
    pairs = told.study.tradeoffs or [(names[0], one) for one in names[1:] if one in varied]
    if not pairs or not 1 < len(told.points) <= MOST_DRAWN:
        return None
    dots = {name: [dot(one.interval) for one in told.of(name)] for name in names}
    draw_tradeoffs(
        [point.name for point in told.points],
        [((across, dots[across]), (up, dots[up])) for across, up in pairs],
        path("tradeoffs"),
        f"{told.study.name}: one against the other",
        f"{_skies(told)}; crosses: {told.study.level:.0%} intervals of both.",
    )
    return Drawn("tradeoffs", "One response against another: what is bought at what price")


def _spread(told: Summary, path: Path) -> Drawn | None:
    if len(told.points) > MOST_DRAWN:
        return None
    spreads = []
    for response in told.study.responses:
        if response.name not in _varied(told):
            continue
        runs = []
        for k in range(len(told.points)):
            parts, wholes = columns_of(response, told.answered, k)
            runs.append(parts / np.where(wholes > 0.0, wholes, math.nan))
        spreads.append(Spread(response.name, runs))
    if not spreads:
        return None
    draw_spread(
        [point.name for point in told.points],
        spreads,
        path("spread"),
        f"{told.study.name}: from run to run",
        "Hills: how many runs came to what; thick: the middle half of them, thin: nine tenths, "
        "ring: the median. It says how runs differ, not how sure their mean is.",
    )
    return Drawn("spread", "What single runs came to at each point")


def _rare(told: Summary, path: Path) -> Drawn | None:
    """Draw how likely each level on the way to something rare is, and plain runs beside it."""
    panels = []
    for one in told.rare:
        reached = [(at, dot(interval)) for at, interval in one.reached() if interval.value > 0.0]
        if one.rare.sign < 0.0:
            reached.reverse()
        curve = Curve("by splitting", [at for at, _ in reached], [_above(d) for _, d in reached])
        title = f"{one.rare.name}: {told.points[one.point].name}"
        side = "at least" if one.rare.sign > 0.0 else "at most"
        over = f"{one.rare.figure}, {side}"
        panels.append(Panel(title, over, [curve], points=_counted(told, one), is_log=True))
    if not panels:
        return None
    beneath = (
        f"How likely a run comes so far. Line: splitting; dots: plain runs that did. Both with "
        f"{told.study.level:.0%} intervals."
    )
    draw_curves(panels, path("rare"), f"{told.study.name}: what hardly ever happens", beneath)
    return Drawn("rare", "What hardly ever happens: how likely a run comes so far")


def _counted(told: Summary, one: Rarely) -> list[tuple[float, Dot]]:
    """Return in how many plain runs of a point each value of a figure was reached."""
    values = told.answered.column(one.rare.figure, one.point)
    values = one.rare.sign * values[np.isfinite(values)]
    return [
        (
            one.rare.sign * float(at),
            _above(dot(proportion(int((values >= at).sum()), len(values), told.study.level))),
        )
        for at in np.unique(values)[-MOST_DRAWN:]
    ]


def _above(one: Dot) -> Dot:
    """Return a dot whose lower bound can be drawn where nought cannot."""
    return dataclasses.replace(one, low=max(one.low, 0.2 * one.value))

"""The picture of a network over time: what each nation held, how common it was, how late, how much.

Nations have the colours that they have on the maps; what is between two nations is in ink;
outages are shaded.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from jointsky.pictures import canvas, colours, overtime
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.sky import NATIONS
from jointsky.records.commonality import NO_NATION, Commonality

Floats = npt.NDArray[np.float64]

LINKS_SHOWN = 6
CELL_WORDS = 16  # sites up to which the matrix has its figures written in
NAMED_SITES = 40
OUTAGE = "#8C7A00"
LINE: dict[str, Any] = {"linewidth": 1.3, "drawstyle": "steps-mid"}
LATE = {"own": "#0072B2", "others": "#D55E00", "everywhere": "#16202a"}


@dataclasses.dataclass(frozen=True)
class Outage:
    """A time in which links were silent, and which."""

    begin_s: float
    end_s: float
    words: str = ""


@dataclasses.dataclass(frozen=True)
class LinkRates:
    """Octets a second on each link, (links, bins), between ``edges_s`` (bins + 1,).

    ``is_across`` (links,): the link joins two nations; those are shown first.
    """

    edges_s: Floats
    names: Sequence[str]
    octets_hz: Floats
    is_across: Sequence[bool] = ()


@dataclasses.dataclass(frozen=True)
class NetworkView:
    """What is to be drawn of a network; ``late_s`` by "own", "others" (plots) or "everywhere"."""

    title: str
    begin_s: float
    end_s: float
    common: Commonality
    outages: Sequence[Outage] = ()
    late_s: Mapping[str, Floats] = dataclasses.field(default_factory=dict)
    links: LinkRates | None = None


def draw_network(view: NetworkView, path_png: str | pathlib.Path) -> None:
    """Write the picture of a network as PNG: over time on the left, in sum on the right."""
    is_whole = view.links is not None or any(len(late) for late in view.late_s.values())
    height_px = 1230 if is_whole else 870
    made = canvas.sheet(colours.LIGHT, 1800, height_px)
    made.unit = 1.0

    def axes(left: float, top_px: float, width: float, tall_px: float) -> Any:
        return made.axes(left, 1.0 - (top_px + tall_px) / height_px, width, tall_px / height_px)

    made.write(0.03, 1.0 - 28 / height_px, view.title, 17, bold=True, va="top")
    quiet = made.palette.quiet
    made.write(0.03, 1.0 - 65 / height_px, _words(view), 10.5, color=quiet, va="top")
    _held(axes(0.045, 148, 0.52, 277), made, view)
    _common(axes(0.045, 511, 0.52, 277), made, view)
    part = min(len(view.common.sites) / 7.0, 1.0)  # the cells of a few sites need not be huge
    _matrix(axes(0.675, 148, 0.295 * part, 560 * part), made, view.common)
    if is_whole:
        _octets(axes(0.045, 873, 0.52, 277), made, view)
        _late(axes(0.655, 873, 0.315, 234), made, view)
    canvas.save(made, path_png)


def tints(nations: Sequence[str]) -> dict[str, str]:
    """Return the colour of each nation, in the order in which they are first named."""
    return {name: NATIONS[k % len(NATIONS)] for k, name in enumerate(dict.fromkeys(nations))}


def _words(view: NetworkView) -> str:
    common = view.common
    nations = len(set(common.nations))
    of = " of one nation" if nations == 1 else f" of {nations:,} nations"
    is_known = NO_NATION not in common.nations and nations < len(common.sites)
    parts = [f"{len(common.sites):,} sites{of if is_known else ''}"]
    if view.links is not None:
        count = len(view.links.names)
        parts.append("one link" if count == 1 else f"{count:,} links")
    across = [r for r in common.between_nations if r["a"] != r["b"]] or common.between_nations
    for row in across[:3]:
        parts.append(
            f"{_between(row)}: {share(row['held'])} held by both, "
            f"{share(row['number'])} of that under one number"
        )
    if view.outages:
        parts.append("shaded: links silent")
    return "   ·   ".join(parts)


def _nation(common: Commonality, nation: str) -> str:
    if nation in common.sites or common.nations.count(nation) == 1:
        return nation
    return "any of the sites" if nation == NO_NATION else f"{nation}, all its sites"


def _between(row: Mapping[str, Any]) -> str:
    return f"within {row['a']}" if row["a"] == row["b"] else f"{row['a']} and {row['b']}"


def _held(axes: Any, made: Sheet, view: NetworkView) -> None:
    """Draw how much of the sky in view each nation holds, and thinly each of its sites."""
    has_view = "view" in view.common.held_over_time
    title = "Held, of what was in anyone's view" if has_view else "Targets held at a time"
    canvas.plain(axes, made, title)
    colour = tints(view.common.nations)
    columns = view.common.held_over_time
    width_s = float(view.common.about["bin_s"])
    per_bin = _moments_in_bins(view)
    of_nations = list(zip(view.common.sites, view.common.nations, strict=True))
    for name, nation in of_nations if len(colour) < len(of_nations) else []:
        x, y = _series(columns, "of", f"site {name}", "held", "view" if has_view else None, per_bin)
        axes.plot(x + width_s / 2, y, color=colour[nation], alpha=0.35, **_line(0.7))
    for nation, tint in colour.items():
        of = f"nation {nation}"
        x, y = _series(columns, "of", of, "held", "view" if has_view else None, per_bin)
        axes.plot(x + width_s / 2, y, color=tint, label=_nation(view.common, nation), **_line(2.2))
    if len(colour) < len(of_nations):
        axes.plot([], [], color=made.palette.quiet, linewidth=0.7, label="each site")
    _finish(axes, made, view, is_share=has_view)


def _common(axes: Any, made: Sheet, view: NetworkView) -> None:
    """Draw the share of held targets that two sites hold alike: same target, number, identity."""
    title = "Common to two sites: same target, same number, same identity; of what either holds"
    canvas.plain(axes, made, title)
    columns = view.common.over_time
    width_s = float(view.common.about["bin_s"])
    colour = tints(view.common.nations)
    for row in view.common.between_nations:
        between, is_within = f"{row['a']}-{row['b']}", row["a"] == row["b"]
        tint = colour[row["a"]] if is_within else made.palette.ink
        name = _between(row)
        x, y = _series(columns, "between", between, "common", "either")
        style = _line(1.3 if is_within else 2.2)
        axes.plot(x + width_s / 2, y, color=tint, label=name, **style)
        if not is_within:
            x, y = _series(columns, "between", between, "both", "either")
            style = {**_line(1.1), "linestyle": (0, (4, 2))}
            words = f"{name}: held by both, whatever the number"
            axes.plot(x + width_s / 2, y, color=tint, label=words, **style)
    _finish(axes, made, view, is_share=True)


def _octets(axes: Any, made: Sheet, view: NetworkView) -> None:
    """Draw what goes over the links between nations and the busiest others."""
    canvas.plain(axes, made, "On the links, kilobits a second")
    links = view.links
    if links is None or not len(links.names):
        overtime.nothing(axes, made, "no links")
        return
    kilobits = links.octets_hz * 8.0 / 1000.0
    across = np.asarray(links.is_across or [False] * len(links.names), bool)
    order = np.lexsort((-kilobits.sum(axis=1), ~across))
    middle = 0.5 * (links.edges_s[1:] + links.edges_s[:-1])
    shown = order if len(order) <= LINKS_SHOWN + 1 else order[:LINKS_SHOWN]
    for k, row in enumerate(shown.tolist()):
        tint = colours.SENSORS[k % len(colours.SENSORS)]
        axes.plot(middle, kilobits[row], color=tint, label=links.names[row], **LINE)
    rest = order[len(shown) :]
    if len(rest):
        mean = kilobits[rest].mean(axis=0)
        name = f"{len(rest)} others, each on average"
        axes.plot(middle, mean, color=colours.SENSORS[-1], label=name, **LINE)
    _finish(axes, made, view, is_share=False)


def _matrix(axes: Any, made: Sheet, common: Commonality) -> None:
    """Draw sites by sites: above the diagonal held by both, below it under one number."""
    sites = common.sites
    n = len(sites)
    words = "Two and two: held by both (upper right), of that under one number (lower left)"
    shades_are = "" if n <= CELL_WORDS else "; light 0 %, dark 100 %"
    top = axes.get_position().y1 + 15 / made.height_px
    made.write(0.61, top, words + shades_are, 10, bold=True, va="bottom")
    place = {name: k for k, name in enumerate(sites)}
    value = np.full((n, n), np.nan)
    for row in common.between_sites:
        a, b = place[row["a"]], place[row["b"]]
        value[a, b], value[b, a] = row["held"], row["number"]
    shades = LinearSegmentedColormap.from_list("share", ["#f3f6f8", "#7fa8cf", "#0b3d75"])
    axes.imshow(value, cmap=shades, vmin=0.0, vmax=1.0, aspect="auto", interpolation="nearest")
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xticks(np.arange(n), sites, rotation=90)
    axes.set_yticks(np.arange(n), sites)
    axes.tick_params(length=0, pad=4)
    canvas.relabel(axes, made)
    size = min(8.5, 150.0 / n)
    tint = tints(common.nations)
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        for label, nation in zip(labels, common.nations, strict=True):
            label.set_color(tint[nation])
            label.set_fontproperties(made.font(max(size, 5.0)))
            label.set_visible(n <= NAMED_SITES)
    for edge in np.arange(n + 1) - 0.5:
        axes.axhline(edge, color=made.palette.paper, linewidth=1.0)
        axes.axvline(edge, color=made.palette.paper, linewidth=1.0)
    if n > CELL_WORDS:
        return
    for (a, b), one in np.ndenumerate(value):
        if math.isfinite(one):
            ink = made.palette.paper if one > 0.55 else made.palette.ink
            words = f"{math.floor(100.0 * one + 1e-9):d}"
            style = {"ha": "center", "va": "center", "color": ink}
            axes.text(b, a, words, fontproperties=made.font(size), **style)


def _late(axes: Any, made: Sheet, view: NetworkView) -> None:
    """Draw the share of track updates that are later than x, both axes logarithmic."""
    canvas.plain(axes, made, "How late: updates later than so many seconds after the plot")
    names = {
        "own": "by own plots",
        "others": "by plots of other sites",
        "everywhere": "at the last site",
    }
    known = {key: np.sort(late) for key, late in view.late_s.items() if len(late)}
    if not known:
        overtime.nothing(axes, made, "no times of telling")
        return
    floor = 1e-3
    for key, late_s in known.items():
        later = 1.0 - np.arange(1, len(late_s) + 1) / (len(late_s) + 1)
        rows = np.unique(np.concatenate([_thin(len(late_s)), len(late_s) - 1 - _thin(len(late_s))]))
        p50, p99 = np.percentile(late_s, [50.0, 99.0])
        tint = LATE.get(key, made.palette.accent)
        words = f"{names.get(key, key)}: half {seconds(p50)}, 99 % {seconds(p99)}"
        x = np.maximum(late_s[rows], floor)
        axes.plot(x, later[rows], color=tint, linewidth=1.8, label=words)
        at = np.maximum([p50, p99], floor)
        axes.plot(at, [0.5, 0.01], "o", color=tint, markersize=5, markeredgecolor="#ffffff")
    axes.set_xscale("log")
    axes.set_yscale("log")
    low = min(float(np.percentile(late, 1.0)) for late in known.values())
    high = max(float(late[-1]) for late in known.values())
    axes.set_xlim(max(low / 2.0, floor), max(high * 1.3, 10.0 * max(low, floor)))
    axes.set_ylim(max(0.5 / max(len(late) for late in known.values()), 1e-5), 1.15)
    left, right = axes.get_xlim()
    between = (1.0, 2.0, 5.0) if right < 30.0 * left else (1.0, 3.0)
    axes.xaxis.set_major_locator(LogLocator(10.0, between, numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: seconds(x)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100.0 * y:g} %"))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="minor", length=0)
    canvas.relabel(axes, made)
    _legend(axes, made, columns=1)


def _line(width: float) -> dict[str, Any]:
    return {**LINE, "linewidth": width}


def _thin(n: int) -> npt.NDArray[np.int64]:
    """Return at most some hundred rows of n, close together at the beginning."""
    return np.unique(np.geomspace(1, n, 300).astype(np.int64)) - 1


def _series(
    columns: Mapping[str, Any],
    key: str,
    name: str,
    part: str,
    whole: str | None,
    divide: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return times and shares of one of several series; without a whole, counts a moment."""
    mine = columns[key] == name
    below = columns[whole][mine].astype(float) if whole else divide
    value = columns[part][mine].astype(float)
    if below is not None:
        value = np.divide(value, below, out=np.full(len(value), np.nan), where=below > 0)
    return columns["time_s"][mine], value


def _moments_in_bins(view: NetworkView) -> Floats:
    """Return about how many moments each bin holds, as all bins but the last do."""
    count = max(len(np.unique(view.common.held_over_time["time_s"])), 1)
    return np.full(count, max(float(view.common.about["moments"]) / count, 1.0))


def _finish(axes: Any, made: Sheet, view: NetworkView, is_share: bool) -> None:
    for outage in view.outages:
        span = (max(outage.begin_s, view.begin_s), min(outage.end_s, view.end_s))
        if span[1] <= span[0]:
            continue
        axes.axvspan(*span, color=OUTAGE, alpha=0.13, linewidth=0, zorder=0)
        style = {"color": OUTAGE, "va": "bottom", "zorder": 4, "clip_on": True}
        axes.text(
            span[0],
            0.02,
            f" {outage.words}",
            transform=axes.get_xaxis_transform(),
            fontproperties=made.font(8),
            **style,
        )
    if is_share:
        axes.set_ylim(0.0, 1.03)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100.0 * y:g} %"))
    else:
        axes.set_ylim(bottom=0.0)
        axes.yaxis.set_major_locator(MaxNLocator(5))
    overtime.time_axis(axes, made, view.begin_s, view.end_s)
    _legend(axes, made, columns=4)


def _legend(axes: Any, made: Sheet, columns: int) -> None:
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(0.0, -0.1),
        prop=made.font(8.5),
        frameon=False,
        ncols=columns,
        borderpad=0.1,
        handlelength=1.6,
        columnspacing=1.4,
        labelcolor=made.palette.ink,
    )


def share(value: float) -> str:
    """Return a share in per cent; 100 % is said of all and nothing less."""
    if not math.isfinite(value):
        return "-"
    return f"{min(100.0 * value, 99.9) if value < 1.0 else 100.0:.3g} %"


def seconds(value: float) -> str:
    """Return a time in milliseconds or seconds, as reads best."""
    if value >= 1000.0:
        return f"{value:,.0f} s"
    return f"{1000.0 * value:.3g} ms" if value < 1.0 else f"{value:.3g} s"

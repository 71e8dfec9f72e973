"""The picture of a score: figures at a glance, errors, GOSPA over time, and what passes.

Colours of Okabe and Ito (2008), told apart by the colour-blind; verdicts are also words.
"""

from __future__ import annotations

import datetime
import math
import pathlib
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from jointsky.pictures.colours import LIGHT, SENSORS
from jointsky.records.columns import Array
from jointsky.records.score import Check, ScoreResult

INK, DIM, RULE, PAPER = LIGHT.ink, LIGHT.quiet, LIGHT.grid, LIGHT.paper
BLUE, ORANGE, GREEN, PURPLE, _, RED, _, _ = SENSORS
_PHASES = {"straight": BLUE, "turning": RED, "accelerating": ORANGE, "climbing": GREEN}
_PARTS = (
    ("gospa_localisation_m", "localisation", BLUE),
    ("gospa_missed_m", "missed", ORANGE),
    ("gospa_false_m", "false", PURPLE),
)
_BINS = 400
_YEAR_S = 3.0e7  # times above this are dates, below it seconds of a scene


def draw(result: ScoreResult, path: pathlib.Path) -> None:
    """Write the picture of a result as PNG."""
    figure = Figure(figsize=(15.0, 10.2), dpi=120, facecolor=PAPER)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(
        3,
        3,
        left=0.055,
        right=0.975,
        top=0.895,
        bottom=0.075,
        hspace=0.42,
        wspace=0.26,
        width_ratios=(1.0, 1.0, 1.12),
        height_ratios=(0.27, 1.0, 1.0),
    )
    _title(figure, result)
    _headlines(figure.add_subplot(grid[0, :2]), result)
    _distribution(figure.add_subplot(grid[1, 0]), result)
    _cloud(figure.add_subplot(grid[1, 1]), result)
    _over_time(figure.add_subplot(grid[2, :2]), result)
    _conformity(figure.add_subplot(grid[:, 2]), result.conformity)
    figure.savefig(path, metadata={"Software": "jointsky"})


def _title(figure: Figure, result: ScoreResult) -> None:
    about = result.about
    figure.text(0.055, 0.957, "How good is the picture?", size=19, weight="bold", color=INK)
    left, right = (_short(str(about.get(name, ""))) for name in ("tracks", "reference"))
    text = (
        f"{left} ({about.get('tracks_are', 'tracks')}) against {right} "
        f"({about.get('reference_is', 'reference')})   ·   {about['track_points']:,} track points"
        f"   ·   cutoff {about['cutoff_m']:g} m, order {about['order']:g}"
    )
    figure.text(0.055, 0.93, text, size=10, color=DIM)


def _short(name: str) -> str:
    parts = pathlib.PurePath(name).parts
    return name if len(parts) < 3 else str(pathlib.PurePath(*parts[-2:]))


def _clean(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", size=11.5, weight="bold", color=INK, pad=8)
    axes.tick_params(colors=DIM, labelsize=9, length=3)
    axes.grid(color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(RULE)


def _headlines(axes: Axes, result: ScoreResult) -> None:
    """Draw the five figures that a reader wants first."""
    axes.set_axis_off()
    whole = result.errors["all"]["horizontal_m"]
    shown = (
        ("GOSPA", f"{_number(result.picture['gospa_m'])} m", "mean over time"),
        ("complete", _share(result.siap["completeness"]), "of target time tracked"),
        ("spurious", _share(result.siap["spuriousness"]), "of track time on nothing"),
        ("position", f"{_number(whole['rms'])} m", "horizontal, RMS"),
        ("one number", _share(result.tracks["one_number_share"]), "of targets, for life"),
    )
    for place, (name, value, meaning) in enumerate(shown):
        x = place / len(shown)
        axes.text(x, 0.93, name, size=10.5, color=DIM, va="top", transform=axes.transAxes)
        axes.text(
            x, 0.64, value, size=19, weight="bold", color=INK, va="top", transform=axes.transAxes
        )
        axes.text(x, 0.12, meaning, size=8.5, color=DIM, va="top", transform=axes.transAxes)


def _distribution(axes: Axes, result: ScoreResult) -> None:
    """Draw the share of points whose horizontal error is at most x, by phase of flight."""
    _clean(axes, "Horizontal error, by phase of flight")
    error, phase = result.points["horizontal_m"], result.points["phase"]
    for code, (name, colour) in enumerate(_PHASES.items()):
        mine = np.sort(error[phase == code])
        if len(mine) < 2:
            continue
        shares = np.linspace(0.0, 100.0, min(len(mine), 500))
        rms = result.errors[name]["horizontal_m"]["rms"]
        axes.plot(
            np.percentile(mine, shares),
            shares,
            color=colour,
            linewidth=2.0,
            label=f"{name}, RMS {_number(rms)} m",
        )
    if not axes.lines:
        _empty(axes, "no track belongs to a target")
        return
    positive = error[error > 0.0]
    if len(positive):
        low, high = np.percentile(positive, [0.5, 99.9])
        axes.set_xscale("log")
        axes.set_xlim(max(low, 1e-3), max(high, low * 10.0))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylim(0.0, 100.0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
    axes.set_xlabel("metres", size=9, color=DIM)
    axes.legend(framealpha=0.9, edgecolor="none", fontsize=8.5, loc="upper left", labelcolor=INK)


def _cloud(axes: Axes, result: ScoreResult) -> None:
    """Draw where tracks are, seen from the target: ahead is up, right is right."""
    _clean(axes, "Where the track is, seen from the target")
    along, across = result.points["along_m"], result.points["across_m"]
    known = np.isfinite(along) & np.isfinite(across)
    if known.sum() < 2:
        _empty(axes, "no direction of flight known")
        return
    along, across = along[known], across[known]
    reach = float(np.percentile(np.hypot(along, across), 98.0)) or 1.0
    counts, _, _ = np.histogram2d(along, across, bins=80, range=[[-reach, reach], [-reach, reach]])
    axes.imshow(
        np.where(counts > 0, np.log1p(counts), np.nan),
        origin="lower",
        extent=(-reach, reach, -reach, reach),
        cmap="cividis_r",
        interpolation="nearest",
        aspect="equal",
    )
    axes.axhline(0.0, color=INK, linewidth=0.8)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_xlabel("metres to the right", size=9, color=DIM)
    axes.set_ylabel("metres ahead", size=9, color=DIM)
    axes.text(
        0.03,
        0.96,
        f"mean {along.mean():+.1f} m ahead, {across.mean():+.1f} m right",
        transform=axes.transAxes,
        size=8.5,
        color=INK,
        va="top",
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 2},
    )


def _over_time(axes: Axes, result: ScoreResult) -> None:
    """Draw GOSPA over time, divided into its parts, with OSPA as a line."""
    _clean(axes, "GOSPA over time, and what it is made of")
    columns = result.over_time
    if len(columns["time_s"]) == 0:
        _empty(axes, "no moment with a target or a track")
        return
    order = float(result.about["order"])
    total = np.maximum(columns["gospa_m"] ** order, 1e-300)
    bins = _time_bins(columns["time_s"])
    x = _mean(columns["time_s"], bins)
    x, label = _time_axis(x, result.about.get("frame") == "earth")
    parts = [
        _mean(columns[name] ** order / total * columns["gospa_m"], bins) for name, _, _ in _PARTS
    ]
    axes.stackplot(
        x,
        *parts,
        colors=[colour for _, _, colour in _PARTS],
        labels=[name for _, name, _ in _PARTS],
        alpha=0.85,
        linewidth=0,
    )
    axes.plot(x, _mean(columns["ospa_m"], bins), color=INK, linewidth=1.4, label="OSPA")
    if len(x) > 1:
        axes.set_xlim(x[0], x[-1])
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel("metres", size=9, color=DIM)
    axes.set_xlabel(label, size=9, color=DIM)
    axes.legend(
        frameon=False,
        fontsize=8.5,
        loc="lower right",
        ncols=4,
        labelcolor=INK,
        bbox_to_anchor=(1.0, 1.0),
        borderaxespad=0.2,
    )


def _time_bins(time_s: Array) -> Array:
    """Return the bin of each moment: at most 400 of equal length."""
    if len(time_s) <= _BINS:
        return np.arange(len(time_s))
    place = (time_s - time_s[0]) / (time_s[-1] - time_s[0]) * _BINS
    _, dense = np.unique(np.minimum(place.astype(np.int64), _BINS - 1), return_inverse=True)
    return np.asarray(dense)


def _mean(values: Array, bins: Array) -> Array:
    return np.asarray(np.bincount(bins, values.astype(float)) / np.bincount(bins))


def _time_axis(time_s: Array, is_clock: bool) -> tuple[Array, str]:
    """Return times as minutes from a start that the label names; a scene counts from its own."""
    if is_clock or time_s[0] > _YEAR_S:
        start = datetime.datetime.fromtimestamp(math.floor(time_s[0]), datetime.UTC)
        form = "%Y-%m-%d %H:%M:%S UTC" if time_s[0] > _YEAR_S else "%H:%M:%S"
        return (time_s - math.floor(time_s[0])) / 60.0, f"minutes from {start.strftime(form)}"
    if time_s[-1] - time_s[0] > 1200.0:
        return time_s / 60.0, "minutes"
    return time_s, "seconds"


def _conformity(axes: Axes, checks: list[Check]) -> None:
    """Draw the table of what passes and what fails."""
    axes.set_axis_off()
    axes.set_title("Conformity", loc="left", size=11.5, weight="bold", color=INK, pad=8)
    standards = list(dict.fromkeys(check.standard for check in checks))
    lines = len(checks) + 1.5 * len(standards) + 2.0
    step = 1.0 / max(lines, 1.0)
    y = 1.0 - step
    for standard in standards:
        mine = [check for check in checks if check.standard == standard]
        _put(axes, 0.0, y, standard, size=10.5, weight="bold", color=INK)
        y -= step
        for check in mine:
            _check_line(axes, y, check)
            y -= step
        y -= 0.5 * step
    note = "* recommended.  ESASSP limits are recalled, ED-142 limits are\nas COMPASS quotes them."
    _put(axes, 0.0, y - 0.2 * step, note, size=8.0, color=DIM)


def _check_line(axes: Axes, y: float, check: Check) -> None:
    colour, sign = {
        "pass": (GREEN, "✓ pass"),
        "fail": (RED, "✗ fail"),
        "not measured": (DIM, "not measured"),
    }[check.verdict]
    ink = INK if check.verdict != "not measured" else DIM
    name = check.label if check.is_mandatory else f"{check.label} *"
    axes.plot([0.0, 1.0], [y - 0.012, y - 0.012], color=RULE, linewidth=0.6)
    _put(axes, 0.0, y, name, size=8.8, color=ink)
    sense = "≥" if check.sense == ">=" else "≤"
    _put(axes, 0.59, y, f"{sense} {_of(check, check.limit)}", size=8.8, color=DIM, ha="right")
    _put(axes, 0.765, y, _of(check, check.value), size=8.8, color=ink, ha="right")
    weight = "bold" if check.verdict == "fail" else "normal"
    _put(axes, 0.795, y, sign, size=8.8, color=colour, weight=weight)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)


def _put(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    axes.text(x, y, text, va="center", **style)


def _of(check: Check, value: float) -> str:
    if not math.isfinite(value):
        return ""
    return _share(value) if check.unit == "%" else f"{_number(value)} {check.unit}"


def _empty(axes: Axes, why: str) -> None:
    axes.text(0.5, 0.5, why, ha="center", va="center", color=DIM, transform=axes.transAxes)
    axes.set_xticks([])
    axes.set_yticks([])


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


def _share(value: float) -> str:
    return "-" if not math.isfinite(value) else f"{100.0 * value:.3g} %"

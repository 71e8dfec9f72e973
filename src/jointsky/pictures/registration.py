"""Picture of radars' errors as they become known: estimates with their one-sigma bands."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.pictures import canvas, overtime
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.colours import PALETTES, SENSORS
from jointsky.pictures.options import PictureOptions

Floats = npt.NDArray[np.float64]
TITLES = ("Range, m", "Azimuth, degrees", "Elevation, degrees", "Clock, s")
SCALES = (1.0, math.degrees(1.0), math.degrees(1.0), 1.0)
LEARNT = 0.5  # of the first standard error: nothing is drawn of what stays wider
WIDEST = 6.0  # final bands beside the estimates; a band that is wider at first is cut
UNTIL_SETTLED = 0.1  # of the time: what comes before may be cut too


def draw_errors(
    time_s: Sequence[float],
    estimate: Floats,
    sigma: Floats,
    names: Sequence[str],
    path: str | pathlib.Path,
    title: str,
    truth: Mapping[int, Floats] | None = None,
    options: PictureOptions | None = None,
) -> None:
    """Draw estimates (W, R, 4) and standard errors of R radars after W windows; m, rad, rad, s.

    ``truth`` gives a radar's true errors (4,) by its place in ``names``: dashed.  Only radars that
    something was learnt of are drawn, the best known, at most as many as there are colours.
    """
    made = canvas.sheet(PALETTES[(options or PictureOptions()).theme], 1500, 1000)
    shares = sigma[-1] / np.maximum(sigma[0], 1e-300)
    known = np.flatnonzero((shares < LEARNT).any(axis=1))
    shown = np.sort(known[np.argsort(shares.sum(axis=1)[known], kind="stable")][: len(SENSORS)])
    for k, heading in enumerate(TITLES):
        axes = made.axes(0.06 + 0.485 * (k % 2), 0.565 - 0.425 * (k // 2), 0.42, 0.31)
        canvas.plain(axes, made, heading)
        rows = [row for row in shown.tolist() if shares[row, k] < LEARNT]
        _draw(axes, np.asarray(time_s), (estimate, sigma), (k, rows, shown.tolist()), truth or {})
        overtime.time_axis(axes, made, float(time_s[0]), float(time_s[-1]))
        if not rows:
            overtime.nothing(axes, made, "not observable")
    made.write(0.06, 0.975, title, 15, bold=True, va="top")
    told = "Lines: estimates, with one standard error to each side"
    made.write(0.06, 0.935, told + ("; dashed: the truth" if truth else ""), 9, va="top")
    _legend(made, [(SENSORS[n], names[row]) for n, row in enumerate(shown.tolist())])
    canvas.save(made, path)


def _draw(
    axes: Any,
    time_s: Floats,
    found: tuple[Floats, Floats],
    what: tuple[int, list[int], list[int]],
    truth: Mapping[int, Floats],
) -> None:
    k, rows, shown = what
    lows, highs = [], []
    for row in rows:
        middle, band = (one[:, row, k] * SCALES[k] for one in found)
        color = SENSORS[shown.index(row)]
        axes.fill_between(time_s, middle - band, middle + band, color=color, alpha=0.2, linewidth=0)
        axes.plot(time_s, middle, color=color, linewidth=1.6)
        settled = slice(int(UNTIL_SETTLED * len(time_s)), None)
        edges = [middle[settled] - WIDEST * band[-1], middle[settled] + WIDEST * band[-1]]
        if row in truth:
            true = float(truth[row][k]) * SCALES[k]
            axes.axhline(true, color=color, linewidth=1.0, linestyle=(0, (5, 4)))
            edges.append(np.array([true]))
        lows.append(min(float(edge.min()) for edge in edges))
        highs.append(max(float(edge.max()) for edge in edges))
    if rows:
        axes.set_ylim(min(lows), max(highs))


def _legend(made: Sheet, entries: list[tuple[str, str]]) -> None:
    left = 0.06
    for color, name in entries:
        width_px, _ = made.text_size_px(name, made.font(9))
        made.write(left, 0.045, "■ " + name, 9, color=color)
        left += (width_px + 40.0 * made.unit) / made.width_px

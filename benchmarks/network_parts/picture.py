"""The curve of the live benchmark: delay and load by rate."""

from __future__ import annotations

import pathlib
from typing import Any

from jointsky.pictures import canvas, colours


def draw(found: list[dict[str, Any]], most_s: float, path: pathlib.Path) -> None:
    """Write the picture of delays (p50, p99) and of the processor's load over the rate."""
    made = canvas.sheet(colours.LIGHT, 1600, 640)
    made.unit = 1.2
    rates = [one["rate_hz"] / 1e3 for one in found]
    words = "Two live nodes, two processes, two cores: from a plot to the other nation's track"
    made.write(0.03, 0.965, words, 14, bold=True, va="top")
    delay = made.axes(0.06, 0.14, 0.56, 0.66)
    canvas.plain(delay, made, "Delay in milliseconds, the worse of both nations")
    for name, word, tint in (("p99_s", "99 %", "#D55E00"), ("p50_s", "half", "#0072B2")):
        points = [
            (rate, 1e3 * max(value for value in one[name]))
            for rate, one in zip(rates, found, strict=True)
            if None not in one[name]
        ]
        if points:
            delay.plot(*zip(*points, strict=True), "o-", color=tint, linewidth=2.2, markersize=6)
            x, y = points[-1]
            delay.annotate(
                f"  {word}", (x, y), color=tint, va="center", fontproperties=made.font(10, True)
            )
    delay.axhline(1e3 * most_s, color=made.palette.ink, linewidth=1.0, linestyle="--")
    words = f"asked: {1e3 * most_s:.0f} ms"
    delay.text(0.1, 1e3 * most_s, words, va="bottom", fontproperties=made.font(9))
    worst = max([most_s, *(x for one in found for x in one["p99_s"] if x is not None)])
    delay.set_ylim(0, 1.1e3 * min(worst, 8.0 * most_s))
    delay.set_xlim(0, max(rates) * 1.12)
    load = made.axes(0.70, 0.14, 0.27, 0.66)
    canvas.plain(load, made, "Processor time of each node, cores")
    for k, tint in enumerate(("#0072B2", "#D55E00")):
        load.plot(rates, [one["cpu_share"][k] for one in found], "o-", color=tint, linewidth=2.0)
    load.set_ylim(bottom=0)
    load.set_xlim(0, max(rates) * 1.05)
    for axes in (delay, load):
        axes.set_xlabel("plots a second, thousands", fontproperties=made.font(9.5))
        canvas.relabel(axes, made)
    made.unit = 1.0
    canvas.save(made, path)

"""A matplotlib figure without pyplot: sizes in pixels, the same octets every time."""

from __future__ import annotations

import dataclasses
import io
import pathlib
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import EngFormatter, MaxNLocator

from jointsky.pictures.colours import LIGHT, Palette
from jointsky.pictures.dots import MANY

DPI = 100
FONT = "DejaVu Sans"  # comes with matplotlib: the same everywhere


@dataclasses.dataclass
class Sheet:
    """A figure, its renderer for measuring text, and its colours.  ``unit`` scales all sizes."""

    figure: Figure
    renderer: Any
    palette: Palette
    unit: float
    width_px: int
    height_px: int
    advances_px: dict[str, dict[str, float]] = dataclasses.field(default_factory=dict)

    def axes(self, left: float, bottom: float, width: float, height: float, **options: Any) -> Any:
        """Return axes at a place in parts of the sheet."""
        return self.figure.add_axes((left, bottom, width, height), **options)

    def font(self, size: float, bold: bool = False, italic: bool = False) -> FontProperties:
        """Return the font of a size in points at unit 1."""
        return FontProperties(
            family=FONT,
            size=size * self.unit,
            weight="bold" if bold else "normal",
            style="italic" if italic else "normal",
        )

    def text_size_px(self, text: str, font: FontProperties) -> tuple[float, float]:
        """Return width and height of text of one or more lines."""
        points = font.get_size_in_points()
        known = self.advances_px.setdefault(f"{points} {font.get_weight()} {font.get_style()}", {})
        lines = text.split("\n")
        for letter in set(text) - known.keys() - {"\n"}:  # whole lines are slow to measure
            pair = self.renderer.get_text_width_height_descent(letter * 2, font, False)[0]
            known[letter] = 0.5 * pair + 0.2
        widths = [sum(known[letter] for letter in line) for line in lines]
        return max(widths), points * DPI / 72 * 1.2 * len(lines)

    def write(self, x: float, y: float, text: str, size: float, **options: Any) -> None:
        """Write on the sheet at parts of its width and height."""
        bold = options.pop("bold", False)
        options.setdefault("color", self.palette.ink)
        self.figure.text(x, y, text, fontproperties=self.font(size, bold), **options)


def sheet(palette: Palette, width_px: int, height_px: int) -> Sheet:
    """Return an empty sheet."""
    figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor=palette.paper)
    canvas = FigureCanvasAgg(figure)
    unit = float(np.clip(np.sqrt(width_px * height_px / (1800 * 1125)), 0.7, 4.0))
    return Sheet(figure, canvas.get_renderer(), palette, unit, width_px, height_px)


def titled(width_px: int, height_px: int, title: str, beneath: str) -> Sheet:
    """Return a light sheet for panels under each other: a title, and a line of words beneath."""
    made = sheet(LIGHT, width_px, height_px)
    made.unit = 1.0
    made.write(0.02, 1.0 - 18 / height_px, title, 17, bold=True, va="top")
    made.write(0.02, 1.0 - 54 / height_px, beneath, 10.5, color=made.palette.quiet, va="top")
    return made


def save(made: Sheet, path: str | pathlib.Path) -> None:
    """Write the figure as PNG, or SVG by its name, without what differs from run to run."""
    kind = "svg" if pathlib.Path(path).suffix == ".svg" else "png"
    about = {"png": {"Software": "jointsky"}, "svg": {"Creator": "jointsky", "Date": None}}[kind]
    with mpl.rc_context({"svg.hashsalt": "jointsky"}):
        made.figure.savefig(
            path, format=kind, dpi=DPI, facecolor=made.palette.paper, metadata=about
        )


def png(made: Sheet) -> bytes:
    """Return the figure as the octets of a PNG."""
    octets = io.BytesIO()
    about = {"Software": "jointsky"}
    made.figure.savefig(octets, format="png", dpi=DPI, facecolor=made.palette.paper, metadata=about)
    return octets.getvalue()


def plain(axes: Any, made: Sheet, title: str) -> None:
    """Make axes quiet: thin grid, no box, title on the left."""
    palette = made.palette
    axes.set_facecolor(palette.paper)
    axes.set_title(title, loc="left", color=palette.ink, fontproperties=made.font(10, bold=True))
    axes.grid(True, color=palette.grid, linewidth=0.6 * made.unit)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(palette.quiet)
    axes.tick_params(colors=palette.quiet, length=0, pad=3 * made.unit)
    relabel(axes, made)


def counted(axis: Any, steps: int = 6) -> None:
    """Put a few ticks on an axis; thousands and millions are written as k and M."""
    axis.set_major_locator(MaxNLocator(steps, steps=(1, 2, 5, 10)))
    if max(map(abs, axis.get_view_interval())) >= MANY:
        axis.set_major_formatter(EngFormatter(sep=""))


def relabel(axes: Any, made: Sheet) -> None:
    """Give the tick labels of axes the sheet's font and quiet colour."""
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        label.set_fontproperties(made.font(8.5))
        label.set_color(made.palette.quiet)

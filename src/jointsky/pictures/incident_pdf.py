"""An incident as PDF: A4 pages with facts, map and tables, the same octets every time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.image import imread

from jointsky.pictures import canvas, colours
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.incident_view import (
    REPORTS,
    TIMELINE,
    TRACKS,
    IncidentView,
    facts,
    report_rows,
    timeline_rows,
    track_rows,
)

A4_PX = (827, 1169)
LEFT, RIGHT, TOP, BOTTOM = 57.0, 770.0, 1110.0, 60.0  # of what is written on, in pixels
TEXT, SMALL = 12.5, 11.5  # sizes; a sheet of this size makes them seven tenths
LEADING, GAP = 1.35, 10.0


def pdf(view: IncidentView, map_png: bytes) -> bytes:
    """Return the document."""
    pages = _Pages(view)
    pages.words(view.incident.title, 21, bold=True)
    pages.skip(4)
    for name, value in facts(view):
        pages.row((name, value), (0.0, 0.2), (True, False), TEXT)
    pages.skip(8)
    pages.picture(map_png)
    pages.table("Timeline", TIMELINE, timeline_rows(view), (0.0, 0.21, 0.34, 0.84))
    pages.table("Tracks", TRACKS, track_rows(view), (0.0, 0.13, 0.33, 0.53, 0.73, 0.88))
    pages.table("Reports", REPORTS, report_rows(view), (0.0, 0.21, 0.36, 0.62))
    return pages.octets()


class _Pages:
    """Sheets that are written on from top to bottom; a new one begins where one is full."""

    def __init__(self, view: IncidentView) -> None:
        self._view = view
        self._sheets: list[Sheet] = []
        self._y = 0.0
        self._turn()

    def words(self, text: str, size: float, bold: bool = False) -> None:
        """Write a paragraph."""
        self.row((text,), (0.0,), (bold,), size)

    def skip(self, pixels: float) -> None:
        """Leave room."""
        self._y -= pixels

    def row(
        self, cells: Sequence[str], at: Sequence[float], bold: Sequence[bool], size: float
    ) -> None:
        """Write cells beside each other, wrapped; ``at`` is where, in parts of the width."""
        made = self._sheets[-1]
        ends = [*at[1:], 1.0]
        wide = RIGHT - LEFT
        parts = [
            self._wrapped(cell, (end - begin) * wide - GAP, size, is_bold)
            for cell, begin, end, is_bold in zip(cells, at, ends, bold, strict=True)
        ]
        line = size * made.unit * canvas.DPI / 72 * LEADING
        high = line * max(len(part) for part in parts)
        if self._y - high < BOTTOM:
            self._turn()
            made = self._sheets[-1]
        for part, begin, is_bold in zip(parts, at, bold, strict=True):
            for k, text in enumerate(part):
                x, y = LEFT + begin * wide, self._y - k * line
                made.write(x / A4_PX[0], y / A4_PX[1], text, size, bold=is_bold, va="top")
        self._y -= high

    def table(
        self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], at: Sequence[float]
    ) -> None:
        """Write a table with its title and heads; nothing where it has no rows."""
        if not rows:
            return
        self.skip(14)
        if self._y < BOTTOM + 80.0:
            self._turn()
        self.words(title, 15, bold=True)
        self.skip(2)
        self.row(heads, at, [True] * len(heads), SMALL)
        self._rule()
        for row in rows:
            self.row(row, at, [False] * len(row), SMALL)
            self.skip(2)

    def picture(self, png: bytes) -> None:
        """Put a picture across the page."""
        pixels = imread(io.BytesIO(png))
        high = (RIGHT - LEFT) * pixels.shape[0] / pixels.shape[1]
        if self._y - high < BOTTOM:
            self._turn()
        axes: Any = self._sheets[-1].axes(
            LEFT / A4_PX[0], (self._y - high) / A4_PX[1], (RIGHT - LEFT) / A4_PX[0], high / A4_PX[1]
        )
        axes.imshow(pixels, aspect="auto", interpolation="none")
        axes.set_axis_off()
        self._y -= high

    def octets(self) -> bytes:
        """Return the document, its pages numbered."""
        one = self._view.incident
        said = {"Title": one.title, "Creator": "jointsky", "Producer": "jointsky"}
        octets = io.BytesIO()
        with (
            mpl.rc_context({"pdf.fonttype": 42}),
            PdfPages(octets, metadata={**said, "CreationDate": None}) as document,
        ):
            for number, made in enumerate(self._sheets, 1):
                quiet = made.palette.quiet
                kind = "   ·   simulated" if self._view.is_simulated else ""
                made.write(LEFT / A4_PX[0], 0.028, f"Incident {one.id}{kind}", 10, color=quiet)
                page = f"{number} of {len(self._sheets)}"
                made.write(RIGHT / A4_PX[0], 0.028, page, 10, color=quiet, ha="right")
                document.savefig(made.figure)
        return octets.getvalue()

    def _turn(self) -> None:
        self._sheets.append(canvas.sheet(colours.LIGHT, *A4_PX))
        self._y = TOP

    def _rule(self) -> None:
        made = self._sheets[-1]
        axes: Any = made.axes(
            LEFT / A4_PX[0], self._y / A4_PX[1], (RIGHT - LEFT) / A4_PX[0], 1 / A4_PX[1]
        )
        axes.axhline(0.5, color=made.palette.grid, linewidth=1.0)
        axes.set_axis_off()
        self.skip(4)

    def _wrapped(self, text: str, room_px: float, size: float, bold: bool) -> list[str]:
        """Return lines that fit a width; a word that does not fit one is broken."""
        made = self._sheets[-1]
        font = made.font(size, bold)

        def fits(words: str) -> bool:
            return made.text_size_px(words, font)[0] <= room_px

        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if fits(longer):
                lines[-1] = longer
                continue
            rest = word
            if lines[-1]:
                lines.append("")
            while not fits(rest):
                cut = next((k for k in range(len(rest) - 1, 1, -1) if fits(rest[:k])), 1)
                lines[-1], rest = rest[:cut], rest[cut:]
                lines.append("")
            lines[-1] = rest
        return lines

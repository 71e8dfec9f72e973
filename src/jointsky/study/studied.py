"""A study that has ended, from its folder: its figures, its tables, a card for a notebook."""

from __future__ import annotations

import dataclasses
import json
import math
import pathlib
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError
from jointsky.pictures.card import Card
from jointsky.pictures.dots import Dot, words

FIGURES = "study.json"
PICTURE = "effects.png"
MOST_ROWS = 24  # points on a card


@dataclasses.dataclass(frozen=True)
class Studied:
    """A study that has ended: where it lies, and what study.json holds."""

    folder: str
    figures: dict[str, Any] = dataclasses.field(repr=False)

    def runs(self) -> pa.Table:
        """Return a row for each run: its sky, seed, point, factors and figures."""
        return self._table("runs")

    def effects(self) -> pa.Table:
        """Return a row for each response at each point, with intervals and paired differences."""
        return self._table("effects")

    def leakers(self) -> pa.Table:
        """Return a row for each hostile that came through in a run: where, when, into what zone.

        ``time_s`` counts from the begin of the run.
        """
        return self._table("leakers")

    def _table(self, name: str) -> pa.Table:
        return pq.read_table(pathlib.Path(self.folder) / f"{name}.parquet")

    def _repr_html_(self) -> str:
        """Return what was found in short, the values at each point, and the picture of effects."""
        told = self.figures
        card = Card(f"Study: {told['study']}")
        card.words(
            f"{len(told['points']):,} points, {told['skies']:,} skies, {told['runs']:,} runs, "
            f"{len(told['faults']):,} failed; scenario {told['scenario']}, seed {told['seed']}. "
            f"In {self.folder}: report.html, tables, pictures."
        )
        for line in told["in_short"]:
            card.words(line)
        points = told["points"][:MOST_ROWS]
        factors, responses = list(points[0]["levels"]), list(points[0]["responses"])
        rows = [
            [
                *(str(level) for level in point["levels"].values()),
                *(words(_dot(one)) for one in point["responses"].values()),
            ]
            for point in points
        ]
        card.table([*factors, *responses], rows, words=len(factors))
        if len(points) < len(told["points"]):
            card.words(f"and {len(told['points']) - len(points):,} points more")
        picture = pathlib.Path(self.folder) / PICTURE
        if picture.is_file():
            card.picture(picture.read_bytes(), "Values and paired differences, with intervals")
        return card.html()


def load_studied(folder: str | pathlib.Path) -> Studied:
    """Return the study in a folder; InputError where there is none that has ended."""
    path = pathlib.Path(folder) / FIGURES
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(str(path), str(error), "the figures of a study") from None
    if not isinstance(figures, dict) or not {"study", "points", "in_short"} <= figures.keys():
        raise InputError(str(path), "something else", "the figures of a study that has ended")
    return Studied(str(folder), figures)


def _dot(told: dict[str, Any]) -> Dot:
    value, low, high = (
        math.nan if told[name] is None else told[name] for name in ("value", "low", "high")
    )
    return Dot(value, low, high, is_one_sided=low < high and value in {low, high})

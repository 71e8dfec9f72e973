"""Sources of a file (SAC/SIC and what they are) become sensors."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.records.sensors import Sensor

GROUPS = {
    1: "radar",
    2: "radar",
    10: "surface-radar",
    19: "multilateration",
    20: "multilateration",
    21: "adsb",
    34: "radar",
    48: "radar",
    62: "tracker",
    63: "tracker",
    65: "tracker",
}
"""What sends each category: one source may send several of one group."""


@dataclasses.dataclass
class Source:
    """What is known of one source so far."""

    group: str
    code: int  # SAC * 256 + SIC
    kind: str
    position: tuple[float, float, float] | None = None  # radians, radians, metres
    rotation_period_s: float | None = None

    @property
    def name(self) -> str:
        """Return SAC/SIC, as ``--site`` and ``--edition`` take it."""
        return f"{self.code >> 8}/{self.code & 255}"


class SourceBook:
    """Numbers the sources in the order in which they appear."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._rows: dict[tuple[str, int], int] = {}

    def row(self, group: str, code: int) -> int:
        """Return the row of a source, a new one if need be."""
        key = (group, code)
        if key not in self._rows:
            self._rows[key] = len(self.sources)
            self.sources.append(Source(group, code, group))
        return self._rows[key]

    def rows(self, group: str, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Return the row of the source of each record; -1 where the code is -1."""
        distinct, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        rows = np.full(len(distinct), -1, np.int32)
        for k in np.argsort(first):
            if distinct[k] >= 0:
                rows[k] = self.row(group, int(distinct[k]))
        return rows[inverse]

    def sensors(self, rows: list[int]) -> list[Sensor]:
        """Return sources as sensors; two of one SAC/SIC get their kind into their names."""
        names = [self.sources[row].name for row in rows]
        made = []
        for source in (self.sources[row] for row in rows):
            name = source.name
            if names.count(name) > 1:
                name += f" {source.group}"
            known: dict[str, Any] = {}
            if source.position is not None:
                fields = ("latitude_rad", "longitude_rad", "height_m")
                known = dict(zip(fields, source.position, strict=True))
            made.append(
                Sensor(
                    name=name,
                    kind=source.kind,
                    sac=source.code >> 8,
                    sic=source.code & 255,
                    rotation_period_s=source.rotation_period_s,
                    **known,
                )
            )
        return made

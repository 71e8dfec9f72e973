"""Which plots a tracker takes, and in which order: positions in a record, no row is copied."""

from __future__ import annotations

import dataclasses
from typing import Self

import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join
from jointsky.records.plots import PlotFlag, Plots
from jointsky.tracking import admission_kernels as kernels

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

UNUSED_FLAGS = PlotFlag.TEST | PlotFlag.COASTED
"""Plots that no target made: field monitors, and predictions of the sensor's own tracker."""

FARTHEST_M = 2e6  # no radar of aircraft sees farther: such a range is damage


@dataclasses.dataclass(frozen=True)
class Ordered:
    """Plots of a record in order of time; of one time by what they are.

    Their order in the record, where times are equal, does not matter.
    """

    plots: Plots
    rows: Integers
    time_s: Floats  # of each of the rows

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, first: int, last: int) -> Self:
        """Return some of these plots."""
        return type(self)(self.plots, self.rows[first:last], self.time_s[first:last])

    def after(self, time_s: float) -> Self:
        """Return those after a time."""
        return self.part(int(np.searchsorted(self.time_s, time_s, "right")), len(self))

    def until(self, time_s: float) -> Self:
        """Return those up to a time."""
        return self.part(0, int(np.searchsorted(self.time_s, time_s, "right")))

    def record(self) -> Plots:
        """Return a record of these plots alone, in order."""
        return self.plots.rows(self.rows)

    def alone(self) -> Self:
        """Return the same, holding on to no others of a much larger record."""
        if 2 * len(self) > len(self.plots):
            return self
        return type(self)(self.record(), np.arange(len(self)), self.time_s.copy())


NO_PLOTS = Ordered(Plots.make(0), np.empty(0, np.int64), np.empty(0))


@dataclasses.dataclass(frozen=True)
class Admitted:
    """The plots that a tracker takes of a record, and how many it does not."""

    taken: Ordered
    refused: int  # no time, no place, no known site, or made by no target
    too_late: int


def admit(plots: Plots, placed: npt.NDArray[np.bool_], oldest_s: float) -> Admitted:
    """Return the plots not before ``oldest_s`` that can be taken; ``placed`` (S,): sensors."""
    for name, column, kinds in (
        ("sensor", plots.sensor, len(placed)),
        ("geometry", plots.geometry, 4),
    ):
        if column.min() < 0 or column.max() >= kinds:
            raise ValueError(
                f"plots.{name} holds {column.min()} to {column.max()}; "
                f"there are {kinds} {'sensors' if name == 'sensor' else 'geometries'}"
            )
    columns = as_columns(
        plots.time_s,
        plots.range_m,
        plots.azimuth_rad,
        plots.east_m,
        plots.north_m,
        plots.latitude_rad,
        plots.longitude_rad,
    )
    sensor, geometry, flags, mode_s, number = as_columns(
        plots.sensor, plots.geometry, plots.flags, plots.mode_s, plots.offset
    )
    rows = np.empty(len(plots), np.int64)
    taken, refused, late, in_order = kernels.admit(
        columns,
        sensor,
        geometry,
        flags,
        np.uint32(UNUSED_FLAGS),
        placed,
        FARTHEST_M,
        oldest_s,
        rows,
    )
    rows = rows[:taken]
    if not in_order:
        rows = rows[np.argsort(columns[0][rows], kind="stable")]
    kernels.order_ties(columns, (sensor, geometry, mode_s, number), rows, np.empty_like(rows))
    return Admitted(Ordered(plots, rows, plots.time_s[rows]), refused, late)


def as_columns(*columns: npt.NDArray[np.generic]) -> tuple[npt.NDArray[np.generic], ...]:
    """Return columns as kernels are compiled for: contiguous and writable, copied where not."""
    return tuple(
        column if column.flags.carray else np.require(column, requirements=["C", "W"])
        for column in columns
    )


def together(parts: list[Ordered], fresh: Ordered) -> Ordered:
    """Return plots in order of which some came late: ``fresh`` belong among the ``parts``."""
    plots = join([*(part.record() for part in parts), fresh.record()])
    everything = np.ones(int(plots.sensor.max(initial=-1)) + 1, np.bool_)
    return admit(plots, everything, -np.inf).taken

"""Which plots are taken and in which order, one plot at a time and by Python's own sorting."""

import math
from typing import NamedTuple

from jointsky.records.plots import Geometry, PlotFlag

FARTHEST_M = 2e6


class Sorted(NamedTuple):
    """Rows of a record by what becomes of them; those taken in order."""

    taken: list
    refused: list
    late: list


def has_place(plots, row):
    """Return whether a plot says where its target is, in the columns of its geometry."""
    needs = {
        Geometry.POLAR: ("range_m", "azimuth_rad"),
        Geometry.LOCAL: ("east_m", "north_m"),
        Geometry.GEODETIC: ("latitude_rad", "longitude_rad"),
        Geometry.BEARING: ("azimuth_rad",),
    }[plots.geometry[row]]
    if not all(math.isfinite(getattr(plots, name)[row]) for name in needs):
        return False
    return plots.geometry[row] != Geometry.POLAR or 0.0 <= plots.range_m[row] < FARTHEST_M


def is_usable(plots, placed, row):
    """Return whether a plot can be taken at any time."""
    flags = PlotFlag(int(plots.flags[row]))
    is_real = PlotFlag.TEST not in flags and PlotFlag.COASTED not in flags
    has_site = plots.geometry[row] == Geometry.GEODETIC or placed[plots.sensor[row]]
    return is_real and has_site and has_place(plots, row) and math.isfinite(plots.time_s[row])


def order_of(plots, row):
    """Return what a plot is sorted by: time, sensor, range (0: none), place, address, number."""
    columns = {
        Geometry.POLAR: ("azimuth_rad",),
        Geometry.LOCAL: ("east_m", "north_m"),
        Geometry.GEODETIC: ("latitude_rad", "longitude_rad"),
        Geometry.BEARING: ("azimuth_rad",),
    }[plots.geometry[row]]
    place = [float(getattr(plots, name)[row]) for name in columns]
    range_m = float(plots.range_m[row]) if math.isfinite(plots.range_m[row]) else 0.0
    return (
        *(float(plots.time_s[row]), int(plots.sensor[row]), range_m),
        *(*place, 0.0)[:2],
        int(plots.mode_s[row]),
        int(plots.offset[row]),
    )


def sorted_out(plots, placed, oldest_s):
    """Return what becomes of each plot of a record."""
    everyone = range(len(plots))
    good = [row for row in everyone if is_usable(plots, placed, row)]
    taken = [row for row in good if plots.time_s[row] >= oldest_s]
    return Sorted(
        sorted(taken, key=lambda row: order_of(plots, row)),  # those alike stay as they came
        [row for row in everyone if row not in good],
        [row for row in good if row not in taken],
    )

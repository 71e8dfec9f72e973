"""How each column of a record goes over a wire: in which steps, within which bounds.

Steps are powers of two of the unit, so that a value that came over a wire is a float64 exactly
and goes over the next one unchanged.  They are far below what any sensor measures:

=====================  ================  ==================================================
column                 step              beside
=====================  ================  ==================================================
time                   2**-20 s, 1 us    1 mm of flight at 1 km/s
range                  2**-5 m, 3 cm     its rounding error, 9 mm, below 1 % of 1 m
azimuth, elevation     2**-21 rad        0.14 microradian of rounding error, 14 cm at 1,000 km
range rate             2**-7 m/s
latitude, longitude    2**-33 rad        0.4 mm at most
height                 2**-9 m, 2 mm
pressure altitude      2**-2 m           Mode C comes in steps of 25 ft, 7.6 m
standard errors        8 bits of 1       0.2 % of themselves at most
=====================  ================  ==================================================
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from jointsky.records.columns import Array, Columns
from jointsky.records.exchange import TrackReports
from jointsky.records.plots import Plots

_CIRCLE_RAD = 4 * math.pi
_FAR_M = 1e8


@dataclasses.dataclass(frozen=True)
class Steps:
    """A number in whole steps of ``2**-fine``; outside its bounds it is "not measured"."""

    name: str
    fine: int
    least: float
    most: float


@dataclasses.dataclass(frozen=True)
class Whole:
    """A whole number within bounds; ``default`` where it is not known."""

    name: str
    least: int
    most: int
    default: int


class Layout:
    """The columns of one record by the way in which they are written, as arrays."""

    def __init__(
        self,
        record: type[Columns],
        steps: tuple[Steps, ...],
        shorts: tuple[str, ...],
        wholes: tuple[Whole, ...],
        texts: tuple[str, ...],
    ) -> None:
        self.record, self.texts = record, texts
        self.stepped = tuple(s.name for s in steps)
        self.shorts = shorts
        self.wholes = tuple(w.name for w in wholes)
        self.whole_types = [np.dtype(record.schema()[name].dtype) for name in self.wholes]
        self.per_unit: Array = np.array([[2.0**s.fine] for s in steps])
        self.names = self.stepped + self.shorts + self.wholes
        ticks = [(math.ceil(s.least * 2**s.fine), math.floor(s.most * 2**s.fine)) for s in steps]
        self.least: Array = np.array(
            [low for low, _ in ticks] + [0] * len(shorts) + [w.least for w in wholes], np.int64
        )
        self.most: Array = np.array(
            [high for _, high in ticks] + [SHORT_MOST] * len(shorts) + [w.most for w in wholes],
            np.int64,
        )
        self.defaults: Array = np.array([w.default for w in wholes], np.int64)


SHORT_SHIFT = 16
"""Of a float32 so many low bits are left out: 7 bits of fraction stay, as in bfloat16."""
SHORT_MOST = 0x7F7F  # 3.39e38; above are infinity and what is no number

_INT32 = 2**31 - 1
_POSITION = (
    Steps("latitude_rad", 33, -math.pi / 2, math.pi / 2),
    Steps("longitude_rad", 33, -_CIRCLE_RAD, _CIRCLE_RAD),
    Steps("height_m", 9, -_FAR_M, _FAR_M),
    Steps("pressure_altitude_m", 2, -_FAR_M, _FAR_M),
    Steps("ve_mps", 7, -_FAR_M, _FAR_M),
    Steps("vn_mps", 7, -_FAR_M, _FAR_M),
    Steps("vu_mps", 7, -_FAR_M, _FAR_M),
)
_IDENTITY = (Whole("mode_s", -1, 0xFFFFFF, -1), Whole("mode_a", -1, 0o7777, -1))
_TIME = Steps("time_s", 20, -(2.0**32), 2.0**32)

PLOTS = Layout(
    Plots,
    steps=(
        _TIME,
        Steps("range_m", 5, 0.0, _FAR_M),
        Steps("azimuth_rad", 21, -_CIRCLE_RAD, _CIRCLE_RAD),
        Steps("elevation_rad", 21, -_CIRCLE_RAD, _CIRCLE_RAD),
        Steps("doppler_mps", 7, -_FAR_M, _FAR_M),
        Steps("east_m", 7, -_FAR_M, _FAR_M),
        Steps("north_m", 7, -_FAR_M, _FAR_M),
        *_POSITION,
        Steps("east_north_correlation", 12, -1.0, 1.0),
    ),
    shorts=(
        "range_sigma_m",
        "azimuth_sigma_rad",
        "elevation_sigma_rad",
        "doppler_sigma_mps",
        "east_sigma_m",
        "north_sigma_m",
        "height_sigma_m",
    ),
    wholes=(
        Whole("sensor", 0, _INT32, -1),
        Whole("geometry", 0, 3, 0),
        *_IDENTITY,
        Whole("track_number", -(2**31), _INT32, -1),
        Whole("flags", 0, 2**32 - 1, 0),
        Whole("category", -(2**15), 2**15 - 1, -1),
    ),
    texts=("call_sign",),
)
"""``file`` and ``offset`` stay at home: they are places in the files of one machine."""

REPORTS = Layout(
    TrackReports,
    steps=(
        _TIME,
        *_POSITION,
        Steps("shared_part", 7, 0.0, 1.0),
        Steps("manoeuvre", 7, 0.0, 1.0),
        Steps("existence", 10, 0.0, 1.0),
    ),
    shorts=(),
    wholes=(
        Whole("number", -(2**62), 2**62 - 1, -1),
        Whole("system_number", -(2**62), 2**62 - 1, -1),
        Whole("status", 0, 3, 1),
        Whole("plots", 0, _INT32, 0),
        *_IDENTITY,
        Whole("flags", 0, 2**32 - 1, 0),
    ),
    texts=("call_sign",),
)
"""``covariance`` and ``sensors`` follow as columns of their own, see `wire`."""

"""What sensors are in: their place, the sky that they look at, the ground and the weather."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.earth.motion import Pieces
from jointsky.earth.terrain import HeightGrid
from jointsky.records.plots import Plots
from jointsky.records.reports import Reports
from jointsky.records.signatures import Signature
from jointsky.records.vehicles import Vehicles


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sensor is: on the ground (geodetic, WGS-84) or aboard a vehicle."""

    latitude_rad: float = 0.0
    longitude_rad: float = 0.0
    height_m: float = 0.0  # of the antenna, above the ellipsoid
    vehicle: int = -1  # row of the vehicle that carries it; -1: on the ground


class Rain(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of rain: a disc that drifts; it attenuates and returns echoes."""

    latitude_rad: float
    longitude_rad: float  # of its centre at ``begin_s``
    radius_m: float
    top_m: float
    rate_mmph: float
    ve_mps: float = 0.0
    vn_mps: float = 0.0
    begin_s: float  # POSIX seconds
    end_s: float


class Air(msgspec.Struct, frozen=True, kw_only=True):
    """The air near the ground, the same everywhere: for sound and sight."""

    temperature_k: float = 288.15  # ISO 2533, at sea level
    pressure_pa: float = 101_325.0
    relative_humidity: float = 0.7  # 0 to 1
    visibility_m: float = 20_000.0  # meteorological optical range: contrast falls to 5 %


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """Everything around the sensors; the same for all of them.

    ``signatures`` are named by rows in ``vehicles.signature``; ``vehicle_keys`` (V,) uint64 are
    hashes of the vehicles' names: what is drawn for one hangs on no other.  ``key`` is that of the
    whole sky (``streams.key(seed, "sky")``): what a vehicle draws for itself and all sensors meet
    alike, such as the error of its own navigation.
    """

    vehicles: Vehicles
    vehicle_keys: npt.NDArray[np.uint64]
    signatures: Sequence[Signature]
    pieces: Pieces
    terrain: HeightGrid
    rain: Sequence[Rain] = ()
    air: Air = Air()
    key: tuple[int, int] = (0, 0)


@dataclasses.dataclass(frozen=True)
class Observed:
    """What one sensor made of the truth, sorted by time of reception.

    ``vehicle`` (n,) int32 is the row of the vehicle behind each plot, -1 for a false one: for
    scoring only, no site sees it.  ``received_s`` (n,) is when the site has the plot.
    ``reports`` are what people and cameras say in words, ``reported`` (m,) int32 the vehicles
    behind them, -1 where there was none; both None where a sensor has no words.
    """

    plots: Plots
    vehicle: npt.NDArray[np.int32]
    received_s: npt.NDArray[np.float64]
    reports: Reports | None = None
    reported: npt.NDArray[np.int32] | None = None

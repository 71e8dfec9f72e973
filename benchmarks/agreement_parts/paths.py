"""Where a reference says that targets are, and how far plots and tracks lie from there.

A reference is one path for each target: the positions that it sent itself (ADS-B), or another
system's track of it.  Between two points of a path that lie close in time it is a straight line.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY2 = 6.694_379_990_14e-3
FASTEST_STANDING_MPS = 2.0  # below it nothing has a course


@dataclasses.dataclass(frozen=True)
class Path:
    """One target's points in the order of time; radians, metres, metres a second."""

    time_s: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    altitude_m: Floats  # by pressure
    ve_mps: Floats  # as the reference says it; NaN: not said
    vn_mps: Floats
    is_on_ground: npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Differences:
    """Ours minus the reference, one row for each comparison; NaN: not comparable."""

    time_s: Floats
    target: npt.NDArray[np.int64]
    east_m: Floats
    north_m: Floats
    ve_mps: Floats  # of the reference
    vn_mps: Floats
    our_ve_mps: Floats  # ours, NaN for plots
    our_vn_mps: Floats
    altitude_m: Floats
    sigma_m: Floats  # horizontal, as the tracker sees it
    is_on_ground: npt.NDArray[np.bool_]
    from_site_m: Floats

    def __len__(self) -> int:
        return len(self.time_s)

    def rows(self, mask: npt.NDArray[np.bool_]) -> Differences:
        """Return the rows that ``mask`` selects."""
        return Differences(**{name: value[mask] for name, value in vars(self).items()})

    @property
    def horizontal_m(self) -> Floats:
        return np.hypot(self.east_m, self.north_m)

    @property
    def speed_mps(self) -> Floats:
        """Return the speed of the reference."""
        return np.hypot(self.ve_mps, self.vn_mps)

    @property
    def along_m(self) -> Floats:
        """Return how far ours is ahead; NaN where the target (almost) stands."""
        speed = self._course_speed()
        return (self.east_m * self.ve_mps + self.north_m * self.vn_mps) / speed

    @property
    def across_m(self) -> Floats:
        """Return how far ours is to the right; NaN where the target (almost) stands."""
        speed = self._course_speed()
        return (self.east_m * self.vn_mps - self.north_m * self.ve_mps) / speed

    @property
    def speed_error_mps(self) -> Floats:
        return np.hypot(self.our_ve_mps, self.our_vn_mps) - self.speed_mps

    @property
    def heading_error_deg(self) -> Floats:
        """Return the difference of courses, -180 to 180; NaN where the target (almost) stands."""
        turn = np.arctan2(self.our_ve_mps, self.our_vn_mps) - np.arctan2(self.ve_mps, self.vn_mps)
        turn = np.degrees((turn + np.pi) % (2.0 * np.pi) - np.pi)
        return np.where(self.speed_mps > FASTEST_STANDING_MPS, turn, np.nan)

    def _course_speed(self) -> Floats:
        return np.where(self.speed_mps > FASTEST_STANDING_MPS, self.speed_mps, np.nan)


def join(parts: Sequence[Differences]) -> Differences:
    """Return all rows of several sets of differences."""
    names = [field.name for field in dataclasses.fields(Differences)]
    return Differences(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in names})


def paths_of(record: Plots | Tracks, key: npt.NDArray[Any]) -> dict[int, Path]:
    """Return the path of every target, told apart by ``key`` (-1: left out)."""
    paths = {}
    flags = record.flags if isinstance(record, Plots) else np.zeros(len(record), np.uint32)
    for name in np.unique(key[key >= 0]):
        mine = np.flatnonzero(key == name)
        mine = mine[np.argsort(record.time_s[mine], kind="stable")]
        mine = mine[np.append(True, np.diff(record.time_s[mine]) > 0)]
        paths[int(name)] = Path(
            time_s=record.time_s[mine],
            latitude_rad=record.latitude_rad[mine],
            longitude_rad=record.longitude_rad[mine],
            altitude_m=record.pressure_altitude_m[mine],
            ve_mps=record.ve_mps[mine],
            vn_mps=record.vn_mps[mine],
            is_on_ground=(flags[mine] & PlotFlag.ON_GROUND) != 0,
        )
    return paths


def at(path: Path, time_s: Floats, longest_gap_s: float) -> tuple[npt.NDArray[np.bool_], Path]:
    """Return where a path is at given times, and for which of them it says so at all."""
    after = np.searchsorted(path.time_s, time_s)
    inside = (after > 0) & (after < len(path.time_s))
    if len(path.time_s) < 2:
        nowhere = np.full(len(time_s), np.nan)
        nobody = np.zeros(len(time_s), np.bool_)
        return nobody, Path(time_s, *(nowhere,) * 5, nobody)
    after = np.clip(after, 1, len(path.time_s) - 1)
    before = after - 1
    gap_s = path.time_s[after] - path.time_s[before]
    inside = inside & (gap_s <= longest_gap_s)
    share = (time_s - path.time_s[before]) / gap_s

    def between(values: Floats) -> Floats:
        return (1.0 - share) * values[before] + share * values[after]

    latitude, longitude = between(path.latitude_rad), between(path.longitude_rad)
    east_m, north_m = offsets_m(
        path.latitude_rad[before],
        path.longitude_rad[before],
        path.latitude_rad[after],
        path.longitude_rad[after],
    )
    said = np.isfinite(path.ve_mps[before] + path.ve_mps[after] + path.vn_mps[before])
    return inside, Path(
        time_s=time_s,
        latitude_rad=latitude,
        longitude_rad=longitude,
        altitude_m=path.altitude_m[before],
        ve_mps=np.where(said, between(path.ve_mps), east_m / gap_s),
        vn_mps=np.where(said, between(path.vn_mps), north_m / gap_s),
        is_on_ground=path.is_on_ground[before] & path.is_on_ground[after],
    )


def offsets_m(
    latitude_rad: Floats, longitude_rad: Floats, to_latitude_rad: Floats, to_longitude_rad: Floats
) -> tuple[Floats, Floats]:
    """Return east and north, over the ellipsoid, from one place to another close by.

    Radii of curvature as in Torge (2001), eq. 4.13 and 4.15; good to a millimetre in a kilometre.
    """
    middle = 0.5 * (latitude_rad + to_latitude_rad)
    root = np.sqrt(1.0 - ECCENTRICITY2 * np.sin(middle) ** 2)
    prime_m = SEMI_MAJOR_M / root
    meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY2) / root**3
    east = prime_m * np.cos(middle) * (to_longitude_rad - longitude_rad)
    return east, meridian_m * (to_latitude_rad - latitude_rad)


def placed(plots: Plots, sensor: Sensor, altitude_m: Floats) -> tuple[Floats, Floats]:
    """Return latitude and longitude of polar or local plots of one sensor at given altitudes."""
    assert sensor.latitude_rad is not None and sensor.longitude_rad is not None
    site = sensor.latitude_rad, sensor.longitude_rad, sensor.height_m or 0.0
    if (plots.geometry == Geometry.POLAR).all():
        radius_m = geodesy.mean_radius_of_curvature_m(site[0])
        elevation = geodesy.elevation_of_height(plots.range_m, site[2], altitude_m, radius_m)
        enu = geodesy.polar_to_enu(plots.range_m, plots.azimuth_rad, elevation)
    else:
        drop = (plots.east_m**2 + plots.north_m**2) / (2.0 * SEMI_MAJOR_M)
        enu = np.column_stack([plots.east_m, plots.north_m, altitude_m - site[2] - drop])
    latitude, longitude, _ = geodesy.ecef_to_geodetic(geodesy.enu_to_ecef(enu, *site))
    return latitude, longitude


def of_tracks(tracks: Tracks, target: int, there: Path, site: tuple[float, float]) -> Differences:
    """Return the differences between tracks and one target's reference at the same times."""
    sigma_m = np.sqrt(tracks.covariance[:, 0, 0] + tracks.covariance[:, 1, 1])
    velocity = tracks.ve_mps, tracks.vn_mps
    place = tracks.latitude_rad, tracks.longitude_rad
    return _differences(target, there, place, velocity, tracks.pressure_altitude_m, sigma_m, site)


def of_plots(
    plots: Plots, place: tuple[Floats, Floats], target: int, there: Path, site: tuple[float, float]
) -> Differences:
    """Return the differences between plots, placed, and one target's reference."""
    none = np.full(len(plots), np.nan)
    return _differences(target, there, place, (none, none), plots.pressure_altitude_m, none, site)


def _differences(
    target: int,
    there: Path,
    place: tuple[Floats, Floats],
    velocity: tuple[Floats, Floats],
    altitude_m: Floats,
    sigma_m: Floats,
    site: tuple[float, float],
) -> Differences:
    east_m, north_m = offsets_m(there.latitude_rad, there.longitude_rad, *place)
    far = offsets_m(*(np.full(len(east_m), s) for s in site), there.latitude_rad,
                    there.longitude_rad)  # fmt: skip
    return Differences(
        time_s=there.time_s,
        target=np.full(len(east_m), target, np.int64),
        east_m=east_m,
        north_m=north_m,
        ve_mps=there.ve_mps,
        vn_mps=there.vn_mps,
        our_ve_mps=velocity[0],
        our_vn_mps=velocity[1],
        altitude_m=altitude_m - there.altitude_m,
        sigma_m=sigma_m,
        is_on_ground=there.is_on_ground,
        from_site_m=np.hypot(*far),
    )


def picked(path: Path, mask: npt.NDArray[np.bool_]) -> Path:
    """Return the points of a path that ``mask`` selects."""
    return Path(**{name: value[mask] for name, value in vars(path).items()})


def quantile(values: Floats, share: float) -> float:
    """Return a quantile of the finite values; NaN where there is none."""
    values = values[np.isfinite(values)]
    return float(np.quantile(values, share)) if len(values) else math.nan

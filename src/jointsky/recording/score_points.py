"""Points to be scored: what a table, a record or a recording says, before it enters one frame.

Columns are kept as they came (flat metres, or geodetic radians), so that reference and tracks can
be brought into one frame together.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.metrics.paths import Paths, geodetic_paths, make_paths, text_codes
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor, told_apart
from jointsky.records.tracks import Tracks, TrackStatus

Array = npt.NDArray[Any]

NEW_OWNER_S = 120.0
_LIFE = 1 << 32  # beyond every number that is not made of a time and a hash


@dataclasses.dataclass(frozen=True)
class Points:
    """Points of targets or tracks: columns of equal length by name, all but the first optional.

    ``time_s``, ``number`` and either ``e_m``, ``n_m``, ``u_m`` or ``latitude_rad``,
    ``longitude_rad``, ``height_m``; ``ve_mps``, ``vn_mps``, ``vu_mps``; other columns of Paths.
    ``is_truth``: everything that flew is in here.  ``what`` says in words what they are.
    """

    where: str
    what: str
    columns: dict[str, Array]
    is_truth: bool = False

    @property
    def is_flat(self) -> bool:
        """Return whether the positions are east, north, up of a flat scene."""
        return "e_m" in self.columns

    def __len__(self) -> int:
        return len(self.columns["time_s"])

    def rows(self, keep: Array) -> Points:
        """Return the rows for which ``keep`` (n,) is True."""
        cut = {name: value[keep] for name, value in self.columns.items()}
        return dataclasses.replace(self, columns=cut)

    def paths(self, dims: int) -> Paths:
        """Return the points as paths; InputError where 3-D figures lack heights."""
        rest = dict(self.columns)
        time_s, number = rest.pop("time_s"), rest.pop("number")
        nothing = np.full(len(self), np.nan)
        velocity = np.stack(
            [rest.pop(name, nothing) for name in ("ve_mps", "vn_mps", "vu_mps")], axis=1
        )
        if self.is_flat:
            position = np.stack([rest.pop(name) for name in ("e_m", "n_m", "u_m")], axis=1)
            return make_paths(time_s, number, position, velocity, flat=True, dims=dims, **rest)
        height_m = rest.pop("height_m", nothing)
        if dims == 3 and not np.isfinite(height_m).any():
            raise InputError(self.where, "no heights", "height_m", "or score with --dims 2")
        if dims == 3:
            velocity[:, 2] = np.where(np.isfinite(velocity[:, 2]), velocity[:, 2], 0.0)
        return geodetic_paths(
            time_s,
            number,
            rest.pop("latitude_rad"),
            rest.pop("longitude_rad"),
            height_m=height_m,
            velocity_enu_mps=velocity,
            dims=dims,
            **rest,
        )


def lives(time_s: Array, number: Array, ended: Array) -> Array:
    """Return a number for each row that parts the several owners of one track number, (n,).

    A number has a new owner after it was said to have ended, and after a silence of
    ``NEW_OWNER_S``: a system gives its numbers out again.
    """
    if len(number) and int(np.abs(number).max()) >= _LIFE:  # no room above: count them instead
        number = np.unique(number, return_inverse=True)[1]
    order = np.lexsort((time_s, number))
    is_same = np.diff(number[order]) == 0
    is_new = ended[order][:-1] & ~ended[order][1:] | (np.diff(time_s[order]) > NEW_OWNER_S)
    change = np.cumsum(np.append(False, is_same & is_new))
    before = change[np.searchsorted(number[order], number[order])]
    out = np.empty(len(order), np.int64)
    out[order] = number[order].astype(np.int64) + (change - before) * _LIFE
    return out


def of_tracks(tracks: Tracks, where: str, what: str) -> Points:
    """Return the points of a track record; tentative tracks are no part of a picture."""
    shown = tracks.rows(tracks.status != TrackStatus.TENTATIVE)
    ended = shown.status == TrackStatus.ENDED
    return Points(
        where,
        what,
        {
            "time_s": shown.time_s,
            "number": lives(shown.time_s, shown.track_number, ended),
            "told_number": shown.track_number,
            **{
                name: getattr(shown, name)
                for name in (
                    "latitude_rad",
                    "longitude_rad",
                    "height_m",
                    "ve_mps",
                    "vn_mps",
                    "vu_mps",
                    "pressure_altitude_m",
                    "mode_s",
                    "mode_a",
                )
            },
            "call_sign": text_codes(shown.call_sign),
            "ended": ended,
            "updated": shown.status == TrackStatus.CONFIRMED,
        },
    )


def of_plots(plots: Plots, where: str, what: str) -> Points:
    """Return the geodetic points of a plot record that say whose they are.

    The number is the Mode S address, else the sensor's own track number.
    """
    is_placed = plots.geometry == Geometry.GEODETIC
    is_named = (plots.mode_s >= 0) | (plots.track_number >= 0)
    is_real = (plots.flags & np.uint32(PlotFlag.TEST | PlotFlag.DUPLICATE)) == 0
    shown = plots.rows(is_placed & is_named & is_real)
    own = shown.track_number.astype(np.int64) + (1 << 24)
    names = ("latitude_rad", "longitude_rad", "height_m", "ve_mps", "vn_mps", "vu_mps")
    return Points(
        where,
        what,
        {
            "time_s": shown.time_s,
            "number": np.where(shown.mode_s >= 0, shown.mode_s, own),
            **{name: getattr(shown, name) for name in names},
            "pressure_altitude_m": shown.pressure_altitude_m,
            "mode_s": shown.mode_s,
            "mode_a": shown.mode_a,
        },
    )


def of_recording(
    plots: Plots, tracks: Tracks, sensors: list[Sensor], where: str, source: str | None
) -> Points:
    """Return what a recording holds that can be scored: a system's tracks, or ADS-B positions.

    ``source``: "adsb", "SAC/SIC" or a name; None takes the system's tracks if there are any.
    """
    if source == "adsb":
        chosen = (plots.flags & np.uint32(PlotFlag.COOPERATIVE)) != 0
        return _some(of_plots(plots.rows(chosen), where, "ADS-B positions"))
    if source is not None:
        row = _sensor_row(sensors, source, where)
        if (tracks.source == row).any():
            chosen_tracks = tracks.rows(tracks.source == row)
            return _some(of_tracks(chosen_tracks, where, f"tracks of system {source}"))
        return _some(of_plots(plots.rows(plots.sensor == row), where, f"positions of {source}"))
    systems = np.unique(tracks.source) if len(tracks) else np.empty(0, np.int64)
    if len(systems) > 1:
        labels = ", ".join(label(sensors[row]) for row in systems)
        raise InputError(
            where, f"tracks of {len(systems)} systems: {labels}", "one", "name it as the source"
        )
    if len(systems):
        name = label(sensors[systems[0]]) if systems[0] >= 0 else "itself"
        return _some(of_tracks(tracks, where, f"tracks of system {name}"))
    return of_recording(plots, tracks, sensors, where, "adsb")


def label(sensor: Sensor) -> str:
    """Return ``SAC/SIC``, or the name of a sensor that has none."""
    return f"{sensor.sac}/{sensor.sic}" if sensor.sac >= 0 else sensor.name


def _sensor_row(sensors: list[Sensor], source: str, where: str) -> int:
    apart = told_apart([label(sensor) for sensor in sensors], sensors)
    rows = [row for row, sensor in enumerate(sensors) if source in (apart[row], sensor.name)] or [
        row for row, sensor in enumerate(sensors) if source == label(sensor)
    ]
    if len(rows) == 1:
        return rows[0]
    if rows:
        both = ", ".join(repr(apart[row]) for row in rows)
        raise InputError(where, f"{len(rows)} sources {source!r}", f"one of: {both}")
    known = ", ".join(sorted(set(apart))) or "none"
    raise InputError(where, f"no source {source!r}", f"one of: {known}")


def _some(points: Points) -> Points:
    if not len(points):
        raise InputError(
            points.where,
            f"no {points.what} with a place on earth and an identity",
            "system tracks (CAT062), ADS-B (CAT021, Mode S) or multilateration",
            "plots that are relative to a sensor must be tracked first: jointsky track",
        )
    return points

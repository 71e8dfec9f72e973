"""Truth becomes radar plots: the turns of one radar that begin in a window of time."""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.sensors import (
    false_kernels,
    measuring_kernels,
    resolution_kernels,
    scan_kernels,
)
from jointsky.sensors.airborne import geodetic_plots
from jointsky.sensors.around import Around, around
from jointsky.sensors.beam import Scan, scan_of, turns_between
from jointsky.sensors.measuring import Errors, Field, errors_of, field_of
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import AnyRadar, SearchRadar, SecondaryRadar
from jointsky.sensors.reach import Reach, Targets, parts_of, reach_of, targets_of
from jointsky.sensors.surroundings import Observed, Place, Surroundings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Key = tuple[np.uint64, np.uint64]

_BLOCK = 48  # turns at once: their rows stay in the cache, and no vehicle gets far in them
_ROOM = 1 << 16  # rows that a kernel writes before it is asked to go on
_REPLY_S = 20.3e-6  # length of a Mode A or C answer (ICAO Annex 10, vol. IV, 3.1.1.6)
_LIGHT_MPS = 299_792_458.0
_NEVER = math.inf
_APART = 8.0  # more than any azimuth, so that turns stay apart


class Radar(NamedTuple):
    """All of one placed radar that its kernels take."""

    scan: Scan
    reach: Reach
    around: Around
    errors: Errors
    field: Field
    targets: Targets
    key: Key


def observe(
    radar: AnyRadar,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return the plots of all turns of a radar that begin in [begin_s, end_s).

    Two targets that the beam meets in different turns, one at the end of a turn and one at the
    beginning of the next, are never one plot, however near they are.
    """
    made = prepared(radar, placed, place, surroundings, key)
    turns = turns_between(made.scan, begin_s, end_s)
    parts = [false_plots(made, surroundings, turns)]
    for first in range(turns[0], turns[1], _BLOCK):
        block = first, min(first + _BLOCK, turns[1])
        parts.append(measured(radar, made, surroundings, *looked(made, surroundings, block)))
    floats, ints = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return _told(made, (placed, place), row, surroundings, floats, ints)


def prepared(
    radar: AnyRadar,
    placed: Placed,
    place: Place,
    surroundings: Surroundings,
    key: tuple[int, int],
) -> Radar:
    """Return all that the kernels need of a radar where it is placed."""
    parts_mps = parts_of(surroundings.signatures)
    reach = reach_of(radar, placed, place, surroundings.rain, parts_mps)
    farthest_m = max(reach.max_range_m, reach.reply_range_m)
    band = None if isinstance(radar, SecondaryRadar) else radar.band
    return Radar(
        scan=_scan(radar, placed, place, key),
        reach=reach,
        around=around(radar, place, surroundings, farthest_m),
        errors=errors_of(radar, placed),
        field=field_of(radar, placed, place, surroundings, key),
        targets=targets_of(surroundings, band),
        key=(np.uint64(key[0]), np.uint64(key[1])),
    )


_scan = functools.lru_cache(maxsize=1024)(scan_of)


def looked(made: Radar, surroundings: Surroundings, turns: tuple[int, int]) -> tuple[Floats, Ints]:
    """Return what comes back from all vehicles, by turn and azimuth.

    Rows (n, FLOATS) and marks (n, INTS) of scan_kernels: true places, free of errors.
    """
    resume, parts = (0, turns[0]), []
    vehicles = len(made.targets.key)
    while resume[0] < vehicles and turns[1] > turns[0]:
        out = np.empty((_ROOM, scan_kernels.FLOATS)), np.empty((_ROOM, scan_kernels.INTS), np.int64)
        n, vehicle, turn = scan_kernels.scan_all(
            made.scan,
            made.reach,
            made.targets,
            made.around,
            surroundings.pieces,
            turns,
            made.key,
            resume,
            out,
        )
        parts.append((out[0][:n], out[1][:n]))
        resume = (vehicle, turn)
    if not parts:
        return np.empty((0, scan_kernels.FLOATS)), np.empty((0, scan_kernels.INTS), np.int64)
    rows, marks = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    turn = (marks[:, scan_kernels.I_TURN] - turns[0]).astype(np.float64)
    order = np.argsort(_APART * turn + rows[:, scan_kernels.F_AZIMUTH], kind="stable")
    return rows[order], marks[order]


def measured(
    radar: AnyRadar, made: Radar, surroundings: Surroundings, rows: Floats, marks: Ints
) -> tuple[Floats, Ints]:
    """Return the plots of what came back, resolved and measured."""
    n = len(rows)
    echoes, replies = np.zeros((n, 5)), np.zeros((n, 5))
    garbled = np.zeros(n, np.int64)
    power = 10.0 ** (0.1 * rows[:, scan_kernels.F_SNR]) * marks[:, scan_kernels.I_PRIMARY]
    late_s = 0.5 * made.scan.period_s
    if not isinstance(radar, SecondaryRadar):
        elevation_rad = _NEVER
        if radar.elevation_sigma_deg is not None:
            elevation_rad = math.radians(radar.elevation_resolution_deg)
        azimuth_rad = math.radians(radar.azimuth_resolution_deg)
        _group(rows, marks, power, (radar.range_resolution_m, azimuth_rad, elevation_rad, late_s),
               echoes)  # fmt: skip
    ssr = radar.ssr if isinstance(radar, SearchRadar | SecondaryRadar) else None
    if ssr is not None:
        strength = marks[:, scan_kernels.I_REPLY] / rows[:, scan_kernels.F_RANGE] ** 2
        answers = made.targets.answers[marks[:, scan_kernels.I_VEHICLE]]
        is_called = made.errors.is_mode_s & (answers & scan_kernels.MODE_S != 0)
        at_once = np.where(is_called, 0.0, strength)
        width = (_REPLY_S * _LIGHT_MPS / 2.0, math.radians(ssr.beamwidth_deg), _NEVER, late_s)
        resolution_kernels.overlapping(rows, marks, at_once, width, garbled)
        azimuth_rad = math.radians(ssr.azimuth_resolution_deg)
        _group(rows, marks, at_once, (ssr.range_resolution_m, azimuth_rad, _NEVER, late_s), replies)
        alone = np.zeros((n, 5))
        _group(rows, marks, np.where(is_called, strength, 0.0), (0.0, 0.0, 0.0, 0.0), alone)
        replies += alone
    out = np.empty((n, measuring_kernels.PLOT_FLOATS))
    out_ints = np.empty((n, measuring_kernels.PLOT_INTS), np.int64)
    mode_a = surroundings.vehicles.mode_a.astype(np.int64)
    keys = made.key, (np.uint64(surroundings.key[0]), np.uint64(surroundings.key[1]))
    count = measuring_kernels.measure(
        rows, marks, echoes, replies, garbled, made.targets, mode_a, made.errors, keys, out,
        out_ints,
    )  # fmt: skip
    return out[:count], out_ints[:count]


def _group(rows: Floats, marks: Ints, power: Floats, width: tuple[float, ...], out: Floats) -> None:
    """Fill ``out`` (n, 5) with the centres of what cannot be told apart."""
    leader = np.empty(len(rows), np.int64)
    resolution_kernels.group(rows, marks, power, width, leader)
    resolution_kernels.centres(rows, power, leader, out)


def false_plots(
    made: Radar, surroundings: Surroundings, turns: tuple[int, int]
) -> tuple[Floats, Ints]:
    """Return the false plots of all turns."""
    room, parts, turn = _ROOM // 4, [], turns[0]
    while turn < turns[1]:
        out = np.empty((room, measuring_kernels.PLOT_FLOATS))
        out_ints = np.empty((room, measuring_kernels.PLOT_INTS), np.int64)
        n, then = false_kernels.all_false(
            made.scan, made.reach, made.field, made.errors, surroundings.pieces, (turn, turns[1]),
            made.key, out, out_ints,
        )  # fmt: skip
        parts.append((out[:n], out_ints[:n]))
        if then == turn:
            room *= 2  # one turn alone has more
        turn = then
    if not parts:
        return (
            np.empty((0, measuring_kernels.PLOT_FLOATS)),
            np.empty((0, measuring_kernels.PLOT_INTS), np.int64),
        )
    floats, ints = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return floats, ints


def _told(
    made: Radar,
    place_of: tuple[Placed, Place],
    row: int,
    surroundings: Surroundings,
    floats: Floats,
    ints: Ints,
) -> Observed:
    """Return plots as the site gets them, in order of time; its clock tells their times."""
    placed, place = place_of
    columns = {name: floats[:, k] for name, k in _COLUMNS.items()}
    order = np.argsort(columns["time_s"], kind="stable")
    columns = {name: column[order] for name, column in columns.items()}
    ints = ints[order]
    true_s = columns.pop("time_s")
    told_s = _clock(made.errors, true_s)
    vehicle = ints[:, measuring_kernels.Q_VEHICLE].astype(np.int32)
    flags = ints[:, measuring_kernels.Q_FLAGS]
    mode_s, call_sign = _called(surroundings, vehicle, flags)
    marks: dict[str, npt.ArrayLike] = {
        "time_s": told_s,
        "mode_a": ints[:, measuring_kernels.Q_MODE_A],
        "mode_s": mode_s,
        "call_sign": call_sign,
        "flags": flags,
    }
    if place.vehicle >= 0:
        plots = _from_aboard(made, place, row, surroundings, true_s, columns).replace(**marks)
    else:
        plots = Plots.make(len(order), sensor=row, geometry=int(Geometry.POLAR), **marks, **columns)
    return Observed(plots=plots, vehicle=vehicle, received_s=true_s + placed.latency_s)


def _called(
    surroundings: Surroundings, vehicle: npt.NDArray[np.int32], flags: Ints
) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any]]:
    """Return address and call sign (n,) each, of those that answered in Mode S."""
    mode_s = np.full(len(flags), -1, np.int32)
    call_sign = np.zeros(len(flags), surroundings.vehicles.call_sign.dtype)
    rows = np.flatnonzero(flags & int(PlotFlag.MODE_S))
    mode_s[rows] = surroundings.vehicles.mode_s[vehicle[rows]]
    call_sign[rows] = surroundings.vehicles.call_sign[vehicle[rows]]
    return mode_s, call_sign


def _from_aboard(
    made: Radar,
    place: Place,
    row: int,
    surroundings: Surroundings,
    true_s: Floats,
    columns: dict[str, Floats],
) -> Plots:
    """Return what was measured aboard a vehicle as places on earth, without range rates."""
    return geodetic_plots(
        surroundings,
        place,
        row,
        (int(made.key[0]), int(made.key[1])),
        true_s,
        *(columns[name] for name in ("range_m", "azimuth_rad", "elevation_rad")),
        *(columns[f"{name}_sigma_{unit}"] for name, unit in _ANGLES),
    ).replace(pressure_altitude_m=columns["pressure_altitude_m"])


_ANGLES = (("range", "m"), ("azimuth", "rad"), ("elevation", "rad"))
_COLUMNS = {
    "time_s": measuring_kernels.P_TIME,
    "range_m": measuring_kernels.P_RANGE,
    "azimuth_rad": measuring_kernels.P_AZIMUTH,
    "elevation_rad": measuring_kernels.P_ELEVATION,
    "doppler_mps": measuring_kernels.P_RATE,
    "pressure_altitude_m": measuring_kernels.P_ALTITUDE,
    "range_sigma_m": measuring_kernels.P_RANGE_SIGMA,
    "azimuth_sigma_rad": measuring_kernels.P_AZIMUTH_SIGMA,
    "elevation_sigma_rad": measuring_kernels.P_ELEVATION_SIGMA,
    "doppler_sigma_mps": measuring_kernels.P_RATE_SIGMA,
}


def _clock(errors: Errors, time_s: Floats) -> Floats:
    """Return what the radar's own clock shows: its offset, and its drift since it was last set."""
    since_set_s = np.mod(time_s, errors.clock_set_every_s)
    told: Any = time_s + errors.clock_offset_s + errors.clock_drift * since_set_s
    return np.asarray(told, np.float64)

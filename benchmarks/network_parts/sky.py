"""The sky of the live benchmark as prepared ASTERIX: what 30 radars of two nations send."""

from __future__ import annotations

import dataclasses
import math

import msgspec
import numpy as np
from tracker_parts import airspace
from tracker_parts.radars import Radar, observe

from jointsky.api import Plots
from jointsky.units import FOOT_M, NAUTICAL_MILE_M

SIDE_M, SEED = 714e3, 0
TRIED_S = 40.0
BIN_S = 0.02  # a radar hands over what its beam passed, so often
TICKS_HZ = 128.0  # I048/140
RECORD = np.dtype(
    [
        ("fspec", "u1", 2),  # 010 140 020 040 070 090 - FX, 220
        ("sac", "u1"),
        ("sic", "u1"),
        ("tod", "u1", 3),
        ("i020", "u1"),
        ("rho", ">u2"),  # 1/256 NM
        ("theta", ">u2"),  # 360/65536 degrees
        ("i070", ">u2"),
        ("i090", ">u2"),  # quarters of a flight level
        ("address", "u1", 3),
    ]
)
FSPEC = (0xFD, 0x80)
MODE_S_ROLL_CALL = 0xA0  # I048/020 TYP 101


@dataclasses.dataclass(frozen=True)
class Prepared:
    """All records in the order in which they are sent; ``cuts`` (b + 1,) part them in datagrams.

    ``bin_of`` (b,), ``nation_of`` (b,): when and to whom each datagram goes.
    """

    records: np.ndarray
    time_s: np.ndarray
    nation: np.ndarray
    cuts: np.ndarray
    bin_of: np.ndarray
    nation_of: np.ndarray
    radars: list[Radar]

    @property
    def rate_hz(self) -> float:
        """Return plots a second."""
        return len(self.records) / (float(self.bin_of[-1] + 1) * BIN_S)


def prepare(radars: int, targets: int, rate_hz: float, seconds: float) -> Prepared:
    """Return what so many radars see of so many targets; radar k is of nation k modulo 2.

    All turn so much faster or slower than radars do that the rate is had.
    """
    made = airspace.radars(radars, SIDE_M, SEED)
    moving = airspace.flights(targets, SIDE_M, seconds, SEED)
    usual_hz = len(observe(moving, made, TRIED_S, SEED)) / TRIED_S
    made = [_turning(radar, usual_hz / rate_hz) for radar in made]
    plots = observe(moving, made, seconds, SEED)
    bins = np.floor(plots.time_s / BIN_S).astype(np.int64)
    order = np.lexsort((plots.time_s, plots.sensor, bins))
    plots, bins = plots.rows(order), bins[order]
    is_new = np.diff(bins, prepend=-1) + np.diff(plots.sensor, prepend=-1) != 0
    is_new |= np.diff(plots.sensor, prepend=-1) != 0
    cuts = np.append(np.flatnonzero(is_new), len(plots))
    return Prepared(
        records=_records(plots),
        time_s=plots.time_s,
        nation=plots.sensor % 2,
        cuts=cuts,
        bin_of=bins[cuts[:-1]],
        nation_of=plots.sensor[cuts[:-1]] % 2,
        radars=made,
    )


def _turning(radar: Radar, times: float) -> Radar:
    """Return a radar whose turns take so many times as long."""
    period_s = times * (radar.sensor.rotation_period_s or 0.0)
    sensor = msgspec.structs.replace(radar.sensor, rotation_period_s=period_s)
    return dataclasses.replace(radar, sensor=sensor, offset_s=times * radar.offset_s)


def _records(plots: Plots) -> np.ndarray:
    made = np.zeros(len(plots), RECORD)
    made["fspec"] = FSPEC
    made["sac"], made["sic"] = 1 + plots.sensor % 2, 1 + plots.sensor // 2
    made["i020"] = MODE_S_ROLL_CALL
    made["rho"] = np.round(plots.range_m / NAUTICAL_MILE_M * 256.0)
    made["theta"] = np.round(plots.azimuth_rad / (2 * math.pi) * 65536.0) % 65536
    made["i070"] = plots.mode_a
    made["i090"] = np.round(plots.pressure_altitude_m / (25.0 * FOOT_M)).astype(np.int64) % 16384
    address = plots.mode_s.astype(np.int64)
    address = np.where(address < 0, 0x700000 + np.arange(len(plots)) % 0x80000, address)
    for k, shift in enumerate((16, 8, 0)):
        made["address"][:, k] = (address >> shift) & 255
    return made


def stamp(prepared: Prepared, begin_s: float) -> None:
    """Write times of day for a run that begins at ``begin_s`` (POSIX seconds).

    The last bit of a time tells the nation: so the other nation's tracks can be told from own
    ones where updates are measured.  Times are rounded down: delays come out longer, if anything.
    """
    ticks = np.floor((begin_s % 86400.0 + prepared.time_s) * TICKS_HZ).astype(np.int64)
    ticks -= (ticks - prepared.nation) % 2
    ticks %= round(86400 * TICKS_HZ)
    for k, shift in enumerate((16, 8, 0)):
        prepared.records["tod"][:, k] = (ticks >> shift) & 255

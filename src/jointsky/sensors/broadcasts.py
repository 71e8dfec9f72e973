"""Receivers for ADS-B and Remote ID: what vehicles say of themselves, where it is received.

A vehicle sends at random intervals and says where its own navigation takes it to be; the error of
that is the same for all receivers, drifts slowly and keeps the 95 % bound that is sent along.
"""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth.horizon import EFFECTIVE_RADIUS_M
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.vehicles import Transponder
from jointsky.sensors import broadcasts_kernels as kernels
from jointsky.sensors import drawing_kernels as drawing
from jointsky.sensors.cooperative import AdsbReceiver, RemoteIdReceiver
from jointsky.sensors.frames import (
    DROPPED,
    Floats,
    Ints,
    ground_of,
    numbers,
    observed,
    sites,
    words,
)
from jointsky.sensors.placed import Placed
from jointsky.sensors.sight_kernels import SITE
from jointsky.sensors.surroundings import Observed, Place, Surroundings
from jointsky.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS

Receiver = AdsbReceiver | RemoteIdReceiver
RADIUS_95 = math.sqrt(-2.0 * math.log(0.05))  # sigmas that hold 95 % of a round normal error
NORMAL_95 = 1.959964  # and of a normal error, on either side


class Saying(NamedTuple):
    """How a kind of broadcast is sent and what it says, as kernels take it."""

    mean_s: float
    jitter_s: float
    late_most_s: float
    memory_s: float
    place_step_rad: float
    is_zoned: bool
    height_step_m: float
    speed_step_mps: float
    climb_step_mps: float
    pressure_sigma_m: float
    has_surface: bool


class Hearing(NamedTuple):
    """How well a receiver hears, as kernels take it."""

    half_m: float
    fading_db: float
    reach_m: float
    radius_m: float
    other_per_s: float  # below 0: no share is lost to other senders
    free_share: float


@dataclasses.dataclass(frozen=True)
class Quality:
    """How well vehicles know where they are: shares (K,), 95 % bounds of each (K,)."""

    share: tuple[float, ...]
    place_m: tuple[float, ...]
    height_m: tuple[float, ...]
    speed_mps: tuple[float, ...]

    def cumulated(self) -> Floats:
        """Return the cumulated shares (K,)."""
        return np.cumsum(np.array(self.share, np.float64))

    def sigmas(self) -> Floats:
        """Return standard errors (K, 3): of one axis of the place, of the height, of the speed."""
        return np.stack(
            [
                np.array(self.place_m) / RADIUS_95,
                np.array(self.height_m) / NORMAL_95,
                np.array(self.speed_mps) / RADIUS_95,
            ],
            axis=1,
        )


# DO-260B 2.2.3.3: airborne positions every 0.4 to 0.6 s, uniform; A.1.7: 17 bits of a zone of
# 6 degrees; 25 ft; 1 kt; 64 ft/min.  14 CFR 91.227 (e): uncompensated latency at most 0.6 s; most
# transponders are far below, taken here as even up to 0.2 s (estimate).
ADSB = Saying(
    mean_s=0.5,
    jitter_s=0.1,
    late_most_s=0.2,
    memory_s=300.0,
    place_step_rad=math.radians(6.0) / 2**17,
    is_zoned=True,
    height_step_m=25.0 * FOOT_M,
    speed_step_mps=KNOT_MPS,
    climb_step_mps=64.0 * FOOT_PER_MINUTE_MPS,
    pressure_sigma_m=15.0,
    has_surface=True,
)
# NACp 10, 9, 8, 7 with NACv and GVA as they go along (DO-260B, tables 2-71, 2-72).  Shares
# are an estimate: 14 CFR 91.227 asks for NACp 8; satellite navigation gives 9 and better; of 44
# aircraft in a recording of 2016 at Barcelona 36 said 8 and 8 said 7.
ADSB_QUALITY = Quality(
    share=(0.4, 0.35, 0.2, 0.05),
    place_m=(10.0, 30.0, 92.6, 185.2),
    height_m=(45.0, 45.0, 45.0, 150.0),
    speed_mps=(3.0, 3.0, 3.0, 10.0),
)
# ASTM F3411-22a, location message: at least once a second; 1e-7 degrees, 0.5 m,
# 0.25 m/s, 0.5 m/s; a drone's barometer is not corrected for pressure at all.
REMOTE_ID = Saying(
    mean_s=0.9,
    jitter_s=0.1,
    late_most_s=0.3,
    memory_s=120.0,
    place_step_rad=math.radians(1e-7),
    is_zoned=False,
    height_step_m=0.5,
    speed_step_mps=0.25,
    climb_step_mps=0.5,
    pressure_sigma_m=15.0,
    has_surface=False,
)
# Horizontal accuracy 11, 10, 9, vertical 5, 4, 3, speed 4, 3, 2 (F3411-22a); the
# shares are an estimate.
REMOTE_ID_QUALITY = Quality(
    share=(0.3, 0.4, 0.3),
    place_m=(3.0, 10.0, 30.0),
    height_m=(3.0, 10.0, 25.0),
    speed_mps=(0.3, 1.0, 3.0),
)
_BLOCK = {"ads-b": 120, "remote-id": 80}  # broadcasts in one block of kernels.send_times


def hearing(sensor: Receiver) -> Hearing:
    """Return a declared receiver as kernels take it."""
    others, free = -1.0, 1.0
    if isinstance(sensor, AdsbReceiver):
        others = sensor.other_messages_per_s
    else:
        free = 1.0 - sensor.channel_busy
    return Hearing(
        half_m=sensor.range_km * 1000.0,
        fading_db=sensor.fading_db,
        reach_m=sensor.range_max_km * 1000.0,
        radius_m=EFFECTIVE_RADIUS_M,
        other_per_s=others,
        free_share=free,
    )


def observe(
    sensor: Receiver,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return the reports of a receiver in the intervals that begin in a window.

    In each interval it reports the first message that it has of each vehicle; ``phase`` and biases
    of range and angle do not matter to it.
    """
    is_adsb = isinstance(sensor, AdsbReceiver)
    saying, quality = (ADSB, ADSB_QUALITY) if is_adsb else (REMOTE_ID, REMOTE_ID_QUALITY)
    bit = Transponder.ADSB if is_adsb else Transponder.REMOTE_ID
    slots = numbers(sensor.report_interval_s, 0.0, begin_s, end_s)
    listed = np.flatnonzero(surroundings.vehicles.transponder & bit)
    rows, who = _received(
        hearing(sensor),
        saying,
        quality,
        _BLOCK["ads-b" if is_adsb else "remote-id"],
        listed,
        (*slots, sensor.report_interval_s),
        place,
        surroundings,
        key,
    )
    number = np.floor(rows[:, kernels.O_TIME] / sensor.report_interval_s)
    lost = _lost(slots, placed.dropped_turns, key)
    kept = ~lost[(number - slots[0]).astype(np.int64)] if len(rows) else np.zeros(0, bool)
    rows, who = rows[kept], who[kept]
    return observed(
        placed,
        rows[:, kernels.O_TIME].copy(),
        who,
        _plots(rows, who, row, surroundings, is_adsb),
    )


def _lost(slots: tuple[int, int], share: float, key: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which intervals are lost as a whole."""
    if share <= 0.0:
        return np.zeros(slots[1] - slots[0], bool)
    drawn = [drawing.uniform(words(key), drawing.NOBODY, k, DROPPED) for k in range(*slots)]
    return np.array(drawn) < share


def _received(
    hears: Hearing,
    saying: Saying,
    quality: Quality,
    count: int,
    listed: Ints,
    slots: tuple[int, int, float],
    place: Place,
    surroundings: Surroundings,
    key: tuple[int, int],
) -> tuple[Floats, Ints]:
    """Return what is received: rows (n, COLUMNS) and vehicles (n,)."""
    if slots[1] <= slots[0] or len(listed) == 0:
        return np.empty((0, kernels.COLUMNS)), np.empty(0, np.int64)
    lasts_s = count * saying.mean_s
    begin_s, end_s = slots[0] * slots[2], slots[1] * slots[2]
    # a vehicle's own blocks begin up to mean_s later than the count
    blocks = math.floor((begin_s - saying.mean_s) / lasts_s), math.floor(end_s / lasts_s) + 1
    site = np.zeros(SITE)
    if place.vehicle < 0:
        site[:] = sites(place, surroundings, np.zeros(1))[0][0]
    work = np.empty(count), np.empty(SITE)
    senders = np.array(
        [
            kernels.count_senders(
                surroundings.pieces, listed, (block + 0.5) * lasts_s, site, place.vehicle,
                hears.reach_m, hears.radius_m, work[1],
            )
            for block in range(*blocks)
        ],
        np.float64,
    )  # fmt: skip
    most = slots[1] - slots[0]
    out = np.empty((max(2 * most, 32_768), kernels.COLUMNS))
    who = np.empty(len(out), np.int64)
    parts: list[tuple[Floats, Ints]] = []
    start = 0
    while start < len(listed):
        start, filled = kernels.receive(
            surroundings.pieces, listed, surroundings.vehicle_keys, site, place.vehicle, words(key),
            words(surroundings.key), hears, saying, quality.cumulated(), quality.sigmas(), blocks,
            senders, slots, ground_of(surroundings), start, work, out, who,
        )  # fmt: skip
        parts.append((out[:filled].copy(), who[:filled].copy()))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _plots(rows: Floats, who: Ints, row: int, surroundings: Surroundings, is_adsb: bool) -> Plots:
    """Return reports as geodetic plots."""
    vehicles = surroundings.vehicles
    flags = np.full(len(rows), int(PlotFlag.COOPERATIVE), np.uint32)
    flags[rows[:, kernels.O_GROUND] > 0.0] |= np.uint32(PlotFlag.ON_GROUND)
    if is_adsb:
        flags |= np.uint32(PlotFlag.MODE_S)
    return Plots.make(
        len(rows),
        sensor=row,
        geometry=int(Geometry.GEODETIC),
        latitude_rad=rows[:, kernels.O_LATITUDE].copy(),
        longitude_rad=rows[:, kernels.O_LONGITUDE].copy(),
        height_m=rows[:, kernels.O_HEIGHT].copy(),
        pressure_altitude_m=rows[:, kernels.O_PRESSURE].copy(),
        ve_mps=rows[:, kernels.O_EAST].copy(),
        vn_mps=rows[:, kernels.O_NORTH].copy(),
        vu_mps=rows[:, kernels.O_UP].copy(),
        east_sigma_m=rows[:, kernels.O_SIGMA].copy(),
        north_sigma_m=rows[:, kernels.O_SIGMA].copy(),
        east_north_correlation=0.0,
        height_sigma_m=rows[:, kernels.O_HEIGHT_SIGMA].copy(),
        mode_s=vehicles.mode_s[who] if is_adsb else -1,
        call_sign=vehicles.call_sign[who],
        flags=flags,
    )


def describe(sensor: Receiver, name: str, place: Place) -> Sensor:
    """Return what a tracker is told of a receiver; one aboard has no position."""
    is_on_ground = place.vehicle < 0
    return Sensor(
        name=name,
        kind="adsb",
        latitude_rad=place.latitude_rad if is_on_ground else None,
        longitude_rad=place.longitude_rad if is_on_ground else None,
        height_m=place.height_m if is_on_ground else None,
        rotation_period_s=sensor.report_interval_s,
        range_max_m=sensor.range_max_km * 1000.0,
        false_plots_per_turn=0.0,
        senses=("transponder",) if isinstance(sensor, AdsbReceiver) else ("remote-id",),
    )

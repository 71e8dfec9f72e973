"""How far and how well a placed radar sees, as its kernels take it; and what vehicles show it."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.records.signatures import Band, CrossSection, Signature
from jointsky.sensors.antenna import Pattern, cosecant_beam, gaussian_beam
from jointsky.sensors.atmosphere import Air, RainCells, air, rain_cells
from jointsky.sensors.clutter import rain_echo_scale_db
from jointsky.sensors.detection import Curve, curve
from jointsky.sensors.doppler import NONE, Canceller, canceller, gain_of_target
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_equation import LIGHT_MPS, achieved_scale, built_scale
from jointsky.sensors.radars import AnyRadar, FixedRadar, PrimaryRadar, SearchRadar, SecondaryRadar
from jointsky.sensors.surroundings import Place, Rain, Surroundings

_EVEN = Pattern(-math.pi, math.pi, 1.0, math.pi, math.pi, 0.0)
_BLIND = 0.0  # reach of a part that a radar does not have
_FASTEST_MPS = 1500.0  # range rates above are taken as this one
_VACUUM = Air(0.0, 0.0, 1.0, 1.0)


class Reach(NamedTuple):
    """What decides whether a placed radar sees a target; ranges of 0: it has no such part."""

    scale_range_m: float
    curve: Curve
    min_range_m: float
    max_range_m: float
    low_rad: float
    high_rad: float
    pattern: Pattern
    scan_loss_exponent: float
    air: Air
    rain: RainCells
    rain_echo_db: float  # of 1 mm/h in a cell at 1 m (clutter.rain_echo_scale_db)
    gains: npt.NDArray[Any]  # (G, n) canceller's power gain by range rate; no columns: has none
    gain_step_mps: float
    reply_range_m: float
    reply_probability: float
    dropped_turns: float


class Targets(NamedTuple):
    """What V vehicles show to a radar of one band; NaN cross sections: nothing."""

    key: npt.NDArray[np.uint64]
    nose_db: npt.NDArray[np.float64]
    side_db: npt.NDArray[np.float64]
    tail_db: npt.NDArray[np.float64]
    swerling: npt.NDArray[np.int64]
    gain_row: npt.NDArray[np.int64]  # of the gains in Reach
    answers: npt.NDArray[np.uint8]  # bits of records.vehicles.Transponder


def reach_of(
    radar: AnyRadar,
    placed: Placed,
    place: Place,
    rain: Sequence[Rain],
    parts_mps: tuple[float, ...] = (),
) -> Reach:
    """Return what decides whether a placed radar sees a target; aboard, rain is not counted.

    ``parts_mps`` are the speeds of moving parts that ``targets_of`` numbers; none given: the
    canceller of standing echoes is left out.
    """
    lasting = _lasting(radar, placed.dropped_turns)
    if parts_mps and not isinstance(radar, SecondaryRadar):
        gains, step_mps = _gains(radar, parts_mps)
        lasting = lasting._replace(gains=gains, gain_step_mps=step_mps)
    if isinstance(radar, SecondaryRadar) or not rain or place.vehicle >= 0:
        return lasting
    cells = rain_cells(place, rain, radar.frequency_mhz * 1e6)
    return lasting._replace(rain=cells)


@functools.lru_cache(maxsize=1024)
def _lasting(radar: AnyRadar, dropped_turns: float) -> Reach:
    """Return the part of a radar's reach that hangs on its declaration alone."""
    ssr = radar.ssr if isinstance(radar, SearchRadar | SecondaryRadar) else None
    primary: PrimaryRadar | None = None if isinstance(radar, SecondaryRadar) else radar
    dry = RainCells(*np.zeros((len(RainCells._fields), 0)))
    low_deg = -90.0 if primary is None else primary.min_elevation_deg
    return Reach(
        scale_range_m=1.0 if primary is None else _scale_m(primary),
        curve=_curve(primary),
        min_range_m=radar.min_range_km * 1000.0,
        max_range_m=_BLIND if primary is None else primary.max_range_km * 1000.0,
        low_rad=math.radians(low_deg),
        high_rad=math.radians(radar.max_elevation_deg),
        pattern=_EVEN if primary is None else _pattern(primary),
        scan_loss_exponent=radar.scan_loss_exponent if isinstance(radar, FixedRadar) else 0.0,
        air=_VACUUM if primary is None else air(primary.frequency_mhz * 1e6),
        rain=dry,
        rain_echo_db=-math.inf if primary is None else _rain_echo_db(primary),
        gains=np.zeros((1, 0)),
        gain_step_mps=1.0,
        reply_range_m=_BLIND if ssr is None else ssr.max_range_km * 1000.0,
        reply_probability=0.0 if ssr is None else ssr.reply_probability,
        dropped_turns=dropped_turns,
    )


def _rain_echo_db(radar: PrimaryRadar) -> float:
    """Return what is left of the echo of 1 mm/h of rain in a cell at 1 m, in dBsm."""
    height_deg = radar.beam_height_deg
    if radar.elevation_sigma_deg is not None:
        height_deg = radar.elevation_resolution_deg
    return rain_echo_scale_db(
        radar.frequency_mhz * 1e6,
        math.radians(radar.beamwidth_deg),
        math.radians(height_deg),
        radar.range_resolution_m,
        _canceller(radar),
        radar.rain_rejection_db,
    )


def _canceller(radar: PrimaryRadar) -> Canceller:
    moving = radar.moving_targets
    if moving is None:
        return NONE
    wavelength_m = LIGHT_MPS / (radar.frequency_mhz * 1e6)
    slowest_mps = moving.min_detectable_velocity_mps
    return canceller(moving.prfs_hz, moving.delay_lines, wavelength_m, slowest_mps)


def _curve(primary: PrimaryRadar | None) -> Curve:
    if primary is None:
        return curve(1e-6, 1)
    return curve(primary.false_alarm_probability, primary.pulses)


def _scale_m(radar: PrimaryRadar) -> float:
    """Return the range at which 1 m² gives as much echo as there is noise."""
    if radar.equation is not None:
        return built_scale(radar.equation, radar.frequency_mhz * 1e6).range_m
    if radar.half_seen_range_km is None:
        raise ValueError("a radar needs half_seen_range_km or equation")
    return achieved_scale(
        radar.half_seen_range_km * 1000.0,
        radar.half_seen_rcs_dbsm,
        radar.false_alarm_probability,
        radar.pulses,
        radar.half_seen_swerling,
    ).range_m


def _pattern(radar: PrimaryRadar) -> Pattern:
    """Return the pattern over elevation; an even one has no edges but the declared ends."""
    if radar.elevation_pattern == "even":
        return _EVEN
    axis_rad = math.radians(radar.beam_elevation_deg)
    width_rad = math.radians(radar.beam_height_deg)
    if radar.elevation_pattern == "gaussian":
        return gaussian_beam(axis_rad, width_rad, radar.side_lobes_db)
    top_rad = math.radians(radar.max_elevation_deg)
    return cosecant_beam(axis_rad, width_rad, top_rad, radar.side_lobes_db)


@functools.lru_cache(maxsize=256)
def _gains(
    radar: PrimaryRadar, parts_mps: tuple[float, ...]
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the canceller's gains (G, n) for vehicles whose parts move so fast, and their step.

    The gain swings over ``lambda / (2 lines T)`` of range rate at the fastest and falls off around
    the slowest speed: 128 and 64 steps to these keep a line between two within 0.01.
    """
    moving = radar.moving_targets
    if moving is None:
        return np.zeros((1, 0)), 1.0
    wavelength_m = LIGHT_MPS / (radar.frequency_mhz * 1e6)
    slowest_mps = moving.min_detectable_velocity_mps
    made = _canceller(radar)
    step_mps = wavelength_m * min(moving.prfs_hz) / (2.0 * moving.delay_lines) / 128.0
    if slowest_mps > 0.0:
        step_mps = min(step_mps, slowest_mps / 64.0)
    rates = np.arange(0.0, _FASTEST_MPS + 2.0 * step_mps, step_mps)
    return np.array([gain_of_target(made, rates, parts) for parts in parts_mps]), step_mps


def parts_of(signatures: Sequence[Signature]) -> tuple[float, ...]:
    """Return the speeds of moving parts that there are, each once, in order."""
    return tuple(sorted({signature.moving_parts_mps for signature in signatures}))


def targets_of(surroundings: Surroundings, band: Band | None) -> Targets:
    """Return what all vehicles show to a radar of a band (none: to a secondary radar).

    Several that fly as one return their number times the echo of one.
    """
    vehicles = surroundings.vehicles
    signatures = surroundings.signatures
    parts = parts_of(signatures)
    shown = np.array([_shown(s, band, parts) for s in signatures], np.float64).reshape(-1, 5)
    rows = shown[vehicles.signature]
    many_db = 10.0 * np.log10(np.maximum(vehicles.count, 1))
    return Targets(
        key=np.ascontiguousarray(surroundings.vehicle_keys, np.uint64),
        nose_db=rows[:, 0] + many_db,
        side_db=rows[:, 1] + many_db,
        tail_db=rows[:, 2] + many_db,
        swerling=rows[:, 3].astype(np.int64),
        gain_row=rows[:, 4].astype(np.int64),
        answers=np.ascontiguousarray(vehicles.transponder),
    )


def _shown(
    signature: Signature, band: Band | None, parts_mps: tuple[float, ...]
) -> tuple[float, ...]:
    """Return nose, side and tail in dBsm, fluctuation and row of the canceller's gains."""
    row = parts_mps.index(signature.moving_parts_mps)
    fits = [c for c in signature.radar if band is not None and (not c.bands or band in c.bands)]
    if not fits:
        return math.nan, math.nan, math.nan, 1, row
    section: CrossSection = fits[0]
    nose = section.nose_dbsm
    side = nose if section.side_dbsm is None else section.side_dbsm
    tail = nose if section.tail_dbsm is None else section.tail_dbsm
    return nose, side, tail, section.swerling, row

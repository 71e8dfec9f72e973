"""The declared things become what the kernels read: models, their switching, settings, sensors."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from jointsky.records.sensors import Sensor
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import World
from jointsky.tracking.association import Association
from jointsky.tracking.frame import Frame, MapPlane
from jointsky.tracking.settings import TrackerSettings

Floats = npt.NDArray[np.float64]

GATE_ROWS = 7
EARTH_M = 6_371_000.0

# How often each model is drawn, of all draws that are not of quiet flight.
_MANOEUVRES = {layout.CLIMB: 0.35, layout.TURN: 0.45, layout.MANOEUVRE: 0.12, layout.SLOW: 0.08}
_LEAST_SHARE = 1e-6
_THRUST = 1 / 40  # noise of thrust and drag in a climb, as a share of the manoeuvre's

# (range m, azimuth or cross-position) standard errors for a kind that tells none: en-route radar
# as in EUROCONTROL's SUR.ET1.ST01.1000 (60 m, 0.08 deg; wider for primary), surface radar as in
# ED-116 (7.5 m, 95 %), ADS-B as in DO-260B.
TYPICAL_ERRORS = {
    "radar": (75.0, math.radians(0.12)),
    "ssr": (60.0, math.radians(0.08)),
    "surface-radar": (4.0, math.radians(0.1)),
    "multilateration": (20.0, 20.0),
    "adsb": (40.0, 40.0),
    "bearing": (1.0, math.radians(1.0)),
}
_TYPICAL_PERIOD_S = {"surface-radar": 1.0, "multilateration": 1.0, "adsb": 1.0, "bearing": 1.0}
_TURNING = ("radar", "ssr", "unknown", "bearing")
_WINDOWS_PER_TURN = 32.0
_REPORT_WINDOW_S = 0.25
_SURFACE_REACH_M, _TYPICAL_REACH_M = 5e3, 4e5


def make_world(
    sensors: Sequence[Sensor],
    frame: Frame,
    plane: MapPlane,
    settings: TrackerSettings,
    periods_s: Floats,
) -> World:
    """Return what the kernels read; ``periods_s`` (S,) are measured turn times, NaN: unknown."""
    rows = sensor_rows(sensors, frame, plane, settings, periods_s)
    return World(
        sensors=rows,
        cells=_cells(rows),
        models=model_table(settings),
        settings=_settings_row(settings, frame),
        usual=usual_weights(settings),
        plane=plane.rows,
    )


def model_table(settings: TrackerSettings) -> Floats:
    """Return each model's noise (M, MODEL_COLUMNS): densities m²/s³ and rad²/s³, memory s."""
    # A turn is level and keeps its speed; a climb also stands for a change of speed.
    table = np.zeros((layout.MODELS, layout.MODEL_COLUMNS))
    quiet, level = settings.quiet_acceleration_psd, settings.quiet_climb_psd
    wild = settings.manoeuvre_acceleration_psd
    hover = 2.0 * settings.hover_speed_sigma_mps**2 / settings.hover_memory_s
    table[layout.QUIET, :2] = quiet, level
    table[layout.CLIMB, :2] = max(quiet, _THRUST * wild), settings.climb_psd
    table[layout.TURN, :3] = 2.0 * quiet, 10.0 * level, settings.turn_rate_psd
    table[layout.MANOEUVRE, :2] = wild, settings.climb_psd
    table[layout.SLOW, :2] = hover, 0.1 * hover
    table[layout.SLOW, layout.MEMORY_S] = settings.hover_memory_s
    return table


def usual_weights(settings: TrackerSettings) -> Floats:
    """Return the share of time (M,) that a target flies by each model.

    A target keeps its model for ``mean_manoeuvre_s`` on average and then draws one by these
    shares; that of the quiet model makes straight flight last ``mean_straight_s`` on average.
    """
    others = min(settings.mean_manoeuvre_s / settings.mean_straight_s, 1.0)
    shares = np.zeros(layout.MODELS)
    for model, part in _MANOEUVRES.items():
        shares[model] = others * part
    shares[layout.QUIET] = 1.0 - others
    shares = np.maximum(shares, _LEAST_SHARE)
    return np.asarray(shares / shares.sum())


def switching_rates(settings: TrackerSettings) -> Floats:
    """Return the generator (M, M) of the Markov chain between models, per second."""
    usual = usual_weights(settings)
    rates = (np.tile(usual, (layout.MODELS, 1)) - np.eye(layout.MODELS)) / settings.mean_manoeuvre_s
    return np.asarray(rates)


def _settings_row(settings: TrackerSettings, frame: Frame) -> Floats:
    row = np.zeros(layout.SETTINGS)
    row[layout.G_SPEED_SIGMA] = settings.speed_sigma_mps
    row[layout.G_CLIMB_SIGMA] = settings.climb_sigma_mps
    row[layout.G_HEIGHT] = settings.unseen_height_m
    row[layout.G_HEIGHT_SIGMA] = settings.unseen_height_sigma_m
    row[layout.G_TURN_ACCELERATION] = settings.turn_acceleration_mps2
    row[layout.G_LOST_VIEW] = settings.lost_view_probability
    row[layout.G_DENSITY] = settings.targets_per_1000_km2 / 1e9
    row[layout.G_LIFE_S] = settings.mean_flight_s
    row[layout.G_CONFIRM] = settings.confirm_existence
    row[layout.G_DROP] = settings.drop_existence
    row[layout.G_SHOW] = settings.show_existence
    row[layout.G_COAST_S] = settings.coast_s
    row[layout.G_SWITCHING] = 1.0 / settings.mean_manoeuvre_s
    row[layout.G_BEND] = 0.0 if frame.is_flat else 1.0 / (2.0 * EARTH_M)
    row[layout.G_FLAT] = float(frame.is_flat)
    row[layout.G_WORST_PSD] = settings.manoeuvre_acceleration_psd
    row[layout.G_METHOD] = Association[settings.association.upper()]
    gate = _gate(settings.gate_probability)
    row[layout.G_GATE + 1 : layout.G_GATE + 1 + GATE_ROWS] = gate
    row[layout.G_SIGMAS] = math.sqrt(gate[1])
    return row


@functools.lru_cache(maxsize=64)
def _gate(probability: float) -> tuple[float, ...]:
    """Return the squared distance within which that share of plots lies, by number of rows."""
    # scipy.stats would take two seconds to import
    return tuple((2.0 * gammaincinv(np.arange(1, GATE_ROWS + 1) / 2.0, probability)).tolist())


def sensor_rows(
    sensors: Sequence[Sensor],
    frame: Frame,
    plane: MapPlane,
    settings: TrackerSettings,
    periods_s: Floats,
) -> Floats:
    """Return the sensors (S, SENSOR_FLOATS) as the kernels want them."""
    rows = np.zeros((len(sensors), layout.SENSOR_FLOATS))
    for i, sensor in enumerate(sensors):
        row = rows[i]
        pose = frame.sensor_pose(sensor)
        origin, axes = pose if pose is not None else (plane.rows[0], np.eye(3))
        row[layout.S_ORIGIN : layout.S_ORIGIN + 3] = origin
        row[layout.S_AXES : layout.S_AXES + 9] = axes.ravel()
        measured = periods_s[i] if np.isfinite(periods_s[i]) else None
        period = sensor.rotation_period_s or measured or _TYPICAL_PERIOD_S.get(sensor.kind, 6.0)
        row[layout.S_PERIOD] = period
        turns = sensor.kind in _TURNING
        window = period / _WINDOWS_PER_TURN if turns else min(_REPORT_WINDOW_S, period / 4)
        row[layout.S_WINDOW] = min(window, settings.sector_s)
        surface = sensor.kind == "surface-radar"
        reach = sensor.range_max_m or (_SURFACE_REACH_M if surface else _TYPICAL_REACH_M)
        row[layout.S_REACH] = reach
        detection = sensor.detection_probability or settings.detection_probability
        row[layout.S_DETECTION] = min(detection, 0.995)
        row[layout.S_DETECTION_KNOWN] = sensor.detection_probability is not None
        known = sensor.false_plots_per_turn is not None
        row[layout.S_FALSE_KNOWN] = known
        plain = sensor.false_plots_per_turn or settings.false_plots_per_turn
        row[layout.S_FALSE] = plain
        row[layout.S_FALSE_IDENTIFIED] = plain if known else 0.02 * plain
        row[layout.S_SINCE] = math.nan
        if sensor.range_resolution_m is not None and sensor.azimuth_resolution_rad is not None:
            row[layout.S_RANGE_CELL] = sensor.range_resolution_m
            row[layout.S_AZIMUTH_CELL] = sensor.azimuth_resolution_rad
        row[layout.S_CELL] = 2.0 * reach / layout.CELLS_ACROSS
    origins = rows[:, layout.S_ORIGIN : layout.S_ORIGIN + 3]
    rows[:, layout.S_MAP : layout.S_MAP + 2] = plane.place(origins)[:, :2]
    return rows


def _cells(rows: Floats) -> Floats:
    """Return the sensors' cells (S, CELL_FLOATS, CELLS) before anything is counted."""
    cells = np.zeros((len(rows), layout.CELL_FLOATS, layout.CELLS))
    cells[:, layout.C_SHARE] = _even_share()
    return cells


@functools.cache
def _even_share() -> Floats:
    """Return the share (CELLS,) of false plots that are even in range and azimuth.

    Density 1 / (2 pi r R) over the ground, summed over points of a finer grid within reach R.
    """
    across, fine = layout.CELLS_ACROSS, 16
    at = (np.arange(across * fine) + 0.5) / fine - across / 2
    east, north = np.meshgrid(at, at, indexing="ij")
    radius = np.hypot(east, north)
    density = np.where(radius < across / 2, 1.0 / radius, 0.0)
    share = density.reshape(across, fine, across, fine).sum(axis=(1, 3)).ravel()
    return np.asarray(share / share.sum())

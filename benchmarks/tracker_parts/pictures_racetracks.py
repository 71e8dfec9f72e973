"""A picture of the racetracks: one flight and its track, errors along a lap, errors in all."""

from __future__ import annotations

import pathlib

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from jointsky.api import Plots, Tracks
from jointsky.earth.geodesy import (
    ecef_to_enu,
    ecef_to_geodetic,
    elevation_of_height,
    enu_rotation,
    geodetic_to_ecef,
    mean_radius_of_curvature_m,
    polar_to_enu,
)
from jointsky.units import KNOT_MPS, NAUTICAL_MILE_M
from tracker_parts import racetracks
from tracker_parts.flights import Flights
from tracker_parts.racetracks import BANKS_DEG, CENTRE_RAD, SPEEDS_KT, Errors
from tracker_parts.radars import Radar, mode_a_of

mpl.use("agg")
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#E69F00", "#009E73", "#CC79A7"  # Okabe and Ito (2008)
SHOWN, SHOWN_S = 6, 600.0  # the flight of 360 kt and 45 degrees, ten minutes


def draw(
    moving: Flights,
    radars: list[Radar],
    plots: Plots,
    shown: Tracks,
    errors: Errors,
    file: pathlib.Path,
) -> None:
    """Draw the picture."""
    figure, axes = plt.subplots(2, 2, figsize=(12.0, 7.6), dpi=100, layout="constrained")
    _plan(axes[0, 0], moving, radars, plots, shown)
    _along_lap(axes[0, 1], moving, errors)
    speed_kt = np.abs(errors.speed_mps) / KNOT_MPS
    _distribution(axes[1, 0], errors, errors.position_m, 400.0, "position error (m)")
    _distribution(axes[1, 1], errors, speed_kt, 25.0, "ground-speed error (kt)")
    for axis in figure.axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.3, linewidth=0.5)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _plan(
    axis: plt.Axes, moving: Flights, radars: list[Radar], plots: Plots, shown: Tracks
) -> None:
    """Draw plots, truth and track of one flight, in NM about the centre."""
    code = mode_a_of(np.array([SHOWN]))[0]
    begin = racetracks.FROM_S
    mine = plots.rows((plots.mode_a == code) & _within(plots.time_s, begin))
    first = _map_of_plots(radars, mine)
    axis.plot(*first, ".", color=ORANGE, markersize=4, label="plots of five radars")
    times = np.arange(begin, begin + SHOWN_S, 1.0)
    truth = moving.at(np.full(len(times), SHOWN), times)
    axis.plot(*_map(truth.ecef_m), color="black", linewidth=2.4, alpha=0.35, label="flown")
    track = shown.rows((shown.mode_a == code) & _within(shown.time_s, begin))
    place = _map(geodetic_to_ecef(track.latitude_rad, track.longitude_rad, track.height_m))
    axis.plot(*place, ".-", color=BLUE, linewidth=1.0, markersize=5, label="track, every 4.8 s")
    axis.set_aspect("equal", "datalim")
    axis.set_xlabel("east (NM)")
    axis.set_ylabel("north (NM)")
    speed, bank = SPEEDS_KT[SHOWN // len(BANKS_DEG)], BANKS_DEG[SHOWN % len(BANKS_DEG)]
    axis.set_title(f"One flight: {speed:.0f} kt, {bank:.0f}° of bank, ten minutes", loc="left")
    axis.legend(frameon=False, loc="upper left", fontsize=9)


def _along_lap(axis: plt.Axes, moving: Flights, errors: Errors) -> None:
    """Draw the mean position error against the time since the turn began, by bank."""
    since = _since_turn(moving, errors)
    edges = np.arange(-60.0, 121.0, 4.8)
    for k, (bank, colour) in enumerate(zip(BANKS_DEG, (BLUE, GREEN, ORANGE, PURPLE), strict=True)):
        mine = errors.flight % len(BANKS_DEG) == k
        place = np.digitize(since[mine], edges) - 1
        mean = [
            errors.position_m[mine][place == j].mean() if (place == j).sum() > 5 else np.nan
            for j in range(len(edges) - 1)
        ]
        axis.plot(edges[:-1] + 2.4, mean, color=colour, linewidth=1.6, label=f"{bank:.0f}° of bank")
    axis.axvline(0.0, color="grey", linewidth=0.8, linestyle=":")
    axis.set_xlim(-60.0, 120.0)
    axis.set_ylim(0.0, None)
    axis.set_xlabel("time since the turn began (s)")
    axis.set_ylabel("mean position error (m)")
    axis.set_title("Into a turn and out of it, five radars, all speeds", loc="left")
    axis.legend(frameon=False, fontsize=9, ncols=2)


def _distribution(
    axis: plt.Axes, errors: Errors, values: np.ndarray, reach: float, label: str
) -> None:
    for name, chosen, colour in (
        ("straight", ~errors.is_turning, BLUE),
        ("turning", errors.is_turning, ORANGE),
    ):
        mine = np.sort(values[chosen])
        axis.plot(mine, 100.0 * np.arange(1, len(mine) + 1) / len(mine), color=colour, label=name)
    axis.axhline(95.0, color="grey", linewidth=0.8, linestyle=":")
    axis.set_xlim(0.0, reach)
    axis.set_ylim(0.0, 101.0)
    axis.set_xlabel(label)
    axis.set_ylabel("% of pictures within it")
    axis.legend(frameon=False, fontsize=9, loc="lower right")


def _since_turn(moving: Flights, errors: Errors) -> np.ndarray:
    """Return the seconds since the turn began that is nearest in time, negative before it."""
    turning = moving.nodes[6] != 0.0
    since = np.full(len(errors.time_s), np.nan)
    for flight in range(len(moving)):
        first = np.flatnonzero(np.diff(turning[flight].astype(int)) == 1) + 1
        begins = first * moving.step_s
        mine = np.flatnonzero(errors.flight == flight)
        if len(begins) and len(mine):
            off = errors.time_s[mine, None] - begins
            off = np.where(off < -60.0, np.inf, off)
            since[mine] = off[np.arange(len(mine)), np.abs(off).argmin(axis=1)]
    return since


def _within(time_s: np.ndarray, begin_s: float) -> np.ndarray:
    return (time_s >= begin_s) & (time_s < begin_s + SHOWN_S)


def _map(ecef_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    latitude, longitude, _ = ecef_to_geodetic(ecef_m)
    enu = ecef_to_enu(geodetic_to_ecef(latitude, longitude, 0.0), *CENTRE_RAD, 0.0)
    return enu[:, 0] / NAUTICAL_MILE_M, enu[:, 1] / NAUTICAL_MILE_M


def _map_of_plots(radars: list[Radar], plots: Plots) -> tuple[np.ndarray, np.ndarray]:
    """Return where plots lie whose height is their Mode C altitude."""
    made = np.empty((len(plots), 3))
    for row, radar in enumerate(radars):
        mine = plots.sensor == row
        sensor = radar.sensor
        site = sensor.latitude_rad or 0.0, sensor.longitude_rad or 0.0, sensor.height_m or 0.0
        origin = geodetic_to_ecef(*site)[0]
        made[mine] = origin + _polar_to_enu(plots.rows(mine), site) @ enu_rotation(*site[:2])
    return _map(made)


def _polar_to_enu(plots: Plots, site: tuple[float, float, float]) -> np.ndarray:
    """Return east, north, up (n, 3) about the site of plots of known height."""
    radius_m = mean_radius_of_curvature_m(site[0])
    elevation = elevation_of_height(plots.range_m, site[2], plots.pressure_altitude_m, radius_m)
    return polar_to_enu(plots.range_m, plots.azimuth_rad, elevation)

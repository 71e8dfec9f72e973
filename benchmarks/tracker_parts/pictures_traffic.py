"""A picture of the civil traffic: its map, and how large the errors are by phase of flight."""

from __future__ import annotations

import pathlib

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from jointsky.earth.geodesy import ecef_to_enu, geodetic_to_ecef
from jointsky.metrics.flight import PHASES
from jointsky.recording.track import Tracked
from jointsky.records.score import ScoreResult
from jointsky.units import NAUTICAL_MILE_M
from tracker_parts import traffic
from tracker_parts.radars import FIRST_ADDRESS

mpl.use("agg")
COLOURS = {"straight": "#0072B2", "turning": "#E69F00", "accelerating": "#CC79A7",
           "climbing": "#009E73"}  # Okabe and Ito (2008)  # fmt: skip
KINDS = {"an arrival": "#0072B2", "a departure": "#009E73", "an overflight": "#CC79A7"}
REACH_NM = 85.0


def draw(
    truth: dict[str, np.ndarray], made: Tracked, found: ScoreResult, file: pathlib.Path
) -> None:
    """Draw the picture."""
    figure = plt.figure(figsize=(13.0, 7.6), dpi=100, layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1.15, 1.0))
    _map(figure.add_subplot(grid[:, 0]), truth, made)
    points = found.points
    upper, lower = figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, 1])
    _distribution(upper, points, points["horizontal_m"], 200.0, "horizontal position error (m)")
    _distribution(lower, points, np.abs(points["speed_mps"]), 15.0, "ground-speed error (m/s)")
    for axis in figure.axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.3, linewidth=0.5)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _map(axis: plt.Axes, truth: dict[str, np.ndarray], made: Tracked) -> None:
    for flight in np.unique(truth["number"]):
        mine = truth["number"] == flight
        place = _plane(truth["latitude_rad"][mine], truth["longitude_rad"][mine])
        axis.plot(*place, color="black", alpha=0.2, linewidth=3.0, zorder=1)
    tracks = made.tracks
    for number in np.unique(tracks.track_number):
        mine = tracks.track_number == number
        place = _plane(tracks.latitude_rad[mine], tracks.longitude_rad[mine])
        flight = tracks.mode_s[mine].max() - FIRST_ADDRESS
        colour = KINDS[traffic.KINDS[flight % 4]] if flight >= 0 else "black"
        axis.plot(*place, color=colour, linewidth=1.0, zorder=2)
    for name, colour in KINDS.items():
        axis.plot([], [], color=colour, label=f"track of {name}")
    axis.plot([], [], color="black", alpha=0.2, linewidth=3.0, label="flown")
    around = np.linspace(0.0, 2 * np.pi, 181)
    served = traffic.VOLUME_M / NAUTICAL_MILE_M
    axis.plot(served * np.sin(around), served * np.cos(around), ":", color="grey", label="judged")
    sites = [radar.sensor for radar in traffic.radars()]
    place = _plane(
        np.array([s.latitude_rad for s in sites]), np.array([s.longitude_rad for s in sites])
    )
    axis.plot(*place, "^", color="#D55E00", markersize=9, label="radars")
    axis.set_xlim(-REACH_NM, REACH_NM)
    axis.set_ylim(-REACH_NM, REACH_NM)
    axis.set_aspect("equal")
    axis.set_xlabel("east of the airport (NM)")
    axis.set_ylabel("north (NM)")
    axis.set_title("Civil traffic and its tracks", loc="left")
    axis.figure.legend(
        *axis.get_legend_handles_labels(), loc="outside lower left", ncols=6, fontsize=9
    )


def _distribution(
    axis: plt.Axes, points: dict[str, np.ndarray], values: np.ndarray, reach: float, label: str
) -> None:
    for name, colour in COLOURS.items():
        mine = np.sort(values[(points["phase"] == PHASES.index(name)) & np.isfinite(values)])
        if len(mine):
            share = 100.0 * np.arange(1, len(mine) + 1) / len(mine)
            axis.plot(mine, share, color=colour, label=name, linewidth=1.6)
    axis.axhline(95.0, color="grey", linewidth=0.8, linestyle=":")
    axis.set_xlim(0.0, reach)
    axis.set_ylim(0.0, 101.0)
    axis.set_xlabel(label)
    axis.set_ylabel("% of updates within it")
    axis.legend(frameon=False, fontsize=9, loc="lower right")


def _plane(latitude: np.ndarray, longitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    enu = ecef_to_enu(geodetic_to_ecef(latitude, longitude, 0.0), *traffic.AIRPORT_RAD, 0.0)
    return enu[:, 0] / NAUTICAL_MILE_M, enu[:, 1] / NAUTICAL_MILE_M

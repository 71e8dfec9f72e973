"""Echoes of rain and ground against a small target, before and after the canceller."""

import math

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors import clutter
from jointsky.sensors.doppler import canceller, improvement_factor

RANGES = np.linspace(2e3, 60e3, 300)
WIDTH, CELL_M = math.radians(1.5), 150.0


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2, sharey=True)
    for ghz, colour in ((1.3, "#0072B2"), (3.0, "#009E73"), (9.4, "#D55E00")):
        made = canceller([1500.0, 1700.0], 2, 0.299792458 / ghz)
        better_db = 10 * math.log10(improvement_factor(made, clutter.RAIN_SPREAD_MPS))
        echo = np.array(
            [
                clutter.rain_echo_db(ghz * 1e9, 8.0, r, WIDTH, math.radians(4), CELL_M)
                for r in RANGES
            ]
        )
        left.plot(RANGES / 1e3, echo, color=colour, label=f"{ghz:g} GHz")
        left.plot(RANGES / 1e3, echo - better_db, "--", color=colour)
    made = canceller([1500.0, 1700.0], 2, 0.1)
    better_db = 10 * math.log10(improvement_factor(made, clutter.LAND_SPREAD_MPS))
    for kind, colour in (("city", "#CC79A7"), ("woods", "#009E73"), ("flat", "#8C7A00")):
        echo = np.array([
            clutter.ground_echo_db(
                clutter.GROUND_GAMMA_DB[kind], float(clutter.grazing_rad(40.0, r)), r, WIDTH, CELL_M
            )
            for r in RANGES
        ])  # fmt: skip
        right.plot(RANGES / 1e3, echo, color=colour, label=kind)
        right.plot(RANGES / 1e3, echo - better_db, "--", color=colour)
    for axes, title in (
        (left, "Rain, 8 mm/h (dBsm)"),
        (right, "Ground, 3 GHz, antenna 40 m (dBsm)"),
    ):
        axes.axhline(-13, color="#16202a", linewidth=0.8)
        axes.set_title(title + "; dashed: after the canceller", fontsize=10, loc="left")
        axes.set_xlabel("range (km); line: a small drone, -13 dBsm", fontsize=9)
        axes.legend(fontsize=8, frameon=False)
    left.set_ylim(-60, 50)

"""What people notice by eye and ear, and how late they tell."""

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import norm

from jointsky.sensors import calls
from jointsky.sensors import optics_kernels as optics
from jointsky.sensors import sounds_kernels as hearing
from jointsky.sensors.observers import Observer
from jointsky.sensors.surroundings import Air

RANGES = np.linspace(50.0, 10e3, 400)
SENSOR = Observer()


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    _, eye, ears = calls.senses(SENSOR, Air())
    for name, size_m, source_db, colour in (
        ("quadcopter", 0.5, 80.0, "#56B4E9"),
        ("one-way attack drone", 3.5, 122.0, "#D55E00"),
        ("fighter", 15.0, 140.0, "#0072B2"),
    ):
        seen = [
            optics.task_probability(
                optics.cycles_on_target(
                    size_m, r, eye.pixel_rad, eye.contrast, eye.extinction_pm, eye.needed
                ),
                eye.detect,
            )
            for r in RANGES
        ]
        heard_db = [
            hearing.level_db(source_db, r, ears.absorption_dbpm) - ears.ambient_db for r in RANGES
        ]
        heard = [
            hearing.hearing_probability(10 ** (0.1 * level), ears.false_alarm) for level in heard_db
        ]
        left.plot(RANGES / 1e3, seen, color=colour, label=name)
        left.plot(RANGES / 1e3, heard, "--", color=colour)
    left.set_title("Chance to notice: solid by eye, dashed by ear", fontsize=10, loc="left")
    left.set_xlabel("range (km)", fontsize=9)
    left.legend(fontsize=8, frameon=False)
    minutes = np.linspace(0.02, 10, 300)
    for median_s, colour in ((30.0, "#009E73"), (60.0, "#16202a"), (180.0, "#CC79A7")):
        told = norm.cdf(np.log(minutes * 60.0 / median_s) / np.log(SENSOR.delay_factor))
        right.plot(minutes, told, color=colour, label=f"median {median_s:.0f} s")
    right.set_title("Share of reports that have come in", fontsize=10, loc="left")
    right.set_xlabel("time since it was seen (min)", fontsize=9)
    right.legend(fontsize=8, frameon=False)
    for axes in (left, right):
        axes.set_ylim(0, 1.02)

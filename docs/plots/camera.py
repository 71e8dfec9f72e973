"""How far cameras detect, recognise and identify, in clear air and in haze."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors import optics
from jointsky.sensors import optics_kernels as kernels
from jointsky.sensors.passive import Camera
from jointsky.sensors.surroundings import Air

RANGES = np.linspace(50.0, 12e3, 400)
SENSOR = Camera(pixel_mrad=0.05)
TASKS = (("detect", 1.0, "#0072B2"), ("recognise", 4.0, "#009E73"), ("identify", 8.0, "#D55E00"))


def chances(size_m: float, visibility_m: float, cycles_half: float) -> list[float]:
    """Return the chance that a task is done, by range."""
    extinction = optics.extinction_pm(Air(visibility_m=visibility_m))
    return [
        kernels.task_probability(
            kernels.cycles_on_target(size_m, r, SENSOR.pixel_mrad * 1e-3, 0.5, extinction, 0.02),
            cycles_half,
        )
        for r in RANGES
    ]


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, size_m, title in (
        (left, 0.5, "Quadcopter of 0.5 m, pixels of 0.05 mrad"),
        (right, 3.5, "One-way attack drone of 3.5 m, pixels of 0.05 mrad"),
    ):
        for task, cycles, colour in TASKS:
            axes.plot(RANGES / 1e3, chances(size_m, 50e3, cycles), color=colour, label=task)
            axes.plot(RANGES / 1e3, chances(size_m, 5e3, cycles), "--", color=colour)
        axes.set_title(title, fontsize=10, loc="left")
        axes.set_xlabel("range (km); solid: visibility 50 km, dashed: 5 km", fontsize=9)
        axes.set_ylim(0, 1.02)
        axes.legend(fontsize=8, frameon=False)

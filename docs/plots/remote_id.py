"""Remote ID: share received by range, and how long until a drone is first heard."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors import broadcasts_kernels as kernels

RANGES = np.linspace(50.0, 5000.0, 300)


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    for name, half_m, colour in (
        ("Bluetooth 4, 300 m", 300.0, "#0072B2"),
        ("Bluetooth 5 long range, 1 km", 1000.0, "#009E73"),
        ("Wi-Fi beacon, 1.5 km", 1500.0, "#D55E00"),
    ):
        share = np.array([kernels.reception_probability(r, half_m, 6.0) for r in RANGES])
        share = 0.8 * share
        left.plot(RANGES / 1e3, share, color=colour, label=name)
        waits_s = np.log(0.05) / np.log1p(-share) * 0.9
        right.plot(RANGES / 1e3, waits_s, color=colour)
    left.set_title("Share of messages received, a fifth lost to others", fontsize=10, loc="left")
    left.legend(fontsize=8, frameon=False)
    left.set_ylim(0, 1.0)
    right.set_title("Time until 95 of 100 are heard once (s)", fontsize=10, loc="left")
    right.set_yscale("log")
    right.set_ylim(1, 600)
    for axes in (left, right):
        axes.set_xlabel("range (km)", fontsize=9)

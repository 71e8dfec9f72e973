"""What share of squitters is received, and how often an aircraft is reported."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.earth.horizon import horizon_distance_m
from jointsky.sensors import broadcasts_kernels as kernels
from jointsky.sensors.broadcasts import hearing
from jointsky.sensors.cooperative import AdsbReceiver

RANGES = np.linspace(5e3, 450e3, 300)
SENSOR = AdsbReceiver(range_km=300.0)


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2, sharey=True)
    alone = np.array([kernels.reception_probability(r, 300e3, SENSOR.fading_db) for r in RANGES])
    for senders, colour in ((1, "#16202a"), (100, "#0072B2"), (400, "#D55E00")):
        share = alone * kernels.clear_probability(float(senders), hearing(SENSOR))
        left.plot(RANGES / 1e3, share, color=colour, label=f"{senders} aircraft in view")
        if senders == 100:
            for interval_s, tone in ((0.5, "#16202a"), (1.0, "#009E73"), (5.0, "#CC79A7")):
                reported = 1.0 - (1.0 - share) ** (2.0 * interval_s)
                right.plot(RANGES / 1e3, reported, color=tone, label=f"each {interval_s:g} s")
    for height_m in (300.0, 1000.0, 3000.0, 10_000.0):
        edge_km = float(horizon_distance_m(20.0, height_m)) / 1e3
        right.axvline(edge_km, color="#8aa2b2", linestyle=":")
        right.text(edge_km + 4.0, 0.03, f"horizon, {height_m:.0f} m", rotation=90, fontsize=7)
    left.set_title("Share of squitters received (1,000 replies/s)", fontsize=10, loc="left")
    right.set_title("Chance of a report, 100 aircraft, antenna at 20 m", fontsize=10, loc="left")
    for axes in (left, right):
        axes.set_xlabel("range (km)", fontsize=9)
        axes.set_ylim(0, 1.02)
        axes.legend(fontsize=8, frameon=False, loc="lower left")

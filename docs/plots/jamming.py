"""How near a target must come that jams, and where a stand-off jammer bites into a coverage."""

import math

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors import jamming
from jointsky.sensors.antenna_kernels import lobe_loss_db
from jointsky.sensors.detection import required_snr_db
from jointsky.sensors.radar_equation import achieved_scale

HZ = 3e9
LISTENING_DB = jamming.listening_db(HZ, 34.0, 3.0)
NEEDED_DB = required_snr_db(0.5, 1e-6, 16, 1)
SCALE = achieved_scale(150e3, 0.0, 1e-6, 16, 1)


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplot_mosaic(
        [["a", "b"]], per_subplot_kw={"b": {"polar": True}}
    ).values()
    power_dbw = np.linspace(-10, 40, 200)
    for rcs_dbsm, colour in ((-10, "#D55E00"), (0, "#0072B2"), (10, "#009E73")):
        ranges = [
            jamming.burn_through_range_m(
                SCALE.range_m, rcs_dbsm, NEEDED_DB, LISTENING_DB,
                jamming.radiated_density_db(p, 200.0),
            ) / 1e3
            for p in power_dbw
        ]  # fmt: skip
        left.semilogy(power_dbw, ranges, color=colour, label=f"{rcs_dbsm} dBsm")
    left.set_title("Self-screening: range of burn-through (km)", fontsize=10, loc="left")
    left.set_xlabel("radiated power (dBW) over 200 MHz", fontsize=9)
    left.legend(fontsize=8, frameon=False)
    azimuth = np.radians(np.linspace(0, 360, 1441))
    for power, colour in ((None, "#8aa2b2"), (30.0, "#E69F00"), (40.0, "#D55E00")):
        reach = []
        for a in azimuth:
            off = math.remainder(a - math.radians(60), 2 * math.pi)
            loss_db = lobe_loss_db(off, math.radians(1.5), 30.0)
            density_db = -400.0 if power is None else jamming.radiated_density_db(power, 200.0)
            rise_db = jamming.noise_rise_db(LISTENING_DB, density_db, 180e3, loss_db)
            range_m = jamming.stand_off_range_m(SCALE.range_m, 0.0, NEEDED_DB, rise_db)
            reach.append(range_m / 1e3)
        name = "no jammer" if power is None else f"{power:.0f} dBW at 180 km, 60°"
        right.plot(azimuth, reach, color=colour, label=name)
    right.set_theta_zero_location("N")
    right.set_theta_direction(-1)
    right.set_title("Stand-off: range of half-seen 1 m² (km)", fontsize=10)
    right.legend(fontsize=8, frameon=False, loc="lower left", bbox_to_anchor=(-0.35, -0.08))

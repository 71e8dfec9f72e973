"""Where a target of 1 m² is seen half the time, over range and height; what air takes."""

import math

import numpy as np
from matplotlib.figure import Figure

from jointsky.earth.horizon import EFFECTIVE_RADIUS_M
from jointsky.sensors.antenna import cosecant_beam, even_beams, gaussian_beam, vertical_loss_db
from jointsky.sensors.atmosphere import air, air_loss_db
from jointsky.sensors.detection import detection_probability
from jointsky.sensors.radar_equation import achieved_scale

PATTERNS = {
    "cosecant squared, 2.5° nose": (
        cosecant_beam(math.radians(1.5), math.radians(2.5), math.radians(35)),
        "#0072B2",
    ),
    "even, 0 to 20°": (even_beams(0.0, math.radians(20), math.radians(1)), "#D55E00"),
    "one beam, 4° at 3°": (gaussian_beam(math.radians(3), math.radians(4)), "#009E73"),
}
ANTENNA_M = 30.0


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    ranges, heights = np.meshgrid(np.linspace(6e3, 170e3, 420), np.linspace(0, 20e3, 700))
    scale = achieved_scale(120e3, 0.0, 1e-6, 16, 1)
    sine = (heights - ANTENNA_M) / ranges - ranges / (2 * EFFECTIVE_RADIUS_M)
    elevation = np.arcsin(np.clip(sine, -1, 1))
    loss_db = air_loss_db(air(3e9), ANTENNA_M, heights, ranges)
    for name, (pattern, colour) in PATTERNS.items():
        snr_db = scale.snr_db(ranges, 0.0) - vertical_loss_db(pattern, elevation) - loss_db
        seen = detection_probability(snr_db, 16, 1e-6, 1)
        seen[heights > ranges] = 0.0
        seen[sine < -math.sqrt(2 * ANTENNA_M / EFFECTIVE_RADIUS_M)] = 0.0
        left.contour(ranges / 1e3, heights / 1e3, seen, levels=[0.5], colors=[colour])
        left.plot([], [], color=colour, label=name)
    left.set_title("1 m², Swerling 1, seen half the time: height (km)", fontsize=10, loc="left")
    left.set_xlabel("slant range (km)", fontsize=9)
    left.legend(fontsize=8, frameon=False, loc="upper right")
    way = np.linspace(1e3, 300e3, 200)
    for ghz, colour in ((1.3, "#0072B2"), (3.0, "#009E73"), (9.4, "#D55E00"), (16.0, "#CC79A7")):
        high = way**2 / (2 * EFFECTIVE_RADIUS_M) + ANTENNA_M
        loss = air_loss_db(air(ghz * 1e9), ANTENNA_M, high, way)
        right.plot(way / 1e3, loss, color=colour, label=f"{ghz:g} GHz")
    right.set_title("Loss in clear air, out and back, level ray (dB)", fontsize=10, loc="left")
    right.set_xlabel("slant range (km)", fontsize=9)
    right.legend(fontsize=8, frameon=False)

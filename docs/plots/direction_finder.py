"""How far links are found, and how well their bearing."""

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import norm

from jointsky.sensors import array_kernels
from jointsky.sensors import emissions_kernels as kernels
from jointsky.sensors.emissions import finder
from jointsky.sensors.passive import DirectionFinder

RANGES = np.geomspace(300.0, 40e3, 300)
SENSOR = DirectionFinder()


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    made = finder(SENSOR)
    for watts, height_m, colour in (
        (0.1, 100.0, "#0072B2"),
        (1.0, 100.0, "#009E73"),
        (1.0, 2.0, "#D55E00"),
    ):
        loss = np.array(
            [kernels.two_ray_loss_db(r, made.frequency_hz, 10.0, height_m) for r in RANGES]
        )
        snr_db = 10.0 * np.log10(watts) + made.gain_less_noise_dbw - loss
        chance = SENSOR.intercept_probability * norm.cdf(
            (snr_db - made.needed_db) / made.shadowing_db
        )
        left.plot(RANGES / 1e3, chance, color=colour, label=f"{watts:g} W at {height_m:.0f} m")
    left.set_xscale("log")
    left.set_ylim(0, 1)
    left.set_title("Chance to be found in one second, 2.4 GHz", fontsize=10, loc="left")
    left.set_xlabel("range (km)", fontsize=9)
    left.legend(fontsize=8, frameon=False)
    snrs = np.linspace(-15, 35, 200)
    for elements, colour in ((3, "#56B4E9"), (5, "#16202a"), (9, "#E69F00")):
        thermal = [
            array_kernels.thermal_sigma(10 ** (s / 10), elements, 100.0, made.wavenumber_radius)
            for s in snrs
        ]
        whole = [np.degrees(array_kernels.with_floor(t, made.floor_rad, 1.0)) for t in thermal]
        right.plot(snrs, whole, color=colour, label=f"{elements} antennas")
        right.plot(snrs, np.degrees(thermal), ":", color=colour)
    right.set_yscale("log")
    right.set_ylim(0.05, 30)
    right.set_title("Standard error of a bearing (°); dotted: the bound", fontsize=10, loc="left")
    right.set_xlabel("signal-to-noise ratio at one antenna (dB)", fontsize=9)
    right.legend(fontsize=8, frameon=False)

"""Detection probability over signal-to-noise ratio; what integration of pulses is worth."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors.detection import detection_probability, required_snr_db

COLOURS = ("#16202a", "#D55E00", "#E69F00", "#0072B2", "#56B4E9")
PFA = 1e-6


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    snr_db = np.linspace(-5, 25, 400)
    pulses = np.unique(np.round(np.geomspace(1, 1000, 40)).astype(int))
    for swerling, colour in enumerate(COLOURS):
        left.plot(
            snr_db,
            detection_probability(snr_db, 10, PFA, swerling),
            color=colour,
            label=f"Swerling {swerling}",
        )
        needed = [required_snr_db(0.9, PFA, int(n), swerling) for n in pulses]
        right.plot(pulses, needed, color=colour)
    left.set_title("Chance to be seen, 10 pulses, Pfa 1e-6", fontsize=10, loc="left")
    left.set_xlabel("signal-to-noise ratio of one pulse (dB)", fontsize=9)
    left.legend(fontsize=8, frameon=False)
    right.set_xscale("log")
    right.set_title("Ratio that Pd 0.9 needs (dB)", fontsize=10, loc="left")
    right.set_xlabel("pulses integrated after the square law", fontsize=9)

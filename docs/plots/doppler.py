"""What cancellers leave of echoes by their range rate, and a hovering rotor."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors.doppler import canceller, gain, gain_of_target

WAVE_M = 0.1


def decibels(ratio: np.ndarray) -> np.ndarray:
    """Return a ratio in dB, at least -60."""
    return 10 * np.log10(np.maximum(ratio, 1e-6))


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    rates = np.linspace(0, 160, 1601)
    for name, made, colour in (
        ("one line, 1 kHz", canceller([1000.0], 1, WAVE_M), "#56B4E9"),
        ("two lines, 1 kHz", canceller([1000.0], 2, WAVE_M), "#0072B2"),
        ("two lines, 1 / 1.15 / 1.3 kHz", canceller([1000.0, 1150, 1300], 2, WAVE_M), "#D55E00"),
    ):
        left.plot(rates, decibels(gain(made, rates)), color=colour, label=name)
    left.set_ylim(-40, 8)
    left.set_title("Gain over noise (dB), wavelength 10 cm", fontsize=10, loc="left")
    left.set_xlabel("range rate (m/s)", fontsize=9)
    left.legend(fontsize=8, framealpha=0.9, edgecolor="none", loc="lower right")
    slow = canceller([4000.0, 4600.0], 2, 0.032, 4.0)
    rates = np.linspace(0, 25, 501)
    for parts, colour in ((0.0, "#16202a"), (60.0, "#009E73")):
        name = f"parts to {parts:.0f} m/s" if parts else "nothing moves on it"
        right.plot(rates, decibels(gain_of_target(slow, rates, parts)), color=colour, label=name)
    right.set_ylim(-45, 8)
    right.set_title("A small drone, X band, slowest speed 4 m/s (dB)", fontsize=10, loc="left")
    right.set_xlabel("range rate of the body (m/s)", fontsize=9)
    right.legend(fontsize=8, frameon=False, loc="lower right")

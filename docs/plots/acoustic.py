"""What air takes of sound, and how far things are heard."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors import sounds
from jointsky.sensors import sounds_kernels as kernels
from jointsky.sensors.passive import AcousticArray
from jointsky.sensors.surroundings import Air

RANGES = np.geomspace(3.0, 9000.0, 300)
SENSOR = AcousticArray()


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    tones = np.geomspace(50.0, 10_000.0, 200)
    for celsius, humidity, colour in (
        (10, 0.7, "#0072B2"),
        (30, 0.7, "#D55E00"),
        (15, 0.2, "#8C7A00"),
    ):
        air = Air(temperature_k=273.15 + celsius, relative_humidity=humidity)
        taken = [1000.0 * sounds.absorption_dbpm(tone, air) for tone in tones]
        left.plot(tones, taken, color=colour, label=f"{celsius} °C, {humidity:.0%}")
    left.set_xscale("log")
    left.set_yscale("log")
    left.set_title("Absorption by air (dB/km), ISO 9613-1", fontsize=10, loc="left")
    left.set_xlabel("frequency (Hz)", fontsize=9)
    left.legend(fontsize=8, frameon=False)
    absorbed = sounds.absorption_dbpm(SENSOR.frequency_hz, Air())
    for name, source_db, colour in (
        ("small quadcopter, 80 dB", 80.0, "#56B4E9"),
        ("loud multicopter, 100 dB", 100.0, "#E69F00"),
        ("one-way attack drone, 122 dB", 122.0, "#D55E00"),
    ):
        chance = []
        for range_m in RANGES:
            heard_db = kernels.level_db(source_db, range_m, absorbed) - SENSOR.ambient_db
            snr = SENSOR.elements * 10 ** (0.1 * heard_db)
            chance.append(kernels.hearing_probability(snr, sounds.false_alarm_probability(SENSOR)))
        right.plot(RANGES / 1e3, chance, color=colour, label=name)
    right.set_xscale("log")
    right.set_ylim(0, 1)
    right.set_title(
        "Chance to be heard in one second, 8 microphones, 40 dB", fontsize=10, loc="left"
    )
    right.set_xlabel("range (km)", fontsize=9)
    right.legend(fontsize=8, frameon=False, loc="lower left")

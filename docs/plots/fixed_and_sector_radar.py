"""Where beams point over time, when they meet a target, and what a face sees off its normal."""

import math

import numpy as np
from matplotlib.figure import Figure

from jointsky.sensors.beam import scan_of
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import FixedRadar, SectorRadar
from jointsky.sensors.surroundings import Place

PLAIN = {"frequency_mhz": 9400, "half_seen_range_km": 20, "max_range_km": 30,
         "range_sigma_m": 10, "azimuth_sigma_deg": 0.5}  # fmt: skip
SWINGS = SectorRadar(sector_deg=120, sweep_period_s=3, **PLAIN)
FACES = FixedRadar(frame_s=3, field_deg=120, faces=2, **PLAIN)
PLACED = Placed(name="radar", phase=0.0, facing_deg=90)


def azimuths(radar: SectorRadar | FixedRadar, beam: int, time_s: np.ndarray) -> np.ndarray:
    """Return where a beam points, in degrees; NaN where it goes back to its beginning."""
    scan = scan_of(radar, PLACED, Place(), (1, 2))
    turn = np.floor(time_s / scan.period_s)
    part = time_s / scan.period_s - turn
    if isinstance(radar, SectorRadar):
        part = np.where(turn % 2 == 0, part, 1.0 - part)
        return np.degrees(scan.start_rad + scan.width_rad * part)
    at = np.degrees(scan.start_rad + scan.width_rad * (beam + part))
    at[1:][np.diff(turn) > 0] = np.nan
    return at


def draw(figure: Figure) -> None:
    """Draw all three panels."""
    axes = figure.subplot_mosaic(
        [["a", "b", "c"]], per_subplot_kw={"c": {"polar": True}}, width_ratios=(1, 1, 1.1)
    )
    time_s = np.linspace(0.0, 12.0, 4_801)
    target = 45.0 + 7.0 * time_s  # degrees: it crosses the field
    for panel, radar, beams, words in (
        ("a", SWINGS, 1, "To and fro, 120° in 3 s"),
        ("b", FACES, 2, "Two faces, a frame of 3 s"),
    ):
        axes[panel].plot(time_s, target, color="#8aa2b2", label="target")
        for beam in range(beams):
            at = azimuths(radar, beam, time_s)
            axes[panel].plot(time_s, at, color="#0072B2", linewidth=1,
                             label="beam" if beam == 0 else None)  # fmt: skip
            off = at - target
            met = np.flatnonzero((off[:-1] * off[1:] <= 0) & (np.abs(off[:-1]) < 5))
            axes[panel].plot(time_s[met], target[met], "o", color="#D55E00", markersize=5,
                             label="plot" if beam == 0 else None)  # fmt: skip
        axes[panel].set_title(words, fontsize=10, loc="left")
        axes[panel].set_xlabel("seconds", fontsize=9)
        axes[panel].set_ylabel("azimuth (degrees)", fontsize=9)
        axes[panel].set_ylim(20, 185)
        axes[panel].legend(fontsize=8, loc="upper right", ncols=3)
    azimuth = np.radians(np.linspace(-60, 60, 241))
    for faces, colour in ((1, "#0072B2"), (2, "#D55E00")):
        width = math.radians(120) / faces
        off = np.mod(azimuth + math.radians(60), width) - width / 2
        off[-1] = width / 2
        reach = 20.0 * np.cos(off) ** (3.0 / 4.0)
        axes["c"].plot(azimuth + math.radians(90), reach, color=colour, label=f"faces: {faces}")
    axes["c"].set_theta_zero_location("N")
    axes["c"].set_theta_direction(-1)
    axes["c"].set_thetamin(0)
    axes["c"].set_thetamax(180)
    axes["c"].set_ylim(0, 21)
    axes["c"].set_title("Half-seen range (km)", fontsize=10)
    axes["c"].legend(fontsize=8, frameon=False, loc="lower left")

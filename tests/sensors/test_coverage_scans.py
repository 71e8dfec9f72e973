"""What the map says is what scans do: hovering targets, looked at turn by turn."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from jointsky.earth import geodesy, motion
from jointsky.earth.terrain_declared import MadeTerrain, made_grid
from jointsky.records.signatures import CrossSection, Signature
from jointsky.records.vehicles import Transponder
from jointsky.sensors import coverage
from jointsky.sensors.coverage import Target, Watch
from jointsky.sensors.observe import observe
from jointsky.sensors.radar_parts import Interrogator
from jointsky.sensors.radars import FixedRadar, SearchRadar
from sensors.radar_sky import BEGIN_S, KEY, PLACE, PLACED, radar, sky

TURNS = 2000
PLACES = [
    (2 * math.pi * k / 72 + 0.01, 8e3 + 2.2e3 * k, 0.0, 0.0, 300.0 + 150.0 * (k % 12))
    for k in range(72)
]
HILLS = made_grid(
    MadeTerrain(
        south_deg=52.0, west_deg=23.0, north_deg=56.0, east_deg=31.0, mean_height_m=60.0,
        hills_m=60.0, hills_km=25.0, spacing_m=1000.0,
    )
)  # fmt: skip
RADARS = {
    "even": (radar(), False),
    "cosecant": (
        radar(
            elevation_pattern="cosecant-squared", beam_elevation_deg=1.0, beam_height_deg=3.0,
            frequency_mhz=2900.0, pulses=4,
        ),
        False,
    ),
    "over hills": (radar(frequency_mhz=2900.0), True),
    "with answers": (
        radar(ssr=Interrogator(reply_probability=0.8, max_range_km=120.0)), False,
    ),
    "a face": (
        radar(FixedRadar, frame_s=5.0, field_deg=120.0, scan_loss_exponent=3.0), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RADARS)
def test_targets_are_seen_as_often_as_the_map_says(name):
    """72 places, two-sided at 1e-7 each: a right program fails once in 30,000 runs of all five."""
    declared, hilly = RADARS[name]
    answers = isinstance(declared, SearchRadar) and declared.ssr is not None
    signature = Signature(radar=(CrossSection(nose_dbsm=-2.0, swerling=3),))
    transponder = int(Transponder.MODE_A | Transponder.MODE_C) if answers else 0
    surroundings = sky(PLACES, [signature], transponder=transponder)
    if hilly:
        surroundings = dataclasses.replace(surroundings, terrain=HILLS)
    seen = observe(
        declared, PLACED, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + TURNS * 5.0, KEY
    ).vehicle
    counts = np.bincount(seen[seen >= 0], minlength=len(PLACES))
    ecef_m, _ = motion.states(surroundings.pieces, np.arange(len(PLACES)), BEGIN_S)
    target = Target(words="x", rcs_dbsm={"": -2.0}, swerling={"": 3}, answers=answers)
    watch = Watch("radar", "west", declared, PLACED, PLACE, KEY)
    told = coverage.chances(watch, surroundings, target, *geodesy.ecef_to_geodetic(ecef_m))
    assert np.count_nonzero((told > 0.02) & (told < 0.98)) > 0
    low, high = stats.binom.interval(1 - 1e-7, TURNS, np.clip(told, 1e-9, 1 - 1e-9))
    wrong = (counts < low) | (counts > high)
    assert not wrong.any(), [(PLACES[i], told[i], counts[i]) for i in np.flatnonzero(wrong)]

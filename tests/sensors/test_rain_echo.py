"""Targets in rain: seen as often as echo, loss and clutter of the rain leave of them."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from jointsky.earth import geodesy, motion
from jointsky.records.signatures import CrossSection, Signature
from jointsky.sensors import atmosphere, clutter
from jointsky.sensors.detection import detection_probability
from jointsky.sensors.observe import observe
from jointsky.sensors.radar_equation import achieved_scale
from jointsky.sensors.surroundings import Rain
from sensors.radar_sky import BEGIN_S, KEY, PLACE, PLACED, radar, sky

TURNS = 3000
PLACES = [(2 * math.pi * k / 24, 15e3 + 4e3 * k, 0.0, 0.0, 800.0) for k in range(24)]
RAIN = Rain(
    latitude_rad=PLACE.latitude_rad, longitude_rad=PLACE.longitude_rad, radius_m=80e3,
    top_m=5000.0, rate_mmph=6.0, begin_s=BEGIN_S - 10.0, end_s=BEGIN_S + 1e6,
)  # fmt: skip


def expected(declared, surroundings):
    """Return range and chance of each place, term by term."""
    ecef_m, _ = motion.states(surroundings.pieces, np.arange(len(PLACES)), BEGIN_S)
    at = (PLACE.latitude_rad, PLACE.longitude_rad, PLACE.height_m)
    enu_m = geodesy.ecef_to_enu(ecef_m, *at)
    height_m = geodesy.ecef_to_geodetic(ecef_m)[2]
    range_m, hz = np.linalg.norm(enu_m, axis=1), declared.frequency_mhz * 1e6
    scale = achieved_scale(declared.half_seen_range_km * 1e3, 0.0, 1e-6, 16, 1)
    way_db = atmosphere.air_loss_db(atmosphere.air(hz), PLACE.height_m, height_m, range_m)
    cells = atmosphere.rain_cells(PLACE, surroundings.rain, hz)
    ends = np.column_stack([enu_m[:, :2], height_m])
    way_db = way_db + atmosphere.rain_loss_db(cells, PLACE.height_m, ends, BEGIN_S)
    signal = 10 ** ((scale.snr_db(range_m, 0.0) - way_db) / 10)
    beam = (math.radians(declared.beamwidth_deg), math.radians(declared.beam_height_deg))
    echo_dbsm = np.array([
        clutter.rain_echo_db(hz, 6.0, r, *beam, declared.range_resolution_m, 15.0) for r in range_m
    ])  # fmt: skip
    rain = 10 ** ((scale.snr_db(range_m, echo_dbsm) - way_db) / 10)
    rain[np.hypot(enu_m[:, 0], enu_m[:, 1]) > 80e3] = 0.0
    return range_m, detection_probability(10 * np.log10(signal / (1 + rain)), 16, 1e-6, 1)


@pytest.mark.parametrize("frequency_mhz", [1300.0, 5600.0, 9400.0])
def test_targets_in_rain_are_seen_as_often_as_the_formulas_say(frequency_mhz):
    """24 places, two-sided at 1e-7 each."""
    declared = radar(frequency_mhz=frequency_mhz, half_seen_range_km=120.0)
    signature = Signature(radar=(CrossSection(nose_dbsm=0.0, swerling=1),))
    surroundings = dataclasses.replace(sky(PLACES, [signature]), rain=(RAIN,))
    seen = observe(
        declared, PLACED, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 5.0 * TURNS, KEY
    ).vehicle
    counts = np.bincount(seen[seen >= 0], minlength=len(PLACES))
    range_m, told = expected(declared, surroundings)
    low, high = stats.binom.interval(1 - 1e-7, TURNS, np.clip(told, 1e-9, 1 - 1e-9))
    assert np.all((counts >= low) & (counts <= high)), np.column_stack(
        [range_m, told * TURNS, counts]
    )
    near = told[range_m < 30e3]
    if frequency_mhz > 9000.0:
        assert near.max() < 0.2  # blind at X band
    else:
        assert near.min() > (0.97 if frequency_mhz < 2000.0 else 0.3)

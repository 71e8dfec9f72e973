"""Birds: to a radar they are what small drones are, slow, small and moving."""

import numpy as np

from jointsky.records.signatures import CrossSection, Signature
from jointsky.sensors.observe import describe, observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_parts import MovingTargets
from jointsky.sensors.radars import SearchRadar
from sensors.made_sky import KEY, NOON_S, SITE, Flyer, sky

RADAR = SearchRadar(
    frequency_mhz=9400.0,
    half_seen_range_km=6.0,
    half_seen_rcs_dbsm=-20.0,
    max_range_km=12.0,
    rotation_period_s=2.0,
    range_sigma_m=10.0,
    azimuth_sigma_deg=0.5,
    false_plots_per_turn=0.0,
    moving_targets=MovingTargets(prfs_hz=(4000.0, 4600.0)),
)
FLOCK = Signature(radar=(CrossSection(nose_dbsm=-20.0),), moving_parts_mps=8.0, size_m=1.0)
DRONE = Signature(radar=(CrossSection(nose_dbsm=-20.0),), moving_parts_mps=60.0, size_m=0.5)
PLACED = Placed(name="one", phase=0.0)


def turns_seen(signature, speed_mps, course_rad=0.6, domain="bird"):
    """Return in how many of 300 turns each of eight is seen that fly abreast 2 to 4 km away."""
    flyers = [
        Flyer(
            name=f"v{i}",
            east_m=400.0 * i - 1400.0,
            north_m=3000.0,
            height_m=200.0,
            course_rad=course_rad,
            speed_mps=speed_mps,
            domain=domain,
            signature=signature,
        )
        for i in range(8)
    ]
    found = observe(RADAR, PLACED, SITE, 0, sky(*flyers), NOON_S, NOON_S + 60.0, KEY)
    assert np.all(found.vehicle >= 0)
    return np.bincount(found.vehicle, minlength=8)


def test_flying_birds_are_plotted_as_drones_of_their_size_are():
    birds, drones = turns_seen(FLOCK, 15.0).sum(), turns_seen(DRONE, 15.0, domain="drone").sum()
    assert birds > 120  # of 8 times 30 turns
    assert abs(int(birds) - int(drones)) < 40


def test_a_bird_that_stands_in_the_air_is_lost_with_the_ground_and_a_hovering_drone_is_not():
    still = Signature(radar=FLOCK.radar, moving_parts_mps=0.0, size_m=1.0)
    assert turns_seen(still, 0.0).sum() < 10
    assert turns_seen(DRONE, 0.0, domain="drone").sum() > 60


def test_nothing_that_a_tracker_is_told_sets_birds_apart():
    told = describe(RADAR, "one", SITE, PLACED)
    assert told.kind == "radar"
    flyer = Flyer(north_m=3000.0, speed_mps=15.0, signature=FLOCK, domain="bird", transponder=0)
    plots = observe(RADAR, PLACED, SITE, 0, sky(flyer), NOON_S, NOON_S + 60.0, KEY).plots
    assert len(plots) > 10
    assert np.all(plots.mode_s == -1)
    assert set(plots.call_sign) == {""}

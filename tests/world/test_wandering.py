"""Wandering: within its circle, at its speed, smooth, drawn by name and seed alone."""

import numpy as np
import pytest

from jointsky.declare import Faults
from jointsky.earth import geodesy
from jointsky.earth.motion import pieces_of, states
from jointsky.records.signatures import Signature
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Wander
from jointsky.world.types import VehicleType
from jointsky.world.wandering import wandered
from world.made import BEGIN_S, SEA

BIRD = VehicleType(
    name="bird",
    domain="bird",
    signature=Signature(),
    speed_min_mps=8.0,
    speed_cruise_mps=15.0,
    speed_max_mps=24.0,
    climb_mps=1.5,
    descent_mps=3.0,
    bank_max_deg=45.0,
    acceleration_mps2=2.0,
    ceiling_m=4000.0,
)
ABOUT = Wander(
    latitude_deg=53.0, longitude_deg=27.0, radius_m=2500.0, height_min_m=60.0, height_max_m=250.0
)


def flown(flight=ABOUT, name="geese", seed=5, lasts_s=3600.0):
    faults = Faults()
    fleet = Fleet(BEGIN_S, BEGIN_S + lasts_s, seed, SEA)
    fleet.add(name, BIRD, flight, faults)
    assert faults.kept == []
    made = fleet.flown()
    return pieces_of(made.motion, 1)


def sampled(pieces, lasts_s=3600.0):
    times = BEGIN_S + np.arange(0.0, lasts_s + 0.1, 1.0)
    return states(pieces, 0, times)


@pytest.mark.parametrize("name", [f"flock-{i}" for i in range(12)])
def test_it_stays_in_its_circle_and_heights_and_keeps_its_speed(name):
    position, velocity = sampled(flown(name=name))
    assert np.isfinite(position).all()
    local = geodesy.ecef_to_enu(position, np.radians(53.0), np.radians(27.0), 0.0)
    assert np.hypot(local[:, 0], local[:, 1]).max() < 2500.0 + 450.0  # a last turn may lead out
    height = geodesy.ecef_to_geodetic(position)[2]
    assert height.min() > 59.0
    assert height.max() < 251.0
    speed = np.linalg.norm(velocity, axis=1)
    assert np.abs(speed / 15.0 - 1.0).max() < 0.01


def test_no_turn_is_sharper_than_its_bank():
    _, velocity = sampled(flown())
    acceleration = np.linalg.norm(np.diff(velocity, axis=0), axis=1)
    # 31.5 degrees of bank, and the little that a climb changes
    assert acceleration.max() < 9.80665 * np.tan(np.radians(31.5)) * 1.05 + 0.1


def test_it_goes_everywhere_in_its_circle():
    position, _ = sampled(flown())
    local = geodesy.ecef_to_enu(position, np.radians(53.0), np.radians(27.0), 0.0)
    quadrant = (local[:, 0] > 0) * 2 + (local[:, 1] > 0)
    assert np.bincount(quadrant, minlength=4).min() > 0.03 * len(local)


def test_it_hangs_on_seed_and_name_and_a_longer_time_changes_nothing():
    a, b = sampled(flown(), 600.0)[0], sampled(flown(lasts_s=7200.0), 600.0)[0]
    assert np.array_equal(a, b)
    assert not np.allclose(a, sampled(flown(name="cranes"), 600.0)[0])
    assert not np.allclose(a, sampled(flown(seed=6), 600.0)[0])


def test_what_cannot_be_flown_is_told_where():
    faults = Faults("flight")
    bad = Wander(
        latitude_deg=53.0, longitude_deg=27.0, radius_m=90.0, height_min_m=500.0,
        height_max_m=100.0, speed_mps=60.0,
    )  # fmt: skip
    assert wandered(bad, BIRD, 1, "x", 100.0, faults) is None
    told = [str(fault) for fault in faults.kept]
    assert [text.split(":")[0] for text in told] == [
        "flight.speed_mps",
        "flight.height_min_m",
        "flight.radius_m",
    ]
    high = Wander(
        latitude_deg=53.0,
        longitude_deg=27.0,
        radius_m=9000.0,
        height_min_m=0.0,
        height_max_m=9000.0,
    )
    faults = Faults()
    assert wandered(high, BIRD, 1, "x", 100.0, faults) is None
    assert "ceiling" in str(faults.kept[0])

"""Batteries on the road: phases, places, turning back."""

import math

import pytest
from geographiclib.geodesic import Geodesic

from jointsky.world.marching import DEPLOYING, MARCHING, PACKING, READY, Pace, Spot, march, turned

BEGIN = Spot(math.radians(54.0), math.radians(28.0), 100.0)
END = Spot(math.radians(54.0), math.radians(28.3), 200.0)
PACE = Pace(pack_s=180.0, speed_mps=10.0, deploy_s=120.0, road_factor=1.3)


def test_it_packs_marches_and_deploys_in_the_time_of_its_road():
    one = march(BEGIN, END, 1000.0, PACE)
    away_m = Geodesic.WGS84.Inverse(54.0, 28.0, 54.0, 28.3)["s12"]
    assert one.leaves_s == 1180.0
    assert one.arrives_s - one.leaves_s == pytest.approx(1.3 * away_m / 10.0, rel=2e-3)
    assert one.ready_s == one.arrives_s + 120.0
    times = (1000.0, one.leaves_s, one.arrives_s, one.ready_s)
    assert [one.phase(time_s) for time_s in times] == [PACKING, MARCHING, DEPLOYING, READY]


def test_half_way_in_time_is_half_way_on_the_line():
    one = march(BEGIN, END, 0.0, PACE)
    spot = one.spot(0.5 * (one.leaves_s + one.arrives_s))
    half = Geodesic.WGS84.Inverse(54.0, 28.0, 54.0, 28.3)
    middle = Geodesic.WGS84.Direct(54.0, 28.0, half["azi1"], half["s12"] / 2)
    assert math.degrees(spot.latitude_rad) == pytest.approx(middle["lat2"], abs=1e-4)
    assert math.degrees(spot.longitude_rad) == pytest.approx(middle["lon2"], abs=1e-4)
    assert spot.height_m == pytest.approx(150.0)
    assert one.spot(0.0) == BEGIN and one.spot(1e9) == END


def test_who_turns_back_on_the_road_needs_as_long_as_it_had_come():
    one = march(BEGIN, END, 0.0, PACE)
    at_s = one.leaves_s + 0.25 * (one.arrives_s - one.leaves_s)
    back = turned(one, BEGIN, at_s, PACE)
    assert back.leaves_s == at_s
    assert back.arrives_s - at_s == pytest.approx(at_s - one.leaves_s, rel=1e-3)


def test_who_is_to_stay_while_it_packs_only_deploys_again():
    one = march(BEGIN, END, 0.0, PACE)
    assert turned(one, BEGIN, 60.0, PACE).ready_s == 60.0 + 120.0
    elsewhere = turned(one, END, 60.0, PACE)
    assert elsewhere.leaves_s == one.leaves_s and elsewhere.ready_s == one.ready_s


def test_who_has_come_packs_again_before_it_leaves():
    one = march(BEGIN, END, 0.0, PACE)
    assert turned(one, BEGIN, one.ready_s + 5.0, PACE).leaves_s == one.ready_s + 5.0 + 180.0


def test_what_does_not_march_never_arrives():
    stuck = march(BEGIN, END, 0.0, Pace(60.0, 0.0, 60.0))
    assert math.isinf(stuck.ready_s) and stuck.phase(1e9) == MARCHING
    assert stuck.spot(1e9).latitude_rad == pytest.approx(BEGIN.latitude_rad, abs=1e-12)
    assert march(BEGIN, BEGIN, 0.0, Pace(60.0, 0.0, 60.0)).ready_s == 120.0

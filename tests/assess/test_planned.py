"""Silent tracks on flight plans: by place, and by the speed of a plan whose points are rounded."""

import numpy as np
import pytest

from jointsky.assess.planned import FRIEND_PLACE, NONE, Answering, Plans
from jointsky.records.plans import FlightPlan, PlanPoint

M_PER_DEG = 6_371_000.0 * np.pi / 180.0
ROUNDED_DEG, POINT_S = 0.05, 120.0


def flown(time_s, turn_s=900.0, speed_mps=61.0):
    """Return the latitude in degrees of a flight north, and back after a while."""
    way_s = np.minimum(time_s, 2.0 * turn_s - np.asarray(time_s))
    return 53.45 + speed_mps * way_s / M_PER_DEG


@pytest.fixture
def plans():
    points = tuple(
        PlanPoint(
            time_s=float(time_s),
            latitude_rad=float(np.radians(np.round(flown(time_s) / ROUNDED_DEG) * ROUNDED_DEG)),
            longitude_rad=float(np.radians(23.65)),
            height_m=150.0,
        )
        for time_s in np.arange(0.0, 1801.0, POINT_S)
    )
    return Plans([FlightPlan(call_sign="PATROL", allegiance="friend", points=points)])


def silent(time_s, speed_mps, sigma_mps=0.0, kept=-1, north_m=0.0):
    return Answering(
        latitude_rad=np.radians([float(flown(time_s)) + north_m / M_PER_DEG]),
        longitude_rad=np.radians([23.65]),
        height_m=np.array([150.0]),
        mode_s=np.array([-1]),
        mode_a=np.array([-1]),
        call_sign=np.array([""]),
        speed_mps=np.array([speed_mps]),
        speed_sigma_mps=np.array([sigma_mps]),
        kept=np.array([kept]),
    )


def kinds(plans, speed_mps, times_s):
    return {int(plans.match(silent(t, speed_mps), t).category[0]) for t in times_s}


def test_who_flies_as_planned_is_on_its_plan_all_the_time(plans):
    assert kinds(plans, 61.0, np.arange(30.0, 1770.0, 10.0)) == {FRIEND_PLACE}


@pytest.mark.parametrize("speed_mps", [10.0, 130.0])
def test_who_is_far_slower_or_faster_is_not(plans, speed_mps):
    assert kinds(plans, speed_mps, (300.0, 500.0, 1300.0, 1500.0)) == {NONE}


def kind(plans, *given, **named):
    return int(plans.match(silent(*given, **named), given[0]).category[0])


def test_how_sure_a_track_is_of_its_speed_counts_up_to_a_bound(plans):
    assert kind(plans, 500.0, 101.0) == NONE
    assert kind(plans, 500.0, 101.0, sigma_mps=10.0) == FRIEND_PLACE
    assert kind(plans, 500.0, 130.0, sigma_mps=1000.0) == NONE


def test_who_kept_to_a_plan_keeps_to_it_while_it_is_where_it_should_be(plans):
    assert kind(plans, 500.0, 101.0, kept=0) == FRIEND_PLACE
    assert not plans.match(silent(500.0, 101.0, kept=0), 500.0).is_whole[0]
    assert plans.match(silent(500.0, 61.0), 500.0).is_whole[0]
    assert kind(plans, 500.0, 61.0, kept=0, north_m=-50_000.0) == NONE

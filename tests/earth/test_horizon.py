import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.earth import horizon


@pytest.mark.parametrize(
    ("radar_m", "target_m", "distance_km"),
    [(30, 0, 22.55), (20, 50, 47.53), (20, 100, 59.59), (20, 300, 89.73), (20, 1000, 148.63)],
)
def test_distances_are_the_published_ones(radar_m, target_m, distance_km):
    assert horizon.horizon_distance_m(radar_m, target_m) / 1000 == pytest.approx(
        distance_km, abs=0.006
    )


@given(st.floats(0, 500), st.floats(0, 20e3))
def test_at_the_horizon_the_line_of_sight_just_touches_the_earth(radar_m, target_m):
    radius_m = horizon.EFFECTIVE_RADIUS_M
    angles = [math.acos(radius_m / (radius_m + h)) for h in (radar_m, target_m)]
    a, b = (
        np.array([math.sin(s) * (radius_m + h), math.cos(s) * (radius_m + h)])
        for s, h in zip((-angles[0], angles[1]), (radar_m, target_m), strict=True)
    )
    distance_m = float(horizon.horizon_distance_m(radar_m, target_m))
    # acos near 1 loses digits: 1e-8 rad of 8.5e6 m
    assert np.linalg.norm(b - a) == pytest.approx(distance_m, abs=0.5)


def test_below_the_ground_counts_as_on_it_and_nearer_is_above():
    assert horizon.horizon_distance_m(30, -5) == horizon.horizon_distance_m(30, 0)
    seen = horizon.is_above_horizon([59e3, 60e3], 20.0, [100.0, 100.0])
    assert seen.tolist() == [True, False]

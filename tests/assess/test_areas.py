"""Who is in which area, and how far from its rim: against geodesics, and cases done by hand."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from jointsky.assess.areas import Area, Areas
from jointsky.earth.terrain import HeightGrid

SQUARE = np.radians([[54.0, 27.0], [55.0, 27.0], [55.0, 29.0], [54.0, 29.0]])


def at(latitude_deg, longitude_deg):
    return np.radians(np.atleast_1d(latitude_deg)), np.radians(np.atleast_1d(longitude_deg))


def areas(**given):
    return Areas([Area("a", "restricted", SQUARE, **given)])


def test_points_in_a_rim_are_told_from_those_outside():
    where = at([54.5, 53.9, 54.5, 54.999], [28.0, 28.0, 29.1, 27.001])
    found = areas().over(*where, "restricted")[:, 0]
    assert found.tolist() == [True, False, False, True]
    assert not areas().over(*where, "border").any()


def test_a_rim_across_the_date_line_is_one_rim():
    rim = np.radians([[10.0, 179.0], [10.0, -179.0], [12.0, -179.0], [12.0, 179.0]])
    one = Areas([Area("a", "border", rim)])
    found = one.over(*at([11.0, 11.0, 11.0], [179.9, -179.9, 178.0]), "border")[:, 0]
    assert found.tolist() == [True, True, False]
    far_m = one.rim_distance_m(*at(11.0, 180.0))
    assert far_m[0, 0] == pytest.approx(-109_300.0, rel=0.01)


def test_heights_and_times_bound_an_area_and_an_unknown_height_is_in_it():
    one = areas(floor_m=100.0, ceiling_m=500.0, active_s=((10.0, 20.0),))
    where = at([54.5] * 4, [28.0] * 4)
    heights = np.array([50.0, 300.0, 600.0, np.nan])
    assert one.inside(*where, heights, 15.0)[:, 0].tolist() == [False, True, False, True]
    assert not one.inside(*where, heights, 20.0).any()


def test_heights_above_ground_are_over_the_ground_below():
    grid = HeightGrid(
        heights_m=np.full((3, 3), 200.0),
        latitude_rad=math.radians(53.0),
        longitude_rad=math.radians(26.0),
        latitude_step_rad=math.radians(2.0),
        longitude_step_rad=math.radians(2.0),
    )
    low = Areas([Area("a", "prohibited", SQUARE, ceiling_m=150.0, above_ground=True)], grid)
    found = low.inside(*at([54.5, 54.5], [28.0, 28.0]), np.array([300.0, 400.0]), 0.0)
    assert found[:, 0].tolist() == [True, False]


@pytest.mark.parametrize("latitude_deg", [0.0, 45.0, 60.0])
def test_distances_from_the_rim_agree_with_geodesics(latitude_deg):
    rng = np.random.default_rng(3)
    origin = np.array([latitude_deg, 20.0])
    rim_deg = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 2.0]]) + origin
    points = rng.uniform([-2.0, -3.0], [3.0, 5.0], (40, 2)) + origin
    one = Areas([Area("a", "border", np.radians(rim_deg))])
    found = one.rim_distance_m(*np.radians(points).T)[:, 0]
    sides = np.concatenate(
        [
            np.linspace(rim_deg[k - 1], rim_deg[k], 400)  # straight on a map, looked at closely
            for k in range(4)
        ]
    )
    for (latitude, longitude), got_m in zip(points, found, strict=True):
        near = min(
            Geodesic.WGS84.Inverse(latitude, longitude, *side, Geodesic.DISTANCE)["s12"]
            for side in sides.tolist()
        )
        inside = 0 < latitude - latitude_deg < 1 and 20 < longitude < 22
        assert (got_m < 0) == inside
        assert abs(got_m) == pytest.approx(near, rel=0.01, abs=500.0)


def test_no_points_and_no_areas_are_no_error():
    none = np.empty(0)
    assert areas().inside(none, none, none, 0.0).shape == (0, 1)
    assert areas().rim_distance_m(none, none).shape == (0, 1)
    assert Areas([]).inside(*at(54.0, 27.0), np.zeros(1), 0.0).shape == (1, 0)
    assert areas().of_use("border", "restricted") == [0]

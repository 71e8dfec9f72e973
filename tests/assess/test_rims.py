import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from jointsky.assess.rims import rim_rad
from jointsky.assess.zones import Circle, Corridor, Zone


def distance_m(one, other):
    """Return the distance of two places in degrees on WGS-84, by Karney's program."""
    return Geodesic.WGS84.Inverse(*one, *other)["s12"]


def test_a_polygon_is_its_own_rim():
    corners = ((54.0, 27.0), (55.0, 27.0), (55.0, 28.0))
    zone = Zone(name="z", use="protected", polygon_lat_lon_deg=corners)
    assert np.degrees(rim_rad(zone)) == pytest.approx(np.array(corners))


def test_a_circle_lies_at_its_radius_all_around():
    circle = Circle(latitude_deg=54.0, longitude_deg=27.0, radius_km=80.0)
    rim = np.degrees(rim_rad(Zone(name="z", use="protected", circle=circle)))
    away = [distance_m((54.0, 27.0), point) for point in rim]
    # the sphere of the mean radius is within 0.4 % of the ellipsoid here
    assert np.allclose(away, 80_000.0, rtol=0.004)


def test_a_corridor_has_its_width_along_and_across():
    corridor = Corridor(line_lat_lon_deg=((54.0, 27.0), (54.5, 27.0), (54.5, 28.0)), width_km=10.0)
    rim = np.degrees(rim_rad(Zone(name="z", use="corridor", corridor=corridor)))
    assert len(rim) == 6
    sides = [(rim[0], rim[5]), (rim[2], rim[3])]
    assert [distance_m(*side) for side in sides] == pytest.approx([10_000.0] * 2, rel=0.005)
    # mitred at a right angle: the square root of two times as wide
    assert distance_m(rim[1], rim[4]) == pytest.approx(14_142.0, rel=0.005)

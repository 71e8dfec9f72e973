"""The map in the package: what must be on it for the places where recordings were made."""

import itertools

import numpy as np
import pytest
from matplotlib.path import Path

from jointsky.pictures import basemap_draw, mapdata
from jointsky.pictures.projection import Projection

PLACES = {  # longitude, latitude, is land
    "Buenos Aires": (-58.6, -34.6, True),
    "Rio de la Plata": (-57.0, -35.3, False),
    "Ljubljana": (14.5, 46.05, True),
    "Gulf of Trieste": (13.55, 45.6, False),
    "Sarajevo": (18.4, 43.85, True),
    "Barcelona, off": (2.3, 41.2, False),
    "Alicante": (-0.6, 38.35, True),
    "London": (-0.2, 51.5, True),
    "North Sea": (3.0, 54.0, False),
    "Zurich": (8.5, 47.4, True),
    "Berlin": (13.4, 52.5, True),
    "Minsk": (27.5, 53.9, True),
}


@pytest.mark.parametrize("level", ["fine", "coarse"])
@pytest.mark.parametrize("place", PLACES)
def test_land_and_sea_are_where_they_are(place, level):
    lon, lat, is_land = PLACES[place]
    land = mapdata.curves("land", level)
    inside = 0
    for k in land.inside(lon, lat, lon, lat):
        west, south = land.tile_of(k)
        if west <= lon < west + 10 and south <= lat < south + 10:
            inside += Path(land.curve(k)).contains_point((lon, lat))
    assert inside % 2 == int(is_land)


def test_a_fill_of_neighbouring_tiles_leaves_no_gap_and_no_seam_is_coast():
    land = mapdata.curves("land", "fine")
    inland = land.inside(19.9, 49.9, 20.1, 50.1)
    assert {land.tile_of(k) for k in inland} == {(10, 40), (20, 40), (10, 50), (20, 50)}
    for k in inland:
        steps = land.curve(k)
        shore = land.is_shore(k)
        for a, b in zip(steps[:-1][shore], steps[1:][shore], strict=True):
            middle = 0.5 * (a + b)
            assert not (abs(middle[0] - 20.0) < 0.1 and abs(middle[1] - 50.0) < 3.0)


def test_borders_pass_where_countries_meet():
    borders = mapdata.curves("borders", "fine")
    near = [borders.curve(k) for k in borders.inside(14.0, 46.3, 14.8, 46.6)]
    part = np.linspace(0.0, 1.0, 20)[:, None]
    steps = [(a, b) for line in near for a, b in itertools.pairwise(line)]
    points = np.concatenate([a + part * (b - a) for a, b in steps])
    # the Loibl pass between Slovenia and Austria, 14.26 E 46.44 N: the border is about 1 km off
    assert np.hypot((points[:, 0] - 14.26) * 0.69, points[:, 1] - 46.44).min() < 0.03


def test_cities_stand_in_the_order_of_their_size():
    cities = mapdata.places("cities")
    names = cities.names
    assert len(names) == len(cities.latitude_deg) == 7342
    assert names.index("London") < names.index("Zagreb") < names.index("Dubrovnik")
    k = names.index("Barcelona")
    assert cities.latitude_deg[k] == pytest.approx(41.38, abs=0.05)
    airports = mapdata.places("airports")
    lebl = airports.names.index("LEBL")
    assert airports.longitude_deg[lebl] == pytest.approx(2.078, abs=0.01)


def test_a_view_across_the_date_line_asks_for_two_boxes():
    plane = Projection(np.pi, 0.1, "azimuthal")
    boxes = basemap_draw.boxes_deg(plane, (-500e3, -500e3, 500e3, 500e3))
    assert len(boxes) == 2
    assert all(-180.0 <= west < east <= 180.0 for west, _, east, _ in boxes)
    whole = sum(east - west for west, _, east, _ in boxes)
    assert whole == pytest.approx(9.1, abs=0.3)

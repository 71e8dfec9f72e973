import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.earth.motion import Pieces, states

LATITUDES = st.floats(-1.5, 1.5)
LONGITUDES = st.floats(-3.1, 3.1)


def pieces_of(rows, vehicles=1):
    """Return pieces of rows that hold the columns of Motion in order."""
    columns = list(zip(*rows, strict=True))
    first = np.searchsorted(np.array(columns[0]), np.arange(vehicles + 1))
    return Pieces(
        first,
        np.array(columns[1], np.int8),
        *(np.array(column, float) for column in columns[2:4]),
        np.array(columns[4], float),
        *(np.array(column, float) for column in columns[5:]),
    )


def vertical(latitude, longitude):
    return np.array(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )


def arc(latitude, longitude, heading, rate, height=0.0, climb=0.0):
    north = np.array(
        [
            -np.sin(latitude) * np.cos(longitude),
            -np.sin(latitude) * np.sin(longitude),
            np.cos(latitude),
        ]
    )
    east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
    ahead = np.cos(heading) * north + np.sin(heading) * east
    terms = np.stack([np.zeros(3), vertical(latitude, longitude), ahead, np.zeros(3)])
    return (0, 0, 0.0, 1000.0, terms, rate, 0.0, height, climb, 0.0)


@given(LATITUDES, LONGITUDES, st.floats(0, 6.28), st.floats(-400, 12_000), st.floats(-20, 20))
def test_a_piece_begins_where_and_as_it_is_told(latitude, longitude, heading, height, climb):
    pieces = pieces_of([arc(latitude, longitude, heading, 4e-5, height, climb)])
    position, velocity = states(pieces, 0, 0.0)
    wanted = geodesy.geodetic_to_ecef(latitude, longitude, height)
    assert np.allclose(position, wanted, atol=1e-6)
    enu = geodesy.enu_rotation(latitude, longitude) @ velocity[0]
    assert enu[2] == pytest.approx(climb, abs=1e-9)
    # radii of curvature lie between 6,335 and 6,400 km (Torge 2001, 4.1.3)
    assert 6.334e6 < (np.hypot(enu[0], enu[1]) / 4e-5 - height) < 6.401e6


@given(LATITUDES, LONGITUDES, st.floats(0, 6.28), st.integers(0, 1), st.floats(0, 900))
def test_velocity_is_the_derivative_of_position(latitude, longitude, heading, piece, time):
    row = list(arc(latitude, longitude, heading, 4e-5, 5000.0, 8.0))
    row[6], row[9] = 2e-8, 0.01
    if piece:
        row[1], row[4] = 1, np.array([[6.4e6, 0, 0], [1, 200, 3], [0.1, 0.2, 0], [0, 1e-4, 0]])
    pieces = pieces_of([tuple(row)])
    step = 0.25
    around, _ = states(pieces, 0, [time, time + 2 * step])
    _, velocity = states(pieces, 0, time + step)
    # central difference: error of order step² times the third derivative, below 1e-4 m/s here
    assert np.allclose((around[1] - around[0]) / (2 * step), velocity[0], atol=1e-4)


def test_a_great_circle_comes_back_to_where_it_began():
    row = list(arc(0.9, 0.4, 1.0, 2 * np.pi / 1000.0))
    position, _ = states(pieces_of([tuple(row)]), 0, [0.0, 1000.0])
    assert np.allclose(position[0], position[1], atol=1e-6)


def test_the_piece_of_a_time_is_found_and_gaps_are_nowhere():
    rows = []
    for vehicle, begin, end, height in [
        (0, 0, 10, 1),
        (0, 10, 20, 2),
        (0, 30, 40, 3),
        (1, 5, 6, 4),
    ]:
        row = list(arc(0.9, 0.4, 0.0, 0.0, height))
        row[0], row[2], row[3] = vehicle, begin, end
        rows.append(tuple(row))
    pieces = pieces_of(rows, vehicles=3)
    vehicle = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2]
    time = [-1, 0, 9.5, 10, 20, 25, 35, 41, 5.5, 7, 5]
    position, _ = states(pieces, vehicle, time)
    height = geodesy.ecef_to_geodetic(np.nan_to_num(position, nan=7e6))[2]
    found = np.where(np.isnan(position[:, 0]), np.nan, np.round(height, 3))
    wanted = [np.nan, 1, 1, 2, 2, np.nan, 3, np.nan, 4, np.nan, np.nan]
    assert np.array_equal(found, wanted, equal_nan=True)


def test_a_vehicle_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="rows 3 to 3; there are 1"):
        states(pieces_of([arc(0.9, 0.4, 0.0, 0.0)]), 3, 0.0)

"""Our tracks become Stone Soup's: states, times, identities; flat scenes and the earth."""

import datetime

import numpy as np
import pytest

pytest.importorskip("stonesoup", reason="Stone Soup is not installed here")

from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track

from jointsky.earth import geodesy
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.stonesoup.space import StateSpace
from jointsky.stonesoup.tracks import tracks_of
from jointsky.tracking.frame import Frame

ORIGIN = (np.radians(54.0), np.radians(27.5), 200.0)
POSITION = np.array([[1e4, 2e4, 3e3], [1.1e4, 2e4, 3e3], [-5e4, 0.0, 9e3]])
VELOCITY = np.array([[200.0, 0.0, 0.0], [200.0, 1.0, 0.0], [0.0, -150.0, 5.0]])


def covariance():
    root = np.random.Generator(np.random.Philox(2)).normal(size=(3, 6, 6))
    return root @ root.transpose(0, 2, 1)


def some_tracks(places, velocity=VELOCITY, spread=None, **given):
    latitude, longitude, height = places
    values = {
        "time_s": np.array([10.0, 15.5, 10.0]) + 1.7e9,
        "track_number": np.array([4, 4, 9]),
        "latitude_rad": latitude,
        "longitude_rad": longitude,
        "height_m": height,
        "ve_mps": velocity[:, 0],
        "vn_mps": velocity[:, 1],
        "vu_mps": velocity[:, 2],
        "covariance": covariance() if spread is None else spread,
        "mode_s": np.array([0x4CA123, 0x4CA123, -1]),
        "mode_a": np.array([0o7000, 0o7000, -1]),
        "call_sign": np.array(["AFL1", "AFL1", ""]),
    }
    return Tracks.make(3, **{**values, **given})


def flat(**given):
    return some_tracks(Frame(True, ORIGIN).to_geodetic(POSITION), **given)


def by_number(tracks):
    return {track.metadata["track_number"]: track for track in tracks}


def test_a_track_has_a_gaussian_state_for_each_row():
    made = by_number(tracks_of(flat(), origin=ORIGIN))
    assert {number: len(track) for number, track in made.items()} == {4: 2, 9: 1}
    assert all(isinstance(track, Track) for track in made.values())
    state = made[4][1]
    assert isinstance(state, GaussianState)
    assert state.timestamp == datetime.datetime(2023, 11, 14, 22, 13, 35, 500_000)
    np.testing.assert_allclose(np.ravel(state.state_vector)[::2], POSITION[1], atol=1e-6)
    np.testing.assert_array_equal(np.ravel(state.state_vector)[1::2], VELOCITY[1])
    interleaved = np.argsort([0, 2, 4, 1, 3, 5])
    np.testing.assert_array_equal(state.covar, covariance()[1][np.ix_(interleaved, interleaved)])


def test_identities_go_along():
    made = by_number(tracks_of(flat(), origin=ORIGIN))
    wanted = {"track_number": 4, "mode_s": "4ca123", "mode_a": "7000", "call_sign": "AFL1"}
    assert made[4].metadata == wanted
    assert made[9].metadata == {"track_number": 9}
    assert made[9].id == "jointsky-9"


def test_a_plane_and_other_orders_of_the_state():
    space = StateSpace(position=(0, 1), velocity=(3, 2), size=5)
    state = by_number(tracks_of(flat(), space, ORIGIN))[9][0]
    np.testing.assert_allclose(np.ravel(state.state_vector), [-5e4, 0, -150, 0, 0], atol=1e-6)
    spread = covariance()[2]
    assert state.covar[2, 2] == spread[4, 4]
    assert state.covar[0, 3] == spread[0, 3]
    assert state.covar[1, 3] == spread[1, 3]
    assert not state.covar[4].any()


def test_tentative_rows_and_ends_are_no_states_and_moments_have_one():
    status = np.array([TrackStatus.TENTATIVE, TrackStatus.COASTED, TrackStatus.ENDED])
    made = by_number(tracks_of(flat(status=status), origin=ORIGIN))
    assert {number: len(track) for number, track in made.items()} == {4: 1}
    again = flat(time_s=np.full(3, 1.7e9))
    assert len(by_number(tracks_of(again, origin=ORIGIN))[4]) == 1
    assert tracks_of(Tracks.make(0)) == set()


def test_time_stamps_carry_the_zone_that_is_asked_for():
    zone = datetime.timezone(datetime.timedelta(hours=3))
    state = by_number(tracks_of(flat(), origin=ORIGIN, zone=zone))[9][0]
    assert state.timestamp == datetime.datetime(2023, 11, 15, 1, 13, 30, tzinfo=zone)


def test_on_the_earth_axes_are_those_of_the_origin():
    """A target far away flies level about its own vertical: seen from the origin it sinks."""
    places = geodesy.ecef_to_geodetic(geodesy.enu_to_ecef(POSITION, *ORIGIN))
    east = np.tile([200.0, 0.0, 0.0], (3, 1))
    spread = np.zeros((3, 6, 6))
    spread[:, 0, 0] = 1e4
    spread[:, 3, 3] = 1.0
    tracks = some_tracks(places, east, spread)
    made = by_number(tracks_of(tracks, origin=ORIGIN, is_flat=False))
    for number, rows in {4: (0, 1), 9: (2,)}.items():
        for state, row in zip(made[number], rows, strict=True):
            vector = np.ravel(state.state_vector).astype(float)
            np.testing.assert_allclose(vector[::2], POSITION[row], atol=1e-5)
            step_s = 1e-3  # where it is a moment later, flying along its own east
            ahead = geodesy.enu_to_ecef(
                east[row : row + 1] * step_s, *(float(part[row]) for part in places)
            )
            moved = geodesy.ecef_to_enu(ahead, *ORIGIN)[0] - POSITION[row]
            np.testing.assert_allclose(vector[1::2], moved / step_s, atol=1e-2)
            direction = vector[1::2] / 200.0
            here = np.asarray(state.covar, float)
            wanted = np.outer(direction, direction)
            np.testing.assert_allclose(here[::2, ::2], 1e4 * wanted, atol=1e-6 * 1e4)
            np.testing.assert_allclose(here[1::2, 1::2], wanted, atol=1e-6)
    assert abs(np.ravel(made[9][0].state_vector)[5]) > 1.0

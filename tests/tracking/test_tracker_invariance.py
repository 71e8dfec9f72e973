"""What must not change the tracks: how plots arrive, when and where it is, who else is there."""

import dataclasses

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.columns import join
from jointsky.records.tracks import Tracks
from jointsky.streams import stream
from tracking.skies import (
    Flight,
    Sky,
    clutter,
    errors,
    flat_m,
    in_time,
    reports,
    scans,
    straight,
    tracked,
)

FLAT, EARTH = Sky(is_flat=True), Sky()
BOTH = pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
FEW = settings(max_examples=25, deadline=None)
END_S = 120.0
FLIGHTS = [
    Flight(straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0)), mode_s=0x48AC01),
    Flight(straight((-25e3, 36e3, 9100.0), (180.0, 40.0, 0.0))),
    Flight(straight((10e3, -30e3, 3000.0), (-70.0, -20.0, 0.0)), begins_s=30.0),
    Flight(straight((-10e3, -20e3, 1000.0), (40.0, -20.0, 0.0)), ends_s=70.0),
]


def radars(sky, east_m=0.0, north_m=0.0):
    return [
        sky.radar(east_m - 10e3, north_m),
        sky.radar(east_m + 25e3, north_m + 15e3, rotation_period_s=5.0),
    ]


def a_sky(sky, seed=0, false=8.0):
    """Two radars, four flights, clutter."""
    rng, sensors = stream(seed, "invariance"), radars(sky)
    seen = [scans(rng, sky, s, row, FLIGHTS, END_S) for row, s in enumerate(sensors)]
    seen += [clutter(rng, s, row, false, END_S) for row, s in enumerate(sensors)]
    return sensors, in_time(*seen)


def assert_same(a, b):
    for name in Tracks.schema():
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


@BOTH
def test_the_same_input_gives_the_same_octets(sky):
    sensors, plots = a_sky(sky)
    first, second = (tracked(sky.tracker(sensors), plots) for _ in range(2))
    assert len(first) > 50
    for name in Tracks.schema():
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()


@BOTH
def test_order_in_the_table_is_nothing_only_time_is(sky):
    sensors, plots = a_sky(sky)
    assert len(np.unique(plots.time_s)) == len(plots)
    shuffled = plots.rows(stream(2, "shuffle").permutation(len(plots)))
    assert_same(tracked(sky.tracker(sensors), plots), tracked(sky.tracker(sensors), shuffled))


@FEW
@given(st.lists(st.integers(0, 400), max_size=12), st.booleans())
def test_one_radar_s_plots_may_come_in_pieces_of_any_size(cuts, is_flat):
    sky = FLAT if is_flat else EARTH
    sensors, plots = a_sky(sky)
    plots = plots.rows(plots.sensor == 0)
    whole = tracked(sky.tracker(sensors), plots)
    tracker = sky.tracker(sensors)
    ends = [*sorted(min(cut, len(plots)) for cut in cuts), len(plots)]
    starts = [0, *ends[:-1]]
    told = [tracker.update(plots.rows(slice(a, b))) for a, b in zip(starts, ends, strict=True)]
    told.append(tracker.flush())
    assert_same(join(told), whole)


@FEW
@given(st.lists(st.integers(1, 400), max_size=12, unique=True), st.booleans())
def test_flushing_between_batches_changes_nothing(cuts, is_flat):
    """Where no batch is cut in two, a flush only says the same things sooner."""
    sky = FLAT if is_flat else EARTH
    sensors, plots = a_sky(sky)
    plots = plots.rows(plots.sensor == 0)
    gap = np.diff(plots.time_s, prepend=-np.inf) > sensors[0].rotation_period_s / 8
    ends = [k for k in sorted(cuts) if k < len(plots) and gap[k]] + [len(plots)]
    starts = [0, *ends[:-1]]
    tracker = sky.tracker(sensors)
    told = []
    for a, b in zip(starts, ends, strict=True):
        told += [tracker.update(plots.rows(slice(a, b))), tracker.flush()]
    assert_same(join(told), tracked(sky.tracker(sensors), plots))


@BOTH
def test_plots_of_many_radars_in_pieces_give_the_same_targets(sky):
    """The order of two radars' batches may differ, and with it single rows; the picture does not.

    A batch closes when its sensor's next plot or the end of a piece tells that it is over.
    """
    sensors, plots = a_sky(sky, false=0.0)
    pictures = []
    for size in (1, 7, 50, len(plots)):
        tracker = sky.tracker(sensors)
        for k in range(0, len(plots), size):
            tracker.update(plots.rows(slice(k, k + size)))
        tracker.flush()
        pictures.append(tracker.picture(END_S))
    for picture in pictures:
        assert len(picture) == 3
        for flight in (FLIGHTS[0], FLIGHTS[1], FLIGHTS[2]):
            away = np.linalg.norm(errors(sky, picture, flight)[:, :2], axis=1)
            assert away.min() < 120.0


@BOTH
def test_one_radar_s_plots_of_equal_time_may_stand_in_any_order(sky):
    sensors, plots = a_sky(sky)
    plots = plots.rows(plots.sensor == 0)
    plots = plots.replace(time_s=np.round(plots.time_s, 1))  # many now share a time
    wanted = tracked(sky.tracker(sensors), plots)
    for seed in range(3):
        mixed = plots.rows(stream(seed, "mix").permutation(len(plots)))
        got = tracked(sky.tracker(sensors), mixed)
        assert len(got) == len(wanted)
        for one, other in zip(in_order(got), in_order(wanted), strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-9)


def in_order(tracks):
    """Time, place and speed of all rows in an order that does not ask for numbers."""
    order = np.lexsort((tracks.latitude_rad, tracks.time_s))
    names = "time_s", "latitude_rad", "longitude_rad", "existence"
    return [getattr(tracks, name)[order] for name in names]


@BOTH
@pytest.mark.parametrize("shift_s", [3600.0, 1.7e9])
def test_shifting_time_changes_nothing_else(sky, shift_s):
    sensors, plots = a_sky(sky)
    plots = plots.replace(time_s=np.round(plots.time_s * 1024) / 1024)  # exact after the shift
    wanted = tracked(sky.tracker(sensors), plots)
    got = tracked(sky.tracker(sensors), plots.replace(time_s=plots.time_s + shift_s))
    np.testing.assert_allclose(got.time_s - shift_s, wanted.time_s, atol=1e-6)
    assert_same(got.replace(time_s=wanted.time_s), wanted)


def test_moving_a_flat_world_moves_the_tracks_and_nothing_else():
    sensors, plots = a_sky(FLAT)
    east, north = 37e3, -81e3
    moved = []
    for sensor in sensors:
        x, y, up = sensor.flat_enu_m
        moved.append(msgspec.structs.replace(sensor, flat_enu_m=(x + east, y + north, up)))
    here, there = FLAT.tracker(sensors), FLAT.tracker(moved)
    wanted, got = tracked(here, plots), tracked(there, plots)
    assert np.array_equal(got.track_number, wanted.track_number)
    assert np.array_equal(got.time_s, wanted.time_s)
    shift = flat_m(FLAT, got) - flat_m(FLAT, wanted)
    np.testing.assert_allclose(shift, np.tile([east, north], (len(got), 1)), atol=1e-3)
    np.testing.assert_allclose(got.existence, wanted.existence, atol=1e-9)


def test_turning_the_earth_under_it_changes_nothing():
    there = dataclasses.replace(EARTH, longitude_deg=EARTH.longitude_deg - 170.0)
    tracks = []
    for sky in (EARTH, there):
        sensors, plots = a_sky(sky)
        tracks.append(tracked(sky.tracker(sensors), plots))
    one, other = tracks
    assert np.array_equal(one.track_number, other.track_number)
    np.testing.assert_allclose(one.latitude_rad, other.latitude_rad, atol=1e-10)
    turned = np.mod(one.longitude_rad - other.longitude_rad, 2 * np.pi)
    np.testing.assert_allclose(turned, np.radians(170.0), atol=1e-10)


@BOTH
def test_others_far_away_change_nothing(sky):
    sensors, plots = a_sky(sky)
    far = sky.radar(400e3, 300e3, name="far")
    others = [Flight(straight((380e3 + 3e3 * k, 300e3, 8e3), (0.0, 200.0, 0.0))) for k in range(9)]
    rng = stream(9, "others")
    # its period is that of the first radar: the tracker keeps house at the same moments
    noise = in_time(scans(rng, sky, far, 2, others, END_S), clutter(rng, far, 2, 5.0, END_S))
    alone = tracked(sky.tracker([*sensors, far]), plots)
    together = tracked(sky.tracker([*sensors, far]), in_time(plots, noise))
    near = (together.sensors[:, 0] & np.uint64(4)) == 0
    together = together.rows(near)
    # numbers go on counting; the rest is the same to what the earlier ends of batches change
    assert len(np.unique(together.track_number)) == len(np.unique(alone.track_number))
    for flight in FLIGHTS[:3]:
        sides = []
        for tracks in (alone, together):
            late = tracks.rows((tracks.time_s > 60) & (tracks.time_s < END_S - 10))
            error = errors(sky, late, flight)[:, :2]
            sides.append(error[np.linalg.norm(error, axis=1) < 500.0])
        assert len(sides[0]) == len(sides[1])
        np.testing.assert_allclose(sides[0], sides[1], atol=1e-6)


@pytest.mark.parametrize("angle_deg", [37.0, 180.0, -118.0])
def test_turning_a_flat_world_turns_the_tracks_and_nothing_else(angle_deg):
    """Clockwise, sensors and plots about the origin; what is seen from it turns with them."""
    sensors, plots = a_sky(FLAT)
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = []
    for sensor in sensors:
        east, north = turn @ sensor.flat_enu_m[:2]
        turned.append(msgspec.structs.replace(sensor, flat_enu_m=(east, north, 50.0)))
    azimuth = np.mod(plots.azimuth_rad + angle, 2 * np.pi)
    wanted = tracked(FLAT.tracker(sensors), plots)
    got = tracked(FLAT.tracker(turned), plots.replace(azimuth_rad=azimuth))
    assert np.array_equal(got.track_number, wanted.track_number)
    assert np.array_equal(got.time_s, wanted.time_s)
    np.testing.assert_allclose(flat_m(FLAT, got), flat_m(FLAT, wanted) @ turn.T, atol=1e-3)
    speeds = [np.column_stack([t.ve_mps, t.vn_mps]) for t in (got, wanted)]
    np.testing.assert_allclose(speeds[0], speeds[1] @ turn.T, atol=1e-5)
    np.testing.assert_allclose(got.existence, wanted.existence, atol=1e-9)
    whole = np.zeros((6, 6))
    whole[:2, :2] = whole[3:5, 3:5] = turn
    whole[2, 2] = whole[5, 5] = 1.0
    turned_back = np.einsum("ij,njk,lk->nil", whole, wanted.covariance, whole)
    np.testing.assert_allclose(got.covariance, turned_back, rtol=1e-6, atol=1e-4)


@pytest.mark.parametrize(("latitude_deg", "longitude_deg"), [(-35.0, 140.0), (3.0, -60.0)])
def test_the_same_sky_elsewhere_on_the_earth_gives_nearly_the_same_tracks(
    latitude_deg, longitude_deg
):
    """The ellipsoid is not the same everywhere, so neither is what a radar sees: by metres."""
    there = Sky(latitude_deg, longitude_deg)
    times = np.array([50.0, 80.0, END_S])
    kept = []
    for sky in (EARTH, there):
        sensors, plots = a_sky(sky, false=0.0)
        kept.append(sky.tracker(sensors).pictures(plots, times))
    one, other = kept
    assert np.array_equal(one.track_number, other.track_number) and len(one) == 11
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=0.05, atol=10.0)
    for flight in FLIGHTS:
        sides = []
        for sky, tracks in ((EARTH, one), (there, other)):
            error = errors(sky, tracks, flight)[:, :3]
            sides.append(np.where(np.linalg.norm(error, axis=1)[:, None] < 500.0, error, np.nan))
        np.testing.assert_allclose(sides[0], sides[1], atol=3.0)


def test_reports_of_equal_time_may_stand_in_any_order():
    """Targets that report themselves have no range by which plots of one time could be sorted."""
    flights = [
        Flight(straight((9e3 * k - 30e3, 4e3 * k, 8e3), (150.0, 40.0 - 20.0 * k, 0.0)), mode_s=k)
        for k in range(7)
    ]
    receiver = EARTH.radar(kind="adsb", rotation_period_s=1.0)
    plots = reports(stream(3, "equal"), EARTH, 0, flights, 60.0)
    plots = in_time(plots.replace(time_s=np.floor(plots.time_s)))
    wanted = tracked(EARTH.tracker([receiver]), plots)
    assert len(set(wanted.mode_s.tolist())) == 7
    for seed in range(3):
        mixed = plots.rows(stream(seed, "mix").permutation(len(plots)))
        got = tracked(EARTH.tracker([receiver]), mixed)
        assert len(got) == len(wanted)
        orders = [np.lexsort((t.mode_s, t.time_s)) for t in (got, wanted)]
        for name in ("time_s", "mode_s", "latitude_rad", "ve_mps", "existence", "plots"):
            columns = [getattr(t, name)[o] for t, o in zip((got, wanted), orders, strict=True)]
            np.testing.assert_allclose(columns[0], columns[1], rtol=1e-9, atol=1e-9, err_msg=name)

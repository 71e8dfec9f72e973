"""Plots that come late: within the lag they change nothing, beyond it they are counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.streams import stream
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.tracker import Tracker
from tracking.skies import (
    Flight,
    Sky,
    clutter,
    errors,
    in_time,
    reports,
    scans,
    straight,
    tracked,
)

FLAT, EARTH = Sky(is_flat=True), Sky()
BOTH = pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
FEW = settings(max_examples=8, deadline=None)
END_S = 60.0
LATE_S = 5.0
FLIGHTS = [
    Flight(straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0)), mode_s=0x48AC01),
    Flight(straight((-25e3, 36e3, 9100.0), (180.0, 40.0, 0.0))),
    Flight(straight((10e3, -30e3, 3000.0), (-70.0, -20.0, 0.0)), begins_s=15.0),
    Flight(straight((-10e3, -20e3, 1000.0), (40.0, -20.0, 0.0)), ends_s=40.0),
]


def a_sky(sky, seed=0):
    """Two radars and a receiver, four flights, clutter."""
    rng = stream(seed, "late")
    sensors = [
        sky.radar(-10e3, 0.0),
        sky.radar(25e3, 15e3, rotation_period_s=5.0),
        sky.radar(0.0, 0.0, kind="adsb", rotation_period_s=1.0),
    ]
    seen = [scans(rng, sky, s, row, FLIGHTS, END_S) for row, s in enumerate(sensors[:2])]
    seen += [clutter(rng, s, row, 8.0, END_S) for row, s in enumerate(sensors[:2])]
    return sensors, in_time(*seen, reports(rng, sky, 2, FLIGHTS[:1], END_S))


def as_they_come(plots, seed, lag_s, pieces):
    """Return the plots in pieces, each plot at most ``lag_s`` later than its time."""
    rng = stream(seed, "arrival")
    order = np.argsort(plots.time_s + rng.uniform(0.0, lag_s, len(plots)), kind="stable")
    cuts = np.sort(rng.integers(0, len(plots) + 1, pieces - 1)).tolist()
    ends = zip([0, *cuts], [*cuts, len(plots)], strict=True)
    return [plots.rows(order[first:last]) for first, last in ends]


def assert_same(a, b):
    """Vectorised sines differ in the last bit with the length of an array: so may a place."""
    for name in Tracks.schema():
        one, other = getattr(a, name), getattr(b, name)
        assert one.shape == other.shape, name
        if one.dtype.kind == "f":
            np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9, err_msg=name)
        else:
            np.testing.assert_array_equal(one, other, err_msg=name)


def marks(tracks):
    """Return what tells one row from another, rounded to what a last bit cannot change."""
    columns = (tracks.time_s, tracks.latitude_rad * 1e3, tracks.longitude_rad * 1e3)
    places = np.round(np.column_stack(columns), 5).tolist()
    return [(*row, n) for row, n in zip(map(tuple, places), tracks.plots.tolist(), strict=True)]


def assert_late_is_like_in_order(sky, sensors, plots, pieces):
    """Whatever order the pieces come in: the same tracker as from all plots in order."""
    wanted, got = sky.tracker(sensors), sky.tracker(sensors)
    rows = tracked(wanted, plots)
    told = join([*(got.update(piece) for piece in pieces), got.flush()])
    assert got.too_late == 0 and got.used == wanted.used
    for time_s in (END_S, END_S + 7.0):
        assert_same(got.picture(time_s), wanted.picture(time_s))
    assert set(marks(rows)) <= set(marks(told))  # what holds in the end has been told
    more = rows.time_s.max() + 4.0 + 0.1 * np.arange(20)  # and they go on alike
    later = plots.rows(slice(-20, None)).replace(time_s=more)
    assert_same(tracked(got, later), tracked(wanted, later))


@FEW
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 6, 25]), st.booleans())
def test_any_order_of_arrival_within_the_lag_gives_the_tracks_of_plots_in_order(
    seed, pieces, is_flat
):
    sky = FLAT if is_flat else EARTH
    sensors, plots = a_sky(sky)
    assert_late_is_like_in_order(sky, sensors, plots, as_they_come(plots, seed, LATE_S, pieces))


@BOTH
def test_plots_may_even_come_one_by_one(sky):
    sensors, plots = a_sky(sky)
    plots = plots.rows(plots.time_s < 30.0)
    pieces = as_they_come(plots, 3, LATE_S, 4 * len(plots))
    assert_late_is_like_in_order(sky, sensors, plots, pieces)


@FEW
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.1, 1.0, 10.0, 55.0]),
    st.sampled_from([3, 40, 400]),
    st.booleans(),
)
def test_with_many_states_kept_plots_may_be_minutes_late(seed, late_s, pieces, is_flat):
    """To the last bit, and told complete at any time: nobody knows how the plots came."""
    sky = FLAT if is_flat else EARTH
    sensors, plots = a_sky(sky)
    given = TrackerSettings(late_s=300.0)
    wanted, got = (
        Tracker(sensors, given, sky.origin, epoch_s=-7.0, numbers="birth", step_s=step_s)
        for step_s in (None, 0.25)
    )
    wanted.advance(plots, END_S + 5.0)
    rng = stream(seed, "complete")
    for piece in as_they_come(plots, seed, late_s, pieces):
        newest_s = piece.time_s.max(initial=0.0)
        got.advance(piece, float(newest_s + rng.uniform(-1.0, 1.0)), bool(rng.random() < 0.3))
    got.advance(Plots.make(0), END_S + 5.0)
    assert got.too_late == 0 and got.used == wanted.used
    for time_s in (END_S, END_S + 7.0):
        one, other = (t.picture(time_s) for t in (got, wanted))
        rows = [np.argsort(tracks.track_number) for tracks in (one, other)]
        for name in Tracks.schema():
            a, b = getattr(one, name)[rows[0]], getattr(other, name)[rows[1]]
            np.testing.assert_array_equal(a, b, err_msg=name)


def test_a_plot_a_little_late_takes_few_plots_again_however_long_the_lag():
    sensors, plots = a_sky(FLAT)
    tracker = Tracker(sensors, TrackerSettings(late_s=300.0), epoch_s=0.0, step_s=0.25)
    late = plots.rows(np.arange(len(plots)) % 25 == 10)
    rest = plots.rows(np.arange(len(plots)) % 25 != 10)
    rate_hz = len(plots) / END_S
    for now_s in np.arange(0.1, END_S, 0.1).tolist():
        tracker.advance(rest.rows((rest.time_s <= now_s) & (rest.time_s > now_s - 0.1)), now_s)
        due = (late.time_s <= now_s - 0.2) & (late.time_s > now_s - 0.3)
        tracker.advance(late.rows(due), now_s)
    # each takes those of 0.2 to 0.3 s again, and of one step more at most, tidied up or not
    assert 0 < tracker.again < len(late) * (0.3 + 2 * 0.25) * rate_hz * 1.5


def test_plots_of_equal_times_may_come_in_any_order_and_late():
    """Times of a real sensor are whole 1/128 s; here most plots share theirs with another."""
    sensors, plots = a_sky(FLAT)
    plots = in_time(plots.replace(time_s=np.round(plots.time_s)))
    plots = plots.rows(plots.time_s < 25.0)
    for late in (60, 80, 100):
        end = int(np.searchsorted(plots.time_s, plots.time_s[late] + 2.0, side="right"))
        order = [*range(late), *range(late + 1, end), late, *range(end, len(plots))]
        pieces = [plots.rows(slice(k, k + 1)) for k in order]
        assert_late_is_like_in_order(FLAT, sensors, plots, pieces)


def test_a_plot_that_is_exactly_as_late_as_allowed_is_taken_in_its_place():
    sensors, plots = a_sky(FLAT)
    plots = in_time(plots.replace(time_s=np.round(plots.time_s)))
    given = TrackerSettings(late_s=6.0)
    for second in (20, 21, 22, 23):
        late = int(np.searchsorted(plots.time_s, second))
        wanted, got = FLAT.tracker(sensors, given), FLAT.tracker(sensors, given)
        tracked(wanted, plots)
        rest = plots.rows(np.arange(len(plots)) != late)
        for now in range(int(END_S) + 1):
            got.update(rest.rows(rest.time_s == now))
            if now == second + 6:
                got.update(plots.rows(slice(late, late + 1)))
        got.flush()
        assert_same(got.picture(END_S), wanted.picture(END_S))


def test_the_first_plots_of_all_may_be_late_too():
    sensors, plots = a_sky(FLAT)
    early = plots.time_s < 2.0
    pieces = [plots.rows(~early & (plots.time_s < 5.0)), plots.rows(early)]
    pieces.append(plots.rows(plots.time_s >= 5.0))
    assert_late_is_like_in_order(FLAT, sensors, plots, pieces)


@BOTH
def test_a_radar_that_is_always_late_still_counts(sky):
    """Two radars' plots in turn, the second one's up to 8 s late with 10 s allowed."""
    rng, radars = stream(17, "late"), [sky.radar(-10e3, 0.0), sky.radar(20e3, 15e3)]
    flight = Flight(straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0)))
    first, second = (scans(rng, sky, r, row, [flight], 120.0) for row, r in enumerate(radars))
    tracker = sky.tracker(radars, TrackerSettings(late_s=10.0))
    for k in range(0, 120, 8):
        for plots in (first, second):
            tracker.update(plots.rows((plots.time_s >= k) & (plots.time_s < k + 8)))
    tracker.flush()
    wanted = sky.tracker(radars)
    tracked(wanted, in_time(first, second))
    assert tracker.too_late == 0
    assert_same(tracker.picture(120.0), wanted.picture(120.0))


@BOTH
def test_plots_that_come_too_late_are_counted_and_change_nothing(sky):
    sensors, plots = a_sky(sky)
    wanted = sky.tracker(sensors)
    rows = tracked(wanted, plots)
    tracker = sky.tracker(sensors)
    told = []
    for k in range(0, int(END_S), 10):
        told.append(tracker.update(plots.rows((plots.time_s >= k) & (plots.time_s < k + 10))))
        newest_s = plots.time_s[plots.time_s < k + 10][-1]
        old = plots.rows(plots.time_s < newest_s - LATE_S)
        before = tracker.too_late
        assert len(tracker.update(old)) == 0
        assert tracker.too_late == before + len(old)
    told.append(tracker.flush())
    assert_same(join(told), rows)
    assert tracker.used == wanted.used and tracker.refused == 0


def test_the_lag_is_a_setting():
    sensors, plots = a_sky(FLAT)
    late = plots.rows((plots.time_s > 30.0) & (plots.time_s < 32.0))
    rest = plots.rows((plots.time_s <= 30.0) | (plots.time_s >= 32.0))
    for late_s, too_late in ((12.0, 0), (2.0, len(late))):
        tracker = FLAT.tracker(sensors, TrackerSettings(late_s=late_s))
        tracker.update(rest.rows(rest.time_s < 41.0))
        tracker.update(late)
        assert tracker.too_late == too_late
        tracker.update(rest.rows(rest.time_s >= 41.0))
        tracker.flush()
        wanted = FLAT.tracker(sensors)
        tracked(wanted, plots if too_late == 0 else rest)
        assert_same(tracker.picture(END_S), wanted.picture(END_S))


@BOTH
def test_rows_since_a_late_plot_are_told_again_with_what_it_brought(sky):
    """The late sensor's turn halves the age of what the other one saw."""
    rng, radars = stream(23, "again"), [sky.radar(-10e3, 0.0), sky.radar(20e3, 15e3)]
    flight = Flight(straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0)))
    first, second = (scans(rng, sky, r, row, [flight], 60.0) for row, r in enumerate(radars))
    tracker = sky.tracker(radars)
    tracker.update(in_time(first, second.rows(second.time_s < 54.0)))
    before = tracker.picture(60.0)
    late = second.rows(second.time_s >= 54.0)
    assert len(late) > 0 and first.time_s[-1] > late.time_s[0]
    again = tracker.update(late)
    after = tracker.picture(60.0)
    assert len(before) == len(after) == 1 and after.plots[0] == before.plots[0] + len(late)
    assert np.any(again.time_s >= late.time_s[0])
    assert np.linalg.det(after.covariance[0]) < np.linalg.det(before.covariance[0])
    away = [np.linalg.norm(errors(sky, p, flight)[0, :2]) for p in (before, after)]
    assert away[1] < 150.0 and away[0] < 150.0


@BOTH
@pytest.mark.parametrize("step_s", [1.0, 2.5])
def test_pictures_in_one_call_are_those_of_update_flush_and_picture_in_turn(sky, step_s):
    sensors, plots = a_sky(sky)
    times = np.arange(step_s, END_S + 10.0, step_s)
    at_once = sky.tracker(sensors).pictures(plots, times)
    tracker, shown, begin = sky.tracker(sensors), [], 0
    for time_s in times:
        end = int(np.searchsorted(plots.time_s, time_s, side="right"))
        tracker.update(plots.rows(slice(begin, end)))
        tracker.flush()
        shown.append(tracker.picture(float(time_s)))
        begin = end
    assert len(at_once) > 2.5 * len(times)
    assert_same(at_once, join(shown))


def test_pictures_in_pieces_are_those_in_one_call():
    sensors, plots = a_sky(FLAT)
    times = np.arange(1.0, END_S, 1.0)
    whole = FLAT.tracker(sensors).pictures(plots, times)
    tracker, parts = FLAT.tracker(sensors), []
    for first, last in ((0.0, 20.0), (20.0, 33.0), (33.0, END_S)):
        piece = plots.rows((plots.time_s > first) & (plots.time_s <= last))
        parts.append(tracker.pictures(piece, times[(times > first) & (times <= last)]))
    assert_same(join(parts), whole)


def test_pictures_behind_are_of_plots_up_to_so_long_before_as_expected_at_their_times():
    sensors, plots = a_sky(FLAT)
    times = np.arange(5.0, END_S, 2.5)
    late = FLAT.tracker(sensors).pictures(plots, times, 2.0)
    tracker, shown, begin = FLAT.tracker(sensors), [], 0
    for time_s in times:
        end = int(np.searchsorted(plots.time_s, time_s - 2.0, side="right"))
        tracker.advance(plots.rows(slice(begin, end)), time_s - 2.0)
        tracker.flush()
        shown.append(tracker.picture(float(time_s)))
        begin = end
    assert_same(late, join(shown))


PROMPT = TrackerSettings(late_s=0.0)


def test_a_tracker_forked_from_a_state_goes_on_as_the_first_and_disturbs_it_not():
    sensors, plots = a_sky(FLAT)
    half, times = len(plots) // 2, np.arange(1.0, END_S, 1.0)
    early, later = (plots.rows(slice(*part)) for part in ((0, half), (half, len(plots))))
    split_s = float(early.time_s[-1])
    tracker = FLAT.tracker(sensors, PROMPT)
    empty = tracker.fork(tracker.state())
    tracker.pictures(early, times[times <= split_s])
    forks = [tracker.fork(tracker.state()) for _ in range(2)]
    rest = times[times > split_s]
    shown = [one.pictures(later, rest) for one in (forks[0], tracker, forks[1])]
    assert len(shown[0]) > len(rest)
    assert_same(shown[0], shown[1])
    assert_same(shown[0], shown[2])
    assert_same(empty.pictures(plots, times), FLAT.tracker(sensors, PROMPT).pictures(plots, times))


def test_a_picture_changes_nothing():
    sensors, plots = a_sky(FLAT)
    tracker, other = FLAT.tracker(sensors), FLAT.tracker(sensors)
    for k in range(0, len(plots), 50):
        for each in (tracker, other):
            each.update(plots.rows(slice(k, k + 50)))
        for ahead_s in (-10.0, 0.0, 3.0, 25.0):
            tracker.picture(float(plots.time_s[min(k + 49, len(plots) - 1)]) + ahead_s)
    assert_same(tracker.flush(), other.flush())
    assert_same(tracker.picture(END_S), other.picture(END_S))


@BOTH
def test_a_picture_behind_shows_who_was_there_by_then(sky):
    """What plots that have not come yet would tell is not missed: nobody goes for it."""
    sensors, plots = a_sky(sky)
    epoch_s = float(plots.time_s[0])
    times_s, behind_s = epoch_s + np.arange(10.0, 50.0, 1.0), 4.5
    now, later = (sky.tracker(sensors, PROMPT) for _ in range(2))
    made = now.pictures(plots, times_s)
    behind = later.pictures(plots, times_s + behind_s, behind_s)
    assert len(made) > 60
    np.testing.assert_array_equal(behind.track_number, made.track_number)
    np.testing.assert_array_equal(behind.existence, made.existence)
    np.testing.assert_allclose(behind.time_s, made.time_s + behind_s)

"""What is remembered for late plots: little, and near to every time that one may come from."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.streams import stream
from jointsky.tracking.admission import NO_PLOTS, Ordered
from jointsky.tracking.arrays import World, new_book
from jointsky.tracking.frame import Frame, map_plane
from jointsky.tracking.history import WIDER, History
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.world import make_world

SEEDS = st.integers(0, 2**32 - 1)
LAG_S, STEP_S = 300.0, 0.25
SENSORS = [Sensor(name="one", flat_enu_m=(0.0, 0.0, 0.0), rotation_period_s=4.0)]
WORLD: World = make_world(
    SENSORS,
    Frame(True),
    map_plane(Frame(True), 0.0, 0.0),
    TrackerSettings(),
    np.full(1, math.nan),
)


def some(times_s):
    times_s = np.asarray(times_s, float)
    plots = Plots.make(len(times_s), time_s=times_s, sensor=0, range_m=5e3, azimuth_rad=times_s)
    return Ordered(plots, np.arange(len(times_s)), times_s)


def grown(history, begin_s, end_s, tick_s=0.25, each=3):
    """Let a history see plots tick by tick, as a tracker lets it."""
    if math.isinf(history.reached_s):
        history.keep(new_book(4, 1), WORLD, None, 0)
    for k in range(1, round((end_s - begin_s) / tick_s) + 1):
        now_s = begin_s + tick_s * k
        history.add(some(now_s - tick_s * np.arange(each)[::-1] / each))
        history.complete(now_s)
        if history.is_due:
            history.keep(new_book(4, 1), WORLD, None, 0)
    return history


def reach_back(history, time_s):
    """Return how far before ``time_s`` the newest state lies that is older."""
    ages = [r.state.time_s for r in history._rungs if r.state.time_s < time_s]
    return time_s - max(ages)


def test_states_lie_close_for_new_plots_and_wider_for_old_ones():
    """Between two states of age a lie at most the step, or a share of a."""
    history = grown(History(LAG_S, STEP_S), 0.0, 400.0)
    for late_s in np.concatenate([np.arange(0.1, 5.0, 0.1), np.arange(5.0, 299.0, 3.0)]).tolist():
        back_s = reach_back(history, history.reached_s - late_s)
        assert back_s <= max(STEP_S, WIDER * late_s) + STEP_S + 1e-9


def test_a_few_dozen_states_are_enough_for_minutes():
    """In theory 1 / ln(1 + WIDER) states for each time the age grows by e, twice that at worst."""
    most = 2 * (math.log(LAG_S / STEP_S) / math.log(1.0 + WIDER)) + 3
    assert 10 < len(grown(History(LAG_S, STEP_S), 0.0, 600.0)._rungs) < most


def test_plots_are_remembered_for_the_lag_and_forgotten_beyond():
    history = grown(History(20.0, 0.25), 0.0, 100.0)
    kept = sum(len(part) for rung in history._rungs for part in rung.plots)
    assert 20.0 * 12 <= kept <= (20.0 * (1.0 + WIDER) + 1.0) * 12
    before = history.kept_bytes()
    grown(history, 100.0, 200.0)
    assert history.kept_bytes() < 1.2 * before


def test_columns_that_say_nothing_take_no_room():
    """A radar's plot without height or address: some 6 columns of 8 octets; all have 260.

    The newest are not joined yet, and are as they came.
    """
    one, other = (grown(History(300.0, 0.25), 0.0, 150.0, each=each) for each in (3, 53))
    whole = sum(column.itemsize for column in vars(Plots.make(1)).values())
    assert (other.kept_bytes() - one.kept_bytes()) / (150.0 / 0.25 * 50) < 0.5 * whole


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 0.25, 5.0]))
def test_going_back_gives_every_plot_since_the_state_once_and_in_order(seed, step_s):
    rng = stream(seed, "back")
    history = grown(History(60.0, step_s or None), 0.0, float(rng.uniform(5.0, 90.0)))
    everything = np.concatenate(
        [part.time_s for rung in history._rungs for part in rung.plots] or [np.empty(0)]
    )
    reached_s = history.reached_s
    late_s = reached_s - float(rng.uniform(0.0, min(60.0, reached_s)))
    found = history.back_to(late_s)
    assert found is not None
    state, again = found
    assert state.time_s < late_s and history.reached_s == state.time_s
    times_s = np.concatenate([NO_PLOTS.time_s, *(part.time_s for part in again)])
    np.testing.assert_array_equal(times_s, everything[everything > state.time_s])
    for part in again:
        np.testing.assert_array_equal(part.record().azimuth_rad, part.time_s)
        assert set(part.record().range_m.tolist()) <= {5e3}


def test_what_is_late_depends_on_what_was_called_complete():
    history = grown(History(10.0, 0.25), 0.0, 5.0)
    assert history.is_late(5.0) and history.is_late(4.99) and not history.is_late(5.01)
    plain = History(10.0)
    plain.keep(new_book(4, 1), WORLD, None, 0)
    plain.add(some([1.0, 2.0]))
    assert not plain.is_late(2.0) and plain.is_late(1.999)  # those of one time may come in pieces
    plain.complete(3.0)
    assert plain.is_late(2.5) and plain.oldest_s() == -7.0


@pytest.mark.parametrize("last_s", [0.1, 3.0, 40.0, 1000.0])
def test_marks_of_a_long_run_are_where_states_would_lie(last_s):
    history = History(LAG_S, STEP_S)
    marks = history.marks_s(0.0, last_s)
    assert marks == sorted(marks) and all(0.0 < mark < last_s for mark in marks)
    ages = [last_s - mark for mark in marks[::-1]]
    gaps = np.diff([0.0, *ages])
    assert all(gap <= max(STEP_S, WIDER * age) + 1e-9 for gap, age in zip(gaps, ages, strict=True))
    if last_s > LAG_S:
        assert math.isclose(ages[-1], LAG_S)
    assert History(0.0).marks_s(0.0, last_s) == [] and not History(0.0).is_due
    one = History(5.0).marks_s(0.0, last_s)
    assert one == ([last_s - 5.0] if last_s > 5.0 else [])

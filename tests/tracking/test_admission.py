"""Which plots are taken and in which order, against one at a time and Python's own sorting."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.plots import PlotFlag, Plots
from jointsky.streams import stream
from jointsky.tracking import admission_kernels
from jointsky.tracking.admission import NO_PLOTS, admit, as_columns, together
from tracking.made import BEARING, GEODETIC, LOCAL, POLAR
from tracking.naive_admission import order_of, sorted_out

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=60, deadline=None)
NAN, INF = math.nan, math.inf
KINDS = POLAR, LOCAL, GEODETIC, BEARING
PLACED = np.array([True, True, False, True])
LENGTHS = [0, 1, 2, 7, 8, 9, 16, 17, 40, 63, 64, 65, 150]  # about runs that are sorted apart


def spoilt(rng, values, share):
    """Return values of which some are damaged or missing."""
    lost = rng.random(len(values)) < share
    return np.where(lost, rng.choice([NAN, NAN, INF, -INF], len(values)), values)


def some_plots(rng, n, times=5, share=0.1, kinds=KINDS):
    """Return plots in no order at ``times`` times; few places, so that many tie."""
    return Plots.make(
        n,
        time_s=spoilt(rng, rng.choice(rng.uniform(-10.0, 10.0, times), n), 0.3 * share),
        sensor=rng.integers(0, len(PLACED), n),
        geometry=rng.choice(kinds, n),
        range_m=spoilt(rng, rng.choice([0.0, -0.0, 5e3, 7e4, 1.999e6, 2e6, -1.0], n), share),
        azimuth_rad=spoilt(rng, rng.choice([0.0, 0.1, 3.0, 6.2], n), share),
        east_m=spoilt(rng, rng.choice([-9e3, 0.0, 2e4], n), share),
        north_m=spoilt(rng, rng.choice([-7e3, 5e4], n), share),
        latitude_rad=spoilt(rng, rng.choice([-0.3, 0.9], n), share),
        longitude_rad=spoilt(rng, rng.choice([0.1, 0.2, 2.0], n), share),
        mode_s=rng.choice([-1, 7, 0x48AC01], n),
        flags=rng.choice([0, 0, 0, 0, PlotFlag.TEST, PlotFlag.COASTED | 8, 1, 8 | 16 | 512], n),
        offset=np.arange(n),
    )


def assert_as_the_twin(plots, placed, oldest_s):
    wanted, got = sorted_out(plots, placed, oldest_s), admit(plots, placed, oldest_s)
    assert got.taken.rows.tolist() == wanted.taken
    assert got.taken.time_s.tolist() == plots.time_s[wanted.taken].tolist()
    assert (got.refused, got.too_late) == (len(wanted.refused), len(wanted.late))
    return wanted


@FEW
@given(SEEDS, st.sampled_from(LENGTHS[1:]), st.sampled_from([1, 2, 5, 60]))
def test_plots_are_taken_refused_and_put_in_order_as_by_the_naive_twin(seed, n, times):
    rng = stream(seed, "admit")
    plots = some_plots(rng, n, times, rng.choice([0.0, 0.02, 0.2]))
    held = plots.time_s[np.isfinite(plots.time_s)]
    oldest = [-INF, 0.0, *held[:1].tolist()]  # and exactly as old as a plot: not too late
    for oldest_s in oldest:
        assert_as_the_twin(plots, PLACED, oldest_s)


def test_the_made_plots_come_to_all_ends():
    plots = some_plots(stream(4, "ends"), 600)
    wanted = assert_as_the_twin(plots, PLACED, 0.0)
    assert min(len(wanted.taken), len(wanted.refused), len(wanted.late)) > 80
    kinds = [set(plots.geometry[rows].tolist()) for rows in wanted]
    assert kinds == [{0, 1, 2, 3}] * 3
    keys = [(plots.time_s[r], plots.sensor[r], str(plots.range_m[r])) for r in wanted.taken]
    assert len(set(keys)) < 0.7 * len(keys)  # many tie


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        *((POLAR, name) for name in ("time_s", "range_m", "azimuth_rad")),
        *((LOCAL, name) for name in ("time_s", "east_m", "north_m")),
        *((GEODETIC, name) for name in ("time_s", "latitude_rad", "longitude_rad")),
        *((BEARING, name) for name in ("time_s", "azimuth_rad")),
    ],
)
def test_only_what_its_geometry_reads_makes_a_plot_refused(kind, column):
    rng = stream(1, "good", kind.name)
    plots = some_plots(rng, 9, share=0.0, kinds=(kind,))
    plots = plots.replace(flags=np.zeros(9, np.uint32), range_m=np.full(9, 5e3))
    plots = plots.replace(sensor=np.zeros(9, np.int32))
    read = {
        POLAR: ("range_m", "azimuth_rad"),
        LOCAL: ("east_m", "north_m"),
        GEODETIC: ("latitude_rad", "longitude_rad"),
        BEARING: ("azimuth_rad",),
    }[kind]
    unread = {"range_m", "azimuth_rad", "east_m", "north_m", "latitude_rad", "longitude_rad"}
    nothing = {name: np.full(9, NAN) for name in unread.difference(read)}
    assert admit(plots.replace(**nothing), PLACED, -INF).refused == 0
    for bad in (NAN, INF, -INF):
        values = getattr(plots, column).copy()
        values[4] = bad
        got = admit(plots.replace(**{column: values}), PLACED, -INF)
        assert got.refused == 1 and 4 not in got.taken.rows


def test_plots_in_order_stay_where_they_are():
    plots = some_plots(stream(2, "in order"), 100, 400, 0.0)
    plots = plots.rows(sorted_out(plots, PLACED, -INF).taken)
    assert admit(plots, PLACED, -INF).taken.rows.tolist() == list(range(len(plots)))
    assert_as_the_twin(plots.rows(np.arange(len(plots))[::-1]), PLACED, -INF)


@pytest.mark.parametrize("kinds", [(POLAR,), (BEARING,), (LOCAL,), (GEODETIC,), KINDS])
def test_the_same_plots_in_any_order_give_the_same_order(kinds):
    """Plots of one time are told apart by what they are, never by where they stand in a record."""
    for seed in range(15):
        rng = stream(seed, "any order", *(kind.name for kind in kinds))
        n = int(rng.choice(LENGTHS[2:]))
        plots = some_plots(rng, n, 3, 0.0, kinds)
        plots = plots.replace(  # no two at one place
            range_m=np.where(plots.geometry == POLAR, rng.uniform(0, 9e4, n), NAN),
            **{"azimuth_rad": rng.uniform(0, 6.28, n), "north_m": rng.normal(0, 1e4, n)},
            longitude_rad=rng.normal(0, 0.3, n),
        )
        wanted = admit(plots, PLACED, -INF).taken.record()
        for _ in range(3):
            mixed = admit(plots.rows(rng.permutation(n)), PLACED, -INF).taken.record()
            np.testing.assert_array_equal(mixed.offset, wanted.offset)


def test_two_targets_that_report_one_place_are_told_apart_by_address():
    plots = some_plots(stream(9, "one place"), 40, 1, 0.0, (GEODETIC,)).replace(
        **{"latitude_rad": np.full(40, 0.9), "longitude_rad": np.full(40, 0.4)},
        **{"range_m": np.full(40, NAN), "mode_s": np.arange(40), "flags": np.zeros(40, np.uint32)},
    )
    for seed in range(5):
        mixed = plots.rows(stream(seed, "mixed").permutation(40))
        told = admit(mixed, PLACED, -INF).taken.record()
        by_sensor = [told.mode_s[told.sensor == s].tolist() for s in range(len(PLACED))]
        assert all(one == sorted(one) for one in by_sensor) and sum(map(len, by_sensor)) == 40


@FEW
@given(SEEDS, st.sampled_from(LENGTHS[1:]))
def test_runs_of_any_length_are_sorted_and_what_is_alike_stays_as_it_came(seed, n):
    """The kernel itself: no row outside its run of one time moves, none is lost or doubled."""
    rng = stream(seed, "runs")
    plots = some_plots(rng, n, int(rng.choice([1, 3, 20])), 0.0)
    rows = rng.permutation(n)
    rows = rows[np.argsort(plots.time_s[rows], kind="stable")]
    wanted = sorted(rows.tolist(), key=lambda row: order_of(plots, row))
    columns = as_columns(
        *(plots.time_s, plots.range_m, plots.azimuth_rad, plots.east_m, plots.north_m),
        *(plots.latitude_rad, plots.longitude_rad),
    )
    marks = as_columns(plots.sensor, plots.geometry, plots.mode_s, plots.offset)
    admission_kernels.order_ties(columns, marks, rows, np.empty_like(rows))
    assert rows.tolist() == wanted


# plots in order, and parts of them


def test_parts_by_time_are_those_that_a_list_gives():
    rng = stream(3, "parts")
    taken = admit(some_plots(rng, 120, 12), PLACED, -INF).taken
    times = taken.time_s.tolist()
    rows = list(zip(taken.rows.tolist(), times, strict=True))
    for time_s in [-INF, *sorted(set(times)), 0.123, INF]:
        until, after = taken.until(time_s), taken.after(time_s)
        assert until.rows.tolist() == [row for row, t in rows if t <= time_s]
        assert after.rows.tolist() == [row for row, t in rows if t > time_s]
        assert until.time_s.tolist() + after.time_s.tolist() == times
        for part in (until, after):
            alone = part.alone()
            assert alone.record().offset.tolist() == part.rows.tolist()
            assert alone.time_s.tolist() == part.time_s.tolist()
            assert len(alone.plots) <= 2 * len(alone) or len(alone) == 0


@FEW
@given(SEEDS, st.integers(0, 4))
def test_late_plots_come_among_those_kept_as_if_all_had_come_at_once(seed, cuts):
    rng = stream(seed, "late")
    plots = some_plots(rng, 90, 9, kinds=(POLAR,))
    plots = plots.replace(range_m=np.where(plots.range_m > 0, rng.uniform(0, 9e4, 90), NAN))
    whole = admit(plots, PLACED, -INF).taken
    is_late = rng.random(90) < 0.2
    early = whole.plots.rows(~is_late)
    kept = admit(early, PLACED, -INF).taken
    ends = [0, *np.sort(rng.integers(0, len(kept) + 1, cuts)).tolist(), len(kept)]
    parts = [kept.part(first, last) for first, last in itertools.pairwise(ends)]
    late = plots.rows(is_late)
    fresh = admit(late, PLACED, -INF).taken if len(late) else NO_PLOTS
    got = together(parts, fresh)
    assert got.record().offset.tolist() == whole.record().offset.tolist()

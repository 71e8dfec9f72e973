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
from jointsky.tracking.admission import NO_PLOTS, admit, together
from tracking.made import BEARING, GEODETIC, LOCAL, POLAR
from tracking.naive_admission import sorted_out

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=60, deadline=None)
NAN, INF = math.nan, math.inf
PLACED = np.array([True, True, False, True])
LENGTHS = [0, 1, 2, 7, 8, 9, 16, 17, 40, 63, 64, 65, 150]  # about runs that are sorted apart


def spoilt(rng, values, share):
    """Return values of which some are damaged or missing."""
    lost = rng.random(len(values)) < share
    return np.where(lost, rng.choice([NAN, NAN, INF, -INF], len(values)), values)


def some_plots(rng, n, times=5, share=0.1, kinds=(POLAR, LOCAL, GEODETIC, BEARING)):
    """Return plots in no order at ``times`` times; few ranges and azimuths, so that many tie."""
    return Plots.make(
        n,
        time_s=spoilt(rng, rng.choice(rng.uniform(-10.0, 10.0, times), n), 0.3 * share),
        sensor=rng.integers(0, len(PLACED), n),
        geometry=rng.choice(kinds, n),
        range_m=spoilt(rng, rng.choice([0.0, -0.0, 5e3, 7e4, 1.999e6, 2e6, -1.0], n), share),
        azimuth_rad=spoilt(rng, rng.choice([0.0, 0.1, 3.0, 6.2], n), share),
        east_m=spoilt(rng, rng.normal(0, 1e4, n), share),
        north_m=spoilt(rng, rng.normal(0, 1e4, n), share),
        latitude_rad=spoilt(rng, rng.normal(0, 0.3, n), share),
        longitude_rad=spoilt(rng, rng.normal(0, 0.3, n), share),
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


REPORTS_STAY = pytest.mark.xfail(strict=True, reason="reports of one time stay as they came")


@pytest.mark.parametrize(
    "kind",
    [
        POLAR,
        BEARING,
        pytest.param(LOCAL, marks=REPORTS_STAY),
        pytest.param(GEODETIC, marks=REPORTS_STAY),
    ],
)
def test_the_same_plots_in_any_order_give_the_same_order(kind):
    """Plots of one time are told apart by what they are, never by where they stand in a record."""
    for seed in range(15):
        rng = stream(seed, "any order", kind.name)
        n = int(rng.choice(LENGTHS[2:]))
        plots = some_plots(rng, n, 3, 0.0, (kind,)).replace(
            range_m=rng.uniform(0, 9e4, n) if kind == POLAR else np.full(n, NAN),
            azimuth_rad=rng.uniform(0, 6.28, n) if kind in (POLAR, BEARING) else np.full(n, NAN),
        )
        wanted = admit(plots, PLACED, -INF).taken.record()
        for _ in range(3):
            mixed = admit(plots.rows(rng.permutation(n)), PLACED, -INF).taken.record()
            np.testing.assert_array_equal(mixed.offset, wanted.offset)


@FEW
@given(SEEDS, st.sampled_from(LENGTHS))
def test_runs_of_any_length_are_sorted_and_what_is_alike_stays_as_it_came(seed, n):
    """The kernel itself: no row outside its run of one time moves, none is lost or doubled."""
    rng = stream(seed, "runs")
    time_s = np.sort(rng.integers(0, rng.choice([1, 3, 20]), n)).astype(np.float64)
    sensor = rng.integers(0, 2, n).astype(np.int32)
    range_m = rng.choice([NAN, 1.0, 2.0, 3.0], n)
    azimuth_rad = rng.choice([NAN, 0.5, 0.7], n)
    of_record = rng.permutation(n)  # where in the record each of the rows stands
    record = [np.empty_like(column) for column in (time_s, sensor, range_m, azimuth_rad)]
    for column, values in zip(record, (time_s, sensor, range_m, azimuth_rad), strict=True):
        column[of_record] = values
    rows, spare = of_record.copy(), np.empty_like(of_record)
    admission_kernels.order_ties(*record, rows, spare)

    def last(number):
        return INF if math.isnan(number) else number

    keys = zip(time_s, sensor, map(last, range_m), map(last, azimuth_rad), strict=True)
    wanted = [of_record[k] for _, k in sorted((key, k) for k, key in enumerate(keys))]
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

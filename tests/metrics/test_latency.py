"""Latency of the picture and rates on links: cases reckoned by hand, and a naive twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.metrics.latency import EVERYWHERE, Tellings, everywhere, latency, latency_over_time
from jointsky.metrics.rates import rates_of_counters, rates_of_sendings
from jointsky.streams import stream


def _told(rows, **columns):
    site, time_s, late_s, own = (np.array(column) for column in zip(*rows, strict=True))
    return Tellings(site, time_s, time_s + late_s, own.astype(bool), **columns)


def test_own_plots_and_those_of_others_are_told_apart():
    late = np.arange(101) / 100.0
    rows = [(0, float(k), v, True) for k, v in enumerate(late)]
    rows += [(0, float(k), 2.0, False) for k in range(3)] + [(1, 0.0, 0.25, False)]
    first, second = latency(_told(rows), ["north", "south"])
    assert first["own"]["n"] == 101
    assert first["own"]["p50_s"] == pytest.approx(0.5)
    assert first["own"]["p90_s"] == pytest.approx(0.9)
    assert first["own"]["p99_s"] == pytest.approx(0.99)
    assert first["own"]["max_s"] == pytest.approx(1.0)
    assert first["others"] == {"n": 3, "p50_s": 2.0, "p90_s": 2.0, "p99_s": 2.0, "max_s": 2.0}
    assert first["all"]["n"] == 104
    assert second["own"]["n"] == 0
    assert np.isnan(second["own"]["p50_s"])
    assert second["all"]["max_s"] == pytest.approx(0.25)


def test_everywhere_is_when_the_last_site_has_a_plot():
    rows = [(0, 10.0, 0.1, True), (1, 10.0, 0.4, False), (1, 10.0, 9.0, False)]  # told again
    rows += [(0, 20.0, 0.2, True)]  # the other site never tells it
    told = _told(rows, plot=np.array([7, 7, 7, 8]))
    time_s, late_s = everywhere(told, 2)
    assert time_s.tolist() == [10.0]
    assert late_s == pytest.approx([0.4])
    last = latency(told, ["north", "south"])[-1]
    assert last["site"] == EVERYWHERE
    assert last["all"]["max_s"] == pytest.approx(0.4)


def test_latency_over_time_is_by_the_time_of_the_plot():
    told = _told(
        [(0, 1.0, 0.5, True), (0, 9.0, 8.0, True), (0, 20.0, 1.0, False), (0, 21.0, 1.0, 1)]
    )
    found = latency_over_time(told, ["north"], np.array([0.0, 10.0, 20.0]))
    mine = found["part"] == "all"
    assert found["time_s"][mine].tolist() == [0.0, 10.0]
    assert found["n"][mine].tolist() == [2, 1]  # the last edge belongs to the last bin
    assert found["p50_s"][mine] == pytest.approx([4.25, 1.0])
    assert np.isnan(found["p99_s"][found["part"] == "others"][0])


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_latencies_agree_with_their_naive_twin(seed):
    rng = stream(seed, "latency")
    n, sites = int(rng.integers(1, 60)), 3
    plot = rng.integers(0, 8, n)
    told = Tellings(
        site=rng.integers(0, sites, n),
        time_s=plot.astype(float),
        told_s=plot + rng.exponential(1.0, n),
        is_own=rng.random(n) < 0.5,
        plot=plot,
    )
    found = latency(told, ["x", "y", "z"])
    for row in range(sites):
        for part, own in (("own", {True}), ("others", {False}), ("all", {True, False})):
            mine = [
                told.told_s[k] - told.time_s[k]
                for k in range(n)
                if told.site[k] == row and bool(told.is_own[k]) in own
            ]
            assert found[row][part]["n"] == len(mine)
            if mine:
                assert found[row][part]["p90_s"] == pytest.approx(np.percentile(mine, 90.0))
    last = []
    for one in range(8):
        firsts = [
            min(told.told_s[(plot == one) & (told.site == row)], default=np.inf)
            for row in range(sites)
        ]
        if np.isfinite(max(firsts)):
            last.append(max(firsts) - one)
    assert sorted(everywhere(told, sites)[1]) == pytest.approx(sorted(last))


def test_sendings_become_rates():
    rates = rates_of_sendings(
        np.array([0.0, 10.0, 20.0]),
        2,
        np.array([0, 0, 1, 1, 0]),
        np.array([0.0, 9.9, 10.0, 20.0, 20.1]),
        np.array([100, 200, 300, 50, 999]),
    )
    assert rates.tolist() == [[30.0, 0.0], [0.0, 35.0]]


def test_counters_become_rates_and_a_restart_does_not_take_back():
    time_s = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    counter = np.array([500, 1500, 1700, 100, 200])  # began anew between 20 and 30 s
    link = np.zeros(5, np.int64)
    edges = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    assert rates_of_counters(edges, 2, link, time_s, counter).tolist() == [
        [100.0, 20.0, 10.0, 10.0],
        [0.0, 0.0, 0.0, 0.0],
    ]
    halves = rates_of_counters(np.arange(0.0, 45.0, 5.0), 1, link, time_s, counter)
    assert halves[0].tolist() == [100.0, 100.0, 20.0, 20.0, 10.0, 10.0, 10.0, 10.0]

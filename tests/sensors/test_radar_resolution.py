"""What cannot be told apart becomes one plot: as a naive twin says, as often as geometry does."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jointsky.records.plots import PlotFlag
from jointsky.sensors import resolution_kernels as kernels
from jointsky.sensors import scan_kernels
from jointsky.sensors.observe import observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_parts import Interrogator
from sensors.radar_sky import BEGIN_S, KEY, PLACE, radar, sky

LEVEL = 1e-6


def apart(a, b):
    """Return the difference of two azimuths, without sign."""
    return abs(np.mod(a - b + math.pi, 2 * math.pi) - math.pi)


def naive_groups(rows, marks, power, width):
    """Return groups as sets of rows: connected components over all pairs."""
    groups = [{i} for i in range(len(rows)) if power[i] > 0]
    for i in range(len(rows)):
        for j in range(i):
            is_near = (
                power[i] > 0 and power[j] > 0
                and marks[i, scan_kernels.I_TURN] == marks[j, scan_kernels.I_TURN]
                and abs(rows[i, scan_kernels.F_RANGE] - rows[j, scan_kernels.F_RANGE]) < width[0]
                and apart(rows[i, scan_kernels.F_AZIMUTH],
                          rows[j, scan_kernels.F_AZIMUTH]) < width[1]
                and abs(rows[i, scan_kernels.F_ELEVATION]
                        - rows[j, scan_kernels.F_ELEVATION]) < width[2]
                and abs(rows[i, scan_kernels.F_TIME] - rows[j, scan_kernels.F_TIME]) < width[3]
            )  # fmt: skip
            if is_near:
                a = next(g for g in groups if i in g)
                b = next(g for g in groups if j in g)
                if a is not b:
                    a |= b
                    groups.remove(b)
    return groups


@settings(max_examples=60)
@given(st.integers(0, 2**31), st.integers(0, 40), st.booleans())
def test_groups_and_their_centres_agree_with_a_naive_twin(seed, count, stares):
    rng = np.random.default_rng(seed)
    rows = np.zeros((count, scan_kernels.FLOATS))
    marks = np.zeros((count, scan_kernels.INTS), np.int64)
    marks[:, scan_kernels.I_TURN] = np.sort(rng.integers(0, 3, count))
    rows[:, scan_kernels.F_RANGE] = rng.uniform(0, 1000, count)
    rows[:, scan_kernels.F_AZIMUTH] = np.mod(rng.normal(0, 0.05, count), 2 * math.pi)
    rows[:, scan_kernels.F_ELEVATION] = rng.uniform(0, 0.1, count)
    azimuth = rows[:, scan_kernels.F_AZIMUTH]
    rows[:, scan_kernels.F_TIME] = 1.0 if stares else azimuth
    order = np.lexsort((azimuth, marks[:, scan_kernels.I_TURN]))
    rows, marks = rows[order], marks[order]
    power = np.where(rng.uniform(size=count) < 0.8, rng.exponential(1, count), 0.0)
    width = (150.0, 0.02, 0.03, 3.0)
    leader = np.empty(count, np.int64)
    kernels.group(rows, marks, power, width, leader)
    out = np.empty((count, 5))
    kernels.centres(rows, power, leader, out)
    groups = naive_groups(rows, marks, power, width)
    found = {int(i) for i in np.flatnonzero(out[:, kernels.M_POWER])}
    strongest = {max(group, key=lambda i: power[i]) for group in groups}
    assert found == strongest
    for group in groups:
        members = sorted(group)
        first = max(members, key=lambda i: power[i])
        assert {int(leader[i]) for i in members} == {first}
        p = power[members]
        assert out[first, kernels.M_POWER] == pytest.approx(p.sum())
        for column, at in ((kernels.M_RANGE, scan_kernels.F_RANGE),
                           (kernels.M_ELEVATION, scan_kernels.F_ELEVATION),
                           (kernels.M_TIME, scan_kernels.F_TIME)):  # fmt: skip
            mean = np.average(rows[members, at], weights=p)
            assert out[first, column] == pytest.approx(mean, abs=1e-9)
        around = np.average(np.exp(1j * rows[members, scan_kernels.F_AZIMUTH]), weights=p)
        assert apart(np.angle(around), out[first, kernels.M_AZIMUTH]) < 1e-5  # chord for arc
    marked = np.empty(count, np.int64)
    kernels.overlapping(rows, marks, power, width, marked)
    for i in range(count):
        others = [
            j for j in range(count)
            if j != i and len(naive_groups(rows[[i, j]], marks[[i, j]], power[[i, j]], width)) == 1
            and power[i] > 0 and power[j] > 0
        ]  # fmt: skip
        assert marked[i] == bool(others)


def pairs(count, range_apart_m, azimuth_apart_rad, **given):
    """Return a sky of pairs that stand still, each apart by so much and far from others."""
    flights = []
    for k in range(count):
        at, out_m = 2 * math.pi * (k + 0.5) / count, 60e3 + 4e3 * (7 * k % 40)
        flights.append((at, out_m, 0.0, 0.0, 5_000.0))
        flights.append((at + azimuth_apart_rad[k], out_m + range_apart_m[k], 0.0, 0.0, 5_000.0))
    return sky(flights, **given)


def test_pairs_merge_as_often_as_their_distances_say():
    # uniform distances up to twice the resolution either way: a quarter of all pairs merge
    rng = np.random.default_rng(8)
    count = 3_000
    width_m, width_rad = 300.0, math.radians(0.05)
    surroundings = pairs(
        count, rng.uniform(-600, 600, count), rng.uniform(-2, 2, count) * width_rad
    )
    one = radar(
        half_seen_range_km=4_000.0, half_seen_swerling=0, range_resolution_m=width_m,
        azimuth_resolution_deg=0.05,
    )  # fmt: skip
    seen = observe(one, Placed(name="r"), PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 5.0, KEY)
    merged = 2 * count - len(seen.plots)
    z = (merged - count / 4) / math.sqrt(count * 0.25 * 0.75)
    assert abs(z) < stats.norm.isf(LEVEL / 2)


def test_a_merged_plot_lies_at_the_centre_of_power_and_is_the_strongers():
    count = 500
    surroundings = pairs(count, np.full(count, 100.0), np.full(count, 0.0))
    surroundings.vehicles.count[1::2] = 10  # the farther of each pair is ten times as strong
    one = radar(
        half_seen_range_km=4_000.0, half_seen_swerling=0, range_resolution_m=300.0,
        range_sigma_m=0.001, azimuth_sigma_deg=0.001,
    )  # fmt: skip
    seen = observe(one, Placed(name="r"), PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 5.0, KEY)
    assert len(seen.plots) == count
    assert np.all(seen.vehicle % 2 == 1)
    alone = observe(
        radar(half_seen_range_km=4_000.0, half_seen_swerling=0, range_resolution_m=1e-3,
              range_sigma_m=0.001, azimuth_sigma_deg=0.001),
        Placed(name="r"), PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 5.0, KEY,
    )  # fmt: skip
    far = {v: r for v, r in zip(alone.vehicle, alone.plots.range_m, strict=True) if v % 2}
    near = {v: r for v, r in zip(alone.vehicle, alone.plots.range_m, strict=True) if v % 2 == 0}
    off = [
        (far[v] - r) / (far[v] - near[v - 1])
        for v, r in zip(seen.vehicle, seen.plots.range_m, strict=True)
    ]
    # 1 part of 11, less as 0.1 % of range is 0.02 dB and the air's; 3 mm of errors over 100 m
    assert np.allclose(off, 1 / 11, atol=1e-3)


def test_two_that_differ_in_elevation_are_told_apart_by_a_3d_radar_only():
    flights = [(1.0, 50e3, 0.0, 0.0, 2_000.0), (1.0, 50e3, 0.0, 0.0, 9_000.0)]
    wide = {"half_seen_range_km": 4_000.0, "half_seen_swerling": 0, "range_resolution_m": 2e3,
            "azimuth_resolution_deg": 2.0}  # fmt: skip
    for flat, plots in ((None, 1), (0.3, 2)):
        one = radar(elevation_sigma_deg=flat, elevation_resolution_deg=3.0, **wide)
        seen = observe(one, Placed(name="r"), PLACE, 0, sky(flights), BEGIN_S, BEGIN_S + 5.0, KEY)
        assert len(seen.plots) == plots


@pytest.mark.parametrize(("mode", "loses"), [("A/C", True), ("S", False)])
def test_overlapping_answers_lose_their_codes_unless_they_are_called_one_by_one(mode, loses):
    rng = np.random.default_rng(9)
    count = 2_000
    # 20.3 us are 3,043 m: half of distances up to 6,086 m overlap
    surroundings = pairs(
        count, rng.uniform(200.0, 6_085.8, count), np.zeros(count), transponder=7,
        mode_s=np.arange(2 * count),
    )  # fmt: skip
    ssr = Interrogator(
        mode=mode, reply_probability=1.0, garbled_probability=0.6, range_resolution_m=100.0,
        beamwidth_deg=0.05, azimuth_resolution_deg=0.05, wrong_code_probability=0.0,
        false_plots_per_turn=0.0,
    )  # fmt: skip
    one = radar(half_seen_range_km=1.0, ssr=ssr)
    seen = observe(one, Placed(name="r"), PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 5.0, KEY)
    answers = seen.plots.rows(seen.plots.flags & PlotFlag.SECONDARY != 0)
    assert len(answers) >= 2 * count - 2
    lost = answers.mode_a < 0
    assert np.array_equal(lost, answers.flags & PlotFlag.MODE_A_UNSURE != 0)
    assert np.array_equal(lost, np.isnan(answers.pressure_altitude_m))
    if not loses:
        assert not lost.any()
        return
    reach = (20.3e-6 * 299_792_458.0 / 2 - 200.0) / (6_085.8 - 200.0)
    # both of a pair overlap together: variance of twice a pair's Bernoulli plus the draws
    p, q = reach, 0.6
    variance = count * (4 * q * q * p * (1 - p) + 2 * p * q * (1 - q))
    z = (lost.sum() - 2 * count * p * q) / math.sqrt(variance)
    assert abs(z) < stats.norm.isf(LEVEL / 2)

"""Kernels of the joint picture, against obvious twins."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.streams import stream
from jointsky.tracking import fusion, joint_fusing_kernels
from jointsky.tracking import joint_kernels as kernels
from jointsky.tracking import joint_taking_kernels as taking
from jointsky.tracking.joint_grouping import _pairs
from jointsky.tracking.joint_numbers import agreed
from jointsky.tracking.joint_settings import JointSettings

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=15, deadline=None)
GROUND, UP = np.array([0, 1, 3, 4]), np.array([2, 5])
LOWER = np.tril_indices(6)
SETTINGS = JointSettings()
PSDS = (SETTINGS.drift_psd, SETTINGS.manoeuvre_psd)
BRINGING = (*PSDS, SETTINGS.named_sigma_m, SETTINGS.named_sigma_mps)


def rows_of(rng, n, lat=0.9, lon=0.5, spread_m=3000.0):
    """Return told rows (n, 34), (n, 7) of tracks near a place, and their covariances."""
    floats = np.zeros((n, kernels.FLOATS))
    floats[:, kernels.TIME] = rng.uniform(90.0, 100.0, n)
    across = 6.38e6 * math.cos(lat)
    floats[:, kernels.LAT] = lat + rng.normal(0.0, spread_m, n) / 6.37e6
    turned = lon + rng.normal(0.0, spread_m, n) / across
    floats[:, kernels.LON] = (turned + math.pi) % (2.0 * math.pi) - math.pi
    floats[:, kernels.HEIGHT] = np.where(rng.uniform(size=n) < 0.3, np.nan, 5000.0)
    floats[:, kernels.VE : kernels.VU + 1] = rng.normal([150.0, 50.0, 0.0], 20.0, (n, 3))
    scale = rng.uniform(0.5, 1.5, (n, 1, 6)) * [60.0, 60.0, 40.0, 6.0, 6.0, 3.0]
    mix = np.eye(6) + 0.2 * rng.normal(size=(n, 6, 6))
    roots = np.swapaxes(scale, 1, 2) * mix
    covs = roots @ np.swapaxes(roots, 1, 2)
    floats[:, kernels.COV : kernels.COV + 21] = covs[:, *LOWER]
    floats[:, kernels.SHARE] = rng.uniform(0.0, 1.0, n)
    floats[:, kernels.MANOEUVRE] = rng.uniform(0.0, 1.0, n)
    ints = np.full((n, kernels.INTS), -1, np.int64)
    ints[:, kernels.KIND] = rng.choice([kernels.NAMED, kernels.OWN, kernels.REPORTED], n)
    ints[:, kernels.STATUS] = rng.integers(1, 4, n)
    ints[:, kernels.PLOTS] = rng.integers(0, 3, n)
    return floats, ints, covs


def brought(floats, ints, time_s=100.0, with_shares=True):
    out = np.full((len(floats), kernels.BROUGHT), np.nan)
    kinds = np.ascontiguousarray(ints[:, kernels.KIND])
    kernels.bring_each(floats, np.arange(len(floats)), kinds, time_s, with_shares, BRINGING, out)
    return out


def naive_motion(cov, dt, psd, n):
    """Return F cov F' + Q of n axes, places first."""
    f = np.eye(2 * n)
    f[:n, n:] = dt * np.eye(n)
    q = np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(n)) * psd
    return f @ cov @ f.T + q, q


@FEW
@given(SEEDS)
def test_bringing_to_one_time_agrees_with_its_naive_twin(seed):
    floats, ints, covs = rows_of(stream(seed, "bring"), 8)
    made = brought(floats, ints)
    places, whole = np.empty((8, 3)), np.empty((8, 6, 6))
    kernels.carry_each(floats, 100.0, *PSDS, places, whole)
    for i in range(8):
        dt = 100.0 - floats[i, kernels.TIME]
        psd = PSDS[0] + PSDS[1] * floats[i, kernels.MANOEUVRE]
        wanted, _ = naive_motion(covs[i], dt, psd, 3)
        np.testing.assert_allclose(whole[i], wanted, rtol=1e-9)
        up = 0.0 if math.isnan(floats[i, kernels.HEIGHT]) else floats[i, kernels.HEIGHT]
        here = (floats[i, kernels.LAT], floats[i, kernels.LON], up)
        step = floats[i, kernels.VE : kernels.VU + 1] * dt
        there = geodesy.ecef_to_geodetic(geodesy.enu_to_ecef(step[None], *here))
        assert abs(made[i, kernels.B_LAT] - there[0][0]) * 6.4e6 < 1.0  # m, of 2 km
        assert abs(made[i, kernels.B_LON] - there[1][0]) * 4.0e6 < 1.0
        np.testing.assert_allclose(places[i, :2], made[i, :2], rtol=1e-15)
        ground = covs[i][np.ix_(GROUND, GROUND)]
        if ints[i, kernels.KIND] == kernels.NAMED:
            psd = max(psd, kernels.NAMED_PSD)
            ground = np.diag([150.0**2, 150.0**2, 10.0**2, 10.0**2])
        ground, noise = naive_motion(ground, dt, psd, 2)
        packed = made[i, kernels.B_COV : kernels.B_COV + 10]
        np.testing.assert_allclose(packed, ground[np.tril_indices(4)], rtol=1e-9)
        share = floats[i, kernels.SHARE]
        most = np.trace(np.linalg.solve(ground, noise))
        assert made[i, kernels.B_SHARE] == pytest.approx(min(1.0, share + (1 - share) * most))
        if ints[i, kernels.KIND] != kernels.NAMED:  # safe: share times all is not below the common
            common = share * (ground - noise) + noise
            bound = np.linalg.eigvalsh(made[i, kernels.B_SHARE] * ground - common).min()
            assert bound > -1e-6 * np.trace(ground)


def naive_gain(a, b, ident_a, ident_b, means, forget):
    """Return what it is worth to take ``a`` for ``b`` in plain matrices, or None."""
    gain, wide = 0.0, 1.0
    if ident_a[0] >= 0 and ident_b[0] >= 0:
        if ident_a[0] != ident_b[0]:
            return None
        gain, wide = 20.0, 9.0
    if ident_a[1] >= 0 and ident_b[1] >= 0:
        gain += (3.0 if ident_a[1] % 512 else 0.0) if ident_a[1] == ident_b[1] else -4.0
    if ident_a[3] == ident_b[3]:
        gain, wide = gain + 10.0, max(wide, 4.0)
    middle = 0.5 * (a[0] + b[0])
    turn = (b[1] - a[1] + math.pi) % (2.0 * math.pi) - math.pi
    e2 = 0.00669437999014
    w = math.sqrt(1.0 - e2 * math.sin(middle) ** 2)
    gap = np.array(
        [
            turn * 6378137.0 / w * math.cos(middle),
            (b[0] - a[0]) * 6378137.0 * (1 - e2) / w**3,
            *(b[3:5] - a[3:5]),
        ]
    )
    s = np.zeros((4, 4))
    s[np.tril_indices(4)] = (a + b)[kernels.B_COV : kernels.B_COV + 10]
    s = s + np.tril(s, -1).T
    s += np.diag([50.0**2, 50.0**2, 9.0, 9.0])
    ground, size = gap @ np.linalg.solve(s, gap), np.linalg.slogdet(s)[1]
    height, up_gain = 0.0, 0.0
    if a[kernels.B_KNOWS_HEIGHT] and b[kernels.B_KNOWS_HEIGHT]:
        v = (a + b)[kernels.B_UP : kernels.B_UP + 3]
        s_up = np.array([[v[0] + 9 * 50.0**2, v[1]], [v[1], v[2] + 9.0]])
        gap_up = np.array([b[2] - a[2], b[5] - a[5]])
        height = gap_up @ np.linalg.solve(s_up, gap_up)
        up_gain = kernels.ELSEWHERE_UP - 0.5 * np.linalg.slogdet(s_up)[1]
    gates = (18.47, 13.82)
    gain += kernels.ELSEWHERE - 0.5 * size + up_gain
    if ident_a[4] >= 0 and ident_a[4] == ident_b[4]:
        ground = means[0] + forget * (ground - means[0])
        height = means[1] + forget * (height - means[1])
        gates, gain = (30.0, 30.0), gain + 6.0
    if ground > wide * gates[0] or height > wide * gates[1]:
        return None
    gain -= 0.5 * (ground + height) / wide
    return (gain, ground, height) if gain > 0.0 else None


@FEW
@given(SEEDS, st.sampled_from([(0.9, 0.5), (0.9, math.pi), (0.0, -math.pi), (1.565, 1.0)]))
def test_pairs_are_those_that_a_look_at_all_finds(seed, place):
    """Also across the meridian of 180 degrees, at the equator and 37 km from the pole."""
    rng = stream(seed, "pairs")
    floats, ints, _ = rows_of(rng, 30, *place, spread_m=rng.choice([300.0, 4000.0]))
    at = brought(floats, ints)
    idents = np.full((30, 7), -1)
    idents[:, 0] = rng.choice([-1, -1, 1, 2], 30)
    idents[:, 1] = rng.choice([-1, -1, 512, 513], 30)
    idents[:, 3] = rng.integers(0, 40, 30)
    idents[:, 4] = rng.choice([-1, 1, 2], 30)
    idents[:, 6] = kernels.REPORTED
    means = rng.uniform(0.0, 40.0, (30, 2))
    stand_ins = np.arange(0, 30, 2)
    members = np.arange(1, 30, 2)
    found = _pairs(members, stand_ins, at, idents, means, 0.3, SETTINGS)
    made = {(int(r), int(c)): v for r, c, *v in zip(*found, strict=True)}
    wanted = {}
    for r, i in enumerate(members.tolist()):
        for c, g in enumerate(stand_ins.tolist()):
            value = naive_gain(at[i], at[g], idents[i], idents[g], means[i], 0.3)
            if value is not None:
                wanted[r, c] = value
    assert sorted(made) == sorted(wanted)
    for pair, value in wanted.items():
        np.testing.assert_allclose(made[pair], value, rtol=1e-6, atol=1e-6)


@FEW
@given(SEEDS)
def test_numbers_agree_with_their_naive_twin(seed):
    rng = stream(seed, "numbers")
    n = int(rng.integers(1, 14))
    target = rng.integers(0, 6, n)
    target = np.unique(target, return_inverse=True)[1]
    number = rng.integers(10, 30, n) << 30
    name = np.where(rng.uniform(size=n) < 0.5, number, rng.integers(5, 30, n) << 30)
    claim = np.where(rng.uniform(size=n) < 0.5, -1, rng.integers(5, 30, n) << 30)
    foreign, site = rng.uniform(size=n) < 0.7, rng.integers(0, 4, n)
    made = agreed(target, number, name, claim, foreign, site)
    count = np.bincount(target)
    holders = {}
    for i in range(n):
        alone = count[target[i]] == 1
        rank = (number[i], (1 + foreign[i]) if alone else 0, i)
        for wanted in {number[i], name[i], claim[i]} - {-1}:
            holders[wanted] = min(holders.get(wanted, (rank, target[i])), (rank, target[i]))
    for group in range(len(count)):
        held = [w for w, (_, g) in holders.items() if g == group]
        shown = set(made[target == group].tolist())
        assert len(shown) == 1
        if held:
            assert shown == {min(held)}
    free = [g for g in range(len(count)) if all(h[1] != g for h in holders.values())]
    shown = [made[target == g][0] for g in range(len(count)) if g not in free]
    assert len(set(shown)) == len(shown)


def naive_key(floats, ints):
    return (
        floats[kernels.TIME],
        ints[kernels.STATUS] == 3,
        ints[kernels.PLOTS],
        -ints[kernels.CLAIM],
        *floats[[kernels.LAT, kernels.LON, kernels.VE, kernels.VN]],
    )


@FEW
@given(SEEDS)
def test_what_counts_of_many_tellings_does_not_depend_on_their_order(seed):
    rng = stream(seed, "tellings")
    n, members = 40, 6
    floats, ints, _ = rows_of(rng, n)
    floats[:, kernels.TIME] = rng.integers(90, 93, n)
    floats[:, kernels.CLAIMED] = floats[:, kernels.TIME]
    ints[:, kernels.CLAIM] = rng.integers(0, 3, n)
    rows = rng.integers(0, members, n)
    results = []
    for order in (np.arange(n), rng.permutation(n)):
        known = rows_of(stream(seed, "known"), members)[:2]
        known[0][:, kernels.TIME] = 89.0
        known[0][:, kernels.CLAIMED] = 80.0
        newest = (known[0].copy(), known[1].copy())
        newest[1][:, kernels.KIND] = kernels.UNTOLD
        told = (floats[order].copy(), ints[order].copy())
        best = np.full(members, -1)
        for kind in taking.ORDER:
            taking.hear(kind, rows[order], told, known, best, 4.0, 12.0)
        assert (best == -1).all()
        bits = np.zeros((members, 1), np.uint64)
        taking.note_newest(rows[order], told, np.ones((n, 1), np.uint64), newest, bits)
        results.append((*known, *newest))
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
    for r in range(members):
        reported = [i for i in range(n) if rows[i] == r and ints[i, 0] == kernels.REPORTED]
        if reported:
            last = max(reported, key=lambda i: naive_key(floats[i], ints[i]))
            np.testing.assert_array_equal(results[0][2][r, :28], floats[last, :28])
            np.testing.assert_array_equal(results[0][0][r, :28], floats[last, :28])
            assert results[0][1][r, kernels.KIND] == kernels.REPORTED


@FEW
@given(SEEDS, st.sampled_from(sorted(fusion.METHODS)))
def test_fused_targets_are_what_fusion_of_pairs_makes_of_them(seed, method):
    """Three members: two of one sensor, which are wholly dependent, and one of another."""
    rng = stream(seed, "targets")
    floats, ints, _ = rows_of(rng, 3, spread_m=100.0)
    ints[:, kernels.KIND] = kernels.REPORTED
    floats[:, kernels.HEIGHT] = [np.nan, 5000.0, 5100.0]
    at = brought(floats, ints)
    sensors = np.array([[1], [1], [4]], np.uint64)
    order = np.arange(3)
    out, cov = np.empty((1, 6)), np.empty((1, 6, 6))
    joint_fusing_kernels.fuse_targets(
        fusion.METHODS[method], 9, np.array([0, 3]), order, at, np.arange(3), sensors, out, cov
    )
    assert np.all(np.diff(at[order, kernels.B_SIZE]) >= 0.0)
    first = order[0]
    ways = {
        "split": fusion.split_covariance_intersection,
        "covariance-intersection": fusion.covariance_intersection,
        "inverse-covariance-intersection": fusion.inverse_covariance_intersection,
    }
    w = math.sqrt(1.0 - 0.00669437999014 * math.sin(at[first, 0]) ** 2)
    along, across = 6378137.0 * (1 - 0.00669437999014) / w**3, 6378137.0 / w
    state, mask, high = None, 0, None
    for row in order.tolist():
        b = at[row]
        east = (b[1] - at[first, 1]) * across * math.cos(0.5 * (b[0] + at[first, 0]))
        mean = [east, (b[0] - at[first, 0]) * along, b[3], b[4]]
        p = np.zeros((4, 4))
        p[np.tril_indices(4)] = b[kernels.B_COV : kernels.B_COV + 10]
        p = p + np.tril(p, -1).T
        common = bool(mask & int(sensors[row, 0]))
        made = fusion.Estimates.of(mean, p, 1.0 if common else b[kernels.B_SHARE])
        if state is not None and common:
            state = fusion.Estimates.of(state.mean, state.covariance, 1.0)
        state = made if state is None else ways[method](state, made)
        mask |= int(sensors[row, 0])
        if b[kernels.B_KNOWS_HEIGHT]:
            v = b[kernels.B_UP : kernels.B_UP + 3]
            up = fusion.Estimates.of([b[2], b[5]], [[v[0], v[1]], [v[1], v[2]]])
            high = up if high is None else fusion.covariance_intersection(high, up)
    np.testing.assert_allclose(cov[0][np.ix_(GROUND, GROUND)], state.covariance[0], rtol=1e-6)
    np.testing.assert_allclose(cov[0][np.ix_(UP, UP)], high.covariance[0], rtol=1e-9)
    np.testing.assert_allclose(out[0, 3:5], state.mean[0, 2:], atol=0.01)
    np.testing.assert_allclose(out[0, [2, 5]], high.mean[0], rtol=1e-9)
    assert abs((out[0, 0] - at[first, 0]) * along - state.mean[0, 1]) < 0.2
    east = (out[0, 1] - at[first, 1]) * across * math.cos(at[first, 0])
    assert abs(east - state.mean[0, 0]) < 0.2


def test_tracks_of_one_tracker_that_two_sites_told_are_taken_once():
    floats, ints, _ = rows_of(stream(1, "once"), 2, spread_m=50.0)
    ints[:, kernels.KIND] = kernels.REPORTED
    at = brought(floats, ints)
    out, cov = np.empty((1, 6)), np.empty((1, 6, 6))
    order = np.arange(2)
    joint_fusing_kernels.fuse_targets(
        fusion.METHODS["split"],
        9,
        np.array([0, 2]),
        order,
        at,
        np.array([7, 7]),
        np.array([[1], [2]], np.uint64),
        out,
        cov,
    )
    packed = cov[0][np.ix_(GROUND, GROUND)][np.tril_indices(4)]
    np.testing.assert_allclose(packed, at[order[0], kernels.B_COV : kernels.B_COV + 10])

"""Association against plain enumeration of all joint events, and what must hold for each method."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from jointsky.streams import stream
from jointsky.tracking.association import Association, associate, associate_pairs

SEEDS = st.integers(0, 2**32 - 1)
EACH_METHOD = pytest.mark.parametrize("method", list(Association))


def _events(gain):
    """Yield every joint event of a (plots, tracks) matrix as its list of pairs."""

    def go_on(plot, free, pairs):
        if plot == len(gain):
            yield pairs
            return
        yield from go_on(plot + 1, free, pairs)
        for track in free:
            if gain[plot, track] > -np.inf:
                yield from go_on(plot + 1, free - {track}, [*pairs, (plot, track)])

    yield from go_on(0, frozenset(range(gain.shape[1])), [])


def _enumerated(gain, is_sharp=False):
    """Marginals (plots, tracks) by the definition: normalised weights of all joint events."""
    events = [(sum(gain[p] for p in pairs), pairs) for pairs in _events(gain)]
    if is_sharp:
        best = {}
        for worth, pairs in events:
            key = (frozenset(p for p, _ in pairs), frozenset(t for _, t in pairs))
            best[key] = max(best.get(key, (-np.inf, [])), (worth, pairs))
        events = list(best.values())
    worths = np.array([worth for worth, _ in events])
    weights = np.exp(worths - worths.max())
    beta = np.zeros(gain.shape)
    for weight, (_, pairs) in zip(weights, events, strict=True):
        for pair in pairs:
            beta[pair] += weight
    return beta / weights.sum()


def _problem(seed, plots, tracks, density, spread=3.0):
    rng = stream(seed, "gain")
    gain = rng.normal(1.0, spread, (plots, tracks))
    gain[rng.random(gain.shape) > density] = -np.inf
    return gain


def _tree(seed, nodes):
    """Gains of a random tree of plots and tracks: each new node hangs on one of the other kind."""
    rng = stream(seed, "tree")
    kinds, pairs = [0, 1], [(0, 1)]
    for node in range(2, nodes):
        on = int(rng.integers(node))
        kinds.append(1 - kinds[on])
        pairs.append((on, node))
    number = [kinds[:node].count(kind) for node, kind in enumerate(kinds)]
    gain = np.full((kinds.count(0), kinds.count(1)), -np.inf)
    for a, b in pairs:
        plot, track = (a, b) if kinds[a] == 0 else (b, a)
        gain[number[plot], number[track]] = rng.normal(1.0, 5.0)
    return gain


SIDES = st.integers(1, 6)
DENSITIES = st.floats(0.1, 1.0)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIDES, st.integers(1, 5), DENSITIES, st.sampled_from([0.5, 3.0, 20.0, 300.0]))
def test_jpda_is_the_sum_over_all_joint_events(seed, plots, tracks, density, spread):
    gain = _problem(seed, plots, tracks, density, spread)
    assert associate(gain, Association.JPDA).beta == pytest.approx(_enumerated(gain), abs=1e-9)
    assert associate(gain.T).beta == pytest.approx(_enumerated(gain.T), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIDES, st.integers(1, 5), DENSITIES, st.sampled_from([0.5, 3.0, 20.0, 300.0]))
def test_sharp_is_the_sum_over_the_best_of_equal_sets(seed, plots, tracks, density, spread):
    gain = _problem(seed, plots, tracks, density, spread)
    wanted = _enumerated(gain, is_sharp=True)
    assert associate(gain, Association.SHARP).beta == pytest.approx(wanted, abs=1e-9)
    assert associate(gain.T, Association.SHARP).beta == pytest.approx(wanted.T, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 10), st.sampled_from([Association.BELIEF, Association.JPDA]))
def test_messages_are_exact_on_trees(seed, nodes, method):
    gain = _tree(seed, nodes)
    assert associate(gain, method).beta == pytest.approx(_enumerated(gain), abs=1e-9)


def test_messages_on_a_long_chain_say_what_its_ends_decide():
    """A row of plots and tracks in turn, whose pairs are near certain: one end shifts them all."""
    links = 60
    for weaker in (0, links - 1):
        gain = np.full(links, 30.0)
        gain[weaker] = 20.0
        plot, track = np.arange(1, links + 1) // 2, np.arange(links) // 2
        found = associate_pairs(31, 30, plot, track, gain, Association.BELIEF)
        # with 30 tracks for 31 plots, pair k is taken where the plot left alone lies on one side
        worths = [gain[: 2 * left : 2].sum() + gain[2 * left + 1 :: 2].sum() for left in range(31)]
        left_out = np.exp(np.array(worths) - max(worths))
        left_out /= left_out.sum()
        assert found.unexplained == pytest.approx(left_out, abs=1e-7)


def _passed_messages(gain, rounds=3000):
    """Marginals by the plain equations of Williams & Lau (2014), for a fixed number of rounds."""
    odds = np.exp(gain)
    to_track = np.ones(gain.shape)
    for _ in range(rounds):
        given = odds * to_track
        to_plot = odds / (1.0 + given.sum(axis=0) - given)
        to_track = 1.0 / (1.0 + to_plot.sum(axis=1, keepdims=True) - to_plot)
    return odds * to_track / (1.0 + (odds * to_track).sum(axis=0))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 8), st.integers(2, 8), DENSITIES)
def test_belief_is_where_messages_settle(seed, plots, tracks, density):
    gain = _problem(seed, plots, tracks, density, 2.0)
    found = associate(gain, Association.BELIEF).beta
    assert found == pytest.approx(_passed_messages(gain), abs=1e-3)


def test_belief_is_close_to_exact_on_full_four_by_four():
    problems = [_problem(seed, 4, 4, 1.0, 1.5) for seed in range(100)]
    errors = [associate(g, Association.BELIEF).beta - _enumerated(g) for g in problems]
    assert np.abs(errors).max() < 0.15
    assert np.sqrt(np.mean(np.square(errors))) < 0.03


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(1, 25), st.integers(1, 25), DENSITIES, st.booleans())
def test_assignment_gains_what_scipys_gains(seed, plots, tracks, density, has_ties):
    gain = _problem(seed, plots, tracks, density)
    if has_ties:
        gain = np.round(gain)
    found = associate(gain, Association.ASSIGNMENT)
    taken = found.beta == 1.0
    assert np.all(found.beta[~taken] == 0.0)
    assert np.all(gain[taken] > 0.0)
    best = np.maximum(gain, 0.0)
    wanted = best[linear_sum_assignment(-best)].sum()
    assert gain[taken].sum() == pytest.approx(wanted, abs=1e-9)


@EACH_METHOD
@settings(max_examples=40, deadline=None)
@given(
    SEEDS,
    st.integers(0, 30),
    st.integers(0, 30),
    st.floats(0.0, 0.5),
    st.sampled_from([1.0, 10.0, 200.0]),
)
def test_each_track_and_each_plot_sums_to_one(method, seed, plots, tracks, density, spread):
    gain = np.clip(_problem(seed, plots, tracks, density, spread), -700, 700)
    gain[_problem(seed, plots, tracks, density, spread) == -np.inf] = -np.inf
    beta, alone, unexplained = associate(gain, method)
    assert np.all((beta >= 0.0) & (beta <= 1.0) & (alone >= 0.0) & (alone <= 1.0).all())
    assert np.all((unexplained >= 0.0) & (unexplained <= 1.0))
    assert beta.sum(axis=0) + alone == pytest.approx(1.0, abs=1e-12)
    assert beta.sum(axis=1) + unexplained == pytest.approx(1.0, abs=1e-12)


@EACH_METHOD
@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 20), st.integers(1, 20), st.floats(0.0, 0.4))
def test_order_of_pairs_changes_nothing(method, seed, plots, tracks, density):
    gain = _problem(seed, plots, tracks, density)
    plot, track = np.nonzero(gain > -np.inf)
    order = stream(seed, "order").permutation(len(plot))
    args = plots, tracks
    first = associate_pairs(*args, plot, track, gain[plot, track], method)
    plot, track = plot[order], track[order]
    second = associate_pairs(*args, plot, track, gain[plot, track], method)
    assert np.array_equal(first.beta[order], second.beta)
    assert np.array_equal(first.alone, second.alone)
    assert np.array_equal(first.unexplained, second.unexplained)


@EACH_METHOD
@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 14), st.integers(1, 14), st.floats(0.0, 0.6))
def test_new_numbers_for_plots_and_tracks_change_nothing(method, seed, plots, tracks, density):
    gain = _problem(seed, plots, tracks, density)
    rng = stream(seed, "order")
    new = np.ix_(rng.permutation(plots), rng.permutation(tracks))
    found, moved = associate(gain, method), associate(gain[new], method)
    # belief propagation on loops ends within a given change, not at the same rounding
    assert moved.beta == pytest.approx(found.beta[new], abs=1e-4)


@EACH_METHOD
@settings(max_examples=30, deadline=None)
@given(SEEDS, SIDES, SIDES, SIDES, SIDES)
def test_clusters_that_do_not_touch_leave_each_other_alone(method, seed, p1, t1, p2, t2):
    one, two = _problem(seed, p1, t1, 0.7), _problem(seed + 1, p2, t2, 0.7)
    both = np.full((p1 + p2, t1 + t2), -np.inf)
    both[:p1, :t1] = one
    both[p1:, t1:] = two
    found = associate(both, method)
    assert np.array_equal(found.beta[:p1, :t1], associate(one, method).beta)
    assert np.array_equal(found.beta[p1:, t1:], associate(two, method).beta)
    assert np.array_equal(found.alone[t1:], associate(two, method).alone)


@EACH_METHOD
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 3), (12, 9), (60, 40)])
@pytest.mark.parametrize("gain", [-700.0, 700.0])
def test_extreme_gains_give_plain_answers(method, shape, gain):
    found = associate(np.full(shape, gain), method)
    taken = min(shape) if gain > 0 else 0
    assert np.isfinite(found.beta).all()
    # belief propagation creeps to this answer, by less in each of its bounded rounds
    loose = method in (Association.BELIEF, Association.JPDA) and min(shape) > 1
    assert found.beta.sum() == pytest.approx(taken, rel=0.02 if loose else 1e-9, abs=1e-9)


def test_one_pair_alone_has_its_odds():
    for gain in (-700.0, -1.0, 0.0, 2.0, 700.0):
        for method in (Association.JPDA, Association.BELIEF, Association.SHARP):
            found = associate([[gain]], method)
            assert found.alone[0] == found.unexplained[0]
            odds = np.log(found.beta[0, 0]) - np.log(found.alone[0])
            assert odds == pytest.approx(gain, abs=1e-9)


def test_close_tracks_stay_apart_only_when_sharp():
    """Two tracks, two plots, the straight pairing likelier: JPDA blends, JPDA* does not."""
    gain = np.array([[9.0, 8.5], [8.5, 9.0]])
    assert associate(gain, Association.JPDA).beta[0, 1] > 0.2
    assert associate(gain, Association.SHARP).beta[0, 1] < 0.001


def test_large_clusters_are_solved_in_bounded_time():
    gain = _problem(7, 100, 240, 0.3)
    exact_sides = _problem(8, 120, 8, 1.0)
    for method in Association:
        assert associate(gain, method).beta.sum() > 50.0
    belief = associate(exact_sides, Association.BELIEF).beta
    assert np.abs(belief - associate(exact_sides).beta).max() < 0.1


def test_same_events_whatever_the_clusters_size_in_jpda():
    """Wide clusters with few columns, against the closed form of their inclusion by hand."""
    gain = _problem(9, 60, 2, 1.0)
    odds = np.exp(gain)
    both = odds[:, 0].sum() * odds[:, 1].sum() - (odds[:, 0] * odds[:, 1]).sum()
    total = 1.0 + odds.sum() + both
    wanted = odds[:, 0] * (1.0 + odds[:, 1].sum() - odds[:, 1]) / total
    assert associate(gain).beta[:, 0] == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: associate([1.0, 2.0]), r"gain has shape \(2,\)"),
        (lambda: associate([[np.nan]]), "NaN"),
        (lambda: associate_pairs(2, 2, [0], [0, 1], [1.0]), r"shapes \(1,\), \(2,\)"),
        (lambda: associate_pairs(2, 2, [2], [0], [1.0]), "plot holds numbers outside 0 to 1"),
        (lambda: associate_pairs(2, 2, [0], [-1], [1.0]), "track holds numbers outside 0 to 1"),
        (lambda: associate_pairs(2, 2, [0, 0], [1, 1], [1.0, 2.0]), "twice"),
    ],
)
def test_wrong_input_is_named(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_kernels_exact_sums_agree_with_permanents():
    """All gains zero: the number of matchings of a full n by n table, sum of C(n,k)^2 k!."""
    for n, matchings in ((2, 7), (3, 34), (4, 209), (8, 1441729)):
        found = associate(np.zeros((n, n)))
        smaller = {2: 2, 3: 7, 4: 34, 8: 130922}[n]
        assert found.beta == pytest.approx(smaller / matchings, rel=1e-12)
    assert len(list(itertools.islice(_events(np.zeros((3, 3))), 100))) == 34

"""Commonality: scenes reckoned by hand, a naive twin, and targets told from pictures alone."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from jointsky.metrics.commonality import EVERYONE, commonality
from jointsky.metrics.holdings import Holdings, HoldOptions, held_of_truth, held_together
from jointsky.metrics.paths import text_codes
from jointsky.streams import stream
from metrics import scenes

OPTIONS = HoldOptions(sampling="shared", cutoff_m=100.0)
NOTHING = np.empty((0, 3))


def _picture(*targets, moments=20, shift_m=0.0, **columns):
    """Return a picture of (number, place) tracks that stand still for all moments."""
    rows = [
        (t, number, 1000.0 * place + shift_m) for t in range(moments) for number, place in targets
    ]
    told = {name: [value] * len(rows) for name, value in columns.items()}
    return scenes.points(rows, **told)


def _found(pictures, reference=None, nations="AB"):
    names = [f"site {k}" for k in range(len(pictures))]
    if reference is None:
        held = held_together(pictures, OPTIONS)
    else:
        held = held_of_truth(reference, pictures, OPTIONS)
    return commonality(held, names, list(nations[: len(pictures)]))


def test_equal_pictures_are_common():
    picture = _picture((7, 0), (8, 1), mode_s=5)
    for reference in (None, _picture((1, 0), (2, 1))):
        found = _found([picture, picture], reference)
        pair = found.between_sites[0]
        for name in ("held", "number", "identity", "common"):
            assert pair[name] == found.everyone[name] == 1.0
        assert pair["position_difference_max_m"] == 0.0
        assert pair["target_moments"] == 40


def test_what_one_site_holds_alone_is_not_common():
    a, b = _picture((7, 0), (8, 1)), _picture((8, 1), (9, 2))
    truth = _picture((1, 0), (2, 1), (3, 2), (4, 3))  # nobody holds the fourth
    pair = _found([a, b], truth).between_sites[0]
    assert pair["held"] == pair["common"] == pytest.approx(1 / 3)
    assert pair["held_of_view"] == pair["common_of_view"] == pytest.approx(1 / 4)
    assert pair["number"] == 1.0
    assert np.isnan(pair["identity"])
    assert _found([a, b]).between_sites[0]["held"] == pytest.approx(1 / 3)


def test_another_number_is_not_common():
    pair = _found([_picture((7, 0), (8, 1)), _picture((7, 0), (9, 1))]).between_sites[0]
    assert pair["held"] == 1.0
    assert pair["number"] == pair["common"] == 0.5


@pytest.mark.parametrize(
    ("a", "b", "identity", "conflict", "common"),
    [
        ({"mode_s": 5}, {"mode_s": 5}, 1.0, 0.0, 1.0),
        ({"mode_s": 5}, {"mode_s": 6}, 0.0, 1.0, 0.0),
        ({"mode_s": 5}, {}, 0.0, 0.0, 0.0),  # only one of them knows who it is
        ({"mode_s": 5, "call_sign": 9}, {"mode_s": 5}, 1.0, 0.0, 1.0),
        ({"mode_s": 5, "call_sign": 9}, {"mode_s": 5, "call_sign": 8}, 0.0, 1.0, 0.0),
        ({"mode_s": 5}, {"call_sign": 9}, 0.0, 0.0, 0.0),
    ],
)
def test_an_identity_must_be_told_by_both_and_be_the_same(a, b, identity, conflict, common):
    found = _found([_picture((7, 0), **a), _picture((7, 0), **b)])
    for figures in (found.between_sites[0], found.everyone):
        assert figures["identity"] == identity
        assert figures["identity_conflict"] == conflict
        assert figures["common"] == common


def test_the_difference_of_places_is_between_the_pictures_not_to_the_truth():
    a, b = _picture((7, 0), shift_m=30.0), _picture((7, 0), shift_m=-10.0)
    pair = _found([a, b], _picture((1, 0))).between_sites[0]
    for name in ("rms", "p50", "p95", "max"):
        assert pair[f"position_difference_{name}_m"] == pytest.approx(40.0)


def test_nations_add_up_their_sites_and_everyone_means_every_site():
    a, b, c = _picture((7, 0), (8, 1)), _picture((7, 0), (9, 1)), _picture((7, 0))
    found = _found([a, b, c], _picture((1, 0), (2, 1)), nations="AAB")
    within, across = found.between_nations
    assert (within["a"], within["b"], within["pairs"]) == ("A", "A", 1)
    assert (across["a"], across["b"], across["pairs"]) == ("A", "B", 2)
    assert within["number"] == 0.5
    assert across["held"] == 0.5
    assert across["number"] == 1.0
    assert across["held_of_view"] == 0.5
    assert found.everyone["held"] == 0.5
    assert found.everyone["number"] == 1.0
    assert found.everyone["sites_per_target"] == 2.5
    assert found.everyone["held_by_two"] == 1.0
    assert found.everyone["one_number_of_two"] == 0.5


def test_counts_over_time_add_up_to_the_whole():
    a = scenes.points([(t, 7, 0.0) for t in range(20)])
    b = scenes.points([(t, 7 if t >= 10 else 8, 0.0) for t in range(5, 20)])
    held = held_of_truth(_picture((1, 0)), [a, b], OPTIONS)
    found = commonality(held, ["x", "y"], ["A", "B"], bin_s=5.0)
    mine = found.over_time["between"] == "A-B"
    assert found.over_time["time_s"][mine].tolist() == [0.0, 5.0, 10.0, 15.0]
    assert found.over_time["both"][mine].tolist() == [0, 5, 5, 5]
    assert found.over_time["number"][mine].tolist() == [0, 0, 5, 5]
    everyone = found.over_time["between"] == EVERYONE
    assert found.over_time["number"][everyone].tolist() == [0, 0, 5, 5]
    held_by = {
        name: found.held_over_time["held"][found.held_over_time["of"] == name].tolist()
        for name in ("site x", "site y", "nation A")
    }
    assert held_by == {"site x": [5] * 4, "site y": [0, 5, 5, 5], "nation A": [5] * 4}
    assert found.held_over_time["view"].tolist() == [5] * 16


def test_pictures_that_speak_at_other_times_meet_on_a_grid():
    """A target at 200 m/s told every 4 s by one site, every 5 s by the other: both carry it on."""

    def told(times, number):
        place = np.stack([200.0 * times, 0.0 * times, 0.0 * times], axis=1)
        speed = np.tile([200.0, 0.0, 0.0], (len(times), 1))
        return scenes.make_paths(times, np.full(len(times), number), place, speed)

    pictures = [told(np.arange(0.0, 100, 4), 7), told(np.arange(1.0, 100, 5), 7)]
    held = held_together(pictures, HoldOptions(cutoff_m=100.0))
    pair = commonality(held, ["x", "y"], ["A", "B"]).between_sites[0]
    assert pair["common"] == pytest.approx(96 / 97)  # 0 s is before the other's first word
    assert pair["position_difference_max_m"] == pytest.approx(0.0, abs=1e-9)


def test_no_target_is_lost_where_assignment_leaves_one_alone():
    """Three tracks of one site and two of the other in a row are three targets."""
    a = scenes.points([(t, n, 60.0 * n) for t in range(5) for n in (0, 1, 2)])
    b = scenes.points([(t, n, 60.0 * n + 25.0) for t in range(5) for n in (0, 1)])
    pair = _found([a, b]).between_sites[0]
    assert pair["target_moments"] == 15
    assert pair["held"] == pytest.approx(2 / 3)
    assert pair["number"] == 1.0


def test_empty_pictures_have_nothing_in_common():
    empty = scenes.make_paths([], [], NOTHING)
    picture = _picture((7, 0))
    pair = _found([picture, empty], _picture((1, 0))).between_sites[0]
    assert pair["held"] == 0.0
    assert np.isnan(pair["number"])
    assert _found([picture, empty]).between_sites[0]["held"] == 0.0
    assert np.isnan(_found([empty, empty]).between_sites[0]["held"])


def test_a_target_held_twice_by_one_site_is_refused():
    two = np.zeros(2, np.int64)
    held = Holdings(np.zeros(1), two, two, two, two, np.zeros((2, 3)), two, two, sites=2)
    with pytest.raises(ValueError, match="twice"):
        commonality(held, ["x", "y"], ["A", "B"])


def test_equal_texts_have_equal_codes():
    codes = text_codes(["LOT123", "", " LOT123 ", "LOT12", "ABCDEFGH", "ABCDEFGHI"])
    assert codes[0] == codes[2] >= 0
    assert codes[1] == -1
    assert codes[4] == codes[5]
    assert len(set(codes.tolist())) == 4
    assert text_codes([]).shape == (0,)


def _random_holdings(seed, sites=4, moments=6, targets=5):
    rng = stream(seed, "holdings")
    rows = [
        (k, s, t, int(rng.integers(0, 3)), int(rng.integers(-1, 2)), int(rng.integers(-1, 2)))
        for k, s, t in itertools.product(range(moments), range(sites), range(targets))
        if rng.random() < 0.6
    ]
    k, s, t, number, mode_s, call = np.array(rows, np.int64).reshape(-1, 6).T
    place = rng.normal(0.0, 50.0, (len(rows), 3))
    view = np.full(moments, targets)
    times = np.arange(moments, dtype=float)
    return Holdings(times, k, s, t, number, place, mode_s, call, sites=sites, view=view)


def _naive(held, members):
    """Return the counts of commonality of two or more sites, cell by cell."""
    cells = {}
    for row in range(len(held)):
        key = (held.moment[row], held.target[row])
        cells.setdefault(key, {})[int(held.site[row])] = row
    n = dict.fromkeys(("either", "both", "number", "told", "identity", "conflict", "common"), 0)
    for by_site in cells.values():
        rows = [by_site[s] for s in members if s in by_site]
        n["either"] += len(rows) > 0
        if len(rows) < len(members):
            continue
        n["both"] += 1
        number = len({held.number[r] for r in rows}) == 1
        said = [[code[r] for r in rows] for code in (held.mode_s, held.call_sign)]
        told = any(value >= 0 for values in said for value in values)
        differ = any(len({v for v in values if v >= 0}) > 1 for values in said)
        agree = any(min(values) >= 0 and len(set(values)) == 1 for values in said)
        same = agree and not differ
        n["number"] += number
        n["told"] += told
        n["identity"] += same
        n["conflict"] += differ
        n["common"] += number and (same or not told)
    return n


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_counts_agree_with_their_naive_twin(seed):
    held = _random_holdings(seed)
    nations = ["A", "A", "B", "B"]
    found = commonality(held, list("wxyz"), nations, bin_s=2.0)
    pairs = {}
    for (a, b), row in zip(itertools.combinations(range(4), 2), found.between_sites, strict=True):
        n = _naive(held, (a, b))
        assert row["target_moments"] == n["either"]
        for name, (part, whole) in {
            "held": ("both", "either"),
            "number": ("number", "both"),
            "identity": ("identity", "told"),
            "identity_conflict": ("conflict", "told"),
            "common": ("common", "either"),
        }.items():
            wanted = n[part] / n[whole] if n[whole] else np.nan
            assert row[name] == pytest.approx(wanted, nan_ok=True)
        pairs.setdefault(f"{nations[a]}-{nations[b]}", []).append(n)
    pairs[EVERYONE] = [_naive(held, range(4))]
    for name, counts in pairs.items():
        mine = found.over_time["between"] == name
        for figure in counts[0]:
            assert found.over_time[figure][mine].sum() == sum(n[figure] for n in counts)


def _naive_groups(pictures, cutoff):
    """Return (target, number) of each site at one moment, by scipy's assignment."""
    groups, out = [], []
    for points in pictures:
        value = np.zeros((len(groups), len(points)))
        for g, members in enumerate(groups):
            middle = np.mean(members, axis=0)
            d = np.array([np.linalg.norm(p - middle) for _, p in points])
            value[g] = np.where(d < cutoff, cutoff**2 - d**2, 0.0)
        mine = {}
        for g, j in zip(*linear_sum_assignment(-value), strict=True):
            if value[g, j] > 0.0:
                mine[int(j)] = int(g)
        for j, (number, place) in enumerate(points):
            if j not in mine:
                mine[j] = len(groups)
                groups.append([])
            groups[mine[j]].append(place)
            out.append((mine[j], number))
    return len(groups), {frozenset(n for g, n in out if g == k) for k in range(len(groups))}


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_targets_told_from_pictures_agree_with_their_naive_twin(seed):
    rng = stream(seed, "pictures")
    pictures = []
    for site in range(3):
        n = int(rng.integers(1, 7))
        pictures.append([(10 * site + k, rng.uniform(0, 300.0, 3)) for k in range(n)])
    paths = [scenes.points([(0.0, number, *p) for number, p in one]) for one in pictures]
    held = held_together(paths, OPTIONS)
    wanted, members = _naive_groups(pictures, OPTIONS.cutoff_m)
    found = {}
    for target, number in zip(held.target.tolist(), held.number.tolist(), strict=True):
        found.setdefault(target, set()).add(number)
    assert len(found) == wanted
    assert {frozenset(numbers) for numbers in found.values()} == members

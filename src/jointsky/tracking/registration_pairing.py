"""Which tracks of different sensors are the same target: only where nothing else could be."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.tracking.registration_states import Integers, States

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
GATE = 23.5  # chi-squared with 6 degrees of freedom: 99.94 %
MARGIN = 12.0  # a second choice must be less likely by exp(-MARGIN / 2)
SAME_ADDRESS = 30.0  # by so much an identity in common is worth more than nearness
VELOCITY_SIGMA_MPS = 10.0  # beside that of the tracks: turns, and axes that are turned
FARTHEST_SIGMAS = 5.0
FASTEST_APART_MPS = 60.0  # tracks that differ by more in velocity are not compared
CELL_M = 50e3
MANY = 64  # tracks of one sensor; more are thinned out by where they are


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Rows of States that are one target, best first."""

    first: Integers
    second: Integers
    distance2: Floats


def pairs(states: States, cov: Floats, radars: dict[int, int]) -> Pairs:
    """Return pairs of tracks of different sensors that are near and that nothing contests.

    ``cov`` (G, G) is that of all errors; ``radars`` tells the first of a sensor's four columns.
    """
    sensors = sorted(set(states.sensor.tolist()))
    kept = _thinned(states)
    rows_of = {row: np.flatnonzero(kept & (states.sensor == row)) for row in sensors}
    reach = _reach(states, cov, radars)
    found = [
        _between(states, rows_of[a], rows_of[b], _block(cov, radars.get(a), radars.get(b)), reach)
        for k, a in enumerate(sensors)
        for b in sensors[k + 1 :]
    ]
    if not found:
        none = np.empty(0, np.int64)
        return Pairs(none, none, np.empty(0))
    first, second, distance2 = (np.concatenate(c) for c in zip(*found, strict=True))
    order = np.lexsort((second, first, distance2))
    return Pairs(first[order], second[order], distance2[order])


def _thinned(states: States) -> Bools:
    """Return which rows are looked at: of a crowded sky those in some cells, the same for all.

    Which cells is settled by where they are; as the sky fills up, every second is left out.
    """
    most = np.bincount(states.sensor + 1).max(initial=0)
    halvings = max(int(np.ceil(np.log2(max(most, 1) / MANY))), 0)
    cell = np.floor(states.place_m / CELL_M).astype(np.int64)
    mixed = (cell * [73_856_093, 19_349_663, 83_492_791]).sum(axis=1)
    mixed = (mixed ^ (mixed >> 13)) * 1_274_126_177  # as random as is needed to tell cells apart
    return np.asarray(((mixed >> 16) & ((1 << halvings) - 1)) == 0)


def _reach(states: States, cov: Floats, radars: dict[int, int]) -> Floats:
    """Return how far level from each row (N,) its partners may be, at most."""
    own = np.zeros((len(states.sensor), 4, 4))
    for row, at in radars.items():
        own[states.sensor == row] = cov[at : at + 4, at : at + 4]
    spread = states.moves @ own @ np.moveaxis(states.moves, 1, 2) + states.cov[:, :3, :3]
    return np.asarray(FARTHEST_SIGMAS * np.sqrt(np.trace(spread, axis1=1, axis2=2)))


def _block(cov: Floats, a: int | None, b: int | None) -> Floats:
    """Return the covariance (8, 8) of the errors of two sensors; nought for senders."""
    at = [[-1] * 4 if k is None else [*range(k, k + 4)] for k in (a, b)]
    columns = np.array(at[0] + at[1])
    known = columns >= 0
    return np.where(np.outer(known, known), cov[np.ix_(columns, columns)], 0.0)


def _between(
    states: States, a: Integers, b: Integers, errors: Floats, reach: Floats
) -> tuple[Integers, Integers, Floats]:
    apart = np.zeros((len(a), len(b)))
    for k in range(3):
        apart += np.subtract.outer(states.place_m[a, k], states.place_m[b, k]) ** 2
    near = apart < np.add.outer(reach[a], reach[b]) ** 2
    slow = np.zeros_like(apart)
    for k in range(3):
        slow += np.subtract.outer(states.velocity_mps[a, k], states.velocity_mps[b, k]) ** 2
    near &= slow < FASTEST_APART_MPS**2
    near &= _may_be_same(states.mode_s[a], states.mode_s[b])
    near &= _may_be_same(states.mode_a[a], states.mode_a[b])
    i, j = np.nonzero(near)
    if len(i) == 0:
        return a[i], b[j], np.empty(0)
    distance2 = _distance2(states, a[i], b[j], errors)
    same = (states.mode_s[a[i]] >= 0) & (states.mode_s[a[i]] == states.mode_s[b[j]])
    score = distance2 - SAME_ADDRESS * same
    inside = distance2 < GATE
    i, j, score, distance2 = i[inside], j[inside], score[inside], distance2[inside]
    sure = _uncontested(i, score, len(a)) & _uncontested(j, score, len(b))
    return a[i[sure]], b[j[sure]], distance2[sure]


def _may_be_same(a: Integers, b: Integers) -> Bools:
    return np.asarray((a[:, None] == b) | (a[:, None] < 0) | (b < 0))


def _distance2(states: States, i: Integers, j: Integers, errors: Floats) -> Floats:
    """Return squared Mahalanobis distances of pairs in place and velocity, errors included."""
    gap = np.hstack(
        [states.place_m[i] - states.place_m[j], states.velocity_mps[i] - states.velocity_mps[j]]
    )
    spread = states.cov[i] + states.cov[j]
    moves = np.concatenate([states.moves[i], -states.moves[j]], axis=2)
    spread[:, :3, :3] += moves @ errors @ np.moveaxis(moves, 1, 2)
    for k in range(3, 6):
        spread[:, k, k] += VELOCITY_SIGMA_MPS**2
    solved = np.linalg.solve(spread, gap[:, :, None])[:, :, 0]
    return np.asarray(np.einsum("ni,ni->n", gap, solved))


def _uncontested(group: Integers, score: Floats, groups: int) -> Bools:
    """Return which entries are their group's best by more than MARGIN."""
    best = np.full(groups, np.inf)
    np.minimum.at(best, group, score)
    is_best = score == best[group]
    second = np.full(groups, np.inf)
    np.minimum.at(second, group[~is_best], score[~is_best])
    ties = np.bincount(group[is_best], minlength=groups)
    return np.asarray(is_best & (ties[group] == 1) & (second[group] > best[group] + MARGIN))

"""T-GOSPA: how far two sets of whole trajectories are apart, track switches included.

García-Fernández, Rahmathullah, Svensson: A Metric on the Space of Finite Sets of Trajectories for
Evaluation of Multi-Target Tracking Algorithms, IEEE TSP 68, 2020 (the LP metric, eq. 23): GOSPA
with alpha = 2 at every moment, where the assignment W may change over time and each unit of
change of one pair costs gamma^p / 2, so that a target that goes over from one track to another
costs gamma^p.  In terms of what a pair gains against both alone, g = c^p - d^p:

    T-GOSPA^p = c^p / 2 (target samples + track samples) - max over W of
                (sum g W - gamma^p / 2 sum |W_k+1 - W_k|)

Only pairs that ever come closer than c matter, and clusters of paths that share none are solved
alone.  Each cluster is tried in this order:

1. Every target's best history by itself (Viterbi over its tracks), or every track's over its
   targets.  Where no two want the same partner at once this is the optimum: exact.
2. The linear program, by HiGHS: exact.  Up to ``lp_size`` pairs times moments.
3. Lagrangian relaxation: a feasible solution and a bound, so the value is known to lie between.

``exact`` says whether 3 was never needed (or closed its gap).
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from jointsky.metrics import tgospa_kernels as kernels
from jointsky.metrics.pairs import Pairs
from jointsky.metrics.paths import Floats, Integers
from jointsky.metrics.sampling import Moments

LP_SIZE = 60_000
_STEPS = 400_000_000  # label steps that one cluster's relaxation may take


@dataclasses.dataclass(frozen=True)
class TGospa:
    """The metric, its parts (metres to the power p) and how sure it is.

    ``per_moment_m`` is (T-GOSPA^p / moments)^(1/p), to be read beside GOSPA.  ``value_m`` is
    reached by a feasible assignment; the metric is not below ``lower_m``.
    """

    value_m: float
    lower_m: float
    per_moment_m: float
    exact: bool
    localisation: float
    missed: float
    false: float
    switching: float
    switches: float
    clusters: int
    clusters_by_program: int
    clusters_bounded: int
    switch_penalty_m: float


class Sides(NamedTuple):
    """A cluster as its kernels take it; ``tgospa_kernels`` says what each part is."""

    moments: int
    resources: int
    agent_start: Integers
    resource: Integers
    entry_start: Integers
    entry_moment: Integers
    entry_gain: Floats
    half: float


@dataclasses.dataclass(frozen=True)
class _Cluster:
    """Edges (target, track) sorted by target, with entries; all numbers local from 0."""

    left: Integers
    right: Integers
    entry_edge: Integers
    entry_moment: Integers
    entry_gain: Floats
    moments: int

    def flipped(self) -> tuple[_Cluster, Integers]:
        """Return the same with tracks as agents, and the old number of each new edge."""
        order = np.lexsort((self.left, self.right))
        new_of = np.empty(len(order), np.int64)
        new_of[order] = np.arange(len(order))
        edge = new_of[self.entry_edge]
        rows = np.lexsort((self.entry_moment, edge))
        turned = _Cluster(
            self.right[order],
            self.left[order],
            edge[rows],
            self.entry_moment[rows],
            self.entry_gain[rows],
            self.moments,
        )
        return turned, order

    def sides(self, half: float) -> Sides:
        """Return the cluster with the left as agents and the right as resources."""
        agents = int(self.left.max()) + 1
        entry_start = np.searchsorted(self.entry_edge, np.arange(len(self.left) + 1))
        return Sides(
            moments=self.moments,
            resources=int(self.right.max()) + 1,
            agent_start=np.searchsorted(self.left, np.arange(agents + 1)).astype(np.int64),
            resource=self.right,
            entry_start=entry_start.astype(np.int64),
            entry_moment=self.entry_moment,
            entry_gain=self.entry_gain,
            half=half,
        )

    def labels(self) -> Integers:
        """Return room for each agent's edge at each moment, (agents, moments)."""
        return np.empty((int(self.left.max()) + 1, self.moments), np.int64)


@dataclasses.dataclass(frozen=True)
class _Solution:
    held: Floats  # share of each entry that is assigned
    changes: float  # sum of |W_k+1 - W_k| over the cluster
    bound: float  # no assignment is worth more than this
    way: str


def tgospa(
    moments: Moments,
    pairs: Pairs,
    order: float = 2.0,
    switch_penalty_m: float | None = None,
    lp_size: int = LP_SIZE,
) -> TGospa:
    """Return T-GOSPA of the sampled paths; ``switch_penalty_m`` (gamma) is the cutoff if None."""
    cutoff = pairs.cutoff_m
    gamma = cutoff if switch_penalty_m is None else float(switch_penalty_m)
    half = gamma**order / 2.0
    a, b = moments.reference, moments.tracks
    distance_p = pairs.distance_m**order
    gain = cutoff**order - distance_p
    solved = [
        (rows, _solve(cluster, half, lp_size))
        for rows, cluster in _clusters(
            a.path[pairs.reference], b.path[pairs.track], a.moment[pairs.reference], gain
        )
    ]
    assigned = localisation = changes = slack = 0.0
    for rows, solution in solved:
        assigned += float(solution.held.sum())
        localisation += float((solution.held * distance_p[rows]).sum())
        changes += solution.changes
        worth = float((solution.held * gain[rows]).sum()) - half * solution.changes
        slack += max(solution.bound - worth, 0.0)
    unit = cutoff**order / 2.0
    missed, false = unit * (len(a) - assigned), unit * (len(b) - assigned)
    total = localisation + missed + false + half * changes
    ways = [solution.way for _, solution in solved]
    inhabited = int(np.count_nonzero(np.diff(a.start) + np.diff(b.start)))
    return TGospa(
        value_m=max(total, 0.0) ** (1.0 / order),
        lower_m=max(total - slack, 0.0) ** (1.0 / order),
        per_moment_m=(max(total, 0.0) / max(inhabited, 1)) ** (1.0 / order),
        exact=slack <= 1e-9 * max(total, 1e-300),
        localisation=localisation,
        missed=missed,
        false=false,
        switching=half * changes,
        switches=changes / 2.0,
        clusters=len(ways),
        clusters_by_program=ways.count("program"),
        clusters_bounded=ways.count("bounded"),
        switch_penalty_m=gamma,
    )


def _clusters(
    left: Integers, right: Integers, moment: Integers, gain: Floats
) -> list[tuple[Integers, _Cluster]]:
    """Split entries into clusters that share no path; also which entries each one got."""
    if not len(left):
        return []
    n_left, n_right = int(left.max()) + 1, int(right.max()) + 1
    edge_key, edge = np.unique(left * n_right + right, return_inverse=True)
    edge_left, edge_right = edge_key // n_right, edge_key % n_right
    root_of = np.empty(n_left + n_right, np.int64)
    kernels.path_clusters(n_left, n_right, edge_left, edge_right, root_of)
    rows = np.lexsort((moment, edge, root_of[left]))
    roots = root_of[left[rows]]
    bounds = np.append(np.flatnonzero(np.diff(roots, prepend=-1)), len(rows))
    made = []
    for first, end in itertools.pairwise(bounds):
        mine = rows[first:end]
        edges, local_edge = np.unique(edge[mine], return_inverse=True)
        _, local_left = np.unique(edge_left[edges], return_inverse=True)
        _, local_right = np.unique(edge_right[edges], return_inverse=True)
        times, local_moment = np.unique(moment[mine], return_inverse=True)
        cluster = _Cluster(
            local_left.astype(np.int64),
            local_right.astype(np.int64),
            local_edge.astype(np.int64),
            local_moment.astype(np.int64),
            gain[mine],
            len(times),
        )
        made.append((mine, cluster))
    return made


def _solve(cluster: _Cluster, half: float, lp_size: int) -> _Solution:
    if len(cluster.left) == 1:  # one pair alone: assigned throughout
        return _Solution(np.ones(len(cluster.entry_gain)), 0.0, cluster.entry_gain.sum(), "alone")
    flipped, old_edge = cluster.flipped()
    for side, number_of in ((cluster, np.arange(len(old_edge))), (flipped, old_edge)):
        label = side.labels()
        worth, is_free = kernels.without_competition(side.sides(half), label)
        if is_free:
            return _from_labels(cluster, side, label, number_of, worth, "alone")
    if len(cluster.left) * cluster.moments <= lp_size:
        return _by_program(cluster, half)
    return _by_prices(cluster, half)


def _from_labels(
    cluster: _Cluster, side: _Cluster, label: Integers, number_of: Integers, bound: float, way: str
) -> _Solution:
    """Return a solution given as one edge of ``side`` for each agent and moment."""
    weight = np.zeros((len(side.left), side.moments))
    agent, moment = np.nonzero(label >= 0)
    weight[label[agent, moment], moment] = 1.0
    changes = float(np.abs(np.diff(weight, axis=1)).sum())
    in_order = np.empty_like(weight)
    in_order[number_of] = weight
    return _Solution(in_order[cluster.entry_edge, cluster.entry_moment], changes, bound, way)


def _by_prices(cluster: _Cluster, half: float) -> _Solution:
    label = cluster.labels()
    rounds = int(np.clip(_STEPS // (2 * len(cluster.left) * cluster.moments), 5, 200))
    worth, bound = kernels.with_prices(cluster.sides(half), rounds, label)
    way = "bounded" if bound - worth > 1e-9 * max(abs(worth), 1.0) else "alone"
    return _from_labels(cluster, cluster, label, np.arange(len(cluster.left)), bound, way)


def _by_program(cluster: _Cluster, half: float) -> _Solution:
    """Solve the linear program: W (edges, K) in [0, 1] and its changes S (edges, K - 1) >= 0."""
    edges, n = len(cluster.left), cluster.moments
    at = np.arange(edges * n).reshape(edges, n)
    n_w, n_s = edges * n, edges * (n - 1)
    cost = np.zeros(n_w + n_s)
    cost[at[cluster.entry_edge, cluster.entry_moment]] = -cluster.entry_gain
    cost[n_w:] = half
    now, then = at[:, :-1].ravel(), at[:, 1:].ravel()
    change, up = np.arange(n_w, n_w + n_s), np.arange(n_s)
    down = up + n_s
    targets, tracks = int(cluster.left.max()) + 1, int(cluster.right.max()) + 1
    k = np.tile(np.arange(n), edges)
    of_target = 2 * n_s + np.repeat(cluster.left, n) * n + k
    of_track = 2 * n_s + targets * n + np.repeat(cluster.right, n) * n + k
    terms = [
        *((up, then, 1.0), (up, now, -1.0), (up, change, -1.0)),
        *((down, then, -1.0), (down, now, 1.0), (down, change, -1.0)),
        *((of_target, at.ravel(), 1.0), (of_track, at.ravel(), 1.0)),
    ]
    rows = np.concatenate([row for row, _, _ in terms])
    columns = np.concatenate([column for _, column, _ in terms])
    values = np.concatenate([np.full(len(row), value) for row, _, value in terms])
    height = 2 * n_s + (targets + tracks) * n
    limit = np.zeros(height)
    limit[2 * n_s :] = 1.0
    matrix = csr_matrix((values, (rows, columns)), shape=(height, n_w + n_s))
    found = linprog(cost, A_ub=matrix, b_ub=limit, bounds=(0, None), method="highs")
    if found.x is None:
        return _by_prices(cluster, half)
    weight = np.clip(found.x[:n_w], 0.0, 1.0).reshape(edges, n)
    changes = float(np.abs(np.diff(weight, axis=1)).sum())
    held = weight[cluster.entry_edge, cluster.entry_moment]
    worth = float((held * cluster.entry_gain).sum()) - half * changes
    return _Solution(held, changes, worth, "program")

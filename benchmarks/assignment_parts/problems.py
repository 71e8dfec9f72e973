"""Problems of assignment: the public instances, and random ones with limits of all kinds."""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np

from jointsky.decide.assignment import Problem, assign_fast
from jointsky.streams import stream

# Andersen, Pavlikov and Toffolo 2022, by CPLEX in 7,200 s: lower and upper bound
BEST_KNOWN = {1: (1734.302, 1734.302), 2: (123.833, 123.838), 3: (20.588, 20.590)}


def load(path: pathlib.Path) -> Problem:
    """Return the instance of a file: W, T and salvos of each weapon; T values; rows ``w t p``."""
    words = path.read_text(encoding="ascii").split()
    weapons, threats, shots = (int(word) for word in words[:3])
    rows = np.array(words[3 + threats :], np.float64).reshape(-1, 3)
    chance = np.zeros((weapons, threats))
    chance[rows[:, 0].astype(int), rows[:, 1].astype(int)] = rows[:, 2]
    value = np.array(words[3 : 3 + threats], np.float64)
    return Problem(value, chance, np.full(weapons, shots))


def random_problem(weapons: int, threats: int, seed: int) -> Problem:
    """Return batteries that reach six of ten threats, with four salvos and two channels each."""
    rng = stream(seed, "assignment", str(weapons), str(threats))
    return Problem(
        value=rng.integers(1, 100, threats).astype(float),
        chance=rng.uniform(0.3, 0.9, (weapons, threats)),
        shots=np.full(weapons, 4),
        targets=np.full(weapons, 2),
        most=np.full(threats, 3),
        allowed=rng.random((weapons, threats)) < 0.6,
        cost=np.full(weapons, 0.2),
    )


def deep_problem(seed: int) -> Problem:
    """Return a problem out of the ordinary: ten weak salvos for each threat, and no limit on it."""
    rng = stream(seed, "assignment", "deep")
    return Problem(
        value=rng.integers(1, 100, 20).astype(float),
        chance=rng.uniform(0.2, 0.4, (50, 20)),
        shots=np.full(50, 4),
        allowed=rng.random((50, 20)) < 0.6,
    )


def greedy(problem: Problem) -> float:
    """Return what is left if the salvo that gains most is given, and again; no limit but shots."""
    left, miss = np.array(problem.value, float), 1.0 - np.asarray(problem.chance)
    shots = np.array(problem.shots)
    while True:
        gain = np.where(shots[:, None] > 0, left * (1.0 - miss), 0.0)
        w, t = np.unravel_index(gain.argmax(), gain.shape)
        if gain[w, t] <= 0.0:
            return float(left.sum())
        left[t] *= miss[w, t]
        shots[w] -= 1


def replanned(
    problem: Problem, looks: int, share: float, keep: float | None, seed: int
) -> tuple[int, float]:
    """Return salvos changed while values and chances shake, and what keeping cost at most.

    ``keep`` None: each plan is made afresh.
    """
    rng = stream(seed, "shake")
    plan, changed, dearest = assign_fast(problem), 0, 0.0
    for _ in range(looks):
        value = problem.value * rng.normal(1.0, share, len(problem.value))
        chance = problem.chance * rng.normal(1.0, share, problem.chance.shape)
        now = dataclasses.replace(
            problem, value=np.maximum(value, 0.1), chance=np.clip(chance, 0.0, 1.0)
        )
        fresh = assign_fast(now)
        new = fresh if keep is None else assign_fast(now, plan, keep)
        changed += int(np.abs(new.salvos - plan.salvos).sum())
        dearest = max(dearest, new.objective / fresh.objective - 1.0)
        plan = new
    return changed, dearest

"""Cases of engagement whose answer is known in closed form, and what the kernels make of them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy.stats import binom

from engagement_parts import trials_kernels as kernels
from jointsky.streams import key
from jointsky.world.engagement import Arm, Unit, engagements_of, events_of, state_of

P = 0.7
MANY = 1_000_000_000


@dataclasses.dataclass(frozen=True)
class Case:
    """One figure: what it is, its exact value, what trials gave and their standard error."""

    name: str
    exact: float
    found: float
    error: float

    @property
    def sigmas(self) -> float:
        """Return how many standard errors lie between the two."""
        return (
            (self.found - self.exact) / self.error
            if self.error
            else float(self.found != self.exact)
        )


def erlang_b(channels: int, load: float) -> float:
    """Return the part of arrivals that find no channel free (Erlang 1917; any service time)."""
    blocked = 1.0
    for c in range(1, channels + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def lacking(targets: int, shots: int, p: float) -> float:
    """Return the mean of targets left by so many shots, each at one that is still there."""
    hits = np.arange(shots + 1)
    return float((binom.pmf(hits, shots, p) * np.maximum(targets - hits, 0)).sum())


def _raid(units, targets, looks=1_000_000, way=0, trials=1_000_000, seed=1):
    state, begin = state_of(units), state_of(units)
    weapons = sum(len(unit.arms) for unit in units)
    rows = max(targets, weapons)
    return kernels.raids(
        state,
        begin,
        engagements_of(rows, 1),
        np.empty(targets),
        events_of(
            64 + 4 * sum(arm.ready for unit in units for arm in unit.arms if arm.ready < MANY)
        ),
        P,
        looks,
        weapons,
        way,
        np.uint64(key(seed, "trials")[0]),
        trials,
    )


def _one(shots, channels=64, salvo=1):
    return Unit(name="one", channels=channels, arms=(Arm(name="a", ready=shots, salvo=salvo),))


def _mean(name, exact, total, squares, trials):
    mean = total / trials
    return Case(name, exact, mean, math.sqrt(max(squares / trials - mean**2, 0.0) / trials))


def _share(name, exact, count, trials):
    return Case(name, exact, count / trials, math.sqrt(exact * (1 - exact) / trials))


def cases(trials: int, seed: int = 1) -> list[Case]:
    """Return all cases, each of so many trials."""
    made = []
    for n in (1, 2, 3, 4):
        leaked, *_ = _raid([_one(n, salvo=n)], 1, 1, trials=trials, seed=seed)
        made.append(_share(f"leaks a salvo of {n}", (1 - P) ** n, leaked, trials))
    leaked, _, _, shots = _raid([_one(3)], 1, 3, trials=trials, seed=seed)
    spread = 1 * P + 4 * P * (1 - P) + 9 * (1 - P) ** 2 - 1.39**2
    found = Case(
        "shoot-look-shoot, at most 3: rounds", 1.39, shots / trials, math.sqrt(spread / trials)
    )
    made.append(found)
    leaked, squares, none, _ = _raid([_one(20)], 20, 1, trials=trials, seed=seed)
    made.append(_mean("20 inbound, one shot each: leakers", 6.0, leaked, squares, trials))
    deviation = math.sqrt(squares / trials - (leaked / trials) ** 2)
    kurtosis = 3 + (1 - 6 * P * (1 - P)) / (20 * P * (1 - P))
    error = deviation * math.sqrt((kurtosis - 1) / (4 * trials))
    made.append(Case("  their standard deviation", math.sqrt(20 * P * (1 - P)), deviation, error))
    made.append(_share("  none leaks", P**20, none, trials))
    made += _streams(trials, seed)
    halves = [dataclasses.replace(_one(12), name=str(k)) for k in (0, 1)]
    for name, units, way, exact in (
        ("16 targets, 24 rounds, pooled: leakers", [_one(24)], 0, lacking(16, 24, P)),
        ("  equal halves", halves, 0, 2 * lacking(8, 12, P)),
        ("  split at random", halves, 1, _split(16, 12)),
    ):
        leaked, squares, *_ = _raid(units, 16, way=way, trials=trials, seed=seed)
        made.append(_mean(name, exact, leaked, squares, trials))
    shooters = [dataclasses.replace(_one(1), name=str(k)) for k in range(20)]
    for name, way, exact in (
        ("20 shooters, 20 targets, each by itself: left", 2, 20 * (1 - P / 20) ** 20),
        ("  coordinated", 0, 6.0),
    ):
        leaked, squares, *_ = _raid(shooters, 20, 1, way, trials, seed)
        made.append(_mean(name, exact, leaked, squares, trials))
    return made


def _split(targets: int, shots: int) -> float:
    """Return the mean left of targets that go to one of two magazines each at random."""
    share = binom.pmf(np.arange(targets + 1), targets, 0.5)
    return 2 * sum(share[k] * lacking(k, shots, P) for k in range(targets + 1))


def _streams(trials, seed):
    """Return what channels that are all busy let through, of one unit, of two, of two pooled."""
    made = []
    for name, channels, load, count, p in (
        ("4 channels, load 4: no channel", 4, 4.0, 1, 0.8),
        ("two units of 4 channels, load 3 each: no channel", 4, 3.0, 2, 0.8),
        ("  pooled", 8, 6.0, 1, 0.8),
    ):
        arm = Arm(name="a", ready=MANY, hold_s=1.0)
        units = [Unit(name=str(k), channels=channels, arms=(arm,)) for k in range(count)]
        sums = np.empty((100, 2))
        room = 64
        state, begin = state_of(units), state_of(units)
        first = np.uint64(key(seed, "stream")[0])
        kernels.stream(
            state, begin, engagements_of(room, 1), np.full(room, np.inf), events_of(64), p,
            load, count, first, trials, sums,
        )  # fmt: skip
        part = sums / (trials / len(sums))
        error = part.std(axis=0, ddof=1) / math.sqrt(len(sums))
        blocked = erlang_b(channels, load)
        mean = part.mean(axis=0)
        made.append(Case(name, blocked, float(mean[0]), float(error[0])))
        if count == 1 and channels == 4:
            exact = blocked + (1 - blocked) * (1 - p)
            made.append(Case("  leaks, at p = 0.8", exact, float(mean[1]), float(error[1])))
    return made

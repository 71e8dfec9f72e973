"""Intervals that jointsky.study does not use, beside those it does: docs/why/study-statistics.md.

``python design/study/alternatives.py`` prints how often each holds a truth that is known.
"""

import numpy as np
from scipy import stats

from jointsky.streams import stream
from jointsky.study.designs import latin_hypercube
from jointsky.study.intervals import proportion

TRUE_RATIO = 0.2


def proportions(runs):
    """Print the least and mean coverage of 0.01 to 0.05, summed over all that can come."""
    hits = np.arange(runs // 4 + 1)
    jeffreys = stats.beta.ppf(
        [[0.025], [0.975]], hits + 0.5, np.where(hits == 0, np.inf, runs - hits + 0.5)
    )
    jeffreys[1, 0] = stats.beta.ppf(0.975, 0.5, runs + 0.5)
    jeffreys[0, 0] = 0.0
    bounds = {"Jeffreys": jeffreys}
    for name in ("exact", "wilson"):
        found = [stats.binomtest(int(k), runs).proportion_ci(method=name) for k in hits]
        bounds[name] = np.array(found).T
    found = [proportion(int(k), runs) for k in hits]
    bounds["mid-p"] = np.array([(one.low, one.high) for one in found]).T
    for name, (low, high) in bounds.items():
        held = [
            stats.binom.pmf(hits, runs, p)[(low <= p) & (p <= high)].sum()
            for p in np.linspace(0.01, 0.05, 161)
        ]
        print(f"{runs:5d} runs, {name:9s} least {min(held):.3f}, mean {np.mean(held):.3f}")


def ratios(raids, repetitions=20_000):
    """Print how often three intervals hold the ratio of raids of about three targets."""
    rng = stream(1, "ratios", raids)
    y = rng.poisson(3.0, (repetitions, raids)).astype(float)
    x = rng.binomial(y.astype(int), rng.beta(1.5, 6.0, y.shape)).astype(float)
    t = stats.t.ppf(0.975, raids - 1)
    whole = y.mean(axis=1)
    value = x.mean(axis=1) / whole
    linear = t * (x - value[:, None] * y).std(axis=1, ddof=1) / np.sqrt(raids) / whole
    left_out = (x.sum(axis=1)[:, None] - x) / (y.sum(axis=1)[:, None] - y)
    jackknife = t * left_out.std(axis=1, ddof=0) * (raids - 1) / np.sqrt(raids - 1)
    fieller = np.abs((x - TRUE_RATIO * y).mean(axis=1)) <= t * (x - TRUE_RATIO * y).std(
        axis=1, ddof=1
    ) / np.sqrt(raids)  # Fieller's holds what this test lets stand
    for name, held in (
        ("linearised", np.abs(value - TRUE_RATIO) <= linear),
        ("jackknife", np.abs(value - TRUE_RATIO) <= jackknife),
        ("Fieller", fieller),
    ):
        print(f"{raids:5d} raids, {name:10s} {held.mean():.3f}")


def random_hypercubes(n, d):
    """Print the largest correlation of random Latin hypercubes, the mean of 20."""
    rng = stream(1, "random hypercubes")
    largest = [
        np.abs(np.corrcoef(latin_hypercube(n, d, rng), rowvar=False) - np.eye(d)).max()
        for _ in range(20)
    ]
    print(f"{n:5d} points of {d} factors at random: {np.mean(largest):.2f}")


if __name__ == "__main__":
    for count in (100, 1000):
        proportions(count)
    for count in (10, 30, 100):
        ratios(count)
    for size in ((17, 7), (33, 11), (65, 16)):
        random_hypercubes(*size)

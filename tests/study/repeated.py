"""How often the intervals of jointsky.study hold a truth that is known: the table of the docs.

``python tests/study/repeated.py`` prints it; the tests beside this file hold it to its bounds.
"""

import numpy as np
from scipy import stats

from jointsky.streams import stream
from jointsky.study import intervals
from jointsky.study.intervals import mean, paired, proportion, quantile, ratio
from jointsky.study.stopping import Precision, look

REPETITIONS = 2000


def share_held(interval_of, samples, truth):
    return float(np.mean([interval_of(one).holds(truth) for one in samples]))


def means_of_normals(runs=10):
    draws = stream(1, "means").normal(7.0, 3.0, (REPETITIONS, runs))
    return share_held(mean, draws, 7.0)


def means_of_counts(runs=50):
    draws = stream(1, "counts").poisson(2.0, (REPETITIONS, runs))
    return share_held(mean, draws, 2.0)


def means_of_long_tails(runs):
    return share_held(mean, stream(1, "tails").exponential(1.0, (REPETITIONS, runs)), 1.0)


def proportions(p, runs=1000):
    hits = stream(1, "hits", round(1e4 * p)).binomial(runs, p, REPETITIONS)
    held = {k: proportion(int(k), runs).holds(p) for k in np.unique(hits)}
    return float(np.mean([held[k] for k in hits]))


def exact_coverage_of_proportions(ps, runs):
    """Return for each of ``ps`` how often the interval holds it, summed over all that can come."""
    found = [proportion(k, runs) for k in range(runs + 1)]
    low, high = (np.array([getattr(one, side) for one in found]) for side in ("low", "high"))
    hits = np.arange(runs + 1)
    return np.array([stats.binom.pmf(hits, runs, p)[(low <= p) & (p <= high)].sum() for p in ps])


def leaking_raids(name, runs, alike=(1.5, 6.0)):
    """Raids of about 20, of which 20 % leak, those of one raid alike: parts and wholes, (R, n)."""
    rng = stream(1, "leaking", name)
    came = rng.poisson(20.0, (REPETITIONS, runs)) + 1
    return rng.binomial(came, rng.beta(*alike, came.shape)), came


def ratios(runs=50):
    leaked, came = leaking_raids("ratios", runs)
    pairs = zip(leaked, came, strict=True)
    return float(np.mean([ratio(x, y).holds(0.2) for x, y in pairs]))


def ratios_where_few_raids_leak(runs=100):
    """Return how often the interval holds 5 %, and the share of raids that leak at all."""
    leaked, came = leaking_raids("few", runs, alike=(0.1, 1.9))
    pairs = zip(leaked, came, strict=True)
    return float(np.mean([ratio(x, y).holds(0.05) for x, y in pairs])), float((leaked > 0).mean())


def ratios_as_if_targets_were_independent(runs=50):
    """What goes wrong: every target is taken for a run of its own."""
    leaked, came = leaking_raids("ratios", runs)
    pairs = zip(leaked.sum(axis=1), came.sum(axis=1), strict=True)
    return float(np.mean([proportion(int(x), int(y)).holds(0.2) for x, y in pairs]))


def quantiles(q, runs=200):
    draws = stream(1, "quantiles", round(100 * q)).exponential(1.0, (REPETITIONS, runs))
    return share_held(lambda one: quantile(one, q), draws, stats.expon.ppf(q))


def pairs_of_arms(name, runs, common=0.8):
    rng = stream(1, "arms", name)
    shared = np.sqrt(common) * rng.normal(size=(REPETITIONS, runs))
    ours, theirs = np.sqrt(1.0 - common) * rng.normal(size=(2, REPETITIONS, runs)) + shared
    return ours + 0.3, theirs


def paired_differences(runs=20):
    arms = zip(*pairs_of_arms("paired", runs), strict=True)
    return float(np.mean([paired(a, b).difference.holds(0.3) for a, b in arms]))


def stopped(draws, truth, wanted, batch=10):
    """Return how often the interval holds ``truth`` where looks stopped, and the mean of runs."""
    held, runs = [], []
    for one in draws:
        n = wanted.least_runs
        while not look(found := mean(one[:n]), n, wanted).is_enough:
            n += batch
            assert n <= len(one), "draw more"
        held.append(found.holds(truth))
        runs.append(n)
    return float(np.mean(held)), float(np.mean(runs))


def stopped_normals(half_width=0.2):
    draws = stream(1, "stopped").normal(1.0, 1.0, (REPETITIONS, 250))
    return stopped(draws, 1.0, Precision(half_width))


def stopped_counts(share=0.1):
    draws = stream(1, "stopped counts").poisson(2.0, (REPETITIONS, 600))
    return stopped(draws, 2.0, Precision(share, is_relative=True))


def table():
    """Return (what, how often it holds the truth) of every line of the docs' table."""
    grid = np.linspace(0.01, 0.05, 161)
    exact = exact_coverage_of_proportions(grid, 1000)
    return [
        ("mean of 10 normals", means_of_normals()),
        ("mean of 50 counts (Poisson, 2)", means_of_counts()),
        ("mean of 50 exponentials", means_of_long_tails(50)),
        ("mean of 200 exponentials", means_of_long_tails(200)),
        ("proportion 0.01 of 1,000", proportions(0.01)),
        ("proportion 0.02 of 1,000", proportions(0.02)),
        ("proportion 0.05 of 1,000", proportions(0.05)),
        ("proportion 0.01 to 0.05 of 1,000, exact, least", exact.min()),
        ("proportion 0.01 to 0.05 of 1,000, exact, mean", exact.mean()),
        ("ratio of 50 raids, targets alike", ratios()),
        ("ratio of 100 raids of which few leak", ratios_where_few_raids_leak()[0]),
        ("ratio of 50 raids, targets as if independent", ratios_as_if_targets_were_independent()),
        ("median of 200 exponentials", quantiles(0.5)),
        ("quantile 0.9 of 200 exponentials", quantiles(0.9)),
        ("paired difference of 20 runs", paired_differences()),
        ("mean when +-0.2 is reached, normals", stopped_normals()[0]),
        ("mean when 10 % is reached, counts", stopped_counts()[0]),
    ]


if __name__ == "__main__":
    print(f"{intervals.__name__}, {REPETITIONS} repetitions")
    for what, held in table():
        print(f"| {what} | {100.0 * held:.1f} % |")

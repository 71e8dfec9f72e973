"""Who made which plot, and who is there: by writing every joint event down."""

import itertools

import numpy as np


def posterior(existence, detection, odds):
    """Return P(exists | plots) (T,), P(plot j is of t) (T, P), P(no track made plot j) (P,).

    Each track is there or not, and if so missed or detected by one plot; each plot is of one track
    or other: ``odds`` (T, P) are densities of a plot given its track over that of all else.
    """
    tracks, plots = odds.shape
    there, mine, total = np.zeros(tracks), np.zeros((tracks, plots)), 0.0
    absent, missed = -2, -1
    for event in itertools.product((absent, missed, *range(plots)), repeat=tracks):
        taken = [j for j in event if j >= 0]
        if len(set(taken)) < len(taken):
            continue  # two tracks cannot have made one plot
        weight = 1.0
        for t, j in enumerate(event):
            r, p = existence[t], detection[t]
            weight *= 1 - r if j == absent else r * (1 - p) if j == missed else r * p * odds[t, j]
        total += weight
        for t, j in enumerate(event):
            there[t] += weight * (j != absent)
            if j >= 0:
                mine[t, j] += weight
    mine /= total
    return there / total, mine, 1.0 - mine.sum(axis=0)

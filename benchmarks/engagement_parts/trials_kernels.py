"""Trials by the million of the very kernels that runs use: sums of leakers, of shots, of squares.

Each trial sets the queues and magazines back, gives its orders and lets all happen.
"""

import numpy as np

from jointsky._jit import inner, kernel
from jointsky.numeric.random_kernels import philox, unit
from jointsky.world.engagement_kernels import WAITING, advance

ALL_S = 1e9


@inner
def _reset(units, begin):
    units.free_s[:] = begin.free_s
    units.ready[:] = begin.ready
    units.reserve[:] = begin.reserve
    units.loaded_s[:] = begin.loaded_s
    units.fired[:] = begin.fired


@inner
def _order(engagements, e, weapon, target, chance, looks, at_s, key0, trial):
    engagements.weapon[e], engagements.target[e] = weapon, target
    engagements.phase[e], engagements.channel[e] = WAITING, -1
    engagements.next_s[e] = engagements.patience_s[e] = at_s
    engagements.until_s[e] = ALL_S
    engagements.looks[e], engagements.chance[e] = looks, chance
    engagements.flying[e] = engagements.shots[e] = 0
    engagements.key[e, 0], engagements.key[e, 1] = key0 + np.uint64(e), np.uint64(trial)
    engagements.begin_s[e] = engagements.step_s[e] = 0.0
    engagements.distance_m[e, 0] = 0.0


@inner
def _drawn(key0, trial, k):
    zero = np.uint64(0)
    return unit(philox(key0 + np.uint64(977), np.uint64(trial), np.uint64(k), zero, zero, zero)[0])


@kernel
def raids(units, begin, engagements, stop_s, events, chance, looks, weapons, way, key0, trials):
    """Return sums over trials of leakers, their squares, trials without any, shots.

    All targets come at once.  ``way`` says which weapon each is given to: 0 in turn, 1 at random,
    2 each weapon takes one target at random (shooters that do not agree).
    """
    targets = stop_s.shape[0]
    leaked = squares = none = shots = 0
    for trial in range(trials):
        _reset(units, begin)
        stop_s[:] = np.inf
        count = weapons if way == 2 else targets
        for e in range(count):
            weapon, target = e % weapons, e % targets
            if way == 1:
                weapon = int(_drawn(key0, trial, e) * weapons)
            elif way == 2:
                weapon, target = e, int(_drawn(key0, trial, e) * targets)
            _order(engagements, e, weapon, target, chance, looks, 0.0, key0, trial)
            engagements.patience_s[e] = ALL_S
        advance(units, engagements, count, stop_s, events, ALL_S)
        left = 0
        for target in range(targets):
            left += np.isinf(stop_s[target])
        leaked += left
        squares += left * left
        none += left == 0
        for w in range(weapons):
            shots += units.fired[w]
    return leaked, squares, none, shots


@kernel
def stream(units, begin, engagements, stop_s, events, chance, load, weapons, key0, orders, sums):
    """Let targets come one by one, as a Poisson stream, each given to a weapon in turn at random.

    ``load`` is of each weapon's unit: arrivals in the time of one engagement, which is 1 s.  Fills
    sums (batches, 2): blocked and leaked of each batch, so that they tell their own error.
    """
    _reset(units, begin)
    now_s, room = 0.0, engagements.phase.shape[0]
    batches = sums.shape[0]
    sums[:] = 0.0
    for k in range(orders):
        now_s -= np.log(1.0 - _drawn(key0, k, 0)) / (load * weapons)
        e = k % room  # what was there has long ended
        stop_s[e] = np.inf
        weapon = int(_drawn(key0, k, 1) * weapons)
        _order(engagements, e, weapon, e, chance, 1, now_s, key0, k)
        before = units.fired[weapon]
        advance(units, engagements, room, stop_s, events, now_s)
        sums[k * batches // orders, 0] += units.fired[weapon] == before
        sums[k * batches // orders, 1] += np.isinf(stop_s[e])
    return now_s

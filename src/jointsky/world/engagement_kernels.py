"""Kernels behind engagement.py: batteries as queues, event by event.

Seconds; metres; no checks and no allocation: engagement.py does both.
``units``, ``engagements`` and ``events`` are engagement.py's tuples of arrays.
Shapes: U units, C channels, W weapons, E engagements, T targets, K samples of a target's distance.
NaN in a distance: the target is outside the weapon's envelope then.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inner, kernel
from jointsky.numeric.random_kernels import philox, unit

WAITING, FLYING, OVER = 0, 1, 2  # phases of an engagement
FIRED, STOPPED, MISSED, WASTED, NO_CHANNEL, NO_SHOTS, NO_REACH, GONE = range(8)  # events


@inner
def _distance_m(engagements, e, time_s):
    """Return the distance to the target, NaN outside of the envelope."""
    step_s, row = engagements.step_s[e], engagements.distance_m[e]
    if step_s == 0.0:
        return row[0]
    at = (time_s - engagements.begin_s[e]) / step_s
    k = math.floor(at)
    if k < 0 or k + 1 >= row.shape[0]:
        return math.nan
    return row[k] + (at - k) * (row[k + 1] - row[k])


@inner
def _arrival_s(units, engagements, e, time_s):
    """Return when a shot fired now reaches the target; NaN: not inside the envelope."""
    speed_mps = units.speed_mps[engagements.weapon[e]]
    away_m = _distance_m(engagements, e, time_s)
    if math.isnan(away_m) or math.isinf(speed_mps):
        return time_s + 0.0 * away_m
    arrives_s = time_s + away_m / speed_mps
    for _ in range(60):  # contracts while the target is slower than the shot
        before_s = arrives_s
        arrives_s = time_s + _distance_m(engagements, e, arrives_s) / speed_mps
        if not abs(arrives_s - before_s) > 1e-3:  # NaN ends it too
            break
    return arrives_s


@inner
def _end(engagements, e, units, time_s):
    """End an engagement; its channel is free."""
    w, channel = engagements.weapon[e], engagements.channel[e]
    if channel >= 0:
        units.free_s[units.weapon_unit[w], channel] = time_s
        engagements.channel[e] = -1
    engagements.phase[e] = OVER
    engagements.next_s[e] = math.inf


@inner
def _tell(events, n, time_s, kind, e, shots):
    events.time_s[n], events.kind[n], events.engagement[n] = time_s, kind, e
    events.shots[n] = shots
    return n + 1


@inner
def _load(units, w, time_s):
    """Bring a weapon's magazine up to date; one load after the other while there is room."""
    begin_s = time_s
    while True:
        if time_s >= units.loaded_s[w]:
            begin_s = units.loaded_s[w]
            shots = min(units.load[w], units.reserve[w])
            units.ready[w] += shots
            units.reserve[w] -= shots
            units.loaded_s[w] = math.inf
        room = units.most[w] - units.ready[w]
        is_loading = not math.isinf(units.loaded_s[w])
        if room < units.load[w] or units.reserve[w] == 0 or is_loading or math.isinf(begin_s):
            return
        units.loaded_s[w] = begin_s + units.load_s[w]
        if units.loaded_s[w] > time_s:
            return


@inner
def _channel(units, u):
    """Return the channel of a unit that is free first."""
    best = 0
    for c in range(1, units.free_s.shape[1]):
        if units.free_s[u, c] < units.free_s[u, best]:
            best = c
    return best


@inner
def _go_on(units, engagements, stop_s, events, n, e):
    """Do what is next in a waiting engagement: fire, wait on, or give up."""
    now_s = engagements.next_s[e]
    w = engagements.weapon[e]
    u = units.weapon_unit[w]
    last_s = engagements.until_s[e]
    if engagements.shots[e] == 0:
        last_s = min(last_s, engagements.patience_s[e])
    if stop_s[engagements.target[e]] <= now_s:
        _end(engagements, e, units, now_s)
        return _tell(events, n, now_s, GONE, e, 0)
    _load(units, w, now_s)
    if units.ready[w] == 0:
        if units.loaded_s[w] <= last_s and not math.isinf(units.loaded_s[w]):
            engagements.next_s[e] = units.loaded_s[w]
            return n
        _end(engagements, e, units, now_s)
        return _tell(events, n, now_s, NO_SHOTS, e, 0)
    if engagements.channel[e] < 0:
        channel = _channel(units, u)
        if units.free_s[u, channel] > now_s:
            if units.free_s[u, channel] <= last_s:
                engagements.next_s[e] = units.free_s[u, channel]
                return n
            _end(engagements, e, units, now_s)
            return _tell(events, n, now_s, NO_CHANNEL, e, 0)
        engagements.channel[e] = channel
    arrives_s = _arrival_s(units, engagements, e, now_s)
    if now_s > last_s or math.isnan(arrives_s):
        return _wait_for_reach(units, engagements, events, n, e, last_s)
    shots = min(units.salvo[w], units.ready[w])
    units.ready[w] -= shots
    units.fired[w] += shots
    _load(units, w, now_s)
    engagements.shots[e] += shots
    engagements.flying[e] = shots
    engagements.looks[e] -= 1
    engagements.phase[e] = FLYING
    engagements.next_s[e] = arrives_s
    units.free_s[u, engagements.channel[e]] = arrives_s + units.hold_s[w]  # or it holds on then
    return _tell(events, n, now_s, FIRED, e, shots)


@inner
def _wait_for_reach(units, engagements, events, n, e, last_s):
    """Let go of the channel until the target can be reached; give up where it will not be."""
    now_s, step_s = engagements.next_s[e], engagements.step_s[e]
    channel = engagements.channel[e]
    units.free_s[units.weapon_unit[engagements.weapon[e]], channel] = now_s
    engagements.channel[e] = -1
    if step_s > 0.0:
        k = math.floor((now_s - engagements.begin_s[e]) / step_s) + 1
        while k + 1 < engagements.distance_m.shape[1]:
            then_s = engagements.begin_s[e] + k * step_s
            if then_s > last_s:
                break
            if not math.isnan(_arrival_s(units, engagements, e, then_s)):
                engagements.next_s[e] = then_s
                return n
            k += 1
    _end(engagements, e, units, now_s)
    return _tell(events, n, now_s, NO_REACH, e, 0)


@inner
def _arrive(units, engagements, stop_s, events, n, e):
    """Let a salvo arrive: whether it stops the target is drawn, shot by shot."""
    now_s, target = engagements.next_s[e], engagements.target[e]
    w, flying = engagements.weapon[e], engagements.flying[e]
    kind = MISSED
    if stop_s[target] <= now_s:
        kind = WASTED
    else:
        first = engagements.shots[e] - flying
        for k in range(flying):
            key0, key1 = engagements.key[e, 0], engagements.key[e, 1]
            zero = np.uint64(0)
            bits = philox(key0, key1, np.uint64(first + k), zero, zero, zero)[0]
            if unit(bits) < engagements.chance[e]:
                kind = STOPPED
    n = _tell(events, n, now_s, kind, e, flying)
    engagements.flying[e] = 0
    free_s = now_s + units.hold_s[w]
    if kind == STOPPED:
        stop_s[target] = now_s
    if kind == MISSED and engagements.looks[e] > 0 and free_s <= engagements.until_s[e]:
        engagements.phase[e] = WAITING
        engagements.next_s[e] = free_s
        units.free_s[units.weapon_unit[w], engagements.channel[e]] = free_s
    else:
        _end(engagements, e, units, free_s)
    return n


@inner
def _first(next_s, channel, count):
    """Return the engagement that goes on first: at one time those that hold a channel do."""
    best = -1
    for e in range(count):
        if (
            best < 0
            or next_s[e] < next_s[best]
            or (next_s[e] == next_s[best] and channel[e] >= 0 and channel[best] < 0)
        ):
            best = e
    return best


@kernel
def advance(units, engagements, count, stop_s, events, until_s):
    """Let happen all up to a time; return how many events were written.

    ``count`` engagements are in use; ``stop_s`` (T,) is when each target was stopped, inf: not
    yet.  Stops early, to be called again, where ``events`` has no room left.
    """
    n = 0
    while n + 2 <= events.time_s.shape[0]:
        best = _first(engagements.next_s, engagements.channel, count)
        if best < 0 or engagements.next_s[best] > until_s:
            break
        if engagements.phase[best] == FLYING:
            n = _arrive(units, engagements, stop_s, events, n, best)
        else:
            n = _go_on(units, engagements, stop_s, events, n, best)
    if n + 2 <= events.time_s.shape[0]:
        for w in range(units.ready.shape[0]):
            _load(units, w, until_s)
    return n


@kernel
def supply(units, w, shots, now_s):
    """Bring shots to a weapon's reserve."""
    _load(units, w, now_s)
    units.reserve[w] += shots
    _load(units, w, now_s)


@kernel
def cease(units, engagements, e, now_s):
    """Fire no more under an engagement; what is under way goes on.  Return whether it went on."""
    if engagements.phase[e] == OVER:
        return False
    engagements.looks[e] = 0
    engagements.until_s[e] = min(engagements.until_s[e], now_s)
    if engagements.phase[e] == WAITING:
        _end(engagements, e, units, now_s)
    return True

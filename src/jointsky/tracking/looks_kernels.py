"""Kernels of looks: who should have seen a track, how often, and what a miss says.

Existence follows the integrated probabilistic data association of Musicki, Evans, Stankovic
(1994).  Whether a sensor can see the target at all is a probability of its own (Musicki and Evans
2004), so that flying out of one radar's view does not end a track.  Detection probability and
false plots are estimated by cell of a map around each sensor, unless declared.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare
from jointsky.tracking.layout_kernels import (
    C_FALSE,
    C_FRESH,
    C_FRESH_IDENTIFIED,
    C_HITS,
    C_LOOKS,
    C_SHARE,
    C_TURNS,
    CELLS,
    CELLS_ACROSS,
    CONFIRMED,
    G_DENSITY,
    G_LIFE_S,
    G_LOST_VIEW,
    L_EVERY,
    L_HIT,
    L_LOOK,
    L_VIEW,
    NEVER,
    P_CELL,
    P_GROUND,
    P_IDENTIFIED,
    P_LOOKS,
    P_OTHER,
    P_SENSOR,
    P_SHARE,
    P_TARGET,
    P_TIME,
    S_CELL,
    S_DETECTION,
    S_DETECTION_KNOWN,
    S_FALSE,
    S_FALSE_KNOWN,
    S_MAP,
    S_PERIOD,
    S_SINCE,
    T_ALIVE,
    T_DUE,
    T_E,
    T_EXISTENCE,
    T_N,
    T_TURN_S,
)

OVERDUE = 1.15  # turns without a plot after which a look has brought nothing
LEAST_VIEW = 0.01
MOST_SURE = 0.9999  # no plot makes a track surer
PRIOR_LOOKS = 30.0
PRIOR_TURNS = 6.0
MEMORY_TURNS = 60.0
FIRST_INTERVAL_S, LONGEST_INTERVAL_S = 10.0, 120.0  # of targets that report by themselves
LEAST_FALSE = 0.02


@bare
def cell_at(sensor, east, north):
    """Return the cell of a sensor's map at a place on the index's map."""
    a = math.floor((east - sensor[S_MAP]) / sensor[S_CELL]) + CELLS_ACROSS // 2
    b = math.floor((north - sensor[S_MAP + 1]) / sensor[S_CELL]) + CELLS_ACROSS // 2
    a = min(max(a, 0), CELLS_ACROSS - 1)
    b = min(max(b, 0), CELLS_ACROSS - 1)
    return a * CELLS_ACROSS + b


@bare
def detection_at(sensors, cells, s, cell):
    """Return the probability that sensor ``s`` detects a target in one look into a cell."""
    declared = sensors[s, S_DETECTION]
    if sensors[s, S_DETECTION_KNOWN] > 0.0:
        return declared
    c = cells[s]
    p = (PRIOR_LOOKS * declared + c[C_HITS, cell]) / (PRIOR_LOOKS + c[C_LOOKS, cell])
    return min(max(p, 0.05), 0.995)


@bare
def false_density(q, i, sensors, cells):
    """Return the density of false plots where a plot lies, in its measurement space.

    Even in range and azimuth (or over the ground, for places) with the sensor's rate, drawn to
    what was counted in the plot's own cell of the sensor's map.
    """
    s = i[P_SENSOR]
    rate = sensors[s, S_FALSE + i[P_IDENTIFIED]]
    if sensors[s, S_FALSE_KNOWN] == 0.0 and i[P_IDENTIFIED] == 0:
        c = cells[s]
        cell = i[P_CELL]
        expected = rate * c[C_SHARE, cell]  # a turn, in this cell
        seen = (PRIOR_TURNS * expected + c[C_FALSE, cell]) / (PRIOR_TURNS + c[C_TURNS, cell])
        rate *= max(seen, 0.02 * expected) / max(expected, 1e-12)
    return max(rate, 1e-3) * q[P_SHARE] * q[P_OTHER]


@bare
def target_density(q, settings):
    """Return the density of plots of targets not yet detected, in the plot's measurement space.

    A Poisson intensity over the ground: it starts at the density of all targets, every look takes
    the share away that it detects, and new ones enter as tracked ones leave (Williams 2015).
    """
    rate = 2.0 * q[P_LOOKS]  # what looks of all sensors thin the intensity by, a second
    left = math.exp(-rate * max(q[P_TIME], 0.0))
    fresh = (1.0 - left) / (rate * settings[G_LIFE_S])
    return settings[G_DENSITY] * (left + fresh) * q[P_GROUND] * q[P_TARGET]


@bare
def note_interval(look, gap_s):
    """Follow how often a target reports by itself; each does so at a rate of its own."""
    if gap_s > LONGEST_INTERVAL_S:
        look[L_EVERY] = max(look[L_EVERY], FIRST_INTERVAL_S)
    elif gap_s > 0.1:
        look[L_EVERY] = max(0.7 * look[L_EVERY] + 0.3 * gap_s, 0.3)


@bare
def see(track, look, time):
    """Note that a sensor has seen a track."""
    look[L_HIT] = max(look[L_HIT], time)
    look[L_LOOK] = look[L_HIT]
    look[L_VIEW] = 1.0
    track[T_DUE] = min(track[T_DUE], look[L_LOOK] + OVERDUE * look[L_EVERY])
    track[T_TURN_S] = min(track[T_TURN_S], look[L_EVERY])


@bare
def count_look(sensors, cells, s, cell, weight, hit):
    """Count a look at a track that surely exists towards the sensor's detection probability."""
    if sensors[s, S_DETECTION_KNOWN] > 0.0:
        return
    c = cells[s]
    fade = 1.0 - weight / (10.0 * PRIOR_LOOKS)
    c[C_LOOKS, cell] = c[C_LOOKS, cell] * fade + weight
    c[C_HITS, cell] = c[C_HITS, cell] * fade + (weight if hit else 0.0)


@bare
def surviving(track, now, settings):
    """Return a track's existence less what the time since it was told may have ended."""
    age = now - track[T_ALIVE]
    if age <= 0.0:
        return track[T_EXISTENCE]
    return track[T_EXISTENCE] * math.exp(-age / settings[G_LIFE_S])


@bare
def miss_looks(track, status, looks, now, sensors, cells, settings):
    """Lower a track's existence by every look that was due and brought nothing.

    Sets when the next is due, and the shortest turn of the sensors that saw it of late.
    """
    track[T_EXISTENCE] = surviving(track, now, settings)
    track[T_ALIVE] = max(track[T_ALIVE], now)
    due = math.inf
    shortest = math.inf
    slowest = math.inf
    for s in range(sensors.shape[0]):
        look = looks[s]
        period = look[L_EVERY]
        if look[L_HIT] > NEVER:
            slowest = min(slowest, period)
            if now - look[L_HIT] < 5.0 * period:
                shortest = min(shortest, period)
        view = look[L_VIEW]
        if view < LEAST_VIEW:
            continue
        while now - look[L_LOOK] > OVERDUE * period:
            cell = cell_at(sensors[s], track[T_E], track[T_N])
            p = detection_at(sensors, cells, s, cell)
            look[L_LOOK] += period
            prior = view * (1.0 - settings[G_LOST_VIEW])
            seen = prior * p
            r = track[T_EXISTENCE]
            if status == CONFIRMED:
                count_look(sensors, cells, s, cell, r * prior, False)
            track[T_EXISTENCE] = r * (1.0 - seen) / (1.0 - r * seen)
            view = prior * (1.0 - p) / (1.0 - seen)
            if view < LEAST_VIEW:
                break
        look[L_VIEW] = view
        if view >= LEAST_VIEW:
            due = min(due, look[L_LOOK] + OVERDUE * period)
    track[T_DUE] = due
    track[T_TURN_S] = shortest if shortest < math.inf else slowest


@bare
def estimate_false_rate(sensors, cells, s, now):
    """Follow the number of false plots a turn, of the sensor and by cell of its map."""
    sensor = sensors[s]
    if math.isnan(sensor[S_SINCE]):
        sensor[S_SINCE] = now
        return
    span = now - sensor[S_SINCE]
    if span < max(2.0 * sensor[S_PERIOD], 4.0):
        return
    turns = span / sensor[S_PERIOD]
    c = cells[s]
    fade = math.exp(-turns / MEMORY_TURNS)
    total = 0.0
    for cell in range(CELLS):
        fresh = c[C_FRESH, cell]
        total += fresh
        c[C_FALSE, cell] = c[C_FALSE, cell] * fade + fresh
        c[C_TURNS, cell] = c[C_TURNS, cell] * fade + turns
        c[C_FRESH, cell] = 0.0
    if sensor[S_FALSE_KNOWN] == 0.0:
        sensor[S_FALSE] = max(0.85 * sensor[S_FALSE] + 0.15 * total / turns, LEAST_FALSE)
        rate = 0.85 * sensor[S_FALSE + 1] + 0.15 * c[C_FRESH_IDENTIFIED, 0] / turns
        sensor[S_FALSE + 1] = max(rate, LEAST_FALSE)
    c[C_FRESH_IDENTIFIED, 0] = 0.0
    sensor[S_SINCE] = now


@bare
def count_false(cells, s, cell, identified):
    """Count a plot whose track came to nothing."""
    if identified:
        cells[s, C_FRESH_IDENTIFIED, 0] += 1.0
    else:
        cells[s, C_FRESH, cell] += 1.0

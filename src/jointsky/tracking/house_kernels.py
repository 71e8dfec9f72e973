"""Kernels of housekeeping, twice a second: what was not seen, what has gone, what is one."""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare
from jointsky.tracking import gating_kernels, lifecycle_kernels, looks_kernels, rows_kernels
from jointsky.tracking.layout_kernels import (
    CONFIRMED,
    FREE,
    G_COAST_S,
    G_DROP,
    I_BORN_BY,
    I_BORN_CELL,
    I_FLAGS,
    I_MODE_S,
    I_PLOTS,
    I_STATUS,
    J_NEXT,
    K_HOUSEKEPT,
    N_LIVE,
    T_BORN,
    T_DUE,
    T_E,
    T_EXISTENCE,
    T_FIRST,
    T_N,
    T_SEEN,
    T_TIME,
    T_TURN_S,
    T_VE,
    T_VN,
    TENTATIVE,
)
from jointsky.tracking.motion_kernels import combine

HOUSEKEEPING_S = 0.5
ENDED_STATUS = 3
LEAST_EXISTENCE = 1e-6  # what is below goes back into the intensity of what is not detected


@bare
def has_gone(f, n, now, settings):
    """Return whether a track is to end: improbable, or without a plot for too long."""
    r = f[T_EXISTENCE]
    age = now - f[T_SEEN]
    turn = f[T_TURN_S]
    if n[I_STATUS] == CONFIRMED:
        return r < settings[G_DROP] or age > max(settings[G_COAST_S], 4.0 * turn)
    if r < 0.15 * f[T_FIRST] or r < LEAST_EXISTENCE:
        return True
    patience = (2.4 if n[I_PLOTS] < 3 else 3.4) * turn
    if n[I_MODE_S] >= 0:
        patience = max(patience, settings[G_COAST_S])
    return age > patience


@bare
def keep_house(book, world, now, bench, out, written):
    """Account for looks that brought nothing, end what has gone, join what is one.

    Returns the rows written: one for each that ended.
    """
    floats, ints, looks, bodies, links, heads, counters, clocks = book
    sensors, cells, _, settings, _, _ = world
    for s in range(sensors.shape[0]):
        looks_kernels.estimate_false_rate(sensors, cells, s, now)
    for t in range(counters[N_LIVE]):
        if ints[t, I_STATUS] == FREE:
            continue
        f = floats[t]
        n = ints[t]
        if now > f[T_DUE]:
            looks_kernels.miss_looks(f, n[I_STATUS], looks[t], now, sensors, cells, settings)
        if has_gone(f, n, now, settings):
            if n[I_STATUS] == TENTATIVE:
                born_by = n[I_BORN_BY]
                looks_kernels.count_false(cells, born_by // 2, n[I_BORN_CELL], born_by % 2)
            else:
                combine(bodies[t], bench.mean, bench.packed)
                rows_kernels.write(
                    f,
                    n,
                    looks[t],
                    f[T_TIME],
                    now,
                    bench.mean,
                    bench.packed,
                    bodies[t],
                    np.int64(ENDED_STATUS),
                    np.int64(-1),
                    out,
                    written,
                )
                written += 1
            lifecycle_kernels.end(ints, links, heads, counters, t)
            continue
        age = now - f[T_TIME]
        if age > HOUSEKEEPING_S:
            east = f[T_E] + f[T_VE] * age
            north = f[T_N] + f[T_VN] * age
            reach = gating_kernels.reach(f, age + lifecycle_kernels.SOON_S, settings)
            gating_kernels.put(links, heads, t, east, north, reach)
    for t in range(counters[N_LIVE]):
        fresh = floats[t, T_SEEN] > clocks[K_HOUSEKEPT]
        if fresh and ints[t, I_STATUS] != FREE and ints[t, I_PLOTS] > 1:
            join_doubles(book, t, sensors, bench.found)
    return written


@bare
def join_doubles(book, t, sensors, found):
    """End the younger of two tracks of one target."""
    floats, ints, looks, _, links, heads, counters, _ = book
    width = gating_kernels.CELLS_M[0]
    ce = math.floor(floats[t, T_E] / width)
    cn = math.floor(floats[t, T_N] / width)
    level = np.int64(0)
    count = 0
    for de in range(-1, 2):
        for dn in range(-1, 2):
            other = heads[gating_kernels.bucket(level, ce + de, cn + dn, heads.shape[0])]
            while other >= 0 and count < found.shape[0]:
                if other != t and lifecycle_kernels.are_one(floats, ints, looks, t, other, sensors):
                    found[count] = other
                    count += 1
                other = links[other, J_NEXT]
    for k in range(count):
        other = found[k]
        if ints[t, I_STATUS] == FREE or ints[other, I_STATUS] == FREE:
            continue
        keeps = ints[t, I_STATUS] > ints[other, I_STATUS]
        if ints[t, I_STATUS] == ints[other, I_STATUS]:
            keeps = floats[t, T_BORN] <= floats[other, T_BORN]
        said = ints[t, I_FLAGS] | ints[other, I_FLAGS]
        ints[t, I_FLAGS] = ints[other, I_FLAGS] = said
        if keeps:
            lifecycle_kernels.end(ints, links, heads, counters, other)
        elif ints[other, I_STATUS] == CONFIRMED or ints[t, I_STATUS] == TENTATIVE:
            lifecycle_kernels.end(ints, links, heads, counters, t)

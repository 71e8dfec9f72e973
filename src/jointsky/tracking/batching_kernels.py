"""Kernels of batching: plots of one sensor that lie close in time are associated together.

A rotating radar sends plots as its beam passes; those of one narrow sector compete for the same
tracks, and the tracks there are updated as soon as the beam has left the sector.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inner, kernel
from jointsky.tracking.layout_kernels import P_GEOMETRY, P_MODE_S, P_SENSOR, POLAR

STAMPS = 1 << 14


@inner
def close_over(now, window, opened, open_batch, close_order, closed):
    """Close batches whose time is over, in the order in which they opened; return how many are."""
    while True:
        first = -1
        for k in range(window.shape[0]):
            over = open_batch[k] >= 0 and now > opened[k] + window[k]
            if over and (first < 0 or opened[k] < opened[first]):
                first = k
        if first < 0:
            return closed
        close_order[open_batch[first]] = closed
        closed += 1
        open_batch[first] = -1


@kernel
def cut(time, ints, window, close_all, edges, batch_of, close_order, closed_at):
    """Give each plot (in time order) its batch, and each batch its place in order of closing.

    A batch closes when its sensor's window has passed or, for sensors that report each target by
    itself, when the same address comes again.  All close before the first plot after each of the
    ``edges``, and ``closed_at`` says how many had by then.  Batches that the newest plot does not
    close stay open unless ``close_all``: their entry in close_order is -1.  Returns the number of
    batches.
    """
    sensors = window.shape[0]
    open_batch = np.full(sensors, -1, np.int64)
    opened = np.zeros(sensors)
    stamp = np.full(STAMPS, -1, np.int64)
    batches = 0
    closed = 0
    edge = 0
    due = math.inf  # no open batch is over before
    for i in range(time.shape[0]):
        now = time[i]
        s = ints[i, P_SENSOR]
        mode_s = ints[i, P_MODE_S]
        while edge < edges.shape[0] and now > edges[edge]:
            closed = close_over(math.inf, window, opened, open_batch, close_order, closed)
            closed_at[edge] = closed
            edge += 1
        if now > due:
            closed = close_over(now, window, opened, open_batch, close_order, closed)
            due = math.inf
            for k in range(sensors):
                if open_batch[k] >= 0:
                    due = min(due, opened[k] + window[k])
        current = open_batch[s]
        own = ints[i, P_GEOMETRY] != POLAR and mode_s >= 0
        if current >= 0 and own and stamp[(mode_s * 31 + s) & (STAMPS - 1)] == current:
            close_order[current] = closed
            closed += 1
            current = -1
        if current < 0:
            current = batches
            batches += 1
            close_order[current] = -1
            open_batch[s] = current
            opened[s] = now
            due = min(due, now + window[s])
        if own:
            stamp[(mode_s * 31 + s) & (STAMPS - 1)] = current
        batch_of[i] = current
    now = time[time.shape[0] - 1] if time.shape[0] > 0 else -math.inf
    if close_all:
        now = math.inf
    closed = close_over(now, window, opened, open_batch, close_order, closed)
    while edge < edges.shape[0]:
        closed_at[edge] = closed
        edge += 1
    return batches


@kernel
def gather(batch_of, close_order, batches, order, start):
    """Fill ``order`` with plots batch by batch in order of closing; return how many batches close.

    ``start`` (batches + 1,) marks where each begins; plots of open batches are left out.
    """
    closed = 0
    for b in range(batches):
        if close_order[b] >= 0:
            closed += 1
    for b in range(closed + 1):
        start[b] = 0
    for i in range(batch_of.shape[0]):
        place = close_order[batch_of[i]]
        if place >= 0:
            start[place + 1] += 1
    for b in range(closed):
        start[b + 1] += start[b]
    fill = start[: closed + 1].copy()
    for i in range(batch_of.shape[0]):
        place = close_order[batch_of[i]]
        if place >= 0:
            order[fill[place]] = i
            fill[place] += 1
    return closed

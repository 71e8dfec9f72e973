"""Kernels of batching: plots of one sensor that lie close in time are associated together.

A rotating radar sends plots as its beam passes; those of one narrow sector compete for the same
tracks, and the tracks there are updated as soon as the beam has left the sector.
"""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel

POLAR = 0
STAMPS = 1 << 14


@kernel
def cut(time, sensor, geometry, mode_s, window, close_all, batch_of, close_order):
    """Give each plot (in time order) its batch, and each batch its place in order of closing.

    A batch closes when its sensor's window has passed or, for sensors that report each target by
    itself, when the same address comes again.  Batches that the newest plot does not close stay
    open unless ``close_all``: their entry in close_order is -1.  Returns the number of batches.
    """
    sensors = window.shape[0]
    open_batch = np.full(sensors, -1, np.int64)
    opened = np.zeros(sensors)
    stamp = np.full(STAMPS, -1, np.int64)
    batches = 0
    closed = 0
    for i in range(time.shape[0]):
        now = time[i]
        s = sensor[i]
        while True:  # batches whose time is over close in the order in which they opened
            first = -1
            for k in range(sensors):
                over = open_batch[k] >= 0 and now - opened[k] > window[k]
                if over and (first < 0 or opened[k] < opened[first]):
                    first = k
            if first < 0:
                break
            close_order[open_batch[first]] = closed
            closed += 1
            open_batch[first] = -1
        current = open_batch[s]
        own = geometry[i] != POLAR and mode_s[i] >= 0
        if current >= 0 and own and stamp[(mode_s[i] * 31 + s) & (STAMPS - 1)] == current:
            close_order[current] = closed
            closed += 1
            current = -1
        if current < 0:
            current = batches
            batches += 1
            close_order[current] = -1
            open_batch[s] = current
            opened[s] = now
        if own:
            stamp[(mode_s[i] * 31 + s) & (STAMPS - 1)] = current
        batch_of[i] = current
    if time.shape[0] == 0:
        return 0
    newest = time[time.shape[0] - 1]
    for _ in range(sensors):
        first = -1
        for s in range(sensors):
            if open_batch[s] >= 0 and (first < 0 or opened[s] < opened[first]):
                first = s
        if first < 0:
            break
        if close_all or newest - opened[first] > window[first]:
            close_order[open_batch[first]] = closed
            closed += 1
        open_batch[first] = -1
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

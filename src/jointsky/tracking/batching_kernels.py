"""Kernels of batching: plots of one sensor that lie close in time are associated together.

A rotating radar sends plots as its beam passes; those of one narrow sector compete for the same
tracks, and the tracks there are updated as soon as the beam has left the sector.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare, bare_kernel
from jointsky.tracking.layout_kernels import (
    P_GEOMETRY,
    P_MODE_S,
    P_SENSOR,
    P_TIME,
    POLAR,
    S_WINDOW,
)

STAMPS = 1 << 12


@bare
def close_over(now, by_end, plots, sensors, open_batch, opened, close_order, closed):
    """Close batches whose time is over, as they opened or as they end; return how many are."""
    while True:
        first = -1
        earliest = math.inf
        for k in range(sensors.shape[0]):
            if open_batch[k] >= 0:
                since = plots[opened[open_batch[k]], P_TIME]
                end = since + sensors[k, S_WINDOW]
                place = end if by_end else since
                if now > end and place < earliest:
                    first = k
                    earliest = place
        if first < 0:
            return closed
        close_order[open_batch[first]] = closed
        closed += 1
        open_batch[first] = -1


@bare_kernel
def cut(plots, ints, sensors, closing, edges, work, out):
    """Cut plots (in order of time) into batches; return how many of them close.

    A batch closes when its sensor's window has passed or, for sensors that report each target by
    itself, when the same address comes again.  All close before the first plot after each of the
    ``edges`` (times).  ``closing`` are (time, by end): no other plot will come up to that time, and
    batches that neither it nor the newest plot closes stay open; whether batches that are over at
    once close in the order in which they end, which no cutting of plots into calls can change, or
    in that in which they opened.
    ``work``: (S,) and (STAMPS,) of -1, and room for P + 1.  ``out``: batch of each plot; each
    batch's place in order of closing, -1: open; how many had closed by each edge; plots batch by
    batch in order of closing; where each batch begins among them (P + 1,).
    """
    open_batch, stamp, opened = work
    batch_of, close_order, closed_at, order, start = out
    complete, by_end = closing
    batches = 0
    closed = 0
    edge = 0
    due = math.inf  # no open batch is over before
    for i in range(plots.shape[0]):
        now = plots[i, P_TIME]
        s = ints[i, P_SENSOR]
        mode_s = ints[i, P_MODE_S]
        while edge < edges.shape[0] and now > edges[edge]:
            closed = close_over(
                math.inf, by_end, plots, sensors, open_batch, opened, close_order, closed
            )
            closed_at[edge] = closed
            edge += 1
        if now > due:
            closed = close_over(
                now, by_end, plots, sensors, open_batch, opened, close_order, closed
            )
            due = math.inf
            for k in range(sensors.shape[0]):
                if open_batch[k] >= 0:
                    due = min(due, plots[opened[open_batch[k]], P_TIME] + sensors[k, S_WINDOW])
        current = open_batch[s]
        own = ints[i, P_GEOMETRY] != POLAR and mode_s >= 0
        place = (mode_s * 31 + s) & (STAMPS - 1)
        if current >= 0 and own and stamp[place] == current:
            close_order[current] = closed
            closed += 1
            current = -1
        if current < 0:
            current = batches
            batches += 1
            close_order[current] = -1
            open_batch[s] = current
            opened[current] = i
            due = min(due, now + sensors[s, S_WINDOW])
        if own:
            stamp[place] = current
        batch_of[i] = current
    now = plots[plots.shape[0] - 1, P_TIME] if plots.shape[0] > 0 else -math.inf
    now = max(now, complete)
    closed = close_over(now, by_end, plots, sensors, open_batch, opened, close_order, closed)
    while edge < edges.shape[0]:
        closed_at[edge] = closed
        edge += 1
    gather(batch_of, close_order, closed, opened, order, start)
    return closed


@bare
def gather(batch_of, close_order, closed, fill, order, start):
    """Fill ``order`` with plots batch by batch as they close, ``start`` with where each begins.

    Plots of open batches are left out; ``fill`` is room for as many as there are batches.
    """
    for b in range(closed + 1):
        start[b] = 0
    for i in range(batch_of.shape[0]):
        place = close_order[batch_of[i]]
        if place >= 0:
            start[place + 1] += 1
    for b in range(closed):
        start[b + 1] += start[b]
        fill[b] = start[b]
    for i in range(batch_of.shape[0]):
        place = close_order[batch_of[i]]
        if place >= 0:
            order[fill[place]] = i
            fill[place] += 1

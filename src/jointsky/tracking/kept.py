"""A book of tracks is put away in little room, and comes back as it was.

Most sensors never see a given track, and a track of one plot has one model: what is not used is
left out, which is half of all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import Array, Book, new_book


class KeptBook(NamedTuple):
    """What a book holds, without room to grow; L of its T tracks have all models."""

    floats: Array  # (T, TRACK_FLOATS)
    ints: Array  # (T, TRACK_INTS)
    links: Array  # (T, LINKS)
    heads: Array  # (BUCKETS,)
    counters: Array  # (COUNTERS,)
    clocks: Array  # (CLOCKS,)
    has_all: Array  # (T,) bool
    bodies: Array  # (L, M, BODY) of these
    first_bodies: Array  # (T - L, BODY): the one model of the others
    periods_s: Array  # (S,) what the looks of a sensor that never saw a track say
    was_seen: Array  # (T, S) bool
    looks: Array  # (seen, LOOK_FLOATS)


def kept(book: Book, periods_s: Array) -> KeptBook:
    """Return a copy of a book; ``periods_s`` (S,) are the sensors' turn times."""
    live = int(book.counters[layout.N_LIVE])
    bodies, looks = book.bodies[:live], book.looks[:live]
    has_all = bodies[:, layout.QUIET, layout.WEIGHT] > 0.0
    was_seen = (looks != _unseen(periods_s)).any(axis=2)
    return KeptBook(
        floats=book.floats[:live].copy(),
        ints=book.ints[:live].copy(),
        links=book.links[:live].copy(),
        heads=book.heads.copy(),
        counters=book.counters.copy(),
        clocks=book.clocks.copy(),
        has_all=has_all,
        bodies=bodies[has_all],
        first_bodies=bodies[~has_all, layout.MANOEUVRE],
        periods_s=periods_s.copy(),
        was_seen=was_seen,
        looks=looks[was_seen],
    )


def restored(put_away: KeptBook, rows: int) -> Book:
    """Return the book again, with room for at least ``rows`` tracks."""
    live = len(put_away.floats)
    book = new_book(max(rows, live), len(put_away.periods_s))
    book.floats[:live] = put_away.floats
    book.ints[:live] = put_away.ints
    book.links[:live] = put_away.links
    book.heads[:] = put_away.heads
    book.counters[:] = put_away.counters
    book.clocks[:] = put_away.clocks
    bodies, looks = book.bodies[:live], book.looks[:live]
    bodies[put_away.has_all] = put_away.bodies
    bodies[~put_away.has_all, layout.MANOEUVRE] = put_away.first_bodies
    looks[:] = _unseen(put_away.periods_s)
    looks[put_away.was_seen] = put_away.looks
    return book


def _unseen(periods_s: Array) -> Array:
    """Return what the looks (S, LOOK_FLOATS) of sensors say that never saw a track."""
    out = np.empty((len(periods_s), layout.LOOK_FLOATS))
    out[:, layout.L_HIT] = out[:, layout.L_LOOK] = layout.NEVER
    out[:, layout.L_VIEW] = 0.0
    out[:, layout.L_EVERY] = periods_s
    return out

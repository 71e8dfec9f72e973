"""A book of tracks is put away in little room, and comes back as it was.

Most sensors never see a given track, and a track of one plot has one model: what is not used is
left out, which is half of all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jointsky.tracking import kept_kernels as kernels
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
    has_all = np.empty(live, np.bool_)
    was_seen = np.empty((live, len(periods_s)), np.bool_)
    whole, seen = kernels.survey(book.bodies, book.looks, periods_s, live, has_all, was_seen)
    out = KeptBook(
        floats=book.floats[:live].copy(),
        ints=book.ints[:live].copy(),
        links=book.links[:live].copy(),
        heads=book.heads.copy(),
        counters=book.counters.copy(),
        clocks=book.clocks.copy(),
        has_all=has_all,
        bodies=np.empty((whole, layout.MODELS, layout.BODY)),
        first_bodies=np.empty((live - whole, layout.BODY)),
        periods_s=periods_s.copy(),
        was_seen=was_seen,
        looks=np.empty((seen, layout.LOOK_FLOATS)),
    )
    used = has_all, was_seen, out.bodies, out.first_bodies, out.looks
    kernels.put_away(book.bodies, book.looks, *used)
    return out


def restored(put_away: KeptBook, into: Book) -> Book:
    """Return the book again, in the arrays of ``into`` where they have room for it."""
    live = len(put_away.floats)
    book = into if len(into.ints) >= live else new_book(live, len(put_away.periods_s))
    book.floats[:live] = put_away.floats
    book.ints[:live] = put_away.ints
    book.ints[live:, layout.I_STATUS] = layout.FREE
    book.links[:live] = put_away.links
    book.links[live:] = -1  # a new track is in no grid yet
    book.heads[:] = put_away.heads
    book.counters[:] = put_away.counters
    book.clocks[:] = put_away.clocks
    kernels.bring_back(
        book.bodies,
        book.looks,
        put_away.periods_s,
        put_away.has_all,
        put_away.was_seen,
        put_away.bodies,
        put_away.first_bodies,
        put_away.looks,
    )
    return book

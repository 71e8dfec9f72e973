"""A book that was put away comes back with all that its tracks know."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import new_book
from jointsky.tracking.kept import kept, restored

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=30, deadline=None)
PERIODS_S = np.array([4.0, 5.0, 12.0])
UNSEEN = np.array([[layout.NEVER, layout.NEVER, 0.0, period_s] for period_s in PERIODS_S])


def a_book(rng, rows, live):
    """Return a book whose rows hold anything, some with one model, most seen by few sensors."""
    book = new_book(rows, len(PERIODS_S))
    for column in (book.floats, book.bodies):
        column[:] = rng.normal(size=column.shape)
    for column in (book.ints, book.links, book.heads):
        column[:] = rng.integers(-1, 10**6, column.shape)
    book.floats[:, layout.T_PRESSURE] = np.nan
    book.bodies[:, :, layout.WEIGHT] = 0.2
    one = rng.random(rows) < 0.5
    book.bodies[one] = 0.0
    book.bodies[one, layout.MANOEUVRE] = rng.normal(size=(one.sum(), layout.BODY))
    book.looks[:] = UNSEEN
    seen = rng.random(book.looks.shape[:2]) < 0.3
    book.looks[seen] = rng.normal(size=(seen.sum(), layout.LOOK_FLOATS))
    book.counters[:] = rng.integers(0, 9, layout.COUNTERS)
    book.counters[layout.N_LIVE] = live
    book.clocks[:] = rng.normal(size=layout.CLOCKS)
    return book


@FEW
@given(SEEDS, st.integers(0, 12), st.integers(0, 20))
def test_what_was_put_away_comes_back_as_it_was(seed, live, room):
    book = a_book(stream(seed, "kept"), 12, live)
    away = kept(book, PERIODS_S)
    wanted = [column[:live].copy() for column in book[:5]] + [c.copy() for c in book[5:]]
    for column in book:
        column[...] = 7  # what is put away shares nothing with the book
    into = new_book(room, len(PERIODS_S))
    for column in into:
        column[...] = 7
    again = restored(away, into)
    assert len(again.ints) == max(room, live)
    for name, got, was in zip(again._fields, again, wanted, strict=True):
        rows = live if name in ("floats", "ints", "looks", "bodies", "links") else len(was)
        np.testing.assert_array_equal(got[:rows], was, err_msg=name)
        assert got.dtype == was.dtype
    assert (again.ints[live:, layout.I_STATUS] == layout.FREE).all()


def test_what_no_track_uses_takes_no_room():
    book = a_book(stream(1, "room"), 400, 400)
    away = kept(book, PERIODS_S)
    one = (book.bodies[:, layout.QUIET, layout.WEIGHT] == 0.0).sum()
    assert len(away.first_bodies) == one and len(away.bodies) == 400 - one
    assert len(away.looks) == (book.looks != UNSEEN).any(axis=2).sum() < 500

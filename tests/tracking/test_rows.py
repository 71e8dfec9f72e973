"""Result rows: what is written is what the track is, and who has seen it of late."""

import numpy as np
import pytest

from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import rows_kernels
from jointsky.tracking.arrays import empty_rows, new_book
from tracking.made import some_bodies
from tracking.reached import (
    write,
)


def bits_of(words):
    """Return the sensors whose bits are set."""
    return [s for s in range(64 * len(words)) if int(words[s // 64]) >> (s % 64) & 1]


@pytest.mark.parametrize("sensors", [1, 64, 65, 130])
def test_a_row_tells_the_track(sensors):
    rng = stream(sensors, "row")
    book, out = new_book(1, sensors), empty_rows(3, sensors)
    track, ints, looks = book.floats[0], book.ints[0], book.looks[0]
    track[layout.T_EXISTENCE], track[layout.T_PRESSURE] = 0.97, 5432.0
    ints[:] = rng.integers(0, 1000, layout.TRACK_INTS)
    looks[:, layout.L_HIT] = rng.uniform(0, 40, sensors)
    looks[rng.random(sensors) < 0.2, layout.L_HIT] = layout.NEVER
    looks[:, layout.L_EVERY] = rng.uniform(1, 12, sensors)
    bodies = some_bodies(rng)
    mean, packed = rng.normal(size=6), rng.normal(size=21)
    before = [column.copy() for column in out]
    status, plot = np.int64(2), np.int64(77)
    write(track, ints, looks, 39.0, 40.0, mean, packed, bodies, status, plot, out, 1)
    row, number = out.floats[1], out.ints[1]
    names = [layout.R_TIME, layout.R_EXISTENCE, layout.R_PRESSURE]
    assert row[names].tolist() == [39.0, 0.97, 5432.0]
    weights = bodies[:, layout.WEIGHT]
    moving = weights[layout.TURN] + weights[layout.MANOEUVRE]
    assert row[layout.R_MANOEUVRE] == pytest.approx(moving)
    assert row[layout.R_MEAN : layout.R_MEAN + 6].tolist() == mean.tolist()
    assert row[layout.R_COV : layout.R_COV + 21].tolist() == packed.tolist()
    pairs = {
        layout.O_NUMBER: layout.I_NUMBER,
        layout.O_PLOTS: layout.I_PLOTS,
        layout.O_MODE_S: layout.I_MODE_S,
        layout.O_MODE_A: layout.I_MODE_A,
        layout.O_CALL_SIGN: layout.I_CALL_SIGN,
        layout.O_FLAGS: layout.I_FLAGS,
    }
    for told, own in pairs.items():
        assert number[told] == ints[own]
    assert number[layout.O_STATUS] == 2 and number[layout.O_PLOT] == ints[layout.I_LAST]
    age = 40.0 - looks[:, layout.L_HIT]
    of_late = np.flatnonzero(age < rows_kernels.RECENT_TURNS * looks[:, layout.L_EVERY])
    assert bits_of(out.sensors[1]) == of_late.tolist()
    for column, old in zip(out, before, strict=True):  # the rows beside it stay
        np.testing.assert_array_equal(column[[0, 2]], old[[0, 2]])

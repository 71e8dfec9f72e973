"""Which track of a picture an order means, though it was numbered anew since."""

import numpy as np
import pytest

from jointsky.records.tracks import Tracks
from jointsky.sim.matching import meant

PICTURE = Tracks.make(4, track_number=np.array([5, 70, 7, 9]))


@pytest.mark.parametrize(
    ("target", "numbers", "rows"),
    [
        (7, (7,), [2]),
        (7, (7, 70), [2]),  # its own number goes first
        (8, (8, 70), [1]),
        (8, (8,), []),
    ],
)
def test_an_order_means_its_target_under_any_of_its_numbers(target, numbers, rows):
    assert meant(PICTURE, target, numbers).tolist() == rows

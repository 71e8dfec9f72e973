"""States on a grid of times: the same as one by one, and sines that are sines."""

import numpy as np
import pytest

from jointsky.earth import motion_grid_kernels
from jointsky.earth.motion import Pieces, states, states_on_grid


def some_pieces(rng, vehicles=6):
    """Return pieces of all sorts, joined, apart and absent."""
    rows, owners = [], []
    for vehicle in range(vehicles):
        time = rng.uniform(-5, 5)
        for _ in range(rng.integers(0, 5)):
            axis, begins = rng.normal(size=3), rng.normal(size=3)
            axis, begins = axis / np.linalg.norm(axis), begins / np.linalg.norm(begins)
            aside = (axis @ begins) * axis
            terms = np.stack([aside, begins - aside, np.cross(axis, begins - aside), np.zeros(3)])
            piece = int(rng.random() < 0.3)
            if piece:
                terms = rng.normal(size=(4, 3)) * np.array([[6.4e6], [200.0], [0.5], [0.01]])
            end = time + rng.uniform(1, 20)
            figures = (rng.normal(0, 0.05), rng.normal(0, 1e-3), 5000.0, rng.normal(0, 5), 0.1)
            rows.append((piece, time, end, terms, *figures))
            owners.append(vehicle)
            time = end + (0.0 if rng.random() < 0.6 else rng.uniform(0, 5))
    columns = list(zip(*rows, strict=True))
    return Pieces(
        np.searchsorted(owners, np.arange(vehicles + 1)),
        np.array(columns[0], np.int8),
        *(np.array(column, float) for column in columns[1:]),
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_grid_holds_what_states_gives_one_by_one(seed):
    rng = np.random.default_rng(seed)
    pieces = some_pieces(rng)
    times = np.sort(np.concatenate([rng.uniform(-10, 60, 150), pieces.begin_s, pieces.end_s]))
    rows = np.array([0, 3, 3, 5])
    grid = states_on_grid(pieces, times, rows)
    for k, row in enumerate(rows):
        position, velocity = states(pieces, row, times)
        # 2e-9 m is the spacing of doubles at the earth's radius; a sine errs by 1e-16
        assert np.allclose(grid[:3, k].T, position, atol=1e-6, rtol=0, equal_nan=True)
        assert np.allclose(grid[3:, k].T, velocity, atol=1e-6, rtol=1e-12, equal_nan=True)


def test_all_vehicles_are_on_the_grid_where_none_are_named():
    pieces = some_pieces(np.random.default_rng(9))
    assert states_on_grid(pieces, np.linspace(0, 1, 4)).shape == (6, 6, 4)
    assert states_on_grid(pieces, np.empty(0)).shape == (6, 6, 0)


def test_sine_and_cosine_are_right_to_the_last_digit_over_their_range():
    largest = motion_grid_kernels.LARGEST_RAD
    rng = np.random.default_rng(1)
    angle = np.concatenate(
        [np.linspace(-8, 8, 40_001), rng.uniform(-largest, largest, 40_000), [0.0, largest]]
    )
    sine, cosine = np.empty_like(angle), np.empty_like(angle)
    motion_grid_kernels.each_sine_and_cosine(angle, sine, cosine)
    assert np.max(np.abs(sine - np.sin(angle))) < 2.3e-16
    assert np.max(np.abs(cosine - np.cos(angle))) < 2.3e-16


def test_what_does_not_fit_is_an_error():
    pieces = some_pieces(np.random.default_rng(2))
    with pytest.raises(ValueError, match="must be \\(T,\\) and increase"):
        states_on_grid(pieces, [2.0, 1.0])
    with pytest.raises(ValueError, match="rows 6 to 6; there are 6"):
        states_on_grid(pieces, [1.0], [6])
    far = pieces._replace(rate_radps=pieces.rate_radps + 1e6)
    with pytest.raises(ValueError, match="more than the grid can count"):
        states_on_grid(far, [1.0])

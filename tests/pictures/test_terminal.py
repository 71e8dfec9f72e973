"""Pictures of letters: dots where the points are, bars as high as the counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.pictures.terminal import bars, dot_graph, dot_map, scale


def dots(lines):
    return sum(
        (ord(letter) - 0x2800).bit_count() for line in lines for letter in line if letter != " "
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_a_map_shows_every_point_that_is_not_outside(count, seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(0, 50_000, (count, 2))
    picture = dot_map(points[:, 0], points[:, 1], 40, 12)
    assert 0 < dots(picture.lines) <= count - picture.outside
    assert len(picture.lines) <= 12 and {len(line) for line in picture.lines} == {40}
    assert [[level > 0 for level in row] for row in picture.levels] == [
        [letter != " " for letter in line] for line in picture.lines
    ]


def test_north_is_up_and_east_is_right():
    picture = dot_map(np.array([0.0, 10_000.0]), np.array([0.0, 10_000.0]), 20, 10)
    rows = [k for k, line in enumerate(picture.lines) if line.strip()]
    first, last = picture.lines[rows[0]], picture.lines[rows[-1]]
    assert len(first.rstrip()) > len(last.rstrip())


def test_a_mark_is_drawn_where_the_sensor_stands():
    picture = dot_map(
        np.array([-10_000.0, 10_000.0]), np.array([-10_000.0, 10_000.0]), 21, 11, np.zeros((1, 2))
    )
    assert sum(line.count("+") for line in picture.lines) == 1


@pytest.mark.parametrize("values", [[], [np.nan], [5.0]])
def test_a_map_of_nothing_or_one_point_is_still_a_map(values):
    picture = dot_map(np.array(values), np.array(values), 20, 8)
    assert dots(picture.lines) == (1 if values == [5.0] else 0)


def test_a_graph_fills_its_frame():
    picture = dot_graph(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 10, 5)
    assert picture.lines[0][-1] != " " and picture.lines[-1][0] != " "


def test_bars_are_as_high_as_the_counts_and_tell_the_peak():
    strip, peak = bars(np.array([0.0] * 8 + [5.0] * 4 + [10.0]), 10)
    assert strip == "█    ▄   ▁"
    assert peak == pytest.approx(8.0)


def test_a_scale_is_a_round_length_that_fits():
    assert scale(1000.0, 20) == "├" + "─" * 18 + "┤ 20 km"
    assert scale(3.0, 20) == "├" + "─" * 15 + "┤ 50 m"

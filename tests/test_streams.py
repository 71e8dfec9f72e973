import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.streams import stream

names = st.lists(st.integers(-(2**70), 2**70) | st.text(max_size=8), max_size=4)


@given(st.integers(0, 2**64), names)
def test_the_same_seed_and_names_give_the_same_numbers(seed, given_names):
    a, b = (stream(seed, *given_names).random(3).tolist() for _ in range(2))
    assert a == b


@given(st.integers(0, 2**32), names, st.integers(0, 2**32), names)
def test_other_seeds_or_names_give_other_numbers(seed, some, other_seed, others):
    if (seed, some) != (other_seed, others):
        assert stream(seed, *some).random() != stream(other_seed, *others).random()


def test_names_do_not_run_together():
    draws = [stream(1, *n).random() for n in (("ab", "c"), ("a", "bc"), ("abc",), (1, 2), ("1", 2))]
    assert len(set(draws)) == 5


def test_the_numbers_are_those_of_every_machine():
    assert stream(7, "radar", 3).integers(0, 1000, 4).tolist() == [746, 913, 963, 338]


def test_a_numpy_integer_names_the_same_stream_and_a_float_none():
    assert stream(1, np.int32(5)).random() == stream(1, 5).random()
    with pytest.raises(TypeError):
        stream(1, 0.5)


def test_streams_are_independent():
    draws = np.array([stream(3, "radar", k).standard_normal(4000) for k in range(8)])
    correlation = np.corrcoef(draws) - np.eye(8)
    assert np.abs(correlation).max() < 4.5 / np.sqrt(4000)  # 28 pairs: chance of 2e-4, seed fixed

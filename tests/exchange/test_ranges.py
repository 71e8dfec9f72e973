"""Runs of numbers against plain sets of numbers."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from jointsky.exchange.ranges import Ranges

numbers = st.integers(0, 40)
changes = st.lists(st.tuples(st.booleans(), numbers, st.integers(0, 12)), max_size=30)


def both(given_changes):
    ranges, plain = Ranges(), set()
    for is_added, first, size in given_changes:
        run = set(range(first, first + size))
        if is_added:
            ranges.add(first, first + size)
            plain |= run
        else:
            ranges.remove(first, first + size)
            plain -= run
    return ranges, plain


def numbers_of(runs):
    return {number for first, end in runs for number in range(first, end)}


@given(changes)
def test_they_hold_what_a_set_holds_in_runs_that_do_not_touch(given_changes):
    ranges, plain = both(given_changes)
    runs = list(ranges)
    assert numbers_of(runs) == plain
    assert all(first < end for first, end in runs)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(runs))
    assert ranges.size == len(plain)
    assert ranges.end == max(plain, default=-1) + 1
    assert all((number in ranges) == (number in plain) for number in range(60))


@given(changes, numbers, st.integers(0, 30))
def test_parts_and_gaps_are_those_of_the_set(given_changes, first, size):
    ranges, plain = both(given_changes)
    window = set(range(first, first + size))
    assert numbers_of(ranges.within(first, first + size)) == plain & window
    assert numbers_of(ranges.missing(first, first + size)) == window - plain


@given(changes, changes)
def test_what_is_in_one_and_not_in_the_other(one, other):
    (a, plain_a), (b, plain_b) = both(one), both(other)
    assert numbers_of(a.minus(b)) == plain_a - plain_b
    left = Ranges(a)
    left.discard(b)
    assert left == Ranges(a.minus(b))
    assert numbers_of(a) == plain_a


@given(changes, st.lists(st.tuples(numbers, st.integers(0, 12)), max_size=30))
def test_many_runs_at_once_are_as_one_by_one(given_changes, runs):
    ranges, _ = both(given_changes)
    runs = [(first, first + size) for first, size in runs]
    one_by_one = Ranges(ranges)
    for run in runs:
        one_by_one.add(*run)
    ranges.update(runs)
    assert ranges == one_by_one == Ranges([*ranges])


@given(changes, numbers)
def test_runs_around_a_number(given_changes, number):
    ranges, plain = both(given_changes)
    first, end = ranges.run_of(number)
    assert numbers_of([(first, end)]) <= plain
    assert (number in plain) == (first < end)
    assert end not in plain or first == end
    back = ranges.back_from(number)
    assert numbers_of([(back, number)]) <= plain
    assert back == 0 or back - 1 not in plain

"""Declared times."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.declare_time import LONGEST_AFTER_S, after_s, is_stamp, moment_s, stamp_s

START_S = 1_777_629_600.0  # 2026-05-01T10:00:00Z, by date -u +%s


@pytest.mark.parametrize(
    ("value", "after"),
    [
        (0, 0.0),
        (90.5, 90.5),
        (-5, -5.0),
        ("90", 90.0),
        ("+5min", 300.0),
        ("5 min", 300.0),
        ("1h30min", 5400.0),
        ("1.5h", 5400.0),
        ("2 min 3 s", 123.0),
        ("00:12:30", 750.0),
        ("+1:00:00.5", 3600.5),
        ("2026-05-01T10:01:00Z", 60.0),
        ("2026-05-01 13:01:00+03:00", 60.0),
        ("2026-05-01t10:01z", 60.0),
    ],
)
def test_a_moment_has_a_sense(value, after):
    assert moment_s(value, START_S) - START_S == after


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "is no time"),
        ("soon", "is no time"),
        ("5 minutes", "is no time"),
        ("12:30", "give all three"),
        ("00:61:00", "is no time"),
        ("1e12", "more than ten years"),
        (float("nan"), "more than ten years"),
        ("nan", "more than ten years"),
        ("2026-05-01T10:00:00", "has no zone"),
        ("2026-05-01", "is no stamp"),
        ("2026-02-30T10:00:00Z", "day is out of range"),
        ("2026-05-01T25:00:00Z", "hour must be in"),
    ],
)
def test_what_is_no_moment_is_told(value, why):
    with pytest.raises(ValueError, match=why):
        moment_s(value, START_S)


@given(st.datetimes(min_value=datetime.datetime(1971, 1, 1), timezones=st.just(datetime.UTC)))
def test_a_stamp_is_the_time_that_it_was_made_of(time):
    text = time.isoformat().replace("+00:00", "Z")
    assert is_stamp(text)
    assert stamp_s(text) == time.timestamp()


@given(st.text(max_size=30))
def test_no_text_is_more_than_refused(text):
    try:
        assert abs(after_s(text)) <= LONGEST_AFTER_S
    except ValueError as error:
        assert str(error)

"""Times of day become times: midnights, receipt times, jumps, several sources."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.formats.asterix.clock import Stamps, sound_receipts, unwrap

DAY_S = 86_400.0


def stamps(tod, source=None, receipt=None):
    n = len(tod)
    return Stamps(
        order=np.arange(n, dtype=np.int64),
        source=np.zeros(n, np.int32) if source is None else np.array(source, np.int32),
        time_of_day_s=np.array(tod, np.float64),
        receipt_time_s=np.full(n, np.nan) if receipt is None else np.array(receipt, np.float64),
        is_truncated=np.zeros(n, np.bool_),
        tells_full=np.zeros(n, np.bool_),
    )


def test_midnight_is_crossed_forwards_and_by_late_records_backwards():
    times = unwrap(stamps([86_399.0, 1.0, 86_399.5, 2.0]), None)
    assert times.time_s.tolist() == [86_399.0, DAY_S + 1, 86_399.5, DAY_S + 2]
    assert not times.is_jump.any()


def test_a_source_that_begins_after_midnight_begins_on_the_next_day():
    times = unwrap(stamps([86_398.0, 1.0, 2.0, 3.0], [0, 0, 1, 0]), None)
    assert times.time_s.tolist() == [86_398.0, DAY_S + 1, DAY_S + 2, DAY_S + 3]


def test_receipt_times_give_the_day_even_when_the_recorder_keeps_local_time():
    start = 1_777_420_800.0  # 2026-04-29
    tod = [86_390.0, 5.0, 15.0]
    sent = [start + 86_390.0, start + DAY_S + 5.0, start + DAY_S + 15.0]
    for offset_s in (0.0, 0.3, 3 * 3600.0, -5 * 3600.0):
        receipt = [s + offset_s for s in sent]
        assert unwrap(stamps(tod, receipt=receipt), None).time_s.tolist() == sent


def test_a_gap_of_days_is_bridged_by_receipt_times():
    receipt = [1000.0, 1010.0, 3 * DAY_S + 1000.0]
    times = unwrap(stamps([1000.0, 1010.0, 1000.0], receipt=receipt), None)
    assert times.time_s.tolist() == receipt


def test_a_wrong_bit_in_one_receipt_time_is_ignored():
    receipt = 1.7e9 + np.arange(20.0)
    receipt[4] += 2.0**27
    sound = sound_receipts(receipt)
    assert np.flatnonzero(np.isnan(sound)).tolist() == [4]
    tod = (1.7e9 + np.arange(20.0)) % DAY_S
    times = unwrap(stamps(tod, receipt=sound), None)
    assert times.time_s.tolist() == (1.7e9 + np.arange(20.0)).tolist()


def test_a_pause_between_recordings_is_no_wrong_receipt_time():
    receipt = np.concatenate([1e9 + np.arange(10.0), 1e9 + 7 * DAY_S + np.arange(10.0)])
    assert not np.isnan(sound_receipts(receipt)).any()


def test_the_date_is_that_of_the_first_record():
    times = unwrap(stamps([86_399.0, 1.0]), datetime.date(1970, 1, 3))
    assert times.time_s.tolist() == [2 * DAY_S + 86_399.0, 3 * DAY_S + 1.0]


def test_one_wrong_time_is_marked_and_does_not_move_the_others():
    tod = [100.0 + k for k in range(20)]
    tod[7] = 80_000.0
    times = unwrap(stamps(tod), None)
    assert np.flatnonzero(times.is_outlier).tolist() == [7]
    assert np.delete(times.time_s, 7).tolist() == np.delete(tod, 7).tolist()
    assert not times.is_jump.any()


def test_a_step_of_the_clock_is_marked_and_kept():
    tod = [5000.0 + k for k in range(10)] + [4000.0 + k for k in range(10)]
    times = unwrap(stamps(tod), None)
    assert np.flatnonzero(times.is_jump).tolist() == [10]
    assert times.time_s.tolist() == tod


@given(
    st.floats(0.0, DAY_S - 1),
    st.lists(st.floats(-20.0, 3000.0), min_size=1, max_size=200),
    st.integers(0, 3),
)
@settings(max_examples=100, deadline=None)
def test_unwrapping_gives_back_the_times_that_were_wrapped(start, steps, sources):
    truth = start + np.concatenate([[0.0], np.cumsum(steps)])
    truth = truth[truth >= 0.0]
    truth -= DAY_S * np.floor(truth[0] / DAY_S) if len(truth) else 0.0
    if len(truth):
        source = np.arange(len(truth)) % (sources + 1)
        times = unwrap(stamps(truth % DAY_S, source), None)
        assert times.time_s == pytest.approx(truth, abs=1e-6)

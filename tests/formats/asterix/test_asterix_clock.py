"""Times of day become times: midnights, receipt times, jumps, several sources."""

import datetime
import random  # noqa: TID251 -- the dice of the report that this test repeats

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.formats.asterix.clock import Stamps, jump_text, sound_receipts, unwrap
from jointsky.formats.options import ReadOptions
from jointsky.recording.read import read
from shared_data import shared

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
    assert np.isnan(times.jumped_from_s).all()


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
    assert np.isnan(times.jumped_from_s).all()


def test_a_step_of_the_clock_is_marked_and_kept():
    tod = [5000.0 + k for k in range(10)] + [4000.0 + k for k in range(10)]
    times = unwrap(stamps(tod), None)
    assert np.flatnonzero(times.jumped_from_s == 5009.0).tolist() == [10]
    assert np.isfinite(times.jumped_from_s).sum() == 1
    assert times.time_s.tolist() == tod


def assert_only_wrong_ones_are_marked(truth, wrong):
    tod = np.array(truth) % DAY_S
    for row, value in wrong.items():
        tod[row] = value
    times = unwrap(stamps(tod), None)
    assert np.flatnonzero(times.is_outlier).tolist() == sorted(wrong)
    good = [row for row in range(len(truth)) if row not in wrong]
    assert times.time_s[good] == pytest.approx(np.array(truth)[good], abs=1e-6)
    assert np.isnan(times.jumped_from_s).all()
    assert (np.abs(times.time_s - truth) <= DAY_S / 2 + 60.0).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {20: 60_000.0, 21: 5_000.0},
        {20: 60_000.0, 21: 5_000.0, 22: 20_000.0, 23: 80_000.0},
        {20: 60_000.0, 22: 5_000.0, 24: 80_000.0},
        {20: 77_000.0, 21: 77_000.2},
        {0: 60_000.0},
        {0: 60_000.0, 1: 5_000.0},
        {1: 80_000.0, 2: 5_000.0},
        {39: 5_000.0},
        {38: 60_000.0, 39: 5_000.0},
        {37: 60_000.0, 38: 5_000.0},
        {0: 80_000.0, 20: 60_000.0, 21: 5_000.0, 39: 60_000.0},
    ],
)
@pytest.mark.parametrize("step_s", [0.05, 5.0, 90.0])
def test_wrong_times_in_a_row_do_not_move_the_day(wrong, step_s):
    assert_only_wrong_ones_are_marked(33_932.0 + step_s * np.arange(40), wrong)


@pytest.mark.parametrize("step_s", [0.05, 4.0])
def test_wrong_times_beside_midnight_do_not_hide_it(step_s):
    truth = DAY_S + step_s * (np.arange(40) - 20.5)
    for first in (18, 19, 20, 21, 22):
        assert_only_wrong_ones_are_marked(truth, {first: 60_000.0, first + 1: 30_000.0})


@given(st.lists(st.tuples(st.integers(0, 1999), st.floats(300.0, 86_000.0)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_scattered_wrong_times_never_move_the_others(wrong):
    truth = 86_350.0 + 0.05 * np.arange(2000)
    tod = truth % DAY_S
    hit = np.zeros(2000, bool)
    for row, off_s in wrong:
        if not hit[max(row - 7, 0) : row + 8].any() or hit[max(row - 1, 0)]:
            tod[row], hit[row] = (truth[row] + off_s) % DAY_S, True
    times = unwrap(stamps(tod), None)
    assert not times.is_outlier[~hit].any()
    assert times.time_s[~hit] == pytest.approx(truth[~hit], abs=1e-6)


def test_three_records_that_agree_at_the_end_are_a_jump_and_kept():
    tod = [5000.0 + k for k in range(30)] + [40_000.0, 40_001.0, 40_002.0]
    times = unwrap(stamps(tod), None)
    assert not times.is_outlier.any()
    assert times.time_s.tolist() == tod
    assert np.flatnonzero(times.jumped_from_s == 5029.0).tolist() == [30]


def test_eighty_seconds_back_are_a_jump_told_from_when_to_when():
    tod = [33_932.0 + 0.1 * k for k in range(900)] + [33_942.0 + 0.1 * k for k in range(50)]
    times = unwrap(stamps(tod), None)
    assert times.time_s.tolist() == tod and not times.is_outlier.any()
    [row] = np.flatnonzero(~np.isnan(times.jumped_from_s))
    text = jump_text(times.jumped_from_s[row], times.time_s[row])
    assert "from 09:27:01.900 to 09:25:42.000 (-79.9 s)" in text


def test_a_source_that_reports_seldom_keeps_every_time():
    tod = (86_000.0 + 3000.0 * np.arange(60)) % DAY_S
    times = unwrap(stamps(tod), None)
    assert not times.is_outlier.any()
    assert times.time_s.tolist() == (86_000.0 + 3000.0 * np.arange(60)).tolist()


def test_a_damaged_first_record_of_a_stray_source_does_not_set_the_day():
    tod = [80_000.0] + [33_932.0 + 0.1 * k for k in range(600)]
    times = unwrap(stamps(tod, [9] + [0] * 600), datetime.date(1970, 1, 3))
    assert times.time_s[1:] == pytest.approx(2 * DAY_S + np.array(tod[1:]))
    assert np.flatnonzero(times.is_outlier).tolist() == [0]


def test_a_source_of_few_records_goes_by_the_clock_of_the_others():
    tod = np.round(86_370.0 + 0.1 * np.arange(600), 3)
    times = unwrap(stamps(tod % DAY_S, [0] * 100 + [4] + [0] * 399 + [4, 0, 5] + [0] * 97), None)
    assert times.time_s == pytest.approx(tod)
    assert not times.is_outlier.any()


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
        # the first day is that of the first record that is believed, and without a date any
        day = np.round((times.time_s[0] - truth[0]) / DAY_S) if times.is_outlier[0] else 0.0
        assert times.time_s - DAY_S * day == pytest.approx(truth, abs=1e-6)


@pytest.mark.parametrize("seed", [2, 3, 7, 35])
def test_flipped_bits_in_a_real_recording_do_not_move_its_day(tmp_path, seed):
    data = bytearray(shared("data/asterix/jahorina.raw").read_bytes())
    dice = random.Random(seed)
    for _ in range(200):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path = tmp_path / "flipped.raw"
    path.write_bytes(data)
    reading = read(path, ReadOptions())
    assert len(reading.plots) > 700
    assert reading.plots.time_s.min() > 33_800.0 and reading.plots.time_s.max() < 34_140.0
    assert reading.fault_counts["implausible-time"] > 0
    [*_, jump] = [fault.text for fault in reading.faults if fault.kind == "time-jump"]
    assert "jumps from 09:2" in jump and " to 09:2" in jump

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.modes import modes_encoder as encoder
from jointsky.errors import InputError
from jointsky.formats.modes import beast, clock
from jointsky.formats.modes.read import read_beast
from jointsky.formats.options import ReadOptions
from shared_data import shared

FRAMES = [encoder.squitter(encoder.airborne(50 + k / 500, 8 + k / 300, k % 2)) for k in range(40)]
START = 5_000_000_000
RECORDING = b"".join(
    encoder.beast(frame, START + 4_800_000 * k, 26 if k % 3 else 90)
    for k, frame in enumerate(FRAMES)
)


def test_frames_and_times_come_out_as_they_were_put_in():
    pieces = beast.split(RECORDING)
    assert [bytes(row) for row in pieces.octets] == FRAMES
    assert pieces.ticks.tolist() == [START + 4_800_000 * k for k in range(40)]
    found = read_beast(RECORDING, ReadOptions())
    assert len(found.plots) == 40 and not found.date_known and found.fault_counts == {}
    assert np.allclose(np.diff(found.plots.time_s), 0.4)


@settings(max_examples=80)
@given(st.binary(min_size=14, max_size=14), st.integers(0, 2**48 - 1), st.integers(0, 255))
def test_every_octet_survives_its_escape(frame, ticks, level):
    pieces = beast.split(encoder.beast(frame, ticks, level) + encoder.beast(frame[:7], ticks))
    assert [bytes(pieces.octets[0]), bytes(pieces.octets[1, :7])] == [frame, frame[:7]]
    assert pieces.ticks.tolist() == [ticks, ticks] and pieces.level[0] == level


@settings(max_examples=60)
@given(st.integers(0, 39), st.binary(min_size=1, max_size=30))
def test_garbage_between_messages_is_one_fault_at_its_offset(after, garbage):
    garbage = garbage.replace(b"\x1a", b"\x1b")
    parts = [encoder.beast(frame, START + 4_800_000 * k) for k, frame in enumerate(FRAMES)]
    place = len(b"".join(parts[:after]))
    data = b"".join(parts[:after]) + garbage + b"".join(parts[after:])
    found = read_beast(data, ReadOptions())
    assert found.fault_counts == {"garbage": 1}
    assert (found.faults[0].offset, found.faults[0].octets) == (place, len(garbage))
    assert len(found.plots) == 40


@settings(max_examples=80)
@given(st.lists(st.integers(0, 8 * len(RECORDING) - 1), max_size=6), st.integers(0, 60))
def test_flipped_bits_and_a_cut_end_lose_only_what_they_touch(flips, cut):
    damaged = bytearray(RECORDING)
    for flip in flips:
        damaged[flip // 8] ^= 1 << flip % 8
    data = bytes(damaged[: len(damaged) - cut])
    found = read_beast(data, ReadOptions())
    lost = 40 - found.contents.records.get("DF17", 0)
    assert lost <= 2 * len(flips) + cut // 20 + 1
    pieces = beast.split(data)
    assert pieces.offset[0] == 0 and pieces.size.sum() == len(data)
    assert (pieces.offset[1:] == np.cumsum(pieces.size)[:-1]).all()


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_octets_are_split_without_a_gap(data):
    pieces = beast.split(data)
    assert pieces.size.sum() == len(data)
    try:
        read_beast(data, ReadOptions())
    except InputError as error:
        assert "Beast" in str(error)


def gps(second: float) -> int:
    whole = int(second)
    return whole << 30 | int((second - whole) * 1e9)


def test_gps_stamps_are_recognised_and_unwrapped_across_midnight():
    seconds = [(86380.1 + 0.4 * k) % 86400 for k in range(120)]
    frames = [
        encoder.beast(encoder.squitter(encoder.airborne(50 + k / 500, 8.0, k % 2)), gps(second))
        for k, second in enumerate(seconds)
    ]
    day = datetime.date(2024, 2, 28)
    found = read_beast(b"".join(frames), ReadOptions(date=day))
    start_s = datetime.datetime(2024, 2, 28, tzinfo=datetime.UTC).timestamp()
    assert found.contents.values["time"] == "GPS seconds of day" and found.date_known
    assert np.allclose(found.plots.time_s, start_s + 86380.1 + 0.4 * np.arange(120), atol=1e-6)


def test_a_counter_is_not_taken_for_gps():
    ticks = START + np.arange(4000) * 900_000  # 300 s at 12 MHz
    assert not clock.looks_like_gps(ticks)
    assert clock.from_ticks(ticks, None).time_s[-1] == pytest.approx(3999 * 0.075)


def test_a_status_message_says_whether_stamps_are_gps():
    status = b"\x1a4" + bytes(7) + b"\x10" + bytes(13)
    frames = [encoder.beast(FRAMES[k], gps(100.5 + k)) for k in range(5)]
    found = read_beast(status + b"".join(frames), ReadOptions())
    assert found.contents.values["time"] == "GPS seconds of day"
    assert found.contents.records["Radarcape status"] == 1
    assert found.plots.time_s.tolist() == pytest.approx([100.5 + k for k in range(5)])


def test_multilateration_results_have_no_time_and_are_counted():
    marked = encoder.beast(FRAMES[0], clock.MLAT_TICKS) + encoder.beast(FRAMES[1], 0)
    found = read_beast(RECORDING + marked, ReadOptions())
    assert len(found.plots) == 40
    assert found.contents.values["positions_without_time"] == 2


def test_a_counter_that_begins_anew_goes_on_where_it_stood():
    later = [encoder.beast(frame, 1_000 + 4_800_000 * k) for k, frame in enumerate(FRAMES)]
    high = [encoder.beast(f, 2**46 + 4_800_000 * k) for k, f in enumerate(FRAMES)]
    found = read_beast(b"".join(high + later), ReadOptions())
    assert found.fault_counts == {"time-jump": 1}
    assert found.faults[0].offset == len(b"".join(high))
    steps = np.diff(found.plots.time_s)
    # the second flight begins at another place: two of its positions are refused first
    assert steps.min() >= 0 and steps.max() < 2


def test_mode_a_c_and_receiver_names_are_counted():
    data = RECORDING + encoder.beast(b"\x12\x34", START) + b"\x1a\xe3" + b"\x01" * 8
    assert read_beast(data, ReadOptions()).contents.records == {
        "DF17": 40,
        "Mode A/C": 1,
        "receiver name": 1,
    }


def test_the_real_recording_agrees_with_what_readsb_made_of_the_same_messages():
    found = read_beast(shared("data/beast/readsb_600_df17.beast").read_bytes(), ReadOptions())
    assert found.contents.records == {"DF17": 600, "Mode A/C": 5} and found.fault_counts == {}
    lines = shared("data/sbs/readsb_600.sbs").read_text().splitlines()
    theirs = [line.split(",") for line in lines if line.startswith("MSG,3")]
    places = {(float(f[14]), float(f[15])) for f in theirs if f[14]}
    ours = np.degrees(np.stack([found.plots.latitude_rad, found.plots.longitude_rad], 1))
    # readsb writes six decimals
    near = [np.abs(ours - place).max(axis=1).min() for place in places]
    assert len(places) > 200 and max(near) < 1e-6

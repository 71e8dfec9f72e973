"""Damaged input never stops the reader, and never costs the good part before and after."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.asterix.specimens import block, encoded, frames
from jointsky.errors import InputError
from jointsky.formats.asterix.read import read_asterix
from jointsky.formats.frames import Frames, whole_file
from jointsky.formats.options import ReadOptions
from shared_data import shared


def record(k):
    """Return a report of CAT048, another each time."""
    return encoded(
        48,
        {
            "010": (("SAC", 7), ("SIC", 8)),
            "140": 3600.0 + 0.125 * k,
            "020": ((5, 0, 0, 0, 0, None),),
            "040": (20.0 + k, 3.0 * k),
            "070": (0, 0, 0, 0, 0o1000 + k),
            "090": (0, 0, 100.0 + k),
            "220": 0x400000 + k,
            "240": f"TEST{k}",
        },
    )


RECORDS = [record(k) for k in range(40)]
BLOCKS = [block(48, *RECORDS[2 * k : 2 * k + 2]) for k in range(20)]
FILE = b"".join(BLOCKS)
STARTS = np.cumsum([0] + [len(b) for b in BLOCKS]).tolist()


def read(data):
    return read_asterix(whole_file(data), ReadOptions())


CLEAN = read(FILE)


def addresses(reading):
    return (reading.plots.mode_s - 0x400000).tolist()


def check_sound(reading, size):
    """Everything that holds of any reading, however bad the file."""
    assert all(0 <= fault.offset <= size for fault in reading.faults)
    assert all(fault.octets >= 0 for fault in reading.faults)
    assert sum(reading.fault_counts.values()) >= len(reading.faults)
    plots = reading.plots
    assert ((plots.offset >= 0) & (plots.offset < size)).all()
    assert np.isfinite(plots.time_s).all()
    assert (np.isnan(plots.range_m) | (plots.range_m <= 256 * 1852)).all()
    assert (np.isnan(plots.latitude_rad) | (np.abs(plots.latitude_rad) <= np.pi / 2)).all()
    altitude_m = plots.pressure_altitude_m
    assert (np.isnan(altitude_m) | ((altitude_m >= -460) & (altitude_m <= 38_700))).all()
    assert ((plots.sensor >= 0) & (plots.sensor < len(reading.sensors))).all()


def test_the_clean_file_has_no_fault():
    assert CLEAN.fault_counts == {}
    assert addresses(CLEAN) == list(range(40))


@given(st.integers(0, len(FILE)))
@settings(max_examples=80, deadline=None)
def test_a_file_cut_anywhere_keeps_every_whole_record_before_the_cut(cut):
    reading = read(FILE[:cut])
    check_sound(reading, cut)
    whole = np.count_nonzero(CLEAN.plots.offset + [len(r) for r in RECORDS] <= cut)
    # of a last block that is cut, the records that are whole are kept too
    assert addresses(reading) == list(range(whole))
    if cut not in STARTS:
        assert reading.faults[-1].offset <= cut


def others_lost(bit):
    """Return whether a flipped bit costs any record of another block than its own."""
    data = bytearray(FILE)
    data[bit // 8] ^= 0x80 >> bit % 8
    reading = read(bytes(data))
    check_sound(reading, len(FILE))
    hit = next(k for k in range(20) if STARTS[k + 1] > bit // 8)
    kept = {int(offset) for offset in reading.plots.offset}
    others = [int(o) for o in CLEAN.plots.offset if not STARTS[hit] <= o < STARTS[hit + 1]]
    return not kept.issuperset(others)


def test_a_flipped_bit_costs_its_own_block_and_nothing_else():
    in_heads = {8 * start + k for start in STARTS[:-1] for k in range(24)}
    bits = sorted(in_heads | set(range(0, 8 * len(FILE), 41)))
    # a wrong length may by chance lead to octets that look like a chain of blocks
    assert sum(others_lost(bit) for bit in bits) <= 0.005 * len(bits)


@given(st.integers(0, 19), st.binary(min_size=1, max_size=200))
@settings(max_examples=80, deadline=None)
def test_octets_in_between_are_skipped_and_counted(where, junk):
    at = STARTS[where]
    reading = read(FILE[:at] + junk + FILE[at:])
    check_sound(reading, len(FILE) + len(junk))
    lost = set(range(40)) - set(addresses(reading))
    # junk may by chance look like the head of a block and swallow what follows it, not more
    assert lost <= {2 * where, 2 * where + 1, 2 * where - 1, 2 * where - 2}
    assert reading.fault_counts


def test_a_wrong_length_is_found_and_the_next_block_is_read():
    data = bytearray(FILE)
    data[STARTS[3] + 1] = 0x01  # 256 octets more than there are
    reading = read(bytes(data))
    assert addresses(reading) == list(range(40))
    assert reading.fault_counts == {"bad-block-length": 1}
    assert reading.faults[0].offset == STARTS[3]
    data[STARTS[3] + 1 : STARTS[3] + 3] = b"\0\2"  # no block is so short
    reading = read(bytes(data))
    assert addresses(reading) == list(range(40))
    assert reading.fault_counts == {"bad-block-length": 1}
    data[STARTS[3]] = 0  # no category
    reading = read(bytes(data))
    assert addresses(reading) == [k for k in range(40) if k not in (6, 7)]
    (fault,) = reading.faults
    assert (fault.kind, fault.offset, fault.octets) == ("lost-octets", STARTS[3], len(BLOCKS[3]))


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_any_octets_are_read_without_an_exception(octets):
    check_sound(read(octets), len(octets))


@given(st.text(max_size=1000), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_text_gives_no_records(text, times):
    data = (text.encode("ascii", "replace")) * times
    reading = read(data)
    assert len(reading.plots) == len(reading.tracks) == 0
    check_sound(reading, len(data))


def test_an_empty_file_is_an_empty_reading():
    reading = read(b"")
    assert (len(reading.plots), reading.contents.records, reading.faults) == (0, {}, [])


def test_a_trailer_after_the_last_block_of_a_datagram_is_reported():
    payloads = [BLOCKS[0] + b"\xa5\xa5\xa5\xa5", BLOCKS[1] + b"\x00\x01"]
    data = b"".join(payloads)
    sizes = np.array([len(p) for p in payloads])
    given_frames = Frames(
        container="pcap",
        data=data,
        start=np.cumsum(sizes) - sizes,
        length=sizes,
        offset=np.cumsum(sizes) - sizes + 1000,  # as if behind packet heads
        receipt_time_s=np.array([1e9 + 3600, 1e9 + 3601]),
        port=np.array([4001, 4001], np.int32),
    )
    reading = read_asterix(given_frames, ReadOptions())
    assert addresses(reading) == [0, 1, 2, 3]
    assert [(f.kind, f.octets) for f in reading.faults] == [("lost-octets", 4), ("lost-octets", 2)]
    assert reading.faults[0].offset == 1000 + len(BLOCKS[0])
    assert reading.plots.offset[0] == 1003


def test_an_empty_record_stops_its_block_only():
    data = block(48, RECORDS[0], b"\0\0\0\0") + BLOCKS[1]
    reading = read(data)
    assert addresses(reading) == [0, 2, 3]
    assert reading.fault_counts == {"empty-record": 1}
    assert reading.faults[0].octets == 4


def test_a_source_heard_once_among_thousands_is_taken_for_damage():
    many = [block(48, *RECORDS) for _ in range(60)]
    stray = bytearray(block(48, RECORDS[5]))
    at = stray.index(b"\x07\x08", 3)
    stray[at : at + 2] = b"\x63\x63"
    reading = read_asterix(frames(*many, bytes(stray)), ReadOptions())
    assert reading.fault_counts["stray-source"] == 1
    assert set(reading.plots.sensor.tolist()) == {0}


@pytest.mark.parametrize("name", ["jahorina.raw", "readsb_cat021_600.ast"])
def test_flipped_bits_in_a_real_recording_cost_little(name):
    data = shared(f"data/asterix/{name}").read_bytes()
    clean = read(data)
    rng = np.random.default_rng(5)
    damaged = np.frombuffer(data, np.uint8).copy()
    places = rng.choice(len(data), 20, replace=False)
    damaged[places] ^= (1 << rng.integers(0, 8, 20)).astype(np.uint8)
    reading = read(damaged.tobytes())
    check_sound(reading, len(data))
    assert len(reading.plots) > 0.95 * len(clean.plots)


def test_options_that_name_no_edition_are_refused_before_reading():
    with pytest.raises(InputError, match="edition 048=9"):
        read_asterix(whole_file(FILE), ReadOptions(editions={"048": "9"}))

"""Damage in one place of a file costs the blocks that it touches, and none far away."""

import pathlib

import numpy as np
import pytest

from jointsky.formats.asterix.blocks import find_blocks
from jointsky.formats.asterix.faults import FaultLog
from jointsky.formats.asterix.read import read_asterix
from jointsky.formats.frames import whole_file
from jointsky.formats.options import ReadOptions
from shared_data import shared

EXAMPLES = pathlib.Path(__file__).parents[3] / "examples/two-nations"
NAMES = [
    "north.ast",
    "adsb.ast",
    "jahorina.raw",
    "lebl_160510_adsb_cat21_v023.ast",
    "lebl_160510_mlat_cat20.ast",
    "lebl_160510_smr_cat10.ast",
]
PART_OCTETS = 120_000
CUTS = [*range(1, 66), 100, 300, 1000, 5000]


def clean_file(name):
    """Return the whole blocks in the first part of a recording, and where each begins."""
    path = EXAMPLES / name if (EXAMPLES / name).exists() else shared(f"data/asterix/{name}")
    data = path.read_bytes()
    starts = [0]
    while starts[-1] < min(PART_OCTETS, len(data)):
        at = starts[-1]
        starts.append(at + int.from_bytes(data[at + 1 : at + 3], "big"))
    return data[: starts[-1]], np.array(starts)


def cut(data):
    """Return rows of first octet, octets, category of the blocks, and the faults."""
    frames = whole_file(data)
    faults = FaultLog(frames)
    blocks = find_blocks(frames, np.frombuffer(data, np.uint8), faults)
    return np.stack([blocks.start, blocks.length, blocks.category], axis=1), faults.kept()


def read(data):
    return read_asterix(whole_file(data), ReadOptions())


def damages(data, count, seed):
    """Yield (damaged octets, first octet hit, octets hit of the clean file, octets put there)."""
    rng = np.random.default_rng(seed)
    for k in range(count):
        octets = int(rng.integers(1, 65))
        at = int(rng.integers(0, len(data) - octets))
        junk = rng.integers(0, 256, octets).astype(np.uint8).tobytes()
        junk = bytes([255 * (k % 2)]) * octets if k % 5 == 0 else junk
        gone, put = ((0, octets), (octets, 0), (octets, octets))[k % 3]
        yield data[:at] + junk[:put] + data[at + gone :], at, gone, put


def lost_blocks(clean, found, at, gone, put):
    """Return the numbers of the clean blocks that are not found, octet for octet in place."""
    moved = np.where(clean[:, 0] >= at + gone, clean[:, 0] + put - gone, clean[:, 0])
    kept = set(map(tuple, found.tolist()))
    rows = zip(moved.tolist(), clean[:, 1].tolist(), clean[:, 2].tolist(), strict=True)
    return [k for k, row in enumerate(rows) if row not in kept]


def touched_blocks(starts, at, gone):
    """Return the first and last block that damage touches: of octets put between two, both."""
    last = np.searchsorted(starts, at + gone - (gone > 0), "right") - 1
    return int(np.searchsorted(starts, at, "right") - 1), int(last)


@pytest.mark.parametrize("name", NAMES)
def test_damage_costs_the_blocks_it_touches_and_the_next_at_most(name):
    data, starts = clean_file(name)
    clean, faults = cut(data)
    assert clean[:, 0].tolist() == starts[:-1].tolist()
    assert not faults
    for damaged, at, gone, put in damages(data, 90, 7):
        found, faults = cut(damaged)
        first, last = touched_blocks(starts, at, gone)
        lost = lost_blocks(clean, found, at, gone, put)
        assert set(lost) <= set(range(first, last + 2)), (at, gone, put)
        begin, end = starts[max(first - 1, 0)], starts[min(last + 2, len(starts) - 1)]
        assert all(begin <= fault.offset <= end + put - gone for fault in faults), (at, gone, put)
        extra = len(found) + len(lost) - len(clean)
        assert extra <= last - first + 2, (at, gone, put)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_cut_at_its_end_keeps_every_whole_block(name):
    data, starts = clean_file(name)
    clean, _ = cut(data)
    for octets in CUTS:
        found, faults = cut(data[:-octets])
        whole = int(np.searchsorted(starts, len(data) - octets, "right")) - 1
        assert np.array_equal(found[:whole], clean[:whole]), octets
        assert len(found) <= whole + 1
        assert all(fault.offset == starts[whole] for fault in faults)
        assert bool(faults) == (starts[whole] < len(data) - octets)


@pytest.mark.parametrize("name", NAMES)
def test_damage_makes_no_records_of_other_categories_and_costs_few_plots(name):
    data, starts = clean_file(name)
    whole = read(data)
    for damaged, at, gone, put in damages(data, 18, 11):
        reading = read(damaged)
        assert reading.contents.records.keys() <= whole.contents.records.keys(), (at, gone, put)
        first, last = touched_blocks(starts, at, gone)
        plots = whole.plots.offset
        ends = starts[min(last + 2, len(starts) - 1)]
        near = np.count_nonzero((plots >= starts[first]) & (plots < ends))
        assert len(reading.plots) >= len(whole.plots) - near, (at, gone, put)


def test_the_example_keeps_its_plots_whether_cut_or_with_octets_put_in():
    data = (EXAMPLES / "north.ast").read_bytes()
    whole = len(read(data).plots)
    reading = read(data[:-7])
    assert len(reading.plots) >= whole - 1
    assert all(fault.offset > len(data) - 100 for fault in reading.faults)
    reading = read(data[:60_000] + b"\xff" * 4 + data[60_000:])
    assert len(reading.plots) >= whole - 2
    assert all(abs(fault.offset - 60_000) < 100 for fault in reading.faults)


def test_noise_before_behind_and_between_costs_no_block():
    data, starts = clean_file("north.ast")
    clean, _ = cut(data)
    noise = np.random.default_rng(3).integers(0, 256, 20_000).astype(np.uint8).tobytes()
    middle = int(starts[1000])
    found, _ = cut(noise + data[:middle] + noise + data[middle:] + noise)
    kept = {tuple(row) for row in found.tolist()}
    shifts = np.where(clean[:, 0] < middle, len(noise), 2 * len(noise))
    rows = np.stack([clean[:, 0] + shifts, clean[:, 1], clean[:, 2]], axis=1)
    assert sum(tuple(row) not in kept for row in rows.tolist()) <= 1
    assert len(found) <= len(clean) + 2


def test_noise_alone_gives_hardly_a_block():
    rng = np.random.default_rng(4)
    for _ in range(10):
        found, faults = cut(rng.integers(0, 256, 50_000).astype(np.uint8).tobytes())
        assert len(found) <= 1
        assert faults


def test_damage_is_found_on_both_sides_of_a_window_of_the_search():
    part, starts = clean_file("north.ast")
    times = 30
    data = part * times  # more than three windows of 2 ** 20 octets
    count = times * (len(starts) - 1)
    for octets in range(1, 1500, 250):
        at = (1 << 20) - 700 + octets
        found, _ = cut(data[:at] + b"\xff" * 3 + data[at:])
        assert count - 2 <= len(found) <= count + 1


def test_one_block_of_a_category_among_thousands_is_taken_for_damage_and_reported():
    data, starts = clean_file("north.ast")
    at = int(starts[500])
    damaged = bytearray(data)
    damaged[at] = 21
    found, (fault,) = cut(bytes(damaged))
    assert len(found) == len(starts) - 2
    assert (fault.kind, fault.offset) == ("stray-category", at)
    few, faults = cut(bytes(damaged[: starts[600]]))
    assert (len(few), faults) == (600, [])

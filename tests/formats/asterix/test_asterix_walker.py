"""The compiled walker agrees with a naive one and with libasterix, on every edition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.asterix import specimens
from jointsky.formats.asterix.specification import CATEGORIES, editions

ALL = [(c, e.name) for c in CATEGORIES for e in editions(c)]


def walked_as_dicts(octets, edition):
    """Return what our walker finds in one block, in the form of the naive one."""
    out, fault = [], None
    for batch in specimens.batches([octets], edition, at_once=7):
        marks = batch.walked.marks
        for row in range(batch.records):
            slots = batch.plan.slots.items()
            found = {
                name: (int(marks[0, s, row]), int(marks[1, s, row]))
                for name, s in slots
                if marks[0, s, row]
            }
            out.append((int(batch.walked.where[row, 0]), found))
        for _, at, code in batch.walked.faults:
            fault = (int(at), int(code))
    return out, fault


def damaged(rng, octets):
    """Return octets with some bits flipped, cut short, or neither."""
    octets = bytearray(octets)
    for _ in range(int(rng.integers(0, 4))):
        octets[int(rng.integers(len(octets)))] ^= 1 << int(rng.integers(8))
    return bytes(octets[: int(rng.integers(1, len(octets) + 1))] if rng.random() < 0.5 else octets)


@given(st.sampled_from(ALL), st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None)
def test_walker_agrees_with_its_naive_twin_on_sound_and_damaged_blocks(which, seed):
    rng = np.random.default_rng(seed)
    edition = specimens.edition(*which)
    uaps = [edition.uaps[int(rng.integers(len(edition.uaps)))] for _ in range(5)]
    octets = damaged(rng, b"".join(specimens.random_record(rng, uap) for uap in uaps))
    assert walked_as_dicts(octets, edition) == specimens.naive_block(octets, edition)


@given(st.sampled_from(ALL), st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_walker_agrees_with_its_naive_twin_on_any_octets(which, octets):
    edition = specimens.edition(*which)
    if octets:
        assert walked_as_dicts(octets, edition) == specimens.naive_block(octets, edition)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_field_of_every_edition_equals_that_of_libasterix(category):
    rng = np.random.default_rng(category)
    for edition in editions(category):
        made = [(uap, specimens.random_record(rng, uap)) for uap in edition.uaps * 25]
        batches = specimens.batches([octets for _, octets in made], edition)
        ours = [fields for batch in batches for fields in specimens.our_fields(batch)]
        assert len(ours) == len(made)
        sizes = batches[0].plan.fields
        for (uap, octets), fields in zip(made, ours, strict=True):
            theirs = specimens.oracle_fields(category, edition.name, octets, uap.name)
            assert theirs is not None
            assert fields == {k: v for k, v in theirs.items() if sizes[k].size <= 63}


def test_random_field_sequence_is_walked():
    edition = specimens.edition(1)
    plot_rfs = 20  # the bit of the sequence
    record = specimens.fspec([0, 1, plot_rfs]) + bytes(
        [9, 8, 0x20, 2, 4, 0x0F, 0xFF, 5, 0x00, 0x28]
    )
    found, fault = walked_as_dicts(record, edition)
    assert fault is None
    assert found[0][1] == {"010": (3, 2), "020": (5, 1), "070": (8, 2), "090": (11, 2)}


def test_records_before_a_fault_are_kept_and_the_block_after_it_is_read():
    edition = specimens.edition(48)
    rng = np.random.default_rng(3)
    good = [specimens.random_record(rng, edition.uaps[0]) for _ in range(3)]
    batches = specimens.batches([good[0] + good[1] + b"\xff\xff\xff\xff\xff", good[2]], edition)
    assert sum(batch.records for batch in batches) == 3
    faults = np.concatenate([batch.walked.faults for batch in batches])
    assert faults[:, :2].tolist() == [[0, len(good[0] + good[1])]]

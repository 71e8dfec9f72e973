"""Streams cut into whole blocks: however they come in pieces, nothing is lost and nothing torn."""

import pathlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.formats.framing.cutting import whole_blocks

EXAMPLE = pathlib.Path(__file__).parents[3] / "examples/two-nations/north.ast"
DATA = EXAMPLE.read_bytes()[:6000]


def cut_in_pieces(data, sizes):
    """Return the parts that are handed on when data come in pieces, and what is left."""
    rest, parts, at = b"", [], 0
    for size in [*sizes, len(data)]:
        rest += data[at : at + size]
        at += size
        end = whole_blocks(rest)
        parts.append(rest[:end])
        rest = rest[end:]
    return parts, rest


def blocks_of(data):
    found, at = [], 0
    while at < len(data):
        size = data[at + 1] << 8 | data[at + 2]
        found.append(data[at : at + size])
        at += size
    return found


@given(st.lists(st.integers(1, 300), max_size=60))
@settings(max_examples=60)
def test_blocks_are_handed_on_whole_in_whatever_pieces_they_come(sizes):
    parts, rest = cut_in_pieces(DATA, sizes)
    assert b"".join(parts) + rest == DATA
    assert [b for part in parts for b in blocks_of(part)] == blocks_of(
        DATA[: len(DATA) - len(rest)]
    )


def test_an_unfinished_block_waits_and_a_finished_one_does_not():
    first = blocks_of(DATA)[0]
    assert whole_blocks(first) == len(first)
    assert whole_blocks(first[:-1]) == 0
    assert whole_blocks(first + DATA[len(first) : len(first) + 2]) == len(first)
    assert whole_blocks(b"") == 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_damage_is_passed_over_and_later_blocks_are_cut_again(seed):
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, rng.integers(1, 200), np.uint8).tobytes()
    data = DATA[:3000] + noise + DATA
    parts, rest = cut_in_pieces(data, rng.integers(1, 400, 40).tolist())
    assert b"".join(parts) + rest == data
    assert len(rest) <= 2048
    handed = b"".join(parts)
    assert DATA[1000:-2048] in handed


def test_a_stream_of_noise_never_waits_for_more_than_a_block():
    rng = np.random.default_rng(7)
    rest = b""
    for _ in range(400):
        rest += rng.integers(0, 256, 1000, np.uint8).tobytes()
        rest = rest[whole_blocks(rest) :]
        assert len(rest) <= 66_000

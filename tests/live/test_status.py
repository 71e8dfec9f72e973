"""What a live node calls a fault: what goes wrong now, of feeds, links, sites and outputs."""

import pathlib

import numpy as np
import pytest

from jointsky.live.declared import Output
from jointsky.live.outputs import Writer
from jointsky.live.status import LATELY_S, Lately


def test_a_count_is_a_fault_for_a_minute_and_then_only_a_total():
    lately, counts = Lately(), np.zeros(200, int)
    counts[10:], counts[90:] = 5, 7  # 5 at second 10, 2 more at 90
    grown = [lately.grown("lost", int(count), float(at_s)) for at_s, count in enumerate(counts)]
    assert grown[9] == 0 and grown[10] == grown[10 + int(LATELY_S) - 1] == 5
    assert grown[10 + int(LATELY_S) + 1] == 0
    assert grown[90] == 2 and grown[-1] == 0


def test_what_was_counted_before_the_first_look_is_told():
    assert Lately().grown("damaged", 3, 100.0) == 3


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_is_full_is_told_and_tried_again(tmp_path):
    to = tmp_path / "picture.jsonl"
    to.symlink_to("/dev/full")
    writer = Writer(Output(path=str(to)), to)
    writer.write([b"one"])
    assert (writer.failed, writer.fault) == (1, "No space left on device")
    to.unlink()
    writer.write([b"two", b"three"])
    assert (writer.failed, writer.fault) == (1, "")
    assert to.read_bytes() == b"two\nthree\n"
    writer.close()


def test_an_output_that_is_a_folder_is_told(tmp_path):
    writer = Writer(Output(path=str(tmp_path)), tmp_path)
    writer.write([b"one"])
    assert writer.fault == "Is a directory"
    writer.close()

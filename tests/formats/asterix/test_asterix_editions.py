"""The edition is told, or guessed where one clearly fits and the newest does not."""

import numpy as np
import pytest

from formats.asterix.specimens import block, edition, encoded, frames, random_record
from jointsky.errors import InputError
from jointsky.formats.asterix.editions import Wanted
from jointsky.formats.asterix.read import read_asterix
from jointsky.formats.framing.opening import open_frames
from jointsky.formats.options import ReadOptions
from shared_data import shared

OLD = {
    "010": (("SAC", 0), ("SIC", 107)),
    "040": (0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0),
    "030": 3600.0,
    "130": (41.25, 2.125),
    "080": 0x345678,
    "090": (0, 0, 0, 0, 7),
    "145": 100.0,
}
REAL_OLD = "lebl_160510_adsb_cat21_v023.ast"


def old_blocks(count=40):
    return [
        block(21, encoded(21, {**OLD, "030": 3600.0 + k, "145": 100.0 + k}, "0.23"))
        for k in range(count)
    ]


def read(blocks, **options):
    return read_asterix(frames(*blocks), ReadOptions(**options))


def test_edition_0_23_is_recognised():
    reading = read(old_blocks())
    assert reading.contents.editions["CAT021"].startswith("0.23 (guessed: 2.7 fails on ")
    assert len(reading.plots) == 40
    assert np.degrees(reading.plots.latitude_rad) == pytest.approx(np.full(40, 41.25), abs=1e-4)
    assert reading.fault_counts == {}


def test_a_wrong_edition_that_is_told_gives_no_plots_and_says_so():
    reading = read(old_blocks(), editions={"021": "2.4"})
    assert len(reading.plots) == 0
    assert sum(reading.fault_counts.values()) >= 40
    assert reading.contents.editions["CAT021"] == "2.4 (given)"
    [said] = reading.contents.values["wrong_editions"]
    assert said.startswith("wrong edition? 2.4 was told for CAT021, but ")
    assert said.endswith("; without it 0.23 would be taken")
    assert "wrong_editions" not in read(old_blocks(), editions={"021": "0.23"}).contents.values
    assert "wrong_editions" not in read(old_blocks()).contents.values


@pytest.mark.parametrize("key", ["021", "0/107:021", "port -1:021"])
def test_editions_are_told_by_category_or_source(key):
    if key.startswith("port"):
        key = "port 4001:021"
    reading = read(old_blocks(), editions={"021": "0.23", key: "0.23"})
    assert reading.contents.editions["CAT021"] == "0.23 (given)"
    assert len(reading.plots) == 40


def test_the_narrower_telling_wins():
    wanted = Wanted({"021": "2.4", "port 4001:021": "2.1", "0/107:021": "0.23"})
    assert wanted.find(21, 107, 4001).name == "0.23"
    assert wanted.find(21, 108, 4001).name == "2.1"
    assert wanted.find(21, 108, 4002).name == "2.4"
    assert wanted.find(48, 108, 4002) is None


@pytest.mark.parametrize(
    ("key", "name", "says"),
    [
        ("021", "2.9", "edition '2.9' of category 021 is not known; wanted one of 0.23, 0.24"),
        ("cat021", "2.4", "'cat021' names no category; wanted 021, 0/107:021"),
        ("240", "1.3", "category 240 is not read; wanted one of 001, 002"),
    ],
)
def test_an_edition_that_does_not_exist_is_refused_with_those_that_do(key, name, says):
    with pytest.raises(InputError, match=says):
        Wanted({key: name})


def test_the_real_recording_of_edition_0_23_is_recognised():
    data = shared(f"data/asterix/{REAL_OLD}").read_bytes()
    reading = read_asterix(open_frames(data, REAL_OLD), ReadOptions())
    assert reading.contents.editions["CAT021"].startswith("0.23 (guessed")
    # CPR errors of the station itself, up to 120 degrees off, are set aside
    assert reading.fault_counts.keys() == {"implausible-position"}
    assert len(reading.plots) + reading.fault_counts["implausible-position"] == 49_330
    degrees = np.degrees([reading.plots.latitude_rad, reading.plots.longitude_rad])
    assert (np.abs(degrees - [[41.3], [2.1]]) < 10).all()
    assert np.ptp(reading.plots.time_s) == pytest.approx(7260, abs=60)  # over midnight


def test_the_real_recording_read_as_2_x_gives_next_to_nothing():
    data = shared(f"data/asterix/{REAL_OLD}").read_bytes()
    reading = read_asterix(open_frames(data, REAL_OLD), ReadOptions(editions={"021": "2.4"}))
    assert len(reading.plots) == 0
    assert reading.fault_counts["edition-misfit"] > 0


def test_blocks_of_no_edition_give_no_tracks():
    data = shared("data/asterix/ccl_asterix.pcap").read_bytes()
    reading = read_asterix(open_frames(data, "ccl_asterix.pcap"), ReadOptions())
    assert len(reading.tracks) == 0
    assert sum(reading.fault_counts.values()) >= 72


@pytest.mark.parametrize("name", ["readsb_cat021_600.ast", "ccl_cat21_re.ast"])
def test_recordings_of_edition_2_are_not_taken_for_old_ones(name):
    data = shared(f"data/asterix/{name}").read_bytes()
    reading = read_asterix(open_frames(data, name), ReadOptions())
    assert reading.contents.editions["CAT021"] == "2.7 (default)"


def test_sources_of_different_editions_in_one_file_get_each_its_own():
    rng = np.random.default_rng(1)
    new = []
    for k in range(40):
        record = {"010": (("SAC", 9), ("SIC", 9)), "071": 3600.0 + k, "131": (48.0, 11.0)}
        new.append(block(21, encoded(21, {**record, "145": 10.0 * rng.integers(1, 40)})))
    mixed = [part for pair in zip(old_blocks(), new, strict=True) for part in pair]
    reading = read(mixed)
    assert len(reading.plots) == 80
    said = reading.contents.editions["CAT021"]
    assert said.startswith("0/107: 0.23 (guessed") and said.endswith("9/9: 2.7 (default)")


def test_random_legal_records_are_walked_whatever_edition_is_told():
    rng = np.random.default_rng(2)
    given = edition(62, "1.16")
    blocks = [block(62, random_record(rng, given.uaps[0])) for _ in range(30)]
    reading = read(blocks, editions={"062": "1.16"})
    assert reading.contents.records == {"CAT062": 30}

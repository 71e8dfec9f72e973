"""Several readings become one: sensors by identity, time in order, days that follow."""

import msgspec
import numpy as np
import pytest

from jointsky.errors import InputError
from jointsky.recording.joining import joined
from jointsky.recording.read import read, read_all
from jointsky.records.plots import Plots
from jointsky.records.reading import Contents, Fault, Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from shared_data import shared


def reading(sensors, times_s, sensor, date_known=True, file=0, format="asterix/raw"):
    return Reading(
        format=format,
        plots=Plots.make(time_s=np.array(times_s), sensor=np.array(sensor), file=file),
        tracks=Tracks.make(0, sensors=np.zeros((0, 1), np.uint64)),
        sensors=sensors,
        contents=Contents(records={"CAT048": len(times_s)}, items={"CAT048": {"010": 1}}),
        faults=[Fault(offset=3, kind="odd", text="an odd thing")],
        fault_counts={"odd": 1},
        date_known=date_known,
    )


A = Sensor(name="1/1", kind="unknown", sac=1, sic=1)
A_PLACED = Sensor(name="1/1", kind="ssr", sac=1, sic=1, latitude_rad=0.8, longitude_rad=0.2)
B = Sensor(name="1/2", kind="radar", sac=1, sic=2)
ADSB = Sensor(name="ADS-B", kind="adsb")


def test_sensors_are_merged_and_plots_renumbered_and_sorted():
    one = reading([A, ADSB], [5.0, 1.0], [0, 1])
    two = reading([B, A_PLACED, ADSB], [4.0, 2.0, 3.0], [0, 1, 2], file=1)
    both = joined([one, two], ["one", "two"])
    assert [sensor.name for sensor in both.sensors] == ["1/1", "ADS-B", "1/2"]
    assert both.sensors[0].kind == "ssr" and both.sensors[0].latitude_rad == 0.8
    assert both.plots.time_s.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert both.plots.sensor.tolist() == [1, 0, 1, 2, 0]
    assert both.plots.file.tolist() == [0, 1, 1, 1, 0]
    assert both.contents.records == {"CAT048": 5}
    assert both.fault_counts == {"odd": 2}
    assert [fault.text for fault in both.faults] == ["one: an odd thing", "two: an odd thing"]


def test_sensors_of_flat_scenes_with_one_name_but_two_places_stay_two():
    here = Sensor(name="radar 0", kind="radar", flat_enu_m=(0.0, 0.0, 0.0))
    there = Sensor(name="radar 0", kind="radar", flat_enu_m=(9.0, 0.0, 0.0))
    assert (
        len(joined([reading([here], [1.0], [0]), reading([there], [2.0], [0])], "ab").sensors) == 2
    )


def test_a_file_that_begins_after_midnight_follows_the_one_before():
    before = reading([A], [86_000.0, 86_390.0], [0, 0], date_known=False)
    after = reading([A], [20.0, 400.0], [0, 0], date_known=False)
    both = joined([before, after], ["before", "after"])
    assert both.plots.time_s.tolist() == [86_000.0, 86_390.0, 86_420.0, 86_800.0]


def test_files_with_and_without_a_date_are_not_mixed():
    dated = reading([A], [1.7e9], [0])
    undated = reading([B], [20.0], [0], date_known=False)
    with pytest.raises(InputError, match=r"undated: times of day without a date.*--date"):
        joined([dated, undated], ["dated", "undated"])


def test_bits_of_contributing_sensors_move_with_them():
    bits = np.array([[0b11]], np.uint64)
    one = reading([B], [1.0], [0])
    two = Reading(
        format="jointsky/tracks-table",
        plots=Plots.make(0),
        tracks=Tracks.make(1, time_s=[2.0], source=[-1], sensors=bits),
        sensors=[A, B],
        contents=Contents(records={}),
    )
    both = joined([one, two], ["one", "two"])
    assert both.tracks.sensors.tolist() == [[0b11]]
    assert [sensor.name for sensor in both.sensors] == ["1/2", "1/1"]
    assert joined([two, one], ["two", "one"]).tracks.sensors.tolist() == [[0b11]]
    tracks = two.tracks.replace(sensors=np.array([[1]], np.uint64))
    only_a = msgspec.structs.replace(two, tracks=tracks)
    assert joined([one, only_a], ["one", "two"]).tracks.sensors.tolist() == [[0b10]]


def test_no_file_at_all_is_refused():
    with pytest.raises(InputError, match="at least one"):
        read_all([])


def test_two_real_recordings_become_one_in_the_order_of_time():
    names = ["ar_260429.pcap", "ar_fds260429.pcap"]
    paths = [shared(f"data/asterix/{name}") for name in names]
    told = []
    both = read_all(paths, step=lambda what, share: told.append((what, share)))
    parts = [read(path) for path in paths]
    assert len(both.plots) == sum(len(part.plots) for part in parts)
    assert len(both.tracks) == sum(len(part.tracks) for part in parts)
    assert (np.diff(both.plots.time_s) >= 0).all() and (np.diff(both.tracks.time_s) >= 0).all()
    assert {sensor.name for sensor in both.sensors} >= {"226/232", "226/2"}
    assert told[-1] == ("reading", 1.0)

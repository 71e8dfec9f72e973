"""Truth sampled into a table, as score reads it."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jointsky.declare import Faults
from jointsky.earth.motion import pieces_of
from jointsky.recording.score_tables import read_table
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Hover, Route
from jointsky.world.truth import sampled, truth_columns
from world.made import AIRLINER, BEGIN_S, COPTER, SEA, at


def table(vehicles, pieces, *times):
    return truth_columns(vehicles, sampled(len(vehicles), pieces, *times))


def two(hours=1.0):
    fleet, faults = Fleet(BEGIN_S, BEGIN_S + 3600 * hours, 1, SEA), Faults()
    route = Route(waypoints=(at(52, 24, 9000), at(52, 25, 9000)))
    fleet.add("a", AIRLINER, route, faults, begin_s=BEGIN_S + 10.5, mode_s=0xABC)
    fleet.vehicle("still", AIRLINER)
    stand = Hover(latitude_deg=52, longitude_deg=24, height_m=120, duration_s=30)
    fleet.add("b", COPTER, stand, faults)
    assert faults.kept == []
    return fleet.flown()


def test_rows_stand_at_multiples_of_the_interval_while_a_vehicle_flies():
    made = two()
    pieces = pieces_of(made.motion, len(made.vehicles))
    truth = table(made.vehicles, pieces, BEGIN_S, BEGIN_S + 3600.0, 2.0)
    time = truth["time_s"] - BEGIN_S
    one, other = truth["truth_id"] == "a", truth["truth_id"] == "b"
    assert np.array_equal(time[other], np.arange(0.0, 31.0, 2.0))
    assert np.array_equal(time[one], np.arange(12.0, time[one][-1] + 1, 2.0))
    assert time[one][-1] == np.floor((pieces.end_s[pieces.first[1] - 1] - BEGIN_S) / 2) * 2
    assert set(truth["mode_s"][one]) == {"000abc"}
    assert set(truth["kind"]) == {"airliner", "copter"}
    assert np.allclose(truth["latitude_deg"][other], 52.0)
    assert truth["ve_mps"][one] == pytest.approx(230.0, rel=0.004)
    assert np.abs(truth["vn_mps"][one]).max() < 3.0
    assert np.abs(truth["vu_mps"]).max() < 1e-9


def test_windows_add_up():
    made = two()
    pieces = pieces_of(made.motion, len(made.vehicles))
    whole = table(made.vehicles, pieces, BEGIN_S, BEGIN_S + 200.0, 1.0)
    parts = [
        table(made.vehicles, pieces, BEGIN_S + a, BEGIN_S + b, 1.0)
        for a, b in ((0.0, 59.0), (60.0, 200.0))
    ]
    rows = sorted(zip(whole["truth_id"], whole["time_s"], whole["longitude_deg"], strict=True))
    joined = [
        row
        for p in parts
        for row in zip(p["truth_id"], p["time_s"], p["longitude_deg"], strict=True)
    ]
    assert sorted(joined) == rows


def test_score_reads_it(tmp_path):
    made = two()
    pieces = pieces_of(made.motion, len(made.vehicles))
    truth = table(made.vehicles, pieces, BEGIN_S, BEGIN_S + 3600.0, 1.0)
    arrays = {name: pa.array(value.tolist()) for name, value in truth.items() if name != "mode_a"}
    pq.write_table(pa.table(arrays), tmp_path / "truth.parquet")
    points = read_table(tmp_path / "truth.parquet")
    assert points.is_truth
    assert len(points.columns["time_s"]) == len(truth["time_s"])
    assert set(points.columns["mode_s"].tolist()) == {-1, 0xABC}


def test_of_chosen_vehicles_the_same_rows_are_told():
    made = two()
    pieces = pieces_of(made.motion, len(made.vehicles))
    span = BEGIN_S, BEGIN_S + 3600.0, 2.0
    whole = sampled(len(made.vehicles), pieces, *span)
    for chosen in (np.array([True, False, True]), np.zeros(3, bool)):
        part = sampled(len(made.vehicles), pieces, *span, chosen)
        rows = chosen[whole["vehicle"]]
        for name, column in whole.items():
            np.testing.assert_array_equal(part[name], column[rows])

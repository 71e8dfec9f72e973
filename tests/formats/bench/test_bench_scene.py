import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jointsky.errors import InputError
from jointsky.formats.bench.read import is_scene, read_scene
from jointsky.formats.options import ReadOptions
from jointsky.records.plots import Geometry

PLOTS = {
    "time_s": [0.5, 1.0, 1.5, 2.0],
    "radar_id": np.array([7, 3, 7, 3], np.int32),
    "scan_id": np.array([0, 0, 1, 1], np.int32),
    "range_m": [1000.0, 2000.0, 3000.0, 4000.0],
    "azimuth_deg": [0.0, 90.0, 180.0, 270.0],
    "elevation_deg": [1.0, 2.0, 3.0, 4.0],
    "doppler_mps": [math.nan] * 4,
    "truth_id": np.array([1, -1, 1, 2], np.int32),
}
RADARS = {
    **{"radar_id": np.array([7, 3], np.int32), "e_m": [10.0, 20.0], "n_m": [1.0, 2.0]},
    **{"u_m": [100.0, 200.0], "period_s": [4.0, 6.0], "offset_s": [0.0, 1.0]},
    **{"range_max_m": [2e5, 2e5], "range_sigma_m": [50.0, 60.0]},
    **{"azimuth_sigma_deg": [0.1, 0.2], "elevation_sigma_deg": [0.15, 0.15]},
    **{"doppler_sigma_mps": [math.nan, math.nan], "pd": [0.9, 0.8], "fa_per_scan": [10.0, 5.0]},
}
SCENE = {"name": "tiny", "duration_s": 3.0, "origin": [52.0, 5.0, 0.0]}


@pytest.fixture
def folder(tmp_path):
    def make(plots=PLOTS, radars=RADARS, scene=SCENE):
        pq.write_table(pa.table(plots), tmp_path / "plots.parquet")
        pq.write_table(pa.table(radars), tmp_path / "radars.parquet")
        (tmp_path / "scene.json").write_text(json.dumps(scene))
        return tmp_path

    return make


def test_a_scene_becomes_polar_plots_of_flat_radars(folder):
    found = read_scene(folder(), ReadOptions())
    assert found.sensors[0].name == "radar 7" and found.sensors[1].flat_enu_m == (20.0, 2.0, 200.0)
    assert found.plots.sensor.tolist() == [0, 1, 0, 1]
    assert found.plots.time_s.tolist() == [0.5, 1.0, 1.5, 2.0]
    assert np.allclose(found.plots.azimuth_rad, [0, math.pi / 2, math.pi, 3 * math.pi / 2])
    assert set(found.plots.geometry.tolist()) == {Geometry.POLAR}
    assert found.sensors[1].azimuth_sigma_rad == pytest.approx(math.radians(0.2))
    assert found.sensors[0].doppler_sigma_mps is None
    assert found.sensors[1].detection_probability == 0.8
    values = found.contents.values
    assert values["flat"] and values["origin_deg"] == [52.0, 5.0, 0.0]
    assert values["duration_s"] == 3.0


def test_a_radar_may_say_how_close_two_targets_are_one_to_it(folder):
    assert read_scene(folder(), ReadOptions()).sensors[0].range_resolution_m is None
    radars = RADARS | {"range_resolution_m": [150.0, math.nan]}
    radars |= {"azimuth_resolution_deg": [1.4, 2.0]}
    first, second = read_scene(folder(radars=radars), ReadOptions()).sensors
    assert first.range_resolution_m == 150.0 and second.range_resolution_m is None
    assert first.azimuth_resolution_rad == pytest.approx(math.radians(1.4))


def test_truth_is_never_read(folder):
    without = {name: column for name, column in PLOTS.items() if name != "truth_id"}
    place = folder()
    (place / "truth.parquet").write_bytes(b"not parquet")
    first = read_scene(place, ReadOptions())
    second = read_scene(folder(plots=without), ReadOptions())
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in columns(first, second))


def columns(first, second):
    names = [name for name in first.plots.schema() if name != "call_sign"]
    return [(getattr(first.plots, name), getattr(second.plots, name)) for name in names]


def test_plots_of_a_radar_that_is_not_listed_and_without_measurement_are_faults(folder):
    plots = dict(PLOTS, radar_id=np.array([7, 3, 9, 3], np.int32), range_m=[math.nan, 1, 1, 1.0])
    found = read_scene(folder(plots=plots), ReadOptions())
    assert found.fault_counts == {"unknown-radar": 1, "no-measurement": 1}
    assert [fault.offset for fault in found.faults] == [0, 2] and len(found.plots) == 2


def test_missing_files_and_columns_and_odd_scenes_are_errors_that_point(folder, tmp_path):
    assert not is_scene(tmp_path)
    with pytest.raises(InputError, match=r"radars.parquet: there is no such file"):
        read_scene(tmp_path, ReadOptions())
    short = {name: column for name, column in RADARS.items() if name != "pd"}
    with pytest.raises(InputError, match=r"radars.parquet: column 'pd' is missing"):
        read_scene(folder(radars=short), ReadOptions())
    with pytest.raises(InputError, match=r"scene.json: KeyError: 'origin'"):
        read_scene(folder(scene={"duration_s": 1}), ReadOptions())
    with pytest.raises(InputError, match="a place on earth"):
        read_scene(folder(scene=dict(SCENE, origin=[152.0, 0, 0])), ReadOptions())
    doubled = dict(RADARS, radar_id=np.array([7, 7], np.int32))
    with pytest.raises(InputError, match="different numbers"):
        read_scene(folder(radars=doubled), ReadOptions())
    assert is_scene(folder())


def test_a_file_that_is_not_parquet_is_an_error(folder):
    place = folder()
    (place / "plots.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(InputError, match=r"plots.parquet"):
        read_scene(place, ReadOptions())


def test_a_scene_with_no_plots_is_read(folder):
    plots = {name: np.asarray(column)[:0] for name, column in PLOTS.items()}
    assert len(read_scene(folder(plots=plots), ReadOptions()).plots) == 0

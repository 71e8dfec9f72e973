"""Verdicts are as the issue's demands are worded; symbols of kernels are found."""

import dataclasses
import os
import subprocess
import sys
import textwrap

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tracker_parts import docs_tables, jit_symbols, scenes
from tracker_parts.demands import of_scene
from tracker_parts.figures import Row, best_of, verdicts

BEST = {
    "gospa_m": 1000.0,
    "rms_m": 100.0,
    "missed": 1.0,
    "false": 0.2,
    "completeness": 0.95,
    "longest_segment": 0.9,
    "ambiguity": 1.01,
    "spuriousness": 0.02,
    "track_number_change_rate_hz": 0.001,
}


def test_as_good_as_the_best_fails_in_gospa_alone():
    met = verdicts(BEST, BEST)
    assert [name for name, is_met in met.items() if not is_met] == ["gospa_m"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rms_m", 106.0),
        ("missed", 1.06),
        ("false", 0.22),
        ("completeness", 0.949),
        ("longest_segment", 0.899),
        ("ambiguity", 1.02),
        ("ambiguity", 0.98),
        ("spuriousness", 0.021),
        ("track_number_change_rate_hz", 0.0011),
    ],
)
def test_each_figure_that_is_worse_fails(name, value):
    met = verdicts({**BEST, "gospa_m": 899.0, name: value}, BEST)
    assert [key for key, is_met in met.items() if not is_met] == [name]


def test_the_best_peer_is_the_one_of_lowest_gospa():
    row = Row("a", "run now", "a", 1.0, BEST)
    better = dataclasses.replace(row, tracker="b", figures={**BEST, "gospa_m": 900.0})
    assert best_of([row, better]) is better
    assert best_of([]) is None


def test_a_scene_without_a_peer_is_not_judged():
    assert of_scene("small", {"met": {}})[0].is_met is None


def test_close_plots_of_one_turn_become_one_at_their_middle(tmp_path):
    columns = {
        "time_s": [1.0, 1.1, 1.2, 5.0],
        "radar_id": np.zeros(4, np.int32),
        "scan_id": np.array([0, 0, 0, 1], np.int32),
        "range_m": [50_000.0, 50_100.0, 50_180.0, 50_000.0],
        "azimuth_deg": [359.5, 0.5, 30.0, 359.5],
        "elevation_deg": [2.0, 3.0, 2.0, 2.0],
        "doppler_mps": [np.nan] * 4,
        "truth_id": np.array([7, 8, 9, 7], np.int32),
    }
    pq.write_table(pa.table(columns), tmp_path / "plots.parquet")
    pq.write_table(pa.table({"radar_id": [0], "pd": [0.9]}), tmp_path / "radars.parquet")
    scenes.merge_close_plots(tmp_path)
    found = pq.read_table(tmp_path / "plots.parquet").to_pydict()
    assert found["range_m"] == [50_050.0, 50_180.0, 50_000.0]
    assert found["azimuth_deg"][0] % 360.0 == pytest.approx(0.0, abs=1e-9)
    assert found["time_s"][0] == pytest.approx(1.05)
    (radar,) = pq.read_table(tmp_path / "radars.parquet").to_pylist()
    assert (radar["pd"], radar["range_resolution_m"]) == (0.9, 150.0)
    assert radar["azimuth_resolution_deg"] == pytest.approx(1.4)


def test_tables_come_between_their_marks_and_missing_ones_stay():
    page = (
        "a\n<!-- table: scenes -->\nold\n<!-- end -->\n<!-- table: machine -->\n<!-- end -->\nb\n"
    )
    machine = {"cpu": "C", "cores": 2, "python": "3", "numpy": "2", "numba": "0"}
    text, missing = docs_tables.filled(page, {"speed": {"machine": machine}})
    assert missing == ["scenes"]
    assert "old" in text
    assert "Measured on C, 2 cores" in text


def test_mangled_names_become_plain():
    name = "_ZN8jointsky8tracking14motion_kernels3mixB3v28B66c8tJTIeFIjxB2IKSgI4CrvQ"
    assert jit_symbols.plain(name) == "motion_kernels.mix"


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="kernels are not compiled in this run"
)
def test_a_cached_kernel_is_found_by_its_address():
    program = """
        from tracker_parts import jit_symbols
        jit_symbols.watch()
        import numpy as np
        from jointsky.earth import geodesy
        geodesy.geodetic_to_ecef(0.1, 0.2, 0.3)
        names = {name for _, _, name in jit_symbols.ranges()}
        first = jit_symbols.ranges()[0]
        assert jit_symbols.name_at(first[0] + first[1] - 1, jit_symbols.ranges()) == first[2]
        print("geodesy_kernels.each_geodetic_to_ecef" in names)
    """
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(2):  # the first run fills the cache
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout.strip() == "True", done.stderr

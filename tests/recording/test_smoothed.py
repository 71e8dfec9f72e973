"""Recordings are reconstructed: smoothed tracks, filtered ones beside them, pictures between."""

import json
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jointsky import api
from jointsky.cli.main import main
from jointsky.recording.estimates import at_seconds, between
from jointsky.recording.read import read
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.track import prepare, track
from jointsky.records.tracks import Tracks, TrackStatus
from recording.made_scene import write_scene

DEMO = pathlib.Path(__file__).parents[2] / "examples" / "two-nations"


@pytest.fixture(scope="module")
def demo():
    return api.track(api.read(DEMO / "north.ast", DEMO / "south.ast"), smooth=True)


def test_smoothed_tracks_are_nearer_to_the_truth_than_filtered_ones(demo):
    truth = DEMO / "truth.parquet"
    options = ScoreOptions(coverage="updates")
    before = score(demo.filtered, truth, options)
    after = score(demo.tracks, truth, options)
    assert after.siap["velocity_accuracy_mps"] < 0.6 * before.siap["velocity_accuracy_mps"]
    assert after.siap["position_accuracy_m"] < before.siap["position_accuracy_m"]
    assert after.siap["completeness"] >= before.siap["completeness"]
    numbers = [set(t.track_number.tolist()) for t in (demo.filtered, demo.tracks)]
    assert numbers[0] == numbers[1]


def test_plain_tracks_stay_as_they_are(demo):
    plain = api.track(api.read(DEMO / "north.ast", DEMO / "south.ast"))
    assert plain.filtered is None
    for name in Tracks.schema():
        assert getattr(plain.tracks, name).tobytes() == getattr(demo.filtered, name).tobytes()


def test_the_command_writes_both_and_says_so(tmp_path, capsys):
    out = tmp_path / "out"
    command = ["track", str(DEMO / "north.ast"), "--out", str(out), "--quiet"]
    assert main([*command, "--smooth", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["smoothed"] is True
    assert told["position_sigma_median_m"] < told["filtered_sigma_median_m"]
    assert json.loads((out / "summary.json").read_text())["smoothed"] is True
    assert pq.read_table(out / "tracks.parquet").num_rows == told["track_updates"]
    assert pq.read_table(out / "filtered.parquet").num_rows > 0
    assert main(command) == 0
    assert not (out / "filtered.parquet").exists()  # nothing of an earlier run is left
    assert json.loads((out / "summary.json").read_text())["smoothed"] is False


def test_a_flat_scene_is_told_at_whole_seconds_between_its_states(tmp_path):
    scene = tmp_path / "tiny"
    write_scene(scene)
    reading = prepare(read(scene), str(scene))
    live, better = track(reading), track(reading, smooth=True)
    assert better.estimates.column_names == live.estimates.column_names
    times = better.estimates["time_s"].to_numpy()
    assert np.all(times == np.round(times)) and np.all(np.diff(times) >= 0.0)
    pairs = set(zip(times.tolist(), better.estimates["track_id"].to_pylist(), strict=True))
    assert len(pairs) == better.estimates.num_rows
    old = {(r["time_s"], r["track_id"]) for r in live.estimates.to_pylist()}
    assert len(pairs) >= 0.98 * len(old)


def test_between_two_states_of_a_turn_the_cubic_is_right_to_a_metre():
    rate, speed, times = 0.05, 200.0, np.array([0.0, 10.0, 20.0, 30.0])

    def circle(t):
        radius = speed / rate
        return np.column_stack([radius * np.sin(rate * t), radius * np.cos(rate * t), 0 * t + 9e3])

    tracks = Tracks.make(
        time_s=np.append(times, 30.0),
        track_number=7,
        ve_mps=speed * np.cos(rate * np.append(times, 30.0)),
        vn_mps=-speed * np.sin(rate * np.append(times, 30.0)),
        vu_mps=0.0,
        status=np.array([1, 1, 1, 1, TrackStatus.ENDED], np.int8),
    )
    places = circle(tracks.time_s)
    late = Tracks.make(time_s=[25.0, 32.0], track_number=7, ve_mps=1.0, vn_mps=0.0, vu_mps=0.0)
    foretold = at_seconds(late, np.zeros((2, 3)))
    made = between(tracks, places, np.arange(1.0, 40.0), foretold)
    assert made["time_s"].to_pylist() == [*range(1, 30), 32.0]
    at = np.column_stack([made[name].to_numpy() for name in ("e_m", "n_m", "u_m")])
    when = made["time_s"].to_numpy()[:-1]
    assert np.abs(at[:-1] - circle(when)).max() < 1.5
    assert np.abs(made["ve"].to_numpy()[:-1] - speed * np.cos(rate * when)).max() < 1.0
    assert isinstance(made, pa.Table)

"""Recordings fly again in a scenario, each aircraft under its own address."""

import pathlib

import numpy as np
import pytest

from jointsky.earth.motion import states
from jointsky.recording.read import read
from jointsky.scenario.build import build
from jointsky.scenario.load import examine, load
from shared_data import shared

RECORDING = pathlib.Path(__file__).parents[2] / "examples" / "two-nations" / "adsb.ast"
SKY = """\
name: replayed
duration_s: {duration_s}
nations: [{{name: west}}]
vehicles:
  - {{name: r, type: airliner-narrow, start: +1min, flight: {{kind: replay, recording: {file}}}}}
"""


def sky(tmp_path, file, duration_s=300):
    path = tmp_path / "sky.yaml"
    path.write_text(SKY.format(file=file, duration_s=duration_s), encoding="utf-8")
    return path


def test_a_recording_flies_again_from_the_declared_start(tmp_path):
    link = tmp_path / "adsb.ast"
    link.symlink_to(RECORDING)
    built = build(load(sky(tmp_path, "adsb.ast")))
    plots = read(RECORDING).plots
    vehicles, motion = built.surroundings.vehicles, built.motion
    assert set(vehicles.mode_s.tolist()) <= set(plots.mode_s.tolist())
    assert len(set(vehicles.mode_s.tolist())) == len(vehicles) > 5
    assert vehicles.name[0] == f"r-{vehicles.mode_s[0]:06x}"
    shift_s = built.begin_s + 60.0 - plots.time_s.min()
    assert motion.begin_s.min() == pytest.approx(built.begin_s + 60.0, abs=30.0)
    mine = plots.mode_s == vehicles.mode_s[0]
    time = np.median(plots.time_s[mine]) + shift_s
    position, velocity = states(built.surroundings.pieces, 0, time)
    assert np.isfinite(position).all()
    assert 20.0 < np.linalg.norm(velocity) < 350.0


def test_a_recording_is_looked_for_beside_the_file_that_names_it(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "adsb.ast").symlink_to(RECORDING)
    part = SKY.format(file="adsb.ast", duration_s=300).partition("vehicles")
    (tmp_path / "parts" / "air.yaml").write_text(part[1] + part[2], encoding="utf-8")
    path = tmp_path / "sky.yaml"
    path.write_text(f"include: parts/air.yaml\n{part[0]}", encoding="utf-8")
    assert examine(path).errors == []


@pytest.mark.parametrize("flight", ["mode_s: '4400A1'", "mode_a: 7000"])
def test_an_identity_of_a_replay_is_that_of_the_recording(tmp_path, flight):
    path = sky(tmp_path, RECORDING)
    text = path.read_text(encoding="utf-8").replace("start: +1min", flight)
    path.write_text(text, encoding="utf-8")
    (error,) = examine(path).errors
    assert "an identity for a replay" in error.found


def test_who_is_not_in_the_recording_is_told(tmp_path):
    path = sky(tmp_path, f"{RECORDING}, only: [nobody]")
    (error,) = examine(path).errors
    assert error.path == "vehicles[0].flight.only[0]"


@pytest.mark.parametrize(
    "name",
    [
        "opensky/switzerland.json.gz",
        "opensky/trace_full_ac671b.json",
        "asterix/readsb_cat021_600.ast",
        "beast/readsb_600_df17.beast",
    ],
)
def test_real_recordings_fly_again(tmp_path, name):
    path = sky(tmp_path, shared(f"data/{name}").resolve(), 3600)
    examined = examine(path)
    if examined.errors:  # so short that nobody flies for ten seconds
        assert all(error.path == "vehicles[0].flight.recording" for error in examined.errors)
        return
    built = build(examined.loaded)
    assert len(built.surroundings.vehicles) >= 1
    assert np.isfinite(built.motion.terms).all()

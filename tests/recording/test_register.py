"""A recording's radars are registered: errors put into the shipped recording are found again."""

import json
import math
import pathlib

import msgspec
import numpy as np
import pytest

from jointsky.cli.main import main
from jointsky.formats.options import ReadOptions
from jointsky.recording.read import read_all
from jointsky.recording.register import register
from jointsky.recording.track import prepare
from jointsky.records.plots import Geometry
from jointsky.tracking.registration_applied import shifted

DEMO = pathlib.Path("examples/two-nations")
FILES = [str(DEMO / name) for name in ("north.ast", "south.ast", "adsb.ast")]


@pytest.fixture(scope="module")
def reading():
    options = ReadOptions()
    return prepare(read_all(FILES, options, lambda what, share: None), "demo")


@pytest.fixture(scope="module")
def moved(reading):
    """Return the recording with 200 m and 0.3 degrees added to its first radar, and which."""
    radar = next(row for row, s in enumerate(reading.sensors) if s.kind in ("radar", "ssr"))
    by = np.where(
        (reading.plots.sensor == radar)[:, None], [200.0, math.radians(0.3), 0.0, 0.0], 0.0
    )
    by[reading.plots.geometry != Geometry.POLAR] = 0.0
    return msgspec.structs.replace(reading, plots=shifted(reading.plots, by)), radar


def test_errors_that_were_put_in_are_found_beside_those_that_were_there(reading, moved):
    wrong, radar = moved
    before, after = register(reading), register(wrong)
    for component, by in (("range", 200.0), ("azimuth", math.radians(0.3))):
        one, other = (
            next(e for e in made.estimates if (e.row, e.component) == (radar, component))
            for made in (before, after)
        )
        assert other.observable
        assert abs(other.estimate - one.estimate - by) < 2.0 * one.sigma


def test_whole_takes_off_from_the_first_plot_what_live_knows_later(moved):
    wrong, radar = moved
    live, whole = register(wrong), register(wrong, "whole")
    first = np.flatnonzero(wrong.plots.sensor == radar)[0]
    told = wrong.plots.range_m[first]

    def shift(made):
        plots = made.reading.plots
        near = np.abs(plots.azimuth_rad - wrong.plots.azimuth_rad[first]) < 0.02
        mine = near & (plots.sensor == radar) & (np.abs(plots.range_m - told) < 500.0)
        return np.abs(plots.range_m[mine] - told).max()

    assert shift(live) == 0.0
    assert shift(whole) > 100.0


def test_track_shows_errors_and_keeps_them(tmp_path, capsys):
    assert main(["track", *FILES, "--register", "--out", str(tmp_path)]) == 0
    assert "errors of radars" in capsys.readouterr().out
    kept = json.loads((tmp_path / "summary.json").read_text())["registration"]
    assert {"sensor", "component", "estimate", "sigma", "observable"} <= set(kept["errors"][0])
    assert (tmp_path / "registration.png").read_bytes()[:4] == b"\x89PNG"
    assert main(["track", *FILES, "--json", "--out", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["registration"] is None
    assert not (tmp_path / "registration.png").exists()

"""A sensor that is out of order notices nothing, and the log says since when and until when."""

import pathlib

import numpy as np
import pytest

from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.sim.folder import RunFolder
from jointsky.sim.run import RunSettings, simulate
from jointsky.sim.windows import see, windows

SKY = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
RADAR = "{name: west-low, type: low-altitude, above_ground_m: 30"
OUT_S, BACK_S = 47.0, 95.0


@pytest.fixture(scope="module")
def skies(tmp_path_factory):
    """Return the first two minutes as they are, and with a radar that fails in them."""
    folder = tmp_path_factory.mktemp("outages")
    text = SKY.read_text(encoding="utf-8")
    made = []
    for name, more in (
        ("whole", ""),
        ("failing", f", outages: [{{begin: {OUT_S}, end: {BACK_S}}}]"),
    ):
        assert text.count(RADAR) == 1
        path = folder / f"{name}.yaml"
        path.write_text(text.replace(RADAR, RADAR + more), encoding="utf-8")
        made.append(build(load(path)))
    return made


def test_plots_of_the_outage_are_missing_and_all_others_are_the_same(skies):
    whole, failing = skies
    for begin_s, end_s in windows(whole)[:4]:
        all_of = see(whole, begin_s, end_s, map)
        some = see(failing, begin_s, end_s, map)
        since_s = all_of.plots.time_s - whole.begin_s
        is_radar = np.array([whole.sensors[k].name == "west-low" for k in all_of.plots.sensor])
        kept = ~(is_radar & (since_s >= OUT_S) & (since_s < BACK_S))
        for name in ("time_s", "sensor", "range_m", "azimuth_rad"):
            np.testing.assert_array_equal(
                getattr(all_of.plots, name)[kept], getattr(some.plots, name)
            )
        np.testing.assert_array_equal(all_of.vehicle[kept], some.vehicle)
    assert is_radar.any()


def test_the_log_tells_of_it(skies, tmp_path):
    failing = skies[1]
    folder = RunFolder(tmp_path / "run")
    done = folder.begin(failing, resume=False, fresh=True)
    left = iter([False] * 4)
    outcome = simulate(failing, folder, RunSettings(), done, should_stop=lambda: next(left, True))
    told = [
        (entry.kind, entry.time_s - failing.begin_s, entry.facts)
        for entry in outcome.entries
        if entry.kind.startswith("sensor-")
    ]
    assert told == [
        ("sensor-out", OUT_S, {"sensor": "west-low"}),
        ("sensor-back", BACK_S, {"sensor": "west-low"}),
    ]

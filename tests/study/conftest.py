"""A small study of two towns, and what it leaves when nothing disturbs it."""

import pathlib

import pytest

from jointsky.study.running import run_study

TOWNS = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
STUDY = """\
name: towns
scenario: sky.yaml
factors:
  - name: deciding
    alternatives:
      together: {}
      alone: {"links[joint]": null, duty.is_joint: false}
responses:
  - {name: shots, figure: shots}
  - {name: share through, figure: leaked, of: hostile}
  - {name: delay, figure: track_to_order_s.median, relative: 0.9}
runs: {least: 3, most: 6, batch: 2}
"""
SHORTER = {
    "duration_s: 420": "duration_s: 210",
    "begin: 260, end: 320": "begin: 90, end: 120",
    "latitude_deg: 54.16, longitude_deg: 28.2,": "latitude_deg: 54.08, longitude_deg: 28.10,",
    "step_s: 1": "step_s: 2",
    "  doctrine:\n": "  doctrine:\n    lost_after_s: 8\n",
}


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    text = TOWNS.read_text(encoding="utf-8")
    for long, short in SHORTER.items():
        assert long in text
        text = text.replace(long, short)
    (folder / "sky.yaml").write_text(text + "  look_s: 6\n", encoding="utf-8")
    (folder / "towns.study.yaml").write_text(STUDY, encoding="utf-8")
    return folder / "towns.study.yaml"


@pytest.fixture(scope="session")
def ended(study, tmp_path_factory):
    return run_study(study, tmp_path_factory.mktemp("whole") / "out")

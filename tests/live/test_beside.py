"""Registration in a process beside finds what it finds here, and its end is told, not suffered."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from jointsky.live.beside import Beside
from jointsky.tracking.registration import Registration
from tracking import registering
from tracking.skies import Sky

END_S = 40.0


@pytest.fixture(scope="module")
def scene():
    sky, rng = Sky(), np.random.default_rng(5)
    sensors = registering.radars(sky)
    wrong = np.array(
        [registering.degrees(150.0, 0.5), registering.degrees(-120.0, -0.4), [0.0] * 4]
    )
    paths = registering.flights(rng)
    return sky, sensors, registering.seen(rng, sky, sensors, paths, np.array(wrong), END_S)


@pytest.fixture
def beside():
    made = Beside()
    yield made
    made.end()


def registration_of(scene, aside=None):
    sky, sensors, _ = scene
    return Registration(
        sensors, range(len(sensors)), origin=sky.origin if sky.is_flat else None, aside=aside
    )


def fed(registration, plots, waits):
    """Give plots as they come; return what was told.  ``waits``: for each window, until done."""
    told = []
    for now_s in np.arange(1.0, END_S + 20.0, 1.0).tolist():
        registration.take(plots.rows((plots.time_s > now_s - 1.0) & (plots.time_s <= now_s)), now_s)
        told += registration.advance(now_s)
        while waits and registration.is_busy:
            time.sleep(0.01)
            told += registration.advance(now_s)
    return told


def test_it_finds_what_is_found_here(scene, beside):
    here, there = registration_of(scene), registration_of(scene, beside)
    told = [fed(one, scene[2], waits=True) for one in (here, there)]
    assert [(e.kind, e.sensor) for e in told[0]] == [(e.kind, e.sensor) for e in told[1]] != []
    ours, theirs = here.estimates(), there.estimates()
    assert len(ours) >= 9
    assert [(e.sensor, e.component, e.evidence) for e in ours] == [
        (e.sensor, e.component, e.evidence) for e in theirs
    ]
    for name in ("estimate", "sigma"):
        one, other = ([getattr(e, name) for e in each] for each in (ours, theirs))
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_a_process_that_ends_is_told_once_and_what_was_taken_off_stays(scene, beside):
    registration, plots = registration_of(scene, beside), scene[2]
    fed(registration, plots, waits=True)
    before = registration.corrections()
    assert before
    os.kill(beside.process_id(), signal.SIGKILL)
    later = plots.replace(time_s=plots.time_s + END_S + 20.0)
    told = []
    by_s = time.monotonic() + 60.0  # the end of a process is noticed soon, not at once
    for now_s in np.arange(END_S + 21.0, 2.0 * END_S + 40.0, 1.0).tolist():
        inside = (later.time_s > now_s - 1.0) & (later.time_s <= now_s)
        registration.take(later.rows(inside), now_s)
        told += registration.advance(now_s)
        while registration.is_busy and not told and time.monotonic() < by_s:
            time.sleep(0.01)
            told += registration.advance(now_s)
    assert [event.kind for event in told] == ["registration-failed"]
    assert "why" in told[0].facts
    assert registration.corrections() == before


NODE = """
from functools import partial
from jointsky.live.beside import Beside
from jointsky.tracking.registration_settings import RegistrationSettings
from jointsky.tracking.registration_window import Windows

if __name__ == "__main__":
    beside = Beside()
    beside.begin(partial(Windows, [], RegistrationSettings(), 0.0, None))
    print(beside.process_id(), flush=True)
    input()
"""


def test_it_ends_with_its_node_though_that_is_killed(tmp_path):
    path = tmp_path / "node.py"
    path.write_text(NODE)
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, path], stdin=pipe, stdout=pipe, text=True) as node:
        process = int(node.stdout.readline())
        os.kill(process, 0)
        node.kill()
    end_s = time.monotonic() + 20.0
    while _is_there(process):
        assert time.monotonic() < end_s, "it outlives its node"
        time.sleep(0.05)


def _is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        return file.read().split(") ")[1][0] != "Z"  # ended, and nobody has asked for it

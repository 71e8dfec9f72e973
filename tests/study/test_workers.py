"""Who answers does not show in what a study leaves, not even where some of them die."""

import os
import pathlib
import signal
import sys

import pytest

from jointsky.errors import InputError, NotInstalledError
from jointsky.study import running
from jointsky.study.answers import Answer
from jointsky.study.declared import load_study
from jointsky.study.engine import seed_of
from jointsky.study.points import points_of
from jointsky.study.running import run_study
from jointsky.study.workers import TRIES, Processes, answered


class Doomed:
    """A crew with room for four, all of which die when one does; ``deaths`` left to each sky."""

    def __init__(self, deaths):
        self.deaths, self.given, self.tried = deaths, [], []

    def room(self):
        return 4 - len(self.given)

    def give(self, sky, points):
        self.given.append(sky)
        self.tried.append(sky)

    def take(self):
        taken, self.given = self.given, []
        dead = [sky for sky in taken if self.deaths.get(sky, 0) > 0]
        for sky in dead:
            self.deaths[sky] -= 1
        return [(sky, None if dead else [Answer(sky, 0, {"shots": 1.0})]) for sky in taken]


def begun(study):
    loaded = load_study(study)
    return loaded.study, str(loaded.scenario.resolve()), points_of(loaded.study)


def octets(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def blocks_interrupts(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (mask,) = (line.split()[1] for line in lines if line.startswith("SigBlk"))
    return bool(int(mask, 16) >> (signal.SIGINT - 1) & 1)


def test_skies_that_died_with_another_are_tried_again_alone(study):
    crew = Doomed({2: 1})
    made = list(answered(crew, begun(study), range(8), [0, 1], lambda: False))
    assert sorted(one.sky for (one,) in made) == list(range(8))
    assert all(one.figures == {"shots": 1.0} for (one,) in made)
    assert crew.tried == [0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7]


def test_a_sky_whose_worker_always_dies_has_failed_at_all_points_and_stops_nothing(study):
    given, crew = begun(study), Doomed({2: 1000})
    made = {one[0].sky: one for one in answered(crew, given, range(8), [0, 1], lambda: False)}
    assert sorted(made) == list(range(8)) and crew.tried.count(2) == TRIES
    assert [one.point for one in made[2]] == [0, 1] and not made[2][0].figures
    assert made[2][1].fault.startswith(f"seed {seed_of(given[0], 2)}, {given[2][1].name}\n")
    assert "its worker died, 3 times of 3" in made[2][0].fault
    assert not any(one.fault for sky in made if sky != 2 for one in made[sky])


def test_asked_to_stop_it_takes_what_is_under_way_and_gives_nothing_more(study):
    crew, asked = Doomed({}), iter([False, True])
    made = list(answered(crew, begun(study), range(8), [0, 1], lambda: next(asked, True)))
    assert sorted(one.sky for (one,) in made) == [0, 1, 2, 3] and crew.tried == [0, 1, 2, 3]


def test_the_outcome_is_the_same_to_the_byte_with_two_workers_one_of_which_is_killed(
    ended, study, tmp_path, monkeypatch
):
    crews = []

    class Watched(Processes):
        def __init__(self, *given):
            super().__init__(*given)
            crews.append(self)

    def kill_one(done, _expected):
        if done == len(ended.summary.points):  # the first sky was answered
            workers = list(crews[0]._pool._processes)
            deaf.extend(blocks_interrupts(pid) for pid in workers)
            os.kill(workers[0], signal.SIGKILL)

    deaf = []
    monkeypatch.setattr(running, "Processes", Watched)
    made = run_study(study, tmp_path / "two", workers=2, tells=kill_one)
    assert deaf and all(deaf)  # Ctrl-C, which all processes of a terminal get, is for who asks
    assert octets(made.folder) == octets(ended.folder)


def test_the_outcome_is_the_same_to_the_byte_on_a_ray_cluster_of_two_workers_one_of_which_is_killed(
    ended, study, tmp_path, monkeypatch
):
    ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'jointsky[ray]'")
    crews = []

    class Watched(running.RayWorkers):
        def __init__(self, *given):
            super().__init__(*given)
            crews.append(self)

    def kill_one(done, _expected):
        if done == len(ended.summary.points):
            ray.kill(next(iter(crews[0]._actors.values())))

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(running, "RayWorkers", Watched)
    made = run_study(study, tmp_path / "ray", workers=2, ray="local", tells=kill_one)
    assert octets(made.folder) == octets(ended.folder)
    assert signal.getsignal(signal.SIGTERM) is before and not ray.is_initialized()


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:1", "127.0.0.1:99999"])
def test_a_cluster_that_is_not_there_is_told_with_its_address(address, study, tmp_path):
    pytest.importorskip("ray", reason="ray is not installed: pip install 'jointsky[ray]'")
    with pytest.raises(InputError, match=f"--ray {address}: .*wanted the address of a Ray cluster"):
        run_study(study, tmp_path / "out", ray=address)


def test_without_ray_it_says_what_brings_it_along(study, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(NotInstalledError, match=r"pip install 'jointsky\[ray\]'"):
        run_study(study, tmp_path / "out", ray="local")

"""A whole run: from a scenario file to a folder under its final name."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

from jointsky.records.run import Run
from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.sim import outputs
from jointsky.sim.folder import RunFolder
from jointsky.sim.run import RunSettings, simulate

Step = Callable[[str, float], None]
BUILDING = "building (first run compiles)"


def _nothing(_what: str, _share: float) -> None:
    pass


def run(
    scenario: str | pathlib.Path,
    out: str | pathlib.Path | None = None,
    seed: int | None = None,
    settings: RunSettings | None = None,
    resume: bool = False,
    fresh: bool = False,
    step: Step = _nothing,
    should_stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Simulate a scenario file and write the folder; return what was made.

    ``out`` is ``out/NAME-SEED`` by default, after the file; ``seed`` stands in the place of the
    scenario's own.  Where ``should_stop`` says so, what was recorded by then is kept in
    ``OUT.interrupted``; ``resume`` goes on from there, ``fresh`` throws that away.  Raises
    ManyInputErrors with all that is wrong with the scenario, before anything is written.
    """
    if out is not None:
        RunFolder(pathlib.Path(out)).check()  # before the minutes that follow
    step(BUILDING, 0.0)
    built = build(load(scenario, seed), seed)
    step(BUILDING, 1.0)
    name = f"{pathlib.Path(scenario).stem}-{built.seed}"
    folder = RunFolder(pathlib.Path("out") / name if out is None else pathlib.Path(out))
    done = folder.begin(built, resume, fresh)
    outcome = simulate(built, folder, settings or RunSettings(), done, step, should_stop)
    figures = outputs.write(outcome, folder.work, step)
    if outcome.is_whole:
        folder.finish()
    else:
        folder.interrupt()
    place = folder.final if outcome.is_whole else folder.stopped
    return Run(folder=str(place), is_whole=outcome.is_whole, figures=figures)

"""A whole run: from a scenario file to a folder under its final name."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable

from jointsky.errors import InputError
from jointsky.records.run import Run
from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.sim import outputs
from jointsky.sim.apart import figures_apart
from jointsky.sim.compare import compare
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
    ways: bool = False,
    step: Step = _nothing,
    should_stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Simulate a scenario file and write the folder; return what was made.

    ``out`` is ``out/NAME-SEED`` by default, after the file; ``seed`` stands in the place of the
    scenario's own.  Where ``should_stop`` says so, what was recorded by then is kept in
    ``OUT.interrupted``; ``resume`` goes on from there, ``fresh`` throws that away.  ``ways``: the
    same plots are also shared in every way, and not at all, to compare.  Raises ManyInputErrors
    with all that is wrong with the scenario, before anything is written.
    """
    if out is not None:
        RunFolder(pathlib.Path(out)).check()  # before the minutes that follow
    step(BUILDING, 0.0)
    built = build(load(scenario, seed), seed)
    step(BUILDING, 1.0)
    if ways and not built.links:
        raise InputError(str(scenario), "no links", "links to compare ways to share over")
    name = f"{pathlib.Path(scenario).stem}-{built.seed}"
    folder = RunFolder(pathlib.Path("out") / name if out is None else pathlib.Path(out))
    done = folder.begin(built, resume, fresh)
    settings = settings or RunSettings()
    outcome = simulate(built, folder, settings, done, step, should_stop)
    compared = None
    if ways and outcome.is_whole:
        compared = compare(outcome, folder, settings, step, should_stop)
        outcome = dataclasses.replace(outcome, is_whole=compared is not None)
    alone = None
    if (
        outcome.is_whole
        and built.duty is not None
        and built.duty.is_joint
        and (built.links or built.words)
    ):
        alone = figures_apart(built, folder, settings, step)
    figures = outputs.write(outcome, folder.work, step, compared, alone)
    if outcome.is_whole:
        folder.finish()
    else:
        folder.interrupt()
    place = folder.final if outcome.is_whole else folder.stopped
    return Run(folder=str(place), is_whole=outcome.is_whole, figures=figures)

"""All arms of a comparison, each in a process, with what is done kept for ``--resume``."""

from __future__ import annotations

import json
import multiprocessing
import os
import pathlib
import queue
import signal
from collections.abc import Callable
from typing import Any

from jointsky.scenario.built import Built
from jointsky.sim.arms import Arm, arm_figures, arms, declared_arm, run_arm
from jointsky.sim.folder import RunFolder
from jointsky.sim.run import Outcome, RunSettings

Step = Callable[[str, float], None]
COMPARING = "comparing ways to share"
_POLL_S = 0.25


def compare(
    outcome: Outcome,
    folder: RunFolder,
    settings: RunSettings,
    step: Step,
    should_stop: Callable[[], bool],
) -> list[dict[str, Any]] | None:
    """Return the figures of all arms on the plots of a whole run; None where it was to stop.

    At most ``settings.workers`` run at once.  What is done is in the run's folder, so that a run
    that goes on need not do it again.
    """
    folder.arms.mkdir(exist_ok=True)
    own = declared_arm(outcome.built)
    if own is not None:
        _write(folder.arms, own, arm_figures(own, outcome))
    left = [arm for arm in arms() if not _path(folder.arms, arm).is_file()]
    if not _run(outcome.built, left, folder, settings, step, should_stop):
        return None
    step(COMPARING, 1.0)
    return [json.loads(_path(folder.arms, arm).read_text(encoding="utf-8")) for arm in arms()]


def _run(
    built: Built,
    left: list[Arm],
    folder: RunFolder,
    settings: RunSettings,
    step: Step,
    should_stop: Callable[[], bool],
) -> bool:
    """Run arms in processes; return whether all were run."""
    context = multiprocessing.get_context("spawn")  # threads of kernels do not survive a fork
    told: Any = context.Queue()
    shares = dict.fromkeys([arm.name for arm in left], 0.0)
    workers = min(settings.workers, max(len(left), 1))
    with context.Pool(workers, _begin, (built, folder.windows, settings, told)) as pool:
        waiting = [(arm, pool.apply_async(_one, (arm,))) for arm in left]
        while waiting:
            if should_stop():
                pool.terminate()
                return False
            _drain(told, shares)
            step(COMPARING, sum(shares.values()) / max(len(shares), 1))
            waiting[0][1].wait(_POLL_S)
            for arm, result in [pair for pair in waiting if pair[1].ready()]:
                _write(folder.arms, arm, result.get())
            waiting = [pair for pair in waiting if not pair[1].ready()]
    return True


def _drain(told: Any, shares: dict[str, float]) -> None:
    while True:
        try:
            name, share = told.get_nowait()
        except queue.Empty:
            return
        shares[name] = share


def _path(folder: pathlib.Path, arm: Arm) -> pathlib.Path:
    return folder / f"{arm.name}.json"


def _write(folder: pathlib.Path, arm: Arm, figures: dict[str, Any]) -> None:
    """Write the figures of an arm; the file appears whole or not at all."""
    path = _path(folder, arm)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(figures, allow_nan=False), encoding="utf-8")
    os.replace(part, path)


_given: dict[str, Any] = {}  # what a process of the pool works on


def _begin(built: Built, windows: pathlib.Path, settings: RunSettings, told: Any) -> None:
    """Make a process of the pool ready; whether to stop is for the first process to say."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _given.update(built=built, windows=windows, settings=settings, told=told)


def _one(arm: Arm) -> dict[str, Any]:
    told = _given["told"]

    def step(share: float) -> None:
        told.put((arm.name, share))

    return run_arm(_given["built"], arm, _given["windows"], _given["settings"], step)

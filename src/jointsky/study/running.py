"""A study runs: sky after sky on several processes, until its intervals are narrow enough.

Every sky is answered by all points, or by those that do not rest by then.  Whether that is
enough, and who rests, is asked at even numbers of skies only, of all of them: so the outcome is the
same for any number of workers, and after any kill.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Callable, Iterator

from jointsky.scenario.build import build
from jointsky.study.altering import Alterable
from jointsky.study.answers import Answers
from jointsky.study.asked import check_figures
from jointsky.study.best import best_of
from jointsky.study.declared import Study, load_study
from jointsky.study.engine import names_of
from jointsky.study.journal import Journal, state_of
from jointsky.study.leak_map import check_seen
from jointsky.study.outputs import write
from jointsky.study.points import checked_points
from jointsky.study.rare import HaltedError, Rarely, rarely
from jointsky.study.ray_workers import RayWorkers
from jointsky.study.summary import Summary, summary
from jointsky.study.workers import Begun, Here, Processes, Workers

Tells = Callable[[int, int], None]
"""Told of progress: how many runs are done, and how many it will take as it looks by now."""


@dataclasses.dataclass(frozen=True)
class Ended:
    """What a study found, its folder, and whether it was let go on to its end."""

    summary: Summary
    folder: pathlib.Path
    is_whole: bool


def run_study(
    path: str | pathlib.Path,
    out: str | pathlib.Path | None = None,
    workers: int | None = 1,
    resume: bool = False,
    fresh: bool = False,
    tells: Tells = lambda done, expected: None,
    should_stop: Callable[[], bool] = lambda: False,
    ray: str | None = None,
) -> Ended:
    """Run the study in a file; return what it found, which also lies in its folder.

    ``out`` is ``out/NAME`` by default, after the file.  Where ``should_stop`` says so, what was
    answered by then is kept and told; ``resume`` goes on from there, ``fresh`` throws it away.
    ``ray`` is the address of a cluster that answers instead of processes of this machine; without
    ``workers`` it is one of it for each core.
    Raises ManyInputErrors with all that is wrong with the study, before anything is run.
    """
    loaded = load_study(path)
    points = checked_points(loaded)
    study = loaded.study
    name = pathlib.Path(path).name.removesuffix(".yaml").removesuffix(".study")
    answers = Answers(len(points), names_of(study))
    journal = Journal(pathlib.Path("out") / name if out is None else pathlib.Path(out), answers)
    base = Alterable(loaded.scenario).with_values({})
    check_seen(loaded, base)
    check_figures(loaded, base)
    digest = build(base).digest
    journal.begin(state_of(loaded, points, digest), resume, fresh)
    expected, awake = study.runs.least, list(range(len(points)))
    whole = _workers((study, str(loaded.scenario.resolve()), points), workers, ray)
    rare: list[Rarely] = []
    try:
        tells(answers.runs, answers.runs + max(expected - len(answers), 0) * len(awake))
        for wanted in looks(study):
            expected = max(expected, wanted)
            for answer in whole.answers(answers.missing(wanted), awake, should_stop):
                journal.put(answer)
                done = answers.runs
                tells(done, done + (expected - len(answers)) * len(awake))
            journal.secure()
            told = summary(study, points, answers.of(answers.until_a_gap(wanted)), digest)
            found = best_of(told)
            if told.skies < wanted or (told.is_enough and (found is None or found.is_done)):
                break
            expected, awake = min(wanted + told.more_skies, study.runs.most), told.awake
        is_whole = told.skies == wanted
        if is_whole:
            plain = answers.runs
            rare = rarely(
                study,
                points,
                whole,
                journal.work,
                lambda done, expected: tells(plain + done, plain + expected),
                should_stop,
            )
    except HaltedError:
        is_whole = False
    finally:
        whole.close()
    if is_whole:
        told = dataclasses.replace(told, rare=rare)
        lines = journal.lines(told.skies)
        write(told, base, journal.work, f"jointsky study {path}", lines)
        journal.finish()
    return Ended(told, journal.final if is_whole else journal.work, is_whole)


def looks(study: Study) -> Iterator[int]:
    """Yield after how many skies it is asked whether they are enough."""
    count = study.runs.least
    while count < study.runs.most:
        yield count
        count += study.runs.batch
    yield study.runs.most


def _workers(begun: Begun, count: int | None, ray: str | None) -> Workers:
    if ray is not None:
        return RayWorkers(begun, ray, count)
    return Here(begun) if count == 1 else Processes(begun, count or os.cpu_count() or 1)

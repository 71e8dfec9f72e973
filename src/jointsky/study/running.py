"""A study runs: sky after sky on several processes, until its intervals are narrow enough.

Every sky is answered by all points.  Whether that is enough is asked at even numbers of skies
only, of all of them: so the outcome is the same for any number of workers, and after any kill.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import pathlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any

from jointsky.scenario.build import build
from jointsky.study.altering import Alterable
from jointsky.study.declared import Study, load_study
from jointsky.study.engine import Answer, Engine
from jointsky.study.journal import Journal, state_of
from jointsky.study.outputs import write
from jointsky.study.points import checked_points
from jointsky.study.summary import Summary, summary

Step = Callable[[str, float], None]
RUNNING = "running"
_engine: list[Engine] = []  # of this process, where it is a worker


@dataclasses.dataclass(frozen=True)
class Ended:
    """What a study found, its folder, and whether it was let go on to its end."""

    summary: Summary
    folder: pathlib.Path
    is_whole: bool


def run_study(
    path: str | pathlib.Path,
    out: str | pathlib.Path | None = None,
    workers: int = 1,
    resume: bool = False,
    fresh: bool = False,
    step: Step = lambda what, share: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Ended:
    """Run the study in a file; return what it found, which also lies in its folder.

    ``out`` is ``out/NAME`` by default, after the file.  Where ``should_stop`` says so, what was
    answered by then is kept and told; ``resume`` goes on from there, ``fresh`` throws it away.
    Raises ManyInputErrors with all that is wrong with the study, before anything is run.
    """
    loaded = load_study(path)
    points = checked_points(loaded)
    study = loaded.study
    name = pathlib.Path(path).name.removesuffix(".yaml").removesuffix(".study")
    journal = Journal(pathlib.Path("out") / name if out is None else pathlib.Path(out))
    digest = build(Alterable(loaded.scenario).with_values({})).digest
    journal.begin(state_of(loaded, points, digest), resume, fresh)
    begun = Engine, (study, str(loaded.scenario), points)
    with _Workers(begun, workers) as pool:
        for wanted in looks(study):
            todo = [sky for sky in range(wanted) if sky not in journal.answers]
            for answers in pool.answers(todo, len(points), should_stop):
                journal.put(answers[0].sky, answers)
                step(RUNNING, len(journal.answers) / study.runs.most)
            told = summary(study, points, _in_order(journal, wanted), digest)
            if told.skies < wanted or told.is_enough:
                break
    is_whole = told.skies == wanted
    if is_whole:
        write(told, journal.work, f"jointsky study {path}")
        journal.finish()
    return Ended(told, journal.final if is_whole else journal.work, is_whole)


def looks(study: Study) -> Iterator[int]:
    """Yield after how many skies it is asked whether they are enough."""
    count = study.runs.least
    while count < study.runs.most:
        yield count
        count += study.runs.batch
    yield study.runs.most


def _in_order(journal: Journal, wanted: int) -> list[list[Answer]]:
    """Return the answers of the first skies, as many as there are without a gap."""
    made = []
    for sky in range(wanted):
        if sky not in journal.answers:
            break
        made.append(journal.answers[sky])
    return made


class _Workers:
    """Engines that answer, in this process or in several."""

    def __init__(self, begun: tuple[Any, tuple[Any, ...]], workers: int) -> None:
        kind, given = begun
        self._pool: ProcessPoolExecutor | None = None
        self._count = workers
        if workers == 1:
            self._engine = kind(*given)
        else:
            context = multiprocessing.get_context("spawn")  # threads of kernels survive no fork
            self._pool = ProcessPoolExecutor(workers, context, _begin, (kind, given))

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def answers(
        self, skies: Sequence[int], points: int, should_stop: Callable[[], bool]
    ) -> Iterator[list[Answer]]:
        """Yield the answers under each sky, as they come, until asked to stop."""
        if self._pool is None:
            for sky in skies:
                if should_stop():
                    return
                yield self._engine.answer(sky, range(points))
            return
        waiting: set[Future[list[Answer]]] = set()
        todo = iter(skies)
        while True:
            while len(waiting) < 2 * self._count and not should_stop():
                due = next(todo, None)
                if due is None:
                    break
                waiting.add(self._pool.submit(_answer, due, points))
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()


def _begin(kind: Any, given: tuple[Any, ...]) -> None:
    _engine.append(kind(*given))


def _answer(sky: int, points: int) -> list[Answer]:
    return _engine[0].answer(sky, range(points))

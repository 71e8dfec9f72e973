"""Who answers the skies of a study: this process, several, or those of a Ray cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any, Protocol

from jointsky.study.answers import Answer
from jointsky.study.declared import Study
from jointsky.study.engine import Engine
from jointsky.study.points import Point

Stops = Callable[[], bool]
Begun = tuple[Study, str, list[Point]]
"""What an engine begins with: the study, its scenario's file, its points."""
AHEAD = 2  # skies given to each worker, so that none waits
_engine: list[Engine] = []  # of this process, where it is a worker


class Workers(Protocol):
    """Some that answer skies, in whatever order they come."""

    def answers(self, skies: Sequence[int], should_stop: Stops) -> Iterator[list[Answer]]:
        """Yield what all points answer under each sky, as they come, until asked to stop."""

    def close(self) -> None:
        """Let them go."""


class Here:
    """The process that asks."""

    def __init__(self, begun: Begun) -> None:
        self._engine, self._points = Engine(*begun), range(len(begun[2]))

    def answers(self, skies: Sequence[int], should_stop: Stops) -> Iterator[list[Answer]]:
        """Yield what all points answer under each sky, in order, until asked to stop."""
        for sky in skies:
            if should_stop():
                return
            yield self._engine.answer(sky, self._points)

    def close(self) -> None:
        """Let it go."""


class Processes:
    """Several processes of this machine."""

    def __init__(self, begun: Begun, count: int) -> None:
        context = multiprocessing.get_context("spawn")  # threads of kernels survive no fork
        self._pool = ProcessPoolExecutor(count, context, _begin, begun)
        self._count, self._points = count, len(begun[2])

    def answers(self, skies: Sequence[int], should_stop: Stops) -> Iterator[list[Answer]]:
        """Yield what all points answer under each sky, as they come, until asked to stop."""
        waiting: set[Future[list[Answer]]] = set()
        todo = iter(skies)
        while True:
            while len(waiting) < AHEAD * self._count and not should_stop():
                due = next(todo, None)
                if due is None:
                    break
                waiting.add(self._pool.submit(_answer, due, self._points))
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()

    def close(self) -> None:
        """Let them go."""
        self._pool.shutdown(cancel_futures=True)


def _begin(*begun: Any) -> None:
    _engine.append(Engine(*begun))


def _answer(sky: int, points: int) -> list[Answer]:
    return _engine[0].answer(sky, range(points))

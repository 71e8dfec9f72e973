"""Who answers the skies of a study: this process, several, or those of a Ray cluster.

A worker may die: of memory that is not there, of a node that goes away.  The skies that it had are
tried again one by one, so that the one at fault is told from those beside it.  A sky whose worker
dies each of TRIES times is said to have failed, with its seed, and the study goes on.
"""

from __future__ import annotations

import collections
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from jointsky.study.answers import Answer
from jointsky.study.declared import Study
from jointsky.study.engine import Engine, seed_of
from jointsky.study.points import Point

Stops = Callable[[], bool]
Begun = tuple[Study, str, list[Point]]
"""What an engine begins with: the study, its scenario's file, its points."""
AHEAD = 2  # skies given to each worker, so that none waits
TRIES = 3
_engine: list[Engine] = []  # of this process, where it is a worker


class Workers(Protocol):
    """Some that answer skies, in whatever order they come."""

    def answers(
        self, skies: Sequence[int], points: Sequence[int], should_stop: Stops
    ) -> Iterator[list[Answer]]:
        """Yield what some points answer under each sky, as they come, until asked to stop."""

    def close(self) -> None:
        """Let them go."""


class Crew(Protocol):
    """Workers beside this process, which are given skies and answer later."""

    def room(self) -> int:
        """Return how many more skies they can be given."""

    def give(self, sky: int, points: Sequence[int]) -> None:
        """Have a sky answered by some points."""

    def take(self) -> list[tuple[int, list[Answer] | None]]:
        """Return skies that are done, after some wait, with None where the worker died."""


class Here:
    """The process that asks."""

    def __init__(self, begun: Begun) -> None:
        self._engine = Engine(*begun)

    def answers(
        self, skies: Sequence[int], points: Sequence[int], should_stop: Stops
    ) -> Iterator[list[Answer]]:
        """Yield what some points answer under each sky, in order, until asked to stop."""
        for sky in skies:
            if should_stop():
                return
            yield self._engine.answer(sky, points)

    def close(self) -> None:
        """Let it go."""


class Processes:
    """Several processes of this machine; they end with this one, however that ends."""

    def __init__(self, begun: Begun, count: int) -> None:
        self._begun, self._count = begun, count
        self._under_way: dict[Future[list[Answer]], int] = {}
        self._begin()

    def answers(
        self, skies: Sequence[int], points: Sequence[int], should_stop: Stops
    ) -> Iterator[list[Answer]]:
        """Yield what some points answer under each sky, as they come, until asked to stop."""
        return answered(self, self._begun, skies, points, should_stop)

    def room(self) -> int:
        """Return how many more skies they can be given."""
        return AHEAD * self._count - len(self._under_way)

    def give(self, sky: int, points: Sequence[int]) -> None:
        """Have a sky answered by some points; where one died, all are begun anew."""
        with _deaf_to_interrupts():
            try:
                future = self._pool.submit(_answer, sky, points)
            except BrokenProcessPool:
                self._begin()
                future = self._pool.submit(_answer, sky, points)
        self._under_way[future] = sky

    def take(self) -> list[tuple[int, list[Answer] | None]]:
        """Return skies that are done, with None where the worker died."""
        done, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
        return [(self._under_way.pop(one), self._answer_of(one)) for one in done]

    def close(self) -> None:
        """Let them go."""
        self._pool.shutdown(cancel_futures=True)

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")  # threads of kernels survive no fork
        self._pool = ProcessPoolExecutor(self._count, context, _begin, self._begun)
        with _deaf_to_interrupts():
            self._first = self._pool.submit(os.getpid)

    def _answer_of(self, future: Future[list[Answer]]) -> list[Answer] | None:
        try:
            return future.result()
        except BrokenProcessPool:
            if self._first.exception() is not None:  # not one of them could so much as begin
                raise
            return None


def answered(
    crew: Crew, begun: Begun, skies: Sequence[int], points: Sequence[int], should_stop: Stops
) -> Iterator[list[Answer]]:
    """Yield what a crew answers for points under each sky, as it comes, until asked to stop."""
    todo = collections.deque(skies)
    alone: dict[int, int] = {}  # skies that wait for that, and how often their worker has died
    under_way: set[int] = set()
    while todo or alone or under_way:
        if should_stop():
            todo.clear()
            alone.clear()
        if alone and not under_way:
            _give(crew, next(iter(alone)), points, under_way)
        while todo and not alone and crew.room() > 0:
            _give(crew, todo.popleft(), points, under_way)
        for sky, made in crew.take():
            under_way.remove(sky)
            if made is None and alone.get(sky, 0) + 1 < TRIES:
                alone[sky] = alone.get(sky, 0) + 1
                continue
            alone.pop(sky, None)
            yield lost(begun, sky, points) if made is None else made


def _give(crew: Crew, sky: int, points: Sequence[int], under_way: set[int]) -> None:
    if crew.room() > 0:
        crew.give(sky, points)
        under_way.add(sky)


def lost(begun: Begun, sky: int, points: Sequence[int]) -> list[Answer]:
    """Return what is told of a sky whose worker died at each try."""
    study, _, known = begun
    seed = seed_of(study, sky)
    words = f"its worker died, {TRIES} times of {TRIES}"
    return [Answer(sky, k, {}, f"seed {seed}, {known[k].name}\n{words}\n") for k in points]


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Have processes that begin meanwhile not hear Ctrl-C: whoever asked them says when to end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(*begun: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _engine.append(Engine(*begun))


def _end_with_parent() -> None:
    """End this process when the one that asks is gone: its queue would be waited on for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(sky: int, points: Sequence[int]) -> list[Answer]:
    return _engine[0].answer(sky, points)

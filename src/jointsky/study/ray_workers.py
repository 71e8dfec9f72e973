"""Workers of a Ray cluster: actors with an engine each; for one that dies another is begun."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from jointsky.errors import InputError, NotInstalledError
from jointsky.study.answers import Answer
from jointsky.study.engine import Engine
from jointsky.study.workers import AHEAD, TRIES, Begun, Stops, answered

LOCAL = "local"
STORE_OCTETS = 100_000_000  # of memory that `local` shares: answers are small
REACH_S = 10.0
WAIT_S = 1.0  # until it is asked again whether to stop


class RayWorkers:
    """Actors of a cluster at an address (`auto`, `local` or HOST:PORT), by default one a core.

    ``local`` begins a cluster on this machine and ends it.  Every node must have jointsky, and the
    scenario's files at the same path.  Each takes skies as soon as the cluster has a core for it.
    """

    def __init__(self, begun: Begun, address: str, count: int | None = None) -> None:
        self._ray, self._begun, self._address = _ray(), begun, address
        self._connect(count)
        cores = int(self._ray.cluster_resources().get("CPU", 1))
        self._made = self._ray.remote(num_cpus=1)(Engine)
        self._numbers = itertools.count()
        self._actors: dict[int, Any] = {}
        self._coming: dict[Any, int] = {}
        self._under_way: dict[Any, tuple[int, int]] = {}
        self._free: list[int] = []
        self._stillborn = 0  # since one began
        for _ in range(count or cores):
            self._begin()

    def answers(
        self, skies: Sequence[int], points: Sequence[int], should_stop: Stops
    ) -> Iterator[list[Answer]]:
        """Yield what some points answer under each sky, as they come, until asked to stop."""
        return answered(self, self._begun, skies, points, should_stop)

    def room(self) -> int:
        """Return how many more skies they can be given."""
        return len(self._free)

    def give(self, sky: int, points: Sequence[int]) -> None:
        """Have a sky answered by some points."""
        number = self._free.pop()
        self._under_way[self._actors[number].answer.remote(sky, list(points))] = sky, number

    def take(self) -> list[tuple[int, list[Answer] | None]]:
        """Return skies that are done, if any are by then, with None where the worker died."""
        waiting = [*self._coming, *self._under_way]
        done, _ = self._ray.wait(waiting, timeout=WAIT_S) if waiting else ([], [])
        for one in done:
            if one in self._coming:
                self._welcome(one)
        return [self._taken(one) for one in done if one in self._under_way]

    def close(self) -> None:
        """Let them go."""
        for actor in self._actors.values():
            self._ray.kill(actor)
        self._ray.shutdown()

    def _begin(self) -> None:
        number = next(self._numbers)
        self._actors[number] = self._made.remote(*self._begun)
        self._coming[self._actors[number].answer.remote(0, [])] = number  # of no point: has begun

    def _welcome(self, one: Any) -> None:
        """Have room for skies at an actor that has begun; InputError where none can."""
        number = self._coming.pop(one)
        try:
            self._ray.get(one)
        except self._ray.exceptions.RayError as error:
            self._stillborn += 1
            if self._stillborn >= TRIES:
                found = str(error).strip().rsplit("\n", 1)[-1].strip()
                hint = "every node needs jointsky, and the scenario's files at the same path"
                raise InputError(
                    f"--ray {self._address}", found, "workers that begin", hint
                ) from None
            self._replace(number)
        else:
            self._stillborn = 0
            self._free += [number] * AHEAD

    def _taken(self, one: Any) -> tuple[int, list[Answer] | None]:
        sky, number = self._under_way.pop(one)
        try:
            made: list[Answer] = self._ray.get(one)
        except self._ray.exceptions.RayTaskError:
            raise  # the engine's own fault, not that of who carried it
        except self._ray.exceptions.RayError:
            self._replace(number)
            return sky, None
        if number in self._actors:
            self._free.append(number)
        return sky, made

    def _replace(self, number: int) -> None:
        """Begin another actor for one that died, if that is not done."""
        actor = self._actors.pop(number, None)
        if actor is not None:
            self._ray.kill(actor)
            self._free = [one for one in self._free if one != number]
            self._begin()

    def _connect(self, count: int | None) -> None:
        here = {
            "num_cpus": count or os.cpu_count() or 1,
            "include_dashboard": False,
            "object_store_memory": STORE_OCTETS,
        }
        try:
            _reach(self._address)
            with _own_signals():
                self._ray.init(
                    address=self._address,
                    log_to_driver=False,
                    logging_level="error",
                    **(here if self._address == LOCAL else {}),
                )
        except (OSError, ValueError, RuntimeError) as error:
            found = str(error).splitlines()[0] if str(error) else type(error).__name__
            wanted = "the address of a Ray cluster, `auto` or `local`"
            hint = "where it wants a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"
            raise InputError(f"--ray {self._address}", found, wanted, hint) from None


def _reach(address: str) -> None:
    """Raise OSError where nobody is at HOST:PORT: Ray would knock for many minutes."""
    host, found, port = address.rpartition(":")
    if found and port.isdecimal() and "//" not in host:
        socket.create_connection((host, int(port)), REACH_S).close()


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Keep what this process does on SIGTERM: Ray would put an end of its own there."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)


def _ray() -> Any:
    """Return the library, told to send nothing to anybody."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise NotInstalledError("--ray", "ray", "ray") from None

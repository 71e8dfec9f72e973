"""Workers of a Ray cluster: actors with an engine each; one that dies is begun again."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

from jointsky.errors import InputError, NotInstalledError
from jointsky.study.answers import Answer
from jointsky.study.engine import Engine
from jointsky.study.workers import AHEAD, Begun, Stops

LOCAL = "local"
RESTARTS = 3  # of one worker, before the study ends


class RayWorkers:
    """Actors of a cluster at an address (`auto`, `local` or HOST:PORT), by default one a core.

    ``local`` begins a cluster on this machine and ends it.  Every node must have jointsky, and the
    scenario's files at the same path.
    """

    def __init__(self, begun: Begun, address: str, count: int | None = None) -> None:
        self._ray = _ray()
        here = {"num_cpus": count or os.cpu_count() or 1, "include_dashboard": False}
        try:
            self._ray.init(
                address=address,
                log_to_driver=False,
                logging_level="error",
                **(here if address == LOCAL else {}),
            )
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            found = str(error).splitlines()[0] if str(error) else type(error).__name__
            wanted = "the address of a Ray cluster, `auto` or `local`"
            raise InputError(f"--ray {address}", found, wanted) from None
        cores = int(self._ray.cluster_resources().get("CPU", 1))
        actor = self._ray.remote(max_restarts=RESTARTS, max_task_retries=RESTARTS)(Engine)
        self._actors = [actor.remote(*begun) for _ in range(count or cores)]
        self._points = list(range(len(begun[2])))

    def answers(self, skies: Sequence[int], should_stop: Stops) -> Iterator[list[Answer]]:
        """Yield what all points answer under each sky, as they come, until asked to stop."""
        free = [actor for actor in self._actors for _ in range(AHEAD)]
        waiting: dict[Any, Any] = {}
        todo = iter(skies)
        while True:
            while free and not should_stop():
                due = next(todo, None)
                if due is None:
                    break
                actor = free.pop()
                waiting[actor.answer.remote(due, self._points)] = actor
            if not waiting:
                return
            done, _ = self._ray.wait(list(waiting), num_returns=1)
            for one in done:
                free.append(waiting.pop(one))
                yield self._ray.get(one)

    def close(self) -> None:
        """Let them go."""
        for actor in self._actors:
            self._ray.kill(actor)
        self._ray.shutdown()


def _ray() -> Any:
    """Return the library, told to send nothing to anybody."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise NotInstalledError("--ray", "ray", "ray") from None

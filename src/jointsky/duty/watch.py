"""A simulated crew: tasks wait for a free seat, take their time, and are sometimes got wrong.

A queue with several servers and two classes: answers to the other nation go first.  What a task
draws hangs on the seed, the nation, its kind, what it is about and how often that was asked.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

from jointsky.decide.declared import Crew
from jointsky.streams import stream

Kind = Literal["answer", "propose", "identify", "request", "pledge"]
_URGENCY = {"answer": 0, "propose": 1, "request": 1, "pledge": 1, "identify": 2}


@dataclasses.dataclass(frozen=True, order=True)
class Task:
    """Something that somebody at the command post has to decide on."""

    kind: Kind
    about: int  # a target or a unit, or the number of the other nation's proposal


@dataclasses.dataclass(frozen=True)
class Done:
    """A task that somebody is done with, when, and the luck by which it is right or wrong."""

    task: Task
    time_s: float
    luck: float  # uniform in [0, 1)
    tired: float = 1.0  # by which errors are likelier than at the begin of a shift


class Watch:
    """The crew of one command post.  All times are POSIX seconds, UTC."""

    def __init__(self, crew: Crew, nation: str, seed: int, begun_s: float = 0.0) -> None:
        self.crew, self._nation, self._seed, self._begun_s = crew, nation, seed, begun_s
        self._free_s = [-math.inf] * crew.seats
        self._waiting: list[tuple[int, float, Task]] = []  # urgency, since when
        self._busy: list[Done] = []
        self._asked: dict[Task, int] = {}
        self.busy_s = 0.0  # seconds of work, over all seats
        self.longest_wait_s = 0.0

    def has(self, task: Task) -> bool:
        """Return whether a task waits or is being worked on."""
        return any(one == task for _, _, one in self._waiting) or any(
            one.task == task for one in self._busy
        )

    def ask(self, task: Task, now_s: float) -> None:
        """Give the crew a task, unless it has it already."""
        if not self.has(task):
            self._waiting.append((_URGENCY[task.kind], now_s, task))

    def drop(self, task: Task) -> None:
        """Take back a task that nobody has begun."""
        self._waiting = [one for one in self._waiting if one[2] != task]

    def rename(self, old: int, new: int) -> None:
        """Let tasks about a target go on under its new number."""

        def named(task: Task) -> Task:
            is_meant = task.kind in ("identify", "propose") and task.about == old
            return dataclasses.replace(task, about=new) if is_meant else task

        had = {task for _, _, task in self._waiting} | {one.task for one in self._busy}
        self._busy = [dataclasses.replace(one, task=named(one.task)) for one in self._busy]
        self._waiting = [
            (urgency, since_s, named(task))
            for urgency, since_s, task in self._waiting
            if named(task) == task or named(task) not in had
        ]

    def done(self, now_s: float) -> list[Done]:
        """Return what was done by now, in order of time."""
        self._begin(now_s)
        done = sorted(
            (one for one in self._busy if one.time_s <= now_s),
            key=lambda one: (one.time_s, one.task),
        )
        self._busy = [one for one in self._busy if one.time_s > now_s]
        return done

    def _begin(self, now_s: float) -> None:
        """Have free seats take what waits: the most urgent first, then the oldest."""
        while self._waiting:
            seat = min(range(len(self._free_s)), key=lambda k: self._free_s[k])
            oldest_s = min(since_s for _, since_s, _ in self._waiting)
            begin_s = max(self._free_s[seat], oldest_s)
            if begin_s > now_s:
                return
            there = [one for one in self._waiting if one[1] <= begin_s]
            turn = min(there)
            self._waiting.remove(turn)
            self.longest_wait_s = max(self.longest_wait_s, begin_s - turn[1])
            lasts_s, luck = self._drawn(turn[2])
            tired = self.tired(begin_s)
            lasts_s *= tired
            self.busy_s += lasts_s
            self._free_s[seat] = begin_s + lasts_s
            self._busy.append(Done(turn[2], begin_s + lasts_s, luck, tired))

    def tired(self, now_s: float) -> float:
        """Return by how much slower and likelier to err the crew is than fresh: linear in time."""
        hours = max(now_s - self._begun_s, 0.0) / 3600.0 % self.crew.shift_h
        return 1.0 + self.crew.tires_per_h * hours

    def _drawn(self, task: Task) -> tuple[float, float]:
        """Return how long a task takes, and the luck of who does it."""
        turn = self._asked.get(task, 0)
        self._asked[task] = turn + 1
        median_s = {
            "answer": self.crew.answer_s,
            "propose": self.crew.propose_s,
            "identify": self.crew.identify_s,
            "request": self.crew.reinforce_s,
            "pledge": self.crew.reinforce_s,
        }[task.kind]
        rng = stream(self._seed, "watch", self._nation, task.kind, str(task.about), turn)
        normal, luck = float(rng.standard_normal()), float(rng.random())
        return median_s * math.exp(self.crew.spread * normal), luck

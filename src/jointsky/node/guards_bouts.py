"""Faults that begin and end: each is told when it begins and when it ends, not in between."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from jointsky.node.effects import Log


@dataclasses.dataclass
class Bout:
    """One fault that goes on."""

    since_s: float
    newest_s: float
    count: int = 0


class Bouts:
    """Who has which fault now.

    ``what`` is the kind of those who have them ("sensor"): log entries are ``what-fault-begins``
    and ``what-fault-ends``.  A fault ends when it has not been seen for ``quiet_s`` (infinite:
    when ``end`` says so).
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._bouts: dict[tuple[str, str], Bout] = {}
        self._quiet_s: dict[tuple[str, str], float] = {}
        self._logs: list[Log] = []

    def seen(
        self,
        who: str,
        fault: str,
        now_s: float,
        count: int = 1,
        quiet_s: float = math.inf,
        **facts: Any,
    ) -> None:
        """Note a fault; where it is new, it begins."""
        key = (who, fault)
        bout = self._bouts.get(key)
        if bout is None:
            bout = self._bouts[key] = Bout(now_s, now_s)
            self._logs.append(
                Log(f"{self._what}-fault-begins", {self._what: who, "fault": fault, **facts})
            )
        bout.newest_s = max(bout.newest_s, now_s)
        bout.count += count
        self._quiet_s[key] = quiet_s

    def end(self, who: str, fault: str, now_s: float) -> None:
        """End a fault, if it is there."""
        key = (who, fault)
        bout = self._bouts.pop(key, None)
        if bout is not None:
            del self._quiet_s[key]
            facts = {"fault": fault, "since_s": bout.since_s, "count": bout.count}
            self._logs.append(Log(f"{self._what}-fault-ends", {self._what: who, **facts}))

    def advance(self, now_s: float) -> list[Log]:
        """End what has not been seen for long; return all there is to log since the last time."""
        for (who, fault), bout in list(self._bouts.items()):
            if now_s - bout.newest_s >= self._quiet_s[who, fault]:
                self.end(who, fault, now_s)
        logs, self._logs = self._logs, []
        return logs

    def next_s(self) -> float:
        """Return when the next fault ends, if it is not seen again."""
        ends = [bout.newest_s + self._quiet_s[key] for key, bout in self._bouts.items()]
        return min(ends, default=math.inf)

    def who(self, fault: str) -> set[str]:
        """Return who has a fault now."""
        return {name for name, kind in self._bouts if kind == fault}

    def of(self, who: str) -> tuple[str, ...]:
        """Return the faults that somebody has now, in the order in which they began."""
        return tuple(fault for name, fault in self._bouts if name == who)

"""Which messages a site holds: told by it or heard from others, by origin, life and number."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from jointsky.records.exchange import Message

Origin = tuple[str, int]  # name of the site, and which of its lives


class Holding:
    """The messages that one site holds, and how many came to it twice."""

    def __init__(self) -> None:
        self.repeated = 0
        self._times_s: dict[Origin, list[float]] = {}  # NaN: not held

    def keep(self, message: Message) -> None:
        """Take note of a message."""
        times_s = self._times_s.setdefault((message.origin, message.life), [])
        if message.number >= len(times_s):
            times_s.extend([float("nan")] * (message.number + 1 - len(times_s)))
        self.repeated += times_s[message.number] == times_s[message.number]
        times_s[message.number] = message.time_s

    def of(self, origin: Origin) -> Sequence[float]:
        """Return when each message of an origin was told, by number; NaN: not held."""
        return self._times_s.get(origin, ())

    @property
    def origins(self) -> list[Origin]:
        """Return whose messages are held."""
        return sorted(self._times_s)


@dataclasses.dataclass(frozen=True)
class Lack:
    """Messages that a site does not hold: of ``origin``, so many, the first and last number."""

    site: str
    origin: str
    life: int
    messages: int
    first: int
    last: int


def lacking(
    holdings: Mapping[str, Holding], groups: Sequence[Sequence[str]], before_s: float
) -> list[Lack]:
    """Return what each site of a group lacks that another of it told before a time."""
    found = []
    for group in groups:
        for origin in group:
            own = holdings[origin]
            for life in (key for key in own.origins if key[0] == origin):
                told = own.of(life)
                for site in group:
                    has = holdings[site].of(life)
                    lost = [
                        number
                        for number, time_s in enumerate(told)
                        if time_s < before_s and not _holds(has, number)
                    ]
                    if lost:
                        found.append(Lack(site, *life, len(lost), lost[0], lost[-1]))
    return found


def _holds(times_s: Sequence[float], number: int) -> bool:
    return number < len(times_s) and times_s[number] == times_s[number]

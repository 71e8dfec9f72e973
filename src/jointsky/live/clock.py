"""The clock of a node: the wall's, or one that replays run by."""

from __future__ import annotations

import time

from jointsky.declare_time import stamp_s
from jointsky.live import declared

SLEW = 0.02  # of the time that passes: a wrong clock is followed no faster


class Clock:
    """Tells the time; ``begin_s`` is what it showed at first, ``speed`` how fast it runs.

    Time goes as the machine counts it (monotonic) and follows the wall clock slowly, so that a
    step of that does not throw the tracker back or forth.
    """

    def __init__(self, settings: declared.Clock) -> None:
        wall_s = time.time()  # noqa: TID251 a live node's host tells it the time
        self._counted_s = time.monotonic()
        self.speed = settings.speed
        self.is_wall = settings.begin is None and settings.speed == 1.0
        started_s = wall_s if settings.started is None else stamp_s(settings.started)
        self.begin_s = started_s if settings.begin is None else stamp_s(settings.begin)
        self._shown_s = self.begin_s + (wall_s - started_s) * self.speed

    def now_s(self) -> float:
        """Return the time, POSIX seconds, UTC."""
        return self._shown_s + (time.monotonic() - self._counted_s) * self.speed

    def follow(self) -> float:
        """Go a little towards the wall clock; return how far that is ahead, in seconds.

        To be called every second or so.  Only a clock that shows the wall's time follows it.
        """
        counted_s = time.monotonic()
        passed_s = counted_s - self._counted_s
        self._shown_s += passed_s * self.speed
        self._counted_s = counted_s
        if not self.is_wall:
            return 0.0
        off_s = time.time() - self._shown_s  # noqa: TID251
        most_s = SLEW * passed_s
        self._shown_s += min(max(off_s, -most_s), most_s)
        return off_s

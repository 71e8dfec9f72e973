"""How often each sensor looks at one target, learnt from the detections as they come."""

from __future__ import annotations

import math

CLEARLY_SHORTER = 0.8


class Turns:
    """The shortest turn seen of each sensor, in seconds.

    A sensor whose axes stand still sees all round at each step: its turn is the time between two
    steps.  One whose axes turn (a rotating dwell) has gone round when they have.
    """

    def __init__(self) -> None:
        self._last: dict[int, tuple[float, float]] = {}
        self._turn_s: dict[int, float] = {}

    def turn_s(self, sensor: int) -> float | None:
        """Return the turn of a sensor, None as long as it was heard once only."""
        return self._turn_s.get(sensor)

    def hear(self, sensor: int, time_s: float, yaw_rad: float) -> bool:
        """Take in when a sensor was heard; return whether its turn is clearly another one now."""
        last = self._last.get(sensor)
        if last is not None and time_s <= last[0]:
            return False
        self._last[sensor] = time_s, yaw_rad
        if last is None:
            return False
        turned = abs(math.remainder(yaw_rad - last[1], 2 * math.pi))
        passed_s = time_s - last[0]
        turn_s = passed_s * 2 * math.pi / turned if turned > 1e-9 else passed_s
        known = self._turn_s.get(sensor, math.inf)
        self._turn_s[sensor] = min(known, turn_s)
        return turn_s < CLEARLY_SHORTER * known

"""A Stone Soup state space and its time, beside ours: which index is east, which is now.

Stone Soup's x is our east, its y our north, its z our up, in metres about the scene's origin.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from jointsky.errors import InputError

_EPOCH = datetime.datetime(1970, 1, 1)


@dataclasses.dataclass(frozen=True)
class StateSpace:
    """Where a state vector of ``size`` holds position and velocity: x, y and perhaps z.

    With two axes the scene is a plane: everything is at height 0.  Other parts of the vector
    (acceleration, turn rate) are not estimated: their mean and variance are told as 0.
    """

    position: tuple[int, ...] = (0, 2, 4)
    velocity: tuple[int, ...] = (1, 3, 5)
    size: int = 6

    def __post_init__(self) -> None:
        """Refuse indices that no state vector could have."""
        used = [*self.position, *self.velocity]
        fits = len(self.position) == len(self.velocity) in (2, 3)
        if not fits or len(set(used)) < len(used) or not set(used) <= set(range(self.size)):
            raise InputError(
                "StateSpace",
                f"position {self.position}, velocity {self.velocity}, size {self.size}",
                "two or three indices each, all different, below the size",
            )

    @property
    def is_planar(self) -> bool:
        """Return whether the scene has no height."""
        return len(self.position) == 2


def space_of(model: Any) -> StateSpace:
    """Return the state space that a measurement model counts in.

    Positions before velocities (0, 1, 2 of 6) or each beside its own (0, 2, 4 of 6, 0, 3 of 6):
    the model's mapping and size tell which.
    """
    first, second = (int(index) for index in model.mapping[:2])
    step, told = second - first, int(model.ndim_state)
    axes = told // step if step > 1 else told // 2
    axes = min(max(axes, len(model.mapping), 2), 3)
    position = tuple(first + k * step for k in range(axes))
    rate = axes if step == 1 else 1  # from a position to its velocity
    given = tuple(int(index) for index in getattr(model, "velocity_mapping", ()) or ())
    velocity = given if len(given) == axes else tuple(index + rate for index in position)
    return StateSpace(position, velocity, max(told, *(index + 1 for index in position + velocity)))


def posix_s(moment: datetime.datetime) -> float:
    """Return POSIX seconds; a time stamp without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return aware.timestamp()


def moment_of(time_s: float, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """Return the time stamp of POSIX seconds, to the microsecond; without a zone it is UTC."""
    naive = _EPOCH + datetime.timedelta(microseconds=round(time_s * 1e6))
    return naive.replace(tzinfo=datetime.UTC).astimezone(zone) if zone else naive

"""Formations and raids become members: each with its place beside, behind and above the leader."""

from __future__ import annotations

from typing import NamedTuple

from jointsky.streams import stream
from jointsky.world.flights import Flight, Formation, Hover, Orbit, Raid, Route


class Member(NamedTuple):
    """One vehicle of a declared flight, seen from whoever flies first."""

    right_m: float = 0.0
    up_m: float = 0.0
    delay_s: float = 0.0


def base_of(flight: Flight) -> tuple[Route | Orbit | Hover, str]:
    """Return the flight that all members share, and its path in the declaration."""
    if isinstance(flight, Formation):
        return flight.leader, "leader"
    if isinstance(flight, Raid):
        return flight.flight, "flight"
    if isinstance(flight, Route | Orbit | Hover):
        return flight, ""
    raise ValueError(f"{type(flight).__name__} has no members: Fleet.replay takes it")


def members(flight: Flight, speed_mps: float, seed: int, name: str) -> list[Member]:
    """Return the members of a flight; ``speed_mps`` turns a distance behind into a delay.

    The scatter of each member of a raid hangs on the seed, the raid's name and its number only.
    """
    if isinstance(flight, Formation):
        others = [Member(o.right_m, o.up_m, o.back_m / speed_mps) for o in flight.members]
        return [Member(), *others]
    if isinstance(flight, Raid):
        columns = flight.columns or (flight.count if flight.abreast_m > 0.0 else 1)
        return [_of_raid(flight, number, columns, seed, name) for number in range(flight.count)]
    return [Member()]


def _of_raid(raid: Raid, number: int, columns: int, seed: int, name: str) -> Member:
    """Return one of a raid: rows of ``columns`` abreast, ``every_s`` apart."""
    line, column = divmod(number, columns)
    right, up, late = stream(seed, "raid", name, number).standard_normal(3)
    return Member(
        (column - 0.5 * (columns - 1)) * raid.abreast_m + raid.jitter_right_m * right,
        raid.jitter_up_m * up,
        max(line * raid.every_s + raid.jitter_s * late, 0.0),
    )


def names_of(name: str, count: int) -> list[str]:
    """Return the names of members: that of the flight for one alone, else numbered from 1."""
    return [name] if count == 1 else [f"{name}-{number + 1}" for number in range(count)]

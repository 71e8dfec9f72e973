"""Batteries as a command post knows them: where they stand, what they reach, what is left."""

from __future__ import annotations

import dataclasses
import math

from jointsky.records.decisions import Stock


@dataclasses.dataclass(frozen=True)
class WeaponOf:
    """One kind of shot of a battery, in SI units; public, approximate figures."""

    name: str
    range_min_m: float
    range_max_m: float
    height_min_m: float
    height_max_m: float
    target_speed_max_mps: float
    chance: float  # that one shot stops its target
    chance_by_domain: dict[str, float] = dataclasses.field(default_factory=dict)
    domains: tuple[str, ...] = ()  # what it is meant for; none: all
    mean_speed_mps: float = math.inf
    salvo: int = 1
    debris_falls: bool = True  # jamming makes none

    def salvo_chance(self, domain: str) -> float:
        """Return the chance that a salvo stops a target of a domain; 0: it is not meant for it."""
        if self.domains and domain and domain not in self.domains:
            return 0.0
        one = self.chance_by_domain.get(domain, self.chance)
        return 1.0 - (1.0 - one) ** self.salvo


@dataclasses.dataclass(frozen=True)
class UnitOf:
    """One battery."""

    name: str
    nation: str
    site: str
    latitude_rad: float
    longitude_rad: float
    height_m: float
    reaction_s: float
    channels: int
    antenna_m: float  # above its ground: what is below the horizon from there it cannot engage
    weapons: tuple[WeaponOf, ...]


class Depot:
    """What is known of all units' shots and channels: the nation's own, and as told the other's."""

    def __init__(self, units: tuple[UnitOf, ...]) -> None:
        self.rows = [(unit, weapon) for unit in units for weapon in unit.weapons]
        self._salvos = [0] * len(self.rows)
        self._channels = [0] * len(self.rows)
        self._left = [0] * len(self.rows)
        self.spots: dict[str, tuple[float, float, float]] = {}  # of units that have moved
        self._row = {(u.name, w.name): row for row, (u, w) in enumerate(self.rows)}

    def take(self, stocks: tuple[Stock, ...]) -> None:
        """Know what units can do now."""
        for stock in stocks:
            row = self._row.get((stock.unit, stock.weapon))
            if row is not None:
                self._salvos[row], self._channels[row] = stock.salvos, stock.channels
                self._left[row] = stock.salvos + stock.reserve
                if stock.latitude_deg is not None and stock.longitude_deg is not None:
                    self.spots[stock.unit] = (
                        math.radians(stock.latitude_deg),
                        math.radians(stock.longitude_deg),
                        stock.height_m or 0.0,
                    )

    def salvos(self, row: int) -> int:
        """Return how many salvos of a weapon are ready."""
        return self._salvos[row]

    def left(self, units: frozenset[str]) -> int:
        """Return how many salvos some units have left, ready or not."""
        rows = [row for row, (unit, _) in enumerate(self.rows) if unit.name in units]
        return sum(self._left[row] for row in rows)

    def channels(self, row: int) -> int:
        """Return how many targets the weapon's unit can take on besides."""
        return self._channels[row]

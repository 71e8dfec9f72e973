"""Reinforcement: when a command post asks for a battery of the other nation, and who commands it.

Whose a battery is to command follows from the book alone: an order to move that is in force, and
the word of its own nation that it has arrived.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from jointsky.decide.book import Book
from jointsky.decide.declared import Reserve
from jointsky.decide.doctrine import Reinforcement
from jointsky.duty.units import Depot, UnitOf
from jointsky.records.decisions import Proposal, unit_number


@dataclasses.dataclass(frozen=True)
class Need:
    """What presses a nation: hostiles that come to its zones, the share of its salvos left."""

    hostiles: int
    salvos_left: float


class Reinforcing:
    """What one nation's command post may ask the other for, and when it last did."""

    def __init__(
        self,
        nation: str,
        terms: Reinforcement | None,
        reserves: Sequence[Reserve],
        units: tuple[UnitOf, ...],
    ) -> None:
        self.terms = terms
        self._units = units
        self._own = frozenset(unit.name for unit in units if unit.nation == nation)
        theirs = {unit.name for unit in units if unit.nation != nation}
        self.reserves = [one for one in reserves if one.battery in theirs] if terms else []
        self._first = -1  # salvos at first
        self._asked_s: dict[str, float] = {}

    def begin(self, depot: Depot) -> None:
        """Know how many salvos the nation has at first; what is told later changes nothing."""
        if self._first < 0:
            self._first = depot.left(self._own)

    def need(self, hostiles: int, depot: Depot) -> Need:
        """Return what presses the nation now."""
        return Need(hostiles, depot.left(self._own) / self._first if self._first > 0 else 1.0)

    def is_pressed(self, need: Need) -> bool:
        """Return whether a nation asks for more, and has nothing to spare."""
        terms = self.terms
        return terms is not None and (
            need.hostiles >= terms.hostiles or need.salvos_left < terms.salvos_below
        )

    def due(self, book: Book, need: Need, now_s: float) -> list[Reserve]:
        """Return what is to be asked for now."""
        if self.terms is None or not self.is_pressed(need):
            return []
        made = []
        for one in self.reserves:
            number = unit_number(one.battery)
            is_open = any(book.is_open(proposal) for proposal in book.proposals_on(number))
            is_early = now_s < self._asked_s.get(one.battery, -float("inf")) + self.terms.again_s
            if not (is_open or is_early or book.orders_on(number, now_s)):
                made.append(one)
        return made

    def asked(self, battery: str, now_s: float) -> None:
        """Know that a battery was asked for."""
        self._asked_s[battery] = now_s

    def units(self, book: Book, depot: Depot, now_s: float) -> tuple[UnitOf, ...]:
        """Return all units: where they stand, and who commands them now."""
        lent = {
            order.unit: order.nation for order in book.moves(now_s) if book.has_arrived(order.ref)
        }
        if not lent and not depot.spots:
            return self._units
        return tuple(_moved(unit, depot.spots.get(unit.name), lent) for unit in self._units)


def _moved(
    unit: UnitOf, spot: tuple[float, float, float] | None, lent: Mapping[str, str]
) -> UnitOf:
    """Return a unit where it is now, under whoever commands it."""
    latitude_rad, longitude_rad, height_m = spot or (
        unit.latitude_rad,
        unit.longitude_rad,
        unit.height_m,
    )
    return dataclasses.replace(
        unit,
        nation=lent.get(unit.name, unit.nation),
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        height_m=height_m,
    )


def request_words(need: Need, terms: Reinforcement) -> tuple[str, ...]:
    """Return why a battery is asked for, in words."""
    made = []
    if need.hostiles >= terms.hostiles:
        made.append(f"{need.hostiles} hostiles at once come to zones of ours")
    if need.salvos_left < terms.salvos_below:
        made.append(f"{need.salvos_left:.0%} of our salvos are left")
    return tuple(made)


def pledge_words(
    need: Need, terms: Reinforcement | None, proposal: Proposal, is_pressed: bool
) -> str:
    """Return what a crew says to a request."""
    if is_pressed and terms is not None:
        return f"{proposal.unit} is needed here: {', '.join(request_words(need, terms))}"
    return f"{proposal.unit} goes to {proposal.place}"

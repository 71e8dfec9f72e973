"""Where the batteries of a run are: at their sites, on the road; who commands them; what they see.

A battery moves because its scenario says so, or because its nation has pledged it to the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from jointsky.records.decisions import Ref
from jointsky.scenario.built import BuiltBattery, BuiltSite
from jointsky.world.marching import READY, March, Pace, Spot, march, turned

KMPH = 1.0 / 3.6


@dataclasses.dataclass
class _Unit:
    """One battery now.  ``march`` is its newest, over or not; none: it has never moved."""

    battery: BuiltBattery
    nation: str  # that commands it
    site: int  # where it stands, or goes to
    march: March | None = None
    order: Ref | None = None  # by which it moves to the other nation
    is_told: bool = True  # whether its arrival has been told
    moves: int = 0  # declared ones that have begun


@dataclasses.dataclass(frozen=True)
class Moved:
    """What a battery did: left, arrived or came home.  ``order``: by whose order, or none."""

    unit: str
    what: str
    site: str
    order: Ref | None
    ready_s: float


class Moving:
    """All batteries of a run and where they are.  All times are POSIX seconds, UTC."""

    def __init__(
        self, batteries: Sequence[BuiltBattery], sites: Sequence[BuiltSite], road_factor: float
    ) -> None:
        self._sites, self._road = sites, road_factor
        self._units = {one.name: _Unit(one, sites[one.site].nation, one.site) for one in batteries}
        self._has_own = [one.name for one in batteries if one.sensors]

    def commands(self, nation: str) -> list[str]:
        """Return the batteries that a nation commands now."""
        return [name for name, unit in self._units.items() if unit.nation == nation]

    def has_moved(self, name: str) -> bool:
        """Return whether a battery has ever left its first place."""
        return self._units[name].march is not None

    def spot(self, name: str, now_s: float) -> Spot:
        """Return where a battery is."""
        unit = self._units[name]
        return self._at(unit.site) if unit.march is None else unit.march.spot(now_s)

    def site(self, name: str, now_s: float) -> int:
        """Return the row of the site where a battery stands ready, -1: it does not."""
        unit = self._units[name]
        if unit.march is None:
            return -1 if unit.battery.is_packed else unit.site
        return unit.site if unit.march.phase(now_s) == READY else -1

    def can_shoot(self, name: str, now_s: float) -> bool:
        """Return whether a battery is deployed, or of a kind that shoots on the march."""
        unit = self._units[name]
        return unit.battery.type.shoots_on_march or self.site(name, now_s) >= 0

    def sensors_off(self, now_s: float) -> list[int]:
        """Return the rows of batteries' own sensors that do not stand where they would see."""
        return [
            row
            for name in self._has_own
            for site, rows in self._units[name].battery.sensors.items()
            if site != self.site(name, now_s)
            for row in rows
        ]

    def send(self, name: str, place: str, order: Ref, now_s: float) -> Moved:
        """Have a battery move to a site by an order of the other nation."""
        site = next(row for row, one in enumerate(self._sites) if one.name == place)
        unit = self._units[name]
        unit.order = order
        return self._go(unit, site, now_s)

    def recall(self, name: str, now_s: float) -> Moved:
        """Have a battery come home to its nation, which commands it at once."""
        unit = self._units[name]
        unit.order = None
        unit.nation = self._sites[unit.battery.site].nation
        return self._go(unit, unit.battery.site, now_s)

    def step(self, now_s: float) -> list[Moved]:
        """Begin the moves that are due; return what has begun, and who has arrived."""
        made = []
        for name, unit in self._units.items():
            moves = unit.battery.relocations
            while unit.moves < len(moves) and moves[unit.moves][0] <= now_s:
                site = moves[unit.moves][1]
                unit.moves += 1
                if unit.order is None:  # who is pledged to the other nation stays there
                    made.append(self._go(unit, site, now_s))
            if unit.march is not None and not unit.is_told and now_s >= unit.march.ready_s:
                unit.is_told = True
                if unit.order is not None:
                    unit.nation = self._sites[unit.site].nation
                where = self._sites[unit.site].name
                made.append(Moved(name, "arrived", where, unit.order, unit.march.ready_s))
        return made

    def _go(self, unit: _Unit, site: int, now_s: float) -> Moved:
        kind, end = unit.battery.type, self._at(site)
        pace = Pace(kind.pack_s, kind.march_speed_kmph * KMPH, kind.deploy_s, self._road)
        if unit.march is None or unit.march.phase(now_s) == READY:
            if unit.march is None and unit.battery.is_packed:
                pace = dataclasses.replace(pace, pack_s=0.0)
            unit.march = march(self._at(unit.site), end, now_s, pace)
        else:
            unit.march = turned(unit.march, end, now_s, pace)
        unit.site, unit.is_told = site, False
        where = self._sites[site].name
        return Moved(unit.battery.name, "left", where, unit.order, unit.march.ready_s)

    def _at(self, site: int) -> Spot:
        place = self._sites[site]
        return Spot(place.latitude_rad, place.longitude_rad, place.height_m)

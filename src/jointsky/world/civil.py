"""Random civil traffic: drawn flight by flight, already in the air when the scenario begins."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from jointsky.declare import Faults
from jointsky.errors import did_you_mean
from jointsky.streams import key, stream
from jointsky.world import identities
from jointsky.world.civil_profile import Pace
from jointsky.world.civil_routes import airline_route, place_of
from jointsky.world.civil_visual import visual_route
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Route
from jointsky.world.following import followed
from jointsky.world.levels import LEVEL_M, levels_of
from jointsky.world.sphere import course_and_distance
from jointsky.world.traffic import Airport, Gate, Mix, Traffic
from jointsky.world.types import Answer, VehicleType

_T = TypeVar("_T", Mix, Airport, Gate)
KINDS = ("overflight", "arrival", "departure", "domestic", "local")
LOCAL_S, MANOEUVRES_S = 7200.0, 2400.0  # longest flight by sight; departure and approach
HOURS = 24
RUNWAY_S, GATE_S = 80.0, 70.0  # between movements on one runway; at one gate and level


class Candidate(NamedTuple):
    """One flight before it is drawn: when it is due, and its number among those of its kind."""

    due_s: float
    kind: str
    number: int


def add_traffic(
    fleet: Fleet, traffic: Traffic, types: Mapping[str, VehicleType], faults: Faults
) -> list[str]:
    """Add random civil traffic to a fleet; return the names of its vehicles.

    ``types`` are the types of vehicle by name.  Each flight hangs on the fleet's seed, the name
    of the traffic and its own number only, and waits for those before it where a runway or a
    gate is taken: a longer scenario has the same flights and more.
    """
    known = len(faults.kept)
    _check(traffic, types, faults)
    if len(faults.kept) > known:
        return []
    block = fleet.next_block()
    maker = _Maker(fleet, traffic, types, block)
    first_s = fleet.begin_s - _longest_s(traffic, types)
    due = [c for kind in KINDS for c in _candidates(fleet, traffic, kind, first_s)]
    names = [maker.fly(candidate) for candidate in sorted(due)]
    return [name for name in names if name]


def _rate(traffic: Traffic, kind: str) -> float:
    rates = {
        "overflight": traffic.overflights_per_hour,
        "arrival": traffic.arrivals_per_hour,
        "departure": traffic.departures_per_hour,
        "domestic": traffic.domestic_per_hour,
        "local": traffic.local_per_hour,
    }
    return rates[kind]


def _candidates(fleet: Fleet, traffic: Traffic, kind: str, first_s: float) -> Iterator[Candidate]:
    """Yield the Poisson process of one kind, thinned by the hour (Lewis and Shedler 1979)."""
    rate = _rate(traffic, kind) / 3600.0 * max(traffic.hours, default=1.0)
    if rate == 0.0:
        return
    draws = stream(fleet.seed, "traffic", traffic.name, kind, "times")
    time, number = first_s, 0
    while True:
        time += float(draws.exponential(1.0 / rate))
        kept = float(draws.random())
        if time >= fleet.end_s:
            return
        hour = int(time // 3600.0) % 24
        if not traffic.hours or kept * max(traffic.hours) < traffic.hours[hour]:
            yield Candidate(time, kind, number)
        number += 1


class _Maker:
    """Draws flights one after another, in the order in which they are due."""

    def __init__(
        self, fleet: Fleet, traffic: Traffic, types: Mapping[str, VehicleType], block: int
    ) -> None:
        self._fleet, self._traffic, self._types, self._block = fleet, traffic, types, block
        self._start = key(fleet.seed, "traffic", traffic.name)[0]
        self._taken: dict[str, list[float]] = {}

    def fly(self, due: Candidate) -> str:
        """Add one flight unless it is over before the scenario begins; return its name, or ''."""
        traffic, fleet = self._traffic, self._fleet
        draws = stream(fleet.seed, "traffic", traffic.name, due.kind, due.number)
        mixes = traffic.local_mix if due.kind == "local" else traffic.mix
        mix = _drawn(mixes, draws)
        kind = self._types[mix.type]
        is_visual = due.kind == "local"
        faults = Faults()
        if is_visual:
            airport = _drawn(traffic.airports, draws)
            route, slots = self._visual(airport, kind, draws), [(airport.name, 0.0)]
        else:
            begin, end = _ends(traffic, due.kind, draws)
            route = self._airline(begin, end, mix, kind, draws)
            slots = [(begin.name, 0.0), (end.name, math.inf)]
        path = fleet.path(route, kind, 0.0, faults)
        if path is None:
            return ""
        if route.height_above == "ground":
            path = followed(path, kind, fleet.terrain, route.terrain_spacing_m)
        lasts_s = float(path.arcs[-1, 0] + path.arcs[-1, 1])
        begin_s = self._slot(due.due_s, slots, lasts_s, route)
        if begin_s + lasts_s <= fleet.begin_s or begin_s >= fleet.end_s:
            return ""
        name = f"{traffic.name}-{due.kind}-{due.number + 1}"
        number = KINDS.index(due.kind) + len(KINDS) * due.number
        answers = self._answers(kind, draws)
        mode_s, mode_a, call_sign = self._identity(kind, number, is_visual, draws)
        row = fleet.vehicle(
            name,
            kind,
            nation=traffic.nation,
            allegiance="civil",
            transponder=answers,
            mode_s=mode_s,
            mode_a=mode_a,
            call_sign=call_sign,
        )
        fleet.fly(row, path, begin_s)
        return name

    def _airline(
        self,
        begin: Airport | Gate,
        end: Airport | Gate,
        mix: Mix,
        kind: VehicleType,
        draws: np.random.Generator,
    ) -> Route:
        traffic = self._traffic
        pace = _pace(kind, mix, draws)
        track, _ = course_and_distance(place_of(begin), place_of(end))
        highest = min(mix.level_max, int(kind.ceiling_m / LEVEL_M))
        odd_from = math.radians(traffic.odd_levels_from_deg)
        levels = levels_of(track, mix.level_min, highest, odd_from)
        # most fly in the upper middle of what their type may: the mean of two even draws
        share = 0.5 * float(draws.random() + draws.random())
        height_m = levels[int(share * len(levels))] * LEVEL_M
        spread_m = traffic.route_spread_km * 1e3
        return airline_route(begin, end, kind, pace, height_m, spread_m, draws)

    def _visual(self, airport: Airport, kind: VehicleType, draws: np.random.Generator) -> Route:
        has_terrain = self._fleet.terrain.heights_m.size > 0
        return visual_route(airport, kind, has_terrain, draws)

    def _slot(
        self, due_s: float, slots: Sequence[tuple[str, float]], lasts_s: float, route: Route
    ) -> float:
        """Return the first time from ``due_s`` on at which both ends are free, and take them."""
        wanted = []
        for name, offset in slots:
            is_runway = any(a.name == name for a in self._traffic.airports)
            level = "" if is_runway else f" {route.waypoints[0].height_m}"
            gap = RUNWAY_S if is_runway else GATE_S
            if is_runway or offset == 0.0:
                wanted.append((name + level, min(offset, lasts_s), gap))
        time = due_s
        for _ in range(100):
            moved = time
            for place, offset, gap in wanted:
                for taken in self._taken.get(place, ()):
                    if abs(taken - moved - offset) < gap:
                        moved = taken + gap - offset
            if moved == time:
                break
            time = moved
        for place, offset, _ in wanted:
            times = self._taken.setdefault(place, [])
            times.append(time + offset)
            times.sort()
        return time

    def _answers(self, kind: VehicleType, draws: np.random.Generator) -> tuple[Answer, ...]:
        has_adsb = float(draws.random()) < self._traffic.adsb_share
        return tuple(answer for answer in kind.transponder if answer != "adsb" or has_adsb)

    def _identity(
        self, kind: VehicleType, number: int, is_visual: bool, draws: np.random.Generator
    ) -> tuple[int, int, str]:
        """Return address, code and call sign as far as the type's transponder has them."""
        has_s = "mode_s" in kind.transponder
        code = identities.discrete_code(number, self._start)
        if is_visual:
            code = identities.VISUAL
        elif has_s and float(draws.random()) < 0.5:
            code = identities.BY_ADDRESS
        sign = identities.registration(draws) if is_visual else identities.operator_call_sign(draws)
        address = identities.address(self._block, number, self._start) if has_s else -1
        return address, code if "mode_a" in kind.transponder else -1, sign


def _drawn(things: Sequence[_T], draws: np.random.Generator) -> _T:
    """Return one of several by their shares."""
    sums = np.cumsum([thing.share for thing in things])
    row = int(np.searchsorted(sums, draws.random() * sums[-1], side="right"))
    return things[min(row, len(things) - 1)]


def _ends(
    traffic: Traffic, kind: str, draws: np.random.Generator
) -> tuple[Airport | Gate, Airport | Gate]:
    """Return where a flight of a kind begins and ends, two places."""
    if kind == "arrival":
        return _drawn(traffic.gates, draws), _drawn(traffic.airports, draws)
    if kind == "departure":
        return _drawn(traffic.airports, draws), _drawn(traffic.gates, draws)
    if kind == "domestic":
        airport = _drawn(traffic.airports, draws)
        return airport, _drawn([a for a in traffic.airports if a is not airport], draws)
    gate = _drawn(traffic.gates, draws)
    return gate, _drawn([g for g in traffic.gates if g is not gate], draws)


def _pace(kind: VehicleType, mix: Mix, draws: np.random.Generator) -> Pace:
    """Return how one flight is flown: pilots and weights differ within a type."""
    faster, climbs, descends = draws.standard_normal(3)
    cruise = kind.speed_cruise_mps * (1.0 + mix.speed_spread * faster)
    cruise = max(min(cruise, kind.speed_max_mps), 1.2 * kind.speed_min_mps, 1e-3)
    return Pace(
        cruise,
        max(min(0.85 + 0.1 * climbs, 1.0), 0.6) * kind.climb_mps,
        max(min(1.0 + 0.15 * descends, 1.4), 0.7) * kind.descent_mps,
    )


def _longest_s(traffic: Traffic, types: Mapping[str, VehicleType]) -> float:
    """Return more than any flight lasts: what begins earlier is over when the scenario begins."""
    things: list[Airport | Gate] = [*traffic.airports, *traffic.gates]
    places = [place_of(thing) for thing in things]
    metres = max((course_and_distance(a, b)[1] for a in places for b in places), default=0.0)
    speeds = [types[mix.type].speed_cruise_mps for mix in traffic.mix]
    return max(LOCAL_S, 1.3 * metres / min(speeds, default=math.inf) + MANOEUVRES_S)


def _check(traffic: Traffic, types: Mapping[str, VehicleType], faults: Faults) -> None:
    """Add a fault for everything that a flight of this traffic would lack."""
    for where, mixes in (("mix", traffic.mix), ("local_mix", traffic.local_mix)):
        for row, mix in enumerate(mixes):
            path = f"{where}[{row}]"
            kind = types.get(mix.type)
            if kind is None:
                hint = did_you_mean(mix.type, types)
                faults.add(f"{path}.type", repr(mix.type), "the name of a type of vehicle", hint)
            elif where == "mix":
                _check_levels(mix, kind, faults.under(path))
                if kind.speed_min_mps <= 0.0:
                    faults.add(
                        f"{path}.type",
                        f"{mix.type} has no slowest speed",
                        "a type that takes off and lands on a runway: speed_min_mps above 0",
                    )
    needs = {
        "overflights_per_hour": (0, 2, "mix"),
        "arrivals_per_hour": (1, 1, "mix"),
        "departures_per_hour": (1, 1, "mix"),
        "domestic_per_hour": (2, 0, "mix"),
        "local_per_hour": (1, 0, "local_mix"),
    }
    for name, (airports, gates, mixed) in needs.items():
        if getattr(traffic, name) == 0.0:
            continue
        for what, least in (("airports", airports), ("gates", gates), (mixed, 1)):
            things = getattr(traffic, what)
            counting = sum(thing.share > 0.0 for thing in things)
            if counting < least:
                found = f"{getattr(traffic, name):g} with {len(things)} {what}"
                if counting < len(things):
                    known = f"only {counting} share" if counting else "no share"
                    found = (
                        f"{getattr(traffic, name):g} an hour, but {known} in `{what}` is above 0"
                    )
                faults.add(name, found, f"{least} at least")
    if traffic.hours and (len(traffic.hours) != HOURS or max(traffic.hours) == 0.0):
        faults.add("hours", f"{len(traffic.hours)} weights", "24 weights, not all 0, or none")


def _check_levels(mix: Mix, kind: VehicleType, faults: Faults) -> None:
    ceiling = int(kind.ceiling_m / LEVEL_M)
    highest = min(mix.level_max, ceiling)
    whose = f", the ceiling of {kind.name}," if ceiling < mix.level_max else ""
    if highest < mix.level_min:
        found = f"highest level {highest}{whose} is below lowest level {mix.level_min}"
        faults.add("level_min", found, f"at most {highest}")
    elif any(not levels_of(track, mix.level_min, highest) for track in (0.0, math.pi)):
        faults.add(
            "level_min",
            f"from {mix.level_min} to {highest}{whose} there is no level for each direction",
            "bounds that hold an odd and an even level: 310 and 320",
        )

"""What a scenario declares to fly becomes vehicles and their exact motion."""

from __future__ import annotations

from typing import Any

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.earth.terrain import HeightGrid
from jointsky.records.vehicles import Transponder
from jointsky.scenario.checks import is_sound, whole
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.times import Span
from jointsky.scenario.types import Types
from jointsky.scenario.vehicles import Vehicle
from jointsky.world.fleet import Fleet, Flown
from jointsky.world.flights import Replay
from jointsky.world.types import VehicleType, transponder_bits

CONSPICUITY = 0o7000  # ICAO EUR Doc 023: a code for who was given none


def fly(
    loaded: Loaded,
    types: Types,
    span: Span,
    seed: int,
    terrain: HeightGrid,
    used: dict[str, Any],
    faults: Faults,
) -> tuple[Flown, dict[str, int]]:
    """Return what flies, and the row of each declared vehicle (the first of several).

    Flights that cannot be flown go to ``faults``; types go to ``used`` by the path of their use.
    """
    fleet = Fleet(span.begin_s, span.end_s, seed, terrain)
    carriers: dict[str, int] = {}
    count = 0
    for path, vehicle in whole(loaded.scenario.vehicles, "vehicles"):
        at = faults.under(path)
        kind = types.of(vehicle.type, "vehicle", vehicle.with_, at)
        if kind is BROKEN:
            continue
        used[path] = kind
        _check_answers(vehicle, kind, at)
        if not all(is_sound(faults, f"{path}.{name}") for name in ("flight", "start", "with")):
            continue
        if vehicle.flight is BROKEN:
            continue
        names = _add(fleet, vehicle, kind, span, at.under("flight"))
        carriers.setdefault(vehicle.name, count)
        count += len(names)
    return fleet.flown(), carriers


def _add(
    fleet: Fleet, vehicle: Vehicle, kind: VehicleType, span: Span, faults: Faults
) -> list[str]:
    """Add the vehicles of one declaration; return their names."""
    if isinstance(vehicle.flight, Replay):
        raise TypeError("replay")
    bits = _bits(vehicle, kind)
    code = -1 if vehicle.mode_a is None else int(str(vehicle.mode_a), 8)
    if code < 0 and bits & Transponder.MODE_A:
        code = CONSPICUITY
    return fleet.add(
        vehicle.name,
        kind,
        vehicle.flight,
        faults,
        begin_s=span.moment(vehicle.start),
        nation=vehicle.nation,
        allegiance=vehicle.allegiance,
        transponder=vehicle.transponder,
        mode_s=-1 if vehicle.mode_s is None else int(vehicle.mode_s, 16),
        mode_a=code,
        call_sign=vehicle.call_sign,
    )


def _bits(vehicle: Vehicle, kind: VehicleType) -> int:
    own = vehicle.transponder
    return transponder_bits(kind.transponder if own is None else own)


def _check_answers(vehicle: Vehicle, kind: VehicleType, faults: Faults) -> None:
    """Tell identities that nothing aboard would send."""
    bits = _bits(vehicle, kind)
    sends = "it sends none: name what it answers with in `transponder`"
    if vehicle.mode_s is not None and not bits & (Transponder.MODE_S | Transponder.ADSB):
        faults.add("mode_s", f"'{vehicle.mode_s}' for what has no Mode S", "nothing", sends)
    if vehicle.mode_a is not None and not bits & Transponder.MODE_A:
        faults.add("mode_a", f"{vehicle.mode_a:04d} for what has no Mode A", "nothing", sends)

"""What a scenario declares to fly becomes vehicles and their exact motion."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.earth.terrain import HeightGrid
from jointsky.records.vehicles import Transponder, Vehicles
from jointsky.scenario.checks import is_sound, whole
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.replaying import replay
from jointsky.scenario.times import Span
from jointsky.scenario.types import Types
from jointsky.scenario.vehicles import Vehicle
from jointsky.streams import key
from jointsky.world.civil import add_traffic
from jointsky.world.fleet import Fleet, Flown
from jointsky.world.flights import Replay
from jointsky.world.types import VehicleType, transponder_bits

CONSPICUITY = 0o7000  # for flights by sight that were given no code of their own
# Annex 10 volume III keeps addresses that begin with 1111 for temporary use; these are the second
# half of them, and traffic begins with the first.
FIRST_ADDRESS, OWN_ADDRESSES = 0xF80000, 0x080000


def fly(
    loaded: Loaded,
    types: Types,
    span: Span,
    seed: int,
    terrain: HeightGrid,
    used: dict[str, Any],
    faults: Faults,
) -> tuple[Flown, dict[str, int], list[str]]:
    """Return what flies, the row of each declared vehicle (the first of several), and who is whose.

    The last are the paths that declare each vehicle, by row.

    Flights that cannot be flown go to ``faults``; types go to ``used`` by the path of their use.
    """
    fleet = Fleet(span.begin_s, span.end_s, seed, terrain)
    names: dict[str, str] = {}
    carriers: dict[str, int] = {}
    for path, vehicle in whole(loaded.scenario.vehicles, "vehicles"):
        at = faults.under(path)
        kind = types.of(vehicle.type, "vehicle", vehicle.with_, at)
        if kind is BROKEN:
            continue
        used[path] = kind
        _check_answers(vehicle, kind, at)
        needs = ("name", "nation", "flight", "start", "with", "mode_s", "mode_a", "call_sign")
        has_all = BROKEN not in (vehicle.name, vehicle.flight)
        if has_all and all(is_sound(faults, f"{path}.{name}") for name in needs):
            carriers[vehicle.name] = len(names)
            begin_s = span.moment(vehicle.start)
            if isinstance(vehicle.flight, Replay):
                made = replay(loaded, path, fleet, vehicle, kind, begin_s, at)
            else:
                made = _add(fleet, vehicle, kind, begin_s, at.under("flight"))
            _note(loaded, path, made, names, faults)
    known = types.vehicles()
    for path, traffic in whole(loaded.scenario.traffic, "traffic"):
        if is_sound(faults, path):
            made = add_traffic(fleet, traffic, known, faults.under(path))
            _note(loaded, path, made, names, faults)
    flown = fleet.flown()
    paths = [names.get(str(name), "") for name in flown.vehicles.name]
    return flown._replace(vehicles=with_addresses(flown.vehicles)), carriers, paths


def _note(
    loaded: Loaded, path: str, made: list[str], names: dict[str, str], faults: Faults
) -> None:
    """Note who declared which vehicles; a name that two of them have is a fault."""
    for name in made:
        first = names.setdefault(name, path)
        if first != path:
            found = f"one of its vehicles is {name!r}, as one of {loaded.tree.where(first)}"
            faults.add(f"{path}.name", found, "names of their own")


def _add(
    fleet: Fleet, vehicle: Vehicle, kind: VehicleType, begin_s: float, faults: Faults
) -> list[str]:
    """Add the vehicles of one declaration; return their names."""
    bits = _bits(vehicle, kind)
    code = -1 if vehicle.mode_a is None else int(str(vehicle.mode_a), 8)
    if code < 0 and bits & Transponder.MODE_A:
        code = CONSPICUITY
    return fleet.add(
        vehicle.name,
        kind,
        vehicle.flight,
        faults,
        begin_s=begin_s,
        nation=vehicle.nation,
        allegiance=vehicle.allegiance,
        transponder=vehicle.transponder,
        mode_s=-1 if vehicle.mode_s is None else int(vehicle.mode_s, 16),
        mode_a=code,
        call_sign=vehicle.call_sign,
    )


def with_addresses(vehicles: Vehicles) -> Vehicles:
    """Return vehicles of which all that have Mode S have an address, none that of another.

    Declared addresses and those of traffic stay; the others hang on the vehicle's name.
    """
    has = vehicles.transponder & (Transponder.MODE_S | Transponder.ADSB) != 0
    addresses = vehicles.mode_s.copy()
    taken = dict.fromkeys(addresses[addresses >= 0].tolist())
    for row in np.flatnonzero(has & (addresses < 0)).tolist():
        place = key(0, "address", str(vehicles.name[row]))[0] % OWN_ADDRESSES
        while FIRST_ADDRESS + place in taken:
            place = (place + 1) % OWN_ADDRESSES
        addresses[row] = FIRST_ADDRESS + place
        taken[FIRST_ADDRESS + place] = None
    return dataclasses.replace(vehicles, mode_s=addresses)


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

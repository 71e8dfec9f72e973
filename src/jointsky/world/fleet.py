"""A fleet in the making: declared flights and recordings go in, vehicles and their motion come out.

fleet = Fleet(begin_s, end_s, seed, terrain)
fleet.add("patrol", fighter, orbit, faults.under("vehicles[0].flight"), nation="west")
flown = fleet.flown()
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.declare import Faults
from jointsky.earth.terrain import HeightGrid
from jointsky.records.columns import join
from jointsky.records.motion import Motion
from jointsky.records.signatures import Signature
from jointsky.records.vehicles import Vehicles
from jointsky.world.flights import Flight, Hover, Orbit, Raid, Route
from jointsky.world.following import followed, ground_below_m
from jointsky.world.members import Member, base_of, members, names_of
from jointsky.world.orbits import hover, orbit
from jointsky.world.pieces import beside, cut, motion_of
from jointsky.world.pieces_kernels import heights
from jointsky.world.planning import planned
from jointsky.world.sphere import radius_m
from jointsky.world.track import Path, flown
from jointsky.world.types import Answer, VehicleType, transponder_bits
from jointsky.world.wandering import settled

Floats = npt.NDArray[np.float64]
LOW_M = 2.0  # below the ground by less is on it
# Beside a leader that turns; gentler, a short turn would ask for a greater speed yet.
BLENDS_MPS2 = 4.9
CHECK_EVERY_S = 2.0  # at least this often a flight over terrain is looked at


class Flown(NamedTuple):
    """What flies: vehicles, their exact motion, and the signatures and types that they name.

    ``vehicles.signature`` names rows of ``signatures``; ``types`` has one for each vehicle.
    """

    vehicles: Vehicles
    motion: Motion
    signatures: tuple[Signature, ...]
    types: tuple[VehicleType, ...]


class Fleet:
    """Gathers vehicles; ``begin_s`` and ``end_s`` are the scenario's, POSIX seconds."""

    def __init__(self, begin_s: float, end_s: float, seed: int, terrain: HeightGrid) -> None:
        self.begin_s, self.end_s, self.seed, self.terrain = begin_s, end_s, seed, terrain
        self._vehicles: list[dict[str, Any]] = []
        self._types: list[VehicleType] = []
        self._signatures: list[Signature] = []
        self._signature_rows: dict[Signature, int] = {}
        self._pieces: list[Floats] = []
        self._owners: list[int] = []
        self._begins_s: list[float] = []
        self._motions: list[Motion] = []
        self._blocks = 0

    def add(
        self,
        name: str,
        kind: VehicleType,
        flight: Flight,
        faults: Faults,
        *,
        begin_s: float | None = None,
        nation: str = "",
        allegiance: str = "civil",
        transponder: tuple[Answer, ...] | None = None,
        mode_s: int = -1,
        mode_a: int = -1,
        call_sign: str = "",
    ) -> list[str]:
        """Add the vehicles of a declared flight; return their names.

        ``begin_s`` is when it begins (POSIX seconds; none: with the scenario), ``transponder``
        what it answers with if not as its type.  Members of formations and raids are named
        ``name-1``, ``name-2``, … and have consecutive Mode S addresses and Mode A codes.  What
        cannot be flown goes to ``faults``, with paths below the flight; nothing is added then.
        """
        starts_s = self.begin_s if begin_s is None else begin_s
        settled_flight = settled(
            flight, kind, self.seed, name, max(self.end_s - starts_s, 0.0), faults
        )
        if settled_flight is None:
            return []
        flight = settled_flight
        base, label = base_of(flight)
        below = faults.under(label) if label else faults
        known = len(faults.kept)
        path = self.path(base, kind, max(self.end_s - starts_s, 0.0), below)
        if path is None or len(faults.kept) > known:
            return []
        speed = getattr(base, "speed_mps", None) or kind.speed_cruise_mps
        crew = members(flight, speed, self.seed, name)
        blends = 0.0 if isinstance(flight, Raid) else BLENDS_MPS2
        made = [self._member_path(base, kind, path, one, blends, faults) for one in crew]
        if len(faults.kept) > known:
            return []
        names = names_of(name, len(crew))
        for number, (one, pieces) in enumerate(zip(crew, made, strict=True)):
            row = self.vehicle(
                names[number],
                kind,
                nation=nation,
                allegiance=allegiance,
                transponder=transponder,
                mode_s=mode_s + number if mode_s >= 0 else -1,
                mode_a=(mode_a + number) & 0o7777 if mode_a >= 0 else -1,
                call_sign=call_sign
                if len(crew) == 1 or not call_sign
                else f"{call_sign}{number + 1}",
            )
            self._pieces.append(pieces)
            self._owners.append(row)
            self._begins_s.append(starts_s + one.delay_s)
        return names

    def vehicle(
        self,
        name: str,
        kind: VehicleType,
        *,
        nation: str = "",
        allegiance: str = "civil",
        transponder: tuple[Answer, ...] | None = None,
        mode_s: int = -1,
        mode_a: int = -1,
        call_sign: str = "",
    ) -> int:
        """Add a vehicle without motion; return its row."""
        if kind.signature not in self._signature_rows:
            self._signature_rows[kind.signature] = len(self._signatures)
            self._signatures.append(kind.signature)
        self._types.append(kind)
        self._vehicles.append(
            {
                "name": name,
                "type": kind.name,
                "domain": kind.domain,
                "nation": nation,
                "allegiance": allegiance,
                "signature": self._signature_rows[kind.signature],
                "count": kind.count,
                "transponder": transponder_bits(
                    kind.transponder if transponder is None else transponder
                ),
                "mode_s": mode_s,
                "mode_a": mode_a,
                "call_sign": call_sign,
            }
        )
        return len(self._vehicles) - 1

    def fly(self, row: int, path: Path, begin_s: float) -> None:
        """Give a vehicle the motion of a path, heights above the ellipsoid, begun at a time."""
        self._pieces.append(cut(path, 0.0))
        self._owners.append(row)
        self._begins_s.append(begin_s)

    def next_block(self) -> int:
        """Return the number of a block of traffic: 0, 1, … in the order in which they are added."""
        self._blocks += 1
        return self._blocks - 1

    def move(self, motion: Motion) -> None:
        """Add motion of vehicles by their rows, as ``replay`` makes it."""
        self._motions.append(motion)

    def flown(self) -> Flown:
        """Return all vehicles and their motion, sorted by vehicle and time."""
        made = motion_of(self._pieces, self._owners, self._begins_s)
        motion = join([made, *self._motions])
        motion = motion.rows(np.lexsort((motion.begin_s, motion.vehicle)))
        columns = {
            name: [vehicle[name] for vehicle in self._vehicles]
            for name in Vehicles.schema()
            if self._vehicles
        }
        vehicles = Vehicles.make(
            len(self._vehicles), **{n: np.array(c) for n, c in columns.items()}
        )
        return Flown(vehicles, motion, tuple(self._signatures), tuple(self._types))

    def path(
        self, flight: Route | Orbit | Hover, kind: VehicleType, lasts_s: float, faults: Faults
    ) -> Path | None:
        """Return the path of one vehicle, its heights as declared; None where faults forbid it.

        ``lasts_s`` is for what nothing else ends.
        """
        if isinstance(flight, Orbit):
            return orbit(flight, kind, lasts_s, faults)
        if isinstance(flight, Hover):
            return hover(flight, kind, lasts_s, faults)
        known = len(faults.kept)
        plan = planned(flight, kind, self.terrain, faults)
        bank_deg = flight.bank_deg or kind.bank_max_deg
        if bank_deg > kind.bank_max_deg:
            wanted = f"at most {kind.bank_max_deg:g}°, the bank of {kind.name}"
            faults.add("bank_deg", f"{bank_deg:g}°", wanted)
        if len(plan) == 1 and plan[0].wait_s < 0.0:
            faults.add(
                "waypoints", "one place alone", "two or more, a take-off, a landing or a stop"
            )
        if len(faults.kept) > known:
            return None
        return flown(plan, kind, math.radians(bank_deg), faults)

    def _member_path(
        self,
        flight: Route | Orbit | Hover,
        kind: VehicleType,
        path: Path,
        member: Member,
        blends_mps2: float,
        faults: Faults,
    ) -> Floats:
        """Return the pieces of one member, checked against the ground."""
        sphere_m = radius_m(math.asin(max(-1.0, min(1.0, path.arcs[0, 4] + path.arcs[0, 7]))))
        own: Path | None = path
        if member.right_m != 0.0:
            own = beside(path, member.right_m / sphere_m, blends_mps2 / sphere_m)
        if own is None:
            faults.add("", f"{member.right_m:g} m to the right is inside of a turn", "a wider turn")
            return np.empty((0, 16))
        if flight.height_above == "ground" and self.terrain.heights_m.size:
            spacing = 200.0 if isinstance(flight, Hover) else flight.terrain_spacing_m
            return cut(followed(own, kind, self.terrain, spacing, member.up_m), 0.0)
        self._check_ground(own, member.up_m, faults)
        return cut(own, member.up_m)

    def _check_ground(self, path: Path, up_m: float, faults: Faults) -> None:
        """Add a fault where a path is under the ground."""
        if not self.terrain.heights_m.size:
            return  # the sea is anywhere below
        begin, end = path.arcs[0, 0], path.arcs[-1, 0] + path.arcs[-1, 1]
        times = np.linspace(begin, end, max(int((end - begin) / CHECK_EVERY_S) + 1, 2))
        above = np.empty(len(times))
        heights(path.climbs, times, above)
        ground = ground_below_m(path.arcs, times, self.terrain)
        under = ground - above - up_m
        if under.max() > LOW_M:
            worst = int(np.argmax(under))
            faults.add(
                "",
                f"{under[worst]:.0f} m under the ground {times[worst]:.0f} s after its beginning, "
                f"where the ground is {ground[worst]:.0f} m high",
                "a greater height, or height_above: ground",
            )

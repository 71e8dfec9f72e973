"""Types, fleets and looks at pieces that the tests of flight share."""

import numpy as np

from jointsky.declare import Faults
from jointsky.earth.motion import pieces_of, states
from jointsky.earth.terrain import HeightGrid
from jointsky.records.signatures import Signature
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Waypoint
from jointsky.world.types import VehicleType

SEA = HeightGrid(0.0, 0.0, 1.0, 1.0, np.zeros((0, 0), np.float32))
BEGIN_S = 1_700_000_000.0
AIRLINER = VehicleType(
    name="airliner",
    domain="fixed-wing",
    signature=Signature(),
    speed_min_mps=65.0,
    speed_cruise_mps=230.0,
    speed_max_mps=260.0,
    climb_mps=12.0,
    descent_mps=12.0,
    acceleration_mps2=1.5,
    ceiling_m=12_500.0,
    transponder=("mode_a", "mode_c", "mode_s", "adsb"),
)
COPTER = VehicleType(
    name="copter",
    domain="drone",
    signature=Signature(),
    speed_cruise_mps=15.0,
    speed_max_mps=25.0,
    climb_mps=5.0,
    descent_mps=4.0,
    bank_max_deg=30.0,
    acceleration_mps2=2.0,
    ceiling_m=3000.0,
    hovers=True,
)
MISSILE = VehicleType(
    name="missile",
    domain="missile",
    signature=Signature(),
    speed_min_mps=150.0,
    speed_cruise_mps=240.0,
    speed_max_mps=300.0,
    climb_mps=40.0,
    descent_mps=40.0,
    climb_onset_mps2=15.0,
    bank_max_deg=60.0,
    acceleration_mps2=3.0,
    ceiling_m=5000.0,
)


def at(latitude_deg, longitude_deg, height_m=None, **given):
    """Return a waypoint."""
    return Waypoint(
        latitude_deg=latitude_deg, longitude_deg=longitude_deg, height_m=height_m, **given
    )


def flown(flight, kind=AIRLINER, terrain=SEA, hours=2.0, **given):
    """Return what one declared flight becomes, and the faults told."""
    fleet, faults = Fleet(BEGIN_S, BEGIN_S + 3600.0 * hours, 1, terrain), Faults()
    fleet.add("one", kind, flight, faults, **given)
    return fleet.flown(), [str(fault) for fault in faults.kept]


def jumps(made, vehicle=0):
    """Return how far position and velocity jump where pieces meet (m, m/s), the largest."""
    motion = made.motion.rows(made.motion.vehicle == vehicle)
    alone = motion.replace(vehicle=np.arange(len(motion)))  # each piece as a vehicle of its own
    pieces, time = pieces_of(alone, len(alone)), motion.end_s[:-1]
    assert np.array_equal(time, motion.begin_s[1:])
    if not len(time):
        return np.zeros(2)
    ends, begins = (states(pieces, np.arange(len(time)) + k, time) for k in (0, 1))
    return np.array(
        [np.linalg.norm(a - b, axis=1).max() for a, b in zip(ends, begins, strict=True)]
    )


def times_of(made, vehicle=0, count=400):
    """Return times from the first to the last moment of a vehicle."""
    pieces = pieces_of(made.motion, len(made.vehicles))
    first, last = pieces.first[vehicle], pieces.first[vehicle + 1] - 1
    return np.linspace(pieces.begin_s[first], pieces.end_s[last], count)


def kind_of(name, slowest, cruise, fastest, climb, descent, ceiling, **given):
    """Return a type of civil aircraft."""
    return VehicleType(
        name=name,
        domain="fixed-wing" if slowest else "rotary-wing",
        signature=Signature(),
        speed_min_mps=slowest,
        speed_cruise_mps=cruise,
        speed_max_mps=fastest,
        climb_mps=climb,
        descent_mps=descent,
        ceiling_m=ceiling,
        transponder=("mode_a", "mode_c", "mode_s", "adsb"),
        hovers=not slowest,
        **given,
    )


CIVIL = {
    kind.name: kind
    for kind in (
        kind_of("narrow", 65, 231, 250, 12.7, 17.8, 11_890, acceleration_mps2=0.8),
        kind_of("wide", 70, 252, 268, 13.7, 12.7, 13_100, acceleration_mps2=0.7),
        kind_of("regional", 60, 236, 246, 17.3, 11.2, 12_500, acceleration_mps2=0.9),
        kind_of("light", 28, 55, 75, 4.5, 5.0, 4000),
        kind_of("helicopter", 0, 60, 75, 7.0, 7.0, 4500, acceleration_mps2=1.5),
    )
}

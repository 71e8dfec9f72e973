"""Types of vehicle: how a class of things flies and by what it gives itself away."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.records.signatures import Signature
from jointsky.records.vehicles import Transponder

Domain = Literal[
    "fixed-wing", "rotary-wing", "missile", "bomb", "drone", "bird", "ground", "person"
]
Answer = Literal["mode_a", "mode_c", "mode_s", "adsb", "remote_id", "military"]
Positive = Annotated[float, Meta(gt=0)]
Figure = Annotated[float, Meta(ge=0)]
Cost = Annotated[float, Meta(ge=0, le=10_000_000_000)]

ANSWERS: dict[str, Transponder] = {
    answer.name.lower(): answer for answer in Transponder if answer.name
}


class VehicleType(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of vehicle: what its flights may ask of it, and what sensors get of it."""

    name: Annotated[
        str,
        Meta(
            pattern="^[a-z0-9][a-z0-9-]{0,31}$",
            description="Small letters, digits and hyphens; given by its entry in the catalogue",
        ),
    ] = ""
    title: Annotated[str, Meta(description="What people call it; empty: as its name")] = ""
    domain: Annotated[Domain, Meta(description="What kind of thing it is")]
    signature: Annotated[Signature, Meta(description="What sensors get of it")]
    speed_min_mps: Annotated[
        float, Meta(ge=0, le=3000, description="Slowest speed in the air; 0 where it can hover")
    ] = 0.0
    speed_cruise_mps: Annotated[
        float, Meta(gt=0, le=3000, description="Speed where a flight says none")
    ]
    speed_max_mps: Annotated[float, Meta(gt=0, le=3000, description="Fastest speed")]
    climb_mps: Annotated[float, Meta(gt=0, le=1000, description="Greatest rate of climb")]
    descent_mps: Annotated[float, Meta(gt=0, le=1000, description="Greatest rate of descent")]
    climb_onset_mps2: Annotated[
        float, Meta(gt=0, le=100, description="Vertical acceleration into and out of a climb")
    ] = 1.0
    bank_max_deg: Annotated[
        float, Meta(gt=0, le=85, description="Greatest angle of bank: it bounds the turns")
    ] = 25.0
    acceleration_mps2: Annotated[
        float, Meta(gt=0, le=100, description="Speeding up and slowing down along the path")
    ] = 1.0
    ceiling_m: Annotated[
        float, Meta(gt=0, le=100_000, description="Greatest height above the ellipsoid")
    ]
    hovers: Annotated[
        bool, Meta(description="Whether it can stand in the air, and rise from where it stands")
    ] = False
    transponder: Annotated[
        tuple[Answer, ...], Meta(description="What it answers with or sends of itself")
    ] = ()
    count: Annotated[
        int, Meta(ge=1, le=30_000, description="How many fly as one, as a flock does")
    ] = 1
    range_km: Annotated[Figure | None, Meta(description="How far it flies")] = None
    endurance_min: Annotated[Figure | None, Meta(description="How long it flies")] = None
    payload_kg: Annotated[Figure | None, Meta(description="What it carries")] = None
    mass_kg: Annotated[Figure | None, Meta(description="Mass at take-off")] = None
    span_m: Annotated[Figure | None, Meta(description="Span of wings or rotors")] = None
    length_m: Annotated[Figure | None, Meta(description="Length")] = None
    unit_cost_usd: Annotated[
        Cost | None, Meta(description="US dollars that one costs; none: unknown, or not asked")
    ] = None


def transponder_bits(answers: tuple[Answer, ...]) -> int:
    """Return the bits of ``records.Transponder`` that belong to declared answers."""
    bits = Transponder(0)
    for answer in answers:
        bits |= ANSWERS[answer]
    return int(bits)

"""Vehicles, as declared: what flies, whose it is, what it answers, its flight, its sensors."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.declare_names import PlainName
from jointsky.declare_time import Moment
from jointsky.scenario.sites import Overrides, SensorAboard
from jointsky.world.flights import Flight
from jointsky.world.types import Answer


def _check_octal(code: int) -> None:
    if any(digit in "89" for digit in str(code)):
        raise ValueError("has digits above 7")


ModeA = Annotated[
    int,
    Meta(
        ge=0,
        le=7777,
        extra={
            "check": _check_octal,
            "wanted": "four digits from 0 to 7, as they are spoken: 7000",
        },
    ),
]


class Vehicle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vehicle, or several that fly as one declaration (a formation, a raid, a recording)."""

    name: Annotated[
        PlainName,
        Meta(min_length=1, max_length=31, description="Unique; of several, how their names begin"),
    ]
    type: Annotated[
        str,
        Meta(description="A vehicle type of the catalogue (`jointsky systems`) or of `systems`"),
    ]
    with_: Overrides = msgspec.field(default_factory=dict, name="with")
    nation: Annotated[str, Meta(description="Nation that it belongs to; empty: none of them")] = ""
    allegiance: Annotated[
        Literal["civil", "friend", "neutral", "hostile", "nature"],
        Meta(description="What it truly is; sensors do not know"),
    ] = "civil"
    start: Annotated[Moment, Meta(description="When its flight begins")] = 0.0
    flight: Annotated[Flight, Meta(description="Where it flies")]
    transponder: Annotated[
        tuple[Answer, ...] | None,
        Meta(description="What it answers with or sends of itself; none: as its type"),
    ] = None
    mode_s: Annotated[
        Annotated[
            str,
            Meta(
                pattern="^[0-9a-fA-F]{6}$",
                extra={"wanted": "six hexadecimal digits in quotes: '4400A1'"},
            ),
        ]
        | None,
        Meta(description="Mode S (ICAO) address, hexadecimal; none: one that no other has"),
    ] = None
    mode_a: Annotated[
        ModeA | None, Meta(description="Mode A code, four octal digits; none: 7000, conspicuity")
    ] = None
    call_sign: Annotated[
        str, Meta(max_length=8, description="Call sign or aircraft identification")
    ] = ""
    sensors: Annotated[
        tuple[SensorAboard, ...], Meta(description="Sensors that it carries; of several, the first")
    ] = ()

"""Nations and their sites: where sensors and batteries stand, as declared."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from jointsky.declare_names import PlainName
from jointsky.declare_time import Moment, Window
from jointsky.exchange.declared import Release
from jointsky.sensors.placed import Placed

Name = Annotated[PlainName, Meta(min_length=1, max_length=40)]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="WGS-84 latitude")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="WGS-84 longitude")]
Overrides = Annotated[
    dict[str, Any],
    Meta(description="Fields of the type that are otherwise here, by name, in the type's form"),
]

Outages = Annotated[
    tuple[Window, ...],
    Meta(description="When it is out of order, or nobody is at it: it notices nothing"),
]


class Nation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of those who watch the sky together."""

    name: Annotated[PlainName, Meta(min_length=1, max_length=24, description="Unique name")]
    title: Annotated[str, Meta(max_length=80, description="What people call it")] = ""
    release: Annotated[Release, Meta(description="What it gives to other nations")] = Release()


class SensorAt(Placed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sensor of a site: its type, what is different about this one, its own errors."""

    type: Annotated[
        str, Meta(description="A sensor type of the catalogue (`jointsky systems`) or of `systems`")
    ]
    with_: Overrides = msgspec.field(default_factory=dict, name="with")
    above_ground_m: Annotated[
        float, Meta(ge=0, le=1000, description="Antenna, lens or ear above the site's ground")
    ] = 10.0
    outages: Outages = ()


class SensorAboard(Placed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sensor that a vehicle carries; a site on the ground gets what it measures."""

    type: Annotated[
        str, Meta(description="A sensor type of the catalogue (`jointsky systems`) or of `systems`")
    ]
    with_: Overrides = msgspec.field(default_factory=dict, name="with")
    reports_to: Annotated[str, Meta(description="Name of the site that gets its plots")]
    outages: Outages = ()


class Relocation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A battery packs, marches to another site of its nation, and deploys there."""

    at: Annotated[Moment, Meta(description="When it begins to pack")]
    to: Annotated[str, Meta(description="Name of a site of the same nation")]


class Supply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shots that are brought to a battery's reserve, once or again and again."""

    at: Annotated[Moment, Meta(description="When they come first")]
    every_s: Annotated[
        Annotated[float, Meta(ge=60, le=604_800)] | None,
        Meta(description="From one delivery to the next; none: once"),
    ] = None
    shots: Annotated[
        dict[str, Annotated[int, Meta(ge=1, le=100_000)]],
        Meta(min_length=1, description="Shots of one delivery, by weapon"),
    ]


class BatteryAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Batteries of one type at a site; they act once decisions are simulated."""

    name: Annotated[Name, Meta(description="Unique name")]
    type: Annotated[
        str,
        Meta(description="A battery type of the catalogue (`jointsky systems`) or of `systems`"),
    ]
    with_: Overrides = msgspec.field(default_factory=dict, name="with")
    count: Annotated[int, Meta(ge=1, le=64, description="How many of them stand there")] = 1
    shots_ready: Annotated[
        dict[str, Annotated[int, Meta(ge=0, le=100_000)]],
        Meta(description="Shots ready on each launcher at the start, by weapon; none: all"),
    ] = {}
    shots_in_reserve: Annotated[
        dict[str, Annotated[int, Meta(ge=0, le=100_000)]],
        Meta(description="Shots in reserve at the start, by weapon; none: those of the type"),
    ] = {}
    own_sensors: Annotated[
        bool, Meta(description="Whether the sensors of its type see for the site where it stands")
    ] = False
    is_packed: Annotated[
        bool, Meta(description="It stands ready to march, and engages nothing from here")
    ] = False
    relocations: Annotated[
        tuple[Relocation, ...], Meta(description="Where it is moved to, in order of time")
    ] = ()
    supplies: Annotated[tuple[Supply, ...], Meta(description="What is brought to it")] = ()


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place of one nation: its sensors, its batteries, one picture of the sky."""

    name: Annotated[Name, Meta(description="Unique name")]
    nation: Annotated[str, Meta(description="Name of the nation that it belongs to")]
    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Annotated[
        Annotated[float, Meta(ge=-500, le=9000)] | None,
        Meta(description="Ground of the site above the ellipsoid; none: that of the terrain"),
    ] = None
    sensors: Annotated[tuple[SensorAt, ...], Meta(description="Sensors that stand here")] = ()
    batteries: Annotated[tuple[BatteryAt, ...], Meta(description="Batteries that stand here")] = ()

"""The scenario file: one declared thing that holds everything."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.assess.zones import Zone
from jointsky.decide.declared import Duty
from jointsky.declare_time import Stamp
from jointsky.earth.terrain_declared import Terrain
from jointsky.exchange.declared import NodeSettings
from jointsky.scenario.links import Link, Partition
from jointsky.scenario.sites import Nation, Site
from jointsky.scenario.sources import Reference
from jointsky.scenario.systems import System
from jointsky.scenario.vehicles import Vehicle
from jointsky.scenario.weather import Weather
from jointsky.world.traffic import Traffic

SEEDS = 2**53  # whole numbers that every reader of JSON keeps


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sky: who watches it from where, and what flies, when, over which ground, in what weather.

    A file may take sections from others, relative to itself: ``include: [sites.yaml, air.yaml]``.
    """

    name: Annotated[
        str, Meta(min_length=1, max_length=60, description="What it is called, in a few words")
    ]
    description: Annotated[str, Meta(description="What it shows, for people")] = ""
    seed: Annotated[
        int,
        Meta(ge=0, lt=SEEDS, description="What all that is drawn at random hangs on"),
    ] = 1
    start_utc: Annotated[Stamp, Meta(description="When it begins")] = "2026-05-01T10:00:00Z"
    duration_s: Annotated[float, Meta(gt=0, le=31 * 86_400, description="How long it lasts")] = (
        600.0
    )
    truth_interval_s: Annotated[
        float, Meta(ge=0.1, le=3600, description="How often the truth is written down, to score by")
    ] = 2.0
    picture_interval_s: Annotated[
        float,
        Meta(ge=0.1, le=3600, description="How often the picture that each site shows is kept"),
    ] = 2.0
    nations: Annotated[tuple[Nation, ...], Meta(min_length=1, description="Who watches the sky")]
    sites: Annotated[tuple[Site, ...], Meta(description="Where sensors and batteries stand")] = ()
    links: Annotated[
        tuple[Link, ...], Meta(description="Who hears whom; without any each site is alone")
    ] = ()
    partitions: Annotated[
        tuple[Partition, ...], Meta(description="When the network falls into parts")
    ] = ()
    exchange: Annotated[NodeSettings, Meta(description="How every site waits, tells and keeps")] = (
        NodeSettings()
    )
    vehicles: Annotated[tuple[Vehicle, ...], Meta(description="What flies, one by one")] = ()
    traffic: Annotated[
        tuple[Traffic, ...], Meta(description="Civil traffic at random, region by region")
    ] = ()
    zones: Annotated[
        tuple[Zone, ...], Meta(description="Parts of the sky that mean something")
    ] = ()
    duty: Annotated[
        Duty | None, Meta(description="Who decides on interception; none: nothing is engaged")
    ] = None
    terrain: Annotated[
        Terrain | None, Meta(description="Heights of the ground; none: sea level everywhere")
    ] = None
    weather: Annotated[Weather, Meta(description="Air and rain")] = Weather()
    systems: Annotated[
        tuple[System, ...], Meta(description="Types of your own, in the form of the catalogue")
    ] = ()
    references: Annotated[
        dict[str, Reference],
        Meta(description="Public texts that sources of `systems` name, by key"),
    ] = {}

"""A scenario made ready to run: what flies, what looks at it from where, whose it is."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from jointsky.assess.areas import Area
from jointsky.decide.declared import Duty
from jointsky.exchange.declared import NodeSettings, Release
from jointsky.records.motion import Motion
from jointsky.records.sensors import Sensor
from jointsky.scenario.batteries import BatteryType
from jointsky.scenario.links import LinkShare
from jointsky.sensors.surroundings import Place, Surroundings


class BuiltSite(msgspec.Struct, frozen=True, kw_only=True):
    """One site, at its place on earth."""

    name: str
    nation: str
    latitude_rad: float
    longitude_rad: float
    height_m: float


@dataclasses.dataclass(frozen=True)
class BuiltSensor:
    """One sensor at its place: its declaration, its own errors, its key of randomness.

    ``site`` is the row of the site that gets its plots.  ``declared`` and ``placed`` are what
    ``sensors.observe.observe`` takes; ``told`` is what a tracker knows of it.  ``outages_s`` are
    the spans of POSIX seconds in which it notices nothing, in order and apart.
    """

    name: str
    site: int
    declared: Any
    placed: Any
    place: Place
    key: tuple[int, int]
    told: Sensor
    outages_s: tuple[tuple[float, float], ...] = ()


@dataclasses.dataclass(frozen=True)
class BuiltLink:
    """One link between two sites, which ``ends`` names by their rows.

    ``outages_s`` are the spans of POSIX seconds in which it carries nothing, in order and apart:
    its own and those of the network's partitions.
    """

    name: str
    ends: tuple[int, int]
    share: LinkShare
    delay_s: float
    jitter_s: float
    loss: float
    bandwidth_kbps: float | None
    queue_s: float
    outages_s: tuple[tuple[float, float], ...] = ()


@dataclasses.dataclass(frozen=True)
class BuiltBattery:
    """One battery: its site's row, its type, the shots that each launcher has ready, by weapon.

    ``relocations``: POSIX seconds and the row of the site that it then leaves for.  ``supplies``:
    POSIX seconds, weapon, shots, in order of time.  ``sensors``: rows of its own sensors, by the
    row of the site where it must stand for them to see.
    """

    name: str
    site: int
    type: BatteryType
    shots_ready: dict[str, int]
    shots_in_reserve: dict[str, int]
    is_packed: bool = False
    relocations: tuple[tuple[float, int], ...] = ()
    supplies: tuple[tuple[float, str, int], ...] = ()
    sensors: dict[int, tuple[int, ...]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Built:
    """Everything that a run needs; the same scenario and seed build the same."""

    name: str
    description: str
    seed: int
    begin_s: float  # POSIX seconds, UTC
    end_s: float
    truth_interval_s: float
    digest: str  # of the resolved scenario, includes and catalogue entries used: 16 hex digits
    sites: list[BuiltSite]
    sensors: list[BuiltSensor]
    motion: Motion
    surroundings: Surroundings
    areas: list[Area] = dataclasses.field(default_factory=list)
    links: list[BuiltLink] = dataclasses.field(default_factory=list)
    words: list[BuiltLink] = dataclasses.field(default_factory=list)  # of command posts only
    releases: dict[str, Release] = dataclasses.field(default_factory=dict)  # by nation
    exchange: NodeSettings = NodeSettings()
    picture_interval_s: float = 2.0
    batteries: list[BuiltBattery] = dataclasses.field(default_factory=list)
    duty: Duty | None = None
    unit_costs_usd: tuple[float | None, ...] = ()  # of each vehicle, None: not known; or none

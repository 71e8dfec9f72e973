"""What a node is told before it begins: the network as all its sites know it, and who it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from jointsky.exchange.declared import NodeSettings, Release, Share
from jointsky.records.sensors import Sensor
from jointsky.tracking.settings import TrackerSettings


@dataclasses.dataclass(frozen=True)
class SiteOf:
    """One site of the network."""

    name: str
    nation: str


@dataclasses.dataclass(frozen=True)
class LinkOf:
    """One link of the network: ``ends`` are rows of sites."""

    name: str
    ends: tuple[int, int]
    share: Share = "plots"
    bandwidth_kbps: float | None = None


@dataclasses.dataclass(frozen=True)
class Network:
    """What all sites agree on: the same everywhere, or what they share cannot mean the same.

    ``sensors`` are those of all sites, by rows that ``Plots.sensor`` counts; ``sensor_site`` is
    the row of the site that gets each one's plots.  ``epoch_s``: times are counted from here.
    """

    name: str
    sites: Sequence[SiteOf]
    sensors: Sequence[Sensor]
    sensor_site: Sequence[int]
    links: Sequence[LinkOf] = ()
    releases: Mapping[str, Release] = dataclasses.field(default_factory=dict)  # by nation
    epoch_s: float = 0.0
    settings: NodeSettings = NodeSettings()
    tracker: TrackerSettings = TrackerSettings()

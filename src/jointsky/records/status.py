"""Status: how a site's node, its sensors and its links are doing, for people and for the log."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.records.links import LinkStatus
from jointsky.records.registration import BiasEstimate


class SensorStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one sensor of the site is doing.  Counts are since the node began."""

    name: Annotated[str, Meta(description="Name of the sensor")]
    row: Annotated[int, Meta(ge=0, description="Its row among the sensors of the network")]
    plots: Annotated[int, Meta(ge=0, description="Plots that came and have a time and a place")]
    rate_per_s: Annotated[float, Meta(ge=0, description="Plots that come in a second, of late")]
    last_plot_s: Annotated[
        float | None, Meta(description="Time of its newest plot, POSIX seconds, UTC; none yet")
    ] = None
    delay_s: Annotated[
        float | None, Meta(description="Mean of late from a plot's time to its arrival")
    ] = None
    clock_offset_s: Annotated[
        float, Meta(description="A jump of its clock, ahead, that is taken off its times")
    ] = 0.0
    unusable: Annotated[int, Meta(ge=0, description="Plots without a time or a place")] = 0
    repeated: Annotated[int, Meta(ge=0, description="Plots that it had sent before")] = 0
    from_the_future: Annotated[int, Meta(ge=0, description="Plots later than their arrival")] = 0
    shed: Annotated[int, Meta(ge=0, description="Plots beyond the rate that is taken")] = 0
    faults: Annotated[
        tuple[str, ...],
        Meta(description="Wrong with it now: repeats, clock, late, slow, future, flood, unusable"),
    ] = ()


class PeerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with what another site sends.  Counts are since the node began."""

    name: Annotated[str, Meta(description="Name of the site")]
    refused: Annotated[int, Meta(ge=0, description="Its plots and messages that were refused")] = 0
    faults: Annotated[
        tuple[str, ...], Meta(description="Wrong with it now: garbage, not-theirs, future")
    ] = ()


class NodeStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a node is doing.  Counts are since it began."""

    site: Annotated[str, Meta(description="Name of the site")]
    nation: Annotated[str, Meta(description="Nation of the site")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, of this status")]
    begun_s: Annotated[float, Meta(description="POSIX seconds, UTC, when the node began")]
    life: Annotated[int, Meta(description="Which life of the site's node this is: its messages'")]
    tracks: Annotated[int, Meta(ge=0, description="Tracks that its picture shows")]
    plots: Annotated[int, Meta(ge=0, description="Plots taken, the site's own and others'")]
    used: Annotated[int, Meta(ge=0, description="Plots that found a track")] = 0
    late: Annotated[int, Meta(ge=0, description="Plots that came after the tracker went on")] = 0
    too_late: Annotated[int, Meta(ge=0, description="Plots that came later than late_s")] = 0
    refused: Annotated[int, Meta(ge=0, description="Plots that no tracker could take")] = 0
    replays: Annotated[int, Meta(ge=0, description="How often late plots put it back")] = 0
    messages: Annotated[int, Meta(ge=0, description="Messages of others that it has had")] = 0
    octets_kept: Annotated[int, Meta(ge=0, description="Octets of messages given to be kept")] = 0
    sensors: Annotated[tuple[SensorStatus, ...], Meta(description="The site's own sensors")] = ()
    peers: Annotated[tuple[PeerStatus, ...], Meta(description="The other sites")] = ()
    links: Annotated[tuple[LinkStatus, ...], Meta(description="The site's links")] = ()
    biases: Annotated[
        tuple[BiasEstimate, ...], Meta(description="Errors of the site's own radars")
    ] = ()

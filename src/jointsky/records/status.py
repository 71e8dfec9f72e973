"""Status: how a site's node, its sensors and its links are doing, for people and for the log."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class SensorStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one sensor of the site is doing."""

    name: Annotated[str, Meta(description="Name of the sensor")]
    row: Annotated[int, Meta(ge=0, description="Its row among the sensors of the network")]
    plots: Annotated[int, Meta(ge=0, description="Plots that came since the node began")]
    rate_per_s: Annotated[float, Meta(ge=0, description="Plots that come in a second, of late")]
    last_plot_s: Annotated[
        float | None, Meta(description="Time of its newest plot, POSIX seconds, UTC; none yet")
    ] = None
    delay_s: Annotated[
        float | None, Meta(description="Median of late from a plot's time to its arrival")
    ] = None
    faults: Annotated[tuple[str, ...], Meta(description="What is wrong with it now")] = ()


class NodeStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a node is doing."""

    site: Annotated[str, Meta(description="Name of the site")]
    nation: Annotated[str, Meta(description="Nation of the site")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, of this status")]
    begun_s: Annotated[float, Meta(description="POSIX seconds, UTC, when the node began")]
    tracks: Annotated[int, Meta(ge=0, description="Tracks that its picture shows")]
    plots: Annotated[int, Meta(ge=0, description="Plots taken, the site's own and others'")]
    refused: Annotated[int, Meta(ge=0, description="Plots that no tracker could take")] = 0
    too_late: Annotated[int, Meta(ge=0, description="Plots that came later than late_s")] = 0
    messages: Annotated[int, Meta(ge=0, description="Messages of others that it has had")] = 0
    sensors: Annotated[tuple[SensorStatus, ...], Meta(description="The site's own sensors")] = ()

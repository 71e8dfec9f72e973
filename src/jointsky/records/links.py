"""Links: how the links of a site to its neighbours are doing, for people and for the log."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class LinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one link is doing, as the site at this end sees it.  Counts are since the node began."""

    name: Annotated[str, Meta(description="Name of the link")]
    neighbour: Annotated[str, Meta(description="Name of the site at the other end")]
    share: Annotated[str, Meta(description="What passes: plots, fused or responsible")]
    is_up: Annotated[bool, Meta(description="Both ends hear each other")]
    since_s: Annotated[float, Meta(description="POSIX seconds, UTC, since when it is up or down")]
    heard_s: Annotated[
        float | None, Meta(description="When the other end was last heard, POSIX seconds, UTC")
    ] = None
    rtt_s: Annotated[
        float | None, Meta(description="Time to the other end and back, smoothed (RFC 9002)")
    ] = None
    rate_bps: Annotated[
        float | None, Meta(description="Bits a second that the link carries, declared or seen")
    ] = None
    octets_in: Annotated[int, Meta(ge=0, description="Octets of packets that came")] = 0
    octets_out: Annotated[int, Meta(ge=0, description="Octets of packets that were sent")] = 0
    packets_in: Annotated[int, Meta(ge=0, description="Packets that came")] = 0
    packets_out: Annotated[int, Meta(ge=0, description="Packets that were sent")] = 0
    messages_in: Annotated[int, Meta(ge=0, description="New messages that came")] = 0
    messages_out: Annotated[
        int, Meta(ge=0, description="Messages that were sent, with repairs")
    ] = 0
    lost: Annotated[int, Meta(ge=0, description="Packets that were sent and did not arrive")] = 0
    repaired: Annotated[int, Meta(ge=0, description="Messages that were sent again")] = 0
    duplicate: Annotated[int, Meta(ge=0, description="Messages that came and were here before")] = 0
    refused: Annotated[int, Meta(ge=0, description="Packets and messages not believed")] = 0
    waiting: Annotated[int, Meta(ge=0, description="Messages that wait to be sent")] = 0
    in_flight: Annotated[int, Meta(ge=0, description="Octets sent and not yet acknowledged")] = 0


class LinkEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something about a link that belongs in the log.

    Kinds: ``link-up``, ``link-down``, ``messages-missed`` (a neighbour no longer has what this
    site lacks: origin, life, first, last), ``neighbour-restarted``.
    """

    kind: Annotated[str, Meta(description="Short and stable")]
    link: Annotated[str, Meta(description="Name of the link; empty: none in particular")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which it was noticed")]
    facts: Annotated[dict[str, Any], Meta(description="What else there is to say, by name")] = {}

"""Feeds as declared: where the octets of sensors come from, and what they are."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.declare_names import PlainName
from jointsky.declare_time import Moment

Format = Literal["asterix", "beast", "avr", "sbs"]
Port = Annotated[int, Meta(ge=1, le=65_535)]


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every feed says of itself."""

    name: Annotated[
        PlainName, Meta(min_length=1, max_length=40, description="Name, unique at the site")
    ]
    sensor: Annotated[
        str | None,
        Meta(
            description="The sensor whose plots these are; none: SAC/SIC say it (ASTERIX only)",
        ),
    ] = None
    editions: Annotated[
        dict[str, str],
        Meta(description="ASTERIX editions by category ('021'), or source and category"),
    ] = {}
    time: Annotated[
        Literal["sent", "received"],
        Meta(description="Plots have the time that they tell, or that at which they came"),
    ] = "sent"
    queue_octets: Annotated[
        int,
        Meta(ge=65_536, le=1 << 30, description="More waiting than this: the oldest are dropped"),
    ] = 4 << 20


class UdpFeed(
    Feed, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="udp"
):
    """Datagrams to a port of this machine, or of a multicast group that it joins."""

    port: Annotated[Port, Meta(description="UDP port")]
    format: Annotated[Format, Meta(description="What the octets are")] = "asterix"
    group: Annotated[str | None, Meta(description="Multicast group (239.1.2.3); none: unicast")] = (
        None
    )
    interface: Annotated[
        str, Meta(description="Address of this machine on which to listen; 0.0.0.0: all of them")
    ] = "0.0.0.0"


class TcpFeed(
    Feed, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="tcp"
):
    """A server that sends octets to whoever connects; a lost connection is tried again."""

    host: Annotated[str, Meta(min_length=1, description="Name or address of the server")]
    port: Annotated[Port, Meta(description="TCP port")]
    format: Annotated[Format, Meta(description="What the octets are")] = "asterix"
    silent_s: Annotated[
        float,
        Meta(gt=0, le=86_400, description="A connection silent for so long is opened anew"),
    ] = 60.0


class TailFeed(
    Feed, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="tail"
):
    """A file that another program writes to; a new one in its place is followed too."""

    path: Annotated[str, Meta(min_length=1, description="Path from the configuration's folder")]
    format: Annotated[Format, Meta(description="What the octets are")] = "asterix"
    begin: Annotated[
        Literal["now", "first"],
        Meta(description="From what is written from now on, or from the first octet"),
    ] = "now"


class ReplayFeed(
    Feed, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="replay"
):
    """A recording in any format that jointsky reads, played as the clock of the node runs."""

    path: Annotated[str, Meta(min_length=1, description="Path from the configuration's folder")]
    at: Annotated[
        Annotated[Moment, Meta()] | None,
        Meta(
            description="The recording's time at which the clock begins, seconds or a stamp; "
            "none: as in the recording, without any shift"
        ),
    ] = None
    repeats: Annotated[
        bool, Meta(description="It begins again when it is over, as if it went on")
    ] = False


AnyFeed = UdpFeed | TcpFeed | TailFeed | ReplayFeed

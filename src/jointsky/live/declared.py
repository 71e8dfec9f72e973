"""The configuration of a live network, as declared: one file, the same at every site."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.assess.alert_settings import AlertSettings
from jointsky.assess.incident_settings import IncidentSettings
from jointsky.assess.zones import Zone
from jointsky.declare_names import PlainName
from jointsky.declare_time import Stamp
from jointsky.exchange.declared import Hold, NodeSettings, Release, Share, ShareInterval
from jointsky.live.feeds import AnyFeed, Port
from jointsky.tracking.settings import TrackerSettings

Name = Annotated[PlainName, Meta(min_length=1, max_length=40)]
Path = Annotated[str, Meta(min_length=1)]
Endpoint = Annotated[
    str,
    Meta(
        pattern=r"^(tcp|tls|quic|udp|unixsock-stream)/.+$",
        description="Zenoh's form: tcp/192.0.2.7:7447, tls/north.example:7447",
    ),
]


class LiveNation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of those who watch the sky together, and what it gives to the others."""

    name: Annotated[PlainName, Meta(min_length=1, max_length=24, description="Unique name")]
    release: Annotated[Release, Meta(description="What it gives; by default everything")] = (
        Release()
    )


class LiveSensor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sensor of a site: where it stands and how well it measures, as far as that is known."""

    name: Annotated[
        str,
        Meta(min_length=1, max_length=40, description="Unique name in the whole network"),
    ]
    kind: Annotated[
        Literal["radar", "ssr", "adsb", "multilateration", "surface-radar", "tracker", "unknown"],
        Meta(description="What it is"),
    ] = "radar"
    sac: Annotated[int, Meta(ge=-1, le=255, description="ASTERIX area code; -1: none")] = -1
    sic: Annotated[int, Meta(ge=-1, le=255, description="ASTERIX identification; -1: none")] = -1
    latitude_deg: Annotated[
        Annotated[float, Meta(ge=-90, le=90)] | None,
        Meta(description="Geodetic, WGS-84; a sensor that tells places itself needs none"),
    ] = None
    longitude_deg: Annotated[
        Annotated[float, Meta(ge=-180, le=180)] | None, Meta(description="WGS-84")
    ] = None
    height_m: Annotated[
        float, Meta(ge=-500, le=20_000, description="Antenna above the WGS-84 ellipsoid")
    ] = 0.0
    rotation_period_s: Annotated[
        Annotated[float, Meta(gt=0, le=120)] | None, Meta(description="Time of one turn")
    ] = None
    range_max_m: Annotated[
        Annotated[float, Meta(gt=0, le=5e6)] | None, Meta(description="It sees no farther")
    ] = None
    range_sigma_m: Annotated[
        Annotated[float, Meta(gt=0, le=10_000)] | None,
        Meta(description="Standard error of a range"),
    ] = None
    azimuth_sigma_deg: Annotated[
        Annotated[float, Meta(gt=0, le=30)] | None, Meta(description="Standard error of an azimuth")
    ] = None
    elevation_sigma_deg: Annotated[
        Annotated[float, Meta(gt=0, le=30)] | None,
        Meta(description="Standard error of an elevation"),
    ] = None
    detection_probability: Annotated[
        Annotated[float, Meta(gt=0, le=1)] | None, Meta(description="Share of turns with a plot")
    ] = None
    false_plots_per_turn: Annotated[
        Annotated[float, Meta(ge=0, le=1e5)] | None, Meta(description="Plots of nothing, a turn")
    ] = None
    range_resolution_m: Annotated[
        Annotated[float, Meta(gt=0, le=10_000)] | None,
        Meta(description="Range within which two targets make one plot"),
    ] = None
    azimuth_resolution_deg: Annotated[
        Annotated[float, Meta(gt=0, le=30)] | None,
        Meta(description="Azimuth within which, in that range, they do"),
    ] = None


class LiveSite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place of one nation: its sensors, where their octets come in, where others reach it."""

    name: Annotated[Name, Meta(description="Unique name")]
    nation: Annotated[str, Meta(description="Name of the nation that it belongs to")]
    sensors: Annotated[tuple[LiveSensor, ...], Meta(description="Sensors that stand here")] = ()
    feeds: Annotated[tuple[AnyFeed, ...], Meta(description="Where their octets come in")] = ()
    listen: Annotated[
        tuple[Endpoint, ...], Meta(description="Where this site listens for the others")
    ] = ()
    connect: Annotated[
        tuple[Endpoint, ...],
        Meta(description="Where this site connects to; none: where its neighbours listen"),
    ] = ()


class LiveLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What carries messages between two sites, in both directions."""

    name: Annotated[Name, Meta(description="Unique name")]
    ends: Annotated[tuple[str, str], Meta(description="Names of two sites")]
    share: Annotated[
        Share, Meta(description="All plots; tracks fused at both ends; tracks of who has better")
    ] = "plots"
    bandwidth_kbps: Annotated[
        Annotated[float, Meta(gt=0, le=1e9)] | None,
        Meta(description="Most that the exchange puts on it, kbit/s; none: no limit"),
    ] = None


class Tls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys for tls/ and quic/ endpoints: files in PEM, paths from the configuration's folder.

    ``{site}`` in a path stands for the name of the site that runs.
    """

    root_ca: Annotated[Path, Meta(description="Who signed the certificates of the others")]
    certificate: Annotated[Path, Meta(description="This site's certificate")]
    private_key: Annotated[Path, Meta(description="Its key, readable by nobody else")]
    mutual: Annotated[
        bool, Meta(description="Those who connect must show a certificate as well")
    ] = True
    verify_name: Annotated[
        bool, Meta(description="The other's certificate must name the host that was called")
    ] = True


class Transport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How packets of the links travel: Zenoh, from peer to peer unless something else is said."""

    mode: Annotated[
        Literal["peer", "client"],
        Meta(description="Among peers, or as a client of the routers that `connect` names"),
    ] = "peer"
    scouting: Annotated[
        bool, Meta(description="Peers find each other by multicast too (224.0.0.224:7446)")
    ] = False
    tls: Annotated[Tls | None, Meta(description="Keys; needed where an endpoint is tls/")] = None
    zenoh: Annotated[
        Path | None,
        Meta(description="A file of Zenoh's own settings (JSON5), for what is not said here"),
    ] = None
    queue_octets: Annotated[
        int,
        Meta(ge=65_536, le=1 << 30, description="More waiting for a link: the oldest are dropped"),
    ] = 8 << 20


class Clock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The clock of the node; by default the wall's.  Others are for replays."""

    begin: Annotated[
        Annotated[Stamp, Meta()] | None,
        Meta(description="What the clock shows at first; none: what the wall clock shows then"),
    ] = None
    started: Annotated[
        Annotated[Stamp, Meta()] | None,
        Meta(description="When it began on the wall clock; none: when the node starts"),
    ] = None
    speed: Annotated[
        float, Meta(gt=0, le=1000, description="Seconds of this clock in one of the wall clock")
    ] = 1.0


class Store(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a node writes down, so that it can go on after a restart, and that nothing is lost."""

    folder: Annotated[
        Path, Meta(description="Folder from the configuration's; {site} is the site's name")
    ] = "live/{site}"
    commit_s: Annotated[
        float, Meta(gt=0, le=10, description="What is to be written waits at most so long")
    ] = 0.25
    memory_octets: Annotated[
        int,
        Meta(ge=1 << 20, le=1 << 36, description="Held in memory while the disk takes nothing"),
    ] = 64 << 20
    log_days: Annotated[
        float, Meta(gt=0, le=36_500, description="Log entries are kept so long")
    ] = 90.0


class Output(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the picture goes: a line of JSON for each track of it, so often.

    One of ``path`` and ``host`` with ``port``.
    """

    path: Annotated[Path | None, Meta(description="A file that lines are added to")] = None
    host: Annotated[str | None, Meta(description="Lines go to this host in UDP datagrams")] = None
    port: Annotated[Port | None, Meta(description="UDP port")] = None
    interval_s: Annotated[
        float, Meta(gt=0, le=3600, description="The whole picture is written so often")
    ] = 1.0


class LiveExchange(NodeSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How live nodes wait, tell and keep: sooner than simulated ones, on links of today."""

    share_interval_s: ShareInterval = 0.005
    hold_s: Hold = 0.18


class LiveConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A live network: sites of nations, links between them, how they share and track."""

    network: Annotated[Name, Meta(description="Name of the network, part of Zenoh's keys")]
    nations: Annotated[tuple[LiveNation, ...], Meta(min_length=1, description="Who takes part")]
    sites: Annotated[tuple[LiveSite, ...], Meta(min_length=1, description="Places")]
    links: Annotated[tuple[LiveLink, ...], Meta(description="Who exchanges with whom")] = ()
    exchange: Annotated[
        LiveExchange, Meta(description="How nodes wait, tell and keep: the same everywhere")
    ] = LiveExchange()
    tracker: Annotated[
        TrackerSettings, Meta(description="How targets are expected to move: the same everywhere")
    ] = TrackerSettings()
    gather_s: Annotated[
        float, Meta(ge=0, le=2, description="Octets of feeds are decoded together so often")
    ] = 0.06
    transport: Annotated[Transport, Meta(description="How packets of links travel")] = Transport()
    clock: Annotated[Clock, Meta(description="For replays: another clock than the wall's")] = (
        Clock()
    )
    store: Annotated[Store, Meta(description="What outlives the node")] = Store()
    outputs: Annotated[tuple[Output, ...], Meta(description="Where the picture goes")] = ()
    zones: Annotated[
        tuple[Zone, ...],
        Meta(description="Parts of the sky that mean something; their times are stamps in UTC"),
    ] = ()
    alerts: Annotated[AlertSettings, Meta(description="When alerts are raised and cleared")] = (
        AlertSettings()
    )
    incidents: Annotated[
        IncidentSettings, Meta(description="What opens an incident, and what belongs to one")
    ] = IncidentSettings()
    people: Annotated[
        Path | None,
        Meta(description="A file to which lines of JSON are added: what people report and do"),
    ] = None

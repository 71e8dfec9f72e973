"""How sites share, as declared: what goes over a link, what a nation gives, how long is waited."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Share = Literal["plots", "fused", "responsible"]
"""What goes over a link: all plots; tracks, which both ends fuse; tracks of who has the better."""

Kind = Literal["military", "civil", "cooperative", "uncooperative", "on-ground"]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
ShareInterval = Annotated[
    float, Meta(gt=0, le=60, description="Plots wait at most so long to go out together")
]
Hold = Annotated[
    Seconds, Meta(description="The tracker waits at most so long for plots of other sites")
]


class Area(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the map, between heights."""

    rim_deg: Annotated[
        tuple[tuple[float, float], ...],
        Meta(min_length=3, description="Corners, latitude and longitude in degrees"),
    ]
    bottom_m: Annotated[float, Meta(description="From this height above the ellipsoid")] = -1000.0
    top_m: Annotated[float, Meta(description="To this height above the ellipsoid")] = 100_000.0


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a nation gives to others; the default gives everything as it is."""

    withheld: Annotated[
        tuple[Kind, ...], Meta(description="Plots and tracks of these kinds are kept back")
    ] = ()
    withheld_areas: Annotated[
        tuple[Area, ...], Meta(description="What is in any of these is kept back")
    ] = ()
    least_sigma_m: Annotated[
        float,
        Meta(ge=0, le=100_000, description="Positions are coarsened to this standard error, m"),
    ] = 0.0


class NodeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a node waits, tells and keeps.  The defaults serve a network of up to some 50 sites."""

    share_interval_s: ShareInterval = 0.5
    report_interval_s: Annotated[
        float, Meta(gt=0, le=600, description="A track is reported at most so often")
    ] = 1.0
    hold_s: Hold = 0.5
    late_s: Annotated[
        Seconds, Meta(description="Plots this late are still taken in their place")
    ] = 300.0
    heartbeat_s: Annotated[
        float, Meta(gt=0, le=60, description="Each link carries a sign of life at least so often")
    ] = 1.0
    lost_after_s: Annotated[
        float, Meta(gt=0, le=3600, description="A link without a sign of life so long is down")
    ] = 4.0
    names_interval_s: Annotated[
        float, Meta(gt=0, le=3600, description="Numbers of all tracks are compared so often")
    ] = 30.0
    keep_s: Annotated[
        Seconds, Meta(description="Messages are kept so long to be given to sites that lack them")
    ] = 900.0
    fusion: Annotated[
        Literal["covariance-intersection", "inverse-covariance-intersection", "split"],
        Meta(description="How tracks of several sites become one where they are shared as tracks"),
    ] = "split"
    register: Annotated[
        bool,
        Meta(
            description="Errors of this site's radars are estimated and taken out; costs as much "
            "as tracking, and wants some twenty targets that several radars see"
        ),
    ] = False

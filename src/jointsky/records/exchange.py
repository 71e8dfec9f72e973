"""What sites send each other: sealed envelopes, and the reports on tracks that some of them hold.

A message is named by its origin, the origin's life and its number there, and never changes: what
a site knows is the set of messages that it has, however often and in which order they came.
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from jointsky.records.columns import Array, Columns, floats, integers, text

PLOTS, TRACKS, NAMES, STATUS = "plots", "tracks", "names", "status"


class Message(msgspec.Struct, frozen=True, array_like=True):
    """One thing that a site told the others."""

    origin: Annotated[str, Meta(description="Name of the site that told it")]
    life: Annotated[
        int, Meta(description="When that site's node began, POSIX milliseconds: numbers count anew")
    ]
    number: Annotated[int, Meta(ge=0, description="Its place in that life, from 0, without gaps")]
    kind: Annotated[str, Meta(description="plots, tracks, names or status: how to read the body")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which it was told")]
    body: Annotated[bytes, Meta(description="Its content, as `exchange.wire` packs it")]


@dataclasses.dataclass(frozen=True)
class TrackReports(Columns):
    """What a site says of its own tracks; also, without covariance, which numbers it gives them.

    ``covariance`` is of (east, north, up, ve, vn, vu), as in Tracks.  NaN, -1 or an empty text:
    not known.
    """

    TAG: ClassVar[str] = "track-reports"
    VERSION: ClassVar[int] = 2

    time_s: Array = floats("POSIX seconds, UTC, at which this state holds")
    number: Array = integers("int64", "its number in the tracker of the site that tells of it")
    system_number: Array = integers("int64", "the number under which that site shows it")
    latitude_rad: Array = floats("geodetic latitude, WGS-84")
    longitude_rad: Array = floats("longitude, WGS-84")
    height_m: Array = floats("height above the WGS-84 ellipsoid, as in Tracks")
    pressure_altitude_m: Array = floats("newest Mode C or barometric altitude, 1013.25 hPa")
    ve_mps: Array = floats("velocity east")
    vn_mps: Array = floats("velocity north")
    vu_mps: Array = floats("velocity up")
    covariance: Array = floats("of east, north, up, ve, vn, vu; m2, m2/s, m2/s2", cell=(6, 6))
    shared_part: Array = floats(
        "part of the covariance that may be common to all trackers (process noise), 0 to 1", 1.0
    )
    manoeuvre: Array = floats("probability that the target manoeuvres now")
    existence: Array = floats("probability that there is a target")
    status: Array = integers("int8", "TrackStatus: 0 tentative, 1 confirmed, 2 coasted, 3 ended", 1)
    plots: Array = integers("int32", "plots used so far", 0)
    sensors: Array = integers(
        "uint64", "bit s set: sensor s of the network contributed of late", 0, cell=(None,)
    )
    mode_s: Array = integers("int32", "24-bit Mode S (ICAO) address")
    mode_a: Array = integers("int16", "Mode A code as a number: octal 7000 is 3584")
    call_sign: Array = text(8, "call sign or aircraft identification")
    flags: Array = integers(
        "uint32",
        "PlotFlag bits that its plots had; on ground, IDENT, emergency: of its newest answer",
        0,
    )

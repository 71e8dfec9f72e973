"""Tracks: what a tracker says is there, one row for each time it says so."""

from __future__ import annotations

import dataclasses
import enum
from typing import ClassVar

from jointsky.records.columns import Array, Columns, floats, integers, text


class TrackStatus(enum.IntEnum):
    """The life of a track."""

    TENTATIVE = 0
    CONFIRMED = 1
    COASTED = 2  # confirmed, and nothing seen where it was expected
    ENDED = 3


@dataclasses.dataclass(frozen=True)
class Tracks(Columns):
    """One row for each time a track is told.  NaN, -1 or an empty text: not known.

    ``covariance`` is of (east, north, up, ve, vn, vu) about the track's own position, in metres
    and metres a second.  Ours and other systems' tracks (CAT062) are the same record.
    """

    TAG: ClassVar[str] = "tracks"
    VERSION: ClassVar[int] = 2

    time_s: Array = floats("POSIX seconds, UTC, at which this state holds")
    track_number: Array = integers("int64", "one number for one target, for its whole life")
    source: Array = integers(
        "int32", "row of the system in the Sensors that go along; -1: ourselves"
    )
    latitude_rad: Array = floats("geodetic latitude, WGS-84")
    longitude_rad: Array = floats("longitude, WGS-84")
    height_m: Array = floats(
        "height above the WGS-84 ellipsoid; barometric where nothing better is known"
    )
    pressure_altitude_m: Array = floats("newest Mode C or barometric altitude, 1013.25 hPa")
    ve_mps: Array = floats("velocity east")
    vn_mps: Array = floats("velocity north")
    vu_mps: Array = floats("velocity up")
    covariance: Array = floats("of east, north, up, ve, vn, vu; m2, m2/s, m2/s2", cell=(6, 6))
    manoeuvre: Array = floats("probability that the target manoeuvres now")
    existence: Array = floats("probability that there is a target")
    status: Array = integers("int8", "TrackStatus: 0 tentative, 1 confirmed, 2 coasted, 3 ended", 1)
    plots: Array = integers("int32", "plots used so far", 0)
    sensors: Array = integers("uint64", "bit s set: sensor s contributed of late", 0, cell=(None,))
    mode_s: Array = integers("int32", "24-bit Mode S (ICAO) address")
    mode_a: Array = integers("int16", "Mode A code as a number: octal 7000 is 3584")
    call_sign: Array = text(8, "call sign or aircraft identification")
    flags: Array = integers(
        "uint32",
        "PlotFlag bits that its plots had; on ground, IDENT, emergency: of its newest answer",
        0,
    )
    offset: Array = integers("int64", "octet offset of the report in its file; -1: our own track")

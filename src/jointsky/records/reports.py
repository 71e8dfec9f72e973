"""Reports: what people (and cameras that recognise) say in words of what they saw or heard."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from jointsky.records.columns import Array, Columns, floats, integers, text


@dataclasses.dataclass(frozen=True)
class Reports(Columns):
    """One row for each report.  NaN, -1 or an empty text: not said."""

    TAG: ClassVar[str] = "reports"
    VERSION: ClassVar[int] = 1

    time_s: Array = floats("POSIX seconds, UTC, when it was seen or heard")
    received_s: Array = floats("POSIX seconds, UTC, when the report came in")
    sensor: Array = integers("int32", "row of who reports in the Sensors that go along")
    sense: Array = text(10, "seen, heard, recognised, identified")
    latitude_rad: Array = floats("geodetic latitude of the place that is meant, WGS-84")
    longitude_rad: Array = floats("longitude of the place that is meant, WGS-84")
    place_sigma_m: Array = floats("standard error of that place, the larger of its two axes")
    azimuth_rad: Array = floats("direction at the reporter, from true north, clockwise")
    azimuth_sigma_rad: Array = floats("standard error of that direction")
    claimed: Array = text(32, "what it was said to be: a domain or a type")
    count: Array = integers("int16", "how many were said to fly")
    course_rad: Array = floats("direction of flight that was told, from true north, clockwise")
    remote_id: Array = text(24, "identity of a drone that was read out")
    words: Array = text(160, "the report in words")

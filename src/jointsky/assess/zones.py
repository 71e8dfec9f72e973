"""Zones of the sky, as declared: borders, no-fly zones, corridors, what is to be protected.

The same form in a scenario and in the file of a live network; ``assess.areas`` is what it becomes.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.declare_names import PlainName
from jointsky.declare_time import Window

Name = Annotated[PlainName, Meta(min_length=1, max_length=40)]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="WGS-84 latitude")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="WGS-84 longitude")]
Corner = tuple[Latitude, Longitude]
Height = Annotated[float, Meta(ge=-500, le=100_000)]


class Circle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All within a distance of a place."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    radius_km: Annotated[float, Meta(gt=0, le=2000, description="Distance over the ground")]


class Corridor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All within half a width of a line."""

    line_lat_lon_deg: Annotated[
        tuple[Corner, ...], Meta(min_length=2, description="Latitude and longitude of its points")
    ]
    width_km: Annotated[float, Meta(gt=0, le=500, description="From rim to rim")]


class Zone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the sky that means something: exactly one of polygon, circle and corridor."""

    name: Annotated[Name, Meta(description="Unique name")]
    use: Annotated[
        Literal["border", "prohibited", "restricted", "corridor", "protected"],
        Meta(description="What it means: whose land, no flight, flight on terms, a way, a thing"),
    ]
    nation: Annotated[str, Meta(description="Nation whose zone it is; empty: of all")] = ""
    polygon_lat_lon_deg: Annotated[
        Annotated[tuple[Corner, ...], Meta(min_length=3)] | None,
        Meta(description="Latitude and longitude of the corners, in order; closes by itself"),
    ] = None
    circle: Annotated[Circle | None, Meta(description="A circle")] = None
    corridor: Annotated[Corridor | None, Meta(description="A line with a width")] = None
    floor_m: Annotated[Height, Meta(description="Its lower end")] = 0.0
    ceiling_m: Annotated[Height | None, Meta(description="Its upper end; none: without end")] = None
    height_above: Annotated[
        Literal["sea", "ground"], Meta(description="What floor and ceiling are above")
    ] = "sea"
    active: Annotated[tuple[Window, ...], Meta(description="When it holds; none: always")] = ()

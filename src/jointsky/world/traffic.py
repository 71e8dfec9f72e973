"""Civil traffic as it is declared: where it comes from, how much, of what types, how high."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.declare_names import PlainName
from jointsky.world.flights import Course, Height, Latitude, Longitude

Share = Annotated[float, Meta(ge=0)]
Rate = Annotated[float, Meta(ge=0, le=10_000)]


class Airport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An aerodrome with one runway in use."""

    name: Annotated[PlainName, Meta(min_length=1, max_length=24, description="Unique name")]
    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Annotated[
        Height | None, Meta(description="Above the ellipsoid; none: on the terrain")
    ] = None
    runway_heading_deg: Annotated[Course, Meta(description="Direction of landing and take-off")]
    share: Annotated[Share, Meta(description="Weight among the airports")] = 1.0


class Gate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place at the rim of the region where flights enter and leave it."""

    name: Annotated[PlainName, Meta(min_length=1, max_length=24, description="Unique name")]
    latitude_deg: Latitude
    longitude_deg: Longitude
    share: Annotated[Share, Meta(description="Weight among the gates")] = 1.0


class Mix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type in the mix of traffic."""

    type: Annotated[str, Meta(description="Name of a type of vehicle")]
    share: Annotated[Share, Meta(description="Weight in the mix")] = 1.0
    level_min: Annotated[
        int, Meta(ge=10, le=600, description="Lowest flight level flown, hundreds of feet")
    ] = 290
    level_max: Annotated[
        int, Meta(ge=10, le=600, description="Highest flight level flown, hundreds of feet")
    ] = 410
    speed_spread: Annotated[
        float, Meta(ge=0, le=0.3, description="One sigma of the cruise speed, share of it")
    ] = 0.03


class Traffic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Random civil traffic of a region, already in the air when the scenario begins."""

    name: Annotated[
        PlainName, Meta(min_length=1, max_length=16, description="Names its vehicles")
    ] = "civil"
    airports: Annotated[tuple[Airport, ...], Meta(description="Where flights begin and end")] = ()
    gates: Annotated[tuple[Gate, ...], Meta(description="Where flights enter and leave")] = ()
    arrivals_per_hour: Annotated[Rate, Meta(description="From a gate to an airport")] = 0.0
    departures_per_hour: Annotated[Rate, Meta(description="From an airport to a gate")] = 0.0
    overflights_per_hour: Annotated[Rate, Meta(description="From a gate to another")] = 0.0
    domestic_per_hour: Annotated[Rate, Meta(description="From an airport to another")] = 0.0
    local_per_hour: Annotated[
        Rate, Meta(description="Light aircraft and helicopters about an airport, by sight")
    ] = 0.0
    hours: Annotated[
        tuple[Share, ...],
        Meta(description="24 weights, one an hour of day (UTC), that the rates are times; none: 1"),
    ] = ()
    mix: Annotated[
        tuple[Mix, ...], Meta(description="Types that fly between airports and gates")
    ] = ()
    local_mix: Annotated[
        tuple[Mix, ...], Meta(description="Types that fly by sight; their levels are not used")
    ] = ()
    route_spread_km: Annotated[
        float, Meta(ge=0, le=100, description="One sigma of a route's distance from the straight")
    ] = 8.0
    odd_levels_from_deg: Annotated[
        Course,
        Meta(
            description="Odd flight levels are flown on tracks from here on to half a circle "
            "further: 0 by ICAO's rule, 90 or 270 where states turned it"
        ),
    ] = 0.0
    adsb_share: Annotated[
        float, Meta(ge=0, le=1, description="Share of transponders with Mode S that send ADS-B")
    ] = 1.0
    nation: Annotated[str, Meta(max_length=24, description="Whose vehicles; empty: nobody's")] = ""

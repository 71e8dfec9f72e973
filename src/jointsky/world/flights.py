"""Flights as they are declared: routes, orbits, hovering, formations, raids, replays, wandering.

A flight says where and how, not when: the time at which it begins is handed in with it.  Speeds
are over the ground; between two given heights a vehicle climbs as soon and descends as late as
its type allows, and speeds up and slows down likewise.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Latitude = Annotated[float, Meta(ge=-90, le=90, description="WGS-84 latitude")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="WGS-84 longitude")]
Height = Annotated[float, Meta(ge=-500, le=100_000)]
Speed = Annotated[float, Meta(gt=0, le=3000)]
Rate = Annotated[float, Meta(gt=0, le=1000)]
Bank = Annotated[float, Meta(gt=0, le=85)]
Duration = Annotated[float, Meta(ge=0)]
Lasting = Annotated[float, Meta(gt=0)]
Turns = Annotated[float, Meta(gt=0, le=100_000)]
Course = Annotated[float, Meta(ge=0, le=360)]
HeightAbove = Annotated[
    Literal["sea", "ground"],
    Meta(
        description="What heights are above: `sea`, the WGS-84 ellipsoid, or `ground`, the "
        "terrain, which is then followed and never passed lower than declared"
    ),
]


class Waypoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place that a route leads past: on the inside of the turn there, or through it."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Annotated[
        Height | None, Meta(description="Height there; none: what the climb between others gives")
    ] = None
    speed_mps: Annotated[
        Speed | None, Meta(description="Speed there; none: as at the waypoint before")
    ] = None
    climb: Annotated[
        Literal["auto", "early", "late", "even"],
        Meta(
            description="When the height is reached on the way here: `early` and `late` at the "
            "type's rate, `even` all the way, `auto` climbs early and descends late"
        ),
    ] = "auto"
    climb_mps: Annotated[
        Rate | None,
        Meta(description="Rate of climb or descent on the way here; none: the type's greatest"),
    ] = None
    wait_s: Annotated[
        Duration | None, Meta(description="Stop here and stand so long: only what can hover")
    ] = None
    circles: Annotated[
        int, Meta(ge=0, le=1000, description="Full circles flown here before going on")
    ] = 0


class Runway(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The threshold where a take-off run begins, or where a landing touches down."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    heading_deg: Annotated[Course, Meta(description="Direction of the run, from true north")]
    height_m: Annotated[
        Height | None,
        Meta(description="Height of the runway above the ellipsoid; none: of the terrain"),
    ] = None


class Route(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="route",
):
    """Legs between waypoints, joined by turns at the limit of bank."""

    waypoints: Annotated[tuple[Waypoint, ...], Meta(min_length=1, description="In order")]
    height_above: HeightAbove = "sea"
    speed_mps: Annotated[
        Speed | None, Meta(description="Speed at the first waypoint; none: the type's cruise")
    ] = None
    bank_deg: Annotated[
        Bank | None, Meta(description="Bank in turns; none: the type's greatest")
    ] = None
    takeoff: Annotated[
        Runway | None, Meta(description="Take off here before the first waypoint")
    ] = None
    landing: Annotated[Runway | None, Meta(description="Land here after the last waypoint")] = None
    laps: Annotated[
        int, Meta(ge=1, le=1000, description="How often the waypoints are flown, one after another")
    ] = 1
    terrain_spacing_m: Annotated[
        float, Meta(ge=10, le=10_000, description="Distance between looks at the terrain followed")
    ] = 200.0


class Orbit(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="orbit",
):
    """Circles about a place, or a racetrack: two straight legs joined by half circles."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Annotated[Height, Meta(description="Height flown")]
    height_above: HeightAbove = "sea"
    radius_m: Annotated[float, Meta(gt=0, le=1_000_000, description="Radius of the circles")]
    leg_m: Annotated[
        float, Meta(ge=0, le=1_000_000, description="Length of a straight leg; 0: a circle")
    ] = 0.0
    axis_deg: Annotated[
        Course, Meta(description="Direction of the first straight leg; on a circle, of its start")
    ] = 0.0
    turning: Annotated[Literal["right", "left"], Meta(description="Sense of the turns")] = "right"
    speed_mps: Annotated[Speed | None, Meta(description="Speed; none: the type's cruise")] = None
    turns: Annotated[
        Turns | None, Meta(description="How often round; none: until the scenario ends")
    ] = None
    terrain_spacing_m: Annotated[
        float, Meta(ge=10, le=10_000, description="Distance between looks at the terrain followed")
    ] = 200.0


class Hover(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="hover",
):
    """Standing in the air, or on the ground, at one place."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Annotated[Height, Meta(description="Height held")]
    height_above: HeightAbove = "sea"
    duration_s: Annotated[
        Lasting | None, Meta(description="How long; none: until the scenario ends")
    ] = None


class Offset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The place of one member of a formation, seen from the leader in flight."""

    right_m: Annotated[float, Meta(ge=-50_000, le=50_000, description="To the right")] = 0.0
    back_m: Annotated[float, Meta(ge=0, le=100_000, description="Behind, along the path")] = 0.0
    up_m: Annotated[float, Meta(ge=-5000, le=5000, description="Above")] = 0.0


class Formation(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="formation",
):
    """Several vehicles that keep their places about a leader; the leader is the first."""

    leader: Annotated[Route | Orbit, Meta(description="What the leader flies")]
    members: Annotated[
        tuple[Offset, ...], Meta(min_length=1, description="The others, seen from the leader")
    ]


class Raid(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="raid",
):
    """Several vehicles on one flight, apart in time and to the sides, not quite evenly."""

    flight: Annotated[Route | Orbit, Meta(description="What each of them flies")]
    count: Annotated[int, Meta(ge=1, le=10_000, description="How many")]
    every_s: Annotated[float, Meta(ge=0, description="Time between one and the next")] = 0.0
    abreast_m: Annotated[
        float, Meta(ge=0, le=10_000, description="Distance between paths, side by side")
    ] = 0.0
    columns: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="How many side by side; none: all where abreast_m > 0"),
    ] = None
    jitter_s: Annotated[float, Meta(ge=0, description="Spread of the time, one sigma")] = 0.0
    jitter_right_m: Annotated[
        float, Meta(ge=0, le=10_000, description="Spread to the sides, one sigma")
    ] = 0.0
    jitter_up_m: Annotated[
        float, Meta(ge=0, le=2000, description="Spread of the height, one sigma")
    ] = 0.0


class Replay(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="replay",
):
    """Flights of a recording, flown again as they were reported, smoothly."""

    recording: Annotated[str, Meta(min_length=1, description="File, beside the scenario's own")]
    only: Annotated[
        tuple[str, ...],
        Meta(description="Mode S addresses (hexadecimal) or call signs; none: all in the file"),
    ] = ()
    begin_at_first: Annotated[
        bool,
        Meta(description="Whether the first report is moved to the flight's beginning, or kept"),
    ] = True
    gap_s: Annotated[
        float, Meta(gt=0, le=3600, description="A longer silence is a gap: nothing flies there")
    ] = 60.0
    position_sigma_m: Annotated[
        float, Meta(gt=0, le=1000, description="Standard error of a reported position")
    ] = 15.0
    height_sigma_m: Annotated[
        float, Meta(gt=0, le=1000, description="Standard error of a reported height")
    ] = 8.0
    speed_max_mps: Annotated[
        float,
        Meta(gt=0, le=10_000, description="Reports that could only be reached faster are refused"),
    ] = 700.0
    climb_max_mps: Annotated[
        float,
        Meta(gt=0, le=10_000, description="Heights that ask for a faster climb are refused"),
    ] = 120.0
    shortest_s: Annotated[float, Meta(ge=0, description="Flights of less time are left out")] = 10.0


class Wander(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="wander",
):
    """Flying about within a circle, never twice the same way: birds, and who searches."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    radius_m: Annotated[float, Meta(gt=0, le=200_000, description="Radius of the circle")]
    height_min_m: Annotated[Height, Meta(description="Lowest flown")]
    height_max_m: Annotated[Height, Meta(description="Highest flown")]
    height_above: HeightAbove = "ground"
    leg_m: Annotated[
        float, Meta(gt=0, le=50_000, description="Mean length of a leg beyond what turns need")
    ] = 300.0
    turn_deg: Annotated[
        float, Meta(ge=0, le=180, description="Spread of the change of course after a leg")
    ] = 50.0
    speed_mps: Annotated[Speed | None, Meta(description="Speed; none: the type's cruise")] = None


Flight = Route | Orbit | Hover | Formation | Raid | Replay | Wander

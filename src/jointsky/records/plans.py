"""Flight plans: who said beforehand that they would fly where and when; and who is known as own."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class PlanPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A point of a planned route; between two of them the flight is straight and steady."""

    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, when it is to be there")]
    latitude_rad: Annotated[float, Meta(description="Geodetic latitude, WGS-84")]
    longitude_rad: Annotated[float, Meta(description="Longitude, WGS-84")]
    height_m: Annotated[float, Meta(description="Height; NaN: not said")] = float("nan")


class FlightPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One flight as planned: how it will answer, and its route in time and place.

    A plan of a friend without code, address or call sign is known by its place and time alone.
    """

    name: Annotated[str, Meta(description="What people call it; empty: its call sign")] = ""
    call_sign: Annotated[str, Meta(description="Aircraft identification; empty: not said")] = ""
    mode_s: Annotated[int, Meta(description="24-bit Mode S address; -1: not said")] = -1
    mode_a: Annotated[int, Meta(description="Mode A code as a number; -1: not said")] = -1
    allegiance: Annotated[Literal["civil", "friend"], Meta(description="Whose flight it is")] = (
        "civil"
    )
    points: Annotated[tuple[PlanPoint, ...], Meta(description="Its route, in order of time")]
    lateral_m: Annotated[
        float, Meta(gt=0, description="It keeps as near to its route as this (5 nautical miles)")
    ] = 9260.0
    early_late_s: Annotated[
        float, Meta(ge=0, description="It is no more than this before or after its time")
    ] = 180.0
    vertical_m: Annotated[
        float, Meta(gt=0, description="It keeps as near to its height as this, where one is said")
    ] = 1500.0

    @property
    def label(self) -> str:
        """Return what people call it."""
        return self.name or self.call_sign or "without a name"


class KnownFriend(msgspec.Struct, frozen=True, kw_only=True):
    """One of ours that is known by how it answers; give at least one of address and code."""

    name: Annotated[str, Meta(description="What people call it")]
    mode_s: Annotated[int, Meta(description="24-bit Mode S address; -1: not known")] = -1
    mode_a: Annotated[int, Meta(description="Mode A code as a number; -1: not known")] = -1

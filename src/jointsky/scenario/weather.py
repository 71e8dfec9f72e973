"""Weather, as declared: the air near the ground and cells of rain."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.declare_time import Moment
from jointsky.scenario.sites import Latitude, Longitude, Name


class NearAir(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The air near the ground, the same everywhere: for sound and sight."""

    temperature_c: Annotated[
        float, Meta(ge=-60, le=60, description="Temperature, degrees Celsius")
    ] = 15.0
    pressure_hpa: Annotated[float, Meta(ge=500, le=1100, description="Pressure")] = 1013.25
    relative_humidity: Annotated[
        float, Meta(ge=0, le=1, description="Share of saturation, 0 to 1")
    ] = 0.7
    visibility_km: Annotated[
        float,
        Meta(gt=0, le=300, description="Meteorological optical range: contrast falls to 5 %"),
    ] = 20.0


class RainCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A disc of even rain that drifts: it attenuates, returns echoes, dims the sight."""

    name: Annotated[Name, Meta(description="Unique name")]
    latitude_deg: Annotated[Latitude, Meta(description="Of its centre when it begins")]
    longitude_deg: Annotated[Longitude, Meta(description="Of its centre when it begins")]
    radius_km: Annotated[float, Meta(gt=0, le=500, description="Radius")]
    top_m: Annotated[
        float, Meta(gt=0, le=20_000, description="Height of its top above the ellipsoid")
    ] = 4000.0
    rate_mmph: Annotated[float, Meta(gt=0, le=300, description="Rain, millimetres an hour")]
    moving_deg: Annotated[
        float, Meta(ge=0, le=360, description="Direction it drifts to, from true north")
    ] = 90.0
    speed_mps: Annotated[float, Meta(ge=0, le=60, description="Speed of its drift")] = 0.0
    begin: Annotated[Moment, Meta(description="When it comes up")] = 0.0
    end: Annotated[
        Annotated[Moment, Meta()] | None,
        Meta(description="When it is gone; none: the end of the scenario"),
    ] = None


class Weather(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Air and rain."""

    air: Annotated[NearAir, Meta(description="The air near the ground")] = NearAir()
    rain: Annotated[tuple[RainCell, ...], Meta(description="Cells of rain, side by side")] = ()

"""What a user may set of a picture."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Theme = Literal["light", "dark"]


class PictureOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a picture is drawn.  Every field has a default that suits most recordings."""

    labels: Annotated[bool, Meta(description="Write identity, level and speed beside tracks")] = (
        True
    )
    plots: Annotated[bool, Meta(description="Show single plots as faint dots")] = True
    width_px: Annotated[int, Meta(ge=640, le=8000, description="Width of picture.png")] = 1800
    height_px: Annotated[int, Meta(ge=480, le=8000, description="Height of picture.png")] = 1125
    theme: Annotated[Theme, Meta(description="Colours of picture.png, first theme of the page")] = (
        "light"
    )
    extent_deg: Annotated[
        tuple[float, float, float, float] | None,
        Meta(description="South, west, north, east of the map, degrees; none: what was seen"),
    ] = None
    flat_origin_deg: Annotated[
        tuple[float, float],
        Meta(description="Latitude and longitude that a flat scene's tracks were given, degrees"),
    ] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Refuse an extent that is no part of the earth."""
        if self.extent_deg is None:
            return
        south, west, north, east = self.extent_deg
        if not (-90.0 <= south < north <= 90.0 and -180.0 <= west <= 180.0 and west < east):
            raise ValueError(
                f"extent_deg is {self.extent_deg}; it must be south, west, north, east with "
                "south below north and west below east (past 180 across the date line)"
            )

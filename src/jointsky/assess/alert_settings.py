"""What may be set of alerts: how sure, how long, how far ahead, and who is none of our business."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Exempt = Literal["friend", "assumed-friend", "neutral", "unknown", "suspect", "hostile", "civil"]
Probability = Annotated[float, Meta(gt=0, lt=1)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class AlertSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an alert is raised and cleared; the defaults suit a picture of every second."""

    inside: Annotated[
        Probability, Meta(description="A track is in a zone from this probability on")
    ] = 0.9
    outside: Annotated[
        Probability, Meta(description="It is out again from this probability of being in it down")
    ] = 0.1
    hold_s: Annotated[
        Seconds, Meta(description="A cause must last so long before an alert is raised")
    ] = 2.0
    clear_after_s: Annotated[
        Seconds, Meta(description="An alert is cleared when its cause has been gone so long")
    ] = 10.0
    again_s: Annotated[
        Seconds, Meta(description="A cause that comes back so soon reopens its alert")
    ] = 300.0
    ahead_s: Annotated[Seconds, Meta(description="Entries are predicted so far ahead")] = 120.0
    expected: Annotated[
        Probability, Meta(description="An entry is predicted from this probability on")
    ] = 0.7
    near_m: Annotated[
        float, Meta(ge=0, le=1e6, description="A drone so near to a guarded zone is told of")
    ] = 3000.0
    silent_s: Annotated[
        Seconds, Meta(description="No answer for so long: the transponder is lost")
    ] = 30.0
    height_told_m: Annotated[
        float,
        Meta(gt=0, le=10_000, description="A height is not told by answers if its error is larger"),
    ] = 100.0
    slow_mps: Annotated[
        float, Meta(gt=0, le=300, description="Not assessed: a drone is slower than that")
    ] = 60.0
    low_m: Annotated[
        float, Meta(gt=0, le=20_000, description="Not assessed: a drone flies lower than that")
    ] = 1000.0
    underway_mps: Annotated[
        float, Meta(ge=0, le=300, description="What leaves a corridor is at least so fast")
    ] = 30.0
    exempt_prohibited: Annotated[
        tuple[Exempt, ...], Meta(description="Who may be in prohibited zones")
    ] = ()
    exempt_restricted: Annotated[
        tuple[Exempt, ...], Meta(description="Who may be in restricted zones")
    ] = ("friend", "assumed-friend")
    exempt_protected: Annotated[
        tuple[Exempt, ...], Meta(description="Who may be in protected zones")
    ] = ("friend", "assumed-friend", "neutral", "civil")

    def __post_init__(self) -> None:
        """Refuse a hysteresis upside down."""
        if self.outside >= self.inside:
            raise ValueError(f"`outside`, {self.outside:g}, must be below `inside`")

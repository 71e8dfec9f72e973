"""What may be set of incidents: what opens one by itself, and what belongs to one."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.records.alerts import AlertKind

Use = Literal["border", "prohibited", "restricted", "corridor", "protected"]


class IncidentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an incident is opened without a person asking for it, and what is added to it."""

    opens: Annotated[
        tuple[AlertKind, ...], Meta(description="Alerts of these kinds open an incident")
    ] = ("unknown-drone", "emergency")
    opens_in: Annotated[
        tuple[Use, ...], Meta(description="Those about a zone: of these uses only")
    ] = ("protected",)
    crossings: Annotated[
        bool, Meta(description="Who comes over a border and is no friend nor civil opens one")
    ] = True
    claims: Annotated[
        tuple[str, ...],
        Meta(description="Reports of these open an incident, and so do those of a Remote ID"),
    ] = ("drone", "person")
    near: Annotated[
        tuple[Use, ...], Meta(description="Such a report counts near zones of these uses")
    ] = ("border", "prohibited", "restricted", "protected")
    near_m: Annotated[
        float, Meta(ge=0, le=1e6, description="It is near a border or a zone within so far")
    ] = 5000.0
    join_m: Annotated[
        float,
        Meta(ge=0, le=1e6, description="What happens so near, beside its error, is the same"),
    ] = 2000.0
    gone_after_s: Annotated[
        float,
        Meta(ge=0, le=3600, description="That a track is gone is told once it was for so long"),
    ] = 30.0
    join_s: Annotated[
        float, Meta(ge=0, le=1e6, description="And so soon after the newest that is known of it")
    ] = 1800.0

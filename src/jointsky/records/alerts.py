"""Alerts and incidents: what people must look at, what they did about it, what is kept of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

AlertKind = Literal[
    "entry", "predicted-entry", "unknown-drone", "lost-transponder", "leaving", "emergency"
]
AlertState = Literal["raised", "acknowledged", "cleared"]
IncidentState = Literal["open", "handed over", "closed"]

_SECONDS = "POSIX seconds, UTC, "


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One cause that a person should know of, once: raised, acknowledged, cleared."""

    number: Annotated[int, Meta(ge=1, description="Counted from 1 by the site that raised it")]
    kind: Annotated[AlertKind, Meta(description="What happens")]
    track: Annotated[int, Meta(description="System number of the track")]
    zone: Annotated[str, Meta(description="Name of the zone that it is about; empty: none")] = ""
    use: Annotated[str, Meta(description="Use of that zone: border, protected, ...")] = ""
    state: Annotated[AlertState, Meta(description="raised, acknowledged or cleared")] = "raised"
    why: Annotated[str, Meta(description="Why, in words, as it was when it was raised")] = ""
    raised_s: Annotated[float, Meta(description=_SECONDS + "when it was raised first")]
    changed_s: Annotated[float, Meta(description=_SECONDS + "of its newest change")]
    latitude_rad: Annotated[float, Meta(description="Where the track was then, WGS-84")]
    longitude_rad: Annotated[float, Meta(description="Where the track was then, WGS-84")]
    expected_s: Annotated[
        float | None, Meta(description=_SECONDS + "of a predicted entry; none: no prediction")
    ] = None
    acknowledged_s: Annotated[
        float | None, Meta(description=_SECONDS + "when a person took note of it")
    ] = None
    acknowledged_by: Annotated[str, Meta(description="That person")] = ""
    cleared_s: Annotated[float | None, Meta(description=_SECONDS + "when it was cleared")] = None
    cleared_why: Annotated[str, Meta(description="Why it was cleared")] = ""
    reopened: Annotated[int, Meta(ge=0, description="How often its cause came back")] = 0

    @property
    def cause(self) -> str:
        """Return what there is never more than one open alert for: kind, track and zone."""
        return f"{self.kind}/{self.track}/{self.zone}"


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an incident's timeline."""

    time_s: Annotated[float, Meta(description=_SECONDS + "when it happened")]
    kind: Annotated[
        str, Meta(description="opened, alert, report, track, sensor, note, handed over or closed")
    ]
    words: Annotated[str, Meta(description="What happened, in words")]
    by: Annotated[str, Meta(description="Person who did or said it; empty: the system")] = ""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs together in one place and time, for people to follow up."""

    id: Annotated[str, Meta(description="Unique at the site: when it began, and a number")]
    title: Annotated[str, Meta(description="What it is, in words")]
    state: Annotated[IncidentState, Meta(description="open, handed over or closed")] = "open"
    begin_s: Annotated[float, Meta(description=_SECONDS + "of the first that is known of it")]
    end_s: Annotated[
        float | None, Meta(description=_SECONDS + "when it was closed; none: it is not")
    ] = None
    changed_s: Annotated[float, Meta(description=_SECONDS + "of its newest line")]
    latitude_rad: Annotated[float, Meta(description="Place, WGS-84; NaN: not known")]
    longitude_rad: Annotated[float, Meta(description="Place, WGS-84; NaN: not known")]
    place_sigma_m: Annotated[float, Meta(ge=0, description="Standard error of that place")] = 0.0
    zone: Annotated[str, Meta(description="Zone that it is in or near; empty: none")] = ""
    tracks: Annotated[
        tuple[int, ...], Meta(description="System numbers of the tracks that belong to it")
    ] = ()
    alerts: Annotated[
        tuple[int, ...], Meta(description="Numbers of the alerts that belong to it")
    ] = ()
    reports: Annotated[int, Meta(ge=0, description="How many reports belong to it")] = 0
    remote_ids: Annotated[
        tuple[str, ...], Meta(description="Remote IDs that were read out or heard")
    ] = ()
    sensors: Annotated[
        tuple[str, ...], Meta(description="Names of the sensors that saw its tracks")
    ] = ()
    handed_to: Annotated[
        str, Meta(description="Who has it after it was handed over; empty: nobody")
    ] = ""
    timeline: Annotated[
        tuple[Happening, ...], Meta(description="What happened, in order; it only grows")
    ] = ()

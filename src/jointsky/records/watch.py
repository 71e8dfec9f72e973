"""What a watch has to know again after a restart: alerts, incidents, what people decided."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from jointsky.records.alerts import Alert, Incident

KeptColumns = dict[str, list[Any]]
"""Columns of a record by their names, each as a list."""


class KeptCause(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a track that an open alert is about."""

    track: Annotated[int, Meta(description="System number")]
    was_in: Annotated[tuple[str, ...], Meta(description="Zones that it has been well inside of")]
    was_out: Annotated[tuple[str, ...], Meta(description="Zones that it has been outside of")]
    answered_s: Annotated[float, Meta(description="POSIX seconds of its newest answer; NaN: none")]


class KeptAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """The alerts of one picture."""

    raised: Annotated[int, Meta(ge=0, description="How many have been raised so far")] = 0
    alerts: Annotated[
        tuple[Alert, ...], Meta(description="Open ones, and those cleared of late")
    ] = ()
    causes: Annotated[tuple[KeptCause, ...], Meta(description="What they hang on")] = ()


class KeptIncidents(msgspec.Struct, frozen=True, kw_only=True):
    """The incidents of one picture that are not closed, and what belongs to them."""

    opened: Annotated[int, Meta(ge=0, description="How many have been opened so far")] = 0
    incidents: Annotated[tuple[Incident, ...], Meta(description="Those that are not closed")] = ()
    alerts: Annotated[
        dict[str, tuple[Alert, ...]], Meta(description="Alerts that belong to each, by its id")
    ] = {}
    loose: Annotated[tuple[Alert, ...], Meta(description="Open alerts that belong to none")] = ()
    reports: Annotated[
        dict[str, KeptColumns], Meta(description="Reports that belong to each, by its id")
    ] = {}
    ended: Annotated[
        tuple[tuple[str, int], ...], Meta(description="Tracks of each that were told to be gone")
    ] = ()
    closed: Annotated[
        dict[int, str], Meta(description="Open alerts of incidents that were closed, with its id")
    ] = {}


class KeptDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided that a track is."""

    track: Annotated[int, Meta(description="System number")]
    identity: Annotated[str, Meta(description="What they decided it to be")]
    by: Annotated[str, Meta(description="That person")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, when")]
    reason: Annotated[str, Meta(description="Why, in their words")] = ""


class KeptWatch(msgspec.Struct, frozen=True, kw_only=True):
    """All that a site's watch has to know again."""

    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, when it was written")]
    alerts: KeptAlerts
    incidents: KeptIncidents
    reporters: Annotated[
        dict[str, tuple[str, ...]], Meta(description="Who reported what, by the incident's id")
    ] = {}
    tracks: Annotated[
        KeptColumns, Meta(description="Where the tracks of all that have been, as columns")
    ] = {}
    decisions: tuple[KeptDecision, ...] = ()
    people: Annotated[str, Meta(description="The people's file; empty: there was none")] = ""
    people_read: Annotated[
        int, Meta(ge=0, description="Octets of the people's file that have been taken")
    ] = 0

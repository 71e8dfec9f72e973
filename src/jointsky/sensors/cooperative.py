"""Receivers of what vehicles say of themselves, as declared: ADS-B and Remote ID."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class AdsbReceiver(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="ads-b-receiver",
):
    """A ground station or airborne receiver for ADS-B on 1090 MHz.

    It hears the squitters of vehicles with ADS-B in its line of sight and reports each vehicle at
    most once an interval, with the accuracy that the vehicle says of itself.
    """

    range_km: Annotated[
        float, Meta(gt=0, le=600, description="Range at which half are received in an empty sky")
    ] = 300.0
    fading_db: Annotated[
        float, Meta(gt=0, le=20, description="Standard deviation of the received power")
    ] = 4.0
    range_max_km: Annotated[
        float, Meta(gt=0, le=800, description="It reports nothing from farther away")
    ] = 450.0
    report_interval_s: Annotated[
        float,
        Meta(ge=0.5, le=60, description="At most one report of each vehicle in this time"),
    ] = 1.0
    other_messages_per_s: Annotated[
        float,
        Meta(ge=0, le=50_000, description="Replies to secondary radars that it hears on 1090 MHz"),
    ] = 1000.0


class RemoteIdReceiver(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="remote-id-receiver",
):
    """A receiver for the broadcast Remote ID of drones (Wi-Fi and Bluetooth, ASTM F3411)."""

    range_km: Annotated[
        float, Meta(gt=0, le=50, description="Range at which half are received on a free channel")
    ] = 1.5
    fading_db: Annotated[
        float, Meta(gt=0, le=20, description="Standard deviation of the received power")
    ] = 6.0
    range_max_km: Annotated[
        float, Meta(gt=0, le=100, description="It reports nothing from farther away")
    ] = 5.0
    report_interval_s: Annotated[
        float,
        Meta(ge=1.0, le=60, description="At most one report of each vehicle in this time"),
    ] = 1.0
    channel_busy: Annotated[
        float, Meta(ge=0, lt=1, description="Share of messages lost to others on the channel")
    ] = 0.2

"""Vehicles: what flies, one row for each, and what answers from it."""

from __future__ import annotations

import dataclasses
import enum
from typing import ClassVar

from jointsky.records.columns import Array, Columns, integers, text


class Transponder(enum.IntFlag):
    """What a vehicle sends of itself or answers with, as bits of ``transponder``."""

    MODE_A = 1 << 0
    MODE_C = 1 << 1
    MODE_S = 1 << 2
    ADSB = 1 << 3
    REMOTE_ID = 1 << 4
    MILITARY = 1 << 5  # its answers to a secondary radar say that it is military


@dataclasses.dataclass(frozen=True)
class Vehicles(Columns):
    """One row for each vehicle; a column may name rows of Signatures that go along."""

    TAG: ClassVar[str] = "vehicles"
    VERSION: ClassVar[int] = 1

    name: Array = text(40, "unique name; what it draws at random hangs on this name")
    type: Array = text(32, "entry of the catalogue: airliner, one-way-attack-drone, ...")
    domain: Array = text(16, "fixed-wing, rotary-wing, missile, bomb, drone, bird, ground, person")
    nation: Array = text(24, "whose it is; empty: nobody's")
    allegiance: Array = text(12, "what it truly is: civil, friend, neutral, hostile, nature")
    signature: Array = integers("int32", "row of its signature in the Signatures that go along", 0)
    count: Array = integers("int16", "how many fly as this one (a flock)", 1)
    transponder: Array = integers("uint8", "bits of Transponder", 0)
    mode_s: Array = integers("int32", "24-bit Mode S (ICAO) address")
    mode_a: Array = integers("int16", "Mode A code as a number: octal 7000 is 3584")
    call_sign: Array = text(8, "call sign or aircraft identification")

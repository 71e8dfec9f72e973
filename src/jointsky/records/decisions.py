"""Decisions: what crews, and the machines that stand in for them, said about a target, and when.

Each nation's decisions are numbered from 0 without gaps and never change.  What a command post
knows is the *set* of decisions that it has, however often and in which order they came; what is in
force follows from that set alone.
"""

from __future__ import annotations

import zlib
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta


class Ref(NamedTuple):
    """Names a decision: the nation that took it, and its number among that nation's."""

    nation: str
    number: int


class Decision(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all decisions have."""

    nation: Annotated[str, Meta(description="Nation whose decision it is")]
    number: Annotated[int, Meta(ge=0, description="Its place among that nation's, without gaps")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which it was taken")]
    by: Annotated[str, Meta(description="Person or seat that took it; node: the machine, by rule")]

    @property
    def ref(self) -> Ref:
        """Return what names it."""
        return Ref(self.nation, self.number)


class Proposal(Decision, frozen=True, kw_only=True, tag="proposal"):
    """A nation wants something done about a target and, if asked to, waits for the other's word."""

    target: Annotated[
        int, Meta(description="System number of the track; below -1: no track but a unit's number")
    ]
    rule: Annotated[str, Meta(description="Name of the rule of the doctrine that it falls under")]
    authority: Annotated[str, Meta(description="Who must agree: own, both, either or inform")]
    unit: Annotated[str, Meta(description="Battery that is meant to do it")]
    owner: Annotated[str, Meta(description="Nation whose land the target is over; empty: none")]
    answer_by_s: Annotated[float, Meta(description="POSIX seconds, UTC: no answer counts later")]
    until_s: Annotated[float, Meta(description="POSIX seconds, UTC: an order ends by then")]
    action: Annotated[
        str, Meta(description="engage, or reinforce: the other nation's unit is to move in")
    ] = "engage"
    place: Annotated[str, Meta(description="reinforce: the site that it is to move to")] = ""
    identity: Annotated[str, Meta(description="Identity of the target as then assessed")] = ""
    zone: Annotated[str, Meta(description="Zone that makes the rule hold; empty: none")] = ""
    evidence: Annotated[
        tuple[str, ...], Meta(description="What speaks for it, in words that people read")
    ] = ()
    latitude_deg: Annotated[
        float | None, Meta(description="Where the target was, WGS-84: the other may number it else")
    ] = None
    longitude_deg: Annotated[float | None, Meta(description="Where the target was, WGS-84")] = None


class Answer(Decision, frozen=True, kw_only=True, tag="answer"):
    """The other nation's word on a proposal."""

    proposal: Annotated[Ref, Meta(description="The proposal that is answered")]
    concurs: Annotated[bool, Meta(description="Whether the nation agrees")]
    reason: Annotated[str, Meta(description="Why")] = ""


class Withdrawal(Decision, frozen=True, kw_only=True, tag="withdrawal"):
    """A proposal has ended without an order: refused, too late, out of place, taken back."""

    proposal: Annotated[Ref, Meta(description="The nation's own proposal that ends")]
    reason: Annotated[str, Meta(description="Why")]


class Order(Decision, frozen=True, kw_only=True, tag="order"):
    """A unit of the nation is to do what was proposed; to reinforce it, one of the other."""

    proposal: Annotated[Ref, Meta(description="The nation's own proposal that it carries out")]
    target: Annotated[int, Meta(description="System number of the track")]
    unit: Annotated[str, Meta(description="Battery that is to do it")]
    until_s: Annotated[float, Meta(description="POSIX seconds, UTC: it ends by then, by itself")]
    answer: Annotated[
        Ref | None, Meta(description="The other nation's agreement; none: given going alone")
    ] = None
    silent_s: Annotated[
        float, Meta(ge=0, description="Going alone: for how long the other had been silent")
    ] = 0.0


class Report(Decision, frozen=True, kw_only=True, tag="report"):
    """What became of an order, by the nation whose unit carries it out."""

    order: Annotated[Ref, Meta(description="The order")]
    state: Annotated[str, Meta(description="fired, stopped, missed, refused or arrived")]
    is_end: Annotated[bool, Meta(description="Whether nothing more will be done under the order")]


class Cease(Decision, frozen=True, kw_only=True, tag="cease"):
    """An order is over: no shot more is fired under it."""

    order: Annotated[Ref, Meta(description="The order, of either nation")]
    reason: Annotated[str, Meta(description="Why")]


class Hold(Decision, frozen=True, kw_only=True, tag="hold"):
    """A target is not to be engaged by either nation until the hold is lifted."""

    target: Annotated[int, Meta(description="System number of the track; -1: every target")]
    reason: Annotated[str, Meta(description="Why: identified as civil, people near, ...")]


class Lift(Decision, frozen=True, kw_only=True, tag="lift"):
    """A hold ends; only the nation that gave it can lift it."""

    hold: Annotated[Ref, Meta(description="The nation's own hold")]
    reason: Annotated[str, Meta(description="Why")] = ""


class Mode(Decision, frozen=True, kw_only=True, tag="mode"):
    """A command post goes alone, comes back to merge, or is joined to the other again."""

    mode: Annotated[str, Meta(description="alone, merging or joint")]
    reason: Annotated[str, Meta(description="Why")] = ""


class Alias(Decision, frozen=True, kw_only=True, tag="alias"):
    """Two numbers turned out to be one target: whatever holds for one holds for the other."""

    target: Annotated[int, Meta(description="System number of a track")]
    same_as: Annotated[int, Meta(description="System number of the same target")]


AnyDecision = Proposal | Answer | Withdrawal | Order | Report | Cease | Hold | Lift | Mode | Alias


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A sign of life from one command post to the other, and what it knows.  It is not kept."""

    nation: Annotated[str, Meta(description="Nation whose command post it is of")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which it was sent")]
    mode: Annotated[str, Meta(description="alone, merging or joint")]
    told: Annotated[int, Meta(ge=0, description="Decisions that the nation has taken so far")]
    has: Annotated[int, Meta(ge=0, description="The other's that it has, of the first without gap")]
    heard_s: Annotated[
        float, Meta(description="Time of the other's newest sign of life that it heard; 0: none")
    ] = 0.0


class Stock(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What one weapon of a unit can do now."""

    unit: Annotated[str, Meta(description="Battery")]
    weapon: Annotated[str, Meta(description="Its weapon")]
    salvos: Annotated[int, Meta(ge=0, description="Salvos that are ready")]
    channels: Annotated[int, Meta(ge=0, description="Targets that the unit can take on besides")]
    reserve: Annotated[int, Meta(ge=0, description="Salvos that must be loaded first")] = 0
    latitude_deg: Annotated[
        float | None, Meta(description="Where the unit is, WGS-84; none: where it stood at first")
    ] = None
    longitude_deg: Annotated[float | None, Meta(description="Where the unit is, WGS-84")] = None
    height_m: Annotated[float | None, Meta(description="Its ground above the ellipsoid")] = None


class Stocks(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation's units can do now, told to the other.  It is not kept."""

    nation: Annotated[str, Meta(description="Nation whose units they are")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which it was sent")]
    stocks: Annotated[tuple[Stock, ...], Meta(description="Each weapon of each unit")] = ()


class Pointed(msgspec.Struct, frozen=True, kw_only=True):
    """One crew shows the other a track that it has taken for hostile.  It is not kept."""

    nation: Annotated[str, Meta(description="Nation whose crew decided")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which it was sent")]
    target: Annotated[int, Meta(description="System number of the track")]
    latitude_deg: Annotated[float, Meta(description="Where it was, WGS-84")]
    longitude_deg: Annotated[float, Meta(description="Where it was, WGS-84")]


ANY_TARGET = -1


def unit_number(unit: str) -> int:
    """Return what stands for a unit where a target's number is wanted: below ``ANY_TARGET``."""
    return ANY_TARGET - 1 - zlib.crc32(unit.encode())


def is_unit(target: int) -> bool:
    """Return whether a number stands for a unit, which is asked to move, not for a target."""
    return target < ANY_TARGET

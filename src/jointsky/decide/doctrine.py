"""Doctrine, as declared: who must agree before a target is engaged, and what going alone needs."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.declare import Faults

Authority = Literal["own", "both", "either", "inform", "never"]
Alone = Literal["never", "own-land", "anywhere"]
Seconds = Annotated[float, Meta(gt=0, le=3600)]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for some targets.  The first rule of a doctrine that fits a target is its rule."""

    name: Annotated[str, Meta(min_length=1, max_length=40, description="Unique name")]
    authority: Annotated[
        Authority,
        Meta(
            description="own: the nation whose land it is over decides. either: whoever proposes "
            "first. inform: the same, and the other crew may object. both: the other crew must "
            "agree. never: nobody may"
        ),
    ]
    zones: Annotated[
        tuple[str, ...], Meta(description="Names of zones that the target is in; none: anywhere")
    ] = ()
    identities: Annotated[
        tuple[str, ...], Meta(description="Identities that it may have; none: any")
    ] = ("hostile",)
    domains: Annotated[
        tuple[str, ...], Meta(description="What it is taken for (drone, missile, ...); none: any")
    ] = ()
    threat_min: Annotated[
        float, Meta(ge=0, le=1, description="Threat that it must have, 0 to 1")
    ] = 0.0
    answer_within_s: Annotated[Seconds, Meta(description="From a proposal to its deadline")] = 20.0
    object_within_s: Annotated[
        Seconds, Meta(description="Authority inform: silence for so long is consent")
    ] = 8.0
    order_lasts_s: Annotated[
        Seconds, Meta(description="From a proposal to the end of what is ordered under it")
    ] = 120.0
    alone: Annotated[
        Alone,
        Meta(description="Where a nation may order by itself once the other has been silent"),
    ] = "own-land"
    alone_after_s: Annotated[
        float, Meta(ge=0, le=3600, description="For how long it must have been silent")
    ] = 10.0
    is_delegated: Annotated[
        bool, Meta(description="Whether a battery proposes by itself, without the crew's word")
    ] = False
    shared_tracks: Annotated[
        bool, Meta(description="Whether a battery may fire at what only others' sensors see")
    ] = True
    over_protected: Annotated[
        bool, Meta(description="Whether debris may fall on a protected area")
    ] = False


class Reinforcement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a nation's crew asks for a battery of the other, and what its pledge then means.

    The other's crew must pledge it; silence is no pledge, and nobody takes one alone.  The battery
    marches, deploys, and is the asking nation's to command until the pledge ends.
    """

    hostiles: Annotated[
        int,
        Meta(ge=1, le=10_000, description="Asked when so many hostile at once come to own zones"),
    ] = 6
    salvos_below: Annotated[
        float,
        Meta(ge=0, le=1, description="Or when less than this share of the first salvos is left"),
    ] = 0.5
    answer_within_s: Annotated[Seconds, Meta(description="From the request to its deadline")] = 120
    lasts_s: Annotated[
        float,
        Meta(gt=0, le=2_592_000, description="From the request to the end of the pledge"),
    ] = 86_400.0
    again_s: Annotated[
        float, Meta(gt=0, le=86_400, description="After a refusal it is asked again after so long")
    ] = 600.0


class Doctrine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How two nations decide together, and each alone when the other is silent."""

    rules: Annotated[
        tuple[Rule, ...], Meta(description="In order: the first that fits a target is its rule")
    ] = ()
    reinforcement: Annotated[
        Reinforcement | None, Meta(description="How batteries are asked for; none: not at all")
    ] = None
    presence_interval_s: Annotated[
        float, Meta(gt=0, le=60, description="How often a command post gives a sign of life")
    ] = 1.0
    lost_after_s: Annotated[
        float, Meta(gt=0, le=600, description="The other is lost after so long without one")
    ] = 5.0

    def rule(self, name: str) -> Rule | None:
        """Return the rule of a name."""
        return next((rule for rule in self.rules if rule.name == name), None)

    def fitting(
        self, zones: frozenset[str], identity: str, domain: str, threat: float
    ) -> Rule | None:
        """Return the first rule that fits a target; None: nobody may engage it."""
        for rule in self.rules:
            if (
                (not rule.zones or not zones.isdisjoint(rule.zones))
                and (not rule.identities or identity in rule.identities)
                and (not rule.domains or domain in rule.domains)
                and threat >= rule.threat_min
            ):
                return None if rule.authority == "never" else rule
        return None


def find_faults(doctrine: Doctrine, faults: Faults) -> None:
    """Add to ``faults`` what is wrong with a doctrine though each field is in its bounds."""
    seen: dict[str, int] = {}
    for number, rule in enumerate(doctrine.rules):
        at = faults.under(f"rules[{number}]")
        if rule.name in seen:
            found = f"{rule.name!r} is already used by rules[{seen[rule.name]}]"
            at.add("name", found, "a name of its own")
        seen.setdefault(rule.name, number)
        if rule.object_within_s >= rule.answer_within_s and rule.authority == "inform":
            found = f"{rule.object_within_s:g} s, which is not before answer_within_s"
            at.add("object_within_s", found, f"less than {rule.answer_within_s:g} s")
        if rule.order_lasts_s <= rule.answer_within_s:
            found = f"{rule.order_lasts_s:g} s, which is not after answer_within_s"
            at.add("order_lasts_s", found, f"more than {rule.answer_within_s:g} s")
    terms = doctrine.reinforcement
    if terms is not None and terms.lasts_s <= terms.answer_within_s:
        found = f"{terms.lasts_s:g} s, which is not after answer_within_s"
        faults.add("reinforcement.lasts_s", found, f"more than {terms.answer_within_s:g} s")
    if doctrine.lost_after_s < 2.0 * doctrine.presence_interval_s:
        found = f"{doctrine.lost_after_s:g} s, less than two signs of life"
        faults.add("lost_after_s", found, f"{2 * doctrine.presence_interval_s:g} s and more")

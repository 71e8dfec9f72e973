"""Doctrine: which rule fits a target, and what of a declared one cannot be meant."""

import msgspec
import pytest

from jointsky.decide.doctrine import Doctrine, Rule, find_faults
from jointsky.declare import Faults

DOCTRINE = Doctrine(
    rules=(
        Rule(
            name="no drones over the town", authority="never", zones=("town",), domains=("drone",)
        ),
        Rule(name="town", authority="both", zones=("town",)),
        Rule(name="near", authority="either", threat_min=0.8),
        Rule(name="doubtful", authority="both", identities=("hostile", "suspect")),
    )
)


@pytest.mark.parametrize(
    ("zones", "identity", "domain", "threat", "name"),
    [
        ({"town"}, "hostile", "missile", 0.1, "town"),
        ({"town"}, "hostile", "drone", 1.0, None),
        ({"field"}, "hostile", "missile", 0.9, "near"),
        ({"field"}, "hostile", "missile", 0.1, "doubtful"),
        ({"field"}, "suspect", "missile", 0.9, "doubtful"),
        ({"town"}, "civil", "fixed-wing", 1.0, None),
    ],
)
def test_the_first_rule_that_fits_is_the_rule(zones, identity, domain, threat, name):
    found = DOCTRINE.fitting(frozenset(zones), identity, domain, threat)
    assert (found and found.name) == name


def faults_of(**changes):
    faults = Faults()
    find_faults(msgspec.structs.replace(DOCTRINE, **changes), faults)
    return [str(fault) for fault in faults.kept]


def test_a_sound_doctrine_has_no_faults():
    assert faults_of() == []


def test_spans_that_cannot_be_meant_and_names_used_twice_are_told_with_their_place():
    rules = (
        Rule(name="a", authority="inform", answer_within_s=5.0),
        Rule(name="a", authority="both", order_lasts_s=10.0),
    )
    found = faults_of(rules=rules, lost_after_s=1.0)
    assert [fault.split(":")[0] for fault in found] == [
        "rules[0].object_within_s",
        "rules[1].name",
        "rules[1].order_lasts_s",
        "lost_after_s",
    ]
    assert "already used by rules[0]" in found[1]

"""Two command posts: who decides what, when, and that nothing is done that should not be."""

import dataclasses

import msgspec
import pytest

from duty.made import BOTH, ByHand, Two, duty, unit
from jointsky.decide.declared import Crew, Reserve
from jointsky.decide.doctrine import Doctrine, Reinforcement, Rule
from jointsky.duty.out import UnitReport
from jointsky.duty.reinforcing import Reinforcing, pledge_words
from jointsky.duty.units import Depot
from jointsky.records.decisions import Proposal, Stock, is_unit

DRONE = (7, 500.0, 15_000.0, 0.0, -50.0)  # flies west, to the town
RULES = {
    "either": Rule(name="either", authority="either"),
    "own": Rule(name="own", authority="own"),
    "inform": Rule(name="inform", authority="inform", object_within_s=6.0),
}


def first(two, kind):
    return next((time_s for time_s, _, fact in two.facts if fact.kind == kind), None)


def test_a_hostile_is_looked_at_proposed_agreed_and_ordered_once():
    two = Two()
    two.run(120.0, [DRONE])
    assert len(two.acts) == 1
    time_s, nation, order = two.acts[0]
    crew = two.duty.posts[0].crew
    assert time_s >= crew.identify_s + crew.propose_s + crew.answer_s
    proposal = two.posts[0].desk.book.get(order.proposal)
    assert proposal.evidence[0].startswith("decided by ")
    assert order.answer is not None and order.answer.nation != nation
    words = " ".join(proposal.evidence)
    assert f"{order.unit} (missile) can reach it in" in words


def test_what_a_battery_of_the_other_nation_does_better_is_left_to_it():
    far, near = unit("w-1", "west", -4_000, chance=0.3), unit("e-1", "east", 6_000, chance=0.9)
    two = Two(units=(far, near))
    two.run(120.0, [DRONE])
    assert [(nation, order.unit) for _, nation, order in two.acts] == [("east", "e-1")]


def test_what_is_left_to_the_other_is_taken_up_if_it_does_nothing():
    far, near = unit("w-1", "west", -4_000, chance=0.3), unit("e-1", "east", 6_000, chance=0.9)
    blind = {"west": ByHand(), "east": ByHand(identity="unknown", hostile=0.1)}
    two = Two(units=(far, near), identifiers=blind)
    two.run(150.0, [DRONE])
    assert [(nation, order.unit) for _, nation, order in two.acts] == [("west", "w-1")]


def test_a_crew_that_takes_the_target_for_civil_declines_and_holds_it():
    sees = {"west": ByHand(), "east": ByHand(identity="neutral", hostile=0.01)}
    two = Two(identifiers=sees)
    two.run(200.0, [DRONE])
    assert two.acts == []
    assert "hold" in two.kinds("east")
    assert any(fact.kind in {"refused", "withdrawal"} for _, _, fact in two.facts)


def test_nothing_unknown_is_proposed():
    two = Two(identifiers={"west": ByHand("unknown", 0.3), "east": ByHand("unknown", 0.3)})
    two.run(200.0, [DRONE])
    assert not {"proposal", "order"} & set(two.kinds())


@pytest.mark.parametrize("authority", ["either", "own", "inform"])
def test_other_rules_need_no_word_of_the_other_crew(authority):
    two = Two(duty(RULES[authority]))
    two.run(120.0, [DRONE])
    assert len(two.acts) == 1
    waits = two.acts[0][0] - first(two, "proposal")
    assert waits < (10.0 if authority == "inform" else 5.0)
    assert waits >= (6.0 if authority == "inform" else 0.0)


def test_without_the_other_each_goes_alone_over_its_own_land():
    two = Two()
    two.run(5.0, [])
    two.is_cut = True
    over_west = (7, 500.0, -1_000.0, 0.0, -10.0)
    two.run(120.0, [over_west])
    assert {nation for _, nation, _ in two.acts} == {"west"}
    assert two.acts[0][2].answer is None and two.acts[0][2].silent_s > 0.0
    modes = [
        fact.facts["mode"] for _, who, fact in two.facts if fact.kind == "mode" and who == "west"
    ]
    assert modes[-1] == "alone"


def test_after_the_cut_both_are_joint_again_and_know_the_same():
    two = Two()
    two.run(5.0, [])
    two.is_cut = True
    two.run(120.0, [(7, 500.0, -1_000.0, 0.0, -10.0)])
    two.is_cut = False
    two.run(140.0, [])
    assert [post.desk.mode for post in two.posts] == ["joint", "joint"]
    one, other = ({decision.ref for decision in post.desk.book} for post in two.posts)
    assert one == other


@pytest.mark.parametrize("before", range(6))
def test_one_lost_sign_of_life_parts_nobody_whatever_else_is_said(before):
    declared = duty()
    doctrine = msgspec.structs.replace(declared.doctrine, lost_after_s=3.0)
    declared = msgspec.structs.replace(declared, doctrine=doctrine)
    whole = Two(declared)
    whole.run(60.0, [DRONE])
    two, proposed_s = Two(declared), first(whole, "proposal")
    two.run(proposed_s - before, [DRONE])
    two.is_cut = True
    two.run(proposed_s - before + 1.0, [DRONE])
    two.is_cut = False
    two.run(60.0, [DRONE])
    assert two.kinds("east") == whole.kinds("east")
    assert "order" in two.kinds()


def test_what_was_stopped_is_not_proposed_again():
    two = Two()
    two.run(60.0, [DRONE])
    (_, nation, order) = two.acts[0]
    two.reports[0 if nation == "west" else 1].append(UnitReport(order.ref, "stopped", True))
    two.run(200.0, [DRONE])
    assert len(two.acts) == 1
    assert two.kinds().count("proposal") == 1


def test_what_was_missed_is_proposed_again():
    two = Two()
    two.run(60.0, [DRONE])
    (_, nation, order) = two.acts[0]
    two.reports[0 if nation == "west" else 1].append(UnitReport(order.ref, "missed", True))
    two.run(110.0, [DRONE])
    assert len(two.acts) == 2


def test_a_busy_crew_decides_later():
    slow = Crew(seats=1, spread=0.0, overlooks=0.0, wrongs=0.0, refuses=0.0)
    many = [(k, 400.0 * k, 15_000.0, 0.0, -50.0) for k in range(1, 5)]
    two, busy = Two(duty(crew=slow)), Two(duty(crew=slow))
    two.run(150.0, many[:1])
    busy.run(150.0, many)
    assert busy.posts[0].watch.longest_wait_s > two.posts[0].watch.longest_wait_s


def test_a_delegated_battery_proposes_without_the_crew():
    rule = Rule(name="near", authority="either", is_delegated=True)
    two = Two(duty(rule))
    two.run(60.0, [DRONE])
    assert len(two.acts) == 1
    assert two.acts[0][0] < two.duty.posts[0].crew.identify_s


def test_debris_keeps_off_what_is_protected_unless_doctrine_allows_it():
    over_town = (7, 0.0, -3_000.0, 0.0, -20.0)
    two = Two()
    two.run(60.0, [over_town])
    assert two.acts == []
    rule = Rule(name="both", authority="both", answer_within_s=30.0, over_protected=True)
    allowed = Two(duty(rule))
    allowed.run(60.0, [over_town])
    assert len(allowed.acts) == 1


@pytest.mark.parametrize("alone, who", [("anywhere", ["east", "west"]), ("own-land", ["east"])])
def test_each_by_itself_engages_over_its_own_land_and_both_one_target_where_they_may(alone, who):
    two = Two(duty(msgspec.structs.replace(BOTH, alone=alone)), is_joint=False)
    two.run(60.0, [DRONE])
    assert sorted(nation for _, nation, _ in two.acts) == who


class OtherNumbers(Two):
    """The east has the same targets under numbers of its own: nothing is shared but words."""

    def picture_of(self, k, t, flown):
        moved = [(n + 100 * k, *rest) for n, *rest in flown]
        return super().picture_of(k, t, moved)


def test_crews_that_share_no_numbers_mean_a_target_by_its_place():
    two = OtherNumbers()
    two.run(120.0, [DRONE])
    assert len(two.acts) == 1
    aliases = [fact.facts for _, _, fact in two.facts if fact.kind == "alias"]
    assert {frozenset((one["target"], one["same_as"])) for one in aliases} == {frozenset((7, 107))}


def test_a_civil_track_near_by_is_not_what_the_other_means():
    class Partly(ByHand):
        def step(self, tracks, now_s, reports=None):
            self.identity = "neutral"
            return super().step(tracks, now_s, reports)

    two = OtherNumbers(identifiers={"west": ByHand(), "east": Partly()})
    two.run(120.0, [DRONE])
    assert "alias" not in two.kinds() and "hold" not in two.kinds()


def test_a_battery_that_is_proposed_for_one_target_is_not_given_to_the_next_too():
    slow = Crew(seats=4, spread=0.0, overlooks=0.0, wrongs=0.0, refuses=0.0, answer_s=20.0)
    one = unit("w-1", "west", -4_000)
    two = Two(declared=duty(crew=slow), units=(dataclasses.replace(one, channels=1),))
    two.channels = 1
    drones = [(7 + k, 500.0 + 300.0 * k, 15_000.0 + 2_000.0 * k, 0.0, -50.0) for k in range(4)]
    two.run(44.0, drones)
    proposed = [fact.facts["target"] for _, _, fact in two.facts if fact.kind == "proposal"]
    assert len(proposed) == 1, "the one channel waits for the answer to the first"


def test_what_a_nation_had_at_first_is_known_from_the_begin():
    west, east = (unit(f"{name}-1", nation, 0.0) for name, nation in (("w", "west"), ("e", "east")))
    terms = Reinforcement(hostiles=5, salvos_below=0.4)
    made, depot = Reinforcing("east", terms, (), (west, east)), Depot((west, east))
    depot.take((Stock(unit="e-1", weapon="missile", salvos=40, channels=2),))
    made.begin(depot)
    depot.take((Stock(unit="e-1", weapon="missile", salvos=1, channels=2),))
    made.begin(depot)
    need = made.need(0, depot)
    assert need.salvos_left == 1 / 40 and made.is_pressed(need)
    asked = Proposal(
        nation="west", number=1, time_s=0.0, by="x", target=-2, rule="", authority="both",
        unit="e-1", owner="", answer_by_s=9.0, until_s=99.0, place="x",
    )  # fmt: skip
    words = pledge_words(need, terms, asked, True)
    assert "2% of our salvos are left" in words and "hostiles" not in words


class Renumbered(Two):
    """The first track goes on under another number from ``at_s`` on."""

    def __init__(self, at_s, is_told=True, **given):
        super().__init__(**given)
        self.at_s, self.is_told = at_s, is_told

    def picture_of(self, k, t, flown):
        moved = [(n + 50 * (t >= self.at_s), *rest) for n, *rest in flown]
        return super().picture_of(k, t, moved)

    def renamed(self, k, t):
        return [(7, 57)] if self.is_told and t == self.at_s else []


def identified_s(two):
    return [t for t, _, fact in two.facts if fact.kind == "identified" and fact.facts["by"]]


def test_a_track_that_is_numbered_anew_is_looked_at_and_ordered_once():
    plain, never_told = Two(), Renumbered(15.0, is_told=False)
    plain.run(120.0, [DRONE])
    never_told.run(120.0, [DRONE])
    ordered_s = plain.acts[0][0]
    for at_s in (3.0, 15.0, ordered_s - 2.0, ordered_s + 3.0):
        two = Renumbered(at_s)
        two.run(120.0, [DRONE])
        assert len(two.acts) == 1, at_s
        assert identified_s(two)[0] == identified_s(plain)[0], at_s
        assert two.acts[0][0] == pytest.approx(ordered_s, abs=4.0), at_s
    assert never_told.acts[0][0] > ordered_s + 4.0, "else this shows nothing"


def test_both_numbers_of_what_was_ordered_are_one_target():
    two = Renumbered(60.0)
    two.run(120.0, [DRONE])
    assert two.acts[0][0] < 60.0
    for post in two.posts:
        assert set(post.desk.book.numbers(57)) == {7, 57}


def test_equal_steps_give_equal_facts():
    one, other = Two(), Two()
    for two in (one, other):
        two.run(100.0, [DRONE])
    assert one.facts == other.facts
    assert BOTH.name in {fact.facts.get("rule") for _, _, fact in one.facts}


def pressed(**given):
    """Return two posts; the west may ask for the east's battery when two hostiles come to it."""
    doctrine = Doctrine(rules=(BOTH,), reinforcement=Reinforcement(hostiles=2, **given))
    reserves = (Reserve(battery="e-2", place="west"),)
    declared = msgspec.structs.replace(duty(), doctrine=doctrine, reserves=reserves)
    units = (unit("w-1", "west", -4_000), unit("e-1", "east", 6_000), unit("e-2", "east", 60_000))
    return Two(declared, units)


TWO_DRONES = [(7, -4_000.0, 15_000.0, 0.0, -50.0), (8, -6_000.0, 16_000.0, 0.0, -50.0)]


def test_a_pressed_crew_asks_and_commands_the_battery_once_it_has_arrived():
    two = pressed()
    two.run(100.0, TWO_DRONES)
    moves = [(nation, order) for _, nation, order in two.acts if is_unit(order.target)]
    assert [(nation, order.nation, order.unit) for nation, order in moves] == [
        ("east", "west", "e-2")
    ]
    request = two.posts[0].desk.book.get(moves[0][1].proposal)
    assert request.evidence == ("2 hostiles at once come to zones of ours",)
    assert request.place == "west" == two.posts[1].place_of(moves[0][1])
    commands = [{one.name: one.nation for one in post._units} for post in two.posts]
    assert [one["e-2"] for one in commands] == ["east", "east"]
    two.reports[1].append(UnitReport(moves[0][1].ref, "arrived", False))
    two.run(110.0, TWO_DRONES)
    commands = [{one.name: one.nation for one in post._units} for post in two.posts]
    assert [one["e-2"] for one in commands] == ["west", "west"]


def test_who_is_pressed_itself_pledges_nothing_and_is_asked_again_later():
    two = pressed(again_s=60.0)
    two.posts[1]._land["town"] = "east"  # in its eyes the drones come to its own zones
    two.run(200.0, TWO_DRONES)
    words = [fact.facts["reason"] for _, who, fact in two.facts if fact.kind == "answer"]
    refusals = [one for one in words if "needed here" in one]
    assert len(refusals) == 2 and not any(is_unit(order.target) for _, _, order in two.acts)


def test_without_a_link_nobody_is_asked():
    two = pressed()
    two.is_cut = True
    two.run(100.0, TWO_DRONES)
    assert "e-2" not in {fact.facts.get("unit") for _, _, fact in two.facts}


def test_who_has_shot_much_asks_for_more():
    two = pressed(salvos_below=1.0)
    two.salvos = 4
    two.run(20.0, [])
    two.salvos = 3
    two.run(80.0, [])
    (fact,) = [f for _, who, f in two.facts if f.kind == "proposal"]
    assert fact.facts["evidence"] == ("75% of our salvos are left",)

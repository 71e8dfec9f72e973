"""One command post: what it proposes, agrees to, orders, and refuses to let its crew do."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.decide.book import Book
from jointsky.decide.desk import ALONE, JOINT, MERGING, Desk
from jointsky.decide.doctrine import Doctrine, Reinforcement, Rule
from jointsky.decide.effects import Act, Ask, Decide, Show, Stop
from jointsky.errors import RefusedError
from jointsky.records.decisions import Cease, Hold, Order, Ref, Withdrawal

RULES = (
    Rule(name="ours", authority="own", zones=("town",)),
    Rule(name="both", authority="both"),
    Rule(name="tell", authority="inform"),
    Rule(name="any", authority="either"),
    Rule(name="nobody", authority="never"),
)
DOCTRINE = Doctrine(rules=RULES)


class Table:
    """Two command posts across a table: what one does is known to the other at once."""

    def __init__(self, doctrine=DOCTRINE):
        self.now_s = 0.0
        self.desks = {
            "east": Desk("east", "west", doctrine, 0.0),
            "west": Desk("west", "east", doctrine, 0.0),
        }
        self.is_cut = True
        self.done = {"east": [], "west": []}
        for name, desk in self.desks.items():
            self._take(name, desk.begin(0.0))
        self.heal()
        self.go_on(2.0)

    def _take(self, name, effects):
        self.done[name] += effects
        other = "west" if name == "east" else "east"
        for effect in effects:
            if self.is_cut:
                continue
            if isinstance(effect, Decide):
                self._take(other, self.desks[other].on_decision(effect.decision, self.now_s))
            elif isinstance(effect, Show):
                self._take(other, self.desks[other].on_presence(effect.presence, self.now_s))

    def go_on(self, seconds):
        for _ in range(round(seconds / 0.5)):
            self.now_s += 0.5
            for name, desk in self.desks.items():
                self._take(name, desk.on_time(self.now_s))

    def heal(self):
        """Mend the link: what either told meanwhile arrives, the newest first."""
        self.is_cut = False
        east, west = self.desks["east"].book, self.desks["west"].book
        for name, theirs in (("east", west), ("west", east)):
            for decision in reversed(list(theirs)):
                if decision.nation != name and decision.ref not in self.desks[name].book:
                    self._take(name, self.desks[name].on_decision(decision, self.now_s))

    def do(self, name, what, *given, **more):
        self._take(name, getattr(self.desks[name], what)(*given, now_s=self.now_s, **more))

    def propose(self, name, target, rule="both", owner=""):
        self.do(name, "propose", target, rule, "battery", owner, f"{name} crew", evidence=("seen",))
        mine = [one for one in self.desks[name].book.proposals_on(target) if one.nation == name]
        return mine[-1].ref

    def orders(self, target=1):
        desks = self.desks.values()
        return [
            o for d in desks for o in d.book.orders_on(target, self.now_s) if o.nation == d.nation
        ]

    def of(self, name, kind):
        found = [one for one in self.done[name] if isinstance(one, kind)]
        if found:
            return found
        return [
            one.decision
            for one in self.done[name]
            if isinstance(one, Decide) and isinstance(one.decision, kind)
        ]


def test_two_that_hear_each_other_are_joint():
    assert [desk.mode for desk in Table().desks.values()] == [JOINT, JOINT]


def test_an_order_waits_for_the_other_crew_and_names_its_word():
    table = Table()
    proposal = table.propose("east", 1)
    assert table.orders() == [] and len(table.of("west", Ask)) == 1
    table.do("west", "answer", proposal, True, "west crew")
    (order,) = table.orders()
    assert order.nation == "east" and order.answer.nation == "west"
    assert order.by == "east crew" and len(table.of("east", Act)) == 1


def test_a_refusal_ends_the_proposal_with_its_reason():
    table = Table()
    proposal = table.propose("east", 1)
    table.do("west", "answer", proposal, False, "west crew", reason="an airliner behind it")
    (end,) = table.of("east", Withdrawal)
    assert "airliner" in end.reason and table.orders() == []


def test_no_word_in_time_is_a_refusal_where_both_must_agree():
    table = Table()
    proposal = table.propose("east", 1)
    table.go_on(21.0)
    assert table.orders() == [] and not table.desks["east"].book.open_proposals()
    with pytest.raises(RefusedError, match="its answer already"):
        table.do("west", "answer", proposal, True, "west crew")


def test_silence_is_consent_where_the_other_is_only_informed():
    table = Table()
    table.propose("east", 1, "tell")
    table.go_on(7.5)
    assert table.orders() == []
    table.go_on(1.0)
    assert [order.nation for order in table.orders()] == ["east"]


def test_who_is_informed_may_object():
    table = Table()
    proposal = table.propose("east", 1, "tell")
    table.do("west", "answer", proposal, False, "west crew", reason="ours")
    table.go_on(10.0)
    assert table.orders() == []


def test_machines_agree_at_once_where_either_may():
    table = Table()
    table.propose("west", 1, "any")
    (order,) = table.orders()
    assert table.desks["west"].book.get(order.answer).by == "node"


def test_over_the_others_land_a_rule_of_its_own_is_the_others():
    with pytest.raises(RefusedError, match="leaves it to west"):
        Table().propose("east", 1, "ours", owner="west")


def test_of_two_proposals_on_one_target_the_first_stays():
    table = Table()
    table.is_cut = True
    table.propose("west", 1)
    table.go_on(0.5)
    table.propose("east", 1)
    table.heal()
    ends = table.of("east", Withdrawal)
    assert [end.reason for end in ends] == ["west's proposal 2 came first"]
    assert not table.of("west", Withdrawal)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_hold_of_either_nation_wins_against_an_agreement(is_first):
    table = Table()
    proposal = table.propose("east", 1)
    if is_first:
        table.do("west", "hold", 1, "west crew", reason="civil")
        with pytest.raises(RefusedError):
            table.do("west", "answer", proposal, True, "west crew")
    else:
        table.do("west", "answer", proposal, True, "west crew")
        table.do("west", "hold", 1, "west crew", reason="civil")
        assert len(table.of("east", Stop)) == 1
        assert "civil" in table.of("east", Cease)[0].reason
    assert table.orders() == []
    with pytest.raises(RefusedError, match="held: civil"):
        table.propose("east", 1)


def test_only_who_gave_a_hold_lifts_it():
    table = Table()
    table.do("west", "hold", 1, "west crew", reason="civil")
    hold = table.desks["west"].book.holds_on(1)[0]
    assert isinstance(hold, Hold)
    with pytest.raises(RefusedError, match="no hold of east"):
        table.do("east", "lift", hold.ref, "east crew")
    table.do("west", "lift", hold.ref, "west crew")
    table.propose("east", 1, "any")
    assert len(table.orders()) == 1


def test_either_crew_ends_an_order_of_either_nation():
    table = Table()
    table.propose("east", 1, "any")
    table.do("west", "cease", table.orders()[0].ref, "west crew", reason="enough")
    assert table.orders() == [] and len(table.of("east", Stop)) == 1


def test_an_order_that_is_reported_done_frees_its_target():
    table = Table()
    table.propose("east", 1, "any")
    order = table.orders()[0].ref
    with pytest.raises(RefusedError, match="no order to a unit of west"):
        table.do("west", "report", order, "missed", True, "battery")
    table.do("east", "report", order, "fired", False, "battery")
    assert len(table.orders()) == 1
    table.do("east", "report", order, "missed", True, "battery")
    assert table.orders() == []
    table.propose("west", 1, "any")
    assert [one.nation for one in table.orders()] == ["west"]


def test_going_alone_needs_silence_and_the_declared_land():
    table = Table()
    table.is_cut = True
    table.go_on(6.0)
    assert [desk.mode for desk in table.desks.values()] == [ALONE, ALONE]
    table.propose("east", 1, owner="east")
    table.propose("east", 2, owner="west")
    table.go_on(9.0)
    assert [order.target for order in table.orders(1) + table.orders(2)] == [1]
    assert table.orders()[0].answer is None and table.orders()[0].silent_s >= 10.0


def test_after_healing_the_later_of_two_orders_ends_before_they_are_joint_again():
    table = Table()
    table.is_cut = True
    table.go_on(11.0)
    table.propose("west", 1, owner="west")
    table.go_on(1.0)
    table.propose("east", 1, owner="east")
    assert len(table.orders()) == 2
    table.heal()
    assert [order.nation for order in table.orders()] == ["west"]
    assert JOINT not in {desk.mode for desk in table.desks.values()}
    table.go_on(3.0)
    assert [desk.mode for desk in table.desks.values()] == [JOINT, JOINT]
    assert "conflict" in table.of("east", Cease)[0].reason


def test_who_agreed_keeps_off_the_target_though_the_link_is_gone():
    table = Table()
    proposal = table.propose("east", 1, owner="west")
    table.do("west", "answer", proposal, True, "west crew")
    table.is_cut = True
    table.go_on(12.0)
    with pytest.raises(RefusedError, match="west agreed to east's proposal"):
        table.propose("west", 1, owner="west")
    table.go_on(110.0)
    table.propose("west", 1, owner="west")
    assert [order.nation for order in table.orders()] == ["west"]


def test_a_command_post_that_comes_back_knows_what_it_had_decided():
    table = Table()
    table.propose("east", 1, "any")
    known = list(table.desks["east"].book)
    again = Desk("east", "west", DOCTRINE, table.now_s)
    effects = again.begin(table.now_s, known)
    assert [one.order.target for one in effects if isinstance(one, Act)] == [1]
    assert again.mode == MERGING
    with pytest.raises(RefusedError, match="in force"):
        again.propose(1, "any", "battery", "", "east crew", table.now_s, evidence=("seen",))


def test_one_target_under_two_numbers_is_one_target():
    table = Table()
    table.propose("east", 1, "any")
    table.do("west", "same", 7, 1)
    with pytest.raises(RefusedError, match=r"in force|agreed"):
        table.propose("west", 7, "any")
    table.do("west", "hold", 7, "west crew", reason="civil")
    assert table.orders(1) == []


def test_a_nation_without_another_decides_by_itself():
    desk = Desk("east", None, DOCTRINE, 0.0)
    desk.begin(0.0)
    effects = desk.propose(1, "both", "battery", "", "crew", 1.0, evidence=("seen",))
    assert [one.order.target for one in effects if isinstance(one, Act)] == [1]
    assert math.isinf(desk.next_s(1.0)) or desk.next_s(1.0) > 1.0


def test_without_evidence_nothing_is_proposed():
    desk = Desk("east", None, DOCTRINE, 0.0)
    with pytest.raises(RefusedError, match="without evidence"):
        desk.propose(1, "both", "battery", "", "crew", 1.0)


def test_a_decision_under_a_name_that_is_taken_is_refused():
    table = Table()
    table.propose("east", 1)
    found = next(one for one in table.desks["east"].book if one.nation == "east")
    with pytest.raises(ValueError, match="decided otherwise"):
        table.desks["west"].book.add(
            Hold(nation="east", number=found.number, time_s=0.0, by="x", target=1, reason="x")
        )


def a_history():
    """Return all decisions of a busy table."""
    table = Table()
    for target in (1, 2, 3):
        proposal = table.propose("east", target)
        table.do("west", "answer", proposal, target != 2, "west crew")
    table.propose("west", 4, "any")
    table.do("west", "hold", 1, "west crew", reason="civil")
    table.do("east", "same", 3, 9)
    table.do("east", "cease", table.orders(4)[0].ref, "east crew", reason="x")
    order = table.orders(3)[0]
    table.do("east", "report", order.ref, "missed", True, "battery")
    return list(table.desks["east"].book)


HISTORY = a_history()


def shown(book):
    """Return all that follows from a book."""
    orders = [one for one in book if isinstance(one, Order)]
    return (
        {one.ref: book.is_in_force(one, 10.0) for one in orders},
        [one.ref for one in book.open_proposals()],
        {target: book.is_held(target) for target in (1, 2, 3, 4, 9)},
        {n: (book.count(n), book.mode(n)) for n in ("east", "west")},
        {t: book.promise(n, t, 10.0) for t in (1, 2, 3, 4) for n in ("east", "west")},
        book.numbers(3),
    )


@given(st.permutations(HISTORY), st.lists(st.sampled_from(HISTORY), max_size=10))
def test_any_order_of_arrival_gives_the_same_decisions_in_force(history, again):
    book, straight = Book(), Book()
    for decision in [*history, *again]:
        book.add(decision)
    for decision in HISTORY:
        straight.add(decision)
    assert shown(book) == shown(straight)
    assert Ref("east", 0) in book


TERMS = Doctrine(rules=RULES, reinforcement=Reinforcement(answer_within_s=20.0, lasts_s=90.0))


def requested(table):
    table.do("east", "request", "far-long", "meadow", "east crew", evidence=("pressed",))
    (ask,) = table.of("west", Ask)
    assert ask.proposal.action == "reinforce" and ask.proposal.place == "meadow"
    return ask.proposal.ref


def test_a_battery_moves_in_once_its_own_nation_has_pledged_it():
    table = Table(TERMS)
    proposal = requested(table)
    table.go_on(5.0)
    assert not table.of("west", Act)
    table.do("west", "answer", proposal, True, "west crew")
    (act,) = table.of("west", Act)
    assert act.order.unit == "far-long" and act.order.nation == "east"
    assert not table.of("east", Act)
    table.do("west", "report", act.order.ref, "arrived", False, "far-long")
    for desk in table.desks.values():
        assert desk.book.has_arrived(act.order.ref)
        assert [one.ref for one in desk.book.moves(table.now_s)] == [act.order.ref]
    with pytest.raises(RefusedError, match="pledged already"):
        table.do("east", "request", "far-long", "meadow", "east crew", evidence=("again",))
    with pytest.raises(RefusedError, match="no order to a unit of east"):
        table.do("east", "report", act.order.ref, "arrived", False, "far-long")


def test_a_pledge_ends_by_its_time_or_is_taken_back():
    table = Table(TERMS)
    table.do("west", "answer", requested(table), True, "west crew")
    table.go_on(95.0)
    assert [one.order.unit for one in table.of("west", Stop)] == ["far-long"]
    table = Table(TERMS)
    table.do("west", "answer", requested(table), True, "west crew")
    (act,) = table.of("west", Act)
    table.do("west", "cease", act.order.ref, "west crew", reason="needed here")
    assert table.of("west", Stop) and not table.desks["east"].book.moves(table.now_s)


def test_without_a_pledge_in_time_nothing_moves_and_nobody_takes_it_alone():
    table = Table(TERMS)
    proposal = requested(table)
    table.do("west", "answer", proposal, False, "west crew", reason="needed here")
    assert not table.of("west", Act) and not table.desks["east"].book.open_proposals()
    table = Table(TERMS)
    requested(table)
    table.is_cut = True
    table.go_on(60.0)
    assert table.desks["east"].mode == ALONE
    assert not table.desks["east"].book.orders() and not table.of("west", Act)


def test_a_hold_on_all_targets_stops_no_march():
    table = Table(TERMS)
    proposal = requested(table)
    table.do("west", "hold", -1, "west crew", reason="people near")
    table.do("west", "answer", proposal, True, "west crew")
    assert table.of("west", Act) and not table.of("west", Stop)


def test_a_pledge_that_was_given_is_kept_by_a_command_post_that_begins_anew():
    table = Table(TERMS)
    table.do("west", "answer", requested(table), True, "west crew")
    again = Desk("west", "east", TERMS, table.now_s)
    effects = again.begin(table.now_s, list(table.desks["west"].book))
    assert [one.order.unit for one in effects if isinstance(one, Act)] == ["far-long"]


def test_who_may_ask_and_what_a_request_needs():
    with pytest.raises(RefusedError, match="lets nobody ask"):
        Table().do("east", "request", "far-long", "meadow", "east crew", evidence=("pressed",))
    table = Table(TERMS)
    with pytest.raises(RefusedError, match="without evidence"):
        table.do("east", "request", "far-long", "meadow", "east crew", evidence=())
    requested(table)
    with pytest.raises(RefusedError, match="asked for already"):
        table.do("east", "request", "far-long", "meadow", "east crew", evidence=("pressed",))
    lone = Desk("east", None, TERMS, 0.0)
    with pytest.raises(RefusedError, match="lets nobody ask"):
        lone.request("far-long", "meadow", "east crew", 1.0, ("pressed",))

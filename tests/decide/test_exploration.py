"""The joint workflow's invariants over every interleaving of the real code, up to a bound."""

import gc

import pytest
from workflow_parts import mutants
from workflow_parts.exploring import UNIT, Bounds, Explorer


def explored(bounds, kind=None, most=1_000_000):
    gc.disable()  # a million small tuples, none in a circle
    try:
        explorer = Explorer(bounds) if kind is None else Explorer(bounds, kind)
        return explorer.explore(most)
    finally:
        gc.enable()


CASES = {
    "a crew must agree": Bounds(ticks=1),
    "a command post dies and comes back": Bounds(ticks=1, crashes=1, proposals=((0, 1),)),
    "two targets": Bounds(ticks=1, proposals=((0, 1), (1, 2))),
    "a hold and a cease": Bounds(ticks=1, authority="either", holds=1, ceases=1),
    "apart and together again": Bounds(ticks=2, authority="either"),
    "a unit is asked for": Bounds(ticks=1, proposals=((0, UNIT), (1, 1))),
    "a unit is asked for, a death": Bounds(ticks=1, crashes=1, proposals=((0, UNIT),)),
    "nothing is lost and crews answer": Bounds(ticks=4, is_fair=True),
}


@pytest.mark.parametrize("name", CASES)
def test_every_invariant_holds_in_every_interleaving(name, capsys):
    found = explored(CASES[name])
    with capsys.disabled():
        print(f"\n{name}: {found.worlds:,} worlds, {found.steps:,} steps, {found.states:,} states")
    assert not found.broken, found.way
    assert found.worlds < 1_000_000, "not every world was looked at"
    assert found.ordered > 0


@pytest.mark.parametrize(
    ("kind", "bounds", "invariant"),
    [
        (mutants.SilenceIsConsent, Bounds(ticks=2), "1"),
        (mutants.MachineAgrees, Bounds(ticks=1), "1"),
        (mutants.AgreesToEverything, Bounds(authority="either"), "2"),
        (mutants.StaysJoined, Bounds(ticks=3, authority="either"), "2"),
        (mutants.KeepsBothOrders, Bounds(), "2"),
        (mutants.ForgetsHolds, Bounds(ticks=1, holds=1, authority="either"), "3"),
        (mutants.HoldsAreForLater, Bounds(ticks=1, holds=1, authority="either"), "3"),
        (mutants.NobodyOrdered, Bounds(), "4"),
        (mutants.WaitsForEver, Bounds(ticks=2, proposals=((0, 1),)), "5"),
        (mutants.TakesUnits, Bounds(ticks=1, proposals=((0, UNIT),)), "1"),
        (mutants.PledgesForTheCrew, Bounds(ticks=1, proposals=((0, UNIT),)), "1"),
        (mutants.NeverAsks, Bounds(is_fair=True), "5"),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_a_mistake_is_found(kind, bounds, invariant):
    found = explored(bounds, kind)
    assert found.broken.startswith(invariant), found

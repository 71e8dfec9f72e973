"""What a raid cost both sides: sums by hand, and what is not known is counted."""

import dataclasses
import pathlib

import pytest
from msgspec.structs import replace

from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.sim.apart import beside_rows
from jointsky.sim.costs import cost_figures, cost_line, money_words, sum_words, unit_costs_usd

SKY = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
DRONES = ["drone-1", "drone-2", "drone-3", "late-drone-1", "late-drone-2"]


@pytest.fixture(scope="module")
def built():
    """Return the small sky: a missile costs 200,000, a drone 30,000, the last two nobody knows."""
    made = build(load(SKY))
    names = made.surroundings.vehicles.name.tolist()
    known = dict.fromkeys(DRONES[:3], 30_000.0)
    costs = tuple(known.get(name) for name in names)
    return dataclasses.replace(priced(made, 200_000.0, 200_000.0), unit_costs_usd=costs)


def priced(built, *usd):
    """Return the same with the costs of each battery's missile."""
    batteries = []
    for battery, cost in zip(built.batteries, usd, strict=True):
        weapons = tuple(replace(one, shot_cost_usd=cost) for one in battery.type.weapons)
        kind = replace(battery.type, weapons=weapons)
        batteries.append(dataclasses.replace(battery, type=kind))
    return dataclasses.replace(built, batteries=batteries)


SPENT = {"west-short": {"missile": 3}, "east-short": {"missile": 1}}


def test_what_was_fired_and_what_was_stopped_is_summed(built):
    cost = cost_figures(built, SPENT, DRONES[:3], DRONES[:2])
    assert cost == {
        "spent_usd": 800_000.0,  # 4 of 200,000
        "spent_usd_by_nation": {"east": 200_000.0, "west": 600_000.0},
        "shots_of_unknown_cost": 0,
        "lost_usd": 60_000.0,  # 2 of 30,000
        "lost_of_unknown_cost": 0,
        "came_usd": 90_000.0,
        "came_of_unknown_cost": 0,
        "cost_per_stopped_usd": 400_000.0,
        "spent_to_lost": pytest.approx(800 / 60),
    }
    line = cost_line(cost)
    assert "spent $800,000 (east $200,000, west $600,000)" in line
    assert "lost $60,000 of the $90,000 that came" in line
    assert "$400,000 for each one stopped, $13.33 for each $1" in line


def test_what_is_not_known_is_counted_and_makes_no_ratio(built):
    half = priced(built, None, 200_000.0)
    cost = cost_figures(half, SPENT, DRONES, DRONES[2:])
    assert (cost["spent_usd"], cost["shots_of_unknown_cost"]) == (200_000.0, 3)
    assert (cost["lost_usd"], cost["lost_of_unknown_cost"]) == (30_000.0, 2)
    assert (cost["came_usd"], cost["came_of_unknown_cost"]) == (90_000.0, 2)
    assert cost["cost_per_stopped_usd"] is None and cost["spent_to_lost"] is None
    line = cost_line(cost)
    assert "$200,000 and 3 shots of unknown cost (" in line
    assert "$30,000 and 2 vehicles of unknown cost of the $90,000 and 2 vehicles" in line
    assert "for each" not in line


def test_a_ratio_needs_only_what_goes_into_it(built):
    cost = cost_figures(built, SPENT, DRONES, DRONES[3:])  # the cost of both stopped is unknown
    assert cost["cost_per_stopped_usd"] == 400_000.0
    assert cost["spent_to_lost"] is None
    cost = cost_figures(built, SPENT, DRONES, DRONES[:1])  # that of two others that came
    assert cost["spent_to_lost"] == pytest.approx(800 / 30)


def test_nothing_stopped_or_fired_divides_by_nothing(built):
    cost = cost_figures(built, {}, [], [])
    assert cost["spent_usd_by_nation"] == {"east": 0.0, "west": 0.0}
    assert cost["cost_per_stopped_usd"] is None and cost["spent_to_lost"] is None
    assert "spent $0 (" in cost_line(cost)


def test_a_swarm_that_flies_as_one_is_worth_all_of_its_members(built):
    around = built.surroundings
    count = around.vehicles.count.copy()
    count[around.vehicles.name == "drone-1"] = 5
    vehicles = dataclasses.replace(around.vehicles, count=count)
    many = dataclasses.replace(built, surroundings=dataclasses.replace(around, vehicles=vehicles))
    worth = unit_costs_usd(many)
    assert worth["drone-1"] == 150_000.0 and worth["drone-2"] == 30_000.0
    assert worth["late-drone-1"] is None


def test_without_any_cost_all_is_unknown(built):
    assert set(unit_costs_usd(dataclasses.replace(built, unit_costs_usd=())).values()) == {None}


def test_costs_of_the_catalogue_hold_and_those_of_a_use_stand_above_them(tmp_path):
    text = SKY.read_text(encoding="utf-8")
    text = text.replace(
        "  - name: late-drone\n    type: one-way-attack-drone\n",
        "  - name: late-drone\n    type: one-way-attack-drone\n    with: {unit_cost_usd: 90000}\n",
    )
    path = tmp_path / "sky.yaml"
    path.write_text(text, encoding="utf-8")
    made = build(load(path))
    worth = unit_costs_usd(made)
    assert [worth[name] for name in DRONES] == [35_000.0] * 3 + [90_000.0] * 2
    assert worth["club-plane"] == 400_000.0 and worth["airliner"] is None
    cost = cost_figures(made, SPENT, DRONES, DRONES)
    assert cost["spent_usd"] == 4 * 250_000.0
    assert cost["lost_usd"] == 3 * 35_000.0 + 2 * 90_000.0


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        (None, "-"),
        (0.0, "$0"),
        (580.4, "$580"),
        (35_000.0, "$35,000"),
        (999_499.0, "$999,499"),
        (999_500.0, "$1 million"),
        (1_234_567.0, "$1.23 million"),
        (30_000_000.0, "$30 million"),
        (123_456_789.0, "$123 million"),
        (2_500_000_000.0, "$2.5 billion"),
        (12_345_000_000_000.0, "$12,345 billion"),
    ],
)
def test_money_is_told_as_people_write_it(usd, words):
    assert money_words(usd) == words


def test_one_of_unknown_cost_is_one():
    assert sum_words(0.0, 1, "shot") == "$0 and 1 shot of unknown cost"
    assert sum_words(2e6, 1_200) == "$2 million and 1,200 of unknown cost"


def test_both_stand_beside_each_other(built):
    plain = dict.fromkeys(
        ("stopped", "leaked", "stopped_late", "orders", "shots", "shots_wasted"), 0
    ) | {"shots_at_others": 0, "engaged_twice": 0}
    never = {"median": None, "p90": None}
    civil = {"civil": dict.fromkeys(("suspected", "proposed", "ordered"), 0)}
    plain |= {"track_to_order_s": never, "proposal_to_order_s": never, "civil": civil}
    one, other = (plain | {"cost": cost_figures(built, SPENT, DRONES, DRONES[:k])} for k in (3, 4))
    rows = {row[0]: row[1:] for row in beside_rows(one | {"apart": other})}
    assert rows["spent on shots"] == ["$800,000", "$800,000"]
    assert rows["worth of what was stopped"] == ["$90,000", "$90,000 and 1 of unknown cost"]

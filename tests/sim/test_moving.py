"""Batteries that move, are supplied, and are lent to the other nation, in a run."""

import collections
import json
import pathlib

import pyarrow.parquet as pq
import pytest

from jointsky.cli.main import main
from jointsky.records.decisions import Ref
from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.sim.moving import Moving
from jointsky.sim.replaying import replayed
from jointsky.store.log import read_log

SKY = pathlib.Path(__file__).with_name("moving.yaml")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of the run."""
    out = tmp_path_factory.mktemp("moving") / "run"
    assert main(["run", str(SKY), "--out", str(out), "--workers", "1", "--quiet"]) == 0
    return out


@pytest.fixture(scope="module")
def entries(made):
    return read_log(made / "log.jsonl")


@pytest.fixture(scope="module")
def built():
    return build(load(SKY))


def of(entries, kind, **facts):
    return [
        one
        for one in entries
        if one.kind == kind and all(one.facts.get(name) == fact for name, fact in facts.items())
    ]


def test_the_battery_is_asked_for_pledged_sent_for_and_arrives(entries, built):
    (request,) = of(entries, "proposal", action="reinforce")
    answer = of(entries, "answer", proposal=["west", request.facts["number"]])[0]
    (order,) = of(entries, "order", unit="lent")[:1]
    left, arrived = of(entries, "move", unit="lent")[:2]
    assert request.facts["nation"] == order.facts["nation"] == "west"
    assert answer.facts["nation"] == "east" and answer.facts["concurs"]
    times = [one.time_s for one in (request, answer, order, left, arrived)]
    assert times == sorted(times)
    assert arrived.facts["what"] == "arrived" and arrived.facts["to"] == "meadow"
    kind = next(one.type for one in built.batteries if one.name == "lent")
    assert arrived.time_s - left.time_s > kind.deploy_s  # it stood packed
    assert arrived.time_s - left.facts["ready_s"] < built.duty.step_s
    (report,) = of(entries, "report", state="arrived")
    assert report.facts["nation"] == "east" and report.facts["order"][0] == "west"


def test_it_goes_home_when_the_pledge_ends(entries):
    (request,) = of(entries, "proposal", action="reinforce")
    home = of(entries, "move", unit="lent")[2]
    assert home.facts["to"] == "camp" and "order" not in home.facts
    assert 0.0 <= home.time_s - request.facts["until_s"] <= 2.0


def test_its_own_radar_sees_only_where_and_while_it_stands_ready(made, entries, built):
    plots = pq.read_table(made / "plots.parquet")
    rows = {sensor.name: row for row, sensor in enumerate(built.sensors)}
    seen = collections.defaultdict(list)
    for row, time_s in zip(plots["sensor"].to_pylist(), plots["time_s"].to_pylist(), strict=True):
        seen[row].append(time_s)
    _, arrived, home, *_ = of(entries, "move", unit="lent")
    there = seen[rows["lent.1.meadow"]]
    assert there and arrived.time_s - 1.0 <= min(there) and max(there) <= home.time_s
    assert seen[rows["lent.1"]] == []  # packed at first, and on the road at the end


def test_what_is_brought_is_shot(made, entries, built):
    supplied = of(entries, "supply", unit="west-short")
    assert len(supplied) == 7 and {one.facts["shots"] for one in supplied} == {1}
    shots = sum(one.facts["shots"] for one in of(entries, "unit", unit="west-short", state="fired"))
    assert shots <= 4 + len(supplied)


def test_a_declared_relocation_is_carried_out_and_nobody_engages_meanwhile(entries, built):
    left, arrived = of(entries, "move", unit="east-short")
    assert left.time_s - built.begin_s == pytest.approx(400.0, abs=1.0)
    assert left.facts["to"] == "yard"
    fired = [one.time_s for one in of(entries, "unit", unit="east-short", state="fired")]
    assert not [one for one in fired if left.time_s < one < arrived.time_s]


def test_the_log_gives_the_same_end_again(made, entries):
    assert replayed(entries, "log").differences == ()
    assert main(["replay", str(made), "--verify", "--quiet"]) == 0


def test_requests_are_not_counted_as_proposals_on_targets(made):
    duty = json.loads((made / "summary.json").read_text(encoding="utf-8"))["duty"]
    assert duty["reinforcement"] == {
        "requested": 1,
        "pledged": 1,
        "not_pledged": 0,
        "moved_in": 1,
        "moves": 3,
    }
    assert duty["proposals"] >= duty["agreed"]


def test_who_commands_a_battery_and_what_it_can_do_follows_its_way(built):
    moving = Moving(built.batteries, built.sites, road_factor=1.0)
    begin_s, order = built.begin_s, Ref("west", 3)
    assert moving.commands("east") == ["east-short", "lent"]
    assert not moving.can_shoot("lent", begin_s)
    left = moving.send("lent", "meadow", order, begin_s)
    assert moving.commands("east") == ["east-short", "lent"]
    assert "arrived" in [one.what for one in moving.step(left.ready_s + 1.0) if one.unit == "lent"]
    assert moving.commands("west") == ["west-short", "lent"]
    assert moving.can_shoot("lent", left.ready_s + 1.0)
    moving.recall("lent", left.ready_s + 2.0)
    assert moving.commands("west") == ["west-short"]
    assert not moving.can_shoot("lent", left.ready_s + 3.0)

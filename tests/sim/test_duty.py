"""A run with a duty: the loop closed, its figures, its log replayed, joint beside alone."""

import dataclasses
import hashlib
import json
import pathlib
import re

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest

from jointsky.cli.main import main
from jointsky.earth import geodesy
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks
from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.sim.arms import Arm
from jointsky.sim.duty_figures import leaks
from jointsky.sim.duty_setup import areas_of, duty_of
from jointsky.sim.folder import RunFolder
from jointsky.sim.lines import Line, shortest
from jointsky.sim.matching import NOTHING, Matching
from jointsky.sim.plans import plans_of
from jointsky.sim.remains import without
from jointsky.sim.replaying import replayed
from jointsky.sim.run import RunSettings, network_outcome, simulate
from jointsky.sim.windows import see, together
from jointsky.store.log import read_log, sealed, write_log

SKY = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
HOSTILE = 5


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of the small sky, run by the command."""
    out = tmp_path_factory.mktemp("duty") / "run"
    assert main(["run", str(SKY), "--out", str(out), "--workers", "1", "--quiet"]) == 0
    return out


@pytest.fixture(scope="module")
def built():
    return build(load(SKY))


def figures(folder):
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def test_who_came_who_decided_and_what_leaked_is_told(made):
    duty = figures(made)["duty"]
    assert duty["hostile"] == HOSTILE == len(duty["targets"])
    assert duty["stopped"] + duty["leaked"] + duty["neither"] == HOSTILE
    assert duty["stopped"] >= 3
    order = ("came", "plotted", "tracked", "proposed", "ordered", "fired", "stopped")
    for one in duty["targets"]:
        times = [one[name] for name in order if one[name] is not None]
        assert times == sorted(times), one
        assert one["seen_by"]
    assert sum(one["shots"] for one in duty["targets"]) == duty["shots"]
    assert duty["shots"] == sum(sum(arm.values()) for arm in duty["shots_by_unit"].values())
    assert {"duty.png", "report.html"} <= {path.name for path in made.iterdir()}


def test_nobody_civil_is_proposed_or_ordered_against(made):
    civil = figures(made)["duty"]["civil"]
    for kind in ("civil", "all_but_hostile"):
        assert civil[kind]["flew"] == 2
        assert civil[kind]["proposed"] == civil[kind]["ordered"] == civil[kind]["fired_at"] == 0
    assert 0.0 <= civil["nearest"]["hostile"] < 0.5


def test_every_order_has_its_agreement_or_was_given_alone_by_doctrine(made):
    entries = read_log(made / "log.jsonl")
    told = {
        (entry.facts["nation"], entry.facts["number"]): entry
        for entry in entries
        if "nation" in entry.facts and "number" in entry.facts and "time_s" in entry.facts
    }
    orders = [entry for entry in entries if entry.kind == "order"]
    assert orders
    for entry in orders:
        proposal = told[tuple(entry.facts["proposal"])]
        assert proposal.facts["evidence"]
        if entry.facts.get("answer"):
            answer = told[tuple(entry.facts["answer"])]
            assert answer.facts["concurs"] and answer.facts["nation"] != entry.facts["nation"]
        else:
            assert entry.facts["silent_s"] >= 6.0
            assert proposal.facts["owner"] == entry.facts["nation"]


def test_what_was_stopped_is_seen_no_more(made, built):
    duty = figures(made)["duty"]
    plots = times_and_names(made / "plots.parquet")
    flown = {}
    for time_s, name in zip(*times_and_names(made / "truth.parquet"), strict=True):
        flown.setdefault(name, []).append(time_s)
    for one in duty["targets"]:
        if one["stopped"] is not None:
            assert max(flown[one["name"]]) < built.begin_s + one["stopped"]
            mine = [t for t, name in zip(*plots, strict=True) if name == one["name"]]
            assert max(mine) < built.begin_s + one["stopped"]


def times_and_names(path):
    table = pq.read_table(path, columns=["time_s", "truth_id"])
    return table["time_s"].to_pylist(), table["truth_id"].to_pylist()


def test_a_log_replays_to_the_same_end(made, capsys):
    assert main(["replay", str(made), "--verify", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    duty = figures(made)["duty"]
    assert told["differences"] == []
    assert told["shots"] == duty["shots"]
    assert len(told["stopped"]) == duty["stopped"] + duty["stopped_late"]
    assert told["orders"] == duty["orders"]
    assert main(["replay", str(made)]) == 0
    story = capsys.readouterr().out
    assert "the same end, to the bit" in story and "proposal: target" in story


def test_an_altered_entry_is_found_and_named(made, tmp_path, capsys):
    lines = (made / "log.jsonl").read_text(encoding="utf-8").splitlines()
    at = next(k for k, line in enumerate(lines) if '"state":"fired"' in line)
    lines[at] = lines[at].replace('"state":"fired"', '"state":"missed"')
    (tmp_path / "log.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["replay", str(tmp_path), "--verify"]) == 2
    assert f"line {at + 1}" in capsys.readouterr().err


def test_a_log_sealed_anew_with_another_outcome_does_not_follow(made, tmp_path, capsys):
    entries, seal, changed = read_log(made / "log.jsonl"), "0" * 32, -1
    forged = []
    for entry in entries:
        facts = dict(entry.facts)
        if changed < 0 and facts.get("state") == "stopped" and entry.kind == "unit":
            facts["state"], changed = "missed", entry.number
        new = sealed(msgspec.structs.replace(entry, facts=facts, seal=""), seal)
        seal = new.seal
        forged.append(new)
    write_log(forged, tmp_path / "log.jsonl")
    assert main(["replay", str(tmp_path), "--verify"]) == 1
    assert f"entry {changed}" in capsys.readouterr().err


def test_replay_refuses_what_is_no_run(tmp_path, capsys):
    assert main(["replay", str(tmp_path)]) == 2
    assert "no log.jsonl" in capsys.readouterr().err


def test_the_same_seed_gives_the_same_log_with_any_number_of_workers(made, tmp_path):
    assert main(["run", str(SKY), "--out", str(tmp_path / "b"), "--workers", "2", "--quiet"]) == 0
    one, other = (
        hashlib.sha256((folder / "log.jsonl").read_bytes()).hexdigest()
        for folder in (made, tmp_path / "b")
    )
    assert one == other
    assert figures(made) == figures(tmp_path / "b")


def test_each_alone_on_the_same_plots_shoots_more_for_less(built, tmp_path):
    folder = RunFolder(tmp_path / "arm")
    folder.begin(built)
    joint = simulate(built, folder, RunSettings())
    alone = network_outcome(Arm("alone", "ideal").of(built), folder.windows, RunSettings())
    assert joint.duty is not None and alone.duty is not None
    assert {step.nation for step in alone.duty.story if step.kind == "order"} <= {"west", "east"}
    assert not any(step.kind == "agreed" for step in alone.duty.story)
    assert np.isfinite(joint.duty.stop_s).sum() >= np.isfinite(alone.duty.stop_s).sum()


# ---- its parts -----------------------------------------------------------------------------------


def test_the_shortest_way_is_that_of_the_least_delay(built):
    link = built.links[0]

    def way(name, one, other, delay_s):
        return dataclasses.replace(link, name=name, ends=(one, other), delay_s=delay_s)

    links = [way("a", 0, 1, 0.5), way("b", 0, 2, 0.1), way("c", 2, 1, 0.1), way("d", 3, 4, 0.0)]
    assert [one.name for one in shortest(links, 0, 1)] == ["b", "c"]
    assert shortest(links, 0, 4) == []


def test_a_line_is_late_and_cut_as_its_links_are(built):
    line = Line(built, (0, 1), 1)
    arrives_s = [line.send(0, 100, built.begin_s + k) for k in range(200)]
    there = [a - built.begin_s - k for k, a in enumerate(arrives_s) if a is not None]
    assert min(there) >= 0.1
    assert 180 <= len(there) < 200
    assert line.send(0, 100, built.begin_s + 280.0) is None  # the outage
    none = Line(dataclasses.replace(built, links=[]), (0, 1), 1)
    assert none.send(0, 100, built.begin_s) is None


def test_a_track_means_the_vehicle_that_is_there(built):
    matching = Matching(built)
    now_s = built.begin_s + 100.0
    latitude, longitude, height_m = geodesy.ecef_to_geodetic(matching.at(now_s))
    there = np.flatnonzero(np.isfinite(latitude))
    tracks = Tracks.make(
        len(there) + 1,
        track_number=np.arange(len(there) + 1),
        latitude_rad=np.append(latitude[there] + 2e-5, 0.9),
        longitude_rad=np.append(longitude[there], 0.3),
        height_m=np.append(height_m[there], 100.0),
        covariance=np.tile(np.diag([1e4] * 6), (len(there) + 1, 1, 1)),
    )
    vehicle, off_m = matching.behind(tracks, now_s)
    assert vehicle.tolist() == [*there.tolist(), NOTHING]
    assert off_m[0] == pytest.approx(2e-5 * 6.37e6, rel=0.01)
    later = Matching(built)
    later.stop_s[there[0]] = now_s
    assert there[0] not in later.behind(tracks, now_s)[0].tolist()


def test_who_flies_by_instruments_has_a_plan_and_nobody_hostile(built):
    plans = plans_of(built, "west", True)
    assert len(plans) == 1
    (plan,) = plans
    airliner = built.surroundings.vehicles.name.tolist().index("airliner")
    assert plan.mode_s == built.surroundings.vehicles.mode_s[airliner]
    assert plans_of(built, "west", True) == plans


def test_leaks_are_those_that_come_into_a_protected_zone(built):
    never = np.full(len(built.surroundings.vehicles), np.inf)
    found = leaks(built, areas_of(built), never, built.end_s)
    assert len(found) == 3  # the others would come after the end
    assert {one.zone for one in found} == {"west-town", "east-town"}
    early = never.copy()
    early[found[0].vehicle] = found[0].time_s - 5.0
    assert len(leaks(built, areas_of(built), early, built.end_s)) == 2


def test_plots_of_what_was_stopped_are_taken_out(built, tmp_path):
    seen = see(built, built.begin_s, built.begin_s + 60.0, map)
    stop_s = np.full(len(built.surroundings.vehicles), np.inf)
    nobody = np.full(len(built.sensors), -1)
    assert without(seen, stop_s, nobody, []) is seen
    whose = int(seen.vehicle[seen.vehicle >= 0][0])
    stop_s[whose] = built.begin_s + 20.0
    left = without(seen, stop_s, nobody, [])
    assert (left.plots.time_s[left.vehicle == whose] < stop_s[whose]).all()
    gone = (seen.vehicle == whose) & (seen.plots.time_s >= stop_s[whose])
    assert len(left.plots) == len(seen.plots) - gone.sum() < len(seen.plots)
    assert len(together([left]).plots) == len(left.plots)


def test_what_people_report_reaches_the_other_nation_after_the_link(built):
    duty, now_s = duty_of(built), built.begin_s + 10.0
    told = Reports.make(1, sensor=[0], time_s=[now_s])
    duty._pass_on(0, told, now_s)
    assert len(duty._said(0, now_s)) == 1
    assert duty._said(1, now_s) is None
    assert duty._said(1, now_s + 2.0).time_s.tolist() == [now_s]
    assert duty._said(1, now_s + 4.0) is None
    cut_s = built.links[0].outages_s[0][0] + 10.0
    duty._pass_on(0, told, cut_s)
    assert len(duty._said(0, cut_s)) == 1
    assert duty._said(1, cut_s + 100.0) is None
    apart = msgspec.structs.replace(built.duty, is_joint=False)
    alone = duty_of(dataclasses.replace(built, duty=apart))
    alone._pass_on(0, told, now_s)
    assert len(alone._said(0, now_s)) == 1
    assert alone._said(1, now_s + 2.0) is None


def test_the_report_says_it_in_words(made):
    text = re.sub(r"<[^>]+>", " ", (made / "report.html").read_text(encoding="utf-8"))
    assert "Who came, who decided, what leaked" in text
    assert "hostile came (deciding together)" in text
    assert "replayed" not in text
    assert replayed(read_log(made / "log.jsonl"), "log").differences == ()

"""Sites that share over simulated links: one picture, agreement after an outage, nothing lost."""

import dataclasses
import json
import multiprocessing

import numpy as np
import pytest

from jointsky.records.tracks import Tracks
from jointsky.sim import outputs, windows
from jointsky.sim.arms import Arm, arm_figures, arms, run_arm
from jointsky.sim.compare import compare
from jointsky.sim.folder import RunFolder
from jointsky.sim.judging import judge, slowest_scan_s
from jointsky.sim.network import SimulatedNetwork
from jointsky.sim.network_figures import network_figures
from jointsky.sim.run import RunSettings, received, simulate
from jointsky.tracking.settings import TrackerSettings
from sim import made_sky

SETTINGS = RunSettings()


@pytest.fixture(autouse=True, scope="module")
def _made_sensors():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "observe", made_sky.see_all)
        yield


def run(built, folder, settings=SETTINGS):
    """Simulate into a folder, whose windows stay there."""
    kept = RunFolder(folder)
    kept.begin(built)
    return simulate(built, kept, settings), kept


@pytest.fixture(scope="module")
def cut(tmp_path_factory, _made_sensors):
    """Return the outcome of three sites whose last link fails for 25 s, and its folder."""
    return run(made_sky.joined(), tmp_path_factory.mktemp("cut") / "sky")


def test_a_site_shows_what_only_others_can_see(cut):
    judged = judge(cut[0])
    far = 2
    assert judged.views[far].mean() < 0.3 * judged.joint_views[far].mean()
    assert judged.scores[far].siap["completeness"] > 0.8  # alone for a sixth of the time
    alone = judge(dataclasses.replace(cut[0], built=dataclasses.replace(cut[0].built, links=[])))
    assert np.array_equal(alone.joint_views[far], alone.views[far])


def test_pictures_agree_again_within_two_scans_after_an_outage(cut):
    (outage,) = judge(cut[0]).outages
    assert (outage.begin_s, outage.end_s, outage.links) == (*made_sky.CUT_S, ("outer",))
    assert outage.healing.before > 0.8 and outage.healing.lowest < 0.4
    assert slowest_scan_s(cut[0].built) == made_sky.TURN_S
    assert outage.healing.agreed_after_s <= 2.0 * made_sky.TURN_S
    (told,) = network_figures(judge(cut[0]))["outages"]
    assert told["agreed_after_s"] == outage.healing.agreed_after_s
    assert told["two_scans_s"] == 2.0 * made_sky.TURN_S


def test_nothing_that_a_site_told_is_lost_to_the_others(cut):
    outcome, _ = cut
    assert outcome.lacks == []
    assert sum(told.lost for told in outcome.traffic) > 0
    assert sum(told.cut for told in outcome.traffic) > 0
    kinds = [(entry.kind, entry.facts.get("link")) for entry in outcome.entries]
    assert ("link-cut", "outer") in kinds and ("link-mended", "outer") in kinds


def test_what_never_comes_over_is_told_as_lacking(tmp_path):
    silent = ((made_sky.BEGIN_S, made_sky.BEGIN_S + 60.0),)
    outcome, _ = run(made_sky.joined(duration_s=60.0, outages_s=silent), tmp_path / "sky")
    assert {(lack.site, lack.origin) for lack in outcome.lacks} >= {("far", "north")}
    told = [entry for entry in outcome.entries if entry.kind == "messages-lacking"]
    assert len(told) == len(outcome.lacks)


def test_pictures_are_kept_as_they_were_shown(cut):
    """What came over after the outage changes no picture from before."""
    outcome, folder = cut
    network = SimulatedNetwork(outcome.built, TrackerSettings())
    until_s = made_sky.CUT_S[1] + 5.0
    for now, end_s in received(outcome.built, folder.windows, 5, map):
        if end_s <= until_s + 1e-9:
            network.advance(now, end_s)
    for site, left in network.left().items():
        early = left.shown.tracks()
        later = outcome.tracks[site].rows(outcome.tracks[site].time_s <= until_s)
        assert len(early) == len(later) > 0
        for name in ("track_number", "time_s", "latitude_rad", "covariance"):
            assert np.array_equal(getattr(early, name), getattr(later, name))


def test_neither_processes_nor_their_turns_change_anything(cut):
    outcome, folder = cut
    kept = []
    with SimulatedNetwork(outcome.built, TrackerSettings(), crews=2) as network:
        for now, end_s in received(outcome.built, folder.windows, 5, map):
            kept += network.advance(now, end_s)
        left, traffic = network.left(), network.traffic
    assert traffic == outcome.traffic
    logged = [(entry.time_s, entry.site, entry.facts) for entry in outcome.entries]
    assert all((now_s, site, dict(log.facts)) in logged for now_s, site, log in kept)
    for site, tracks in outcome.tracks.items():
        again = left[site].shown.tracks()
        for name in Tracks.schema():
            assert getattr(tracks, name).tobytes() == getattr(again, name).tobytes()


def test_a_fault_in_another_process_is_raised_here(cut):
    with SimulatedNetwork(cut[0].built, TrackerSettings(), crews=2) as network:
        crew = network._crews[0]
        crew.ask(made_sky.BEGIN_S, [(99, made_sky.BEGIN_S, None)], False)
        with pytest.raises(KeyError, match="99"):
            crew.answer()
    assert multiprocessing.active_children() == []


def test_a_run_with_links_leaves_their_picture(tmp_path):
    outcome, folder = run(made_sky.joined(count=6, duration_s=40.0), tmp_path / "sky")
    found = outputs.write(outcome, folder.work, lambda what, share: None)
    assert (folder.work / "network.png").stat().st_size > 10_000
    report = (folder.work / "report.html").read_text(encoding="utf-8")
    assert "The network" in report and "joint view" in report
    assert found["network"]["octets_hz"] > 0.0


def test_lines_of_the_log_are_in_order_of_time(cut):
    times = [entry.time_s for entry in cut[0].entries]
    assert times == sorted(times)


def test_links_carry_what_sites_say_and_no_more_than_they_may(cut):
    told = network_figures(judge(cut[0]))
    assert {(link["from"], link["to"]) for link in told["links"]} == {
        ("north", "south"),
        ("south", "north"),
        ("south", "far"),
        ("far", "south"),
    }
    assert all(0.0 < link["peak_kbps"] <= 500.0 * 1.001 for link in told["links"])
    assert told["late"]["all"]["p50_s"] < 2.0
    assert json.dumps(told, allow_nan=False)


def test_arms_take_the_same_plots_and_differ_in_the_network_alone(cut):
    built = cut[0].built
    assert [arm.name for arm in arms()] == [
        "alone",
        "plots-ideal",
        "plots-degraded",
        "fused-ideal",
        "fused-degraded",
        "responsible-ideal",
        "responsible-degraded",
    ]
    assert Arm("alone", "ideal").of(built).links == []
    (inner, outer) = Arm("fused", "ideal").of(built).links
    assert (inner.share, outer.outages_s, outer.delay_s, outer.loss) == ("fused", (), 0.0, 0.0)
    assert outer.bandwidth_kbps is None
    kept = Arm("responsible", "degraded").of(built).links[1]
    assert kept == dataclasses.replace(built.links[1], share="responsible")


def test_ways_to_share_are_compared_in_processes_as_in_one(tmp_path):
    silent = ((made_sky.BEGIN_S + 20.0, made_sky.BEGIN_S + 32.0),)
    built = made_sky.joined(count=10, duration_s=45.0, outages_s=silent)
    outcome, folder = run(built, tmp_path / "sky")
    steps = []
    found = compare(
        outcome,
        folder,
        RunSettings(workers=2),
        lambda what, share: steps.append(share),
        lambda: False,
    )
    by_name = {way["name"]: way for way in found}
    assert list(by_name) == [arm.name for arm in arms()]
    assert steps[-1] == 1.0
    alone, shared = by_name["alone"]["figures"], by_name["plots-ideal"]["figures"]
    assert alone["completeness"] < 0.75
    assert shared["completeness"] > 0.9
    assert alone["octets_hz"] == 0.0 < shared["octets_hz"]
    assert alone["common"] < 0.5
    assert shared["common"] > 0.8
    assert by_name["plots-degraded"]["figures"]["common"] < shared["common"]
    same = arm_figures(Arm("plots", "degraded"), outcome)
    assert by_name["plots-degraded"] == json.loads(json.dumps(same))
    here = run_arm(outcome.built, Arm("fused", "degraded"), folder.windows, SETTINGS)
    assert by_name["fused-degraded"] == json.loads(json.dumps(here))


def test_a_comparison_that_is_stopped_keeps_what_is_done(cut, tmp_path):
    outcome, folder = cut
    other = RunFolder(tmp_path / "sky")
    other.begin(outcome.built)
    assert compare(outcome, other, SETTINGS, lambda *told: None, lambda: True) is None
    assert [path.name for path in other.arms.iterdir()] == ["plots-degraded.json"]
    assert multiprocessing.active_children() == []
    del folder

"""Brief runs: real plots, the real tracker and real command posts, without nodes between them."""

import dataclasses
import itertools
import pathlib

import msgspec
import numpy as np
import pytest

from assess.alert_tracks import tracks
from jointsky.decide.declared import Crew
from jointsky.scenario.build import build
from jointsky.scenario.built import BuiltLink
from jointsky.scenario.load import load
from jointsky.sim.brief import HEALS_S, lag_s, same, spans
from jointsky.sim.brief_course import brief_course
from jointsky.sim.common import Common
from jointsky.sim.duty_figures import duty_figures, leaked_of
from jointsky.sim.duty_setup import areas_of
from jointsky.sim.run import RunSettings, outcome_of
from jointsky.sim.shelf import Shelf
from jointsky.sim.weighed import Tree
from jointsky.sim.windows import parted, see, together
from jointsky.tracking.settings import TrackerSettings

TOWNS = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
CREW = Crew(seats=1, identify_s=40.0, propose_s=30.0, answer_s=30.0)


@pytest.fixture(scope="module")
def built():
    return build(load(TOWNS, 4), 4)


def received(built, every_s):
    """Return what is received, cut into windows of so many seconds."""
    waiting, made = together([]), []
    edges = [*np.arange(built.begin_s, built.end_s, every_s).tolist(), built.end_s]
    for begin_s, end_s in itertools.pairwise(edges):
        now, waiting = parted(together([waiting, see(built, begin_s, end_s, map)]), end_s)
        made.append((now, end_s))
    return made


@pytest.fixture(scope="module")
def brief(built):
    return brief_course(built, received(built, 30.0), TrackerSettings())


def test_how_the_plots_are_cut_into_windows_changes_nothing(built, brief):
    assert np.isfinite(brief.duty.stop_s).sum() >= 3  # what is stopped is gone from later pictures
    other = brief_course(built, received(built, 13.0), TrackerSettings())
    assert other.duty.story == brief.duty.story
    np.testing.assert_array_equal(other.duty.most_hostile, brief.duty.most_hostile)


class Counted(Shelf):
    """A shelf that counts what it was asked for and had."""

    asked = found = 0

    def get(self, key):
        thing = super().get(key)
        self.asked, self.found = self.asked + 1, self.found + (thing is not None)
        return thing


def slower(built):
    """Return the same with crews that take their time."""
    slow = [msgspec.structs.replace(one, crew=CREW) for one in built.duty.posts]
    return dataclasses.replace(built, duty=msgspec.structs.replace(built.duty, posts=tuple(slow)))


def assert_same_duty(a, b):
    assert a.duty.story == b.duty.story
    np.testing.assert_array_equal(a.duty.stop_s, b.duty.stop_s)
    np.testing.assert_array_equal(a.duty.most_hostile, b.duty.most_hostile)


@pytest.mark.parametrize("is_watched", [True, False])
def test_what_runs_have_in_common_changes_nothing_of_them(built, is_watched):
    """Crews of other speed see the same until something is stopped at another moment."""
    sky, shelf = received(built, 30.0), Counted(150)
    common, settings = Common(windows=shelf), TrackerSettings()
    first = brief_course(built, sky, settings, is_watched, common)
    shelf.asked = shelf.found = 0
    made = brief_course(slower(built), sky, settings, is_watched, common)
    assert_same_duty(made, brief_course(slower(built), sky, settings, is_watched))
    assert made.duty.story != first.duty.story
    assert 0 < shelf.found < shelf.asked
    shelf.asked = shelf.found = 0
    looks = common.weighed.room
    again = brief_course(built, sky, settings, is_watched, common)
    assert_same_duty(again, first)
    assert shelf.found == shelf.asked and common.weighed.room == looks  # nothing was made anew


def test_without_room_for_more_looks_runs_come_to_the_same(built):
    sky, settings = received(built, 30.0), TrackerSettings()
    alone = [brief_course(one, sky, settings, False) for one in (built, slower(built))]
    for room in (0, 1, 37):
        common = Common(weighed=Tree(room))
        for one, wanted in zip((built, slower(built)), alone, strict=True):
            assert_same_duty(brief_course(one, sky, settings, False, common), wanted)
        assert common.weighed.room == 0


def test_a_shelf_keeps_what_was_asked_for_last():
    shelf = Shelf(2)
    for key in "abc":
        shelf.put(key, key)
        shelf.get("a")
    assert shelf.get("a") and shelf.get("c") and not shelf.get("b")


def test_a_brief_run_comes_to_about_what_a_whole_one_comes_to(built, brief):
    whole = outcome_of(built, received(built, 30.0), RunSettings())
    ours, theirs = (duty_figures(one, leaked_of(one, areas_of(built))) for one in (brief, whole))
    assert ours["hostile"] == theirs["hostile"] and ours["leaked"] == theirs["leaked"]
    tracked = [
        (a["tracked"], b["tracked"])
        for a, b in zip(ours["targets"], theirs["targets"], strict=True)
    ]
    assert all(a is not None and b is not None for a, b in tracked)
    assert max(abs(a - b) for a, b in tracked) <= 6.0  # a turn of a radar, a step or two
    for name in ("proposals", "shots"):
        assert abs(ours[name] - theirs[name]) <= 4


def link(ends, share="plots", outages_s=(), delay_s=0.1):
    return BuiltLink(
        name="".join(map(str, ends)),
        ends=ends,
        share=share,
        delay_s=delay_s,
        jitter_s=0.0,
        loss=0.0,
        bandwidth_kbps=None,
        queue_s=2.0,
        outages_s=outages_s,
    )


def test_sites_hear_each_other_but_for_the_time_of_a_cut_and_a_while_after(built):
    begin_s = built.begin_s
    (one, other) = (frozenset({0}), frozenset({1}))
    found = spans(built, [0, 1])
    assert [span.groups for span in found] == [(one | other,) * 2, (one, other), (one | other,) * 2]
    assert [span.begin_s - begin_s for span in found] == [0.0, 260.0, 320.0 + HEALS_S]


def test_only_links_of_plots_make_sites_hear_each_other(built):
    apart = dataclasses.replace(built, links=[link((0, 1), share="fused")])
    assert spans(apart, [0, 1])[0].groups == (frozenset({0}), frozenset({1}))
    assert lag_s(apart, [0, 1]) == 0.0


def test_plots_are_as_old_as_gathering_the_way_and_waiting_make_them(built):
    near, far = (
        dataclasses.replace(built, links=[link((0, 1), delay_s=delay_s)]) for delay_s in (0.1, 60.0)
    )
    settings = built.exchange
    assert lag_s(far, [0, 1]) == settings.hold_s + 0.2 * settings.share_interval_s
    assert settings.share_interval_s < lag_s(near, [0, 1]) < lag_s(far, [0, 1])


def at(*rows, ve_mps=60.0):
    return tracks(*((number, east_m, north_m, ve_mps, 0.0) for number, east_m, north_m in rows))


def test_a_track_that_has_another_number_after_a_cut_is_the_one_at_its_place():
    before = at((1, 0.0, 0.0), (2, 5_000.0, 0.0), (3, 9_000.0, 0.0))
    after = at((1, 0.0, 0.0), (12, 5_100.0, 50.0), (14, 50_000.0, 0.0))
    assert same(before, after) == [(2, 12)]
    assert same(before, before) == [] and same(before, after.rows([])) == []


def test_two_tracks_are_not_one_because_they_are_near_but_fly_apart():
    before = at((2, 0.0, 0.0))
    assert same(before, at((5, 100.0, 0.0), ve_mps=-60.0)) == []
    assert same(before, at((5, 100.0, 0.0), ve_mps=55.0)) == [(2, 5)]

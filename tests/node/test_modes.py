"""Sites that share tracks, or plots within a nation and tracks between them: one set of numbers."""

import numpy as np
import pytest

from jointsky.exchange.declared import Release
from jointsky.exchange.wire import unpack_plots, unpack_reports
from jointsky.records.plots import PlotFlag
from node.loop import Loop
from node.made import EARTH, FLIGHTS, T0_S, a_network, a_sky
from tracking.skies import errors, owners

TWO = (2, [(0, 1)])
THREE = (3, [(0, 1), (1, 2)])
STARS = (5, [(0, 1, "plots"), (0, 2, "plots"), (3, 4, "plots"), (0, 3, "joint")])


def a_run(sites, links, share, end_s=50.0, cut=(0.0, 0.0)):
    links = [(a, b, share if kind == ["joint"] else "plots") for a, b, *kind in links if kind] or [
        (a, b, share) for a, b in links
    ]
    sensors, plots = a_sky(sites, end_s)
    loop = Loop(
        a_network(sensors, list(range(sites)), sites, links),
        delay_s=lambda link, k, now_s: None if cut[0] <= now_s - T0_S < cut[1] else 0.05,
    )
    loop.feed(plots)
    loop.run(T0_S + end_s - 0.5)
    return loop


@pytest.mark.parametrize("share", ["fused", "responsible"])
@pytest.mark.parametrize(("sites", "links"), [TWO, THREE, STARS], ids=["two", "three", "stars"])
def test_sites_that_share_tracks_show_the_same_targets_under_the_same_numbers(sites, links, share):
    loop = a_run(sites, links, share)
    first = loop.picture(0)
    flights = list(FLIGHTS)
    for site in range(sites):
        tracks = loop.picture(site)
        at = tracks.replace(time_s=tracks.time_s - T0_S)
        assert sorted(owners(EARTH, at, flights).tolist()) == list(range(len(FLIGHTS)))
        np.testing.assert_array_equal(tracks.track_number, first.track_number)
        for number, flight in zip(owners(EARTH, at, flights).tolist(), range(len(at)), strict=True):
            off = errors(EARTH, at.rows([flight]), flights[number])[0, :2]
            assert np.linalg.norm(off) < 400.0


@pytest.mark.parametrize("share", ["fused", "responsible"])
def test_after_an_outage_tracks_have_one_number_again(share):
    loop = a_run(2, [(0, 1)], share, 60.0, cut=(0.0, 40.0))
    first, second = loop.picture(0), loop.picture(1)
    np.testing.assert_array_equal(first.track_number, second.track_number)
    assert len(first) == len(FLIGHTS)


def test_only_those_with_a_link_for_tracks_report_them():
    loop = a_run(*STARS, "fused", 20.0)
    kinds = [{m.kind for m in kept if m.origin == f"site-{k}"} for k, kept in enumerate(loop.kept)]
    assert ["tracks" in kind for kind in kinds] == [True, False, False, True, False]
    others = {m.origin for m in loop.kept[4] if m.kind == "plots"}
    assert others == {"site-3", "site-4"}


def test_where_one_reports_exactly_one_goes_on_reporting_each_target():
    """A node knows its own reports again: they are of its life, not of a former one."""
    loop = a_run(2, [(0, 1)], "responsible", 60.0)
    told = {}
    for m in loop.kept[0]:
        if m.kind == "tracks" and m.time_s > T0_S + 45.0:
            rows = unpack_reports(m.body)
            rows = rows.rows(np.isfinite(rows.covariance[:, 0, 0]) & (rows.status != 3))
            for number in rows.system_number.tolist():
                told.setdefault(number, set()).add(m.origin)
    assert sorted(told) == sorted(loop.picture(0).track_number.tolist())
    assert all(len(sites) == 1 for sites in told.values())


@pytest.mark.parametrize("share", ["plots", "fused", "responsible"])
def test_what_a_nation_keeps_back_goes_over_no_kind_of_link(share):
    """The transponder of the first flight says to site 0 that it is military."""
    sensors, plots = a_sky(2, 50.0)
    is_military = (plots.sensor == 0) & (plots.mode_s == FLIGHTS[0].mode_s)
    plots = plots.replace(
        flags=np.where(is_military, PlotFlag.MODE_S | PlotFlag.MILITARY, plots.flags)
    )
    release = Release(withheld=("military",))
    loop = Loop(a_network(sensors, [0, 1], 2, [(0, 1, share)], releases={"a": release}))
    loop.feed(plots)
    loop.run(T0_S + 49.5)
    unpack = {"plots": unpack_plots, "tracks": unpack_reports, "names": unpack_reports}
    came = [m for m in loop.kept[1] if m.kind in unpack and m.origin == "site-0"]
    given = [unpack[m.kind](m.body) for m in came]
    own = loop.picture(0)
    military = own.mode_s == FLIGHTS[0].mode_s
    assert ((own.flags & PlotFlag.MILITARY) != 0).tolist() == military.tolist()
    assert military.sum() == 1 and sum(len(rows) for rows in given) > 5
    assert not any((rows.mode_s == FLIGHTS[0].mode_s).any() for rows in given)


@pytest.mark.parametrize("share", ["fused", "responsible"])
def test_what_one_site_hears_to_be_military_another_of_its_nation_keeps_back_too(share):
    """Site 0 hears the answers of the first flight, site 1 its echoes; site 2 is abroad."""
    sensors, plots = a_sky(3, 60.0)
    is_first = plots.mode_s == FLIGHTS[0].mode_s
    flags = np.where(is_first & (plots.sensor == 0), PlotFlag.MODE_S | PlotFlag.MILITARY, 0)
    mode_s = np.where(plots.sensor == 1, -1, plots.mode_s).astype(np.int32)
    links = [(0, 1, share), (1, 2, share)]
    release = Release(withheld=("military",))
    network = a_network(sensors, [0, 1, 2], 3, links, releases={"a": release})
    assert [site.nation for site in network.sites] == ["a", "a", "b"]
    loop = Loop(network)
    loop.feed(plots.replace(flags=flags.astype(np.uint32), mode_s=mode_s))
    loop.run(T0_S + 59.5)
    own = loop.picture(1)
    (number,) = own.track_number[own.mode_s == FLIGHTS[0].mode_s].tolist()
    given = [
        (m.time_s, unpack_reports(m.body))
        for m in loop.kept[2]
        if m.kind in ("tracks", "names") and m.origin != "site-2"
    ]
    late = [rows.system_number for at_s, rows in given if at_s > T0_S + 30.0]
    assert sum(map(len, late)) > 5
    assert not any((numbers == number).any() for numbers in late)

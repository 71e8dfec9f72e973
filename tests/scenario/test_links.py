"""Links: a nation stands for its sites, outages and partitions become spans of silence."""

import itertools

import numpy as np
import pytest

from jointsky.scenario.build import build
from jointsky.scenario.connecting import groups_of, merged
from jointsky.scenario.load import examine, load

HEAD = """\
name: joined
start_utc: 2026-05-01T10:00:00Z
duration_s: 600
nations:
  - {name: west, release: {least_sigma_m: 50, withheld: [military]}}
  - {name: east}
sites:
  - {name: hill, nation: west, latitude_deg: 54.0, longitude_deg: 27.0}
  - {name: fort, nation: west, latitude_deg: 54.2, longitude_deg: 26.5}
  - {name: lake, nation: east, latitude_deg: 54.5, longitude_deg: 29.0}
  - {name: mill, nation: east, latitude_deg: 54.8, longitude_deg: 29.5}
exchange: {share_interval_s: 1, hold_s: 2}
"""


def made(folder, text):
    path = folder / "joined.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return build(load(path))


def faults(folder, text):
    path = folder / "joined.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return [(error.path, error.found) for error in examine(path).errors]


def test_two_sites_are_one_link(tmp_path):
    built = made(tmp_path, "links: [{name: wire, ends: [lake, hill], share: fused}]\n")
    (link,) = built.links
    assert (link.name, link.ends, link.share) == ("wire", (2, 0), "fused")
    assert (link.delay_s, link.jitter_s, link.bandwidth_kbps) == (0.1, 0.02, None)
    assert built.exchange.share_interval_s == 1.0 and built.exchange.hold_s == 2.0
    assert built.releases["west"].least_sigma_m == 50.0
    assert built.releases["east"].withheld == ()


def test_a_nation_stands_for_each_of_its_sites(tmp_path):
    links = made(tmp_path, "links: [{name: air, ends: [hill, east], loss: 0.1}]\n").links
    assert [(link.name, link.ends) for link in links] == [
        ("air.hill.lake", (0, 2)),
        ("air.hill.mill", (0, 3)),
    ]
    links = made(tmp_path, "links: [{name: air, ends: [west, east]}]\n").links
    assert [link.ends for link in links] == [(0, 2), (0, 3), (1, 2), (1, 3)]
    links = made(tmp_path, "links: [{name: inner, ends: [west, hill]}]\n").links
    assert [link.ends for link in links] == [(1, 0)]


def test_a_partition_silences_the_links_between_its_groups_and_nothing_else(tmp_path):
    built = made(
        tmp_path,
        "links:\n"
        "  - {name: a, ends: [hill, fort]}\n"
        "  - {name: b, ends: [hill, lake], outages: [{begin: +1min, end: +3min}]}\n"
        "  - {name: c, ends: [lake, mill]}\n"
        "partitions:\n"
        "  - {groups: [[west]], begin: +2min, end: +4min}\n"
        "  - {groups: [[hill, lake], [fort]], begin: +8min}\n",
    )
    spans = {
        link.name: [(b - built.begin_s, e - built.begin_s) for b, e in link.outages_s]
        for link in built.links
    }
    assert spans == {
        "a": [(480.0, 600.0)],
        "b": [(60.0, 240.0)],
        "c": [(480.0, 600.0)],
    }


def test_spans_that_touch_become_one():
    assert merged([(5.0, 6.0), (1.0, 3.0), (2.0, 4.0), (4.0, 5.0), (8.0, 9.0)]) == (
        (1.0, 6.0),
        (8.0, 9.0),
    )
    assert merged([]) == ()


def test_what_links_connect_is_one_group():
    assert groups_of([(4, 3), (1, 2), (3, 1)], 6) == [0, 1, 1, 1, 1, 5]
    assert groups_of([], 3) == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        (
            "links: [{name: a, ends: [hill, lake]}, {name: b, ends: [west, east], share: fused}]\n",
            "links[1].share",
            "'fused' between 'hill' and 'lake'",
        ),
        (
            "links: [{name: a, ends: [west, hill]}, {name: a.fort.hill, ends: [lake, mill]}]\n",
            "links[1].name",
            "'a.fort.hill' is a link of links[0]",
        ),
        (
            "partitions: [{groups: [[west], [lake, hill]]}]\n",
            "partitions[0].groups[1][1]",
            "'hill' is in groups[0] too",
        ),
        (
            "partitions: [{groups: [[wset]]}]\n",
            "partitions[0].groups[0][0]",
            "'wset' is no site or nation",
        ),
        (
            "partitions: [{groups: [[west]], begin: +11min}]\n",
            "partitions[0].begin",
            "'+11min', 660 s after the start",
        ),
        ("picture_interval_s: 700\n", "picture_interval_s", "700 s"),
    ],
)
def test_what_cannot_be_meant_is_told(tmp_path, text, path, found):
    assert faults(tmp_path, text) == [(path, found)]


def test_an_end_without_a_site_and_an_area_upside_down_are_told(tmp_path):
    text = HEAD.replace("{name: east}", "{name: east}\n  - {name: empty}") + (
        "links: [{name: a, ends: [hill, empty]}]\n"
    )
    path = tmp_path / "sky.yaml"
    path.write_text(text, encoding="utf-8")
    (error,) = examine(path).errors
    assert error.path == "links[0].ends" and "no two sites" in error.found
    rim = "[[54, 27], [55, 27], [55, 28]]"
    area = f"{{rim_deg: {rim}, bottom_m: 500, top_m: 400}}"
    path.write_text(
        HEAD.replace("least_sigma_m: 50", f"withheld_areas: [{area}]"), encoding="utf-8"
    )
    (error,) = examine(path).errors
    assert error.path == "nations[0].release.withheld_areas[0].top_m"


RELAY = """\
links: [{name: air, ends: [hill, lake], relay: drone, relay_range_km: 100}]
vehicles:
  - name: drone
    type: recon-drone
    allegiance: friend
    start: 100
    flight:
      kind: route
      waypoints:
        - {latitude_deg: 54.25, longitude_deg: 28.0, height_m: 3000}
        - {latitude_deg: 54.25, longitude_deg: 28.2, height_m: 3000}
"""


def test_a_link_over_a_drone_works_while_both_ends_see_it(tmp_path):
    built = made(tmp_path, RELAY)
    (link,) = built.links
    (first, last) = link.outages_s
    flown = built.surroundings.pieces
    assert first[0] == built.begin_s and first[1] - built.begin_s == pytest.approx(100.0, abs=5.0)
    assert last[0] == pytest.approx(float(flown.end_s[-1]), abs=5.0) and last[1] == built.end_s


@pytest.mark.parametrize(
    ("old", "new"),
    [("relay_range_km: 100", "relay_range_km: 50"), ("height_m: 3000", "height_m: 100")],
    ids=["too far", "below the horizon"],
)
def test_a_relay_out_of_sight_carries_nothing(tmp_path, old, new):
    built = made(tmp_path, RELAY.replace(old, new))
    assert built.links[0].outages_s == ((built.begin_s, built.end_s),)


def test_a_link_of_words_carries_no_plots_and_no_tracks(tmp_path):
    phone = "{name: phone, ends: [hill, lake], share: words}"
    text = f"links: [{{name: wire, ends: [hill, lake]}}, {phone}]\n"
    built = made(tmp_path, text)
    assert [link.name for link in built.links] == ["wire"]
    assert [link.name for link in built.words] == ["phone"]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_a_link_that_fails_at_random_is_out_for_the_declared_share_of_time(tmp_path, share):
    text = f"links: [{{name: wire, ends: [hill, lake], fails: {{share: {share}, mean_s: 20}}}}]\n"
    path = tmp_path / "joined.yaml"
    path.write_text((HEAD + text).replace("duration_s: 600", "duration_s: 20000"), encoding="utf-8")
    loaded, out, lengths = load(path), [], []
    for seed in range(8):
        built = build(loaded, seed)
        spans = built.links[0].outages_s
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
        out.append(sum(end_s - begin_s for begin_s, end_s in spans) / 20_000.0)
        lengths += [end_s - begin_s for begin_s, end_s in spans]
    assert np.mean(out) == pytest.approx(share, abs=0.02)
    if 0.0 < share < 1.0:
        assert np.mean(lengths) == pytest.approx(20.0, rel=0.08)
    assert build(loaded, 3).links[0].outages_s == build(load(path), 3).links[0].outages_s


def test_outages_at_random_come_on_top_of_declared_ones(tmp_path):
    text = (
        "links: [{name: wire, ends: [hill, lake], fails: {share: 1}, "
        "outages: [{begin: 10, end: 20}]}]\n"
    )
    built = made(tmp_path, text)
    assert built.links[0].outages_s == ((built.begin_s, built.end_s),)

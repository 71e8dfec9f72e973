"""A node among others when things go wrong: outages, kills, garbage, duplicates, delays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.exchange.declared import NodeSettings
from node.loop import Loop
from node.made import EARTH, FLIGHTS, T0_S, a_network, a_sky
from tracking.skies import Flight, clutter, in_time, scans, straight

PAIR = [(0, 1)]
CHAIN = [(0, 1), (1, 2)]
RING = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]


def agree(loop, at_s, sites):
    """Assert that all sites show the same tracks under the same numbers at a time."""
    first = loop.picture(0, at_s)
    for site in range(1, sites):
        other = loop.picture(site, at_s)
        np.testing.assert_array_equal(other.track_number, first.track_number)
        np.testing.assert_array_equal(other.latitude_rad, first.latitude_rad)
        np.testing.assert_array_equal(other.longitude_rad, first.longitude_rad)
    return first


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("sites", "links"), [(2, PAIR), (3, CHAIN), (5, RING)])
def test_delays_duplicates_and_another_order_give_the_same_picture(sites, links, seed):
    rng = np.random.Generator(np.random.Philox(seed))
    sensors, plots = a_sky(sites, 20.0)
    often = NodeSettings(names_interval_s=4.0)
    network = a_network(sensors, list(range(sites)), sites, links, settings=often)
    calm = Loop(network)
    calm.feed(plots)
    calm.run(T0_S + 24.0)
    wild = Loop(
        network, delay_s=lambda link, k, now_s: rng.choice([0.01, 0.3, 2.0]), again=rng.random
    )
    wild.feed(plots)
    wild.run(T0_S + 40.0)
    expected, found = (agree(loop, T0_S + 20.0, sites) for loop in (calm, wild))
    assert len(expected) == len(FLIGHTS)
    np.testing.assert_array_equal(found.latitude_rad, expected.latitude_rad)
    np.testing.assert_array_equal(found.ve_mps, expected.ve_mps)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("share", ["fused", "responsible"])
@pytest.mark.parametrize(("sites", "links"), [(2, PAIR), (3, CHAIN), (5, RING)])
def test_reports_in_another_order_and_twice_give_the_same_targets_and_numbers(
    sites, links, share, seed
):
    rng = np.random.Generator(np.random.Philox(seed))
    sensors, plots = a_sky(sites, 50.0)
    network = a_network(sensors, list(range(sites)), sites, [(*pair, share) for pair in links])
    loop = Loop(
        network, delay_s=lambda link, k, now_s: rng.choice([0.01, 0.3, 2.0]), again=rng.random
    )
    loop.feed(plots)
    loop.run(T0_S + 49.5)
    pictures = [loop.picture(site) for site in range(sites)]
    for tracks in pictures:
        assert len(tracks) == len(FLIGHTS)
        np.testing.assert_array_equal(tracks.track_number, pictures[0].track_number)


def test_after_a_minute_without_link_under_load_nothing_is_lost_and_pictures_agree():
    """Six radars and 80 flights, some hundred plots in a second; the link carries 1 Mbit/s."""
    rng = np.random.Generator(np.random.Philox(5))
    cut, end_s = (T0_S + 40.0, T0_S + 100.0), 120.0
    sensors = [EARTH.radar(*rng.uniform(-50e3, 50e3, 2), name=f"radar-{k}") for k in range(6)]
    flights = [
        Flight(straight((*rng.uniform(-80e3, 80e3, 2), 3e3 + 100.0 * k), (*speed, 0.0)))
        for k, speed in enumerate(rng.uniform(-180.0, 180.0, (80, 2)))
    ]
    parts = [scans(rng, EARTH, sensor, row, flights, end_s) for row, sensor in enumerate(sensors)]
    plots = in_time(*parts, *(clutter(rng, s, row, 5.0, end_s) for row, s in enumerate(sensors)))
    network = a_network(sensors, [0, 0, 0, 1, 1, 1], 2, PAIR)
    loop = Loop(network, delay_s=lambda link, k, now_s: None if cut[0] <= now_s < cut[1] else 0.05)
    loop.feed(plots.replace(time_s=plots.time_s + T0_S))
    loop.run(cut[1])
    assert all("link-down" in loop.kinds(site) for site in (0, 1))
    loop.run(T0_S + 108.0)  # two scans after it
    shown = [loop.picture(site).track_number.tolist() for site in (0, 1)]
    assert shown[0] == shown[1] and len(shown[0]) == len(flights)
    loop.run(T0_S + end_s + 4.0)
    agree(loop, T0_S + end_s, 2)
    for site, node in enumerate(loop.nodes):
        status = node.status(loop.now_s)
        assert (status.too_late, status.refused) == (0, 0)
        own = {(m.life, m.number) for m in loop.kept[site] if m.origin == f"site-{site}"}
        there = {(m.life, m.number) for m in loop.kept[1 - site] if m.origin == f"site-{site}"}
        assert len(own) > 100 and len(own - there) <= 2  # but what is under way


def test_after_an_outage_the_pictures_agree_again_within_two_scans():
    cut = (T0_S + 30.0, T0_S + 60.0)
    sensors, plots = a_sky(2, 68.0)  # two scans after it
    loop = Loop(
        a_network(sensors, [0, 1], 2, PAIR),
        delay_s=lambda link, k, now_s: None if cut[0] <= now_s < cut[1] else 0.05,
    )
    loop.feed(plots)
    loop.run(cut[1] - 1.0)
    apart = [loop.picture(site) for site in (0, 1)]
    assert any(
        len(tracks) != len(FLIGHTS) or np.any(tracks.latitude_rad != apart[0].latitude_rad)
        for tracks in apart
    )
    loop.run(cut[1] + 10.0)
    assert len(agree(loop, cut[1] + 8.0, 2)) == len(FLIGHTS)
    assert "link-down" in loop.kinds(0)
    assert "link-up" in loop.kinds(1)


def test_a_node_that_was_killed_comes_back_with_its_numbers():
    sensors, plots = a_sky(1, 90.0)
    loop = Loop(a_network(sensors, [0]))
    loop.feed(plots)
    loop.run(T0_S + 60.0)
    before = loop.picture(0)
    loop.kill(0, T0_S + 60.1, 5.0)
    loop.run(T0_S + 80.0)
    after = loop.picture(0)
    assert len(before) == len(after) == len(FLIGHTS)
    np.testing.assert_array_equal(after.track_number, before.track_number)
    assert "node-restored" in loop.kinds(0)


def test_a_killed_node_gets_what_it_missed_from_the_others():
    sensors, plots = a_sky(2, 50.0)
    loop = Loop(a_network(sensors, [0, 1], 2, PAIR))
    loop.feed(plots)
    loop.kill(1, T0_S + 20.0, 20.0)
    loop.run(T0_S + 52.0)
    assert len(agree(loop, T0_S + 50.0, 2)) == len(FLIGHTS)


@settings(max_examples=30)
@given(st.binary(max_size=200), st.booleans())
def test_garbage_from_a_peer_is_refused_and_told(garbage, is_known_link):
    node = Loop(a_network(a_sky(2)[0], [0, 1], 2, PAIR)).nodes[0]
    link = "link-0-1" if is_known_link else "no-such-link"
    effects = node.on_record(link, garbage, T0_S + 1.0)
    again = node.on_record(link, garbage, T0_S + 1.5)
    told = [e for e in effects + again if getattr(e, "kind", "") == "link-fault-begins"]
    assert len(told) == 1
    assert told[0].facts["link"] == link


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_packets_cut_short_or_changed_are_refused(part):
    sensors, plots = a_sky(2, 5.0)
    loop = Loop(a_network(sensors, [0, 1], 2, PAIR))
    sent = []
    loop.watch = lambda site, effect: sent.append(effect.packet)
    loop.feed(plots)
    loop.run(T0_S + 6.0)
    node = Loop(loop.network).nodes[1]
    for packet in sent:
        cut = packet[: int(part * len(packet))]
        place = int(part * len(packet))
        changed = packet[:place] + bytes([packet[place] ^ 0xFF]) + packet[place + 1 :]
        for bad in (cut, changed):
            node.on_record("link-0-1", bad, T0_S + 6.0)
    assert node.status(T0_S + 6.0).plots == 0


def test_a_site_whose_clock_is_ahead_is_not_believed():
    sensors, plots = a_sky(2, 30.0)
    loop = Loop(a_network(sensors, [0, 1], 2, PAIR))
    ahead = plots.rows(plots.sensor == 1)
    loop.feed(plots.rows(plots.sensor == 0))
    loop.skew_s[1] = 3.0
    loop.feed(ahead)
    loop.run(T0_S + 30.0)
    assert "site-fault-begins" in loop.kinds(0)
    (peer,) = loop.nodes[0].status(loop.now_s).peers
    assert peer.faults == ("future",)
    assert peer.refused > 10

"""Exchanges over bad channels: all come to have the same set of messages, soon and cheaply."""

import dataclasses

import msgspec
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exchange.channel import LINES, Channel, Sky, network_of
from exchange.made import EPOCH_S, radar_plots, track_reports
from jointsky.exchange import packets, rules, wire
from jointsky.exchange.declared import NodeSettings
from jointsky.exchange.exchange import Exchange
from jointsky.records.exchange import Message

NATIONS = {"star of five": "aaaaa"}  # a foreign hub would not join sites of one nation
BODIES = [wire.pack_plots(radar_plots(50, seed), EPOCH_S + seed) for seed in range(4)]


def made(name, channel=None, **more):
    return Sky(network_of(LINES[name], NATIONS.get(name, "aabbb")), channel, **more)


def tell_all(sky, from_s, until_s, every_s=0.5):
    """Let each site tell 50 plots every half second, each at its own moment."""
    count = len(sky.nodes)
    for k in range(count):
        for at_s in np.arange(from_s + 0.07 * k, until_s, every_s):
            sky.at(float(at_s), sky.tell, k, "plots", BODIES[k % len(BODIES)])


def all_have_all(sky):
    names = {(m.origin, m.life, m.number) for m in sky.told}
    return all(heard == names for heard in sky.sets())


def overhead(sky):
    """Return octets on all links, for each octet of a body that had to cross one."""
    needed = sum(len(message.body) for message in sky.told) * (len(sky.nodes) - 1)
    return sum(sky.octets.values()) / needed


@pytest.mark.parametrize("name", LINES)
def test_without_loss_each_message_crosses_about_as_many_links_as_it_must(name):
    sky = made(name)
    tell_all(sky, 0.5, 20.0)
    sky.run(21.0)
    assert all_have_all(sky)
    assert overhead(sky) < 1.3
    assert all(status.duplicate <= 4 for node in sky.nodes for status in node.links(0.0))


@pytest.mark.parametrize("name", LINES)
def test_over_a_bad_channel_all_have_all_soon(name):
    channel = Channel(0.03, jitter_s=0.04, loss=0.1, copies=0.05, damage=0.02)
    sky = made(name, channel)
    tell_all(sky, 0.5, 10.0)
    sky.run(13.0)
    assert all_have_all(sky)
    assert overhead(sky) < 2.0
    assert any("check sum" in fault for faults in sky.faults for fault in faults)


@pytest.mark.parametrize(
    ("name", "cut_s"),
    [("two", 60.0), ("two", 120.0), ("mesh of five", 60.0), ("ring of five", 120.0)],
)
def test_what_an_outage_kept_back_is_caught_up_soon_after(name, cut_s):
    sky = made(name, Channel(cuts=((5.0, 5.0 + cut_s),)))
    tell_all(sky, 0.5, 10.0 + cut_s)
    sky.run(5.0 + cut_s)
    mine = [{name for name in heard if name[0] == f"s{k}"} for k, heard in enumerate(sky.heard)]
    sky.run(5.0 + cut_s + 4.0)
    late = {(m.origin, m.life, m.number) for m in sky.told if m.time_s > sky.now_s - 1.0}
    for k, heard in enumerate(sky.sets()):
        assert all(own <= heard | late for own in mine), f"site {k} lacks what was told meanwhile"
    sky.run(12.0 + cut_s)
    assert all_have_all(sky)
    assert overhead(sky) < 1.3
    for events in sky.events:
        kinds = [event.kind for event in events]
        assert kinds.count("link-down") == kinds.count("link-up") / 2
        assert "messages-missed" not in kinds


@pytest.mark.parametrize("cut_s", [250.0, 300.0, 2_000.0, 20_000.0])
def test_after_an_outage_of_any_length_the_link_is_up_again_and_news_passes(cut_s):
    sky = made("two", Channel(cuts=((5.0, 5.0 + cut_s),)))
    tell_all(sky, 0.5, 7.0)
    tell_all(sky, 6.0 + cut_s, 8.0 + cut_s)
    sky.run(10.0 + cut_s)
    assert sky.faults == [[], []]
    newest = {(m.origin, m.life, m.number) for m in sky.told if m.time_s > sky.now_s - 5.0}
    assert newest and all(newest <= heard for heard in sky.sets())
    for events in sky.events:
        assert [event.kind for event in events if event.kind in {"link-up", "link-down"}] == [
            *("link-up", "link-down", "link-up"),
        ]


def test_two_halves_that_were_apart_become_one():
    cut = Channel(cuts=((5.0, 35.0),))
    sky = made("line of five", channels={"l12": cut})
    tell_all(sky, 0.5, 40.0)
    sky.run(38.0)
    before = [m for m in sky.told if m.time_s < sky.now_s - 2.0]
    for heard in sky.sets():
        assert {(m.origin, m.life, m.number) for m in before} <= heard
    sky.run(41.0)
    assert all_have_all(sky)


def test_when_a_link_of_a_mesh_goes_down_another_steps_in_at_once():
    net = network_of(LINES["ring of three"], "abc")
    sky = Sky(net, channels={"l01": Channel(cuts=((10.0, 1e9),))})
    tell_all(sky, 0.5, 20.0)
    waits = []
    for at_s in np.arange(11.0, 20.0, 0.1):
        sky.at(float(at_s), lambda: waits.append(behind(sky, 0, "s1")))
    sky.run(21.0)
    assert all_have_all(sky)
    assert max(waits) <= 4  # at two a second: two seconds, well before the link is known as down
    assert waits[-1] <= 1


def test_reports_that_newer_ones_make_stale_let_these_pass_and_come_later():
    net = network_of(LINES["two"], "ab", share="fused", kbps=32.0)
    sky = Sky(net, Channel(rate_bps=32e3))
    for k in range(40):  # 3.4 kB a second and once more: twice what the link carries
        reports = track_reports(40, seed=1, begun_s=EPOCH_S + k / 2.0)
        sky.at(1.0 + k / 2.0, sky.tell, 0, "tracks", wire.pack_reports(reports))
    ages = []

    def look():
        newest = max(message.time_s for message in sky.heard[1].values())
        ages.append(sky.now_s - newest)

    for at_s in np.arange(5.0, 21.0, 0.5):
        sky.at(float(at_s), look)
    sky.run(21.0)
    assert max(ages) < 3.2  # two under way for 0.9 s each, one that waits, half a second
    assert len(sky.heard[1]) < 30
    sky.run(60.0)
    assert all_have_all(sky)


def behind(sky, k, origin):
    """Return how many of an origin's messages a site lacks now."""
    told = sum(message.origin == origin for message in sky.told)
    return told - sum(name[0] == origin for name in sky.heard[k])


@pytest.mark.parametrize("declared_kbps", [None, 64.0])
def test_a_slow_link_is_not_flooded_and_live_data_pass_what_is_old(declared_kbps):
    net = network_of(LINES["two"], kbps=declared_kbps)
    sky = Sky(net, Channel(rate_bps=64e3, cuts=((5.0, 65.0),)))
    tell_all(sky, 0.5, 90.0, every_s=1.0)  # 1.5 kB a second each way of 8
    ages = []

    def look():
        newest = max(m.time_s for m in sky.heard[1].values() if m.origin == "s0")
        ages.append(sky.now_s - newest)

    for at_s in np.arange(68.0, 90.0, 0.25):
        sky.at(float(at_s), look)
    sky.run(92.0)
    assert all_have_all(sky)
    assert max(ages) < 2.5  # told once a second: the queue on the link is below a second and a half
    assert all(
        e.kind != "link-down" for events in sky.events for e in events if e.time_s > EPOCH_S + 66
    )


def test_what_a_link_cannot_carry_waits_and_the_newest_comes_first():
    sky = made("two", Channel(rate_bps=12e3))  # half of what is told
    tell_all(sky, 0.5, 40.0)
    sky.run(40.0)
    status = sky.status(0, "l01")
    assert status.is_up and status.waiting > 20
    newest = max(m.number for m in sky.heard[1].values() if m.origin == "s0")
    assert newest >= max(m.number for m in sky.told if m.origin == "s0") - 14  # seven seconds
    sky.run(120.0)
    assert all_have_all(sky)


@pytest.mark.parametrize("restores", [True, False])
def test_a_site_that_begins_again_gets_back_what_it_had_told_and_heard(restores):
    sky = Sky(network_of(LINES["line of three"], "aab"))
    tell_all(sky, 0.5, 30.0)
    sky.at(10.0, sky.kill, 0)
    sky.at(15.0, sky.begin, 0, restores)
    sky.run(31.0)
    assert all_have_all(sky)
    assert len({m.life for m in sky.told if m.origin == "s0"}) == 2
    kinds = [event.kind for event in sky.events[1]]
    assert kinds.count("neighbour-restarted") == 1


def test_a_site_of_another_nation_never_gives_a_nation_its_own_back():
    sky = Sky(network_of(LINES["line of three"], "aba"))
    tell_all(sky, 0.5, 5.0)
    sky.run(6.0)
    assert {name[0] for name in sky.heard[0]} == {"s0", "s1"}
    assert {name[0] for name in sky.heard[1]} == {"s0", "s1", "s2"}
    assert sky.nodes[0].domain == (0, 1)
    assert sky.nodes[1].domain == (0, 1, 2)


def test_links_that_share_tracks_pass_no_plots_and_leave_no_gaps():
    net = network_of(LINES["line of three"], "aab", share=["plots", "fused"])
    sky = Sky(net, Channel(loss=0.1))
    tell_all(sky, 0.5, 20.0)
    reports = wire.pack_reports(track_reports(20))
    for at_s in np.arange(0.7, 20.0, 1.0):
        sky.at(float(at_s), sky.tell, 1, "tracks", reports)
        sky.at(float(at_s), sky.tell, 2, "tracks", reports)
    sky.run(22.0)
    kinds = [
        {m.kind for name, m in heard.items() if name[0] != f"s{k}"}
        for k, heard in enumerate(sky.heard)
    ]
    assert kinds == [{"plots", "tracks"}, {"plots", "tracks"}, {"tracks"}]
    tracks = {(m.origin, m.life, m.number) for m in sky.told if m.kind == "tracks"}
    assert all(tracks <= heard for heard in sky.sets())
    assert sum(len(runs) for runs in runs_held(sky.nodes[2])) <= 3
    assert sky.octets["l12"] < 1.6 * len(tracks) * len(reports)  # a tenth of all packets is lost


def runs_held(node):
    """Return the runs of numbers that a site knows of, for each origin's life."""
    for _, shelf in node._shelves:
        runs = type(shelf.held)(shelf.held)
        runs.update(shelf.void)
        yield runs


def test_what_is_no_longer_kept_is_told_as_missed_and_waited_for_no_longer():
    net = network_of(LINES["two"], settings=NodeSettings(keep_s=20.0))
    sky = Sky(net, Channel(cuts=((5.0, 65.0),)))
    tell_all(sky, 0.5, 70.0)
    sky.at(71.0, sky.tell, 0, "plots", wire.pack_plots(radar_plots(1), EPOCH_S + 70.5))
    sky.run(72.0)
    missed = [e.facts for e in sky.events[1] if e.kind == "messages-missed"]
    had = sum(m.origin == "s0" for m in sky.heard[1].values())
    told = sum(m.origin == "s0" for m in sky.told)
    assert sum(facts["count"] for facts in missed) == told - had
    assert all(facts["origin"] == "s0" for facts in missed)
    assert 60 < told - had < 90  # two a second, for 60 s less the 20 s that are kept
    assert sky.nodes[1].complete_s(sky.now_s) == EPOCH_S + 70.5


def test_garbage_is_counted_and_told_and_never_believed():
    sky = made("two")
    sky.run(1.0)
    other = Exchange(network_of(LINES["two"], name="sea"), 0, EPOCH_S)
    (_, foreign), *_ = other.on_time(EPOCH_S)
    (_, own), *_ = sky.nodes[1].on_time(EPOCH_S + 3.0)
    rng = np.random.default_rng(1)
    random = [rng.bytes(int(size)) for size in rng.integers(0, 300, 200)]
    cut = [own[:size] for size in range(len(own))]
    wrong_version = own[:2] + b"\x09" + own[3:]
    garbage = [*random, *cut, foreign, wrong_version]
    for packet in garbage:
        heard = sky.nodes[0].on_packet("l01", packet, sky.now_s)
        assert heard.messages == () and len(heard.faults) == 1
        assert heard.faults[0].startswith("link l01")
    assert sky.status(0, "l01").refused == len(garbage)
    said = sky.nodes[0].on_packet("l01", foreign, sky.now_s).faults[0]
    assert "another network, 'sea'" in said
    assert "version 9" in sky.nodes[0].on_packet("l01", wrong_version, sky.now_s).faults[0]
    (_, from_self), *_ = sky.nodes[0].on_time(EPOCH_S + 3.0)
    assert "a packet of s0" in sky.nodes[0].on_packet("l01", from_self, sky.now_s).faults[0]


def packet_of(net, sender, message, origin):
    """Return a packet with one message, as whoever knows the form could make it."""
    frame = packets.Carried(origin, message, 0, True, False)
    data = [packets.packed_frame(frame)]
    return packets.packed(rules.digest(net), sender, round(EPOCH_S * 1000), 7, data)


def test_a_site_believes_nobody_who_tells_what_it_never_told_itself():
    net = network_of(LINES["two"], "aa")
    honest = Exchange(net, 0, EPOCH_S)
    message = Message("s0", honest.life, 3, "plots", EPOCH_S, BODIES[0])
    heard = honest.on_packet("l01", packet_of(net, 1, message, 0), EPOCH_S)
    assert heard.messages == () and "never told" in heard.faults[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"origin": "s0"}, "what may pass"),
        ({"time_s": EPOCH_S + 1e5}, "told at"),
        ({"time_s": float("nan")}, "told at"),
        ({"body": b"rubbish"}, "tag"),
    ],
)
def test_a_message_that_cannot_be_is_refused(change, said):
    net = network_of(LINES["two"], "ab")
    honest = Exchange(net, 0, EPOCH_S)
    life = round(EPOCH_S * 1000)
    message = Message("s1", life, 0, "plots", EPOCH_S, BODIES[0])
    message = msgspec.structs.replace(message, **change)
    heard = honest.on_packet("l01", packet_of(net, 1, message, int(message.origin[1])), EPOCH_S)
    assert heard.messages == ()
    (fault,) = heard.faults
    assert said in fault


def test_plots_are_complete_until_the_least_that_the_others_say():
    sky = made("ring of three")
    assert sky.nodes[0].complete_s(EPOCH_S) == np.inf
    for k, until_s in ((1, 7.0), (2, 5.0), (2, 6.0)):
        sky.at(1.0, sky.tell, k, "plots", wire.pack_plots(radar_plots(2), EPOCH_S + until_s))
    sky.run(2.0)
    assert sky.nodes[0].complete_s(sky.now_s) == EPOCH_S + 6.0
    sky.at(2.0, sky.tell, 2, "status", b"no plots, ever, of this site's other life")
    sky.run(30.0)  # nobody told anything for longer than lost_after_s
    assert sky.nodes[0].complete_s(sky.now_s) == np.inf


def test_plots_are_not_complete_while_a_message_before_is_missing():
    net = network_of(LINES["two"])
    a, b = Exchange(net, 0, EPOCH_S), Exchange(net, 1, EPOCH_S)
    sky = Sky(net)
    sky.nodes = [a, b]
    sky.run(1.0)
    a.tell("plots", wire.pack_plots(radar_plots(2), EPOCH_S + 1.0), sky.now_s)
    lost = a.on_time(sky.now_s)
    a.tell("plots", wire.pack_plots(radar_plots(2), EPOCH_S + 2.0), sky.now_s)
    ((_, packet),) = a.on_time(sky.now_s)
    assert len(b.on_packet("l01", packet, sky.now_s).messages) == 1
    assert b.complete_s(sky.now_s) < EPOCH_S + 1.0
    b.on_packet("l01", lost[0][1], sky.now_s)
    assert b.complete_s(sky.now_s) == EPOCH_S + 2.0


@given(
    st.sampled_from(sorted(LINES)),
    st.integers(0, 2**32 - 1),
    st.lists(st.tuples(st.floats(0, 20), st.integers(0, 4)), max_size=25),
    st.lists(st.tuples(st.integers(0, 9), st.floats(0, 15), st.floats(0, 15)), max_size=4),
    st.builds(
        Channel,
        delay_s=st.floats(0, 0.5),
        jitter_s=st.floats(0, 0.3),
        loss=st.floats(0, 0.3),
        copies=st.floats(0, 0.3),
        damage=st.floats(0, 0.05),
        rate_bps=st.sampled_from([float("inf"), 64e3, 1e6]),
    ),
)
@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_whatever_happens_on_the_links_all_have_all_in_the_end(name, seed, told, cuts, channel):
    sky = made(name, channel, seed=seed)
    links = [link.name for link in sky.network.links]
    for k, first_s, lasts_s in cuts:
        link = links[k % len(links)]
        cut = dataclasses.replace(
            channel, cuts=(*sky.channel[link].cuts, (first_s, first_s + lasts_s))
        )
        sky.channel[link] = cut
    for at_s, k in told:
        sky.at(at_s, sky.tell, k % len(sky.nodes), "plots", BODIES[0])
    until_s = 30.0  # the last was told after 20 s, the last link came back after 30 s
    while until_s < 75.0 and not (until_s > 30.0 and all_have_all(sky)):
        until_s += 5.0
        sky.run(until_s)
    assert all_have_all(sky)
    assert sky.calls < 60_000

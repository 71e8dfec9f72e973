"""Simulated links: what a packet's fate hangs on, against closed forms."""

import dataclasses
import math

import numpy as np
import pytest

from jointsky.scenario.built import BuiltLink
from jointsky.sim.channels import BIN_S, Channel, rate_kbps

LINK = BuiltLink(
    name="wire",
    ends=(0, 1),
    share="plots",
    delay_s=0.25,
    jitter_s=0.0,
    loss=0.0,
    bandwidth_kbps=None,
    queue_s=2.0,
)
BEGIN_S = 1000.0


def channel(way=0, seed=1, **changes):
    return Channel(dataclasses.replace(LINK, **changes), way, BEGIN_S, seed)


def test_without_limits_a_packet_arrives_after_the_delay():
    wire = channel()
    assert [wire.send(BEGIN_S + k, 1000) for k in range(3)] == [
        BEGIN_S + k + 0.25 for k in range(3)
    ]
    assert wire.traffic.ends == (0, 1) and channel(way=1).traffic.ends == (1, 0)


def test_packets_wait_for_each_other_where_bandwidth_is_limited():
    wire = channel(bandwidth_kbps=80.0)  # 10,000 octets a second
    arrivals = [wire.send(BEGIN_S, 2500) for _ in range(4)]
    assert arrivals == pytest.approx([BEGIN_S + 0.25 * (k + 1) + 0.25 for k in range(4)])
    assert wire.traffic.longest_wait_s == pytest.approx(0.75)
    assert wire.send(BEGIN_S + 10.0, 1000) == pytest.approx(BEGIN_S + 10.0 + 0.1 + 0.25)


def test_a_packet_that_would_wait_too_long_is_dropped_and_takes_no_time():
    wire = channel(bandwidth_kbps=80.0, queue_s=0.5)
    arrivals = [wire.send(BEGIN_S, 2500) for _ in range(5)]
    assert [arrival is None for arrival in arrivals] == [False, False, False, True, True]
    assert wire.traffic.dropped == 2 and wire.traffic.packets == 3
    assert wire.send(BEGIN_S + 0.75, 1) == pytest.approx(BEGIN_S + 1.0, abs=1e-3)


def test_as_many_are_lost_as_is_declared():
    wire = channel(loss=0.1)
    lost = sum(wire.send(BEGIN_S + k, 10) is None for k in range(20_000))
    # 4.5 standard deviations of the binomial: wrong for one seed in 150,000
    assert abs(lost - 2000) < 4.5 * math.sqrt(20_000 * 0.1 * 0.9)
    assert wire.traffic.lost == lost and wire.traffic.packets == 20_000


def test_jitter_is_exponential():
    wire = channel(jitter_s=0.05)
    late = np.array([wire.send(BEGIN_S + k, 10) - BEGIN_S - k - 0.25 for k in range(20_000)])
    assert late.min() >= 0.0
    assert late.mean() == pytest.approx(0.05, abs=4.5 * 0.05 / math.sqrt(20_000))
    # Kolmogorov's statistic, 1.95 / sqrt(n): wrong for one seed in a thousand
    ordered = np.sort(late)
    steps = np.arange(1, len(late) + 1) / len(late)
    assert np.abs(steps - (1.0 - np.exp(-ordered / 0.05))).max() < 1.95 / math.sqrt(len(late))


def test_what_is_drawn_hangs_on_the_packet_and_on_nothing_else():
    plain, lossy = channel(jitter_s=0.1), channel(jitter_s=0.1, loss=0.3)
    one = [plain.send(BEGIN_S + k, 10) for k in range(3000)]
    other = [lossy.send(BEGIN_S + k, 10) for k in range(3000)]
    assert all(b is None or b == a for a, b in zip(one, other, strict=True))
    ways = [[channel(way, jitter_s=0.1).send(BEGIN_S, 10) for way in (0, 1)] for _ in range(2)]
    assert ways[0] == ways[1] and ways[0][0] != ways[0][1]
    assert channel(seed=2, jitter_s=0.1).send(BEGIN_S, 10) != one[0]


@pytest.mark.parametrize(
    ("sent_s", "arrives"),
    [(9.0, True), (9.8, False), (10.0, False), (15.0, False), (19.9, False), (20.1, True)],
)
def test_a_cut_link_carries_nothing_that_is_under_way(sent_s, arrives):
    wire = channel(outages_s=((BEGIN_S + 10.0, BEGIN_S + 20.0),))
    assert (wire.send(BEGIN_S + sent_s, 10) is not None) == arrives
    assert wire.traffic.cut == (not arrives)


def test_octets_are_counted_when_they_are_sent():
    wire = channel(bandwidth_kbps=8.0, queue_s=60.0)  # 1,000 octets a second
    for _ in range(15):
        wire.send(BEGIN_S + 1.0, 1000)
    assert wire.traffic.by_bin == [9000, 6000]
    rates = rate_kbps(wire.traffic, BIN_S + 5.0)
    assert rates == pytest.approx([7.2, 9.6])
    assert rate_kbps(channel().traffic, 25.0).tolist() == [0.0, 0.0, 0.0]

"""Packets on one link: losses are found as RFC 9002 says, and rates as they are."""

import itertools

import pytest

from jointsky.exchange.courier import Courier
from jointsky.exchange.courier_rate import Rate
from jointsky.exchange.packets import Ack

KEY = (0, 1)


def courier_with(count, every_s=0.001):
    """Return a courier that sent so many packets of 1,000 octets, the k-th with message k."""
    courier = Courier(None)
    courier.life = 5
    for k in range(count):
        courier.sent(1000, ((KEY, k),), True, every_s * k, False)
    return courier


def ack(*runs, delay_s=0.0, life=5):
    return Ack(life, delay_s, list(runs))


def numbers(cargoes):
    return [number for cargo in cargoes for _, number in cargo]


def test_a_packet_is_lost_when_three_later_ones_have_been_acknowledged():
    courier = courier_with(5)
    assert [numbers(part) for part in courier.acknowledged(ack((1, 3)), 0.1)] == [[1, 2], []]
    assert [numbers(part) for part in courier.acknowledged(ack((1, 4)), 0.1)] == [[3], [0]]
    assert courier.lost == 1


def test_a_packet_is_lost_when_one_later_came_and_the_time_there_and_back_passed():
    courier = courier_with(3, every_s=0.0)
    arrived, lost = courier.acknowledged(ack((1, 2)), 0.1)
    assert (numbers(arrived), numbers(lost)) == ([1], [])
    due_s = courier.next_s()
    assert 0.1125 <= due_s <= 0.15  # 9/8 of 100 ms after it was sent, and some for variation
    assert numbers(courier.find_lost(due_s)) == [0]
    assert courier.rate.in_flight == 1000  # packet 2 is later than all that came


def test_where_nothing_comes_back_probes_go_out_ever_more_rarely():
    courier = courier_with(2)
    courier.acknowledged(ack((0, 1)), 0.1)
    at = [courier.next_s()]
    assert numbers([courier.probe(at[0])]) == [1]
    for _ in range(3):
        at.append(courier.next_s())
        assert courier.probe(at[-1]) == ()  # only the first holds what was under way
    gaps = [b - a for a, b in itertools.pairwise(at)]
    assert gaps == pytest.approx([0.65, 1.0, 1.0])  # twice 0.325 s, then the longest
    assert courier.rate.in_flight == 1000


def test_a_packet_that_was_only_overtaken_makes_the_courier_more_patient():
    courier = courier_with(20)
    courier.acknowledged(ack((1, 6)), 0.1)
    assert courier.lost == 1
    courier.acknowledged(ack((0, 7)), 0.1)
    assert courier.lost == 0
    assert numbers(courier.acknowledged(ack((8, 13)), 0.1)[1]) == [7][:0]
    assert numbers(courier.acknowledged(ack((8, 15)), 0.1)[1]) == [7]


def test_the_time_there_and_back_is_smoothed_less_what_the_other_end_waited():
    courier = courier_with(2, every_s=1.0)
    courier.acknowledged(ack((0, 1)), 0.1)
    assert courier.rtt_s == pytest.approx(0.1)
    courier.acknowledged(ack((0, 2), delay_s=0.02), 1.0 + 0.2)
    assert courier.rtt_s == pytest.approx(0.1 + (0.18 - 0.1) / 8)  # RFC 9002, section 5.3


def test_acknowledgements_of_another_life_or_of_what_was_never_sent_change_nothing():
    courier = courier_with(2)
    assert courier.acknowledged(ack((0, 2), life=4), 0.1) == ([], [])
    assert courier.acknowledged(ack((50, 90)), 0.1) == ([], [])
    assert courier.acknowledged(ack(), 0.1) == ([], [])
    assert courier.rate.in_flight == 2000


def test_what_came_is_acknowledged_after_two_packets_or_a_moment():
    courier = Courier(None)
    assert courier.ack(9, False, 0.0) is None
    assert courier.came(0, True, 1.0) and courier.ack_due_s == pytest.approx(1.025)
    assert courier.came(1, True, 1.01) and courier.ack_due_s == 1.01
    assert courier.ack(9, False, 1.02) == Ack(9, pytest.approx(0.01), [(0, 2)])
    assert courier.ack(9, False, 1.03) is None
    assert courier.ack(9, True, 1.03).runs == [(0, 2)]
    assert not courier.came(1, True, 1.04)  # twice
    assert courier.came(5, True, 1.05) and courier.ack_due_s == 1.05  # a gap is told at once


def deliver(courier, rate_bps, delay_s, seconds, every_s=0.0005):
    """Let a courier that never lacks packets fill a link; return octets that came, the queue."""
    now_s, free_s, came, under_way, longest_s = 0.0, 0.0, 0, [], 0.0
    while now_s < seconds:
        courier.look(now_s)
        while courier.may_send_s(1200, now_s) <= now_s:
            number = courier.next_number
            courier.sent(1200, (), True, now_s, False)
            free_s = max(free_s, now_s) + 1200 * 8 / rate_bps
            longest_s = max(longest_s, free_s - now_s if now_s > seconds / 2 else 0.0)
            under_way.append((free_s + delay_s, number))
        while under_way and under_way[0][0] <= now_s:
            _, number = under_way.pop(0)
            came += 1200
            courier.acknowledged(ack((number, number + 1)), now_s)
        now_s += every_s
    return came, longest_s


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("rate_bps", [64e3, 1e6, 2e7])
def test_a_link_of_any_rate_is_filled_and_its_queue_stays_short(rate_bps, declared):
    courier = Courier(rate_bps if declared else None)
    courier.life = 5
    seconds = 20.0 if rate_bps < 1e6 else 4.0
    came, longest_s = deliver(courier, rate_bps, 0.04, seconds)
    assert came * 8 / rate_bps / seconds > 0.8
    packet_s = 1200 * 8 / rate_bps
    assert longest_s < 0.15 + 4 * packet_s


@pytest.mark.parametrize(("declared", "share"), [(True, 0.7), (False, 0.5)])
def test_who_looks_at_a_link_now_and_then_fills_most_of_it(declared, share):
    """A packet each time would be a fifth; a rate that is to be found is found more slowly."""
    courier = Courier(256e3 if declared else None)
    courier.life = 5
    came, _ = deliver(courier, 256e3, 0.04, 30.0, every_s=0.2)
    assert came * 8 / 256e3 / 30.0 > share


def test_what_goes_while_a_link_is_emptied_does_not_tell_how_fast_it_is():
    rate, now_s = Rate(None), 0.0
    before = rate.sent(1200, now_s, False)
    while now_s < 10.5:  # never does a packet go alone
        next_ = rate.sent(1200, now_s, False)
        now_s += 0.01
        rate.acknowledged(before, 0.02, now_s)
        before = next_
    found = rate.estimate
    assert found == pytest.approx(120e3, rel=0.05)
    for _ in range(15):
        assert rate.window(1200, now_s) == 0
        next_ = rate.sent(100, now_s, False)
        now_s += 1.0
        rate.acknowledged(before, 1.0, now_s)
        before = next_
    assert rate.estimate == pytest.approx(found)


def test_bursts_over_a_declared_link_are_not_sent_more_slowly_each_time():
    """3 packets a second over 256 kbit/s and 0.4 s there and back: a link that is hardly used."""
    rate, now_s, acks = Rate(256e3), 0.0, []

    def acknowledge(until_s):
        while acks and acks[0][0] <= until_s:
            at_s, sending = acks.pop(0)
            rate.acknowledged(sending, 0.4, at_s)

    for burst in range(60):
        now_s = max(now_s, float(burst))
        for k in range(3):
            acknowledge(now_s)
            acks.append((now_s + 0.4, rate.sent(600, now_s, k == 2)))
            now_s += 600.0 / rate.pace(now_s)
    acknowledge(now_s + 1.0)
    assert rate.estimate > 0.3 * 256e3 / 8.0


def test_signs_of_life_that_are_always_under_way_do_not_hold_up_the_rest():
    """256 kbit/s, 0.8 s there and back, a sign of life each 0.5 s: it is never quite empty."""
    rate, acks, waits_s, now_s = Rate(256e3), [], [0.0], 0.0
    for step in range(6000):
        now_s = 0.01 * step
        while acks and acks[0][0] <= now_s:
            rate.acknowledged(acks.pop(0)[1], 0.8, now_s)
        if step % 50 == 0:
            acks.append((now_s + 0.8, rate.sent(200, now_s, True)))
        if step % 10 == 0:  # half of what the link carries
            if rate.in_flight + 1000 <= rate.window(1000, now_s):
                acks.append((now_s + 0.8, rate.sent(1000, now_s, True)))
                waits_s.append(0.0)
            else:
                waits_s[-1] += 0.1
    assert max(waits_s[30:]) < 2.0
    assert rate.least_rtt_s == pytest.approx(0.8)

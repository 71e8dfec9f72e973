"""Own plots on their way out: told together, and for a while that there are no more."""

import math

from exchange.made import EPOCH_S, radar_plots
from jointsky.exchange import wire
from jointsky.node.outgoing import STILL_S, Outgoing


def told(outgoing, now_s, complete_s):
    return [
        (len(wire.unpack_plots(body)), wire.complete_s(body))
        for body in outgoing.bodies(now_s, complete_s)
    ]


def test_plots_wait_for_each_other_and_then_it_is_told_that_there_are_no_more():
    outgoing = Outgoing(0.1, still_s=1.0)
    now_s = EPOCH_S + 10.0
    outgoing.take(radar_plots(3), now_s)
    outgoing.take(radar_plots(2), now_s + 0.05)
    assert outgoing.due_s == now_s + 0.1
    assert told(outgoing, now_s + 0.09, EPOCH_S) == []
    assert told(outgoing, now_s + 0.1, EPOCH_S + 9.0) == [(5, EPOCH_S + 9.0)]
    still = []
    while math.isfinite(outgoing.due_s):
        now_s = outgoing.due_s
        still += [(now_s, *one) for one in told(outgoing, now_s, now_s - 0.5)]
    assert all(rows == 0 for _, rows, _ in still)
    assert all(abs(complete_s - at_s + 0.5) < 1e-6 for at_s, _, complete_s in still)
    assert len(still) == int((1.0 - 0.05) / STILL_S)
    outgoing.take(radar_plots(1), now_s + 60.0)
    assert outgoing.due_s == now_s + 60.1


def test_new_plots_do_not_wait_for_what_says_that_there_are_none():
    outgoing = Outgoing(0.01, still_s=1.0)
    outgoing.take(radar_plots(1), EPOCH_S)
    told(outgoing, EPOCH_S + 0.01, EPOCH_S)
    assert outgoing.due_s > EPOCH_S + 0.2
    outgoing.take(radar_plots(1), EPOCH_S + 0.05)
    assert outgoing.due_s == EPOCH_S + 0.05 + 0.01


def test_where_nobody_else_takes_part_only_plots_are_told():
    outgoing = Outgoing(0.1)
    outgoing.take(radar_plots(1), EPOCH_S)
    assert told(outgoing, EPOCH_S + 0.1, EPOCH_S) == [(1, EPOCH_S)]
    assert outgoing.due_s == math.inf

"""What comes to a site, in order, ties included."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.plots import Plots
from jointsky.sim.agenda import Agenda, Packet

PLOTS = Plots.make(1)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.5]), st.sampled_from("pkw")), max_size=12))
def test_things_come_by_time_then_kind_then_as_they_were_put_in(put):
    agenda = Agenda()
    wanted = set()
    for number, (time_s, kind) in enumerate(put):
        if kind == "p":
            agenda.plots(time_s, Plots.make(number))
            wanted.add((time_s, 0, number))
        elif kind == "k":
            agenda.packet(time_s, Packet(str(number), b""))
            wanted.add((time_s, 1, number))
        else:
            agenda.wake(time_s)
            wanted.add((time_s, 2, -1))
    got = []
    while agenda.next_s < math.inf:
        time_s, things = agenda.take()
        assert agenda.next_s > time_s
        for thing in things:
            if isinstance(thing, Plots):
                got.append((time_s, 0, len(thing)))
            elif isinstance(thing, Packet):
                got.append((time_s, 1, int(thing.link)))
            else:
                got.append((time_s, 2, -1))
    assert got == sorted(wanted)


def test_a_site_can_be_woken_again_at_a_time_that_has_been():
    agenda = Agenda()
    agenda.wake(1.0)
    agenda.wake(1.0)
    assert agenda.take() == (1.0, [None]) and agenda.next_s == math.inf
    agenda.wake(1.0)
    assert agenda.next_s == 1.0

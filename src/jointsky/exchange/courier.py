"""Packets on one link: which were sent, which came, which are lost, when the next may go.

As QUIC does it (RFC 9002, Iyengar & Swett 2021): every packet has a number of its own, which is
never used again; acknowledgements name numbers; a packet is lost when three later ones have been
acknowledged, or one later and 9/8 of the time there and back has passed; where nothing comes
back a probe goes out.  What a lost packet held is for the caller to send again or not.  Where
packets overtake each other both thresholds grow, as section 6.1 allows.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from jointsky.exchange.courier_rate import ACK_DELAY_S, Rate, Sending
from jointsky.exchange.packets import Ack, Key
from jointsky.exchange.ranges import Ranges

Cargo = tuple[tuple[Key, int], ...]
"""Messages in a packet, by their origin's life and their number."""

_PACKET_THRESHOLD, _MOST_PACKET_THRESHOLD = 3, 64
_TIME_THRESHOLD, _MOST_TIME_THRESHOLD = 9 / 8, 2.0
_GRANULARITY_S = 0.001
_INITIAL_RTT_S = 0.333
_MOST_PROBE_S = 1.0
_ACKED_RUNS, _KEPT_RUNS = 10, 64
_ELICITING_BEFORE_ACK = 2
_LOST_KEPT = 256
_SENT_KEPT = 1024
_BURST_S, _MOST_BURST_S = 0.002, 0.25


@dataclasses.dataclass(frozen=True, slots=True)
class _Sent:
    sending: Sending
    cargo: Cargo


class Courier:
    """The packets between one site and one neighbour, both ways."""

    def __init__(self, declared_bps: float | None) -> None:
        self.life = -1  # our own, which acknowledgements name
        self.rate = Rate(declared_bps)
        self.rtt_s = math.nan
        self.lost = 0
        self.acked_s = -math.inf  # the newest proof that the other end hears us
        self.next_number = 0
        self._varies_s = 0.0
        self._sent: dict[int, _Sent] = {}
        self._gone: dict[int, int] = {}  # numbers taken for lost, and the largest acknowledged then
        self._largest = -1
        self._packets, self._time = _PACKET_THRESHOLD, _TIME_THRESHOLD
        self._lost_at_s = math.inf
        self._sent_s: dict[int, float] = {}
        self._probes = 0
        self._last_sent_s = -math.inf
        self._may_send_s = -math.inf
        self.burst_s = _BURST_S  # what could not be sent since, as nobody asked, may go at once
        self._looked_s = -math.inf
        self._came = Ranges()
        self._came_s = -math.inf
        self._unacked = 0
        self.ack_due_s = math.inf

    def look(self, now_s: float) -> None:
        """Take note that packets may be sent now, and could not be since the last call."""
        most_s = _MOST_BURST_S if self.rate.is_known else _BURST_S
        self.burst_s = min(max(now_s - self._looked_s, _BURST_S), most_s)
        self._looked_s = now_s

    def came(self, number: int, elicits: bool, now_s: float) -> bool:
        """Take note of a packet that came; False: it came before."""
        if number in self._came or (len(self._came) >= _KEPT_RUNS and number < self._floor()):
            return False
        is_next = number == self._came.end
        self._came.add(number, number + 1)
        if number + 1 == self._came.end:
            self._came_s = now_s
        if len(self._came) > _KEPT_RUNS:
            self._came.remove(0, self._floor())
        if elicits:
            self._unacked += 1
            is_full = self._unacked >= _ELICITING_BEFORE_ACK or not is_next
            self.ack_due_s = min(self.ack_due_s, now_s if is_full else now_s + ACK_DELAY_S)
        return True

    def _floor(self) -> int:
        return self._came.newest(_KEPT_RUNS)[0][0]

    def ack(self, life: int, is_repeated: bool, now_s: float) -> Ack | None:
        """Return what is to be acknowledged of the neighbour's life, and take it as done.

        ``is_repeated``: even if it was before, as the packet that did so may have been lost.
        """
        if not self._unacked and not (is_repeated and self._came):
            return None
        self._unacked, self.ack_due_s = 0, math.inf
        return Ack(life, max(now_s - self._came_s, 0.0), self._came.newest(_ACKED_RUNS))

    def sent(self, size: int, cargo: Cargo, elicits: bool, now_s: float, is_limited: bool) -> None:
        """Take note that the packet ``next_number`` went out."""
        self._sent_s[self.next_number] = now_s
        self._sent_s.pop(self.next_number - _SENT_KEPT, None)
        if elicits:
            sending = self.rate.sent(size, now_s, is_limited)
            self._sent[self.next_number] = _Sent(sending, cargo)
            self._last_sent_s = now_s
            start_s = max(self._may_send_s, now_s - self.burst_s)
            self._may_send_s = start_s + size / self.rate.pace(now_s)
        self.next_number += 1

    def may_send_s(self, packet: int, now_s: float) -> float:
        """Return from when a packet of about this size may go; infinity: when something returns."""
        under_way = self.rate.in_flight
        if under_way and under_way + packet > self.rate.window(packet, now_s):
            return math.inf
        return self._may_send_s

    def acknowledged(self, ack: Ack, now_s: float) -> tuple[list[Cargo], list[Cargo]]:
        """Return what the packets held that arrived, and that are lost, by an acknowledgement."""
        if ack.life != self.life or not ack.runs:
            return [], []
        arrived = []
        largest = ack.runs[-1][1] - 1
        sent_s = self._sent_s.get(largest, -math.inf)
        self.acked_s = max(self.acked_s, sent_s)
        if largest in self._sent or largest in self._gone:
            self._take_rtt(now_s - sent_s, ack.delay_s)
        for number in self._named(ack, self._gone):
            self._came_late(self._gone.pop(number) - number)
            self.acked_s = now_s
        for number in self._named(ack, self._sent):
            sent = self._sent.pop(number)
            delay_s = min(ack.delay_s, ACK_DELAY_S) if number == largest else 0.0
            self.rate.acknowledged(sent.sending, now_s - sent.sending.sent_s - delay_s, now_s)
            arrived.append(sent.cargo)
            self._probes = 0
            self.acked_s = now_s
        if largest < self.next_number:
            self._largest = max(self._largest, largest)
        return arrived, self.find_lost(now_s)

    def _named(self, ack: Ack, of: Mapping[int, object]) -> list[int]:
        """Return which of some packets, by number and in order, an acknowledgement names."""
        if not of:
            return []
        oldest = min(next(iter(of)), self.next_number)
        bounds = [(max(first, oldest), min(end, self.next_number)) for first, end in ack.runs]
        return [number for first, end in bounds for number in range(first, end) if number in of]

    def _take_rtt(self, latest_s: float, delay_s: float) -> None:
        """Smooth the time there and back; RFC 9002, section 5.3."""
        if not math.isfinite(latest_s):
            return
        least_s = min(latest_s, self.rate.least_rtt_s)
        if latest_s >= least_s + delay_s:
            latest_s -= delay_s
        if math.isnan(self.rtt_s):
            self.rtt_s, self._varies_s = latest_s, latest_s / 2
            return
        self._varies_s += (abs(self.rtt_s - latest_s) - self._varies_s) / 4
        self.rtt_s += (latest_s - self.rtt_s) / 8

    def _came_late(self, distance: int) -> None:
        """Wait longer from now on: a packet that was taken for lost was only overtaken."""
        self.lost -= 1
        self._packets = min(max(self._packets, distance + 1), _MOST_PACKET_THRESHOLD)
        self._time = min(self._time + 1 / 8, _MOST_TIME_THRESHOLD)

    def find_lost(self, now_s: float) -> list[Cargo]:
        """Return what the packets held that are lost by now; RFC 9002, section 6.1."""
        rtt_s = _INITIAL_RTT_S if math.isnan(self.rtt_s) else self.rtt_s
        wait_s = max(self._time * (rtt_s + 0.5 * self._varies_s), _GRANULARITY_S)
        lost = []
        self._lost_at_s = math.inf
        for number, sent in self._sent.items():
            if number >= self._largest:
                break
            due_s = sent.sending.sent_s + wait_s
            if self._largest - number >= self._packets or due_s <= now_s:
                lost.append(number)
            else:
                self._lost_at_s = min(self._lost_at_s, due_s)
        return [self._lose(number) for number in lost]

    def _lose(self, number: int) -> Cargo:
        sent = self._sent.pop(number)
        self.rate.lost(sent.sending)
        self.lost += 1
        self._gone[number] = max(self._largest, number)
        while len(self._gone) > _LOST_KEPT:
            self._gone.pop(next(iter(self._gone)))
        return sent.cargo

    def probe(self, now_s: float) -> Cargo | None:
        """Return what to send again as a probe, if one is due; RFC 9002, section 6.2.

        The first one holds what the oldest packet did, the next ones nothing: if the link is only
        slow they must not make it slower.
        """
        if not self._sent or now_s < self._probe_s():
            return None
        self._probes += 1
        self._last_sent_s = now_s
        return self._sent[next(iter(self._sent))].cargo if self._probes == 1 else ()

    def _probe_s(self) -> float:
        if not self._sent:
            return math.inf
        rtt_s, varies_s = self.rtt_s, self._varies_s
        if math.isnan(rtt_s):
            rtt_s, varies_s = _INITIAL_RTT_S, _INITIAL_RTT_S / 2
        wait_s = rtt_s + max(4 * varies_s, _GRANULARITY_S) + ACK_DELAY_S
        patient_s: float = min(wait_s * 2.0**self._probes, _MOST_PROBE_S)
        return self._last_sent_s + max(patient_s, wait_s)

    def next_s(self) -> float:
        """Return when something is due: an acknowledgement, a loss, a probe."""
        return min(self.ack_due_s, self._lost_at_s, self._probe_s())

    def forget_receipts(self) -> None:
        """Begin anew with a neighbour that did: its packets count from 0 again."""
        self._came = Ranges()
        self._unacked, self.ack_due_s = 0, math.inf

    def give_up(self) -> None:
        """Take everything under way for lost: the link is down."""
        for number in list(self._sent):
            self._lose(number)
        self._lost_at_s, self._probes = math.inf, 0

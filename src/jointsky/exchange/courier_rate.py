"""How fast a link may be filled: the rate at which it delivers, and what may be under way on it.

The model of BBR (Cardwell, Cheng, Gunn, Yeganeh & Jacobson 2016, "BBR: congestion-based
congestion control", ACM Queue 14-5): the highest rate of delivery of late, and the least time
there and back, say how much fits on the link without queueing.  Loss says nothing: a radio loses
packets that nobody's queue is too short for.  Rates of delivery are taken as in Cheng, Cardwell,
Yeganeh & Jacobson, draft-cheng-iccrg-delivery-rate-estimation-02, section 3.
"""

from __future__ import annotations

import collections
import dataclasses
import math

_INITIAL_WINDOW = 4380  # octets; RFC 3390, section 1
_STARTUP_GAIN = 2.885  # 2 / ln 2: doubles each round
_CYCLE = (1.25, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
_ROUNDS_KEPT, _RATE_KEPT_S = 10, 5.0  # ten rounds of a few octets may pass in a tenth of a second
_RTT_KEPT_S = 10.0
_PLATEAU, _PLATEAU_ROUNDS = 1.25, 3
ACK_DELAY_S = 0.025
_FULL = 0.75  # of what fits on the link: it is full, as far as one can tell
_EMPTY = 0.05  # of it: so little holds up what comes after by no more than so much of the way
_DECLARED_SHARE = 0.95  # some of what is declared goes on the transport's own heads


@dataclasses.dataclass(frozen=True, slots=True)
class Sending:
    """How delivery stood when a packet was sent."""

    sent_s: float
    size: int
    delivered: int
    delivered_s: float
    first_sent_s: float
    is_limited: bool  # there was not enough to send to fill the link
    is_alone: bool  # next to nothing of ours was under way before it
    is_scant: bool  # the link was being emptied: how fast this goes is not how fast it could


class Rate:
    """What a link carries, as acknowledgements show it; all rates in octets a second."""

    def __init__(self, declared_bps: float | None) -> None:
        self.most = _DECLARED_SHARE * declared_bps / 8.0 if declared_bps else math.inf
        self.in_flight = 0
        self._delivered = 0
        self._delivered_s = self._first_sent_s = -math.inf
        self._seen: collections.deque[tuple[int, float, float]] = collections.deque()
        self._round, self._round_ends = 0, 0
        self._is_starting = True
        self._peak, self._flat_rounds = 0.0, 0
        self._limited_until = self._emptied_until = 0
        self._cycle, self._cycle_s = 2, -math.inf
        self._least_rtt: collections.deque[tuple[float, float]] = collections.deque()
        self._draining = False
        self._alone_s = -math.inf
        self._packet = 0  # the largest of late

    @property
    def is_known(self) -> bool:
        """Return whether the rate is declared, or has been found by filling the link."""
        return math.isfinite(self.most) or not self._is_starting

    @property
    def is_measured(self) -> bool:
        """Return whether any rate of delivery has been seen."""
        return bool(self._seen)

    @property
    def least_rtt_s(self) -> float:
        """Return the least time there and back of the last seconds; infinity: none yet."""
        return self._least_rtt[0][1] if self._least_rtt else math.inf

    @property
    def estimate(self) -> float:
        """Return the rate of delivery: the highest of the last rounds, at most the declared."""
        if self._seen:
            return min(self._seen[0][1], self.most)
        rtt_s = self.least_rtt_s if self._least_rtt else 0.333  # RFC 9002, section 6.2.2
        return min(_INITIAL_WINDOW / max(rtt_s, 0.001), self.most)

    def pace(self, now_s: float) -> float:
        """Return how many octets a second may be sent now."""
        if self._is_starting:
            return min(self.estimate * _STARTUP_GAIN, self.most)
        if self._draining:
            return self.estimate / _STARTUP_GAIN
        if now_s - self._cycle_s > max(self._span_s(), 0.01):
            self._cycle, self._cycle_s = (self._cycle + 1) % len(_CYCLE), now_s
        return min(self.estimate * _CYCLE[self._cycle], self.most)

    def window(self, packet: int, now_s: float) -> float:
        """Return how many octets may be under way, in packets of about so many.

        Only one on an all but empty link, where for long no packet went alone: how long one takes
        that does not queue behind others would be forgotten.  Signs of life go on meanwhile: where
        they are all the time under way, the link would never be quite empty.
        """
        if self._least_rtt and now_s - self._alone_s > _RTT_KEPT_S:
            self._emptied_until = self._delivered + self.in_flight + 1
            nothing = self._next_to_nothing()
            return nothing + packet if nothing else 0
        if self._is_starting and not self._seen:
            return max(_INITIAL_WINDOW, self._packet)
        gain = _STARTUP_GAIN if self._is_starting else 2.0
        return gain * self.estimate * self._span_s() + 3 * max(packet, self._packet)

    def _span_s(self) -> float:
        rtt_s = self.least_rtt_s if self._least_rtt else 0.333
        return rtt_s + ACK_DELAY_S

    def sent(self, size: int, now_s: float, is_limited: bool) -> Sending:
        """Take note of a packet; ``is_limited``: nothing waits behind it."""
        is_alone = self.in_flight <= self._next_to_nothing()
        if self.in_flight == 0:
            self._first_sent_s = self._delivered_s = now_s
        self.in_flight += size
        self._packet = max(size, self._packet - self._packet // 16)
        if is_limited:
            self._limited_until = self._delivered + self.in_flight
        return Sending(
            now_s,
            size,
            self._delivered,
            self._delivered_s,
            self._first_sent_s,
            is_limited=self._limited_until > self._delivered or self._is_filling(),
            is_alone=is_alone,
            is_scant=self._emptied_until > self._delivered,
        )

    def _next_to_nothing(self) -> float:
        """Return how many octets may be under way on a link that passes for empty.

        None where no rate is declared: what fits is then known only as well as the time there and
        back, which is to be found.
        """
        is_known = math.isfinite(self.most) and bool(self._least_rtt)
        return _EMPTY * self.most * self.least_rtt_s if is_known else 0.0

    def _is_filling(self) -> bool:
        """Return whether less is under way than fits: as in the first round of a burst.

        How fast that arrives is how fast it was sent.  Taken for the link's rate, each burst would
        be sent more slowly than the one before.  Where no rate is declared nobody knows what fits:
        then only what is sent without end finds the rate.
        """
        is_declared = math.isfinite(self.most)
        return is_declared and self.in_flight < _FULL * self.estimate * self.least_rtt_s

    def lost(self, sending: Sending) -> None:
        """Take note of a packet that is no longer under way, and did not arrive."""
        self.in_flight -= sending.size
        self._limited_until = min(self._limited_until, self._delivered + self.in_flight)

    def acknowledged(self, sending: Sending, rtt_s: float, now_s: float) -> None:
        """Take note of a packet that arrived; ``rtt_s``: less the delay that the other end told."""
        self.in_flight -= sending.size
        self._take_rtt(rtt_s, sending.is_alone, now_s)
        self._delivered += sending.size
        self._delivered_s = now_s
        self._first_sent_s = sending.sent_s
        if sending.delivered >= self._round_ends:
            self._round += 1
            self._round_ends = self._delivered
            self._look_for_plateau(sending.is_limited)
        took_s = max(
            sending.sent_s - sending.first_sent_s,
            now_s - sending.delivered_s,
            self.least_rtt_s,
            0.001,
        )
        rate = (self._delivered - sending.delivered) / took_s
        if rate >= self.estimate or not (sending.is_limited or sending.is_scant):
            self._take_rate(rate, now_s)
        if self._draining and self.in_flight <= self.estimate * self._span_s():
            self._draining = False

    def _take_rate(self, rate: float, now_s: float) -> None:
        """Keep the highest of the last rounds, and later ones that may be the highest then."""
        while self._seen and self._seen[-1][1] <= rate:
            self._seen.pop()
        self._seen.append((self._round, rate, now_s))
        first, since_s = self._round - _ROUNDS_KEPT, now_s - _RATE_KEPT_S
        while self._seen[0][0] < first and self._seen[0][2] < since_s:
            self._seen.popleft()

    def _take_rtt(self, rtt_s: float, is_alone: bool, now_s: float) -> None:
        """Keep the least of the last seconds, and older ones where all that came since queued."""
        if not is_alone and rtt_s >= self.least_rtt_s:
            return
        if is_alone:
            self._alone_s = now_s
        while self._least_rtt and self._least_rtt[-1][1] >= rtt_s:
            self._least_rtt.pop()
        self._least_rtt.append((now_s, rtt_s))
        while self._least_rtt[0][0] < now_s - _RTT_KEPT_S:
            self._least_rtt.popleft()

    def _look_for_plateau(self, is_limited: bool) -> None:
        """End the beginning when three rounds that were full did not deliver a quarter more."""
        if not self._is_starting or is_limited:
            return
        if self.estimate >= self._peak * _PLATEAU:
            self._peak, self._flat_rounds = self.estimate, 0
            return
        self._flat_rounds += 1
        if self._flat_rounds >= _PLATEAU_ROUNDS:
            self._is_starting, self._draining = False, True

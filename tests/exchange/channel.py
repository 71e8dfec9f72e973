"""A network of exchanges in made-up time, over channels as bad as a test wants them."""

import dataclasses
import heapq
import math

from exchange.made import EPOCH_S, Link, Network, Site
from jointsky.exchange.exchange import Exchange
from jointsky.streams import stream


@dataclasses.dataclass
class Channel:
    """How a link treats packets; the same both ways."""

    delay_s: float = 0.02
    jitter_s: float = 0.0
    loss: float = 0.0
    copies: float = 0.0  # probability that a packet comes twice
    damage: float = 0.0  # probability that an octet of a packet changes
    rate_bps: float = math.inf
    queue_s: float = 30.0  # what would wait longer is dropped
    cuts: tuple = ()  # from, to


LINES = {
    "two": [(0, 1)],
    "line of three": [(0, 1), (1, 2)],
    "ring of three": [(0, 1), (1, 2), (2, 0)],
    "line of five": [(0, 1), (1, 2), (2, 3), (3, 4)],
    "star of five": [(0, 1), (0, 2), (0, 3), (0, 4)],
    "ring of five": [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)],
    "mesh of five": [(a, b) for a in range(5) for b in range(a + 1, 5)],
}


def network_of(ends, nations="aabbb", share="plots", kbps=None, **more):
    """Return a network of sites s0, s1, ... and links l01, l12, ..."""
    count = max(max(pair) for pair in ends) + 1
    sites = [Site(f"s{k}", nations[k]) for k in range(count)]
    shares = share if isinstance(share, list) else [share] * len(ends)
    links = [Link(f"l{a}{b}", (a, b), s, kbps) for (a, b), s in zip(ends, shares, strict=True)]
    return Network(sites, links, **more)


class Sky:
    """Exchanges joined by channels; what each one got is in ``heard``, without duplicates."""

    def __init__(self, network, channel=None, seed=1, channels=None):
        self.network, self.now_s = network, EPOCH_S
        self.channel = {link.name: channel or Channel() for link in network.links}
        self.channel.update(channels or {})
        self.rng = stream(seed, "channel")
        self.nodes = [Exchange(network, k, EPOCH_S) for k in range(len(network.sites))]
        self.told, self.heard = [], [{} for _ in self.nodes]
        self.events = [[] for _ in self.nodes]
        self.faults = [[] for _ in self.nodes]
        self.octets = {link.name: 0 for link in network.links}
        self.calls = 0
        self._queue, self._order = [], 0
        self._free_s = {}
        self._woken_s = [math.inf] * len(self.nodes)
        for k in range(len(self.nodes)):
            self._at(EPOCH_S, self._on_time, k)

    def _at(self, time_s, what, *given):
        self._order += 1
        heapq.heappush(self._queue, (time_s, self._order, what, given))

    def at(self, after_s, what, *given):
        """Do something so long after the beginning."""
        self._at(EPOCH_S + after_s, what, *given)

    def tell(self, k, kind, body):
        """Let a site tell something now."""
        if self.nodes[k] is None:
            return
        message = self.nodes[k].tell(kind, body, self.now_s)
        self.told.append(message)
        self._keep(k, message)
        self._on_time(k)

    def kill(self, k):
        self.nodes[k] = None

    def begin(self, k, restores):
        """Let a site begin a new life, with or without what its former one kept."""
        self.nodes[k] = Exchange(self.network, k, self.now_s)
        if restores:
            self.nodes[k].restore(list(self.heard[k].values()))
        else:
            self.heard[k] = {}
        self._woken_s[k] = math.inf
        self._on_time(k)

    def run(self, until_s):
        """Go on until so long after the beginning."""
        until_s += EPOCH_S
        while self._queue and self._queue[0][0] <= until_s:
            self.now_s, _, what, given = heapq.heappop(self._queue)
            what(*given)
        self.now_s = until_s

    def _keep(self, k, message):
        name = (message.origin, message.life, message.number)
        assert name not in self.heard[k], f"{name} was new twice"
        self.heard[k][name] = message

    def _on_time(self, k, due_s=None):
        if self.nodes[k] is None or (due_s is not None and due_s != self._woken_s[k]):
            return
        self.calls += 1
        for name, packet in self.nodes[k].on_time(self.now_s):
            self._send(k, name, packet)
        self.events[k] += self.nodes[k].events()
        next_s = self.nodes[k].next_s()
        assert next_s > self.now_s, f"site {k} is due at {next_s}, and it is {self.now_s}"
        self._woken_s[k] = next_s
        if next_s < math.inf:
            self._at(next_s, self._on_time, k, next_s)

    def _send(self, k, name, packet):
        link = next(link for link in self.network.links if link.name == name)
        to = link.ends[1] if link.ends[0] == k else link.ends[0]
        channel = self.channel[name]
        self.octets[name] += len(packet)
        free_s = max(self._free_s.get((name, k), 0.0), self.now_s)
        if free_s - self.now_s > channel.queue_s:
            return
        out_s = free_s + 8 * len(packet) / channel.rate_bps
        self._free_s[name, k] = out_s
        after_s = self.now_s - EPOCH_S
        is_cut = any(first <= after_s < end for first, end in channel.cuts)
        for _ in range(1 + int(self.rng.random() < channel.copies)):
            is_lost = self.rng.random() < channel.loss
            here_s = out_s + channel.delay_s + self.rng.random() * channel.jitter_s
            if self.rng.random() < channel.damage:
                at = int(self.rng.integers(len(packet)))
                packet = packet[:at] + bytes((packet[at] ^ 0x40,)) + packet[at + 1 :]
            if not is_lost and not is_cut:
                self._at(here_s, self._receive, to, name, packet)

    def _receive(self, k, name, packet):
        if self.nodes[k] is None:
            return
        heard = self.nodes[k].on_packet(name, packet, self.now_s)
        self.faults[k] += heard.faults
        for message in heard.messages:
            self._keep(k, message)
        self._on_time(k)

    def sets(self):
        """Return the names of the messages that each site has."""
        return [set(heard) for heard in self.heard]

    def status(self, k, name):
        (found,) = [s for s in self.nodes[k].links(self.now_s) if s.name == name]
        return found

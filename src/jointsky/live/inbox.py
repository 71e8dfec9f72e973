"""What waits for the node: octets of feeds and packets of links, bounded, drops counted."""

from __future__ import annotations

import collections
import dataclasses
import threading
from collections.abc import Sequence
from typing import NamedTuple


class Chunk(NamedTuple):
    """Whole messages of one feed, and when they came."""

    feed: int
    received_s: float
    data: bytes


class Packet(NamedTuple):
    """A packet of a link, as it came."""

    link: str
    data: bytes


@dataclasses.dataclass
class Queued:
    """How full one queue is, and what it had to drop: ``items`` and ``octets`` of them."""

    most_octets: int
    octets: int = 0
    dropped: int = 0
    dropped_octets: int = 0
    peak_octets: int = 0


class Inbox:
    """Filled by sockets from any thread, emptied by the node's; full queues drop their oldest."""

    def __init__(self, feed_octets: Sequence[int], link_octets: dict[str, int]) -> None:
        self._ready = threading.Condition()
        self._chunks: list[collections.deque[Chunk]] = [collections.deque() for _ in feed_octets]
        self._packets: dict[str, collections.deque[Packet]] = {
            link: collections.deque() for link in link_octets
        }
        self.feeds = [Queued(octets) for octets in feed_octets]
        self.links = {link: Queued(octets) for link, octets in link_octets.items()}
        self._is_closed = False

    def put_chunk(self, chunk: Chunk) -> None:
        """Add octets of a feed."""
        with self._ready:
            _add(self._chunks[chunk.feed], self.feeds[chunk.feed], chunk, len(chunk.data))
            self._ready.notify()

    def put_packet(self, link: str, data: bytes) -> None:
        """Add a packet of a link."""
        with self._ready:
            _add(self._packets[link], self.links[link], Packet(link, data), len(data))
            self._ready.notify()

    def close(self) -> None:
        """Wake who waits, for the last time."""
        with self._ready:
            self._is_closed = True
            self._ready.notify()

    def wait(self, most_s: float, also_chunks: bool) -> None:
        """Wait until something is there; of chunks only if ``also_chunks``."""
        with self._ready:
            self._ready.wait_for(lambda: self._has_something(also_chunks), max(most_s, 0.0))

    def has_chunks(self) -> bool:
        """Return whether octets of feeds wait."""
        return any(self._chunks)

    def take_chunks(self) -> list[Chunk]:
        """Return all octets that wait, feed by feed, the oldest first."""
        with self._ready:
            taken = [chunk for queue in self._chunks for chunk in queue]
            for queue, queued in zip(self._chunks, self.feeds, strict=True):
                queue.clear()
                queued.octets = 0
        return taken

    def take_packets(self) -> list[Packet]:
        """Return all packets that wait, link by link, the oldest first."""
        with self._ready:
            taken = [packet for queue in self._packets.values() for packet in queue]
            for link, queue in self._packets.items():
                queue.clear()
                self.links[link].octets = 0
        return taken

    def _has_something(self, also_chunks: bool) -> bool:
        return self._is_closed or any(self._packets.values()) or (also_chunks and any(self._chunks))


def _add(queue: collections.deque, queued: Queued, item: Chunk | Packet, octets: int) -> None:  # type: ignore[type-arg]
    queue.append(item)
    queued.octets += octets
    queued.peak_octets = max(queued.peak_octets, queued.octets)
    while queued.octets > queued.most_octets and len(queue) > 1:
        oldest = queue.popleft()
        queued.octets -= len(oldest.data)
        queued.dropped += 1
        queued.dropped_octets += len(oldest.data)

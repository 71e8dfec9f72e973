"""Links over Zenoh: a packet of a link is one put; what comes is handed to the inbox.

The key is ``jointsky/NETWORK/LINK/FROM``.  Each packet carries the mark of its sender's
configuration: a site that counts sensors otherwise would be understood wrongly, so that it is not
listened to.  Zenoh's own queues block when they are full; ours, before them, are bounded and drop
their oldest, counted.  What is lost so the exchange repairs.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import pathlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

import zenoh

from jointsky.errors import InputError
from jointsky.live.declared import Transport
from jointsky.live.inbox import Inbox

PREFIX = "jointsky"
LONGEST_PACKET = 1 << 20  # nobody of ours sends longer ones


@dataclasses.dataclass
class Carried:
    """What one link carried, and what it did not."""

    sent: int = 0
    sent_octets: int = 0
    heard: int = 0
    heard_octets: int = 0
    dropped: int = 0  # packets to be sent, for which there was no room
    refused: int = 0  # heard, but too long or not of our network's configuration
    failed: int = 0  # puts that Zenoh refused
    is_matched: bool = False  # somebody listens at the other end
    other_mark: str = ""  # of a configuration that differs from ours


class _Outgoing:
    """The sender of one link: a bounded queue and the thread that empties it into Zenoh."""

    def __init__(self, publisher: Any, carried: Carried, most_octets: int, mark: bytes) -> None:
        self._publisher, self._carried, self._mark = publisher, carried, mark
        self._most_octets = most_octets
        self._queue: collections.deque[bytes] = collections.deque()
        self._octets = 0
        self._ready = threading.Condition()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._thread.start()

    def put(self, packet: bytes) -> None:
        with self._ready:
            self._queue.append(packet)
            self._octets += len(packet)
            while self._octets > self._most_octets and len(self._queue) > 1:
                self._octets -= len(self._queue.popleft())
                self._carried.dropped += 1
            self._ready.notify()

    def end(self, most_s: float) -> None:
        with self._ready:
            self._is_ending = True
            self._ready.notify()
        self._thread.join(most_s)

    def _run(self) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._queue or self._is_ending)
                if not self._queue:
                    return
                packet = self._queue.popleft()
                self._octets -= len(packet)
            try:
                self._publisher.put(packet, attachment=self._mark)
            except zenoh.ZError:
                self._carried.failed += 1
                if self._is_ending:
                    return
                continue
            self._carried.sent += 1
            self._carried.sent_octets += len(packet)


class Links:
    """The links of one site, open over Zenoh until ``end``."""

    def __init__(
        self,
        config: zenoh.Config,
        network: str,
        site: str,
        others: dict[str, str],
        inbox: Inbox,
        mark: bytes,
        queue_octets: int,
    ) -> None:
        """Open a session; ``others`` is the site at the other end of each link, by link."""
        self.carried = {link: Carried() for link in others}
        self._inbox, self._mark = inbox, mark
        self._session = opened(config, site)
        self._outgoing: dict[str, _Outgoing] = {}
        self._kept: list[Any] = []
        for link, other in others.items():
            publisher = self._session.declare_publisher(
                f"{PREFIX}/{network}/{link}/{site}",
                congestion_control=zenoh.CongestionControl.BLOCK,
                priority=zenoh.Priority.DATA,
                express=True,
            )
            carried = self.carried[link]
            self._outgoing[link] = _Outgoing(publisher, carried, queue_octets, mark)
            key = f"{PREFIX}/{network}/{link}/{other}"
            self._kept.append(self._session.declare_subscriber(key, self._listener(link)))
            self._kept.append(publisher.declare_matching_listener(_matcher(carried)))
            carried.is_matched = _is_matched(publisher.matching_status)
            self._kept.append(publisher)

    def send(self, link: str, packet: bytes) -> None:
        """Give a packet to a link; it goes as soon as there is room."""
        self._outgoing[link].put(packet)

    def peers(self) -> int:
        """Return how many peers and routers the session is connected to."""
        info = self._session.info
        return len(info.peers_zid()) + len(info.routers_zid())

    def end(self, most_s: float = 2.0) -> None:
        """Send what waits, as far as there is time for it, and close."""
        for outgoing in self._outgoing.values():
            outgoing.end(most_s)
        self._session.close()

    def _listener(self, link: str) -> Callable[[zenoh.Sample], None]:
        carried = self.carried[link]

        def hear(sample: zenoh.Sample) -> None:
            mark = sample.attachment
            told = b"" if mark is None else mark.to_bytes()
            data = sample.payload.to_bytes()
            if told != self._mark or len(data) > LONGEST_PACKET:
                carried.refused += 1
                if told != self._mark:
                    carried.other_mark = told[:8].hex() or "none"
                return
            carried.heard += 1
            carried.heard_octets += len(data)
            self._inbox.put_packet(link, data)

        return hear


def _is_matched(status: Any) -> bool:
    return bool(status.matching)  # Zenoh's stubs say bool; it is a thing that holds one


def _matcher(carried: Carried) -> Callable[[Any], None]:
    def match(status: Any) -> None:
        carried.is_matched = _is_matched(status)

    return match


def opened(config: zenoh.Config, site: str) -> zenoh.Session:
    """Return a session; InputError tells in words what Zenoh refuses."""
    try:
        return zenoh.open(config)
    except zenoh.ZError as error:
        found = str(error).split(" at /")[0]
        wanted = "endpoints that can be had, and keys that fit"
        raise InputError(f"site {site}", f"Zenoh: {found}", wanted) from None


def settings(
    transport: Transport,
    listen: Sequence[str],
    connect: Sequence[str],
    path: Callable[[str], pathlib.Path],
) -> zenoh.Config:
    """Return Zenoh's settings for a site; ``path`` gives the place of a declared path."""
    if transport.zenoh is None:
        config = zenoh.Config()
    else:
        file = path(transport.zenoh)
        try:
            config = zenoh.Config.from_file(str(file))
        except zenoh.ZError as error:
            found = str(error).split(" at /")[0]
            raise InputError(str(file), found, "settings of Zenoh, JSON5") from None
    given: dict[str, Any] = {
        "mode": transport.mode,
        "scouting/multicast/enabled": transport.scouting,
        "connect/exit_on_failure": False,
        "connect/timeout_ms": -1,
        "connect/retry": {
            "period_init_ms": 200,
            "period_max_ms": 2000,
            "period_increase_factor": 1.5,
        },
        "transport/shared_memory/enabled": False,
    }
    if listen or transport.zenoh is None:
        given["listen/endpoints"] = list(listen)
    if connect or transport.zenoh is None:
        given["connect/endpoints"] = list(connect)
    tls = transport.tls
    if tls is not None:
        given |= {
            "transport/link/tls/root_ca_certificate": str(path(tls.root_ca)),
            "transport/link/tls/listen_certificate": str(path(tls.certificate)),
            "transport/link/tls/listen_private_key": str(path(tls.private_key)),
            "transport/link/tls/connect_certificate": str(path(tls.certificate)),
            "transport/link/tls/connect_private_key": str(path(tls.private_key)),
            "transport/link/tls/enable_mtls": tls.mutual,
            "transport/link/tls/verify_name_on_connect": tls.verify_name,
        }
    for key, value in given.items():
        config.insert_json5(key, json.dumps(value))
    return config

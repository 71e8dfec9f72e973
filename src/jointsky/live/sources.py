"""Where octets come from: sockets and files that are always drained, into the inbox."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pathlib
import socket
import struct
from collections.abc import Callable
from typing import BinaryIO

from jointsky.errors import InputError
from jointsky.formats.framing.cutting import whole_blocks
from jointsky.formats.modes.beast import whole_messages
from jointsky.live.clock import Clock
from jointsky.live.feeds import TailFeed, TcpFeed, UdpFeed
from jointsky.live.inbox import Chunk, Inbox

READ_OCTETS = 1 << 18
RECEIVE_BUFFER_OCTETS = 8 << 20
MOST_DATAGRAMS = 500  # in one go, so that other sockets get their turn
TAIL_EVERY_S = 0.1
RETRY_FIRST_S, RETRY_MOST_S = 0.5, 15.0
LONGEST_LINE = 4096
_RXQ_OVFL = 40  # SO_RXQ_OVFL of Linux, asm-generic/socket.h: datagrams that the kernel dropped


Say = Callable[[str, int, dict[str, object]], None]
"""Put a line into the site's log: kind, row of the feed, facts."""


@dataclasses.dataclass
class Line:
    """How one feed is connected."""

    state: str = "waiting"
    messages: int = 0  # datagrams, or pieces of a stream
    lost_in_kernel: int = 0
    begun: int = 0  # connections or files opened


class Reader:
    """One feed: hands what came on to the inbox, with the time at which it came."""

    def __init__(self, feed: int, inbox: Inbox, clock: Clock, say: Say) -> None:
        self.line = Line()
        self._feed, self._inbox, self._clock = feed, inbox, clock
        self._say = say

    def tell(self, kind: str, **facts: object) -> None:
        """Put a line about this feed into the site's log."""
        self._say(kind, self._feed, facts)

    def give(self, data: bytes) -> None:
        """Hand on whole messages."""
        self.line.messages += 1
        self._inbox.put_chunk(Chunk(self._feed, self._clock.now_s(), data))


def whole(data: bytes, kind: str) -> int:
    """Return how many of the first octets of a stream are whole messages."""
    if kind == "asterix":
        return whole_blocks(data)
    if kind == "beast":
        return whole_messages(data)
    end = data.rfind(b"\n") + 1
    return end if len(data) - end <= LONGEST_LINE else len(data)


async def read_udp(reader: Reader, feed: UdpFeed) -> None:
    """Listen to datagrams until cancelled; raises InputError where the port cannot be had."""
    made = _udp_socket(feed)
    loop = asyncio.get_running_loop()
    loop.add_reader(made, _drain, made, reader)
    reader.line.state = "listening"
    try:
        await asyncio.Event().wait()
    finally:
        loop.remove_reader(made)
        made.close()


def _udp_socket(feed: UdpFeed) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
        made.setblocking(False)
        with contextlib.suppress(OSError):  # not Linux: the kernel's drops are not told
            made.setsockopt(socket.SOL_SOCKET, _RXQ_OVFL, 1)
        if feed.group is None:
            made.bind((feed.interface, feed.port))
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((feed.group, feed.port))
            group = socket.inet_aton(feed.group) + socket.inet_aton(feed.interface)
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    except OSError as error:
        made.close()
        found = f"UDP port {feed.port}: {error.strerror or error}"
        raise InputError(f"feed {feed.name}", found, "a port and a group that can be had") from None
    return made


def _drain(made: socket.socket, reader: Reader) -> None:
    """Take what waits at a socket."""
    for _ in range(MOST_DATAGRAMS):
        try:
            data, notes, _, _ = made.recvmsg(1 << 16, 64)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:  # an answer of the network to something else
            reader.line.state = str(error.strerror or error)
            return
        for level, kind, value in notes:
            if level == socket.SOL_SOCKET and kind == _RXQ_OVFL:
                reader.line.lost_in_kernel = struct.unpack("=I", value[:4])[0]
        reader.give(data)


async def read_tcp(reader: Reader, feed: TcpFeed) -> None:
    """Read from a server until cancelled; a connection that is lost or silent is opened anew."""
    wait_s = RETRY_FIRST_S
    while True:
        reader.line.state = "connecting"
        try:
            stream, writer = await asyncio.wait_for(
                asyncio.open_connection(feed.host, feed.port), timeout=feed.silent_s
            )
        except (OSError, TimeoutError) as error:
            reader.line.state = f"no connection: {_why(error)}"
        else:
            reader.line.begun += 1
            reader.line.state = "connected"
            reader.tell("feed-connected", host=feed.host, port=feed.port)
            wait_s = RETRY_FIRST_S
            try:
                why = await _read_stream(reader, feed, stream)
            finally:  # also where it is cancelled
                writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            reader.line.state = f"lost: {why}"
            reader.tell("feed-lost", why=why)
        await asyncio.sleep(wait_s)
        wait_s = min(2.0 * wait_s, RETRY_MOST_S)


async def _read_stream(reader: Reader, feed: TcpFeed, stream: asyncio.StreamReader) -> str:
    """Read until the connection ends; return why it did."""
    rest = b""
    while True:
        try:
            data = await asyncio.wait_for(stream.read(READ_OCTETS), timeout=feed.silent_s)
        except TimeoutError:
            return f"silent for {feed.silent_s:g} s"
        except OSError as error:
            return _why(error)
        if not data:
            return "closed by the other end"
        rest = cut(reader, rest + data, feed.format)


def cut(reader: Reader, data: bytes, kind: str) -> bytes:
    """Hand on the whole messages of a stream; return the rest."""
    end = whole(data, kind)
    if end:
        reader.give(data[:end])
    return data[end:]


async def read_tail(reader: Reader, feed: TailFeed, path: pathlib.Path) -> None:
    """Follow a file that grows until cancelled; a new one in its place is read from its begin."""
    followed, rest = _Followed(path, feed.begin == "now"), b""
    try:
        while True:
            try:
                data, is_new = await asyncio.to_thread(followed.more)
            except OSError as error:
                reader.line.state = f"no file: {error.strerror or error}"
            else:
                if is_new:
                    rest = b""
                    reader.line.begun += 1
                    reader.tell("feed-file", path=str(path))
                reader.line.state = "following"
                if data:
                    rest = cut(reader, rest + data, feed.format)
                    continue
            await asyncio.sleep(TAIL_EVERY_S)
    finally:
        followed.close()


class _Followed:
    """A file that grows.  Where another takes its place, the old one is read to its end first."""

    def __init__(self, path: pathlib.Path, skips: bool) -> None:
        """``skips``: what is in the file already is passed over."""
        self._path, self._skips = path, skips
        self._file: BinaryIO | None = None
        self._is_new = False

    def more(self) -> tuple[bytes, bool]:
        """Return what was added, and whether it is the begin of another file."""
        if self._file is None:
            skips, self._skips = self._skips, False  # one that is not there yet is all new
            self._file = self._path.open("rb")
            self._is_new = True
            if skips:
                self._file.seek(0, os.SEEK_END)
        data = self._file.read(READ_OCTETS)
        if not data and self._is_over():
            data = self._file.read(READ_OCTETS)  # came before the other took its place
            if not data:
                self.close()
        is_new, self._is_new = self._is_new, False
        return data, is_new

    def _is_over(self) -> bool:
        """Return whether another file is in the place of this one; go back if it was cut short."""
        assert self._file is not None
        there, own = self._path.stat(), os.fstat(self._file.fileno())
        if (there.st_dev, there.st_ino) != (own.st_dev, own.st_ino):
            return True
        if own.st_size < self._file.tell():
            self._file.seek(0)
            self._is_new = True
        return False

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

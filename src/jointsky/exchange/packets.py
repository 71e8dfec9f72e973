"""What two neighbours send each other over a link: packets of frames, checked octet by octet.

Head: "JS", the version, 4 octets that stand for the network, the sender's row, its life, the
packet's number.  Then frames, each with a tag.  Then CRC-32 over all before: against damage, not
against an enemy, who is for the transport to keep out (TLS).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from jointsky.errors import InputError
from jointsky.exchange.octets import Octets, real, varint
from jointsky.exchange.ranges import Run
from jointsky.exchange.rules import KINDS
from jointsky.records.exchange import Message

MAGIC, VERSION = b"JS", 1
MOST_BODY = 1 << 20
MOST_DELAY_S = 256.0
"""Octets of a message's body; a caller cuts what is longer."""

_MOST_LIFE = 1 << 50
_MOST_NUMBER = 1 << 48
_MOST_RUNS = 1 << 12
_DELAY_STEPS = 1 << 12  # of a second
_HEAD = len(MAGIC) + 1 + 4
_CHECK = 4

Key = tuple[int, int]
"""An origin's row and its life."""


class Ack(NamedTuple):
    """These packets of the receiver's ``life`` came, the newest ``delay_s`` ago.

    A longer delay than ``MOST_DELAY_S`` is told as that: after a long outage it is of no matter.
    """

    life: int
    delay_s: float
    runs: Sequence[Run]


class Have(NamedTuple):
    """The sender has these messages; it no longer keeps those before ``floor``.

    ``is_all``: this is everything that it has of the origin's life; else some are new.
    """

    key: Key
    floor: int
    runs: Sequence[Run]
    is_all: bool


class Carried(NamedTuple):
    """A message; the ``voids`` numbers before its own hold nothing for the receiver.

    ``is_pushed``: the receiver had not asked for it, and it is not sent again; ``is_old``: it
    was missed, and comes after what is live.
    """

    origin: int
    message: Message
    voids: int
    is_pushed: bool
    is_old: bool


class Want(NamedTuple):
    """The sender asks for messages; ``is_graft``: and for the origin's next ones unasked."""

    key: Key
    runs: Sequence[Run]
    is_graft: bool


class Void(NamedTuple):
    """Messages that were asked for and will not come: gone, or not for the receiver."""

    key: Key
    runs: Sequence[Run]
    is_gone: bool


class Prune(NamedTuple):
    """The sender has messages of this origin sooner from others, and asks for none unasked."""

    origin: int


class Ping(NamedTuple):
    """Nothing but a reason to acknowledge; names the network for those who are in another."""

    network: str


Frame = Ack | Have | Carried | Want | Void | Prune | Ping


class Packet(NamedTuple):
    """What came over a link."""

    sender: int
    life: int
    number: int
    frames: Sequence[Frame]


_ACK, _HAVE, _CARRIED, _WANT, _VOID, _PRUNE, _PING = range(1, 8)
_MARK, _OLD = 0x40, 0x20  # with a tag: the frame's flags are set


def packed(network: bytes, sender: int, life: int, number: int, frames: Iterable[bytes]) -> bytes:
    """Return a packet; ``network`` are the 4 octets that stand for it."""
    head = MAGIC + bytes((VERSION,)) + network + varint(sender) + varint(life) + varint(number)
    data = head + b"".join(frames)
    return data + zlib.crc32(data).to_bytes(_CHECK, "big")


def packed_frame(frame: Frame) -> bytes:
    """Return a frame as octets."""
    if isinstance(frame, Carried):
        message = frame.message
        return b"".join(
            (
                bytes((_CARRIED | _MARK * frame.is_pushed | _OLD * frame.is_old,)),
                varint(frame.origin) + varint(message.life) + varint(message.number),
                varint(frame.voids) + bytes((KINDS.index(message.kind),)) + real(message.time_s),
                varint(len(message.body)),
                message.body,
            )
        )
    if isinstance(frame, Ack):
        delay = varint(round(min(max(frame.delay_s, 0.0), MOST_DELAY_S) * _DELAY_STEPS))
        return bytes((_ACK,)) + varint(frame.life) + delay + _packed_runs(frame.runs)
    if isinstance(frame, Have):
        head = bytes((_HAVE | _MARK * frame.is_all,)) + _packed_key(frame.key)
        return head + varint(frame.floor) + _packed_runs(frame.runs)
    if isinstance(frame, Want):
        head = bytes((_WANT | _MARK * frame.is_graft,))
        return head + _packed_key(frame.key) + _packed_runs(frame.runs)
    if isinstance(frame, Void):
        head = bytes((_VOID | _MARK * frame.is_gone,))
        return head + _packed_key(frame.key) + _packed_runs(frame.runs)
    if isinstance(frame, Prune):
        return bytes((_PRUNE,)) + varint(frame.origin)
    name = frame.network.encode()[:255]
    return bytes((_PING,)) + varint(len(name)) + name


def _packed_key(key: Key) -> bytes:
    return varint(key[0]) + varint(key[1])


def _packed_runs(runs: Sequence[Run]) -> bytes:
    """Return runs as the numbers out and in, each after the one before."""
    out, at = [varint(len(runs))], 0
    for first, end in runs:
        out.append(varint(first - at) + varint(end - first))
        at = end
    return b"".join(out)


def unpacked(data: bytes, network: bytes, sites: Sequence[str], where: str) -> Packet:
    """Return what a packet holds; an InputError, beginning with ``where``, says what is wrong.

    ``sites`` are the names of the sites, by row.
    """
    octets = Octets(data[: max(len(data) - _CHECK, 0)], where)
    if octets.take(len(MAGIC)) != MAGIC:
        raise octets.fault(f"{data[:2].hex()}", f"{MAGIC.hex()}, a packet of jointsky")
    version = octets.octet()
    if version != VERSION:
        raise octets.fault(f"version {version} of the packets", f"version {VERSION}")
    if zlib.crc32(octets.data) != int.from_bytes(data[-_CHECK:], "big"):
        raise octets.fault("a wrong check sum: damaged, or cut short")
    if octets.take(len(network)) != network:
        raise octets.fault(
            f"a packet of another network{_named(octets)}",
            "one with the same name, sites, nations and sensors",
        )
    sender = octets.varint(len(sites) - 1)
    life, number = octets.varint(_MOST_LIFE), octets.varint(_MOST_NUMBER)
    frames = []
    while octets.left:
        frames.append(_frame(octets, sites))
    return Packet(sender, life, number, frames)


def _named(octets: Octets) -> str:
    """Return the name of a foreign network, if its packet begins with a Ping, which tells it."""
    try:
        for _ in range(3):
            octets.varint()
        name = octets.text(255) if octets.octet() == _PING else ""
    except InputError:
        return ""
    return f", {name!r}" if name.isprintable() and name else ""


def _frame(octets: Octets, sites: Sequence[str]) -> Frame:
    tag = octets.octet()
    kind, mark = tag & ~_MARK, bool(tag & _MARK)
    most = len(sites) - 1
    if kind & ~_OLD == _CARRIED:
        return _carried(octets, sites, mark, bool(tag & _OLD))
    if kind == _ACK:
        life, delay = octets.varint(_MOST_LIFE), octets.varint(round(MOST_DELAY_S * _DELAY_STEPS))
        return Ack(life, delay / _DELAY_STEPS, _runs(octets))
    if kind == _HAVE:
        key = _key(octets, most)
        return Have(key, octets.varint(_MOST_NUMBER), _runs(octets), mark)
    if kind == _WANT:
        return Want(_key(octets, most), _runs(octets), mark)
    if kind == _VOID:
        return Void(_key(octets, most), _runs(octets), mark)
    if kind == _PRUNE:
        return Prune(octets.varint(most))
    if kind == _PING:
        return Ping(octets.text(255))
    raise octets.fault(f"a frame of kind {kind}", f"{_ACK} to {_PING}")


def _carried(octets: Octets, sites: Sequence[str], is_pushed: bool, is_old: bool) -> Carried:
    origin, life = _key(octets, len(sites) - 1)
    number = octets.varint(_MOST_NUMBER - 1)
    voids, kind = octets.varint(number), octets.octet()
    if kind >= len(KINDS):
        raise octets.fault(f"a message of kind {kind}", f"0 to {len(KINDS) - 1}")
    time_s = octets.real()
    body = octets.take(octets.varint(MOST_BODY))
    message = Message(sites[origin], life, number, KINDS[kind], time_s, body)
    return Carried(origin, message, voids, is_pushed, is_old)


def _key(octets: Octets, most: int) -> Key:
    return octets.varint(most), octets.varint(_MOST_LIFE)


def _runs(octets: Octets) -> list[Run]:
    """Return runs in order that do not overlap; an empty or endless one is a fault."""
    runs, at = [], 0
    for _ in range(octets.varint(_MOST_RUNS)):
        first = at + octets.varint(_MOST_NUMBER)
        at = first + octets.varint(_MOST_NUMBER)
        if not first < at <= _MOST_NUMBER:
            raise octets.fault(f"numbers from {first} to {at}", f"some, below {_MOST_NUMBER}")
        runs.append((first, at))
    return runs

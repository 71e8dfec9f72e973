"""The plainest exchange: each message goes over every link but that it came from, once."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np

from jointsky.node.setup import Network
from jointsky.records.exchange import Message
from jointsky.records.plots import Plots


@dataclasses.dataclass(frozen=True)
class Heard:
    """What was new in a packet, and what was wrong with it."""

    messages: tuple[Message, ...] = ()
    faults: tuple[str, ...] = ()


class Flooding:
    """Messages out and in, duplicates dropped; nothing that was lost is asked for again."""

    def __init__(self, network: Network, site: int, begun_s: float) -> None:
        self._name = network.sites[site].name
        self._life = round(begun_s * 1000)
        self._links = [link.name for link in network.links if site in link.ends]
        self._number = 0
        self._known: set[tuple[str, int, int]] = set()
        self._out: list[tuple[str, bytes]] = []

    def tell(self, kind: str, body: bytes, now_s: float) -> Message:
        """Return a new message of this site, which is on its way with ``on_time``."""
        message = Message(self._name, self._life, self._number, kind, now_s, body)
        self._number += 1
        self._pass_on(message, "")
        return message

    def on_packet(self, link: str, packet: bytes, now_s: float) -> Heard:
        """Return what was new in a packet."""
        try:
            message = msgspec.msgpack.decode(packet, type=Message)
        except msgspec.DecodeError as error:
            return Heard(faults=(str(error),))
        if (message.origin, message.life, message.number) in self._known:
            return Heard()
        self._pass_on(message, link)
        return Heard((message,))

    def on_time(self, now_s: float) -> list[tuple[str, bytes]]:
        """Return (link, packet) of all that waits to be sent."""
        out, self._out = self._out, []
        return out

    def restore(self, messages: list[Message]) -> None:
        """Know messages of the store again."""
        self._known |= {(m.origin, m.life, m.number) for m in messages}

    def _pass_on(self, message: Message, came_by: str) -> None:
        self._known.add((message.origin, message.life, message.number))
        packet = msgspec.msgpack.encode(message)
        self._out += [(link, packet) for link in self._links if link != came_by]


def pack_plots(plots: Plots) -> bytes:
    """Return plots as octets, every column as it is."""
    columns = {name: getattr(plots, name).tobytes() for name in Plots.schema()}
    return msgspec.msgpack.encode(columns)


def unpack_plots(body: bytes) -> Plots:
    """Return plots of octets; ValueError where they are none."""
    columns = msgspec.msgpack.decode(body, type=dict[str, bytes])
    schema = Plots.schema()
    if columns.keys() != schema.keys():
        raise ValueError("these are no plots")
    return Plots(
        **{name: np.frombuffer(columns[name], schema[name].dtype).copy() for name in schema}
    )

"""What a node will need is compiled before it begins, so that its first plots are not late."""

from __future__ import annotations

import importlib.resources
import pathlib

import numpy as np
import numpy.typing as npt

from jointsky.formats.framing.cutting import whole_blocks
from jointsky.live.declared import LiveSite
from jointsky.live.decoding import Decoder
from jointsky.live.feeds import UdpFeed
from jointsky.live.inbox import Chunk
from jointsky.node.effects import Effect, Send
from jointsky.node.picture import PictureNode
from jointsky.node.setup import Network
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag, Plots

SECONDS, STEP_S = 40, 1.0
START_S = 1_600_000_000.0
TARGETS = 4
SAMPLE_OCTETS = 4000
APART_RAD, MOVED_RADPS = 2e-3, 3e-5
FIRST_ADDRESS = 0x3C0000


def warm(network: Network) -> None:
    """Run nodes of the network over some made plots and their packets, and forget them.

    Both of two sites see the same few targets, as places, and each one more from its radars, so
    that tracks begin, are compared and get their numbers.
    """
    begin_s = max(START_S, network.epoch_s + 1.0)
    nodes = [PictureNode(network, row, begin_s) for row in range(min(len(network.sites), 2))]
    owned = [np.flatnonzero(np.array(network.sensor_site) == row) for row in range(len(nodes))]
    for step in range(SECONDS):
        now_s = begin_s + step * STEP_S
        for row, node in enumerate(nodes):
            plots = _plots(network, owned[row], step, now_s)
            effects = [*node.on_plots(plots, now_s), *node.on_time(now_s + STEP_S / 2)]
            _pass_on(network, nodes, row, effects, now_s + STEP_S / 2)
    for node in nodes:
        node.status(begin_s + SECONDS)
        node.picture(begin_s + SECONDS)


def warm_readers() -> None:
    """Read a little ASTERIX as a feed would bring it, and forget it."""
    packaged = pathlib.Path(str(importlib.resources.files("jointsky.live.demo")))
    octets = (packaged / "north.ast").read_bytes()[:SAMPLE_OCTETS]
    payload = octets[: whole_blocks(octets)]
    site = LiveSite(name="warm", nation="warm", feeds=(UdpFeed(name="warm", port=1),))
    Decoder(site, 0).plots([Chunk(0, START_S, payload), Chunk(0, START_S, payload[:-5])])


def _pass_on(
    network: Network, nodes: list[PictureNode], row: int, effects: list[Effect], now_s: float
) -> None:
    ends = {link.name: link.ends for link in network.links}
    for effect in effects:
        if isinstance(effect, Send):
            other = next(end for end in ends[effect.link] if end != row)
            if other < len(nodes):
                nodes[other].on_record(effect.link, effect.packet, now_s)


def _plots(network: Network, rows: npt.NDArray[np.int64], step: int, now_s: float) -> Plots:
    """Return a plot of each target by one sensor in turn, and one by each that is placed."""
    if not len(rows):
        return Plots.make(0)
    places = [(one.latitude_rad, one.longitude_rad) for one in network.sensors]
    known = [(y, x) for y, x in places if y is not None and x is not None]
    latitude, longitude = known[0] if known else (0.9, 0.3)
    number = np.arange(TARGETS)
    common = Plots.make(
        TARGETS,
        time_s=now_s - 0.5,
        sensor=np.int32(rows[step % len(rows)]),
        geometry=np.int8(Geometry.GEODETIC),
        latitude_rad=latitude + 0.01 + APART_RAD * number,
        longitude_rad=longitude + MOVED_RADPS * step,
        east_sigma_m=30.0,
        north_sigma_m=30.0,
        east_north_correlation=0.0,
        pressure_altitude_m=9000.0,
        mode_s=FIRST_ADDRESS + number,
        flags=np.uint32(PlotFlag.MODE_S),
    )
    placed = np.array([row for row in rows.tolist() if places[row][0] is not None], np.int32)
    own = Plots.make(
        len(placed),
        time_s=now_s - 0.4,
        sensor=placed,
        geometry=np.int8(Geometry.POLAR),
        range_m=40_000.0 + 200.0 * step,
        azimuth_rad=1.0,
        pressure_altitude_m=8000.0,
        flags=np.uint32(PlotFlag.SECONDARY | PlotFlag.PRIMARY),
    )
    return join([common, own])

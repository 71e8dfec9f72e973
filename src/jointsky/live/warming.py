"""What a node will need is compiled before it begins, so that its first plots are not late."""

from __future__ import annotations

import numpy as np

from jointsky.node.effects import Effect, Send
from jointsky.node.picture import PictureNode
from jointsky.node.setup import Network
from jointsky.records.plots import Geometry, PlotFlag, Plots

TURNS, STEP_S = 4, 4.0
START_S = 1_600_000_000.0


def warm(network: Network) -> None:
    """Run nodes of the network over a few plots and packets, and forget them."""
    begin_s = max(START_S, network.epoch_s + 1.0)
    nodes = [PictureNode(network, row, begin_s) for row in range(min(len(network.sites), 2))]
    owned = [np.flatnonzero(np.array(network.sensor_site) == row) for row in range(len(nodes))]
    for turn in range(TURNS):
        now_s = begin_s + turn * STEP_S
        for row, node in enumerate(nodes):
            plots = _plots(network, owned[row], now_s)
            effects = [*node.on_plots(plots, now_s), *node.on_time(now_s + STEP_S / 2)]
            _pass_on(network, nodes, row, effects, now_s + STEP_S / 2)
    for node in nodes:
        node.status(begin_s + TURNS * STEP_S)
        node.picture(begin_s + TURNS * STEP_S)


def _pass_on(
    network: Network, nodes: list[PictureNode], row: int, effects: list[Effect], now_s: float
) -> None:
    ends = {link.name: link.ends for link in network.links}
    for effect in effects:
        if isinstance(effect, Send):
            other = next(end for end in ends[effect.link] if end != row)
            if other < len(nodes):
                nodes[other].on_record(effect.link, effect.packet, now_s)


def _plots(network: Network, rows: np.ndarray, now_s: float) -> Plots:
    """Return a plot of one target for each of some sensors, in the form that each sends."""
    polar = np.array([network.sensors[row].latitude_rad is not None for row in rows], bool)
    adsb = np.array([network.sensors[row].kind == "adsb" for row in rows], bool)
    rows, polar = rows[polar | adsb], (polar & ~adsb)[polar | adsb]
    places = [
        (network.sensors[row].latitude_rad, network.sensors[row].longitude_rad) for row in rows
    ]
    latitude = np.array([0.9 if place[0] is None else place[0] for place in places])
    longitude = np.array([0.3 if place[1] is None else place[1] for place in places])
    return Plots.make(
        len(rows),
        time_s=now_s - 0.5,
        sensor=rows.astype(np.int32),
        geometry=np.where(polar, Geometry.POLAR, Geometry.GEODETIC).astype(np.int8),
        range_m=np.where(polar, 40_000.0 + 100.0 * (now_s % 100.0), np.nan),
        azimuth_rad=np.where(polar, 1.0, np.nan),
        latitude_rad=np.where(polar, np.nan, latitude),
        longitude_rad=np.where(polar, np.nan, longitude),
        pressure_altitude_m=9000.0,
        mode_s=0x123456,
        flags=np.uint32(PlotFlag.SECONDARY | PlotFlag.MODE_S),
    )

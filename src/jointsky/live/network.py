"""A configuration becomes what a node is told before it begins, and the mark that it carries."""

from __future__ import annotations

import hashlib
import math

import msgspec

from jointsky.live.declared import LiveConfig, LiveSensor
from jointsky.node.setup import LinkOf, Network, SiteOf
from jointsky.records.sensors import Sensor

EPOCH_S = 1_577_836_800.0  # 2020-01-01: near, so that a double holds times to less than 50 ns
MARK_OCTETS = 8


def network_of(config: LiveConfig) -> Network:
    """Return the network: the same at every site that has the same configuration."""
    rows = {site.name: row for row, site in enumerate(config.sites)}
    sensors = [(rows[site.name], one) for site in config.sites for one in site.sensors]
    return Network(
        name=config.network,
        sites=[SiteOf(site.name, site.nation) for site in config.sites],
        sensors=[_sensor(one) for _, one in sensors],
        sensor_site=[row for row, _ in sensors],
        links=[
            LinkOf(
                link.name,
                (rows[link.ends[0]], rows[link.ends[1]]),
                link.share,
                link.bandwidth_kbps,
            )
            for link in config.links
        ],
        releases={nation.name: nation.release for nation in config.nations},
        epoch_s=EPOCH_S,
        settings=config.exchange,
        tracker=config.tracker,
    )


def mark(config: LiveConfig) -> bytes:
    """Return 8 octets that are the same where two sites agree on all that must be the same.

    Sites with other sensors, links or settings would read each other's plots wrongly and silently;
    where octets come from, and where they are written, is each site's own.
    """
    sites = [(site.name, site.nation, site.sensors) for site in config.sites]
    common = (config.network, config.nations, sites, config.links, config.exchange, config.tracker)
    packed = msgspec.msgpack.Encoder(order="deterministic").encode(common)
    return hashlib.blake2b(packed, digest_size=MARK_OCTETS).digest()


def _sensor(one: LiveSensor) -> Sensor:
    return Sensor(
        name=one.name,
        kind=one.kind,
        sac=one.sac,
        sic=one.sic,
        latitude_rad=_rad(one.latitude_deg),
        longitude_rad=_rad(one.longitude_deg),
        height_m=None if one.latitude_deg is None else one.height_m,
        rotation_period_s=one.rotation_period_s,
        range_max_m=one.range_max_m,
        range_sigma_m=one.range_sigma_m,
        azimuth_sigma_rad=_rad(one.azimuth_sigma_deg),
        elevation_sigma_rad=_rad(one.elevation_sigma_deg),
        detection_probability=one.detection_probability,
        false_plots_per_turn=one.false_plots_per_turn,
        range_resolution_m=one.range_resolution_m,
        azimuth_resolution_rad=_rad(one.azimuth_resolution_deg),
    )


def _rad(degrees: float | None) -> float | None:
    return None if degrees is None else math.radians(degrees)

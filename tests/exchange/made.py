"""Plots, reports and networks for the tests of the exchange, made from a seed."""

import dataclasses

import numpy as np

from jointsky.exchange.declared import NodeSettings
from jointsky.records.exchange import TrackReports
from jointsky.records.plots import Plots
from jointsky.streams import stream

EPOCH_S = 1_800_000_000.0


@dataclasses.dataclass(frozen=True)
class Site:
    name: str
    nation: str


@dataclasses.dataclass(frozen=True)
class Link:
    name: str
    ends: tuple
    share: str = "plots"
    bandwidth_kbps: float | None = None


@dataclasses.dataclass(frozen=True)
class Network:
    sites: list
    links: list
    name: str = "sky"
    sensors: tuple = ()
    releases: dict = dataclasses.field(default_factory=dict)
    settings: NodeSettings = NodeSettings()


def radar_plots(n, seed=1, begun_s=EPOCH_S):
    """Return what 30 radars with secondary and Mode S would tell in half a second."""
    rng = stream(seed, "radar plots")
    known = rng.random(n)
    return Plots.make(
        n,
        time_s=np.sort(begun_s + rng.uniform(0, 0.5, n)),
        sensor=rng.integers(0, 30, n),
        range_m=rng.uniform(2e3, 4e5, n),
        azimuth_rad=rng.uniform(0, 2 * np.pi, n),
        elevation_rad=np.where(known < 0.5, rng.uniform(0, 0.5, n), np.nan),
        doppler_mps=rng.normal(0, 150, n),
        range_sigma_m=rng.uniform(20, 60, n),
        azimuth_sigma_rad=rng.uniform(0.001, 0.003, n),
        doppler_sigma_mps=rng.uniform(0.5, 2, n),
        pressure_altitude_m=np.where(known < 0.9, rng.integers(0, 1600, n) * 7.62, np.nan),
        mode_s=np.where(known < 0.6, rng.integers(0, 2**24, n), -1),
        mode_a=np.where(known < 0.9, rng.integers(0, 4096, n), -1),
        flags=rng.integers(0, 8, n),
        track_number=rng.integers(0, 4000, n),
        call_sign=np.where(known < 0.3, [f"BRU{k}" for k in rng.integers(0, 4000, n)], ""),
    )


def track_reports(n, seed=1, begun_s=EPOCH_S):
    """Return what a site of two nations' sky would tell of ``n`` of its tracks."""
    rng = stream(seed, "track reports")
    axes = rng.normal(size=(n, 6, 6)) * np.array([50, 50, 80, 3, 3, 3.0])[:, None]
    number = (rng.integers(0, 36_000, n) + (1 << 31) << 30) | rng.integers(0, 1 << 30, n)
    return TrackReports.make(
        n,
        time_s=begun_s + rng.uniform(0, 5, n),
        number=number,
        system_number=np.where(rng.random(n) < 0.5, number, number - (1 << 40)),
        latitude_rad=rng.uniform(0.9, 0.95, n),
        longitude_rad=rng.uniform(0.4, 0.5, n),
        height_m=rng.uniform(0, 12e3, n),
        pressure_altitude_m=rng.uniform(0, 12e3, n),
        ve_mps=rng.normal(0, 150, n),
        vn_mps=rng.normal(0, 150, n),
        vu_mps=rng.normal(0, 5, n),
        covariance=axes @ axes.transpose(0, 2, 1),
        shared_part=rng.random(n),
        manoeuvre=rng.random(n),
        existence=rng.random(n),
        status=rng.integers(0, 4, n),
        plots=rng.integers(0, 500, n),
        sensors=rng.integers(0, 1 << 30, (n, 1)).astype(np.uint64),
        mode_s=rng.integers(0, 2**24, n),
        mode_a=rng.integers(0, 4096, n),
        call_sign=[f"BRU{k}" for k in rng.integers(0, 4000, n)],
        flags=rng.integers(0, 1 << 15, n),
    )

"""The picture of a run's network: held, common, late and how much went over the links."""

from __future__ import annotations

import pathlib

import numpy as np

from jointsky.metrics.latency import everywhere
from jointsky.pictures.network import LinkRates, NetworkView, Outage, draw_network
from jointsky.sim.channels import BIN_S, rate_kbps
from jointsky.sim.judging import Judged

_OCTETS_A_KILOBIT = 125.0


def write_network_picture(judged: Judged, path_png: pathlib.Path) -> None:
    """Write the picture of the network of a run, which has links and pictures to compare."""
    outcome, built = judged.outcome, judged.outcome.built
    assert judged.common is not None
    told = judged.told
    own, others = (told.latency_s[is_of] for is_of in (told.is_own, ~told.is_own))
    _, last_s = everywhere(told, len(outcome.tracks))
    draw_network(
        NetworkView(
            title=f"{built.name}: the network",
            begin_s=built.begin_s,
            end_s=outcome.end_s,
            common=judged.common,
            outages=[
                Outage(outage.begin_s, outage.end_s, _few(outage.links))
                for outage in judged.outages
            ],
            late_s={"own": own, "others": others, "everywhere": last_s},
            links=link_rates(judged),
        ),
        path_png,
    )


def link_rates(judged: Judged) -> LinkRates:
    """Return what went over each link, both ways together."""
    outcome, built = judged.outcome, judged.outcome.built
    seconds = max(outcome.end_s - built.begin_s, 1e-9)
    both: dict[str, np.ndarray] = {}
    for told in outcome.traffic:
        rate = _OCTETS_A_KILOBIT * rate_kbps(told, seconds)
        both[told.link] = rate + both.get(told.link, 0.0)
    bins = len(next(iter(both.values())))
    edges_s = built.begin_s + np.minimum(BIN_S * np.arange(bins + 1), seconds)
    nation = [site.nation for site in built.sites]
    is_across = {link.name: nation[link.ends[0]] != nation[link.ends[1]] for link in built.links}
    return LinkRates(
        edges_s=edges_s,
        names=list(both),
        octets_hz=np.stack(list(both.values())),
        is_across=[is_across[name] for name in both],
    )


def _few(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} links"

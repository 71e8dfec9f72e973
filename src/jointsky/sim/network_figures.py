"""Figures of a network: what went over its links, how common and how late the pictures were."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jointsky.metrics.latency import Tellings, latency
from jointsky.records.commonality import Commonality
from jointsky.scenario.built import Built
from jointsky.sim.channels import Traffic, rate_kbps
from jointsky.sim.judging import Judged, Outage, slowest_scan_s

_OF_PAIRS = ("held", "number", "identity", "identity_conflict", "common")
_OF_VIEW = ("held_of_view", "common_of_view")
_COUNTED = ("packets", "octets", "dropped", "lost", "cut")


def network_figures(judged: Judged) -> dict[str, Any]:
    """Return what ``summary.json`` says of the network, in plain numbers; None: not known."""
    outcome, built = judged.outcome, judged.outcome.built
    seconds = max(outcome.end_s - built.begin_s, 1e-9)
    made: dict[str, Any] = plain(
        {
            "links": [_link(built, told, seconds) for told in outcome.traffic],
            "octets_hz": sum(told.octets for told in outcome.traffic) / seconds,
            "common": None if judged.common is None else _common(judged.common),
            "late": _late(judged),
            "outages": outages(judged),
            "lacking": [vars(lack) for lack in outcome.lacks],
        }
    )
    return made


def outages(judged: Judged) -> list[dict[str, Any]]:
    """Return each span in which links were silent, and how soon the pictures agreed again."""
    return [_outage(outage, judged.outcome.built) for outage in judged.outages]


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: no NaN and no infinity, no numbers of NumPy."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def across(common: Commonality) -> dict[str, Any] | None:
    """Return the figures between two nations, all pairs of them added up; None for one nation.

    Where there are more than two nations, their pairs count by the targets that they hold.
    """
    rows = [row for row in common.between_nations if row["a"] != row["b"]]
    if not rows:
        return None
    held = np.array([row["target_moments"] for row in rows], float)
    pairs = np.array([row["pairs"] for row in rows], float)
    made: dict[str, Any] = {}
    for names, weight in ((_OF_PAIRS, held), (_OF_VIEW, pairs)):
        for name in names:
            value = np.array([row.get(name, np.nan) for row in rows], float)
            known = np.isfinite(value) & (weight > 0)
            made[name] = float("nan")
            if known.any():
                made[name] = float(np.average(value[known], weights=weight[known]))
    return made


def quantiles_s(told: Tellings) -> dict[str, float]:
    """Return how late updates were at all sites together: half and 99 of 100 of them."""
    if not len(told.site):
        return {"p50_s": float("nan"), "p99_s": float("nan")}
    p50, p99 = np.percentile(told.latency_s, [50.0, 99.0])
    return {"p50_s": float(p50), "p99_s": float(p99)}


def _link(built: Built, told: Traffic, seconds: float) -> dict[str, Any]:
    share = next(link.share for link in built.links if link.name == told.link)
    rates = rate_kbps(told, seconds)
    return {
        "name": told.link,
        "from": built.sites[told.ends[0]].name,
        "to": built.sites[told.ends[1]].name,
        "share": share,
        **{name: getattr(told, name) for name in _COUNTED},
        "mean_kbps": 0.008 * told.octets / seconds,
        "peak_kbps": float(rates.max()),
        "longest_wait_s": told.longest_wait_s,
    }


def _common(common: Commonality) -> dict[str, Any]:
    return {
        "everyone": common.everyone,
        "across": across(common),
        "between_nations": common.between_nations,
        "between_sites": common.between_sites,
    }


def _late(judged: Judged) -> dict[str, Any]:
    names = [site.name for site in judged.outcome.built.sites]
    rows = latency(judged.told, names)
    return {"all": quantiles_s(judged.told), "by_site": [row for row in rows if row["all"]["n"]]}


def _outage(outage: Outage, built: Built) -> dict[str, Any]:
    """Return what became of the common picture; the goal is to agree within two scans."""
    told: dict[str, Any] = {
        "begin_s": outage.begin_s,
        "end_s": outage.end_s,
        "links": list(outage.links),
        "two_scans_s": 2.0 * slowest_scan_s(built),
    }
    if outage.healing is not None:
        told["common_before"] = outage.healing.before
        told["common_lowest"] = outage.healing.lowest
        told["agreed_after_s"] = outage.healing.agreed_after_s
    return told

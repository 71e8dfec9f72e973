"""Ways to share, side by side: the same plots, each site alone and shared three ways.

Over links as they are declared (degraded) and over ideal ones: no delay, no loss, no limit, no
outage.  An arm is one such network; it takes the plots of the recorded windows, so arms differ in
the network alone, and each runs in a process of its own.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from jointsky.exchange.declared import Share
from jointsky.records.commonality import Commonality
from jointsky.scenario.built import Built, BuiltLink
from jointsky.sim.judging import Judged, judge
from jointsky.sim.network_figures import across, outages, plain, quantiles_s
from jointsky.sim.run import Outcome, RunSettings, network_outcome

WAYS: tuple[Share, ...] = ("plots", "fused", "responsible")
ALONE, IDEAL, DEGRADED = "alone", "ideal", "degraded"
FIGURES = (
    "completeness",
    "spuriousness",
    "horizontal_rms_m",
    "one_number_share",
    "number_changes_hz",
    "longest_segment",
    "held",
    "common",
    "latency_p50_s",
    "latency_p99_s",
    "octets_hz",
)
_OF_SITES = {
    "completeness": ("siap", "completeness"),
    "spuriousness": ("siap", "spuriousness"),
    "one_number_share": ("tracks", "one_number_share"),
    "number_changes_hz": ("siap", "track_number_change_rate_hz"),
    "longest_segment": ("siap", "longest_segment"),
}


@dataclasses.dataclass(frozen=True)
class Arm:
    """One way to share, over one kind of links; alone there are none."""

    way: str
    links: Literal["ideal", "degraded"]

    @property
    def name(self) -> str:
        """Return the arm's name, which is that of its file too."""
        return self.way if self.way == ALONE else f"{self.way}-{self.links}"

    def of(self, built: Built) -> Built:
        """Return a scenario with its network as this arm has it."""
        if self.way == ALONE:
            return dataclasses.replace(built, links=[])
        share = next(share for share in WAYS if share == self.way)
        links = [dataclasses.replace(link, share=share) for link in built.links]
        if self.links == IDEAL:
            links = [_ideal(link) for link in links]
        return dataclasses.replace(built, links=links)


def _ideal(link: BuiltLink) -> BuiltLink:
    """Return a link that carries everything at once."""
    return dataclasses.replace(
        link, delay_s=0.0, jitter_s=0.0, loss=0.0, bandwidth_kbps=None, outages_s=()
    )


def arms() -> list[Arm]:
    """Return all arms, in the order in which they are shown."""
    return [Arm(ALONE, "ideal"), *(Arm(way, kind) for way in WAYS for kind in _KINDS)]


_KINDS: tuple[Literal["ideal", "degraded"], ...] = ("ideal", "degraded")


def declared_arm(built: Built) -> Arm | None:
    """Return the arm that a scenario is itself, where all of its links share alike."""
    shares = sorted({link.share for link in built.links})
    return Arm(shares[0], "degraded") if len(shares) == 1 else None


def run_arm(
    built: Built,
    arm: Arm,
    windows: pathlib.Path,
    settings: RunSettings,
    step: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Run one arm on recorded windows; return its figures, in plain numbers."""
    outcome = network_outcome(arm.of(built), windows, settings, step)
    return arm_figures(arm, outcome)


def arm_figures(arm: Arm, outcome: Outcome) -> dict[str, Any]:
    """Return the figures of an arm: in all, of each site and nation, and over time.

    All sites are asked for what any sensor of the whole network had in view.
    """
    judged = judge(outcome, is_of_all=True)
    sites = [_site(judged, site) for site in judged.scores]
    nations = list(dict.fromkeys(site["nation"] for site in sites))
    seconds = max(outcome.end_s - outcome.built.begin_s, 1e-9)
    late = quantiles_s(judged.told)
    told = {
        **_mean(sites),
        **_shared(judged.common),
        "latency_p50_s": late["p50_s"],
        "latency_p99_s": late["p99_s"],
        "octets_hz": sum(told.octets for told in outcome.traffic) / seconds,
    }
    made: dict[str, Any] = plain(
        {
            "name": arm.name,
            "way": arm.way,
            "links": "none" if arm.way == ALONE else arm.links,
            "figures": {name: told.get(name, float("nan")) for name in FIGURES},
            "nations": [
                {"nation": name, **_mean([site for site in sites if site["nation"] == name])}
                for name in nations
            ],
            "sites": sites,
            "over_time": _over_time(judged.common),
            "outages": outages(judged),
        }
    )
    return made


def _site(judged: Judged, row: int) -> dict[str, Any]:
    """Return the figures of one site; who shows nothing holds nothing."""
    site, score = judged.outcome.built.sites[row], judged.scores[row]
    told: dict[str, Any] = {"site": site.name, "nation": site.nation}
    if score is None:
        return {**told, "completeness": 0.0}
    for name, (part, figure) in _OF_SITES.items():
        told[name] = getattr(score, part)[figure]
    told["horizontal_rms_m"] = score.errors["all"]["horizontal_m"]["rms"]
    return told


def _mean(sites: list[dict[str, Any]]) -> dict[str, float]:
    """Return the mean of each figure over the sites that have it; of squares for errors."""
    made = {}
    for name in [*_OF_SITES, "horizontal_rms_m"]:
        known = np.array([site.get(name, np.nan) for site in sites], float)
        known = known[np.isfinite(known)]
        if not len(known):
            made[name] = float("nan")
        elif name == "horizontal_rms_m":
            made[name] = float(np.sqrt(np.mean(known**2)))
        else:
            made[name] = float(known.mean())
    return made


def _shared(common: Commonality | None) -> dict[str, float]:
    """Return what two sites of two nations hold alike, of all that is in view.

    In a scenario of one nation: what all sites hold alike.
    """
    if common is None:
        return {}
    told = across(common) or common.everyone
    return {"held": told["held_of_view"], "common": told["common_of_view"]}


def _over_time(common: Commonality | None) -> dict[str, list[float]]:
    """Return the shares of what is in view that sites hold, and that two nations hold alike."""
    if common is None:
        return {}
    held, shared = common.held_over_time, common.over_time
    is_site = np.char.startswith(held["of"].astype(str), "site ")
    times = np.unique(held["time_s"])
    place = np.searchsorted(times, held["time_s"])
    pairs = [f"{r['a']}-{r['b']}" for r in common.between_nations if r["a"] != r["b"]]
    of_pairs = np.isin(shared["between"], pairs or ["all sites"])
    where = np.searchsorted(times, shared["time_s"])
    return {
        "time_s": times.tolist(),
        "completeness": _shares(place[is_site], held["held"][is_site], held["view"][is_site]),
        "common": _shares(where[of_pairs], shared["common"][of_pairs], shared["view"][of_pairs]),
    }


def _shares(place: Any, part: Any, whole: Any) -> list[float]:
    count = int(place.max()) + 1 if len(place) else 0
    below = np.bincount(place, whole, count)
    above = np.bincount(place, part, count)
    share = np.full(count, np.nan)
    return list(np.divide(above, below, out=share, where=below > 0).tolist())

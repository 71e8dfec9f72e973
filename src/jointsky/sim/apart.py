"""Joint duty beside each nation for itself: the same sky and plots, no links across the border."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import structs

from jointsky.scenario.built import Built
from jointsky.sim.costs import sum_words
from jointsky.sim.duty_figures import duty_figures, leaked_of
from jointsky.sim.duty_setup import areas_of
from jointsky.sim.folder import RunFolder
from jointsky.sim.network import crews_for
from jointsky.sim.run import RunSettings, network_outcome

APART = "each nation for itself"
BESIDE = (
    ("stopped", "stopped"),
    ("leaked", "came into a protected zone"),
    ("stopped_late", "of them stopped there"),
    ("orders", "orders"),
    ("shots", "shots"),
    ("shots_wasted", "shots at what was stopped already"),
    ("shots_at_others", "shots at others"),
    ("engaged_twice", "fired at by both nations"),
)
BESIDE_COSTS = (
    ("spent_usd", "shots_of_unknown_cost", "spent on shots"),
    ("lost_usd", "lost_of_unknown_cost", "worth of what was stopped"),
)


def apart(built: Built) -> Built:
    """Return a scenario in which the nations neither share nor decide together."""
    sites = built.sites
    links = [
        link for link in built.links if sites[link.ends[0]].nation == sites[link.ends[1]].nation
    ]
    duty = None if built.duty is None else structs.replace(built.duty, is_joint=False)
    return dataclasses.replace(built, links=links, duty=duty)


def figures_apart(
    built: Built, folder: RunFolder, settings: RunSettings, step: Callable[[str, float], None]
) -> dict[str, Any]:
    """Return the figures of a duty in which each nation is for itself, on a run's windows."""

    def told(share: float) -> None:
        step(APART, share)

    alone = apart(built)
    outcome = network_outcome(
        alone, folder.windows, settings, told, crews_for(alone, settings.workers)
    )
    return duty_figures(outcome, leaked_of(outcome, areas_of(built)))


def beside_rows(duty: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each figure: its name, joint, each nation for itself."""
    alone = duty["apart"]
    rows = [[words, f"{duty[name]:,}", f"{alone[name]:,}"] for name, words in BESIDE]
    for name, words in (
        ("track_to_order_s", "from track to order, half of them within"),
        ("proposal_to_order_s", "of that, waiting for agreement"),
    ):
        rows.append([words, _seconds(duty[name]["median"]), _seconds(alone[name]["median"])])
    for usd, unknown, words in BESIDE_COSTS:
        costs = [sum_words(one["cost"][usd], one["cost"][unknown]) for one in (duty, alone)]
        rows.append([words, *costs])
    for name in ("suspected", "proposed", "ordered"):
        counts = [f"{one['civil']['civil'][name]:,}" for one in (duty, alone)]
        rows.append([f"civil that were {name}", *counts])
    return rows


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} s"

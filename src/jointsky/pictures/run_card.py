"""The card of a simulated run: its figures in a few lines, and its picture."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

from jointsky.pictures.card import Card
from jointsky.pictures.scene import span_text

MOST_SITES = 20
SITES = ("site", "nation", "plots", "tracks", "own view", "of the joint view held")
DUTY = {
    "hostile": "hostile that came",
    "stopped": "stopped",
    "leaked": "came through",
    "shots": "shots",
    "orders": "orders",
    "engaged_twice": "fired at by both",
}


def run_card(figures: Mapping[str, Any], folder: str) -> str:
    """Return the card of a run, from what summary.json holds and the pictures of its folder."""
    card = Card(f"Run: {figures['scenario']}, seed {figures['seed']}")
    card.words(figures["description"])
    vehicles = ", ".join(f"{count:,} {kind}" for kind, count in figures["vehicles"].items())
    card.words(
        f"{span_text(figures['begin_s'], figures['end_s'])}; {vehicles}; {figures['plots']:,} "
        f"plots, {figures['false_plots']:,} of them false. In {folder}: report.html, tables, log."
    )
    if not figures["is_whole"]:
        card.words("It was interrupted: it holds what was recorded by then.")
    shown = [one for one in figures["sites"] if "tracks" in one][:MOST_SITES]
    card.table(SITES, [_site(one) for one in shown], words=2)
    if "duty" in figures:
        duty = figures["duty"]
        card.table(list(DUTY.values()), [[f"{duty[name]:,}" for name in DUTY]], words=0)
    for name, says in (
        ("picture.png", "What flew, who looked, and how much was in view"),
        ("duty.png", "Who came, and what became of it"),
    ):
        path = pathlib.Path(folder) / name
        if path.is_file():
            card.picture(path.read_bytes(), says)
    return card.html()


def _site(one: Mapping[str, Any]) -> list[str]:
    held = one.get("completeness")
    return [
        one["name"],
        one["nation"],
        f"{one['plots']:,}",
        f"{one['tracks']:,}",
        f"{one['view_share']:.0%}",
        "-" if held is None else f"{held:.0%}",
    ]

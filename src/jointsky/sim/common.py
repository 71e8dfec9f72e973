"""What runs under one sky have in common: made by the first of them that needs it."""

from __future__ import annotations

import dataclasses

from jointsky.records.plans import FlightPlan
from jointsky.sim.brief import Window
from jointsky.sim.matching import Places
from jointsky.sim.shelf import Shelf
from jointsky.sim.weighed import Tree

WINDOWS, PLACES = 150, 1000


@dataclasses.dataclass
class Common:
    """Of runs that see the same plots if nothing is stopped, at the same steps.

    ``windows``: pictures and trackers; ``weighed``: what is made of pictures; ``places``: where
    vehicles are by time; ``plans``: of flights, by the nation that has them, "" for both.
    """

    windows: Shelf[str, Window] = dataclasses.field(default_factory=lambda: Shelf(WINDOWS))
    weighed: Tree = dataclasses.field(default_factory=Tree)
    places: Shelf[float, Places] = dataclasses.field(default_factory=lambda: Shelf(PLACES))
    plans: dict[str, list[FlightPlan]] = dataclasses.field(default_factory=dict)

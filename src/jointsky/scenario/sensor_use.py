"""One sensor of a scenario, with the type that it came to."""

from __future__ import annotations

import dataclasses
from typing import Any

from jointsky.scenario.sites import SensorAboard, SensorAt


@dataclasses.dataclass(frozen=True)
class SensorUse:
    """One sensor: where it is declared, who gets its plots, on what it stands, its type.

    ``site`` is the name of the site that gets them; ``vehicle`` names what carries it, or none;
    ``battery`` the battery whose own it is, or none.
    """

    path: str
    site: str
    vehicle: str
    placed: SensorAt | SensorAboard
    declared: Any
    battery: str = ""

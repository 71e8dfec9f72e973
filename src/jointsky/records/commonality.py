"""Commonality: how far several sites show the same picture, as metrics find it and pictures show.

Counts are of target moments: one target at one common moment.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from jointsky.records.columns import Array

NO_NATION = "these sites"  # stands for the nation of sites of which nobody knows whose they are


@dataclasses.dataclass(frozen=True)
class Commonality:
    """All figures of how common the pictures of several sites are; metres, seconds; NaN: none.

    ``between_sites`` holds a row for each two sites (``a``, ``b``, and figures by name),
    ``between_nations`` the same summed over all pairs of sites of two nations (or within one),
    ``everyone`` the figures of all sites at once.  ``over_time`` has columns of equal length, one
    row for each ``time_s`` (the beginning of a bin of ``about["bin_s"]``) and each of ``between``
    ("x-y" of nations x and y, "all sites" for everyone): the counts that the shares are made of.
    ``held_over_time`` has the same for each ``of`` ("site NAME", "nation NAME"): how many target
    moments it ``held`` and how many were in ``view``.
    """

    about: dict[str, Any]
    sites: list[str]
    nations: list[str]
    between_sites: list[dict[str, Any]]
    between_nations: list[dict[str, Any]]
    everyone: dict[str, float]
    over_time: dict[str, Array]
    held_over_time: dict[str, Array]

    def summary(self) -> dict[str, Any]:
        """Return everything but the long columns, as ``common.json`` holds it."""
        return {
            "about": self.about,
            "sites": self.sites,
            "nations": self.nations,
            "between_sites": self.between_sites,
            "between_nations": self.between_nations,
            "everyone": self.everyone,
        }

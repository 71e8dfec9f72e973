"""A scenario that is sound, to look at: what is in it as tables, and a card for a notebook."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from jointsky.pictures.card import Card


@dataclasses.dataclass(frozen=True)
class Described:
    """A scenario's file, what is in it counted, and the digest of all that it says."""

    path: str
    digest: str
    figures: dict[str, Any] = dataclasses.field(repr=False)
    _tables: Mapping[str, pa.Table] = dataclasses.field(repr=False)
    _map_png: bytes = dataclasses.field(repr=False)

    def sites(self) -> pa.Table:
        """Return a row for each site: whose, where in degrees and metres."""
        return self._tables["sites"]

    def sensors(self) -> pa.Table:
        """Return a row for each sensor: of which kind, and the site that gets its plots."""
        return self._tables["sensors"]

    def vehicles(self) -> pa.Table:
        """Return a row for each vehicle: what it is, whose, and what it truly means."""
        return self._tables["vehicles"]

    def _repr_html_(self) -> str:
        """Return what is in the scenario and a map of it: sites, zones, who flies where."""
        told = self.figures
        card = Card(f"Scenario: {told['name']}")
        card.words(told["description"])
        nations = ", ".join(
            f"{name} ({count} site{'s' if count != 1 else ''})"
            for name, count in told["nations"].items()
        )
        rows = [
            ["time", f"{told['begin']} to {told['end']}, {told['duration_s']:,.0f} s"],
            ["nations", nations],
            *([name, _counted(told[name])] for name in ("sensors", "batteries", "zones")),
            ["vehicles", _counted(told["vehicles"])],
            ["links", f"{told['links']:,}"],
            ["seed, digest", f"{told['seed']}, {self.digest}"],
        ]
        card.table(("", ""), rows, words=2)
        says = "Map: sites, zones, and who flies where: blue friends, green civil, red hostile"
        card.picture(self._map_png, says)
        return card.html()


def _counted(counts: Mapping[str, int]) -> str:
    named = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    return f"{sum(counts.values()):,}: {named}" if counts else "none"

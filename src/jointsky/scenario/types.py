"""Types by name: an entry of the catalogue, with the fields that one use of it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN, checked
from jointsky.declare_words import shown
from jointsky.errors import did_you_mean
from jointsky.scenario import batteries
from jointsky.scenario.sources import Reference
from jointsky.scenario.systems import (
    Catalogue,
    Kind,
    System,
    catalogue,
    check_sensor,
    extended,
    find_name_faults,
)
from jointsky.world.types import VehicleType


class Types:
    """The shipped catalogue with the systems that a scenario brings along."""

    def __init__(
        self,
        systems: Sequence[System],
        references: Mapping[str, Reference],
        names: Sequence[str],
        faults: Faults,
    ) -> None:
        """Take ``systems``, of which some may be BROKEN; ``names`` are those of all of them."""
        shipped = catalogue()
        every = {**shipped.references, **references}
        known = Catalogue(systems=shipped.systems, references=every)
        rows = [row for row, system in enumerate(systems) if system is not BROKEN]
        whole = [systems[row] for row in rows]
        own = Faults()
        self.known = extended(known, whole, own)
        find_name_faults(whole, self.known, own)
        for fault in own.kept:
            number, _, rest = fault.where[1:].partition("]")
            where = f"systems[{rows[int(number)]}]{rest}"
            faults.add(where, fault.found, fault.wanted, fault.hint)
        self._faulty = [name for name in names if name not in self.known.systems]

    def vehicles(self) -> dict[str, VehicleType]:
        """Return all types of vehicle by name."""
        known = self.known.of_kind("vehicle")
        return {name: cast(VehicleType, system.type) for name, system in known.items()}

    def of(self, name: str, kind: Kind, overrides: Mapping[str, Any], faults: Faults) -> Any:
        """Return the type of that name and kind with its overrides; BROKEN where there is none.

        ``faults`` stands at the thing that says ``type`` and ``with``.
        """
        if name is BROKEN or name in self._faulty:  # told where it is declared
            return BROKEN
        system = self.known.systems.get(name)
        if system is None or system.kind != kind:
            choices = self.known.of_kind(kind)
            is_other = f"is a {system.kind} type" if system else f"is no {kind} type"
            near = did_you_mean(name, choices) or "`jointsky systems` lists them"
            faults.add("type", f"{name!r} {is_other}", f"a {kind} type", near)
            return BROKEN
        if not overrides:
            return system.type
        return _overridden(system, overrides, faults.under("with"))


def _overridden(system: System, overrides: Mapping[str, Any], faults: Faults) -> Any:
    """Return a type with some of its fields changed, checked as if it had been declared so."""
    kind = type(system.type)
    own = dict(overrides)
    for field in ("kind", "name", "title"):
        if field in own:
            wanted = "a system of its own under `systems`" if field == "kind" else "it left out"
            faults.add(field, f"{shown(own.pop(field))}, which no use of a type changes", wanted)
    plain = msgspec.json.decode(msgspec.json.encode(system.type))
    known = len(faults.kept)
    made = checked(_joined(plain, own), kind, faults)
    if len(faults.kept) > known:
        return BROKEN
    if system.kind == "sensor":
        check_sensor(made, faults)
    if system.kind == "battery":
        batteries.find_faults(made, faults)
    return made if len(faults.kept) == known else BROKEN


def _joined(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain data with the fields of ``over`` in place of its own, at every depth."""
    made = dict(base)
    for name, value in over.items():
        known = made.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            made[name] = _joined(known, value)
        else:
            made[name] = value
    return made

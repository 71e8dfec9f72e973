"""The catalogue: types of vehicles, sensors and batteries by name, each figure with its source.

The shipped entries are YAML files in ``scenario/catalogue``; a scenario adds its own under
``systems:`` in the same form.
"""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from jointsky import declare
from jointsky.declare import Faults
from jointsky.errors import InputError, ManyInputErrors, did_you_mean
from jointsky.scenario import batteries
from jointsky.scenario.batteries import BatteryType
from jointsky.scenario.sources import Figure, Reference, Source, figures
from jointsky.scenario.sources import find_faults as find_source_faults
from jointsky.sensors import others, radars
from jointsky.sensors.others import OtherSensor
from jointsky.sensors.radars import AnyRadar
from jointsky.world.types import VehicleType

SensorType = AnyRadar | OtherSensor
_T = TypeVar("_T")
Kind = Literal["vehicle", "sensor", "battery"]
KINDS: tuple[Kind, ...] = ("vehicle", "sensor", "battery")


class System(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the catalogue: exactly one of a vehicle, a sensor and a battery."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9][a-z0-9-]*$",
            max_length=32,
            description="By what scenarios call it: small letters, digits, hyphens",
        ),
    ]
    title: Annotated[str, Meta(min_length=1, max_length=100, description="What it is, for people")]
    summary: Annotated[str, Meta(description="What it stands for, in a sentence or two")] = ""
    vehicle: Annotated[
        VehicleType | None, Meta(description="A type of vehicle; it takes the entry's name")
    ] = None
    sensor: Annotated[SensorType | None, Meta(description="A type of sensor")] = None
    battery: Annotated[BatteryType | None, Meta(description="A type of battery")] = None
    notes: Annotated[tuple[str, ...], Meta(description="What a user should know besides")] = ()
    sources: Annotated[tuple[Source, ...], Meta(description="Where each figure comes from")] = ()

    @property
    def kind(self) -> Kind:
        """Return what it is a type of; the first where a faulty entry has several."""
        return next(kind for kind in KINDS if getattr(self, kind, None) is not None)

    @property
    def type(self) -> VehicleType | SensorType | BatteryType:
        """Return the type itself; a vehicle type has the name and title of its entry."""
        if self.vehicle is not None:
            return msgspec.structs.replace(self.vehicle, name=self.name, title=self.title)
        return getattr(self, self.kind)  # type: ignore[no-any-return]


class CatalogueFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the catalogue."""

    references: Annotated[
        dict[str, Reference], Meta(description="Public texts by a short key, for all the files")
    ] = {}
    systems: Annotated[tuple[System, ...], Meta(description="Entries")] = ()


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All systems by name, in order, and the references that their sources name."""

    systems: dict[str, System]
    references: dict[str, Reference]

    def of_kind(self, kind: Kind) -> dict[str, System]:
        """Return the systems of one kind, by name."""
        return {name: it for name, it in self.systems.items() if it.kind == kind}

    def figures(self, name: str) -> list[Figure]:
        """Return every figure of a system with its source; a reference's key is looked up."""
        system = self.systems[name]
        sources = [
            msgspec.structs.replace(
                source,
                reference=self._reference(source.reference),
                also=tuple(self._reference(other) for other in source.also),
            )
            for source in system.sources
        ]
        return figures(system.type, sources)

    def _reference(self, key: _T) -> _T | Reference:
        """Return the reference of a key; what is none stays as it is."""
        return self.references[key] if isinstance(key, str) else key


@functools.cache
def catalogue() -> Catalogue:
    """Return the catalogue that is shipped with the package."""
    folder = importlib.resources.files("jointsky.scenario") / "catalogue"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    files = {}
    for name in names:
        with importlib.resources.as_file(folder / name) as path:
            files[name] = declare.read(path, CatalogueFile)
    return joined_files(files)


def joined_files(files: Mapping[str, CatalogueFile]) -> Catalogue:
    """Return the catalogue that files make together; raise ManyInputErrors with all faults."""
    faults = Faults()
    references: dict[str, Reference] = {}
    for name, file in files.items():
        for key, reference in file.references.items():
            if references.setdefault(key, reference) != reference:
                faults.add(f"{name}: references.{key}", "another text has this key", "another key")
    known = Catalogue(systems={}, references=references)
    for name, file in files.items():
        known = extended(known, file.systems, faults.under(f"{name}: systems"))
    for name, file in files.items():
        find_name_faults(file.systems, known, faults.under(f"{name}: systems"))
    if faults.kept:
        raise ManyInputErrors(faults.kept)
    return known


def extended(known: Catalogue, systems: Sequence[System], faults: Faults) -> Catalogue:
    """Return ``known`` with more systems; what is wrong with them is added to ``faults``.

    A faulty system is left out, and so is one whose name is taken.  ``faults`` stands at the
    list.
    """
    every = dict(known.systems)
    own: dict[str, int] = {}
    for number, system in enumerate(systems):
        at = faults.under(f"[{number}]")
        if system.name in every:
            wanted = "a name of its own"
            if system.name in own:
                at.add("name", f"{system.name!r} is already used by [{own[system.name]}]", wanted)
            else:
                hint = "where you place it, `with:` changes single fields of a type"
                at.add("name", f"{system.name!r} is in the catalogue already", wanted, hint)
            continue
        if find_faults(system, known.references, at):
            continue
        every[system.name] = system
        own[system.name] = number
    return msgspec.structs.replace(known, systems=every)


def find_faults(system: System, references: Iterable[str], faults: Faults) -> bool:
    """Add to ``faults`` what is wrong with a system in itself; return whether there is no type."""
    given = [kind for kind in KINDS if getattr(system, kind, None) is not None]
    if len(given) != 1:
        found = " and ".join(given) if given else "none of " + ", ".join(KINDS)
        faults.add("", found, "exactly one of " + ", ".join(KINDS))
        return True
    if system.vehicle is not None and system.vehicle.name not in ("", system.name):
        found = f"{system.vehicle.name!r}, though the entry is {system.name!r}"
        faults.add("vehicle.name", found, "nothing: the entry's name is taken")
    find_source_faults(system.type, system.sources, references, faults)
    if system.battery is not None:
        batteries.find_faults(system.battery, faults.under("battery"))
    if system.sensor is not None:
        check_sensor(system.sensor, faults.under("sensor"))
    return False


def check_sensor(sensor: SensorType, faults: Faults) -> None:
    """Add to ``faults`` what is wrong with a sensor though each field is in its bounds."""
    if isinstance(sensor, AnyRadar):
        radars.check(sensor, faults)
    else:
        others.check(sensor, False, faults)


def find_name_faults(systems: Sequence[System], known: Catalogue, faults: Faults) -> None:
    """Add to ``faults`` the sensors of batteries that are no sensor types."""
    sensors = known.of_kind("sensor")
    for number, system in enumerate(systems):
        for place, name in enumerate(system.battery.sensors if system.battery else ()):
            if name not in sensors:
                hint = did_you_mean(name, sensors)
                path = f"[{number}].battery.sensors[{place}]"
                faults.add(path, f"{name!r} is no sensor type", "the name of one", hint)


def system_of(known: Catalogue, name: str, kind: Kind, where: str) -> System:
    """Return the system of that name and kind; raise InputError at ``where`` if there is none."""
    choices = known.of_kind(kind)
    if name in choices:
        return choices[name]
    found = f"{name!r} is no {kind} type"
    if name in known.systems:
        found = f"{name!r} is a {known.systems[name].kind} type"
    raise InputError(where, found, f"a {kind} type", did_you_mean(name, choices))

"""A scenario's names become things: types with their overrides, times, places, flown vehicles."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.earth.terrain import HeightGrid
from jointsky.scenario.battery_sites import check_batteries, own_sensors
from jointsky.scenario.checks import (
    check_names,
    check_references,
    check_times,
    check_zones,
    is_sound,
    whole,
)
from jointsky.scenario.duty_checks import check_duty
from jointsky.scenario.flown_over import check_flown_over
from jointsky.scenario.flying import fly
from jointsky.scenario.ground import check_ground, height_grid
from jointsky.scenario.link_checks import check_links
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.sensor_use import SensorUse
from jointsky.scenario.sizes import check_truth_rows
from jointsky.scenario.times import Span
from jointsky.scenario.types import Types
from jointsky.sensors import others
from jointsky.sensors.radars import AnyRadar
from jointsky.world.fleet import Flown


@dataclasses.dataclass(frozen=True)
class Resolved:
    """What a scenario's names stand for, under one seed."""

    span: Span
    terrain: HeightGrid
    flown: Flown
    carriers: dict[str, int]  # row of the vehicle, or of the first of several, by declared name
    sensors: tuple[SensorUse, ...]
    used: dict[str, Any]  # every type that is used, by the path of its use


def resolve(loaded: Loaded, seed: int, faults: Faults) -> Resolved:
    """Return what a scenario comes to; all that is wrong with it goes to ``faults``.

    Without faults it is kept in ``loaded``, so that checking and building resolve it once.
    """
    if seed in loaded.kept:
        return loaded.kept[seed]  # type: ignore[no-any-return]
    before = len(faults.kept)
    resolved = _resolve(loaded, seed, faults)
    if len(faults.kept) == before:
        loaded.kept[seed] = resolved
    return resolved


def _resolve(loaded: Loaded, seed: int, faults: Faults) -> Resolved:
    scenario = loaded.scenario
    check_names(loaded, faults)
    check_references(loaded, faults)
    check_links(loaded, faults)
    check_zones(loaded, faults)
    span = Span.of(scenario)
    check_times(loaded, span, faults)
    systems = [
        system if is_sound(faults, f"systems[{row}]") else BROKEN
        for row, system in enumerate(scenario.systems)
    ]
    types = Types(systems, scenario.references, list(loaded.names("systems")), faults)
    terrain = height_grid(loaded, faults)
    check_ground(loaded, terrain, faults)
    used: dict[str, Any] = {}
    sensors = list(_sensors(loaded, types, used, faults))
    check_batteries(loaded, types, span, used, faults)
    sensors += own_sensors(loaded, types, used, faults)
    check_duty(loaded, faults)
    _check_traffic(loaded, types, used, faults)
    flown, carriers, owners = fly(loaded, types, span, seed, terrain, used, faults)
    if not faults.kept:
        stand = [(use.site, use.placed, use.declared) for use in sensors if not use.vehicle]
        check_flown_over(loaded, terrain, flown.motion, owners, stand, span, faults)
        check_truth_rows(scenario, flown.motion, span, faults)
    return Resolved(
        span=span,
        terrain=terrain,
        flown=flown,
        carriers=carriers,
        sensors=tuple(sensors),
        used=used,
    )


def _sensors(
    loaded: Loaded, types: Types, used: dict[str, Any], faults: Faults
) -> Iterator[SensorUse]:
    """Yield every sensor whose type is known, on the ground first."""
    for path, site in whole(loaded.scenario.sites, "sites"):
        for at, sensor in whole(site.sensors, f"{path}.sensors"):
            declared = types.of(sensor.type, "sensor", sensor.with_, faults.under(at))
            if declared is not BROKEN:
                used[at] = declared
                yield SensorUse(at, site.name, "", sensor, declared)
    for path, vehicle in whole(loaded.scenario.vehicles, "vehicles"):
        for at, sensor in whole(vehicle.sensors, f"{path}.sensors"):
            below = faults.under(at)
            declared = types.of(sensor.type, "sensor", sensor.with_, below)
            if declared is not BROKEN:
                _check_aboard(declared, below)
                used[at] = declared
                yield SensorUse(at, sensor.reports_to, vehicle.name, sensor, declared)


def _check_traffic(loaded: Loaded, types: Types, used: dict[str, Any], faults: Faults) -> None:
    """Tell the types of civil traffic that are none."""
    for path, traffic in whole(loaded.scenario.traffic, "traffic"):
        for section in ("mix", "local_mix"):
            for at, mix in whole(getattr(traffic, section), f"{path}.{section}"):
                declared = types.of(mix.type, "vehicle", {}, faults.under(at))
                if declared is not BROKEN:
                    used[at] = declared


def _check_aboard(declared: Any, faults: Faults) -> None:
    """Tell what is wrong with a sensor aboard; ``faults`` stands at where it is declared."""
    if isinstance(declared, AnyRadar):
        return
    own = Faults()
    others.check(declared, True, own)
    for fault in own.kept:
        path = f"with.{fault.where}" if fault.where else "type"
        faults.add(path, fault.found, fault.wanted, fault.hint)

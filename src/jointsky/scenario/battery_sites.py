"""Batteries at sites: what is wrong with them, their own sensors, what is built of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.errors import did_you_mean
from jointsky.scenario.batteries import BatteryType
from jointsky.scenario.built import BuiltBattery, BuiltSensor
from jointsky.scenario.checks import whole
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.sensor_use import SensorUse
from jointsky.scenario.sites import BatteryAt, SensorAt, Site, Supply
from jointsky.scenario.times import Span
from jointsky.scenario.types import Types


def check_batteries(
    loaded: Loaded, types: Types, span: Span, used: dict[str, Any], faults: Faults
) -> None:
    """Tell what is wrong with batteries: their types, their shots, where and when they go."""
    nation_of = {site.name: site.nation for _, site in whole(loaded.scenario.sites, "sites")}
    for at, site, battery in _all(loaded):
        below = faults.under(at)
        declared = types.of(battery.type, "battery", battery.with_, below)
        if declared is BROKEN:
            continue
        used[at] = declared
        _check_shots(battery, declared, below)
        _check_moves(site, battery, declared, nation_of, span, below)
        for number, supply in enumerate(battery.supplies):
            span.check(supply.at, below.under(f"supplies[{number}].at"))


def _check_shots(battery: BatteryAt, declared: BatteryType, faults: Faults) -> None:
    """Tell shots of weapons that it has not, and more than a launcher holds."""
    weapons = {weapon.name: weapon for weapon in declared.weapons}
    fields: list[tuple[str, Mapping[str, int]]] = [
        ("shots_ready", battery.shots_ready),
        ("shots_in_reserve", battery.shots_in_reserve),
    ]
    fields += [(f"supplies[{k}].shots", one.shots) for k, one in enumerate(battery.supplies)]
    for field, shots in fields:
        for name in shots:
            if name not in weapons:
                wanted = "one of " + ", ".join(weapons)
                faults.add(f"{field}.{name}", f"{name!r} is no weapon of {battery.type}", wanted)
    for name, count in battery.shots_ready.items():
        if name in weapons and count > weapons[name].shots_ready:
            wanted = f"at most {weapons[name].shots_ready}, what a launcher holds"
            faults.add(f"shots_ready.{name}", f"found {count}", wanted)


def _check_moves(
    site: Site,
    battery: BatteryAt,
    declared: BatteryType,
    nation_of: Mapping[str, str],
    span: Span,
    faults: Faults,
) -> None:
    """Tell moves of what does not move, to where it may not, or in no order of time."""
    own = [name for name, nation in nation_of.items() if nation == site.nation]
    before_s = -float("inf")
    for number, move in enumerate(battery.relocations):
        at = faults.under(f"relocations[{number}]")
        if declared.march_speed_kmph == 0.0:
            at.add("to", f"a move of {battery.type}, which does not march", "none")
        if move.to not in own:
            found = f"{move.to!r} is no site of {site.nation}"
            at.add("to", found, "one of " + ", ".join(own), did_you_mean(move.to, own))
        time_s = span.check(move.at, at.under("at"))
        if time_s <= before_s:
            at.add("at", f"{move.at!r}, not after the move before", "moves in order of time")
        before_s = time_s


def own_sensors(
    loaded: Loaded, types: Types, used: dict[str, Any], faults: Faults
) -> list[SensorUse]:
    """Return the sensors that batteries bring along, one for each site where they may stand."""
    made = []
    taken = {sensor.name for _, site in whole(loaded.scenario.sites, "sites")
             for _, sensor in whole(site.sensors, "")}  # fmt: skip
    sites = loaded.names("sites")
    for at, site, battery in _all(loaded):
        if not battery.own_sensors or at not in used:
            continue
        places = [place for place in _places(loaded, site, battery) if place in sites]
        for k, kind in enumerate(used[at].sensors):
            declared = types.of(kind, "sensor", {}, faults.under(at))
            if declared is BROKEN:
                continue
            used[f"{at}.own_sensors[{k}]"] = declared
            for name in names_of(battery):
                for place in places:
                    told = f"{name}.{k + 1}" + (f".{place}" if place != site.name else "")
                    if told in taken:
                        faults.add(f"{at}.name", f"its sensor {told!r} has a namesake", "another")
                    placed = SensorAt(name=told, type=kind, above_ground_m=used[at].antenna_m)
                    made.append(SensorUse(at, place, "", placed, declared, name))
    return made


def names_of(battery: BatteryAt) -> list[str]:
    """Return the names of batteries declared as one; several have their numbers behind it."""
    if battery.count == 1:
        return [battery.name]
    return [f"{battery.name}-{k + 1}" for k in range(battery.count)]


def built_batteries(
    loaded: Loaded, used: Mapping[str, Any], span: Span, sensors: list[tuple[str, BuiltSensor]]
) -> list[BuiltBattery]:
    """Return every battery; ``sensors`` are all, each with the battery whose own it is or none."""
    made = []
    rows = {site.name: row for row, site in enumerate(loaded.scenario.sites)}
    for at, site, battery in _all(loaded):
        kind: BatteryType = used[at]
        ready = {weapon.name: weapon.shots_ready for weapon in kind.weapons}
        reserve = {weapon.name: weapon.shots_in_reserve for weapon in kind.weapons}
        moves = tuple((span.moment(one.at), rows[one.to]) for one in battery.relocations)
        for name in names_of(battery):
            own: dict[int, tuple[int, ...]] = {}
            for row, (whose, sensor) in enumerate(sensors):
                if whose == name:
                    own[sensor.site] = (*own.get(sensor.site, ()), row)
            made.append(
                BuiltBattery(
                    name=name,
                    site=rows[site.name],
                    type=kind,
                    shots_ready=ready | battery.shots_ready,
                    shots_in_reserve=reserve | battery.shots_in_reserve,
                    is_packed=battery.is_packed,
                    relocations=moves,
                    supplies=tuple(sorted(_deliveries(battery.supplies, span))),
                    sensors=own,
                )
            )
    return made


def _deliveries(supplies: tuple[Supply, ...], span: Span) -> Iterator[tuple[float, str, int]]:
    for supply in supplies:
        time_s = span.moment(supply.at)
        while time_s < span.end_s:
            for weapon, shots in supply.shots.items():
                yield time_s, weapon, shots
            if supply.every_s is None:
                break
            time_s += supply.every_s


def _places(loaded: Loaded, site: Site, battery: BatteryAt) -> list[str]:
    """Return the sites where a battery may stand, its own first."""
    duty = loaded.scenario.duty
    lent = () if duty is None or duty is BROKEN else duty.reserves
    places = [site.name, *(move.to for move in battery.relocations)]
    places += [one.place for one in lent if one.battery in names_of(battery)]
    return list(dict.fromkeys(places))


def _all(loaded: Loaded) -> Iterator[tuple[str, Site, BatteryAt]]:
    for path, site in whole(loaded.scenario.sites, "sites"):
        for at, battery in whole(site.batteries, f"{path}.batteries"):
            yield at, site, battery

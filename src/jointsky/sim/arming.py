"""Declared batteries become units of the simulated engagement, as command posts know them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jointsky.duty.units import UnitOf, WeaponOf
from jointsky.records.decisions import Order, Stock
from jointsky.scenario.batteries import Weapon
from jointsky.scenario.built import Built, BuiltBattery
from jointsky.sim.moving import Moving
from jointsky.world.engagement import Arm, Engagement, Target, Unit


def unit_of(built: Built, battery: BuiltBattery) -> UnitOf:
    """Return a battery as command posts know it."""
    site = built.sites[battery.site]
    return UnitOf(
        name=battery.name,
        nation=site.nation,
        site=site.name,
        latitude_rad=site.latitude_rad,
        longitude_rad=site.longitude_rad,
        height_m=site.height_m,
        reaction_s=battery.type.reaction_s,
        channels=battery.type.channels,
        antenna_m=battery.type.antenna_m,
        weapons=tuple(_weapon_of(weapon) for weapon in battery.type.weapons),
    )


def _weapon_of(weapon: Weapon) -> WeaponOf:
    return WeaponOf(
        name=weapon.name,
        range_min_m=1000.0 * weapon.range_min_km,
        range_max_m=1000.0 * weapon.range_max_km,
        height_min_m=weapon.height_min_m,
        height_max_m=weapon.height_max_m,
        target_speed_max_mps=weapon.target_speed_max_mps,
        chance=weapon.single_shot_kill_probability,
        chance_by_domain=dict(weapon.kill_probability_by_domain),
        domains=weapon.targets,
        mean_speed_mps=math.inf if weapon.mean_speed_mps is None else weapon.mean_speed_mps,
        salvo=weapon.salvo,
        debris_falls=weapon.effect != "jamming",
    )


def armed(battery: BuiltBattery) -> Unit:
    """Return a battery as a queue: its channels, its magazines.

    Where fewer shots may be under way at once than it has channels for, it has fewer channels.
    """
    kind = battery.type
    salvo = max(weapon.salvo for weapon in kind.weapons)
    at_once = math.inf if kind.guided_at_once is None else max(kind.guided_at_once // salvo, 1)
    return Unit(
        name=battery.name,
        channels=int(min(kind.channels, at_once)),
        reaction_s=kind.reaction_s,
        arms=tuple(
            Arm(
                name=weapon.name,
                ready=kind.launchers * battery.shots_ready[weapon.name],
                reserve=battery.shots_in_reserve[weapon.name],
                most=kind.launchers * weapon.shots_ready,
                load=weapon.shots_ready,
                load_s=weapon.reload_s,
                salvo=weapon.salvo,
                hold_s=weapon.hold_s,
                speed_mps=math.inf if weapon.mean_speed_mps is None else weapon.mean_speed_mps,
            )
            for weapon in kind.weapons
        ),
    )


def stocks_of(
    engagement: Engagement, units: tuple[UnitOf, ...], moving: Moving, now_s: float
) -> tuple[Stock, ...]:
    """Return what units can do now, and where they are if they ever moved."""
    made, channels = [], engagement.free_channels(now_s)
    for unit in units:
        free = channels[unit.name] if moving.can_shoot(unit.name, now_s) else 0
        spot = moving.spot(unit.name, now_s) if moving.has_moved(unit.name) else None
        for weapon in unit.weapons:
            ready, reserve = engagement.ready(engagement.weapon(unit.name, weapon.name))
            made.append(
                Stock(
                    unit=unit.name,
                    weapon=weapon.name,
                    salvos=-(-ready // weapon.salvo),
                    channels=free,
                    reserve=reserve // weapon.salvo,
                    latitude_deg=None if spot is None else _degrees(spot.latitude_rad),
                    longitude_deg=None if spot is None else _degrees(spot.longitude_rad),
                    height_m=None if spot is None else round(spot.height_m, 1),
                )
            )
    return tuple(made)


def engage_facts(
    order: Order, unit: str, weapon: str, chance: float, is_own: bool, target: Target
) -> dict[str, Any]:
    """Return all that the outcome of an order hangs on, so that a log can be replayed."""
    away_m = np.asarray(target.distance_m, np.float64).tolist()
    return {
        "order": list(order.ref),
        "unit": unit,
        "weapon": weapon,
        "chance": chance,
        "own_sensors": is_own,
        "until_s": order.until_s,
        "vehicle_row": target.row,
        "begin_s": target.begin_s,
        "step_s": target.step_s,
        "distance_m": [None if math.isnan(one) else one for one in away_m],
    }


def _degrees(angle_rad: float) -> float:
    return round(math.degrees(angle_rad), 5)

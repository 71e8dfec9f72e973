"""What the tables of ``systems`` say of each kind in one line."""

from __future__ import annotations

from typing import Any

from jointsky.scenario.batteries import BatteryType
from jointsky.scenario.sources import Figure
from jointsky.scenario.systems import Kind, SensorType, System
from jointsky.sensors.radars import FixedRadar, SearchRadar, SecondaryRadar, SectorRadar, period_s
from jointsky.units import unit_of
from jointsky.world.types import VehicleType

COLUMNS: dict[Kind, tuple[str, ...]] = {
    "vehicle": ("domain", "m/s", "ceiling m", "dBsm"),
    "sensor": ("kind", "km", "every s"),
    "battery": ("km", "height m", "channels", "shots"),
}


def row(system: System) -> tuple[str, ...]:
    """Return the cells of a system under the COLUMNS of its kind."""
    if system.vehicle is not None:
        return _vehicle(system.vehicle)
    if system.sensor is not None:
        return _sensor(system.sensor)
    assert system.battery is not None  # a system has one of the three
    return _battery(system.battery)


def _vehicle(vehicle: VehicleType) -> tuple[str, ...]:
    levels = [section.nose_dbsm for section in vehicle.signature.radar]
    shown = f"{min(levels):g}…{max(levels):g}" if len(set(levels)) > 1 else ""
    shown = shown or (f"{levels[0]:g}" if levels else "none")
    return vehicle.domain, f"{vehicle.speed_cruise_mps:g}", f"{vehicle.ceiling_m:g}", shown


def _sensor(sensor: SensorType) -> tuple[str, ...]:
    kind = str(sensor.__struct_config__.tag)
    if isinstance(sensor, SecondaryRadar):
        return kind, f"{sensor.ssr.max_range_km:g}", f"{period_s(sensor):g}"
    if isinstance(sensor, SearchRadar | SectorRadar | FixedRadar):
        return kind, f"{sensor.max_range_km:g}", f"{period_s(sensor):g}"
    names = ("report_interval_s", "interval_s", "frame_time_s")
    period = next(getattr(sensor, name) for name in names if hasattr(sensor, name))
    return kind, f"{sensor.range_max_km:g}", f"{period:g}"


def _battery(battery: BatteryType) -> tuple[str, ...]:
    reach = max(weapon.range_max_km for weapon in battery.weapons)
    height = max(weapon.height_max_m for weapon in battery.weapons)
    shots = battery.launchers * sum(weapon.shots_ready for weapon in battery.weapons)
    return f"{reach:g}", f"{height:g}", str(battery.channels), str(shots)


def cell(figure: Figure) -> str:
    """Return the unit of a figure, if it is a number."""
    return unit_of(figure.path) if figure.is_number else ""


def value_text(value: Any) -> str:
    """Return a value for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list)):
        return ", ".join(value_text(one) for one in value)
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e12 else f"{value:g}"
    return str(value)


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows as lines with their cells under each other: texts left, numbers right."""
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    is_right = [
        all(cells[column][:1] in "-0123456789" for cells in rows[1:])
        for column in range(len(widths))
    ]
    lines = []
    for cells in rows:
        parts = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(cells, widths, is_right, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return lines

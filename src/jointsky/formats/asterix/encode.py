"""Plots and radar service messages become ASTERIX, carried by libasterix's tables.

Editions: CAT048 1.30, CAT034 1.29, CAT021 2.6 (EUROCONTROL SUR.ET1.ST05.2000-STD parts 4, 2b, 12).
Times become time of day: ASTERIX has no date.  A message is one record; ``blocks`` joins messages
to data blocks as a radar would send them.  Values that an item cannot hold are a ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from asterix.generated import Cat_021_2_6, Cat_034_1_29, Cat_048_1_30

from jointsky.records.plots import PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.units import (
    DAY_S,
    FLIGHT_LEVEL_M,
    FOOT_M,
    FOOT_PER_MINUTE_MPS,
    NAUTICAL_MILE_M,
)

_TIME_S = 1.0 / 128.0
_TURN_RAD = 2.0 * math.pi / 65536.0
_RANGE_M = NAUTICAL_MILE_M / 256.0
_SITE_RAD = math.pi / 2**23
_POSITION_RAD = math.pi / 2**30
_GROUND_SPEED_MPS = NAUTICAL_MILE_M / 2**14
_NORTH_MARK, _SECTOR = 1, 2
_MOST_OCTETS = 65535

# NACp 11 to 1: 95 % of the horizontal errors are smaller (RTCA DO-260B, table 2-71).
_NACP_M: list[tuple[int, float]] = [(11, 3), (10, 10), (9, 30), (8, 92.6), (7, 185.2), (6, 555.6)]
_NACP_M += [(5, 926), (4, 1852), (3, 3704), (2, 7408), (1, 18520)]
_SIGMA_TO_95 = 2.4477  # sqrt(-2 ln 0.05), circular normal errors

_TYPES = {  # I048/020 TYP
    PlotFlag.PRIMARY: 1,
    PlotFlag.SECONDARY: 2,
    PlotFlag.PRIMARY | PlotFlag.SECONDARY: 3,
    PlotFlag.MODE_S: 5,
    PlotFlag.PRIMARY | PlotFlag.MODE_S: 7,
}


class Message(NamedTuple):
    """One record, and when it is sent."""

    time_s: float
    category: int
    octets: bytes


def radar_reports(plots: Plots, sensor: Sensor) -> list[Message]:
    """Return one CAT048 message for each polar plot.

    Items 010, 140, 020, 040; where known 070, 090, 220, 240, 161, and 110 from ``height_m``.  A
    plot with a Mode S address also says in 230 that its altitude comes in steps of 25 ft.
    """
    messages = []
    for row in _rows(plots):
        flags = int(row["flags"])
        items: dict[str, Any] = {
            "010": _source(sensor),
            "140": _time_of_day(row["time_s"]),
            "020": _report_descriptor(flags),
            "040": _whole(row["range_m"], _RANGE_M, 16) << 16 | _turn(row["azimuth_rad"]),
            "070": _mode_a(row, flags),
            "090": _flight_level(row, flags),
            "110": _optional(row["height_m"], 25 * FOOT_M, 14),
            "161": row["track_number"] if row["track_number"] >= 0 else None,
        }
        if row["mode_s"] >= 0:
            items["220"] = row["mode_s"]
            items["240"] = _call_sign(row["call_sign"])
            items["230"] = 0b001_000_0_0_1_1_1_0_0000  # Comm A and B, 25 ft, identification
        messages.append(_message(Cat_048_1_30, 48, row["time_s"], items))
    return messages


def adsb_reports(plots: Plots, sensor: Sensor) -> list[Message]:
    """Return one CAT021 message for each geodetic plot with a Mode S address.

    Items 010, 040, 071, 131, 080, 210; where known 161, 140, 090, 070, 145, 157, 160, 170.
    """
    messages = []
    for row in _rows(plots):
        flags = int(row["flags"])
        if row["mode_s"] < 0:
            raise ValueError("an ADS-B plot has no Mode S address; CAT021 asks for one")
        latitude = _whole(row["latitude_rad"], _POSITION_RAD, 32, signed=True)
        longitude = _whole(row["longitude_rad"], _POSITION_RAD, 32, signed=True)
        items: dict[str, Any] = {
            "010": _source(sensor),
            "040": _target_descriptor(flags),
            "161": row["track_number"] if row["track_number"] >= 0 else None,
            "071": _time_of_day(row["time_s"]),
            "131": latitude << 32 | longitude,
            "080": row["mode_s"],
            "140": _optional(row["height_m"], 6.25 * FOOT_M, 16),
            "090": _quality(max(row["east_sigma_m"], row["north_sigma_m"])),
            "210": 0b0_0_010_010,  # DO-260B over 1090 ES
            "070": row["mode_a"] if row["mode_a"] >= 0 else None,
            "145": _optional(row["pressure_altitude_m"], FLIGHT_LEVEL_M / 4, 16),
            "157": _optional(row["vu_mps"], 6.25 * FOOT_PER_MINUTE_MPS, 15),
            "160": _ground_vector(row["ve_mps"], row["vn_mps"]),
            "170": _call_sign(row["call_sign"]),
        }
        messages.append(_message(Cat_021_2_6, 21, row["time_s"], items))
    return messages


def service_messages(
    sensor: Sensor, first_north_s: float, end_s: float, sectors: int = 32
) -> list[Message]:
    """Return the CAT034 north marks and sector messages of a turning antenna.

    ``first_north_s`` is when it points north for the first time; ``sectors`` must divide 256.
    Each says the antenna's period; a north mark also the radar's state (050) and position (120).
    """
    if not sensor.rotation_period_s or 256 % sectors:
        raise ValueError("service messages need a rotation_period_s, and sectors that divide 256")
    messages = []
    step_s = sensor.rotation_period_s / sectors
    for count in range(math.ceil((end_s - first_north_s) / step_s)):
        sector = count % sectors
        time_s = first_north_s + count * step_s
        items: dict[str, Any] = {
            "010": _source(sensor),
            "000": _SECTOR if sector else _NORTH_MARK,
            "030": _time_of_day(time_s),
            "020": sector * (256 // sectors) if sector else None,
            "041": _whole(sensor.rotation_period_s, _TIME_S, 16),
        }
        if not sector:
            items["050"] = {"COM": 0, "PSR": 0b0_01_00_000, "SSR": 0b0_01_00_000}
            items["120"] = _site(sensor)
        messages.append(_message(Cat_034_1_29, 34, time_s, items))
    return messages


def blocks(messages: Iterable[Message], most_records: int = 12) -> bytes:
    """Return messages in order of time as data blocks of at most ``most_records`` records.

    Neighbours of one category share a block.
    """
    out = bytearray()
    held: list[Message] = []

    def close() -> None:
        if held:
            body = b"".join(message.octets for message in held)
            out.extend(bytes([held[0].category]) + (len(body) + 3).to_bytes(2, "big") + body)
            held.clear()

    for message in sorted(messages, key=lambda message: message.time_s):
        size = 3 + sum(len(other.octets) for other in held) + len(message.octets)
        is_other = bool(held) and held[0].category != message.category
        if is_other or len(held) >= most_records or size > _MOST_OCTETS:
            close()
        held.append(message)
    close()
    return bytes(out)


def _rows(plots: Plots) -> Iterable[dict[str, Any]]:
    columns = {name: getattr(plots, name).tolist() for name in plots.schema()}
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _message(category: Any, number: int, time_s: float, items: dict[str, Any]) -> Message:
    present = {name: value for name, value in items.items() if value is not None}
    octets = category.cv_record.create(present).unparse().to_bytes()
    return Message(time_s, number, octets)


def _source(sensor: Sensor) -> int:
    if not (0 <= sensor.sac <= 255 and 0 <= sensor.sic <= 255):
        raise ValueError(f"sensor {sensor.name!r} has no SAC and SIC from 0 to 255")
    return sensor.sac << 8 | sensor.sic


def _whole(value: float, lsb: float, bits: int, signed: bool = False) -> int:
    """Return ``value`` in units of ``lsb`` as the bits of an item."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be sent: give a number")
    number = round(value / lsb)
    low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
    if not low <= number < high:
        raise ValueError(f"{value} does not fit into {bits} bits of {lsb}")
    return number & ((1 << bits) - 1)


def _optional(value: float, lsb: float, bits: int) -> int | None:
    return None if math.isnan(value) else _whole(value, lsb, bits, signed=True)


def _turn(angle_rad: float) -> int:
    """Return an angle in 16 bits; what rounds up to a whole turn is north."""
    return round(angle_rad / _TURN_RAD) & 0xFFFF


def _time_of_day(time_s: float) -> int:
    return round((time_s % DAY_S) / _TIME_S) % round(DAY_S / _TIME_S)


def _report_descriptor(flags: int) -> tuple[Any, ...]:
    seen = PlotFlag(flags) & (PlotFlag.PRIMARY | PlotFlag.SECONDARY | PlotFlag.MODE_S)
    if PlotFlag.MODE_S in seen:
        seen &= ~PlotFlag.SECONDARY
    simulated, ident = bool(flags & PlotFlag.SIMULATED), bool(flags & PlotFlag.IDENT)
    first = (_TYPES.get(seen, 0), int(simulated), 0, int(ident), 0, None)
    test, military = bool(flags & PlotFlag.TEST), bool(flags & PlotFlag.MILITARY)
    if not (test or military):
        return (first,)
    return (first, (int(test), 0, 0, 0, int(military), 0, None))


def _target_descriptor(flags: int) -> tuple[Any, ...]:
    ground, simulated = bool(flags & PlotFlag.ON_GROUND), bool(flags & PlotFlag.SIMULATED)
    test = bool(flags & PlotFlag.TEST)
    if not (ground or simulated or test):
        return ((0, 0, 0, 0, None),)
    return ((0, 0, 0, 0, None), (0, int(ground), int(simulated), int(test), 0, 0, None))


def _mode_a(row: dict[str, Any], flags: int) -> int | None:
    unsure = bool(flags & PlotFlag.MODE_A_UNSURE)
    return None if row["mode_a"] < 0 else unsure << 15 | row["mode_a"]


def _flight_level(row: dict[str, Any], flags: int) -> int | None:
    unsure = bool(flags & PlotFlag.MODE_C_UNSURE)
    level = _optional(row["pressure_altitude_m"], FLIGHT_LEVEL_M / 4, 14)
    return None if level is None else unsure << 15 | level


def _call_sign(text: str) -> str | None:
    if not text:
        return None
    if not (text.isascii() and text.upper() == text and text.replace(" ", "").isalnum()):
        raise ValueError(f"call sign {text!r} holds more than capital letters, digits and spaces")
    return text.ljust(8)


def _quality(sigma_m: float) -> tuple[Any, ...] | None:
    """Return I021/090: NIC 8, NACv 1 and the NACp of a horizontal standard error."""
    if math.isnan(sigma_m):
        return None
    nacp = next((n for n, bound_m in _NACP_M if sigma_m * _SIGMA_TO_95 < bound_m), 0)
    return ((1, 8, None), (1, 3, nacp, None))


def _ground_vector(ve_mps: float, vn_mps: float) -> int | None:
    if math.isnan(ve_mps) or math.isnan(vn_mps):
        return None
    speed = _whole(math.hypot(ve_mps, vn_mps), _GROUND_SPEED_MPS, 15)
    return speed << 16 | _turn(math.atan2(ve_mps, vn_mps))


def _site(sensor: Sensor) -> int | None:
    if sensor.latitude_rad is None or sensor.longitude_rad is None or sensor.height_m is None:
        return None
    height = _whole(sensor.height_m, 1.0, 16, signed=True)
    latitude = _whole(sensor.latitude_rad, _SITE_RAD, 24, signed=True)
    longitude = _whole(sensor.longitude_rad, _SITE_RAD, 24, signed=True)
    return height << 48 | latitude << 24 | longitude

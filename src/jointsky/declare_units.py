"""Names with units: which unit a misnamed field or a value out of bounds may have been in.

Factors: International System of Units (BIPM 2019, table 8); foot, nautical mile and knot as in
ICAO Annex 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

SIZES: dict[str, dict[str, float]] = {
    "length": {
        "m": 1.0,
        "km": 1000.0,
        "ft": 0.3048,
        "feet": 0.3048,
        "nm": 1852.0,
        "nmi": 1852.0,
        "mi": 1609.344,
        "fl": 30.48,
        "cm": 0.01,
        "mm": 0.001,
    },
    "time": {
        "s": 1.0,
        "sec": 1.0,
        "ms": 0.001,
        "us": 1e-6,
        "min": 60.0,
        "h": 3600.0,
        "hours": 3600.0,
    },
    "speed": {
        "mps": 1.0,
        "ms": 1.0,
        "kmh": 1.0 / 3.6,
        "kmph": 1.0 / 3.6,
        "kph": 1.0 / 3.6,
        "kt": 1852.0 / 3600.0,
        "kts": 1852.0 / 3600.0,
        "knots": 1852.0 / 3600.0,
        "fpm": 0.00508,
    },
    "angle": {"deg": 1.0, "rad": 57.29577951308232, "mrad": 0.05729577951308232},
    "frequency": {"hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9},
    "power": {"w": 1.0, "kw": 1e3, "mw": 1e6},
    "mass": {"kg": 1.0, "t": 1000.0, "g": 0.001, "lb": 0.45359237},
    "rate": {"kbps": 1.0, "mbps": 1000.0, "bps": 0.001},
}
WORDS = {
    "m": "metres",
    "km": "kilometres",
    "ft": "feet",
    "nm": "nautical miles",
    "mi": "miles",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "min": "minutes",
    "h": "hours",
    "mps": "metres a second",
    "kmph": "km/h",
    "kt": "knots",
    "deg": "degrees",
    "rad": "radians",
    "mrad": "milliradians",
    "hz": "Hz",
    "khz": "kHz",
    "mhz": "MHz",
    "ghz": "GHz",
    "w": "W",
    "kw": "kW",
    "mw": "MW",
    "kg": "kilograms",
    "t": "tonnes",
    "kbps": "kbit/s",
    "mbps": "Mbit/s",
}
_SUSPECTS = {
    "m": ("ft", "km"),
    "km": ("m", "nm"),
    "mps": ("kmph", "kt"),
    "s": ("ms", "us", "min", "h"),
    "us": ("s", "ms"),
    "deg": ("rad", "mrad"),
    "mhz": ("ghz", "hz", "khz"),
    "ghz": ("mhz", "hz"),
    "hz": ("khz", "mhz"),
    "kw": ("w",),
    "w": ("kw",),
    "kbps": ("mbps",),
}
_SPOKEN = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)\s*([a-zA-Z/°²]*)\s*")
_SEXAGESIMAL = re.compile(  # 54°30'15"N, 54:30:15, 54 30 15
    r"""\s*([-+]?)(\d{1,3})\s*[°:d\s]\s*([0-5]?\d)\s*(?:['\u2032\u2019:m\s]\s*)?"""
    r"""(?:([0-5]?\d(?:\.\d+)?)\s*(?:"|\u2033|\u201d|''|s)?)?\s*([NSEWnsew]?)\s*"""
)
_SPELT = {"°": "deg", "km/h": "kmph", "m/s": "mps", "knot": "kt", "metres": "m", "meters": "m"}


def unit_of(name: str) -> str:
    """Return the unit that a field's name ends in, or an empty text."""
    end = name.rsplit("_", 1)[-1].lower()
    return end if "_" in name and any(end in sizes for sizes in SIZES.values()) else ""


def factor(unit: str, into: str) -> float | None:
    """Return what a value in ``unit`` is multiplied by to be in ``into``; None: other quantity."""
    for sizes in SIZES.values():
        if unit in sizes and into in sizes:
            return sizes[unit] / sizes[into]
    return None


def renamed(name: str, value: object, known: Iterable[str]) -> str:
    """Return ``did you mean 'range_km'?`` for a field whose unit is another, with its value."""
    unit = unit_of(name)
    stem = name.removesuffix(f"_{name.rsplit('_', 1)[-1]}") if unit else name
    names = [other for other in known if unit_of(other)]
    fits = [other for other in names if other == f"{stem}_{unit_of(other)}"]
    fits = fits or [other for other in names if other.endswith(f"_{stem}_{unit_of(other)}")]
    if not fits or not stem:
        return ""
    words = f"did you mean {' or '.join(repr(other) for other in fits)}?"
    times = factor(unit, unit_of(fits[0])) if unit else None
    if times is None or isinstance(value, bool) or not isinstance(value, int | float):
        return words
    return f"{words} {value:g} {WORDS.get(unit, unit)} would be {value * times:.6g}"


def suspected(name: str, value: float, fits: Callable[[float], bool]) -> str:
    """Return in which other unit ``value`` may be where it does not fit, and what it would be."""
    if name == "latitude_deg":
        return "is it the longitude? Latitude comes first" if abs(value) <= 180 else ""
    if name == "longitude_deg":
        return f"west is negative: {value - 360:.6g}" if 180 < value < 360 else ""
    into = unit_of(name)
    if into == "deg" and 360 < abs(value) <= 720 and fits(360.0) and not fits(361.0):
        return f"a full circle is 0 to 360 degrees: {value:g} would be {value % 360:g}"
    for unit in _SUSPECTS.get(into, ()):
        times = factor(unit, into)
        if times is not None and fits(value * times):
            was, now = WORDS[unit], WORDS[into]
            return f"is that in {was}? {value:g} {was} would be {value * times:.6g} {now}"
    return ""


def spoken(name: str, text: str) -> str:
    """Return what to write for ``"300 ft"`` in a field of metres: the number alone, converted."""
    found, into = _SPOKEN.fullmatch(text), unit_of(name)
    if into == "deg" and (parts := _SEXAGESIMAL.fullmatch(text)):
        degrees = int(parts[2]) + int(parts[3]) / 60 + float(parts[4] or 0) / 3600
        is_negative = parts[1] == "-" or parts[5].lower() in ("s", "w")
        return f"write degrees with a decimal point: {-degrees if is_negative else degrees:.8g}"
    if found is None:
        return ""
    value = float(found[1].replace(",", "."))
    if not found[2]:
        return f"write {value:g}, with a point" if "," in found[1] else "write it without quotes"
    unit = _SPELT.get(found[2], found[2]).lower()
    times = factor(unit, into) if into else None
    if times is None:
        return ""
    return f"write the number alone, in {WORDS.get(into, into)}: {value * times:.6g}"

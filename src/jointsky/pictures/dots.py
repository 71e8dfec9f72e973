"""Values with bounds, as pictures and pages of studies show them, and how they are written."""

from __future__ import annotations

import dataclasses
import math

MANY = 20_000.0  # from here on zeros are not written out


@dataclasses.dataclass(frozen=True)
class Dot:
    """A value with its bounds; NaN where it is not known."""

    value: float
    low: float
    high: float
    is_one_sided: bool = False

    @property
    def is_known(self) -> bool:
        """Return whether there is anything to draw."""
        return math.isfinite(self.value)


NOTHING = Dot(math.nan, math.nan, math.nan)


def words(dot: Dot) -> str:
    """Return a value as it is written: as many digits as its interval has to tell of."""
    if not dot.is_known:
        return "-"
    half = (dot.high - dot.low) / 2.0
    if not math.isfinite(half):
        return number(dot.value, math.nan)
    if half == 0.0:
        return f"{dot.value:,.4g} in all"
    if dot.is_one_sided:
        end = dot.high if dot.low == dot.value else dot.low
        return f"{dot.value:g}; at {'most' if end > dot.value else 'least'} {number(end, half)}"
    return f"{number(dot.value, half)} ± {number(half, half)}"


def number(value: float, error: float) -> str:
    """Return a number with digits down to the second of its error."""
    if not math.isfinite(value):
        return "-"
    if not math.isfinite(error) or error <= 0.0:
        return f"{value:,.4g}"
    places = 1 - math.floor(math.log10(error))
    rounded = round(value, min(max(places, 0), 6)) + 0.0  # no -0.0
    return f"{rounded:,.{min(max(places, 0), 6)}f}"


def short(value: float) -> str:
    """Return a number in three digits or so; thousands and millions as k and M."""
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= max(unit, MANY):
            return f"{value / unit:.3g}{letter}"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"

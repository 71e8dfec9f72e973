"""Flight levels by the semicircular rule."""

from __future__ import annotations

import math

LEVEL_M = 30.48  # a flight level, 100 feet
TOP_OF_RVSM = 410


def levels_of(track_rad: float, lowest: int, highest: int, odd_from_rad: float = 0.0) -> list[int]:
    """Return the levels of a true track between two bounds, ICAO Annex 2, appendix 3 (RVSM).

    Odd thousands of feet up to flight level 410 on tracks from ``odd_from_rad`` to half a circle
    further, even ones on the others; above, every 4,000 feet: 450, 490, … and 430, 470, ….  Some
    countries turn the half circle: by 90 or 270 degrees where traffic flies north and south.
    """
    is_odd = (track_rad - odd_from_rad) % (2.0 * math.pi) < math.pi
    below = range(10 if is_odd else 20, TOP_OF_RVSM + 1, 20)
    above = range(450 if is_odd else 430, 601, 40)
    return [level for level in (*below, *above) if lowest <= level <= highest]

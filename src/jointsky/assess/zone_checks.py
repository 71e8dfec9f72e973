"""What is wrong with the shape of a zone: none or two, crossing itself, upside down."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from jointsky.assess.zones import Zone
from jointsky.declare import Faults
from jointsky.declare_check import BROKEN

Corner = Sequence[float]  # latitude and longitude, degrees
_SHAPES = ("polygon_lat_lon_deg", "circle", "corridor")


def check_zone(zone: Zone, faults: Faults) -> None:
    """Add to ``faults`` what no single field can tell."""
    given = [name for name in _SHAPES if getattr(zone, name) is not None]
    if len(given) != 1:
        found = " and ".join(given) if given else "no shape"
        faults.add("", found, "exactly one of " + ", ".join(_SHAPES))
    if zone.ceiling_m is not None and zone.ceiling_m <= zone.floor_m:
        found = f"{zone.ceiling_m:g} m, not above its floor"
        faults.add("ceiling_m", found, f"more than {zone.floor_m:g} m")
    if zone.polygon_lat_lon_deg is not None and BROKEN not in zone.polygon_lat_lon_deg:
        check_polygon(zone.polygon_lat_lon_deg, faults.under("polygon_lat_lon_deg"))


def check_polygon(corners: Sequence[Corner], faults: Faults) -> None:
    """Tell corners that come twice, and sides that cross."""
    if len(corners) > 1 and corners[0] == corners[-1]:
        hint = "a polygon closes by itself"
        faults.add(f"[{len(corners) - 1}]", "the first corner again", "it once", hint)
        return
    for number, (one, after) in enumerate(itertools.pairwise(corners)):
        if one == after:
            faults.add(f"[{number + 1}]", "the corner before it again", "it once")
            return
    crossing = first_crossing(unwrapped(corners))
    if crossing is not None:
        first, second = crossing
        last = len(corners)
        found = (
            f"the side from corner {first} to {(first + 1) % last} crosses "
            f"that from {second} to {(second + 1) % last}"
        )
        faults.add("", found, "sides that do not cross", "are two corners in the wrong order?")


def unwrapped(corners: Sequence[Corner]) -> list[tuple[float, float]]:
    """Return corners with longitudes that go on past 180° instead of jumping."""
    made = [(corners[0][0], corners[0][1])]
    for latitude, longitude in corners[1:]:
        turns = round((longitude - made[-1][1]) / 360.0)
        made.append((latitude, longitude - 360.0 * turns))
    return made


def first_crossing(corners: Sequence[tuple[float, float]]) -> tuple[int, int] | None:
    """Return the numbers of two sides that meet and are not neighbours, or None.

    Sides are taken as straight on the map of latitude and longitude.
    """
    last = len(corners)
    for one, other in itertools.combinations(range(last), 2):
        if other - one in (1, last - 1):
            continue
        a, b = corners[one], corners[(one + 1) % last]
        c, d = corners[other], corners[(other + 1) % last]
        if _meet(a, b, c, d):
            return one, other
    return None


def _side(a: Corner, b: Corner, c: Corner) -> float:
    """Return on which side of the line from a to b the point c is; 0: on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Return whether two sides have a point in common (de Berg et al. 2008, section 2.1)."""
    first, second = _side(a, b, c), _side(a, b, d)
    third, fourth = _side(c, d, a), _side(c, d, b)
    if first * second < 0.0 and third * fourth < 0.0:
        return True
    return any(
        side == 0.0 and _is_between(p, q, r)
        for side, p, q, r in (
            (first, a, b, c),
            (second, a, b, d),
            (third, c, d, a),
            (fourth, c, d, b),
        )
    )


def _is_between(a: Corner, b: Corner, c: Corner) -> bool:
    return all(min(a[k], b[k]) <= c[k] <= max(a[k], b[k]) for k in (0, 1))

"""What a network of radars sees: the chance to be seen in one turn, over a map, at heights.

In clear air without jamming, of a target whose speed the canceller of standing echoes neither
favours nor hides (its gain over all speeds is 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.earth import terrain
from jointsky.earth.horizon import horizon_distance_m
from jointsky.records.coverage import EARTH_RADIUS_M, Coverage, CoverageSensor
from jointsky.sensors import coverage_kernels as kernels
from jointsky.sensors.around import around
from jointsky.sensors.beam import scan_of
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import FixedRadar, SearchRadar, SecondaryRadar, SectorRadar
from jointsky.sensors.reach import reach_of
from jointsky.sensors.surroundings import Place, Surroundings

Floats = npt.NDArray[np.float64]
RADARS = (SearchRadar, SectorRadar, FixedRadar, SecondaryRadar)
CELLS = 120_000
RANKS_MOST = 6
_MARGIN = 1.02
_PARTS, _JUMP = 4, 0.2
Step = Callable[[str, float], None]


class Watch(NamedTuple):
    """One sensor of the network: its declaration, its place, whose it is."""

    name: str
    group: str
    sensor: Any
    placed: Placed
    place: Place
    key: tuple[int, int]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: mean cross section by band, fluctuation, whether it answers."""

    words: str
    rcs_dbsm: dict[str, float]  # by band; "" for all others
    swerling: dict[str, int]
    answers: bool = False

    def shown(self, band: str) -> tuple[float, int]:
        """Return cross section in dBsm and Swerling case in a band; NaN: it shows nothing."""
        key = band if band in self.rcs_dbsm else ""
        return self.rcs_dbsm.get(key, math.nan), self.swerling.get(key, 1)


def plain_target(rcs_dbsm: float, swerling: int = 1) -> Target:
    """Return a target of one cross section in all bands that answers nobody."""
    words = f"{10.0 ** (rcs_dbsm / 10.0):.3g} m², Swerling {swerling}"
    return Target(words=words, rcs_dbsm={"": rcs_dbsm}, swerling={"": swerling})


def why_not(watch: Watch, target: Target) -> str:
    """Return why a sensor has no part in the coverage, or an empty text."""
    if not isinstance(watch.sensor, RADARS):
        return "no radar"
    if watch.place.vehicle >= 0:
        return "aboard a vehicle"
    if isinstance(watch.sensor, SecondaryRadar) and not target.answers:
        return "hears answers only, and this target has no transponder"
    return ""


def cover(
    watches: Sequence[Watch],
    surroundings: Surroundings,
    target: Target,
    heights_m: Sequence[float],
    above: str = "ground",
    pd: float = 0.5,
    cell_m: float | None = None,
    step: Step = lambda _what, _share: None,
) -> Coverage:
    """Return what the sensors see of a target at heights above ground or sea.

    ``cell_m`` is the size of a cell of the map; none: so that there are about 120,000.  At least
    one sensor must count (``why_not``).
    """
    sensors = [
        CoverageSensor(
            name=w.name,
            group=w.group,
            latitude_rad=w.place.latitude_rad,
            longitude_rad=w.place.longitude_rad,
            why_not=why_not(w, target),
        )
        for w in watches
    ]
    counted = [w for w, told in zip(watches, sensors, strict=True) if not told.why_not]
    if not counted or not heights_m:
        raise ValueError("a coverage needs a radar on the ground and a height")
    groups = list(dict.fromkeys(w.group for w in watches))
    reaches_m = [_reach_m(w, surroundings, max(heights_m)) for w in counted]
    latitude, longitude = _map_of(counted, reaches_m, cell_m)
    shape = (len(heights_m), len(latitude), len(longitude))
    best = np.zeros((shape[0], len(groups), *shape[1:]), np.float32)
    ranked = np.zeros((shape[0], min(max(len(counted), 1), RANKS_MOST), *shape[1:]), np.float32)
    count = np.zeros(shape, np.int16)
    ground_m = terrain.height_at(
        surroundings.terrain, latitude[:, None], longitude[None, :]
    ) * float(above == "ground")
    for n, (watch, reach_m) in enumerate(zip(counted, reaches_m, strict=True)):
        step("looking around", n / len(counted))
        group = groups.index(watch.group)
        for h, height_m in enumerate(heights_m):
            seen = _seen(
                watch, surroundings, target, latitude, longitude, ground_m + height_m, reach_m
            )
            np.maximum(best[h, group], seen, out=best[h, group])
            kernels.insert(seen, np.float32(pd), ranked[h], count[h])
    step("looking around", 1.0)
    return Coverage(
        latitude_rad=latitude,
        longitude_rad=longitude,
        heights_m=np.asarray(heights_m, np.float64),
        above=above,
        target=target.words,
        pd=pd,
        sensors=sensors,
        groups=groups,
        best=best,
        ranked=ranked,
        count=count,
    )


def _reach_m(watch: Watch, surroundings: Surroundings, height_m: float) -> float:
    """Return the distance beyond which a radar sees nothing at a height."""
    reach = reach_of(watch.sensor, watch.placed, watch.place, ())
    ground_m = surroundings.terrain.heights_m
    highest_m = height_m + (max(float(ground_m.max()), 0.0) if ground_m.size else 0.0)
    limit_m = max(reach.max_range_m, reach.reply_range_m)
    return min(limit_m, float(horizon_distance_m(watch.place.height_m, highest_m)) * _MARGIN)


def _map_of(
    watches: Sequence[Watch], reaches_m: Sequence[float], cell_m: float | None
) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes of the middles of cells over all that is within reach."""
    first = watches[0].place.longitude_rad
    boxes = []
    for watch, reach_m in zip(watches, reaches_m, strict=True):
        around_rad = reach_m * _MARGIN / EARTH_RADIUS_M
        lat = watch.place.latitude_rad
        lon = first + math.remainder(watch.place.longitude_rad - first, 2.0 * math.pi)
        wide = math.cos(min(abs(lat) + around_rad, math.radians(88.0)))
        wide_rad = min(around_rad / wide, math.pi)
        boxes.append((lat - around_rad, lat + around_rad, lon - wide_rad, lon + wide_rad))
    south, north, west, east = (
        pick(box[k] for box in boxes) for k, pick in ((0, min), (1, max), (2, min), (3, max))
    )
    south, north = max(south, -math.pi / 2), min(north, math.pi / 2)
    shrink = math.cos(0.5 * (south + north))
    if cell_m is None:
        area = (north - south) * (east - west) * shrink
        cell_rad = math.sqrt(area / CELLS)
    else:
        cell_rad = cell_m / EARTH_RADIUS_M
    rows = max(math.ceil((north - south) / cell_rad), 2)
    columns = max(math.ceil((east - west) * shrink / cell_rad), 2)
    latitude = south + (np.arange(rows) + 0.5) * (north - south) / rows
    longitude = west + (np.arange(columns) + 0.5) * (east - west) / columns
    return latitude, longitude


def _seen(
    watch: Watch,
    surroundings: Surroundings,
    target: Target,
    latitude: Floats,
    longitude: Floats,
    height_m: Floats,
    reach_m: float,
) -> npt.NDArray[np.float32]:
    """Return the chance of each cell (R, C) to be seen by one radar in one turn.

    At its middle; where the next cells differ much, a mean over the cell, so that an outline
    follows a sharp edge, as the horizon is, and not the borders of cells.
    """
    given = _Given.of(watch, surroundings, target, reach_m)
    rows, columns = np.nonzero(_within(watch.place, latitude, longitude, reach_m))
    out = np.zeros(height_m.shape)
    out[rows, columns] = given.chances(latitude[rows], longitude[columns], height_m[rows, columns])
    rows, columns = np.nonzero(_differs(out) >= _JUMP)
    off = (np.arange(_PARTS) + 0.5) / _PARTS - 0.5
    lat = latitude[rows, None, None] + off[:, None] * (latitude[1] - latitude[0])
    lon = longitude[columns, None, None] + off[None, :] * (longitude[1] - longitude[0])
    lat, lon, height = np.broadcast_arrays(lat, lon, height_m[rows, columns][:, None, None])
    parts = given.chances(lat.ravel(), lon.ravel(), height.ravel())
    out[rows, columns] = parts.reshape(-1, _PARTS * _PARTS).mean(axis=1)
    return out.astype(np.float32)


class _Given(NamedTuple):
    """All that the chance to be seen by one radar hangs on, but for the place."""

    scan: Any
    reach: Any
    around: Any
    target: tuple[float, int, bool]

    @classmethod
    def of(cls, watch: Watch, surroundings: Surroundings, target: Target, reach_m: float) -> _Given:
        """Return what is given of one sensor and one target."""
        band = "" if isinstance(watch.sensor, SecondaryRadar) else watch.sensor.band
        return cls(
            scan_of(watch.sensor, watch.placed, watch.place, watch.key),
            reach_of(watch.sensor, watch.placed, watch.place, ()),
            around(watch.sensor, watch.place, surroundings, reach_m),
            (*target.shown(band), target.answers),
        )

    def chances(self, latitude: Floats, longitude: Floats, height_m: Floats) -> Floats:
        """Return the chance to be seen in one turn at places (n,)."""
        out = np.empty(len(latitude))
        lat, lon, height = (np.array(x) for x in (latitude, longitude, height_m))
        kernels.each_chance(self.scan, self.reach, self.around, self.target, lat, lon, height, out)
        return out


def chances(
    watch: Watch,
    surroundings: Surroundings,
    target: Target,
    latitude_rad: npt.ArrayLike,
    longitude_rad: npt.ArrayLike,
    height_m: npt.ArrayLike,
) -> Floats:
    """Return the chance that a sensor sees a target at places (n,) in one turn."""
    places = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, np.float64)) for x in (latitude_rad, longitude_rad, height_m))
    )
    reach_m = _reach_m(watch, surroundings, float(places[2].max(initial=0.0)))
    return _Given.of(watch, surroundings, target, reach_m).chances(*places)


def _within(place: Place, latitude: Floats, longitude: Floats, reach_m: float) -> Any:
    """Return which cells (R, C) are not farther away over the ground than ``reach_m``."""
    half = np.sin(0.5 * (latitude - place.latitude_rad))[:, None] ** 2
    across = np.sin(0.5 * (longitude - place.longitude_rad))[None, :] ** 2
    half = half + math.cos(place.latitude_rad) * np.cos(latitude)[:, None] * across
    return half <= math.sin(min(0.5 * _MARGIN * reach_m / EARTH_RADIUS_M, math.pi / 2)) ** 2


def _differs(values: Floats) -> Floats:
    """Return how much each cell differs from the one of its four neighbours that differs most."""
    out = np.zeros(values.shape)
    for axis in (0, 1):
        step = np.abs(np.diff(values, axis=axis))
        low, high = (slice(None, -1), slice(1, None))
        before, after = ((low, slice(None)), (high, slice(None)))
        if axis == 1:
            before, after = ((slice(None), low), (slice(None), high))
        np.maximum(out[before], step, out=out[before])
        np.maximum(out[after], step, out=out[after])
    return out

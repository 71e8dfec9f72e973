"""The one door to all sensors: what a declared sensor makes of the truth in a window of time."""

from __future__ import annotations

from jointsky.records.sensors import Sensor
from jointsky.sensors import others, radar_told, scan
from jointsky.sensors.others import OtherSensor
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import AnyRadar, FixedRadar, SearchRadar, SecondaryRadar, SectorRadar
from jointsky.sensors.surroundings import Observed, Place, Surroundings

AnySensor = AnyRadar | OtherSensor
_RADARS = SearchRadar | SectorRadar | FixedRadar | SecondaryRadar


def observe(
    sensor: AnySensor,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return the plots of all turns or frames of ``sensor`` that begin in [begin_s, end_s).

    Windows may be asked for in any order and add up exactly.  ``row`` is the sensor's row in the
    Sensors that go along with its plots; ``key`` is what it draws from (streams.key of its name).
    """
    if isinstance(sensor, OtherSensor):
        return others.observe(sensor, placed, place, row, surroundings, begin_s, end_s, key)
    if isinstance(sensor, _RADARS):
        return scan.observe(sensor, placed, place, row, surroundings, begin_s, end_s, key)
    raise TypeError(f"{type(sensor).__name__} is no sensor that can observe")


def describe(sensor: AnySensor, name: str, place: Place, placed: Placed) -> Sensor:
    """Return what a tracker is told of a sensor: what it was declared as, never its errors."""
    if isinstance(sensor, _RADARS):
        return radar_told.describe(sensor, name, place, placed)
    if isinstance(sensor, OtherSensor):
        return others.describe(sensor, name, place)
    raise TypeError(f"{type(sensor).__name__} is no sensor that can be described")

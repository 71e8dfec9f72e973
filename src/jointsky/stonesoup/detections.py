"""Stone Soup's detections become plots and sensors of a flat scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from jointsky.errors import InputError
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.stonesoup import models
from jointsky.stonesoup.space import StateSpace, posix_s, space_of

SAME_PLACE_M = 1e-3
MOST_SENSORS = 64


def sensors_of(
    detections: Iterable[Any], space: StateSpace | None = None, model: Any = None
) -> list[Sensor]:
    """Return a sensor for every place that detections are measured from, by place.

    ``model`` is for detections that have none of their own.
    """
    found = set()
    for detection in detections:
        own = model_of(detection, model)
        found.add(models.sensor_of(own, space or space_of(own)))
    return sorted(found, key=lambda sensor: (sensor.flat_enu_m, sensor.kind))


def plots_of(
    detections: Iterable[Any],
    sensors: Sequence[Sensor],
    space: StateSpace | None = None,
    model: Any = None,
) -> Plots:
    """Return the plots of detections, in order of time, sensor and measurement.

    ``sensors`` are those of ``sensors_of``, or your own at the same places.  A sensor that is at
    none of them, and a model that we cannot take, is an InputError.
    """
    rows = []
    for detection in detections:
        own = model_of(detection, model)
        counted_in = space or space_of(own)
        sensor = row_of_sensor(models.sensor_of(own, counted_in), sensors)
        row = models.row_of(detection, own, counted_in)
        rows.append({"time_s": posix_s(detection.timestamp), "sensor": sensor, **row})
    rows.sort(key=lambda row: [row.get(name, 0.0) for name in _ORDER])
    names = sorted({name for row in rows for name in row})
    schema = Plots.schema()
    columns = {name: [row.get(name, schema[name].default) for row in rows] for name in names}
    return Plots.make(len(rows), **{name: np.array(column) for name, column in columns.items()})


_ORDER = ("time_s", "sensor", "range_m", "azimuth_rad", "elevation_rad", "east_m", "north_m")


def model_of(detection: Any, otherwise: Any = None) -> Any:
    """Return the measurement model of a detection, or the other one where it has none."""
    own = detection.measurement_model if detection.measurement_model is not None else otherwise
    if own is None:
        raise InputError(
            "detection", "no measurement model", "one", "name one that holds for all detections"
        )
    return own


def row_of_sensor(wanted: Sensor, sensors: Sequence[Sensor]) -> int:
    """Return the row of the sensor at the wanted one's place, of its kind where there are two."""
    assert wanted.flat_enu_m is not None
    rows = [
        row
        for row, sensor in enumerate(sensors)
        if sensor.flat_enu_m is not None
        and np.abs(np.subtract(sensor.flat_enu_m, wanted.flat_enu_m)).max() < SAME_PLACE_M
    ]
    of_kind = [
        row for row in rows if (sensors[row].kind == models.AREA) == (wanted.kind == models.AREA)
    ]
    if not rows:
        known = ", ".join(str(sensor.flat_enu_m) for sensor in sensors) or "no sensor"
        raise InputError(
            "detection", f"a sensor at {wanted.flat_enu_m}", f"one of the sensors: {known}"
        )
    return (of_kind or rows)[0]

"""Stone Soup's detections become plots and sensors of a flat scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from jointsky.errors import InputError
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.stonesoup import models
from jointsky.stonesoup.space import StateSpace, posix_s, space_of

SAME_PLACE_M = 1e-3


class Seen(NamedTuple):
    """One detection as it is read: POSIX seconds, measured values, and what they mean."""

    time_s: float
    vector: list[float]
    reading: models.Reading


def sensors_of(
    detections: Iterable[Any], space: StateSpace | None = None, model: Any = None
) -> list[Sensor]:
    """Return a sensor for every place that detections are measured from, by place.

    ``model`` is for detections that have none of their own.
    """
    return sensors_in(seen_of(detections, space, model))


def plots_of(
    detections: Iterable[Any],
    sensors: Sequence[Sensor],
    space: StateSpace | None = None,
    model: Any = None,
) -> Plots:
    """Return the plots of detections, in order of time and measurement.

    ``sensors`` are those of ``sensors_of``, or your own at the same places.  A sensor that is at
    none of them, and a model that we cannot take, is an InputError.
    """
    return plots_in(seen_of(detections, space, model), sensors)


def model_of(detection: Any, otherwise: Any = None) -> Any:
    """Return the measurement model of a detection, or the other one where it has none."""
    own = detection.measurement_model if detection.measurement_model is not None else otherwise
    if own is None:
        raise InputError(
            "detection", "no measurement model", "one", "name one that holds for all detections"
        )
    return own


def seen_of(
    detections: Iterable[Any], space: StateSpace | None = None, model: Any = None
) -> list[Seen]:
    """Return detections as they are read, in an order that does not hang on that of a set."""
    readings: dict[int, tuple[Any, models.Reading]] = {}  # of each model, which many share
    found = []
    for detection in detections:
        own = model_of(detection, model)
        if id(own) not in readings:
            readings[id(own)] = own, models.reading_of(own, space or space_of(own))
        vector = np.asarray(detection.state_vector, np.float64).ravel().tolist()
        found.append(Seen(posix_s(detection.timestamp), vector, readings[id(own)][1]))
    return sorted(found, key=lambda seen: (seen.time_s, seen.reading.sensor.name, seen.vector))


def sensors_in(seen: Sequence[Seen]) -> list[Sensor]:
    """Return every sensor once, by place."""
    found = {each.reading.sensor for each in seen}
    return sorted(found, key=lambda sensor: (sensor.flat_enu_m, sensor.kind))


def plots_in(seen: Sequence[Seen], sensors: Sequence[Sensor]) -> Plots:
    """Return a plot for each detection, in their order."""
    row_of = {sensor: row_of_sensor(sensor, sensors) for sensor in sensors_in(seen)}
    rows = [models.row_of(each.vector, each.reading) for each in seen]
    schema = Plots.schema()
    columns = {
        name: np.array([row.get(name, schema[name].default) for row in rows])
        for name in sorted({name for row in rows for name in row})
    }
    return Plots.make(
        len(seen),
        time_s=np.array([each.time_s for each in seen]),
        sensor=np.array([row_of[each.reading.sensor] for each in seen], np.int32),
        **columns,
    )


def row_of_sensor(wanted: Sensor, sensors: Sequence[Sensor]) -> int:
    """Return the row of the sensor at the wanted one's place, of its kind where there are two."""
    assert wanted.flat_enu_m is not None
    rows = [
        row
        for row, sensor in enumerate(sensors)
        if sensor.flat_enu_m is not None
        and np.abs(np.subtract(sensor.flat_enu_m, wanted.flat_enu_m)).max() < SAME_PLACE_M
    ]
    if not rows:
        known = ", ".join(str(sensor.flat_enu_m) for sensor in sensors) or "no sensor"
        raise InputError(
            "detection", f"a sensor at {wanted.flat_enu_m}", f"one of the sensors: {known}"
        )
    is_area = wanted.kind == models.AREA
    of_kind = [row for row in rows if (sensors[row].kind == models.AREA) == is_area]
    return (of_kind or rows)[0]

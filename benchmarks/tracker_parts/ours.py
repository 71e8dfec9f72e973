"""Our tracker on a scene, by its front door, with its defaults."""

from __future__ import annotations

import dataclasses
import math
import pathlib
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky._jit import compile_seconds
from jointsky.api import Reading, Tracker, Tracks, read

FIRST = 300  # plots that are tracked before the clock starts, so that compiling is apart


@dataclasses.dataclass(frozen=True)
class Timed:
    """What was made and what it took: CPU seconds of tracking, wall seconds of compiling."""

    tracker: Tracker
    pictures: Tracks
    cpu_s: float
    compile_s: float


def load(folder: pathlib.Path) -> Reading:
    """Return the plots and radars of a scene, never its truth."""
    return read(folder)


def new_tracker(reading: Reading, **options: Any) -> Tracker:
    """Return a tracker with default settings for a reading's sensors."""
    origin = reading.contents.values.get("origin_deg")
    if origin is None:
        return Tracker(reading.sensors, **options)
    place = math.radians(origin[0]), math.radians(origin[1]), float(origin[2])
    return Tracker(reading.sensors, origin=place, **options)


def whole_seconds(reading: Reading) -> np.ndarray:
    """Return every whole second of a scene from 1 on."""
    last_s = reading.contents.values.get("duration_s") or float(np.nanmax(reading.plots.time_s))
    return np.arange(1.0, math.floor(last_s) + 1.0)


def timed(reading: Reading, times_s: np.ndarray) -> Timed:
    """Track a reading with pictures at ``times_s``; the clock runs while nothing compiles."""
    compiled_s = warm_up(reading)
    tracker = new_tracker(reading)
    cpu_s = time.process_time()
    made = tracker.pictures(reading.plots, times_s)
    cpu_s = time.process_time() - cpu_s
    return Timed(tracker, made, cpu_s, compiled_s)


def warm_up(reading: Reading) -> float:
    """Track the first plots so that every kernel is ready; return the seconds of compiling."""
    before = compile_seconds()
    first = reading.plots.rows(slice(0, FIRST))
    new_tracker(reading).pictures(first, [float(first.time_s[-1])])
    return compile_seconds() - before


def write_flat(made: Timed, path: pathlib.Path) -> None:
    """Write pictures of a flat scene in the columns that scorers of such scenes read."""
    shown, place = made.pictures, made.tracker.flat_positions_m(made.pictures)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {"time_s": shown.time_s, "track_id": shown.track_number}
    columns |= {name: place[:, k] for k, name in enumerate(("e_m", "n_m", "u_m"))}
    columns |= {"ve": shown.ve_mps, "vn": shown.vn_mps, "vu": shown.vu_mps}
    pq.write_table(pa.table(columns), path)

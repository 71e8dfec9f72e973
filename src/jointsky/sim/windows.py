"""What the sensors of a run saw, window by window: made, or read back where it was recorded.

A window holds the plots of all antenna turns that begin in it, so that windows can be made apart
from each other and one that was recorded need not be made again.
"""

from __future__ import annotations

import itertools
import math
import os
import pathlib
from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.scenario.built import Built
from jointsky.sensors.observe import observe
from jointsky.sensors.surroundings import Observed
from jointsky.store.tables import read_record, write_record

WINDOW_S = 30.0

Apply = Callable[[Callable[[int], Observed], Iterable[int]], Iterable[Observed]]
"""``map``, or that of a pool: results come in the order of the arguments."""


def windows(built: Built) -> list[tuple[float, float]]:
    """Return the begin and end of each window of a run."""
    count = max(math.ceil((built.end_s - built.begin_s) / WINDOW_S - 1e-9), 1)
    edges = [built.begin_s + k * WINDOW_S for k in range(count)] + [built.end_s]
    return list(itertools.pairwise(edges))


def see(built: Built, begin_s: float, end_s: float, apply: Apply) -> Observed:
    """Return what all sensors make of the turns that begin in [begin_s, end_s), by reception."""

    def one(row: int) -> Observed:
        sensor = built.sensors[row]
        return observe(
            sensor.declared,
            sensor.placed,
            sensor.place,
            row,
            built.surroundings,
            begin_s,
            end_s,
            sensor.key,
        )

    return together(list(apply(one, range(len(built.sensors)))))


def together(parts: list[Observed]) -> Observed:
    """Return several observations as one, in order of reception, sensor and time."""
    plots = join([Plots.make(0), *(part.plots for part in parts)])
    vehicle = np.concatenate([np.empty(0, np.int32), *(part.vehicle for part in parts)])
    received_s = np.concatenate([np.empty(0), *(part.received_s for part in parts)])
    order = np.lexsort((np.arange(len(plots)), plots.time_s, plots.sensor, received_s))
    return Observed(plots=plots.rows(order), vehicle=vehicle[order], received_s=received_s[order])


def parted(seen: Observed, at_s: float) -> tuple[Observed, Observed]:
    """Return what was received before a time, and the rest."""
    cut = int(np.searchsorted(seen.received_s, at_s, side="left"))
    return tuple(  # type: ignore[return-value]
        Observed(
            plots=seen.plots.rows(rows),
            vehicle=seen.vehicle[rows],
            received_s=seen.received_s[rows],
        )
        for rows in (slice(0, cut), slice(cut, None))
    )


def window_path(folder: pathlib.Path, number: int) -> pathlib.Path:
    """Return the file of one recorded window."""
    return folder / f"{number:06d}.parquet"


def write_window(seen: Observed, folder: pathlib.Path, number: int) -> None:
    """Record a window; its file appears whole or not at all."""
    path = window_path(folder, number)
    extra = path.with_suffix(".truth")
    part = extra.with_suffix(".truth.part")
    table = pa.table({"vehicle": seen.vehicle, "received_s": seen.received_s})
    pq.write_table(table, part, compression="zstd", use_dictionary=False)
    os.replace(part, extra)
    write_record(seen.plots, path)


def read_window(folder: pathlib.Path, number: int) -> Observed:
    """Return a recorded window; InputError where a file is damaged or both do not fit."""
    path = window_path(folder, number)
    plots, _, _ = read_record(path, Plots)
    extra = path.with_suffix(".truth")
    try:
        table = pq.read_table(extra)
        vehicle = table["vehicle"].to_numpy().astype(np.int32)
        received_s = table["received_s"].to_numpy().astype(np.float64)
    except (pa.ArrowException, OSError, KeyError) as error:
        text = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(str(extra), text, "a Parquet file that is whole") from None
    if len(vehicle) != len(plots):
        raise InputError(str(extra), f"{len(vehicle)} rows", f"{len(plots)}, as {path.name} has")
    return Observed(plots=plots, vehicle=vehicle, received_s=received_s)

"""What the sensors of a run saw, window by window: made, or read back where it was recorded.

A window holds the plots of all antenna turns that begin in it, so that windows can be made apart
from each other and one that was recorded need not be made again.
"""

from __future__ import annotations

import itertools
import math
import os
import pathlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.reports import Reports
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


def together(parts: Sequence[Observed]) -> Observed:
    """Return several observations as one, in order of reception, sensor and time."""
    plots = join([Plots.make(0), *(part.plots for part in parts)])
    vehicle = np.concatenate([np.empty(0, np.int32), *(part.vehicle for part in parts)])
    received_s = np.concatenate([np.empty(0), *(part.received_s for part in parts)])
    order = np.lexsort((np.arange(len(plots)), plots.time_s, plots.sensor, received_s))
    told = [part for part in parts if part.reports is not None and part.reported is not None]
    reports = join([Reports.make(0), *(part.reports for part in told if part.reports is not None)])
    reported = np.concatenate(
        [np.empty(0, np.int32), *(part.reported for part in told if part.reported is not None)]
    )
    turn = np.lexsort((np.arange(len(reports)), reports.sensor, reports.received_s))
    return Observed(
        plots=plots.rows(order),
        vehicle=vehicle[order],
        received_s=received_s[order],
        reports=reports.rows(turn),
        reported=reported[turn],
    )


def parted(seen: Observed, at_s: float) -> tuple[Observed, Observed]:
    """Return what was received before a time, and the rest; ``seen`` is from ``together``."""
    assert seen.reports is not None and seen.reported is not None
    cut = int(np.searchsorted(seen.received_s, at_s, side="left"))
    turn = int(np.searchsorted(seen.reports.received_s, at_s, side="left"))
    before, after = (
        Observed(
            plots=seen.plots.rows(rows),
            vehicle=seen.vehicle[rows],
            received_s=seen.received_s[rows],
            reports=seen.reports.rows(lines),
            reported=seen.reported[lines],
        )
        for rows, lines in (
            (slice(0, cut), slice(0, turn)),
            (slice(cut, None), slice(turn, None)),
        )
    )
    return before, after


def window_path(folder: pathlib.Path, number: int) -> pathlib.Path:
    """Return the file of the plots of one recorded window: the last of its files to be written."""
    return folder / f"{number:06d}.parquet"


def write_window(seen: Observed, folder: pathlib.Path, number: int) -> None:
    """Record a window; each of its files appears whole or not at all."""
    assert seen.reports is not None
    path = window_path(folder, number)
    columns = {"vehicle": seen.vehicle, "received_s": seen.received_s}
    _write_columns(columns, path.with_suffix(".behind"))
    _write_columns({"vehicle": seen.reported}, path.with_suffix(".reported"))
    write_record(seen.reports, path.with_suffix(".reports"))
    write_record(seen.plots, path)


def read_window(folder: pathlib.Path, number: int) -> Observed:
    """Return a recorded window; InputError where a file is damaged or they do not fit."""
    path = window_path(folder, number)
    plots, _, _ = read_record(path, Plots)
    reports, _, _ = read_record(path.with_suffix(".reports"), Reports)
    behind = _read_columns(path.with_suffix(".behind"), ("vehicle", "received_s"), len(plots))
    reported = _read_columns(path.with_suffix(".reported"), ("vehicle",), len(reports))
    return Observed(
        plots=plots,
        vehicle=behind["vehicle"].astype(np.int32),
        received_s=behind["received_s"].astype(np.float64),
        reports=reports,
        reported=reported["vehicle"].astype(np.int32),
    )


def _write_columns(columns: dict[str, Any], path: pathlib.Path) -> None:
    part = path.with_name(path.name + ".part")
    pq.write_table(pa.table(columns), part, compression="zstd", use_dictionary=False)
    os.replace(part, path)


def _read_columns(path: pathlib.Path, names: tuple[str, ...], rows: int) -> dict[str, Any]:
    try:
        table = pq.read_table(path)
        columns = {name: table[name].to_numpy() for name in names}
    except (pa.ArrowException, OSError, KeyError) as error:
        text = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(str(path), text, "a Parquet file that is whole") from None
    if table.num_rows != rows:
        raise InputError(str(path), f"{table.num_rows} rows", f"{rows}, as the table beside it")
    return columns

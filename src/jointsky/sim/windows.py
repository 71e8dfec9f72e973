"""What the sensors of a run saw, window by window: made, or read back where it was recorded.

A window holds the plots of all antenna turns that begin in it, so that windows can be made apart
from each other and one that was recorded need not be made again.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import os
import pathlib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.reports import Reports
from jointsky.scenario.built import Built
from jointsky.sensors.observe import observe
from jointsky.sensors.surroundings import Observed

WINDOW_S = 30.0
_BESIDE = ("vehicle", "received_s", "reported")

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
        seen = observe(
            sensor.declared,
            sensor.placed,
            sensor.place,
            row,
            built.surroundings,
            begin_s,
            end_s,
            sensor.key,
        )
        return _out_of(seen, sensor.outages_s) if sensor.outages_s else seen

    return together(list(apply(one, range(len(built.sensors)))))


def _out_of(seen: Observed, outages_s: Sequence[tuple[float, float]]) -> Observed:
    """Return an observation without what was noticed in any of some spans of time."""

    def kept(time_s: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        is_out = np.zeros(len(time_s), np.bool_)
        for begin_s, end_s in outages_s:
            is_out |= (begin_s <= time_s) & (time_s < end_s)
        return ~is_out

    rows = kept(seen.plots.time_s)
    made = dataclasses.replace(
        seen,
        plots=seen.plots.rows(rows),
        vehicle=seen.vehicle[rows],
        received_s=seen.received_s[rows],
    )
    if seen.reports is None or seen.reported is None:
        return made
    told = kept(seen.reports.time_s)
    return dataclasses.replace(made, reports=seen.reports.rows(told), reported=seen.reported[told])


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
    """Return the file of one recorded window."""
    return folder / f"{number:06d}.npz"


def write_window(seen: Observed, folder: pathlib.Path, number: int) -> None:
    """Record a window, every number to the last bit; its file appears whole or not at all."""
    assert seen.reports is not None and seen.reported is not None
    path = window_path(folder, number)
    part = path.with_suffix(".part")
    columns = {f"plots.{name}": column for name, column in vars(seen.plots).items()}
    columns |= {f"reports.{name}": column for name, column in vars(seen.reports).items()}
    columns |= {name: getattr(seen, name) for name in _BESIDE}
    with part.open("wb") as file:
        np.savez(file, **columns)
    os.replace(part, path)


def read_window(folder: pathlib.Path, number: int) -> Observed:
    """Return a recorded window; InputError where its file is damaged."""
    path = window_path(folder, number)
    try:
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
            plots = Plots.make(**{name: file[f"plots.{name}"] for name in Plots.schema()})
            reports = Reports.make(**{name: file[f"reports.{name}"] for name in Reports.schema()})
            vehicle, received_s, reported = (file[name] for name in _BESIDE)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        text = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            str(path), text, "a recorded window that is whole", "run without --resume"
        ) from None
    return Observed(
        plots=plots, vehicle=vehicle, received_s=received_s, reports=reports, reported=reported
    )

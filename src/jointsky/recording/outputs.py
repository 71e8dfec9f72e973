"""What tracking a recording leaves behind: tables, a summary, pictures."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from jointsky.pictures.html import write_html
from jointsky.pictures.options import PictureOptions
from jointsky.pictures.registration import draw_errors
from jointsky.pictures.track import draw_tracks
from jointsky.recording.register import Registered
from jointsky.recording.summary import time_text
from jointsky.recording.track import Tracked
from jointsky.records.reading import Reading
from jointsky.records.tracks import Tracks
from jointsky.store.tables import write_record

Step = Callable[[str, float], None]


def write(tracked: Tracked, folder: pathlib.Path, title: str, date_known: bool, step: Step) -> None:
    """Write plots, tracks (and estimates of a flat scene) and both pictures into a folder.

    Where the tracks are smoothed, the filtered ones are written beside them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    notes: dict[str, Any] = {"date_known": date_known}
    if tracked.origin_deg is not None:
        notes["flat_origin_deg"] = list(tracked.origin_deg)
    step("writing", 0.0)
    write_record(tracked.plots, folder / "plots.parquet", tracked.sensors, notes)
    smoothed = {"smoothed": tracked.filtered is not None}
    write_record(tracked.tracks, folder / "tracks.parquet", tracked.sensors, notes | smoothed)
    filtered = folder / "filtered.parquet"
    filtered.unlink(missing_ok=True)  # of an earlier run
    if tracked.filtered is not None:
        write_record(tracked.filtered, filtered, tracked.sensors, notes)
    if tracked.estimates is not None:
        pq.write_table(tracked.estimates, folder / "estimates.parquet", compression="zstd")
    options = PictureOptions()
    if tracked.origin_deg is not None:
        options = PictureOptions(flat_origin_deg=tracked.origin_deg[:2])
    step("writing", 0.4)
    shown = (tracked.plots, tracked.tracks, tracked.sensors)
    draw_tracks(*shown, folder / "picture.png", title, options)
    step("writing", 0.7)
    write_html(*shown, folder / "picture.html", title, options)
    step("writing", 1.0)


def write_registration(made: Registered | None, folder: pathlib.Path, title: str) -> None:
    """Draw how the errors of the radars became known, where they were estimated."""
    path = folder / "registration.png"
    path.unlink(missing_ok=True)  # of an earlier run
    if made is None or len(made.trace.time_s) < 2:
        return
    estimate, sigma = np.array(made.trace.estimate), np.array(made.trace.sigma)
    draw_errors(made.trace.time_s, estimate, sigma, made.radars, path, title)


def figures(tracked: Tracked, reading: Reading) -> dict[str, Any]:
    """Return the figures of a tracked recording, for ``summary.json`` and ``--json``."""
    tracks, plots = tracked.tracks, tracked.plots
    numbers = np.unique(tracks.track_number)
    order = np.lexsort((tracks.time_s, tracks.track_number))
    same = np.diff(tracks.track_number[order]) == 0
    gaps_s = np.diff(tracks.time_s[order])[same]
    lengths_s = np.zeros(len(numbers))
    if len(numbers):
        starts = np.searchsorted(tracks.track_number[order], numbers)
        ends = np.append(starts[1:], len(order)) - 1
        lengths_s = tracks.time_s[order][ends] - tracks.time_s[order][starts]
    times_s = plots.time_s[np.isfinite(plots.time_s)]
    begin_s, end_s = (float(times_s.min()), float(times_s.max())) if len(times_s) else (0.0, 0.0)
    return {
        "format": reading.format,
        "date_known": reading.date_known,
        "smoothed": tracked.filtered is not None,
        "begin": time_text(begin_s, reading.date_known),
        "end": time_text(end_s, reading.date_known),
        "begin_s": begin_s,
        "end_s": end_s,
        "plots": len(plots),
        "plots_used": tracked.used,
        "plots_refused": tracked.refused,
        "tracks": len(numbers),
        "tracks_with_mode_s": len(np.unique(tracks.track_number[tracks.mode_s >= 0])),
        "track_updates": len(tracks),
        "track_length_median_s": _quantile(lengths_s, 0.5),
        "update_interval_median_s": _quantile(gaps_s, 0.5),
        "update_interval_p95_s": _quantile(gaps_s, 0.95),
        "position_sigma_median_m": _sigma_m(tracked.tracks),
        "filtered_sigma_median_m": _sigma_m(tracked.filtered),
        "faults": reading.fault_counts,
        "first_faults": _first_faults(reading),
        "warnings": tracked.warnings,
        "sensors": [_sensor(tracked, row) for row in range(len(tracked.sensors))],
    }


def _first_faults(reading: Reading) -> list[dict[str, Any]]:
    """Return the first fault of each kind, with the octet at which it lies."""
    first: dict[str, dict[str, Any]] = {}
    for fault in reading.faults:
        place = {"kind": fault.kind, "offset": fault.offset, "text": fault.text}
        first.setdefault(fault.kind, place)
    return list(first.values())


def _quantile(values: Any, share: float) -> float | None:
    return float(np.quantile(values, share)) if len(values) else None


def _sigma_m(tracks: Tracks | None) -> float | None:
    if tracks is None or not len(tracks):
        return None
    covariance = tracks.covariance
    return float(np.median(np.sqrt((covariance[:, 0, 0] + covariance[:, 1, 1]) / 2.0)))


def _sensor(tracked: Tracked, row: int) -> dict[str, Any]:
    sensor = tracked.sensors[row]
    mine = tracked.plots.sensor == row
    told: dict[str, Any] = {"name": sensor.name, "kind": sensor.kind, "plots": int(mine.sum())}
    if sensor.latitude_rad is not None and sensor.longitude_rad is not None:
        told["latitude_deg"] = math.degrees(sensor.latitude_rad)
        told["longitude_deg"] = math.degrees(sensor.longitude_rad)
        told["height_m"] = sensor.height_m
    if sensor.flat_enu_m is not None:
        told["flat_enu_m"] = list(sensor.flat_enu_m)
    return told

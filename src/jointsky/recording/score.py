"""Score: tracks against truth, another system's tracks or ADS-B positions, from files or records.

from jointsky.recording.score import ScoreOptions, score
result = score("out", "truth.parquet", ScoreOptions(cutoff_m=500.0))
result.picture["gospa_m"], result.siap["completeness"], result.conformity
"""

from __future__ import annotations

import math
import pathlib
from typing import Any

import msgspec
import numpy as np

from jointsky.errors import InputError
from jointsky.formats.options import ReadOptions
from jointsky.metrics.compare import CompareOptions, compare
from jointsky.recording.read import read
from jointsky.recording.score_lines import is_lines, read_lines
from jointsky.recording.score_points import Points, of_plots, of_recording, of_tracks
from jointsky.recording.score_tables import (
    has_several_systems,
    is_parquet,
    read_table,
    table_of_folder,
)
from jointsky.records.plots import Plots
from jointsky.records.score import ScoreResult
from jointsky.records.tracks import Tracks
from jointsky.store.tables import read_record
from jointsky.units import DAY_S

Source = str | pathlib.Path | Tracks | Plots | Points


class ScoreOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How tracks are scored; metres and seconds.

    ``dims`` None: 3 for flat scenes, 2 for places on earth, whose heights are often barometric.
    ``coverage``: "whole" expects a target to be tracked as long as the reference sees it,
    "updates" from its first to its last update; "auto" is "whole" for truth.  ``known_only``
    leaves out tracks whose Mode S address the reference never has.  ``from_s``, ``to_s`` cut the
    time (the truth of a bench scene is asked for from 1 s on, when its picture begins).
    ``reading`` is for inputs that are recordings.  The other
    fields are those of ``metrics.compare.CompareOptions``.
    """

    tracks_source: str | None = None
    reference_source: str | None = None
    cutoff_m: float = 1000.0
    order: float = 2.0
    switch_penalty_m: float | None = None
    dims: int | None = None
    step_s: float = 1.0
    max_gap_s: float = 20.0
    sampling: str = "auto"
    coverage: str = "auto"
    known_only: bool = False
    from_s: float | None = None
    to_s: float | None = None
    reading: ReadOptions = ReadOptions()


def score(tracks: Source, reference: Source, options: ScoreOptions | None = None) -> ScoreResult:
    """Return all figures of ``tracks`` against ``reference``.

    Each is a folder that ``jointsky track`` wrote, a Parquet table, a recording, or a record.
    Raises InputError where they cannot be compared, and says why.
    """
    options = options or ScoreOptions()
    _check(options)
    wanted = load(reference, "reference", options)
    found = load(tracks, "tracks", options, is_flat=wanted.is_flat)
    if wanted.is_flat != found.is_flat:
        kinds = {True: "east, north, up of a flat scene", False: "latitude and longitude"}
        raise InputError(
            found.where, kinds[found.is_flat], f"{kinds[wanted.is_flat]}, as {wanted.where} has"
        )
    wanted, found = _in_window(wanted, found, options)
    if options.known_only:
        found = _known_only(found, wanted)
    dims = options.dims or (3 if wanted.is_flat else 2)
    is_whole_life = wanted.is_truth if options.coverage == "auto" else options.coverage == "whole"
    result = compare(
        wanted.paths(dims),
        found.paths(dims),
        CompareOptions(
            cutoff_m=options.cutoff_m,
            order=options.order,
            switch_penalty_m=options.switch_penalty_m,
            step_s=options.step_s,
            max_gap_s=options.max_gap_s,
            sampling=options.sampling,
            is_whole_life=is_whole_life,
        ),
    )
    result.about.update(
        dims=dims,
        tracks=found.where,
        tracks_are=found.what,
        reference=wanted.where,
        reference_is=wanted.what,
    )
    return result


def load(source: Source, role: str, options: ScoreOptions, is_flat: bool | None = None) -> Points:
    """Return the points of one side; ``role`` is "tracks" or "reference"."""
    if isinstance(source, Points):
        return source
    if isinstance(source, Tracks):
        return _some(of_tracks(source, role, "tracks"))
    if isinstance(source, Plots):
        return _some(of_plots(source, role, "plots"))
    path = pathlib.Path(source)
    if not path.exists():
        raise InputError(str(path), "there is no such file or folder")
    chosen = options.reference_source if role == "reference" else options.tracks_source
    if path.is_dir():
        path = table_of_folder(path, is_flat, role)
    is_table = is_parquet(path)
    if is_table and has_several_systems(path):
        tracks, sensors, _ = read_record(path, Tracks)
        return of_recording(Plots.make(0), tracks, sensors, str(path), chosen)
    if is_table:
        return _some(read_table(path))
    if is_lines(path):
        return read_lines(path)
    reading = read(path, options.reading)
    return of_recording(reading.plots, reading.tracks, reading.sensors, str(path), chosen)


def _some(points: Points) -> Points:
    if not len(points):
        raise InputError(points.where, f"no confirmed {points.what}", "at least one point")
    return points


def _check(options: ScoreOptions) -> None:
    for name, value in (
        ("cutoff", options.cutoff_m),
        ("step", options.step_s),
        ("max-gap", options.max_gap_s),
    ):
        if not (math.isfinite(value) and value > 0.0):
            raise InputError(f"--{name}", str(value), "a number above 0")
    if not (math.isfinite(options.order) and options.order >= 1.0):
        raise InputError("--order", str(options.order), "a number from 1")
    penalty = options.switch_penalty_m
    if penalty is not None and not (math.isfinite(penalty) and penalty >= 0.0):
        raise InputError("--switch-penalty", str(penalty), "a number from 0")
    if options.dims not in (None, 2, 3):
        raise InputError("--dims", str(options.dims), "2 or 3")
    for name, word, known in (
        ("sampling", options.sampling, ("auto", "shared", "grid")),
        ("coverage", options.coverage, ("auto", "whole", "updates")),
    ):
        if word not in known:
            raise InputError(f"--{name}", repr(word), f"one of {', '.join(known)}")


def _in_window(wanted: Points, found: Points, options: ScoreOptions) -> tuple[Points, Points]:
    """Return both inside the asked time; InputError where they have no time in common."""
    low = _scene_start_s(wanted) if options.from_s is None else options.from_s
    high = math.inf if options.to_s is None else options.to_s
    cut = []
    for points in (wanted, found):
        time = points.columns["time_s"]
        inside = points.rows((time >= low) & (time <= high))
        if not len(inside):
            raise InputError(
                points.where,
                f"time from {np.nanmin(time):.3f} to {np.nanmax(time):.3f} s",
                f"points between {low:.3f} and {high:.3f} s",
            )
        cut.append(inside)
    spans = [(float(np.nanmin(t)), float(np.nanmax(t))) for t in (p.columns["time_s"] for p in cut)]
    if max(span[0] for span in spans) > min(span[1] for span in spans):
        raise InputError(
            cut[1].where,
            f"time from {spans[1][0]:.3f} to {spans[1][1]:.3f} s",
            f"a time in common with {cut[0].where} ({spans[0][0]:.3f} to {spans[0][1]:.3f} s)",
            _days_apart(spans),
        )
    return cut[0], cut[1]


def _scene_start_s(wanted: Points) -> float:
    """Return 1 s for the truth of a bench scene, whose picture begins then, else minus infinity."""
    is_scene = wanted.is_flat and (pathlib.Path(wanted.where).parent / "scene.json").is_file()
    return 1.0 if is_scene and wanted.is_truth else -math.inf


def _days_apart(spans: list[tuple[float, float]]) -> str:
    """Return a hint where both would meet if one had another date."""
    days = round((spans[0][0] - spans[1][0]) / DAY_S)
    low = max(spans[0][0], spans[1][0] + days * DAY_S)
    high = min(spans[0][1], spans[1][1] + days * DAY_S)
    if days == 0 or low > high:
        return ""
    return f"they would meet if one had its date moved by {abs(days)} days: give --date"


def _known_only(found: Points, wanted: Points) -> Points:
    """Return only the tracks that ever have an address of the reference."""
    known = wanted.columns.get("mode_s", np.empty(0, np.int64))
    mine = found.columns.get("mode_s", np.full(len(found), -1))
    matching = np.isin(mine, np.unique(known[known >= 0]))
    numbers = np.unique(found.columns["number"][matching])
    kept = found.rows(np.isin(found.columns["number"], numbers))
    if not len(kept):
        raise InputError(
            found.where,
            "no track with a Mode S address of the reference",
            "tracks with addresses",
            "leave out --known-only",
        )
    return kept


def columns_of(result: ScoreResult) -> dict[str, dict[str, Any]]:
    """Return the two long tables of a result by the name of the file that holds them."""
    return {"score.parquet": result.over_time, "score_errors.parquet": result.points}

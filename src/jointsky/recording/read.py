"""A file, or a scene folder, becomes a Reading: recognised, unpacked, read."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from jointsky.errors import InputError
from jointsky.formats.asterix.read import read_asterix
from jointsky.formats.bench.read import is_scene, read_scene
from jointsky.formats.faults import FaultList
from jointsky.formats.framing.opening import open_frames
from jointsky.formats.modes.read import read_beast, read_modes
from jointsky.formats.options import ReadOptions
from jointsky.formats.readsb.octets import unpacked
from jointsky.formats.readsb.read import read_aircraft_json, read_state_vectors, read_trace
from jointsky.formats.sbs.read import read_sbs
from jointsky.recording.joining import joined
from jointsky.recording.sniff import known_format, sniff
from jointsky.records.plots import Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.tracks import Tracks
from jointsky.store.tables import read_record
from jointsky.units import DAY_S

_READERS: dict[str, Callable[[bytes, ReadOptions], Reading]] = {
    "beast": read_beast,
    "modes": read_modes,
    "sbs": read_sbs,
    "aircraft-json": read_aircraft_json,
    "trace": read_trace,
    "state-vectors": read_state_vectors,
}
_YEAR_S = 365.0 * DAY_S


def read(
    path: str | pathlib.Path, options: ReadOptions | None = None, format: str | None = None
) -> Reading:
    """Return everything in one recording; ``format`` None means that it is recognised.

    Raises InputError, with the path, where the file cannot be read or nothing in it is known;
    damage inside a known file is in the faults of the Reading.
    """
    path, options = pathlib.Path(path), options or ReadOptions()
    if format is not None:
        known_format(format, str(path))
    if path.is_dir():
        if not is_scene(path):
            wanted = "a file, or a scene folder with plots.parquet and radars.parquet"
            raise InputError(str(path), "a folder", wanted)
        return read_scene(path, options)
    try:
        packed = path.read_bytes()
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(path), found, "a file that can be read") from None
    unpacking = FaultList()
    try:
        data = unpacked(packed, unpacking)
        kind = format or sniff(data, str(path))
        if kind.endswith("-table"):
            return _read_table(path, kind, options)
        made = read_octets(data, str(path), kind, options)
    except InputError as error:
        raise _in_file(error, path) from None
    if not unpacking.counts:
        return made
    return msgspec.structs.replace(
        made,
        faults=[*unpacking.in_order(), *made.faults],
        fault_counts={**made.fault_counts, **unpacking.counts},
    )


def read_all(
    paths: Sequence[str | pathlib.Path],
    options: ReadOptions | None = None,
    step: Callable[[str, float], None] | None = None,
    format: str | None = None,
) -> Reading:
    """Return all of several recordings as one Reading, plots and tracks in the order of time.

    ``plots.file`` counts ``paths``.  A source that several files hold is one sensor.  ``step``
    is told what is being read and which share is done.  Raises InputError where a file cannot be
    read, or where some files have a date and others only a time of day.
    """
    options = options or ReadOptions()
    if not paths:
        raise InputError("no recording", "an empty list of files", "at least one")
    readings = []
    for number, path in enumerate(paths):
        if step:
            step("reading", number / len(paths))
        mine = msgspec.structs.replace(options, file=number)
        readings.append(read(path, mine, format))
    if step:
        step("reading", 1.0)
    return joined(readings, [str(path) for path in paths])


def read_octets(data: bytes, where: str, kind: str, options: ReadOptions) -> Reading:
    """Return everything in octets of a known format; ``where`` names them in errors."""
    if not data:
        raise InputError(where, "an empty file", "a recording")
    if kind in _READERS:
        return _READERS[kind](data, options)
    if not kind.startswith("asterix"):
        raise InputError(where, f"a file, read as {kind!r}", "a folder for a scene")
    frames = open_frames(data, where, kind.partition("/")[2] or None)
    made = read_asterix(frames, options)
    if frames.skipped:
        made.contents.values["passed over"] = dict(frames.skipped)
    return made


def _in_file(error: InputError, path: pathlib.Path) -> InputError:
    """Return an error of a reader with the file's name in front of the place."""
    if error.where.startswith(str(path)):
        return error
    where = f"{path}: {error.where}" if error.where else str(path)
    return InputError(where, error.found, error.wanted, error.hint)


def _read_table(path: pathlib.Path, kind: str, options: ReadOptions) -> Reading:
    """Return a plots or tracks table that jointsky wrote."""
    plots, tracks = Plots.make(0), Tracks.make(0, sensors=np.zeros((0, 1), np.uint64))
    if kind == "plots-table":
        plots, sensors, notes = read_record(path, Plots)
        plots = plots.replace(file=options.file)
    else:
        tracks, sensors, notes = read_record(path, Tracks)
    records = {"plots": len(plots)} if kind == "plots-table" else {"track states": len(tracks)}
    times_s = np.concatenate([plots.time_s, tracks.time_s])
    return Reading(
        format=f"jointsky/{kind}",
        plots=plots,
        tracks=tracks,
        sensors=sensors,
        contents=Contents(records=records, values=notes),
        # days that nobody named begin in 1970
        date_known=not bool((times_s < _YEAR_S).any()),
    )

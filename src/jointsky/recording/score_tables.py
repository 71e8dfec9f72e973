"""Parquet tables of tracks or truth become points to be scored."""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError
from jointsky.metrics.paths import text_codes
from jointsky.recording.score_points import Points
from jointsky.records.tracks import Tracks, TrackStatus

_TAG = b"jointsky.record"
_PARQUET_MARK = b"PAR1"
_FLAT = ("e_m", "n_m", "u_m")
_GEODETIC = ("latitude_deg", "longitude_deg")
_NUMBERS = ("track_number", "track_id", "truth_id", "number")
_RENAMED = {
    "ve": "ve_mps",
    "vn": "vn_mps",
    "vu": "vu_mps",
    "pressure_altitude_age_s": "pressure_age_s",
}
_OPTIONAL = (
    "height_m",
    "ve_mps",
    "vn_mps",
    "vu_mps",
    "pressure_altitude_m",
    "pressure_altitude_age_s",
    "ve",
    "vn",
    "vu",
)
_CODES = {"mode_s": 16, "mode_a": 8}


def table_of_folder(folder: pathlib.Path, is_flat: bool | None, role: str) -> pathlib.Path:
    """Return the table that a folder holds for this role: "tracks" or "reference".

    An out folder of a flat scene holds both tracks and estimates: ``is_flat`` chooses.
    """
    wanted = ["estimates.parquet", "tracks.parquet"] if is_flat else ["tracks.parquet"]
    wanted += ["estimates.parquet"] if is_flat is None else []
    wanted = ["truth.parquet", *wanted] if role == "reference" else [*wanted, "truth.parquet"]
    for name in wanted:
        if (folder / name).is_file():
            return folder / name
    raise InputError(str(folder), "no table to score in this folder", " or ".join(wanted))


def is_parquet(path: pathlib.Path) -> bool:
    """Return whether a file begins as a Parquet file does."""
    with path.open("rb") as file:
        return file.read(4) == _PARQUET_MARK


def has_several_systems(path: pathlib.Path) -> bool:
    """Return whether a Parquet file holds our tracks of several systems, as a run leaves them."""
    try:
        with pq.ParquetFile(path) as file:
            if (file.schema_arrow.metadata or {}).get(_TAG) != Tracks.TAG.encode():
                return False
            return len(file.read(columns=["source"])["source"].unique()) > 1
    except (pa.ArrowException, OSError, KeyError):
        return False  # who reads it says what is wrong with it


def read_table(path: pathlib.Path) -> Points:
    """Return the points of a Parquet file of tracks or truth; tentative tracks are left out."""
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            number, places = _needed(path, names)
            known = [*_OPTIONAL, *_CODES, "call_sign", "status", "visible"]
            table = file.read(
                columns=["time_s", number, *places, *(n for n in known if n in names)]
            )
    except (pa.ArrowException, OSError) as error:
        text = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(str(path), text, "a Parquet file that is whole") from None
    if not table.num_rows:
        raise InputError(str(path), "a table without rows", "tracks or truth")
    columns = {"time_s": _floats(path, table, "time_s"), "number": _numbers(path, table, number)}
    for name in places:
        value = _floats(path, table, name)
        if name.endswith("_deg"):
            columns[name.replace("_deg", "_rad")] = np.radians(value)
        else:
            columns[name] = value
    for name in _OPTIONAL:
        if name in table.column_names:
            columns[_RENAMED.get(name, name)] = _floats(path, table, name)
    for name, base in _CODES.items():
        if name in table.column_names:
            columns[name] = _code(path, table, name, base)
    if "call_sign" in table.column_names:
        columns["call_sign"] = _call_signs(path, table)
    is_truth = number == "truth_id"
    points = Points(str(path), "truth" if is_truth else "tracks", columns, is_truth)
    return _with_status(path, table, points)


def _with_status(path: pathlib.Path, table: pa.Table, points: Points) -> Points:
    if "visible" in table.column_names:
        points.columns["visible"] = _floats(path, table, "visible") > 0
    if "status" not in table.column_names:
        return points
    status = _floats(path, table, "status")
    points.columns["ended"] = status == TrackStatus.ENDED
    points.columns["updated"] = status == TrackStatus.CONFIRMED
    return points.rows(status != TrackStatus.TENTATIVE)


def _needed(path: pathlib.Path, names: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the column that numbers the paths and those that place them."""
    number = next((name for name in _NUMBERS if name in names), None)
    for places in (_GEODETIC, _FLAT):
        if number is not None and "time_s" in names and all(name in names for name in places):
            return number, places
    raise InputError(
        str(path),
        f"columns {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}",
        "time_s, one of track_number, track_id, truth_id, and latitude_deg, longitude_deg "
        "or e_m, n_m, u_m",
    )


def _floats(path: pathlib.Path, table: pa.Table, name: str) -> npt.NDArray[np.float64]:
    column = table.column(name)
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        raise InputError(f"{path}: column {name}", f"type {kind}", "numbers")
    return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)


def _numbers(path: pathlib.Path, table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    """Return the paths' numbers; names in words are numbered in order."""
    column = table.column(name)
    if column.null_count:
        raise InputError(f"{path}: column {name}", f"{column.null_count} rows without a number")
    if pa.types.is_integer(column.type):
        return np.asarray(column.cast(pa.int64(), safe=False).to_numpy(), np.int64)
    _, place = np.unique(np.array(column.to_pylist(), dtype=str), return_inverse=True)
    return place.astype(np.int64)


def _code(path: pathlib.Path, table: pa.Table, name: str, base: int) -> npt.NDArray[np.int64]:
    column = table.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_integer(column.type):
        return np.asarray(column.cast(pa.int64()).fill_null(-1).to_numpy(), np.int64)
    spelt: dict[Any, int] = {None: -1, "": -1}
    try:
        for word in column.unique().to_pylist():
            if word not in spelt:
                spelt[word] = int(word, base)
    except (ValueError, TypeError):
        kind = "hexadecimal" if base == 16 else "octal"
        raise InputError(f"{path}: column {name}", repr(word), f"{kind} digits") from None
    return np.array([spelt[word] for word in column.to_pylist()], np.int64)


def _call_signs(path: pathlib.Path, table: pa.Table) -> npt.NDArray[np.int64]:
    column = table.column("call_sign")
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise InputError(f"{path}: column call_sign", f"type {column.type}", "text")
    return text_codes(np.array([word or "" for word in column.to_pylist()], np.str_))

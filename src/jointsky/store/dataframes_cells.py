"""How one column of a table in memory becomes one of a record: types, units, names, words.

Every column goes through Arrow first, so that lists, NumPy, pandas and Polars are read by the same
lines; plain numbers are copied once.  Faults are ValueErrors, "found; wanted".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jointsky.records.columns import Array, Column
from jointsky.records.plots import Geometry
from jointsky.records.sensors import Sensor, names_told_apart
from jointsky.store import tables_cells as cells

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_LARGEST_RAD = {"latitude_rad": np.pi / 2, "elevation_rad": np.pi / 2}
_SLACK_RAD = 1e-9


def is_scalar(value: object) -> bool:
    """Return whether one value is given for a whole column."""
    is_one = isinstance(value, str | bytes) or not hasattr(value, "__len__")
    return is_one or (isinstance(value, np.ndarray) and value.ndim == 0)


def is_text(value: object) -> bool:
    """Return whether a column holds text."""
    if isinstance(value, np.ndarray) and value.dtype.kind not in "OUT":
        return False
    return isinstance(value, str) or _is_text(arrow(value).type)


def arrow(value: Any) -> pa.ChunkedArray:
    """Return a column as plain Arrow: no dictionaries, no views; time stamps of NumPy in UTC."""
    if is_scalar(value):
        value = np.atleast_1d(value) if isinstance(value, np.ndarray) else [value]
    if isinstance(value, np.ndarray):
        found = _of_numpy(value)
    elif hasattr(value, "__arrow_c_stream__"):
        found = pa.chunked_array(value)
    else:
        found = pa.array(value, from_pandas=True)  # NaN among texts is a gap
    whole = found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])
    if pa.types.is_dictionary(whole.type):
        chunks = [_decoded(chunk) for chunk in whole.chunks]
        whole = pa.chunked_array(chunks, None if chunks else whole.type.value_type)
    if pa.types.is_string_view(whole.type):
        whole = whole.cast(pa.string())
    return whole


def _of_numpy(value: Array) -> pa.Array | pa.ChunkedArray:
    if value.ndim != 1:
        raise ValueError(f"shape {value.shape}; wanted one value a row")
    if value.dtype.kind == "M":  # POSIX time by NumPy's own definition
        fine = value if np.datetime_data(value.dtype)[0] in _PER_SECOND else value.astype("M8[us]")
        stamps = pa.array(np.ascontiguousarray(fine))
        return stamps.cast(pa.timestamp(stamps.type.unit, "UTC"))
    return pa.array(value.astype(object) if value.dtype.kind == "T" else value)


def _decoded(chunk: pa.DictionaryArray) -> pa.Array:
    words = chunk.dictionary
    if pa.types.is_string_view(words.type):
        words = words.cast(pa.string())
    return words.take(chunk.indices)


def numbers(found: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """Return a column of numbers; a gap becomes NaN."""
    if pa.types.is_timestamp(found.type):
        raise ValueError("time stamps; wanted numbers: time stamps go into a column 'time'")
    if not (pa.types.is_floating(found.type) or pa.types.is_integer(found.type)):
        raise ValueError(f"type {found.type}; wanted numbers")
    return np.asarray(found.cast(pa.float64()).to_numpy(), np.float64)


def seconds(found: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """Return the POSIX seconds of time stamps; a gap becomes NaN."""
    if not pa.types.is_timestamp(found.type):
        raise ValueError(f"type {found.type}; wanted time stamps: seconds go into 'time_s'")
    if found.type.tz is None:
        raise ValueError("time stamps without a time zone; wanted stamps in UTC or with their zone")
    unit = _PER_SECOND[found.type.unit]
    ticks = found.cast(pa.int64())
    whole, rest = np.divmod(ticks.fill_null(0).to_numpy(), unit)
    return np.where(ticks.is_valid().to_numpy(), whole + rest / unit, np.nan)


def plain(name: str, column: Column, found: pa.ChunkedArray, labels: Sequence[str]) -> Array:
    """Return a column as the record or its file holds it: radians or degrees, number or text."""
    if column.dtype == "float64":
        value = numbers(found)
        if name.endswith("_deg"):
            value = np.radians(value)
        _check_angle(name, value)
        return value
    if _is_text(found.type) or column.dtype.startswith("U"):
        stored = {cells.stored_name(name): found}
        return np.asarray(cells.from_arrow(name, column, pa.table(stored), labels))
    return _whole(name, column, found)


def _check_angle(name: str, value: npt.NDArray[np.float64]) -> None:
    """Refuse angles that are none: most often degrees where radians belong."""
    if not name.endswith(("_rad", "_deg")) or "sigma" in name:
        return
    radians = f"{name.removesuffix('_deg').removesuffix('_rad')}_rad"
    limit = _LARGEST_RAD.get(radians, 2 * np.pi) + _SLACK_RAD
    bad = np.flatnonzero(np.abs(value) > limit)
    if len(bad):
        is_deg = name.endswith("_deg")
        shown, most = (np.degrees(x) if is_deg else x for x in (value[bad[0]], limit))
        rest = "" if is_deg else f": degrees go into {radians.removesuffix('_rad')}_deg"
        raise ValueError(
            f"row {bad[0]} holds {shown:g}; wanted at most {most:.5g} either way{rest}"
        )


def _whole(name: str, column: Column, found: pa.ChunkedArray) -> Array:
    """Return whole numbers; a gap, and NaN among floats, becomes the column's default."""
    if pa.types.is_floating(found.type):
        found = pc.if_else(pc.is_nan(found), None, found)
    elif not pa.types.is_integer(found.type):
        raise ValueError(f"type {found.type}; wanted whole numbers")
    value = found.cast(pa.int64()).fill_null(column.default).to_numpy()
    lowest, beyond = int(np.iinfo(column.dtype).min), cells.first_too_large(name, column)
    bad = np.flatnonzero((value < lowest) | (value >= beyond))
    if len(bad):
        raise ValueError(f"row {bad[0]} holds {value[bad[0]]}; wanted at most {beyond - 1}")
    return np.asarray(value.astype(column.dtype))


def geometries(column: Column, found: pa.ChunkedArray) -> Array:
    """Return how each row says where its target is, given as a number or as its name."""
    if not _is_text(found.type):
        value, known = _whole("geometry", column, found), set(map(int, Geometry))
        strange = set(np.unique(value).tolist()) - known
        if strange:
            raise ValueError(f"holds {min(strange)}; wanted one of {sorted(known)}")
        return value
    rows = {member.name.lower(): int(member) for member in Geometry}
    return _by_word(column, found, rows, f"one of {', '.join(rows)}")


def sensor_rows(column: Column, found: pa.ChunkedArray, sensors: Sequence[Sensor]) -> Array:
    """Return the row of each sensor, given as such or as its name or SAC/SIC."""
    if _is_text(found.type):
        rows: dict[str, int] = {}
        for row, sensor in enumerate(sensors):
            rows[sensor.name] = -1 if sensor.name in rows else row
        for words_of in (cells.sensor_labels(sensors), names_told_apart(sensors)):
            for row, word in enumerate(words_of):
                if rows.get(word, -1) < 0 and words_of.count(word) == 1:
                    rows[word] = row
        known = ", ".join(sorted(word for word, row in rows.items() if row >= 0)) or "no sensor"
        return _by_word(column, found, rows, f"one of: {known}")
    value = _whole("sensor", column, found)
    bad = np.flatnonzero((value < 0) | (value >= len(sensors))) if sensors else value[:0]
    if len(bad):
        shown = "no sensor" if value[bad[0]] == -1 else str(value[bad[0]])
        raise ValueError(f"row {bad[0]} holds {shown}; wanted 0 to {len(sensors) - 1}")
    return value


def _by_word(column: Column, found: pa.ChunkedArray, rows: Mapping[str, int], wanted: str) -> Array:
    codes = found.cast(pa.string()).combine_chunks().dictionary_encode("encode")
    told = codes.dictionary.to_pylist()
    numbers_of = np.array([rows.get(word, -1) for word in told], column.dtype)
    if (numbers_of < 0).any():
        word = told[int(np.argmax(numbers_of < 0))]
        raise ValueError(f"{'a gap' if word is None else repr(word)}; wanted {wanted}")
    return np.asarray(numbers_of[codes.indices.to_numpy()])


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

"""Columns in memory (NumPy, pandas, Polars, Arrow, anything that speaks Arrow) become a record.

A table is a mapping of columns, a structured NumPy array, or an object with the Arrow PyCapsule
interface (``__arrow_c_stream__``): pandas from 2.2, Polars, pyarrow, DuckDB; none of them but
pyarrow is imported.  Columns are named as in the record, or as in its files: angles in degrees
(``azimuth_deg``), Mode S as hexadecimal text.  ``time`` holds time stamps with a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jointsky.errors import InputError, did_you_mean
from jointsky.records.columns import Array, Column, Columns
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.store import dataframes_cells as read
from jointsky.store import tables_cells as cells


class ArrowStream(Protocol):
    """A table that hands its columns over by the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Table = ArrowStream | Mapping[str, Any] | npt.NDArray[Any]
_C = TypeVar("_C", bound=Columns)
_INDEX = re.compile(r"__index_level_\d+__")  # of a pandas table that was cut; no column of its own
_FORMS = (
    "a mapping of columns, a structured NumPy array, or a table that speaks Arrow "
    "(pandas from 2.2, Polars, pyarrow, DuckDB)"
)
_FAULTS = (pa.ArrowException, ValueError, TypeError, OverflowError)


class _Given(NamedTuple):
    """One column that was given: under which name, for which column of the record, and what."""

    name: str
    place: str
    value: Any  # Arrow, or NumPy for columns whose cells are arrays
    is_one: bool  # one value for all rows

    @property
    def is_unknown(self) -> bool:
        """Return whether the column holds gaps only, of no type."""
        return isinstance(self.value, pa.ChunkedArray) and pa.types.is_null(self.value.type)


def plots_of(table: Plots | Table, sensors: Sequence[Sensor] = ()) -> Plots:
    """Return the plots of a table; an InputError names the column that does not fit.

    ``sensor`` holds rows of ``sensors`` or their names, and may be left out where there is one.
    Without ``geometry`` each row is what it measures: polar, else local, else geodetic, else
    a bearing.
    """
    if isinstance(table, Plots):
        return table
    given = _given(table, Plots)
    size = _size(given, Plots)
    made = _columns(given, Plots, sensors)
    _require(made, size, Plots, ["time_s"])
    if len(sensors) == 1:
        made.setdefault("sensor", np.int32(0))
    elif sensors:
        _require(made, size, Plots, ["sensor"])
    plots = _record(made, Plots, size)
    return plots if "geometry" in made else plots.replace(geometry=_measured(plots))


def tracks_of(table: Tracks | Table, sensors: Sequence[Sensor] = ()) -> Tracks:
    """Return the tracks of a table; an InputError names the column that does not fit.

    ``sensors`` are those that the column ``sensors``, words between spaces, names.
    """
    if isinstance(table, Tracks):
        return table
    given = _given(table, Tracks)
    size = _size(given, Tracks)
    made = _columns(given, Tracks, sensors)
    _require(made, size, Tracks, ["time_s", "track_number"])
    return _record(made, Tracks, size)


def _given(table: object, kind: type[Columns]) -> list[_Given]:
    """Return the columns of a table, each with its place in the record."""
    schema = kind.schema()
    places = {name: name for name in schema} | {"time": "time_s"}
    for name, column in schema.items():
        places |= dict.fromkeys(cells.stored_names({name: column}), name)
    given: list[_Given] = []
    for name, value in _contents(table, kind.TAG):
        if name not in places:
            hint = did_you_mean(str(name), places) or "leave it out"
            raise InputError(kind.TAG, f"unknown column {name!r}", "a column of the record", hint)
        place = places[name]
        twice = [other.name for other in given if other.place == place]
        if twice and (place != "covariance" or place in (name, *twice)):
            raise InputError(kind.TAG, f"both {twice[0]!r} and {name!r}", "one of them")
        column = schema[place]
        try:
            if column.cell and name == place and not read.is_text(value):
                cell = np.asarray(value)
                given.append(_Given(name, place, cell, cell.ndim <= len(column.cell)))
                continue
            found = read.arrow(value)
        except _FAULTS as error:
            raise _pointing(kind, name, error) from None
        given.append(_Given(name, place, found, read.is_scalar(value)))
    return given


def _contents(table: object, where: str) -> Iterable[tuple[str, Any]]:
    if isinstance(table, Mapping):
        return list(table.items())
    if isinstance(table, np.ndarray) and table.dtype.names:
        return [(name, table[name]) for name in table.dtype.names]
    if not (hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__")):
        raise InputError(where, f"a {type(table).__name__}", _FORMS)
    try:
        whole = pa.table(table)
    except _FAULTS as error:
        raise InputError(where, f"{type(table).__name__}: {error}", _FORMS) from None
    names = whole.column_names
    for name in names:
        if names.count(name) > 1:
            raise InputError(where, f"column {name!r} stands there twice", "each column once")
    columns = zip(names, whole.columns, strict=True)
    return [(name, column) for name, column in columns if not _INDEX.fullmatch(name)]


def _size(given: Sequence[_Given], kind: type[Columns]) -> int:
    """Return the number of rows; refuse columns of different lengths."""
    whole = [column for column in given if not column.is_one]
    if not whole:
        raise InputError(kind.TAG, "no column with rows", "at least one")
    size = len(whole[0].value)
    for column in whole:
        if len(column.value) != size:
            raise InputError(
                f"{kind.TAG}: column {column.name}",
                f"{len(column.value)} rows",
                f"{size}, as column {whole[0].name!r} has",
            )
    return size


def _columns(
    given: Sequence[_Given], kind: type[Columns], sensors: Sequence[Sensor]
) -> dict[str, npt.ArrayLike]:
    made: dict[str, npt.ArrayLike] = {}
    for column in given:
        try:
            if column.place not in made and not column.is_unknown:
                made[column.place] = _value(column, given, kind, sensors)
        except _FAULTS as error:
            raise _pointing(kind, column.name, error) from None
    return made


def _value(
    given: _Given, all_given: Sequence[_Given], kind: type[Columns], sensors: Sequence[Sensor]
) -> npt.ArrayLike:
    """Return one column as the record holds it, or its one value for all rows."""
    column, found = kind.schema()[given.place], given.value
    if isinstance(found, np.ndarray):
        return found
    if given.place == "covariance":
        return _covariance([other for other in all_given if other.place == given.place], column)
    if given.name == "time":
        value = read.seconds(found)
    elif given.place == "sensor":
        value = read.sensor_rows(column, found, sensors)
    elif given.place == "geometry":
        value = read.geometries(column, found)
    else:
        value = read.plain(given.name, column, found, cells.sensor_labels(sensors))
    return value[0] if given.is_one else value


def _covariance(given: Sequence[_Given], column: Column) -> Array:
    found = {each.name: each.value for each in given}
    names = cells.stored_names({"covariance": column})
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"without {missing[0]!r}; wanted all {len(names)} columns cov_...")
    return np.asarray(cells.from_arrow("covariance", column, pa.table(found), ()))


def _require(
    made: Mapping[str, npt.ArrayLike], size: int, kind: type[Columns], names: Sequence[str]
) -> None:
    for name in names:
        if name not in made and size:
            raise InputError(kind.TAG, f"no column {name!r}", "it for every row")


def _record(made: Mapping[str, npt.ArrayLike], kind: type[_C], size: int) -> _C:
    try:
        return kind.make(size, **made)
    except ValueError as error:
        raise InputError(kind.TAG, str(error)) from None


def _pointing(kind: type[Columns], name: str, error: BaseException) -> InputError:
    found, _, wanted = (str(error).splitlines() or [type(error).__name__])[0].partition("; wanted ")
    return InputError(f"{kind.TAG}: column {name}", found, wanted)


def _measured(plots: Plots) -> Array:
    """Return for each row the geometry in which something was measured, (n,)."""
    polar = np.isfinite(plots.range_m)
    local = np.isfinite(plots.east_m) & np.isfinite(plots.north_m)
    geodetic = np.isfinite(plots.latitude_rad) & np.isfinite(plots.longitude_rad)
    bearing = np.isfinite(plots.azimuth_rad)
    kinds = [Geometry.POLAR, Geometry.LOCAL, Geometry.GEODETIC, Geometry.BEARING]
    measured = [polar, local, geodetic, bearing]
    return np.select(measured, kinds, Geometry.POLAR).astype(np.int8)

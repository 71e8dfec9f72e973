"""Column records become Parquet files, readable as they lie, and come back.

Units stand in the names of the columns, angles are in degrees, "not known" is null.  The file's
own metadata holds the record's tag and version, the sensors that go along, and anything else that
the writer had to say.  Which column becomes what is in ``tables_cells``.

Parquet guards its pages with checksums but not its footer; a check sum of what the footer tells
(columns, types, rows, nulls, our metadata) closes that hole.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError, did_you_mean
from jointsky.records.columns import Columns
from jointsky.records.sensors import Sensor
from jointsky.store import tables_cells as cells

_C = TypeVar("_C", bound=Columns)

_TAG, _VERSION = b"jointsky.record", b"jointsky.version"
_SENSORS, _METADATA, _CHECK = b"jointsky.sensors", b"jointsky.metadata", b"jointsky.check"
_READ_FAULTS = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError, MemoryError)


def arrow_table(record: Columns, sensors: Sequence[Sensor] = ()) -> pa.Table:
    """Return a record as an Arrow table with the columns of its files.

    ``sensors`` are those that the record's bits count.  Numbers that are stored as they are in
    memory (metres, seconds, counts) are shared with the record, not copied.
    """
    labels = cells.sensor_labels(sensors)
    arrays: dict[str, pa.Array] = {}
    for name, column in record.schema().items():
        arrays.update(cells.to_arrow(name, column, getattr(record, name), labels))
    return pa.table(arrays)


def write_record(
    record: Columns,
    path: str | os.PathLike[str],
    sensors: Sequence[Sensor] = (),
    metadata: Mapping[str, Any] | None = None,
    beside: Mapping[str, pa.Array] | None = None,
) -> None:
    """Write a record as one Parquet file; equal content gives equal bytes.

    ``sensors`` are those that the record's sensor rows (or bits) count; ``metadata`` is anything
    that JSON can hold; ``beside`` are further columns (n,) by name, which ``read_record`` passes
    over.  The file appears whole or not at all.
    """
    notes = {
        _TAG: record.TAG.encode(),
        _VERSION: str(record.VERSION).encode(),
        _SENSORS: msgspec.json.encode(list(sensors), order="deterministic"),
        _METADATA: msgspec.json.encode(dict(metadata or {}), order="sorted"),
    }
    table = arrow_table(record, sensors)
    check = _check_sum(table, notes)
    for name, column in (beside or {}).items():
        table = table.append_column(name, column)
    table = table.replace_schema_metadata({**notes, _CHECK: check})
    path = pathlib.Path(path)
    part = path.with_name(path.name + ".part")
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    pq.write_table(
        table,
        part,
        compression="zstd",
        use_dictionary=[name for name in table.column_names if name not in floats],
        column_encoding=dict.fromkeys(floats, "BYTE_STREAM_SPLIT"),
        write_statistics=True,
        write_page_checksum=True,
    )
    os.replace(part, path)


def read_record(
    path: str | os.PathLike[str], kind: type[_C]
) -> tuple[_C, list[Sensor], dict[str, Any]]:
    """Return the record, the sensors and the metadata of a file that ``write_record`` made.

    A file that is damaged, holds another record or comes from a newer jointsky is refused with an
    InputError.  Columns that an older version did not have hold their "not known" value; columns
    that jointsky does not know are passed over.
    """
    where = os.fspath(path)
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            notes = file.schema_arrow.metadata or {}
            version = _check_tag(where, notes, kind)
            wanted = cells.stored_names(kind.schema())
            _check_columns(where, file.schema_arrow, wanted, kind, may_lack=version < kind.VERSION)
            present = [name for name in wanted if name in file.schema_arrow.names]
            table = file.read(columns=present, use_threads=True)
    except InputError:
        raise
    except _READ_FAULTS as error:
        raise InputError(where, _first_line(error), "a Parquet file that is whole") from None
    sensors = _decoded(where, notes, _SENSORS, list[Sensor], [])
    metadata = _decoded(where, notes, _METADATA, dict[str, Any], {})
    made = {}
    labels = cells.sensor_labels(sensors)
    for name, column in kind.schema().items():
        try:
            value = cells.from_arrow(name, column, table, labels)
        except (pa.ArrowException, ValueError, OverflowError) as error:
            raise InputError(f"{where}: column {name}", _first_line(error)) from None
        if value is not None:
            made[name] = value
    if notes.get(_CHECK) != _check_sum(table, notes):
        raise InputError(where, "a table that was changed after it was written", hint="damaged?")
    return kind.make(table.num_rows, **made), sensors, metadata


def _check_sum(table: pa.Table, notes: Mapping[bytes, bytes]) -> bytes:
    digest = hashlib.blake2b(str(table.num_rows).encode(), digest_size=8)
    for key in (_TAG, _VERSION, _SENSORS, _METADATA):
        digest.update(key + notes.get(key, b"") + b"\0")
    for field, column in zip(table.schema, table.columns, strict=True):
        digest.update(f"{field.name}:{field.type}:{column.null_count}\0".encode())
    return digest.hexdigest().encode()


def _check_tag(where: str, notes: Mapping[bytes, bytes], kind: type[Columns]) -> int:
    tag = notes.get(_TAG, b"").decode(errors="replace")
    if tag != kind.TAG:
        found = f"a table of {tag!r}" if tag else "a Parquet file that jointsky did not write"
        raise InputError(where, found, f"a table of {kind.TAG!r}")
    text = notes.get(_VERSION, b"").decode(errors="replace")
    if not text.isdecimal() or int(text) < 1:
        raise InputError(where, f"version {text!r} of {tag!r}", "a whole number from 1")
    if int(text) > kind.VERSION:
        raise InputError(
            where,
            f"version {text} of {tag!r}",
            f"at most version {kind.VERSION}",
            "a newer jointsky wrote it: use that one",
        )
    return int(text)


def _check_columns(
    where: str, schema: pa.Schema, wanted: list[str], kind: type[Columns], may_lack: bool
) -> None:
    for name in schema.names:
        if schema.names.count(name) > 1:
            raise InputError(where, f"column {name!r} stands there twice", "each column once")
    if may_lack:
        return
    for name in wanted:
        if name not in schema.names:
            others = [other for other in schema.names if other not in wanted]
            raise InputError(
                where, f"no column {name!r}", f"all of {kind.TAG!r}", did_you_mean(name, others)
            )


def _decoded(where: str, notes: Mapping[bytes, bytes], key: bytes, kind: Any, empty: Any) -> Any:
    if key not in notes:
        return empty
    try:
        return msgspec.json.decode(notes[key], type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(f"{where}: metadata {key.decode()}", str(error)) from None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

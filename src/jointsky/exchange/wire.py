"""Plots and reports on tracks become few octets, the same for every reader, and come back.

An octet for the record, one for the version, the number of rows, until when the origin's plots
are complete, texts, then the columns (`wire_layout` says in which steps, `wire_columns` how).
What was read is what is written again: packing what came out of a packet gives the same octets.
"""

from __future__ import annotations

import functools
import math
from typing import TypeVar

import numpy as np

from jointsky.errors import InputError
from jointsky.exchange import wire_columns, wire_covariance
from jointsky.exchange.octets import Octets, varint, zigzag
from jointsky.exchange.wire_layout import PLOTS, REPORTS, SHORT_SHIFT, Layout
from jointsky.exchange.wire_texts import packed_texts, unpacked_texts
from jointsky.records import exchange as kinds
from jointsky.records.columns import Array, Columns
from jointsky.records.exchange import NAMES, TRACKS, TrackReports
from jointsky.records.plots import Plots

MOST_ROWS = wire_columns.MOST_ROWS
"""Rows of one body; a caller cuts longer records."""

_PLOTS, _REPORTS = 0x70, 0x74
_VERSIONS = {_PLOTS: 1, _REPORTS: 2}
_TICKS = 2.0**20
_NEVER = -(1 << 62)
_MOST_WORDS = 64
_R = TypeVar("_R", bound=Columns)


def pack_plots(plots: Plots, complete_s: float = math.nan) -> bytes:
    """Return plots as octets; ``complete_s``: the origin tells no more plots from before it.

    A value that a column's bounds rule out (an infinite range) becomes "not measured"; a time
    or a sensor that is none is a ValueError, as are more than MOST_ROWS rows.
    """
    values, known, texts = _codes(plots, PLOTS)
    return _head(_PLOTS, len(plots), complete_s) + texts + wire_columns.packed(values, known)


def unpack_plots(body: bytes, where: str = "plots") -> Plots:
    """Return the plots of a body; an InputError, beginning with ``where``, says what is wrong."""
    try:
        return _unpacked_plots(body)
    except InputError as error:
        raise InputError(f"{where}{error.where}", error.found, error.wanted, error.hint) from None


@functools.lru_cache(maxsize=64)  # sites that live in one process read each message but once
def _unpacked_plots(body: bytes) -> Plots:
    octets = Octets(body, "")
    rows, _ = _read_head(octets, _PLOTS)
    return Plots(**_columns(octets, PLOTS, rows, 0)[0])


def complete_s(body: bytes, where: str = "plots") -> float:
    """Return until when the origin's plots are complete with this body; NaN: it does not say."""
    return _read_head(Octets(body, where), _PLOTS)[1]


def completed(body: bytes, until_s: float) -> bytes:
    """Return a body of plots that says until when the origin's plots are complete with it."""
    octets = Octets(body, "")
    rows, _ = _read_head(octets, _PLOTS)
    return _head(_PLOTS, rows, until_s) + octets.take(octets.left)


def as_shared(plots: Plots) -> Plots:
    """Return plots as every other site will have them: rounded to the steps of the wire."""
    return unpack_plots(pack_plots(plots))


def pack_reports(reports: TrackReports) -> bytes:
    """Return reports on tracks as octets; a covariance that is none is left out."""
    values, known, texts = _codes(reports, REPORTS)
    covariance, fits = wire_covariance.codes_of(reports.covariance)
    words = reports.sensors.shape[1]
    if words > _MOST_WORDS:
        raise ValueError(f"sensors has {words} words of 64 bits; at most {_MOST_WORDS} are sent")
    halves = np.stack([reports.sensors & 0xFFFFFFFF, reports.sensors >> 32], axis=2)
    bits = halves.astype(np.int64).reshape(len(reports), 2 * words).T
    values = np.concatenate([values, covariance, bits])
    known = np.concatenate([known, np.broadcast_to(fits, covariance.shape), bits != 0])
    head = _head(_REPORTS, len(reports), math.nan) + varint(words)
    return head + texts + wire_columns.packed(values, known)


def unpack_reports(body: bytes, where: str = "track reports") -> TrackReports:
    """Return the reports of a body; an InputError, beginning with ``where``, says what is wrong."""
    try:
        return _unpacked_reports(body)
    except InputError as error:
        raise InputError(f"{where}{error.where}", error.found, error.wanted, error.hint) from None


@functools.lru_cache(maxsize=128)
def _unpacked_reports(body: bytes) -> TrackReports:
    octets = Octets(body, "")
    rows, _ = _read_head(octets, _REPORTS)
    words = octets.varint(_MOST_WORDS)
    made, extra, known = _columns(octets, REPORTS, rows, wire_covariance.COLUMNS + 2 * words)
    codes, bits = np.split(extra, [wire_covariance.COLUMNS])
    has = np.asarray(known[: wire_covariance.COLUMNS].all(axis=0))
    codes = np.where(has, codes, 0)
    low, high = wire_covariance.LEAST[:, None], wire_covariance.MOST[:, None]
    if np.any((codes < low) | (codes > high)):
        raise InputError(": covariance", "a factor out of bounds", "one that can be")
    if np.any((bits < 0) | (bits > 0xFFFFFFFF)):
        raise InputError(": sensors", "more than 32 bits", "32")
    made["covariance"] = np.where(has[:, None, None], wire_covariance.covariance_of(codes), np.nan)
    halves = bits.T.reshape(rows, words, 2).astype(np.uint64)
    made["sensors"] = np.ascontiguousarray(halves[..., 0] | halves[..., 1] << np.uint64(32))
    return TrackReports(**made)


def report_numbers(body: bytes) -> Array:
    """Return the numbers of the tracks that a body of reports tells of."""
    return unpack_reports(body).number


def check(kind: str, body: bytes, where: str) -> None:
    """Refuse a body that does not begin as one of its kind does, by an InputError."""
    if kind == kinds.PLOTS:
        _read_head(Octets(body, where), _PLOTS)
    elif kind in (TRACKS, NAMES):
        _read_head(Octets(body, where), _REPORTS)


def _head(tag: int, rows: int, until_s: float) -> bytes:
    if rows > MOST_ROWS:
        raise ValueError(f"{rows} rows in one body; at most {MOST_ROWS} fit")
    ticks = round(until_s * _TICKS) if math.isfinite(until_s) else _NEVER
    return bytes((tag, _VERSIONS[tag])) + varint(rows) + zigzag(ticks)


def _read_head(octets: Octets, tag: int) -> tuple[int, float]:
    """Return the number of rows, and until when they are complete."""
    found, version = octets.octet(), octets.octet()
    if found != tag:
        raise octets.fault(f"the tag {found:#04x}", f"{tag:#04x}")
    if version != _VERSIONS[tag]:
        raise octets.fault(f"version {version} of the form", f"version {_VERSIONS[tag]}")
    rows, ticks = octets.varint(MOST_ROWS), octets.zigzag()
    return rows, ticks / _TICKS if ticks > _NEVER else math.nan


def _codes(record: Columns, layout: Layout) -> tuple[Array, Array, bytes]:
    """Return a record's columns and its texts as whole numbers (C, n), the known, the texts."""
    with np.errstate(over="ignore", invalid="ignore"):
        stepped = np.array([getattr(record, name) for name in layout.stepped])
        ticks = np.rint(stepped * layout.per_unit)
        ticks[~(np.abs(ticks) < 2.0**62)] = np.nan
        is_stepped = ~np.isnan(ticks)
        parts = [np.where(is_stepped, ticks, 0.0).astype(np.int64)]
        knowns = [is_stepped]
        if layout.shorts:
            shorts = np.array([getattr(record, name) for name in layout.shorts], np.float32)
            half = 1 << (SHORT_SHIFT - 1)
            codes = shorts.view(np.uint32).astype(np.int64) + half >> SHORT_SHIFT
            parts.append(codes)
            knowns.append(np.ones(codes.shape, bool))  # what is none lies above SHORT_MOST
    wholes = np.array([getattr(record, name) for name in layout.wholes], np.int64)
    parts.append(wholes)
    knowns.append(wholes != layout.defaults[:, None])
    values, known = np.concatenate(parts), np.concatenate(knowns)
    fits = (values >= layout.least[:, None]) & (values <= layout.most[:, None])
    _require_places(record, layout, known & fits, known)
    known &= fits
    texts, index = packed_texts([getattr(record, name) for name in layout.texts])
    return np.concatenate([values, index]), np.concatenate([known, index > 0]), texts


def _require_places(record: Columns, layout: Layout, fits: Array, known: Array) -> None:
    """Refuse a row without a time, and whole numbers that are out of bounds."""
    for name in ("time_s", "sensor", "number"):
        if name in layout.names and not fits[layout.names.index(name)].all():
            row = int(np.argmin(fits[layout.names.index(name)]))
            value = getattr(record, name)[row]
            raise ValueError(f"{name} of row {row} is {value}: it cannot be sent")
    k = len(layout.stepped) + len(layout.shorts)
    if np.any(known[k:] & ~fits[k:]):
        column, row = np.argwhere(known[k:] & ~fits[k:])[0].tolist()
        value = getattr(record, layout.wholes[column])[row]
        raise ValueError(f"{layout.wholes[column]} of row {row} is {value}: it cannot be sent")


def _columns(
    octets: Octets, layout: Layout, rows: int, extra: int
) -> tuple[dict[str, Array], Array, Array]:
    """Return the columns by name, and ``extra`` columns that follow them: values and known."""
    texts = unpacked_texts(octets, len(layout.texts))
    count = len(layout.names)
    columns = count + len(texts)
    values, known = wire_columns.unpacked(octets, columns + extra, rows)
    fits = (values[:count] >= layout.least[:, None]) & (values[:count] <= layout.most[:, None])
    if not np.all(fits | ~known[:count]):
        column, row = np.argwhere(known[:count] & ~fits)[0].tolist()
        raise InputError(
            f"{octets.where}: {layout.names[column]} of row {row}",
            f"{values[column, row]} steps",
            f"{layout.least[column]} to {layout.most[column]}",
        )
    made: dict[str, Array] = {}
    a, b = len(layout.stepped), len(layout.stepped) + len(layout.shorts)
    stepped = np.where(known[:a], values[:a] / layout.per_unit, np.nan)
    made.update(zip(layout.stepped, stepped, strict=True))
    bits = (values[a:b] << SHORT_SHIFT).astype(np.uint32)
    shorts = np.where(known[a:b], bits.view(np.float32).astype(float), np.nan)
    made.update(zip(layout.shorts, shorts, strict=True))
    wholes = np.where(known[b:count], values[b:count], layout.defaults[:, None])
    for name, column, dtype in zip(layout.wholes, wholes, layout.whole_types, strict=True):
        made[name] = column.astype(dtype)
    for k, (name, words) in enumerate(zip(layout.texts, texts, strict=True)):
        index = np.where(known[count + k], values[count + k], 0)
        if rows and (index.min() < 0 or index.max() >= len(words)):
            raise InputError(f"{octets.where}: {name}", "a text that is not there", "one that is")
        made[name] = words[index]
    for name, column in layout.record.schema().items():
        if name not in made and not column.cell:
            made[name] = np.full(rows, column.default, column.dtype)
    if rows and not known[0].all():
        raise InputError(f"{octets.where}: time_s", "a row without a time", "one for each row")
    return made, values[columns:], known[columns:]

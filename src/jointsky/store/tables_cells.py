"""How each column of a record lies in a table, and how it is taken out again.

Most columns go by their declaration: ``_rad`` becomes ``_deg``, NaN, -1 and empty text become
null.  Four columns have a form of their own: ``mode_s`` is six hexadecimal digits, ``mode_a`` four
octal ones, ``covariance`` 21 scalars with their units, ``sensors`` the labels of the set bits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jointsky.records.columns import Array, Column
from jointsky.records.sensors import Sensor, told_apart

_AXES = ("e", "n", "u", "ve", "vn", "vu")
_UNITS = ("m2", "m2ps", "m2ps2")  # by how many of the two axes are velocities
_PAIRS = list(itertools.combinations_with_replacement(range(6), 2))
_COVARIANCES = [f"cov_{_AXES[i]}_{_AXES[j]}_{_UNITS[(i > 2) + (j > 2)]}" for i, j in _PAIRS]
_CODES: dict[str, tuple[str, int, int]] = {  # format, base, first number that is too large
    "mode_s": ("06x", 16, 1 << 24),
    "mode_a": ("04o", 8, 1 << 12),
}
_WORD_BITS = 64
_MOST_SENSORS = 1 << 16


def stored_name(name: str) -> str:
    """Return the name in the file of a column of scalars."""
    return f"{name.removesuffix('_rad')}_deg" if name.endswith("_rad") else name


def stored_names(schema: Mapping[str, Column]) -> list[str]:
    """Return the names of all columns of a file, in order."""
    names: list[str] = []
    for name in schema:
        names += _COVARIANCES if name == "covariance" else [stored_name(name)]
    return names


def first_too_large(name: str, column: Column) -> int:
    """Return the first number that a column of whole numbers cannot hold."""
    return _CODES[name][2] if name in _CODES else int(np.iinfo(column.dtype).max) + 1


def sensor_labels(sensors: Sequence[Sensor]) -> list[str]:
    """Return one word for each sensor: ``SAC/SIC`` where known, else its name; all different.

    Where two have the same word their kinds are joined to it: ``0/107_adsb``.
    """
    codes = [
        f"{sensor.sac}/{sensor.sic}" if sensor.sac >= 0 and sensor.sic >= 0 else sensor.name
        for sensor in sensors
    ]
    labels: list[str] = []
    for row, word in enumerate(told_apart(codes, sensors)):
        label = "_".join(word.split())
        is_free = label and not label.startswith("#") and label not in labels
        labels.append(label if is_free else f"#{row}")
    return labels


def to_arrow(name: str, column: Column, value: Array, labels: Sequence[str]) -> dict[str, pa.Array]:
    """Return what one column of a record becomes in the file."""
    if name == "covariance":
        return dict(zip(_COVARIANCES, _triangle(value), strict=True))
    if name == "sensors":
        return {name: _sensor_sets(value, labels)}
    if column.cell:
        raise ValueError(f"column {name!r} has cells of shape {column.cell}; a table holds scalars")
    if name in _CODES:
        return {name: _codes(name, value)}
    if column.dtype == "float64":
        is_angle = name.endswith("_rad")
        return {stored_name(name): _nullable(np.degrees(value) if is_angle else value)}
    if column.dtype.startswith("U"):
        return {name: pa.array(value, pa.string(), mask=value == "")}
    mask = value == -1 if column.default == -1 else None
    return {name: pa.array(value, mask=mask)}


def from_arrow(
    name: str, column: Column, table: pa.Table, labels: Sequence[str]
) -> npt.NDArray[np.generic] | None:
    """Return one column of a record, or None where the file does not have it."""
    if name == "covariance":
        return _square(table) if all(c in table.column_names for c in _COVARIANCES) else None
    if stored_name(name) not in table.column_names:
        return None
    chunked = table.column(stored_name(name))
    if name == "sensors":
        return _sensor_bits(chunked, labels)
    if name in _CODES:
        return _numbers(name, column, chunked)
    if column.dtype == "float64":
        value = _float_column(chunked)
        return np.radians(value) if name.endswith("_rad") else value
    if column.dtype.startswith("U"):
        return _texts(column, chunked)
    if not pa.types.is_integer(chunked.type):
        raise ValueError(f"type {chunked.type}; wanted whole numbers")
    filled = chunked.cast(pa.from_numpy_dtype(np.dtype(column.dtype))).fill_null(column.default)
    return np.asarray(filled.to_numpy())


def _nullable(value: Array) -> pa.Array:
    return pa.array(value, mask=np.isnan(value))


def _float_column(chunked: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    if not (pa.types.is_floating(chunked.type) or pa.types.is_integer(chunked.type)):
        raise ValueError(f"type {chunked.type}; wanted numbers")
    return np.asarray(chunked.cast(pa.float64()).to_numpy(), np.float64)  # null becomes NaN


def _triangle(covariance: Array) -> list[pa.Array]:
    columns = []
    for i, j in _PAIRS:
        upper, lower = covariance[:, i, j], covariance[:, j, i]
        columns.append(_nullable(np.where(upper == lower, upper, 0.5 * upper + 0.5 * lower)))
    return columns


def _square(table: pa.Table) -> npt.NDArray[np.float64]:
    covariance = np.empty((table.num_rows, 6, 6))
    for (i, j), name in zip(_PAIRS, _COVARIANCES, strict=True):
        covariance[:, i, j] = covariance[:, j, i] = _float_column(table.column(name))
    return covariance


def _spelt(codes: pa.DictionaryArray, spell: Callable[[int], str | None]) -> pa.Array:
    """Return text for numbers, spelling each different number once."""
    words = pa.array([spell(number) for number in codes.dictionary.to_pylist()], pa.string())
    return words.take(codes.indices)


def _codes(name: str, value: Array) -> pa.Array:
    form, _, limit = _CODES[name]

    def spell(number: int) -> str | None:
        if number == -1:
            return None
        if not 0 <= number < limit:
            raise ValueError(f"{name} holds {number}; it must be -1 or from 0 to {limit - 1}")
        return format(number, form)

    return _spelt(pa.array(value).dictionary_encode(), spell)


def _distinct_texts(chunked: pa.ChunkedArray) -> tuple[list[str | None], npt.NDArray[np.int32]]:
    if not (pa.types.is_string(chunked.type) or pa.types.is_large_string(chunked.type)):
        raise ValueError(f"type {chunked.type}; wanted text")
    codes = chunked.cast(pa.string()).combine_chunks().dictionary_encode("encode")
    return codes.dictionary.to_pylist(), np.asarray(codes.indices.to_numpy(), np.int32)


def _numbers(name: str, column: Column, chunked: pa.ChunkedArray) -> npt.NDArray[np.generic]:
    _, base, limit = _CODES[name]
    words, index = _distinct_texts(chunked)
    numbers = np.full(len(words), column.default, column.dtype)
    for place, word in enumerate(words):
        if word is not None:
            number = int(word, base)
            if not 0 <= number < limit:
                raise ValueError(f"{word!r} is out of range")
            numbers[place] = number
    return np.asarray(numbers[index])


def _texts(column: Column, chunked: pa.ChunkedArray) -> npt.NDArray[np.generic]:
    width = np.dtype(column.dtype).itemsize // 4
    words, index = _distinct_texts(chunked)
    for word in words:
        if word is not None and len(word) > width:
            raise ValueError(f"{word!r} is longer than {width} characters")
    return np.asarray(np.array([word or "" for word in words], column.dtype)[index])


def _sensor_sets(words: Array, labels: Sequence[str]) -> pa.Array:
    """Return the labels of the set bits of each row, in order of the bits, between spaces."""
    sets, index = np.zeros((1, words.shape[1]), np.uint64), np.zeros(len(words), np.int64)
    for k in range(words.shape[1]):
        column = pa.array(words[:, k]).dictionary_encode()
        values = column.dictionary.to_numpy()
        pair = pa.array(index * max(len(values), 1) + column.indices.to_numpy())
        pairs = pair.dictionary_encode()
        rows, places = np.divmod(pairs.dictionary.to_numpy(), max(len(values), 1))
        sets = sets[rows]
        sets[:, k] = values[places]
        index = pairs.indices.to_numpy().astype(np.int64)
    spelt = pa.array([_spell_set(row, labels) for row in sets.tolist()], pa.string())
    return spelt.take(pa.array(index))


def _spell_set(row: list[int], labels: Sequence[str]) -> str | None:
    whole = sum(word << (_WORD_BITS * k) for k, word in enumerate(row))
    bits = [bit for bit in range(whole.bit_length()) if whole >> bit & 1]
    return " ".join(labels[b] if b < len(labels) else f"#{b}" for b in bits) or None


def _sensor_bits(chunked: pa.ChunkedArray, labels: Sequence[str]) -> npt.NDArray[np.uint64]:
    texts, index = _distinct_texts(chunked)
    row_of = {label: row for row, label in enumerate(labels)}
    sets = [[_bit(word, row_of) for word in (text or "").split()] for text in texts]
    highest = max([len(labels) - 1, 0, *(bit for bits in sets for bit in bits)])
    words = np.zeros((len(sets), highest // _WORD_BITS + 1), np.uint64)
    for place, bits in enumerate(sets):
        for bit in bits:
            words[place, bit // _WORD_BITS] |= np.uint64(1 << bit % _WORD_BITS)
    return np.asarray(words[index])


def _bit(word: str, row_of: Mapping[str, int]) -> int:
    if word in row_of:
        return row_of[word]
    if word.startswith("#") and word[1:].isdecimal() and int(word[1:]) < _MOST_SENSORS:
        return int(word[1:])
    raise ValueError(f"sensor {word!r} is not among the sensors of the file")

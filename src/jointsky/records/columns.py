"""Records of many rows as columns: declared once, checked when made, cut and joined alike.

A column record is a frozen dataclass whose every field is made by ``floats``, ``integers`` or
``text``: its type, the shape of one cell, the value for "not measured", and what it means.
Angles are radians in memory (``_rad``); files hold degrees (``store.tables`` converts by name).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt


@dataclasses.dataclass(frozen=True)
class Column:
    """How one column is stored: numpy type, shape of a cell, default, meaning."""

    dtype: str
    default: Any
    meaning: str
    cell: tuple[int | None, ...] = ()


Array = npt.NDArray[Any]


class Columns:
    """What all column records share: length, defaults, checks, rows by index, joining."""

    TAG: ClassVar[str]
    VERSION: ClassVar[int]

    @classmethod
    def schema(cls) -> dict[str, Column]:
        """Return the declared columns by name, in order."""
        cached: dict[str, Column] | None = cls.__dict__.get("_schema")
        if cached is None:
            fields = dataclasses.fields(cls)  # type: ignore[arg-type]
            cached = {field.name: field.metadata["column"] for field in fields}
            cls._schema = cached  # type: ignore[attr-defined]
        return cached

    @classmethod
    def make(cls, n: int | None = None, **given: npt.ArrayLike) -> Self:
        """Return a record of ``n`` rows; columns not given hold their "not measured" value.

        ``n`` may be left out when a column is given.  A scalar fills its column, one cell (a
        6 by 6 covariance) too.  Arrays that fit are taken as they are, not copied; values that
        the column cannot hold are a ValueError.
        """
        if n == 0 and not given:
            return cls._empty()
        schema = cls.schema()
        for name in given:
            if name not in schema:
                raise ValueError(f"{cls.__name__} has no column {name!r}")
        values = {name: np.asarray(value) for name, value in given.items()}
        if n is None:
            sizes = [len(v) for name, v in values.items() if v.ndim == 1 + len(schema[name].cell)]
            if not sizes:
                raise ValueError("give n, or at least one column")
            n = sizes[0]
        checked = cls._given(values, n)
        made = {}
        for name, wanted, ndim, column in cls._checks():
            if name in checked:
                made[name] = checked[name]
                continue
            cell = () if ndim == 1 else tuple(size or 1 for size in column.cell)
            made[name] = np.empty((n, *cell), wanted)
            made[name].fill(column.default)
        return cls._of(made)

    @classmethod
    def _given(cls, values: dict[str, Array], n: int) -> dict[str, Array]:
        """Return given columns as they are stored; refuse those that do not fit."""
        schema = cls.schema()
        made = {}
        for name, value in values.items():
            column = schema[name]
            text = f"{cls.__name__}.{name}"
            whole = _filled(_converted(value, column, text), n, column, text)
            if len(column.cell) and not _fits(column.cell, whole.shape[1:]):
                raise ValueError(
                    f"{text} has shape {whole.shape}; it must be {_shape_text(column)}"
                )
            if len(whole) != n:
                raise ValueError(f"{text} has {len(whole)} rows; the others have {n}")
            made[name] = whole
        return made

    @classmethod
    def _checks(cls) -> list[tuple[str, np.dtype[Any], int, Column]]:
        """Return name, type, dimensions and declaration of each column: what is checked."""
        cached: list[tuple[str, np.dtype[Any], int, Column]] | None = cls.__dict__.get("_checked")
        if cached is None:
            cached = [
                (name, np.dtype(column.dtype), 1 + len(column.cell), column)
                for name, column in cls.schema().items()
            ]
            cls._checked = cached  # type: ignore[attr-defined]
        return cached

    def __post_init__(self) -> None:
        """Refuse columns of another type, cell shape or length than declared."""
        size = None
        for name, wanted, ndim, column in self._checks():
            value = getattr(self, name)
            if not isinstance(value, np.ndarray) or value.dtype != wanted:
                kind = getattr(value, "dtype", type(value).__name__)
                raise ValueError(f"{type(self).__name__}.{name} is {kind}; it must be {wanted}")
            shape = value.shape
            if len(shape) != ndim or (ndim > 1 and not _fits(column.cell, shape[1:])):
                raise ValueError(
                    f"{type(self).__name__}.{name} has shape {shape}; "
                    f"it must be {_shape_text(column)}"
                )
            if size is None:
                size = shape[0]
            elif shape[0] != size:
                raise ValueError(
                    f"{type(self).__name__}.{name} has {shape[0]} rows; the others have {size}"
                )

    @classmethod
    def _empty(cls) -> Self:
        """Return the record without rows: always the same one, as nothing in it can change."""
        cached: Self | None = cls.__dict__.get("_no_rows")
        if cached is None:
            cached = cls._of(
                {
                    name: np.empty((0, *(size or 1 for size in column.cell)), column.dtype)
                    for name, column in cls.schema().items()
                }
            )
            cls._no_rows = cached  # type: ignore[attr-defined]
        return cached

    @classmethod
    def _of(cls, columns: dict[str, Array]) -> Self:
        """Return a record of columns that come from checked ones, without checking them again."""
        made = object.__new__(cls)
        made.__dict__.update(columns)
        return made

    def __len__(self) -> int:
        return len(getattr(self, self._checks()[0][0]))

    def rows(self, index: npt.ArrayLike | slice) -> Self:
        """Return the rows that ``index`` (positions, a mask or a slice) selects."""
        if not isinstance(index, slice):
            index = np.asarray(index)
            if index.dtype == np.bool_ and index.shape == (len(self),):
                index = np.flatnonzero(index)  # once, not for each column
            elif index.size == 0 and index.ndim == 1:
                index = index.astype(np.intp)
            if index.ndim != 1:
                return type(self)(**{name: c[index] for name, c in vars(self).items()})
            return self._of({name: column[index] for name, column in vars(self).items()})
        return self._of(
            {name: np.ascontiguousarray(column[index]) for name, column in vars(self).items()}
        )

    def replace(self, **given: npt.ArrayLike) -> Self:
        """Return a copy with some columns exchanged."""
        for name in given:
            if name not in self.schema():
                raise ValueError(f"{type(self).__name__} has no column {name!r}")
        values = {name: np.asarray(value) for name, value in given.items()}
        return self._of({**vars(self), **self._given(values, len(self))})


_C = TypeVar("_C", bound=Columns)


def lists_of(record: Columns, names: Iterable[str] = ()) -> dict[str, list[Any]]:
    """Return columns of a record as lists, all or some of them, to be written down."""
    return {name: getattr(record, name).tolist() for name in names or record.schema()}


def of_lists(kind: type[_C], lists: Mapping[str, Sequence[Any]]) -> _C:
    """Return a record of columns from lists; those not given hold their "not measured" value.

    Raises ValueError where there is no such column, or lists do not fit.
    """
    schema = kind.schema()
    given = {
        name: np.array(values, schema[name].dtype) if name in schema else np.array(values)
        for name, values in lists.items()
    }
    return kind.make(len(next(iter(given.values()), ())), **given)


class _Types(dict[str, np.dtype[Any]]):
    """The numpy types of columns by their names; each is looked up once."""

    def __missing__(self, name: str) -> np.dtype[Any]:
        self[name] = np.dtype(name)
        return self[name]


_DTYPES = _Types()


def _fits(cell: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    return all(want is None or want == has for want, has in zip(cell, shape, strict=True))


def _shape_text(column: Column) -> str:
    inner = ", ".join("any" if size is None else str(size) for size in column.cell)
    return f"(n, {inner})" if inner else "(n,)"


def _converted(value: Array, column: Column, name: str) -> Array:
    """Return ``value`` in the column's type; refuse what would not stay the same value."""
    wanted = _DTYPES[column.dtype]
    if value.dtype is wanted:
        return value
    if value.dtype == wanted or value.size == 0:
        return value.astype(wanted, copy=False)
    if wanted.kind in "iu":
        if value.dtype.kind not in "biuf":
            raise ValueError(f"{name} is {value.dtype}; it must be {wanted}")
        limits = np.iinfo(wanted)
        is_whole = value.dtype.kind != "f" or bool(np.all(value == np.floor(value)))
        if not is_whole or value.min() < limits.min or value.max() > limits.max:
            raise ValueError(f"{name} holds values that {wanted} cannot hold")
    if wanted.kind == "f" and value.dtype.kind not in "biuf":
        raise ValueError(f"{name} is {value.dtype}; it must be {wanted}")
    if wanted.kind == "U":
        are_texts = value.dtype.kind != "O" or all(isinstance(word, str) for word in value.flat)
        if value.dtype.kind not in "UTO" or not are_texts:
            raise ValueError(f"{name} is {value.dtype}; it must be text")
        value = value.astype(str)
        if np.strings.str_len(value).max() > wanted.itemsize // 4:
            raise ValueError(f"{name} holds texts longer than {wanted.itemsize // 4} characters")
    return value.astype(wanted)


def _filled(value: Array, n: int, column: Column, name: str) -> Array:
    """Return a whole column, contiguous and writable, so that kernels are compiled for one type."""
    if value.ndim == 1 and not column.cell and value.flags.carray:
        return value
    if value.ndim == 0:
        cell = tuple(1 if size is None else size for size in column.cell)
        return np.full((n, *cell), value, column.dtype)
    if column.cell and None not in column.cell and value.shape == column.cell:
        return np.repeat(value[None], n, axis=0)
    if value.ndim != 1 + len(column.cell):
        raise ValueError(f"{name} has shape {value.shape}; it must be {_shape_text(column)}")
    return np.require(value, requirements=["C", "W"])


def join(records: Sequence[_C]) -> _C:
    """Return all rows of several records of one kind, in order; cells of open shape are padded.

    Where only one has rows it may be that record itself.
    """
    if not records:
        raise ValueError("nothing to join: give at least one record")
    kind = type(records[0])
    for record in records:
        if type(record) is not kind:
            raise ValueError(f"cannot join {type(record).__name__} to {kind.__name__}")
    if not any(None in column.cell for column in kind.schema().values()):
        records = [record for record in records if len(record)] or records[:1]
        if len(records) == 1:
            return records[0]
    made = {}
    for name, column in kind.schema().items():
        parts = [getattr(record, name) for record in records]
        if any(size is None for size in column.cell):
            widest = tuple(max(p.shape[k] for p in parts) for k in range(1, parts[0].ndim))
            parts = [_padded(part, widest, column) for part in parts]
        made[name] = np.concatenate(parts)
    return kind._of(made)


def parted(records: Sequence[_C], masks: Sequence[Array]) -> tuple[list[_C], list[_C]]:
    """Return the rows of records that masks (one for each) select, and the others, as records."""
    chosen, others = [], []
    for record, mask in zip(records, masks, strict=True):
        if mask.all():
            chosen.append(record)
        elif not mask.any():
            others.append(record)
        else:
            chosen.append(record.rows(mask))
            others.append(record.rows(~mask))
    return chosen, others


def _padded(part: Array, widest: tuple[int, ...], column: Column) -> Array:
    if part.shape[1:] == widest:
        return part
    out = np.full((len(part), *widest), column.default, column.dtype)
    out[(slice(None), *(slice(0, size) for size in part.shape[1:]))] = part
    return out


def _field(column: Column) -> Any:
    return dataclasses.field(metadata={"column": column})


def floats(meaning: str, default: float = np.nan, cell: tuple[int | None, ...] = ()) -> Any:
    """Declare a float64 column; NaN means "not measured"."""
    return _field(Column("float64", default, meaning, cell))


def integers(dtype: str, meaning: str, default: int = -1, cell: tuple[int | None, ...] = ()) -> Any:
    """Declare an integer column; -1 means "not known" unless another default is given."""
    return _field(Column(dtype, default, meaning, cell))


def text(width: int, meaning: str) -> Any:
    """Declare a text column of at most ``width`` characters; empty means "not known"."""
    return _field(Column(f"U{width}", "", meaning))

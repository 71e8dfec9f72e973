"""What the room asks of its arguments; each check says what was found and what was wanted."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def sample(values: npt.ArrayLike, name: str, least: int = 1) -> Floats:
    """Return ``values`` as finite numbers of shape (n,), at least ``least`` of them."""
    found = np.asarray(values, np.float64)
    if found.ndim != 1:
        raise ValueError(f"{name} has shape {found.shape}; it must be (runs,)")
    if len(found) < least:
        raise ValueError(f"{name} has {len(found)} values; it must have {least} or more")
    return finite(found, name)


def table(values: npt.ArrayLike, name: str, least: int = 1) -> Floats:
    """Return ``values`` as finite numbers of shape (n, d), at least ``least`` rows and a column."""
    found = np.asarray(values, np.float64)
    if found.ndim != 2 or not found.shape[1]:
        raise ValueError(f"{name} has shape {found.shape}; it must be (points, factors)")
    if len(found) < least:
        raise ValueError(f"{name} has {len(found)} rows; it must have {least} or more")
    return finite(found, name)


def finite(found: Floats, name: str) -> Floats:
    """Return ``found`` unless it holds NaN or infinity."""
    bad = np.count_nonzero(~np.isfinite(found))
    if bad:
        raise ValueError(f"{name} holds NaN or infinity, {bad} of {found.size}; leave them out")
    return found


def count(value: Any, name: str, least: int) -> int:
    """Return a whole number that is ``least`` or more."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} is {value!r}; it must be a whole number") from None
    if number < least:
        raise ValueError(f"{name} is {number}; it must be {least} or more")
    return number


def fraction(value: float, name: str) -> float:
    """Return a number strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} is {value}; it must lie between 0 and 1, and be neither")
    return float(value)


def positive(value: float, name: str) -> float:
    """Return a finite number above 0."""
    if not 0.0 < value < np.inf:
        raise ValueError(f"{name} is {value}; it must be above 0 and finite")
    return float(value)

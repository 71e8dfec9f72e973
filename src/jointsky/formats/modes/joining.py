"""Joining: the messages of each aircraft become positions with everything known beside them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.modes import joining_kernels
from jointsky.formats.modes.fields import Fields

_Array = npt.NDArray[Any]


class State(NamedTuple):
    """What is known of each of A aircraft while its messages are walked through; (A,) each."""

    last_row: _Array  # newest position message
    lat_deg: _Array
    lon_deg: _Array
    time_s: _Array  # of that position
    surface: _Array
    strikes: _Array  # implausible positions in a row
    pair_lat: _Array  # (A, 2): newest even and odd message
    pair_lon: _Array
    pair_time_s: _Array
    velocity_time_s: _Array
    ve_kt: _Array
    vn_kt: _Array
    rate_fpm: _Array
    above_ft: _Array
    reply_time_s: _Array
    reply_ft: _Array
    ident_time_s: _Array
    call_sign: _Array
    call_sign_sure: _Array  # from a squitter, not from a Comm-B register
    mode_a: _Array
    emergency: _Array
    version: _Array
    nac: _Array
    gva: _Array
    vehicle: _Array


class Positions(NamedTuple):
    """What became of each of N messages, (N,) each; filled where ``outcome`` is FOUND."""

    outcome: _Array  # joining_kernels.FOUND, ...; 0 where the message is no position
    lat_deg: _Array
    lon_deg: _Array
    pressure_ft: _Array
    height_ft: _Array
    ve_kt: _Array
    vn_kt: _Array
    rate_fpm: _Array
    call_sign: _Array
    mode_a: _Array
    emergency: _Array
    version: _Array
    nac: _Array
    gva: _Array
    vehicle: _Array
    ident: _Array
    repeats: _Array


_NEVER = ("time_s", "velocity_time_s", "reply_time_s", "ident_time_s", "pair_time_s")
_FLAGS = ("call_sign_sure", "surface", "strikes", "outcome", "ident", "repeats")


def _column(name: str, size: int) -> _Array:
    shape = (size, 2) if name.startswith("pair_") else (size,)
    if name in _NEVER:
        return np.full(shape, -np.inf)
    if name.endswith(("_deg", "_kt", "_ft", "_fpm")):
        return np.full(shape, np.nan)
    if name in _FLAGS:
        return np.zeros(shape, np.int8)
    return np.full(shape, -1, np.int64)


def join(
    fields: Fields,
    usable: npt.NDArray[np.bool_],
    time_s: npt.NDArray[np.float64],
    reference_deg: tuple[float, float] | None,
) -> tuple[Positions, tuple[float, float] | None]:
    """Return what became of each message, and the reference that surface positions were given.

    ``usable`` (N,) says which rows are sound messages with a time.  Without ``reference_deg``
    the middle of the airborne positions serves, if there are any: a receiver's horizon is far
    smaller than the quarter of the world that must be told apart.
    """
    order = np.flatnonzero(usable)
    order = order[np.argsort(time_s[order], kind="stable")]
    senders, number = np.unique(fields.address[order], return_inverse=True)
    aircraft = np.zeros(len(time_s), np.int64)
    aircraft[order] = number
    found = _walk(fields, order, aircraft, len(senders), time_s, reference_deg)
    blocked = found.outcome == joining_kernels.NO_REFERENCE
    located = found.outcome == joining_kernels.FOUND
    if reference_deg is None and blocked.any() and located.any():
        east = np.radians(found.lon_deg[located])
        middle = np.degrees(np.arctan2(np.sin(east).mean(), np.cos(east).mean()))
        reference_deg = (float(np.median(found.lat_deg[located])), float(middle))
        found = _walk(fields, order, aircraft, len(senders), time_s, reference_deg)
    return found, reference_deg


def _walk(
    fields: Fields,
    order: npt.NDArray[np.int64],
    aircraft: npt.NDArray[np.int64],
    senders: int,
    time_s: npt.NDArray[np.float64],
    reference_deg: tuple[float, float] | None,
) -> Positions:
    latitude, longitude = reference_deg if reference_deg is not None else (np.nan, np.nan)
    state = State(**{name: _column(name, senders) for name in State._fields})
    found = Positions(**{name: _column(name, len(time_s)) for name in Positions._fields})
    joining_kernels.join(
        order, aircraft, time_s, fields, float(latitude), float(longitude), state, found
    )
    state = State(**{name: _column(name, senders) for name in State._fields})
    joining_kernels.look_back(order, aircraft, time_s, fields, state, found)
    return found

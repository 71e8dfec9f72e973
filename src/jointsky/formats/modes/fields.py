"""Fields of Mode S frames: what each says, as columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.modes import fields_kernels, parity_kernels
from jointsky.formats.modes.frames import ModeSFrames

_Small = npt.NDArray[np.int8]
_Ints = npt.NDArray[np.int32]
_Long = npt.NDArray[np.int64]
_Single = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float64]


class Fields(NamedTuple):
    """What N frames say, (N,) each; -1 and NaN: not said.  Codes as in ``fields_kernels``."""

    ok: _Small  # see fields_kernels.read_fields
    form: _Small  # downlink format; 24 for 24 to 31
    control: _Small  # control field of DF18
    kind: _Small  # fields_kernels.KIND_*
    type_code: _Small  # of an extended squitter
    odd: _Small  # CPR format, 0 even or 1 odd
    nuc: _Small  # NUCp that the type code says
    alert: _Small  # surveillance status: 1 emergency, 2 other alert, 3 SPI
    emergency: _Small  # emergency state of BDS 6,1
    version: _Small  # of ADS-B
    nac: _Small  # NACp
    gva: _Small
    vehicle: _Small  # 1: category of an identification says surface vehicle
    address: _Ints  # 24 bits, plus 2^24 where it is not an ICAO address
    cpr_lat: _Ints  # 17 bits
    cpr_lon: _Ints
    mode_a: _Ints
    call_sign: _Long  # 8 characters of 6 bits
    pressure_ft: _Single
    height_ft: _Single  # geometric
    rate_fpm: _Single
    above_ft: _Single  # geometric height minus pressure altitude
    ve_kt: _Floats
    vn_kt: _Floats


_TYPES = (*("int8",) * 13, *("int32",) * 4, "int64", *("float32",) * 4, *("float64",) * 2)


def parity_table() -> _Long:
    """Return the remainder of each octet, (256,), for ``parity_kernels.syndromes``."""
    table = np.empty(256, np.int64)
    parity_kernels.fill_table(table)
    return table


def read_fields(frames: ModeSFrames) -> Fields:
    """Return what every frame says; ``ok`` tells which rows may be used."""
    size = len(frames)
    syndromes = np.empty(size, np.int64)
    parity_kernels.syndromes(frames.octets, frames.lengths, parity_table(), syndromes)
    columns: dict[str, npt.NDArray[Any]] = {}
    for name, kind in zip(Fields._fields, _TYPES, strict=True):
        start = np.nan if kind.startswith("float") else 0 if name in ("ok", "kind") else -1
        columns[name] = np.full(size, start, kind)
    out = Fields(**columns)
    fields_kernels.read_fields(frames.octets, frames.lengths, syndromes, out)
    return out


_CHARACTERS = "?ABCDEFGHIJKLMNOPQRSTUVWXYZ????? ???????????????0123456789??????"


def call_sign_text(packed: int) -> str:
    """Return 48 bits as a call sign without trailing blanks; -1 gives an empty text."""
    if packed < 0:
        return ""
    letters = [_CHARACTERS[packed >> (42 - 6 * k) & 63] for k in range(8)]
    return "".join(letters).rstrip()

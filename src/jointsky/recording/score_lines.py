"""Lines of JSON that a live site wrote of its picture become points to be scored."""

from __future__ import annotations

import math
import pathlib

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.metrics.paths import text_codes
from jointsky.recording.score_points import Points, lives
from jointsky.records.tracks import TrackStatus

_STATUS = {status.name.lower(): status for status in TrackStatus}


class _Line(msgspec.Struct):
    """One track as a live site tells it; what is not known is not in the line."""

    time_s: float
    number: str
    latitude_deg: float
    longitude_deg: float
    status: str = "confirmed"
    height_m: float = math.nan
    pressure_altitude_m: float = math.nan
    ve_mps: float = math.nan
    vn_mps: float = math.nan
    vu_mps: float = math.nan
    mode_s: str = ""
    mode_a: str = ""
    call_sign: str = ""


_FLOATS = ("time_s", "height_m", "pressure_altitude_m", "ve_mps", "vn_mps", "vu_mps")
_decoder = msgspec.json.Decoder(_Line)


def is_lines(path: pathlib.Path) -> bool:
    """Return whether a file begins as the lines of JSON of a live site do."""
    with path.open("rb") as file:
        begin = file.readline(4096)
    return begin.startswith(b"{") and b'"number"' in begin and b'"latitude_deg"' in begin


def read_lines(path: pathlib.Path) -> Points:
    """Return the points of a live site's picture; tentative tracks are left out.

    A line that was cut off where the site was killed is passed over.
    """
    told = [line for line in map(_decoded, path.read_bytes().splitlines()) if line is not None]
    told = [line for line in told if line.status != "tentative"]
    if not told:
        raise InputError(str(path), "no line with a confirmed track", "what a live site writes")
    columns = {name: _floats(told, name) for name in _FLOATS}
    for name in ("latitude", "longitude"):
        columns[f"{name}_rad"] = np.radians(_floats(told, f"{name}_deg"))
    try:
        number = np.array([int(line.number) for line in told], np.int64)
        mode_s = [int(line.mode_s, 16) if line.mode_s else -1 for line in told]
        mode_a = [int(line.mode_a, 8) if line.mode_a else -1 for line in told]
    except (ValueError, OverflowError) as error:
        raise InputError(str(path), str(error), "numbers, and codes, as text") from None
    status = np.array([_STATUS.get(line.status, TrackStatus.CONFIRMED) for line in told])
    ended = status == TrackStatus.ENDED
    rest = {
        "number": lives(columns["time_s"], number, ended),
        "told_number": number,
        "mode_s": np.array(mode_s, np.int64),
        "mode_a": np.array(mode_a, np.int64),
        "call_sign": text_codes([line.call_sign for line in told]),
        "ended": ended,
        "updated": status == TrackStatus.CONFIRMED,
    }
    return Points(str(path), "tracks of a live site", {**columns, **rest})


def _decoded(octets: bytes) -> _Line | None:
    try:
        return _decoder.decode(octets)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _floats(told: list[_Line], name: str) -> npt.NDArray[np.float64]:
    return np.array([getattr(line, name) for line in told], np.float64)

"""The picture for others: a line of JSON for each track, to a file or in datagrams."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import pathlib
import socket
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from jointsky.live.declared import Output
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking.numbers import label

MOST_DATAGRAM_OCTETS = 1400  # so that they are not cut into fragments
_encoder = msgspec.json.Encoder()


def lines(tracks: Tracks, site: str, time_s: float) -> list[bytes]:
    """Return a line of JSON for each track: numbers as text, degrees, metres, metres a second.

    What is not known is left out.
    """
    return [_encoder.encode(fact) for fact in facts(tracks, site, time_s)]


def facts(tracks: Tracks, site: str, time_s: float) -> list[dict[str, Any]]:
    """Return each track as a plain object."""
    sigma_m = np.sqrt(np.maximum(tracks.covariance[:, :2, :2].trace(axis1=1, axis2=2) / 2.0, 0.0))
    made = []
    for row in range(len(tracks)):
        number = int(tracks.track_number[row])
        mode_s, mode_a = int(tracks.mode_s[row]), int(tracks.mode_a[row])
        told: dict[str, Any] = {
            "site": site,
            "time_s": time_s,
            "number": str(number),
            "label": label(number),
            "status": TrackStatus(int(tracks.status[row])).name.lower(),
            "latitude_deg": round(math.degrees(tracks.latitude_rad[row]), 7),
            "longitude_deg": round(math.degrees(tracks.longitude_rad[row]), 7),
            "height_m": _known(tracks.height_m[row]),
            "pressure_altitude_m": _known(tracks.pressure_altitude_m[row]),
            "ve_mps": _known(tracks.ve_mps[row]),
            "vn_mps": _known(tracks.vn_mps[row]),
            "vu_mps": _known(tracks.vu_mps[row]),
            "sigma_m": _known(sigma_m[row]),
            "mode_s": f"{mode_s:06X}" if mode_s >= 0 else None,
            "mode_a": f"{mode_a:04o}" if mode_a >= 0 else None,
            "call_sign": str(tracks.call_sign[row]) or None,
        }
        made.append({name: value for name, value in told.items() if value is not None})
    return made


def _known(value: float) -> float | None:
    return round(float(value), 2) if math.isfinite(value) else None


class Writer:
    """Writes the picture to one place; what cannot be written is counted, and tried again.

    ``fault``: why the newest picture could not be written; empty: it was.
    """

    def __init__(self, output: Output, path: pathlib.Path | None) -> None:
        self.interval_s = output.interval_s
        self.to = str(path) if path is not None else f"{output.host}:{output.port}"
        self.failed = 0
        self.fault = ""
        self._path = path
        self._to = (output.host, output.port)
        self._socket = None
        if path is None:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.setblocking(False)

    def write(self, told: Sequence[bytes]) -> None:
        """Write lines."""
        try:
            if self._socket is not None:
                for packet in _packed(told):
                    self._socket.sendto(packet, self._to)
            elif self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                _append(self._path, b"".join(line + b"\n" for line in told))
        except OSError as error:
            self.failed += 1
            self.fault = error.strerror or str(error)
        else:
            self.fault = ""

    def close(self) -> None:
        """Close it."""
        if self._socket is not None:
            self._socket.close()


def _append(path: pathlib.Path, data: bytes) -> None:
    """Add octets to a file: all, or where they do not fit none."""
    with path.open("ab", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        try:
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with contextlib.suppress(OSError):  # what is no file cannot be cut
                file.truncate(size)
            raise


def _packed(told: Sequence[bytes]) -> list[bytes]:
    """Return lines in as few datagrams as they fit into."""
    packets: list[bytes] = []
    part = b""
    for line in told:
        if part and len(part) + len(line) + 1 > MOST_DATAGRAM_OCTETS:
            packets.append(part)
            part = b""
        part += line + b"\n"
    return [*packets, part] if part else packets

"""Formats of which a message needs those before it: the newest seconds are read again and again.

A position of Mode S comes in two halves, up to 10 s apart; SBS tells speed and call sign on other
lines than the place.  So a window of what came in the last seconds is read as a recording, and of
its plots those are new that lie behind what was read before.
"""

from __future__ import annotations

import collections
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.modes.read import read_beast, read_modes
from jointsky.formats.options import ReadOptions
from jointsky.formats.sbs.read import read_sbs
from jointsky.live.inbox import Chunk
from jointsky.records.plots import Plots
from jointsky.records.reading import Reading
from jointsky.records.sensors import Sensor
from jointsky.units import DAY_S

Floats = npt.NDArray[np.float64]

WINDOW_S = 12.0
MOST_OCTETS = 8 << 20
_BARE_AVR = re.compile(rb"^[*:][0-9A-Fa-f]{4,28};", re.MULTILINE)
_READERS = {"beast": read_beast, "avr": read_modes, "sbs": read_sbs}


class Read(NamedTuple):
    """New plots by rows of ``sensors``, and (kind, text) of each fault in what is new."""

    plots: Plots
    came_s: Floats  # (n,) when the octets of each were received
    sensors: Sequence[Sensor]
    faults: list[tuple[str, str]]


class Window:
    """The newest seconds of one feed of Beast, AVR or SBS."""

    def __init__(self, format: str) -> None:
        self._format = format
        self._kept: collections.deque[Chunk] = collections.deque()
        self._octets = 0

    def read(self, chunks: Sequence[Chunk], as_received: bool) -> Read:
        """Return what is new with octets that came.

        ``as_received``: plots have the time at which their octets came, and not what they tell.
        """
        before = self._octets
        for chunk in chunks:
            data = _stamped(chunk) if self._format == "avr" else chunk.data
            self._kept.append(chunk._replace(data=data))
            self._octets += len(data)
        data = b"".join(chunk.data for chunk in self._kept)
        received_s = np.array([chunk.received_s for chunk in self._kept])
        begin = np.cumsum([0] + [len(chunk.data) for chunk in self._kept])[:-1]
        try:
            reading = _READERS[self._format](data, ReadOptions())
        except InputError as error:
            made = Read(Plots.make(0), np.empty(0), [], [("unreadable", str(error))])
        else:
            came_s = received_s[np.searchsorted(begin, reading.plots.offset, side="right") - 1]
            time_s = came_s if as_received else _times(reading, came_s)
            plots = reading.plots.replace(time_s=time_s)
            faults = [(one.kind, one.text) for one in reading.faults if one.offset >= before]
            new = np.flatnonzero(plots.offset >= before)
            made = Read(plots.rows(new), came_s[new], reading.sensors, faults)
        self._forget(float(received_s[-1]))
        return made

    def _forget(self, now_s: float) -> None:
        while len(self._kept) > 1 and (
            self._kept[0].received_s < now_s - WINDOW_S or self._octets > MOST_OCTETS
        ):
            self._octets -= len(self._kept.popleft().data)


def _stamped(chunk: Chunk) -> bytes:
    """Return AVR lines that tell no time as lines of time and frame, which the reader knows."""
    stamp = f"{chunk.received_s:.6f},".encode()
    return _BARE_AVR.sub(lambda found: stamp + found[0], chunk.data)


def _times(reading: Reading, came_s: Floats) -> Floats:
    """Return the times of plots as POSIX seconds.

    Where the reading has a date, or times of day, they are taken as told, on the day nearest to
    the receipt.  A counter is set to the clock by the message that came with the least delay.
    """
    time_s: Floats = reading.plots.time_s
    told = str(reading.contents.values.get("time", ""))
    if len(time_s) == 0 or reading.date_known or "POSIX" in told or reading.format == "sbs":
        return time_s
    if "GPS" in told:
        return time_s + DAY_S * np.round((came_s - time_s) / DAY_S)
    earliest: Floats = time_s + np.min(came_s - time_s)
    return earliest

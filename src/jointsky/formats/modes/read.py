"""Readers of Mode S: text lines and Beast octets become a Reading."""

from __future__ import annotations

from jointsky.formats.faults import FaultList
from jointsky.formats.modes import beast, reading, text
from jointsky.formats.options import ReadOptions
from jointsky.records.reading import Reading


def read_modes(data: bytes, options: ReadOptions) -> Reading:
    """Return what text lines of Mode S hold: AVR, bare hex, or CSV with a time column.

    AVR without stamps says nothing of time: its messages are counted, and positions are made
    only where ``options.frame_spacing_s`` gives a nominal time between frames.  Raises
    InputError where no line is a frame.
    """
    faults = FaultList()
    name, frames, times = text.read_lines(data, options, faults)
    return reading.make(name, frames, times, options, faults)


def read_beast(data: bytes, options: ReadOptions) -> Reading:
    """Return what Beast octets hold; raises InputError where there is not one Beast message.

    A 12 MHz counter gives differences of time only, GPS stamps (Radarcape) the time of day.
    Frames without a stamp (multilateration results of readsb, feeds that lost it) are counted.
    """
    faults = FaultList()
    found = beast.read_pieces(data, options, faults)
    made = reading.make("beast", found.frames, found.clock, options, faults)
    made.contents.records.update(found.others)
    return made

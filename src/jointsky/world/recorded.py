"""Recordings join a fleet: each aircraft in them becomes a vehicle that flies as it reported."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.declare import Faults
from jointsky.errors import did_you_mean
from jointsky.records.motion import Motion
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Replay
from jointsky.world.replay import Reports, replayed
from jointsky.world.types import Answer, VehicleType

UNFIT = PlotFlag.TEST | PlotFlag.DUPLICATE | PlotFlag.COASTED | PlotFlag.VEHICLE
WORD_LENGTH = 8


class Recorded(NamedTuple):
    """One aircraft of a recording: its rows there and what it calls itself."""

    word: str  # address in hexadecimal, or call sign, or track number
    rows: npt.NDArray[np.int64]
    mode_s: int
    mode_a: int
    call_sign: str


def add_recording(
    fleet: Fleet,
    name: str,
    kind: VehicleType,
    flight: Replay,
    plots: Plots,
    faults: Faults,
    *,
    begin_s: float | None = None,
    nation: str = "",
    allegiance: str = "civil",
    transponder: tuple[Answer, ...] | None = None,
) -> list[str]:
    """Add the aircraft of a recording to a fleet; return their names, ``name-address``.

    ``plots`` are those of the recording; rows with latitude and longitude count, heights are
    geometric where reported, else pressure altitudes.  ``begin_s`` is when the first of the
    recording is flown (none: with the scenario) unless the flight keeps the recorded times.
    """
    found = [one for one in aircraft_of(plots) if _is_wanted(one, flight.only)]
    _check(flight, plots, found, faults)
    if not found:
        return []
    first_s = min(float(plots.time_s[one.rows].min()) for one in found)
    starts_s = fleet.begin_s if begin_s is None else begin_s
    shift_s = starts_s - first_s if flight.begin_at_first else 0.0
    made: list[tuple[Recorded, Motion]] = []
    for one in found:
        motion = replayed(_reports(plots, one.rows), flight, 0, shift_s).motion
        is_in = len(motion) and motion.end_s[-1] > fleet.begin_s and motion.begin_s[0] < fleet.end_s
        if is_in:
            made.append((one, motion))
    if not made:
        faults.add(
            "recording",
            f"{len(found)} aircraft, none of which flies within the scenario",
            "begin_at_first, other times, or longer flights",
        )
    names = []
    for one, motion in made:
        names.append(f"{name}-{one.word}")
        row = fleet.vehicle(
            names[-1],
            kind,
            nation=nation,
            allegiance=allegiance,
            transponder=transponder,
            mode_s=one.mode_s,
            mode_a=one.mode_a,
            call_sign=one.call_sign,
        )
        fleet.move(motion.replace(vehicle=np.full(len(motion), row, np.int32)))
    return names


def aircraft_of(plots: Plots) -> list[Recorded]:
    """Return the aircraft whose positions plots report, in the order of their words."""
    is_placed = np.isfinite(plots.latitude_rad) & np.isfinite(plots.longitude_rad)
    is_placed &= (plots.geometry == Geometry.GEODETIC) & (plots.flags & UNFIT == 0)
    groups: dict[str, list[int]] = {}
    for row in np.flatnonzero(is_placed).tolist():
        word = _word(plots, row)
        if word:
            groups.setdefault(word, []).append(row)
    return [_recorded(plots, word, np.array(groups[word])) for word in sorted(groups)]


def _word(plots: Plots, row: int) -> str:
    """Return by what a row names its aircraft; the weakest is its track number at its source."""
    if plots.mode_s[row] >= 0:
        return f"{plots.mode_s[row]:06x}"
    call_sign = str(plots.call_sign[row]).strip()
    if call_sign:
        return call_sign
    number = int(plots.track_number[row])
    return f"{plots.sensor[row]}t{number}" if number >= 0 else ""


def _recorded(plots: Plots, word: str, rows: npt.NDArray[np.int64]) -> Recorded:
    """Return one aircraft with the code and call sign that it sent most."""
    codes = plots.mode_a[rows][plots.mode_a[rows] >= 0]
    signs = plots.call_sign[rows][np.char.str_len(plots.call_sign[rows]) > 0]
    return Recorded(
        word,
        rows,
        int(plots.mode_s[rows[0]]),
        int(np.bincount(codes).argmax()) if len(codes) else -1,
        _commonest(signs)[:WORD_LENGTH],
    )


def _commonest(words: npt.NDArray[np.str_]) -> str:
    found, counts = np.unique(words, return_counts=True)
    return str(found[counts.argmax()]).strip() if len(found) else ""


def _is_wanted(one: Recorded, only: tuple[str, ...]) -> bool:
    wanted = {word.lower() for word in only}
    return not wanted or one.word.lower() in wanted or one.call_sign.lower() in wanted


def _reports(plots: Plots, rows: npt.NDArray[np.int64]) -> Reports:
    geometric, pressure = plots.height_m[rows], plots.pressure_altitude_m[rows]
    # one kind of height alone: the two differ by the weather, a flight would jump between them
    use = geometric if np.isfinite(geometric).sum() >= np.isfinite(pressure).sum() else pressure
    return Reports(plots.time_s[rows], plots.latitude_rad[rows], plots.longitude_rad[rows], use)


def _check(flight: Replay, plots: Plots, found: list[Recorded], faults: Faults) -> None:
    """Tell a recording without positions, and names that are not in it."""
    everyone = aircraft_of(plots)
    if not everyone:
        faults.add(
            "recording",
            f"{len(plots)} plots, none with latitude, longitude and an identity",
            "a recording of ADS-B, multilateration or another source of positions",
        )
        return
    known = [w for one in everyone for w in (one.word, one.call_sign) if w]
    for row, word in enumerate(flight.only):
        if not any(_is_wanted(one, (word,)) for one in found):
            faults.add(
                f"only[{row}]",
                f"{word!r}: not in the recording",
                "an address or a call sign that is",
                did_you_mean(word, known),
            )

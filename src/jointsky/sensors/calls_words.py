"""How observers put it: compass points, what they take a thing for, a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from jointsky.records.reports import Reports
from jointsky.sensors.frames import Floats
from jointsky.sensors.observers import Confusion

_SAID = {
    "fixed-wing": ("an aeroplane", "aeroplanes"),
    "rotary-wing": ("a helicopter", "helicopters"),
    "ground": ("something on the ground", "things on the ground"),
    "person": ("a person", "people"),
}
ON_THE_GROUND = ("ground", "person")
_POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def points_of(azimuth_rad: Floats, points: int) -> Floats:
    """Return directions rounded to one of so many points of the compass, in [0, 2 pi)."""
    step_rad = 2.0 * math.pi / points
    return np.asarray(np.mod(np.round(azimuth_rad / step_rad), points) * step_rad)


def claimed_of(domain: str, confusions: Sequence[Confusion], luck: float) -> str:
    """Return what a thing of a domain is said to be, by a number in [0, 1)."""
    for confusion in confusions:
        if confusion.true_domain == domain:
            if luck < confusion.share:
                return confusion.claimed
            luck -= confusion.share
    return domain


def direction_in_words(azimuth_rad: float) -> str:
    """Return the nearest of eight points of the compass."""
    return _POINTS[round(azimuth_rad / (math.pi / 4.0)) % 8]


def sentence(reports: Reports, row: int, range_m: float) -> str:
    """Return one report in words; a ``range_m`` of NaN was not told."""
    sense, count = str(reports.sense[row]), int(reports.count[row])
    claimed = str(reports.claimed[row])
    one, many = _SAID.get(claimed, (f"a {claimed}", f"{claimed}s"))
    what = one if count == 1 else f"{count} {many}"
    text = f"{sense} {what} to the {direction_in_words(float(reports.azimuth_rad[row]))}"
    if math.isfinite(range_m):
        text += f", about {_round_distance(range_m)} away"
    if math.isfinite(reports.course_rad[row]):
        moves = "going" if claimed in ON_THE_GROUND else "flying"
        text += f", {moves} {direction_in_words(float(reports.course_rad[row]))}"
    if reports.remote_id[row]:
        text += f", remote ID {reports.remote_id[row]}"
    return text[:160]


def _round_distance(range_m: float) -> str:
    """Return a distance as people say it: 300 m, 2 km."""
    return (
        f"{max(round(range_m / 100.0), 1) * 100} m" if range_m < 950 else f"{range_m / 1000:.0f} km"
    )

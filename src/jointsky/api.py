"""The front door: what a script or a notebook needs, under twenty names.

``read`` opens recordings, ``track`` turns their plots into tracks, ``score`` says how good they
are; ``Tracker`` is the same tracker fed by hand; ``Plots`` and ``Tracks`` are the columns.
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from jointsky.formats.options import ReadOptions
from jointsky.recording import read as _read
from jointsky.recording import track as _track
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.sites import Site
from jointsky.recording.track import Tracked
from jointsky.records.plots import Plots
from jointsky.records.reading import Reading
from jointsky.records.score import ScoreResult
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.tracker import Tracker

__all__ = [
    "Plots",
    "ReadOptions",
    "Reading",
    "ScoreOptions",
    "ScoreResult",
    "Sensor",
    "Site",
    "Tracked",
    "Tracker",
    "TrackerSettings",
    "Tracks",
    "read",
    "score",
    "track",
]


def read(*paths: str | pathlib.Path, options: ReadOptions | None = None) -> Reading:
    """Return what one or several recordings hold: plots, other systems' tracks, sensors, faults."""
    return _read.read_all(paths, options)


def track(
    reading: Reading,
    sites: dict[str, Site] | None = None,
    only: Sequence[str] = (),
    settings: TrackerSettings | None = None,
) -> Tracked:
    """Return the tracks of a reading's plots.

    ``sites`` says where sources stand that do not say it themselves, by SAC/SIC or name; ``only``
    keeps sources by SAC/SIC, name or kind.
    """
    return _track.track(_track.prepare(reading, "reading", sites, only), settings)

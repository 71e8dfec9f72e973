"""A reading's plots become tracks, as a live site would have told them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jointsky.earth.geodesy import geodetic_to_ecef
from jointsky.errors import InputError
from jointsky.recording.estimates import at_seconds, between
from jointsky.recording.sites import Site, names_of, placed, require_sites
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, Plots
from jointsky.records.reading import Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking.chains import Chains
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.smoother import Smoother
from jointsky.tracking.tracker import Tracker

Step = Callable[[str, float], None]
CHUNK = 10_000
FASTEST_MPS, MOST_TOO_FAST, FEWEST_REPORTS = 1000.0, 0.2, 20


@dataclasses.dataclass(frozen=True)
class Tracked:
    """Tracks of one recording, with what they were made from.

    ``tracks`` has a row for each update of a confirmed track; ``estimates``, for a flat scene,
    the picture at every whole second in the columns that scorers of such scenes read.  Where they
    were smoothed, ``filtered`` are the tracks as a live site would have told them.
    """

    plots: Plots
    tracks: Tracks
    sensors: list[Sensor]
    used: int  # plots that found a track
    refused: int  # plots without time or place, test targets, predictions of the sensor
    origin_deg: tuple[float, float, float] | None  # of a flat scene
    estimates: pa.Table | None
    warnings: list[str] = dataclasses.field(default_factory=list)  # what a person must know
    filtered: Tracks | None = None


def prepare(
    reading: Reading, where: str, sites: dict[str, Site] | None = None, only: Sequence[str] = ()
) -> Reading:
    """Return the part of a reading that is to be tracked, every source of it with its place.

    ``only`` keeps sources by name, SAC/SIC or kind.  Raises InputError where nothing is left, or
    a source's place is not known.
    """
    sensors = placed(reading.sensors, sites or {})
    plots = reading.plots
    if only:
        plots = plots.rows(np.isin(plots.sensor, _rows_of(sensors, only)))
    if len(plots) == 0:
        found = "no plots"
        if len(reading.tracks):
            found += f", but {len(reading.tracks)} reports of another system's tracks"
        raise InputError(where, found, "plots of radars or other sensors", "see jointsky inspect")
    if not np.isfinite(plots.time_s).any():
        raise InputError(where, "plots without any time", "a recording that tells times")
    require_sites(plots, sensors, where)
    return Reading(
        format=reading.format,
        plots=plots,
        tracks=reading.tracks,
        sensors=sensors,
        contents=reading.contents,
        faults=reading.faults,
        fault_counts=reading.fault_counts,
        date_known=reading.date_known,
    )


def track(
    reading: Reading,
    settings: TrackerSettings | None = None,
    step: Step | None = None,
    smooth: bool = False,
) -> Tracked:
    """Return the tracks of a prepared reading; ``step`` is told how far it is.

    ``smooth``: each state from all plots of its track, later ones included, from the first one on.
    """
    values = reading.contents.values
    origin_deg = _origin_deg(reading)
    origin = None
    if origin_deg is not None:
        origin = math.radians(origin_deg[0]), math.radians(origin_deg[1]), origin_deg[2]
    tracker = Tracker(reading.sensors, settings, origin)
    tracker.chains = Chains()
    told, shown, of_plots = [], [], []
    plots = reading.plots
    cuts, pictures = _cuts(plots, origin_deg is not None, values.get("duration_s"))
    begin = 0
    for k, end in enumerate(cuts):
        told.append(tracker.update(plots.rows(slice(begin, end))))
        of_plots.append(tracker.chains.told)
        begin = end
        if pictures is not None:
            told.append(tracker.flush())
            of_plots.append(tracker.chains.told)
            shown.append(tracker.picture(float(pictures[k])))
        if step:
            step("tracking", (k + 1) / len(cuts))
    told.append(tracker.flush())
    of_plots.append(tracker.chains.told)
    tracks = join(told)
    filtered = _newest(tracks)
    smoothed = None
    if smooth:
        smoother = Smoother(reading.sensors, settings, origin)
        smoothed = smoother.smooth(plots, tracks, np.concatenate(of_plots), tracker.chains)
    estimates = None
    if pictures is not None:
        picture = join(shown)
        estimates = at_seconds(picture, tracker.flat_positions_m(picture))
        if smoothed is not None:
            places_m = tracker.flat_positions_m(smoothed)
            estimates = between(smoothed, places_m, pictures, estimates)
    return Tracked(
        plots=plots,
        tracks=filtered if smoothed is None else smoothed,
        sensors=list(reading.sensors),
        used=tracker.used,
        refused=tracker.refused,
        origin_deg=origin_deg,
        estimates=estimates,
        warnings=doubts(plots, reading.sensors),
        filtered=None if smoothed is None else filtered,
    )


def doubts(plots: Plots, sensors: Sequence[Sensor]) -> list[str]:
    """Return a sentence for each source whose reported places cannot belong to their times.

    Between two reports of one address, an aircraft covers less than ``FASTEST_MPS`` times the time
    that passed; a recording that was written faster than it was flown breaks that everywhere.
    """
    told = []
    geodetic = (plots.geometry == Geometry.GEODETIC) & (plots.mode_s >= 0)
    for row, sensor in enumerate(sensors):
        mine = plots.rows(geodetic & (plots.sensor == row) & np.isfinite(plots.latitude_rad))
        if len(mine) < FEWEST_REPORTS:
            continue
        mine = mine.rows(np.lexsort((mine.time_s, mine.mode_s)))
        points = geodetic_to_ecef(mine.latitude_rad, mine.longitude_rad, 0.0)
        same = np.diff(mine.mode_s) == 0
        moved_m = np.linalg.norm(np.diff(points, axis=0), axis=1)[same]
        too_fast = moved_m > 200.0 + FASTEST_MPS * np.diff(mine.time_s)[same]
        if too_fast.mean() > MOST_TOO_FAST:
            told.append(
                f"{sensor.name}: {too_fast.mean():.0%} of the reports lie farther apart than any "
                "aircraft flies in the time between them; the times cannot be those of the flight, "
                "and the tracks cannot be trusted"
            )
    return told


def _newest(tracks: Tracks) -> Tracks:
    """Return the tracks with one state for one time: the last, where plots came together."""
    order = np.lexsort((np.arange(len(tracks)), tracks.time_s, tracks.status, tracks.track_number))
    same = np.diff(tracks.track_number[order]) == 0
    same &= np.diff(tracks.time_s[order]) == 0
    same &= np.diff(tracks.status[order]) == 0
    return tracks.rows(np.sort(order[np.append(~same, True)])) if len(order) else tracks


def _rows_of(sensors: Sequence[Sensor], only: Sequence[str]) -> list[int]:
    rows = []
    for word in only:
        mine = [i for i, s in enumerate(sensors) if word in (*names_of(s), s.kind)]
        if not mine:
            known = sorted({name for s in sensors for name in (s.name, s.kind)})
            raise InputError("--only", repr(word), "one of " + ", ".join(known))
        rows += mine
    return rows


def _origin_deg(reading: Reading) -> tuple[float, float, float] | None:
    if not any(sensor.flat_enu_m is not None for sensor in reading.sensors):
        return None
    latitude, longitude, height = reading.contents.values.get("origin_deg", (0.0, 0.0, 0.0))
    return float(latitude), float(longitude), float(height)


def _cuts(
    plots: Plots, is_flat: bool, duration_s: float | None
) -> tuple[list[int], npt.NDArray[np.float64] | None]:
    """Return where to cut the plots and, for a flat scene, the time of the picture at each cut."""
    if not is_flat:
        ends = list(range(CHUNK, len(plots), CHUNK))
        return [*ends, len(plots)], None
    last_s = duration_s if duration_s is not None else float(np.nanmax(plots.time_s))
    seconds = np.arange(1.0, math.floor(last_s) + 1.0)
    cuts = np.searchsorted(plots.time_s, seconds, side="right")
    return cuts.tolist(), seconds

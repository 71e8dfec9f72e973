"""Real traffic as tracks: state vectors of the OpenSky Network, system tracks of a centre.

Nobody in these recordings is hostile.  They are assessed as they answer, and once more with every
answer taken away, as a primary radar alone would have them: the hardest case for civil safety.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import pathlib

import numpy as np

from jointsky.assess.areas import Areas
from jointsky.recording.read import read_all
from jointsky.records.plots import PlotFlag
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS

EVERY_S = 10.0
SPREAD = np.diag([100.0**2, 100.0**2, 60.0**2, 5.0**2, 5.0**2, 2.0**2])
SURE, KEPT = int(PlotFlag.MODE_S | PlotFlag.COOPERATIVE), int(PlotFlag.PRIMARY)


@dataclasses.dataclass
class Real:
    """A real recording in pictures; an empty sky of areas; one radar that asks everyone."""

    tracks: Tracks
    sensors: list[Sensor]

    areas = Areas([])

    def pictures(self):
        """Yield (time, tracks, no reports) every ten seconds."""
        picture = np.floor(self.tracks.time_s / EVERY_S)
        order = np.argsort(self.tracks.time_s, kind="stable")
        cuts = np.flatnonzero(np.diff(picture[order])) + 1
        for part in np.split(order, cuts):
            rows = self.tracks.rows(part)
            _, last = np.unique(rows.track_number[::-1], return_index=True)
            yield float(rows.time_s.max()), rows.rows(np.sort(len(rows) - 1 - last)), NOBODY_SAYS

    def silent(self) -> Real:
        """Return the same with every answer taken away."""
        n = len(self.tracks)
        nothing = self.tracks.replace(
            mode_s=np.full(n, -1), mode_a=np.full(n, -1), call_sign=np.full(n, ""),
            flags=np.full(n, KEPT), pressure_altitude_m=np.full(n, np.nan),
        )  # fmt: skip
        return Real(nothing, self.sensors)


NOBODY_SAYS = Reports.make(0)


def asking(latitude_rad: float, longitude_rad: float) -> Sensor:
    """Return a secondary radar in the middle of the traffic."""
    return Sensor(
        name="middle", kind="ssr", latitude_rad=latitude_rad, longitude_rad=longitude_rad,
        height_m=2000.0, rotation_period_s=8.0, range_max_m=450_000.0,
    )  # fmt: skip


def opensky(path: pathlib.Path) -> Real:
    """Return state vectors of the OpenSky Network as tracks; each aircraft is one track."""
    with gzip.open(path) as file:
        rows = [r for r in json.load(file) if r["latitude"] is not None]

    def column(name):
        return np.array([np.nan if r.get(name) is None else r[name] for r in rows], np.float64)

    speed, course = column("groundspeed") * KNOT_MPS, np.radians(column("track"))
    height = column("altitude") * FOOT_M
    good = np.isfinite(speed) & np.isfinite(course) & np.isfinite(height)
    address = np.array([int(r["icao24"], 16) for r in rows])
    n = int(good.sum())
    tracks = Tracks.make(
        n,
        time_s=(column("timestamp") / 1000.0)[good],
        track_number=address[good],
        latitude_rad=np.radians(column("latitude"))[good],
        longitude_rad=np.radians(column("longitude"))[good],
        height_m=height[good],
        ve_mps=(speed * np.sin(course))[good],
        vn_mps=(speed * np.cos(course))[good],
        vu_mps=np.nan_to_num(column("vertical_rate") * FOOT_PER_MINUTE_MPS)[good],
        covariance=SPREAD,
        existence=0.999,
        plots=np.arange(n, dtype=np.int32) + 10,
        mode_s=address[good].astype(np.int32),
        call_sign=np.array([str(r.get("callsign") or "")[:8] for r in rows])[good],
        flags=SURE,
        sensors=np.zeros((n, 1), np.uint64),
    )
    middle = float(np.median(tracks.latitude_rad)), float(np.median(tracks.longitude_rad))
    return Real(tracks, [asking(*middle)])


def system_tracks(path: pathlib.Path) -> Real:
    """Return system tracks (ASTERIX CAT062) of a recording as tracks."""
    tracks = read_all([path]).tracks
    good = np.isfinite(tracks.latitude_rad) & np.isfinite(tracks.ve_mps)
    tracks = tracks.rows(good & (tracks.status != 3))
    n = len(tracks)
    height = np.where(np.isfinite(tracks.height_m), tracks.height_m, tracks.pressure_altitude_m)
    spread = np.broadcast_to(SPREAD, (n, 6, 6)).copy()
    spread[~np.isfinite(height), 2, 2] = 9000.0**2
    tracks = tracks.replace(
        covariance=spread, height_m=height, vu_mps=np.nan_to_num(tracks.vu_mps),
        existence=np.full(n, 0.999), plots=np.full(n, 20),
        status=np.where(tracks.status == 0, 1, tracks.status), sensors=np.zeros((n, 1), np.uint64),
    )  # fmt: skip
    middle = float(np.median(tracks.latitude_rad)), float(np.median(tracks.longitude_rad))
    return Real(tracks, [asking(*middle)])

"""What both pictures start from: tracks in order, everything placed, the time span, the extent."""

from __future__ import annotations

import dataclasses
import datetime
import itertools

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.pictures import positions, projection
from jointsky.pictures.options import PictureOptions
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]

NARROWEST_M = 1000.0
GAP_TIMES = 6.0  # a track's line is broken where it is not told for so many of its own steps
GAP_AT_LEAST_S = 30.0


@dataclasses.dataclass(frozen=True)
class Scene:
    """Tracks and plots that can be placed; ``xy`` columns are longitude and latitude in radians.

    In a flat scene they are east and north in metres.  ``starts`` (k + 1,) are the first rows of
    the k tracks; rows of one track stand together, in time.
    """

    flat: bool
    tracks: Tracks
    track_xy: Floats
    starts: npt.NDArray[np.int64]
    plots: Plots
    plot_xy: Floats
    sensors: list[Sensor]
    sensor_xy: Floats
    unplaced_plots: int
    begin_s: float
    end_s: float

    @property
    def lasts(self) -> npt.NDArray[np.int64]:
        """Return the last row of each track."""
        return self.starts[1:] - 1

    def height_m(self) -> Floats:
        """Return the height of each track row, pressure altitude where nothing better is known."""
        return np.where(
            np.isfinite(self.tracks.height_m), self.tracks.height_m, self.tracks.pressure_altitude_m
        )

    def pieces(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return first and last rows of the unbroken pieces of all tracks."""
        if len(self.tracks) == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        breaks = np.flatnonzero(~self.is_joined())
        return np.concatenate([[0], breaks + 1]), np.concatenate([breaks, [len(self.tracks) - 1]])

    def is_joined(self) -> npt.NDArray[np.bool_]:
        """Return for each row but the last whether a line leads from it to the next row."""
        n = len(self.tracks)
        if n < 2:
            return np.zeros(max(n - 1, 0), bool)
        step_s = np.diff(self.tracks.time_s)
        joined = np.ones(n - 1, bool)
        for first, end in itertools.pairwise(self.starts):
            own = step_s[first : end - 1]
            if len(own):
                joined[first : end - 1] = own <= max(GAP_AT_LEAST_S, GAP_TIMES * np.median(own))
        joined[self.starts[1:-1] - 1] = False
        return joined


def build(
    plots: Plots, tracks: Tracks, sensors: list[Sensor], options: PictureOptions | None = None
) -> Scene:
    """Return the scene of a recording: rows without time or position are left out and counted."""
    options = options or PictureOptions()
    flat = positions.is_flat(sensors)
    track_xy = _track_xy(tracks, flat, options)
    good = np.isfinite(tracks.time_s) & np.isfinite(track_xy).all(axis=1)
    order = np.flatnonzero(good)
    keys = (tracks.time_s[order], tracks.track_number[order], tracks.source[order])
    order = order[np.lexsort(keys)]
    tracks, track_xy = tracks.rows(order), track_xy[order]
    change = (np.diff(tracks.track_number) != 0) | (np.diff(tracks.source) != 0)
    starts = np.concatenate([[0], np.flatnonzero(change) + 1, [len(tracks)]]).astype(np.int64)
    if len(tracks) == 0:
        starts = np.zeros(1, np.int64)
    plot_xy = positions.plot_positions(plots, sensors, flat)
    placed = np.isfinite(plots.time_s) & np.isfinite(plot_xy).all(axis=1)
    times = np.concatenate([tracks.time_s, plots.time_s[np.isfinite(plots.time_s)]])
    return Scene(
        flat=flat,
        tracks=tracks,
        track_xy=track_xy,
        starts=starts,
        plots=plots.rows(placed),
        plot_xy=plot_xy[placed],
        sensors=sensors,
        sensor_xy=positions.sensor_positions(sensors, flat),
        unplaced_plots=int(len(plots) - placed.sum()),
        begin_s=float(times.min()) if len(times) else 0.0,
        end_s=float(times.max()) if len(times) else 0.0,
    )


def _track_xy(tracks: Tracks, flat: bool, options: PictureOptions) -> Floats:
    xy = np.column_stack([tracks.longitude_rad, tracks.latitude_rad])
    if not flat or len(tracks) == 0:
        return xy
    latitude, longitude = np.radians(options.flat_origin_deg)
    low, high = (
        geodesy.ecef_to_enu(
            geodesy.geodetic_to_ecef(tracks.latitude_rad, tracks.longitude_rad, height_m),
            float(latitude),
            float(longitude),
            0.0,
        )
        for height_m in (0.0, 1000.0)
    )
    part = low[:, 2] / (low[:, 2] - high[:, 2])  # where the vertical meets the scene's plane
    return np.asarray((low + part[:, None] * (high - low))[:, :2])


def projection_of(scene: Scene, options: PictureOptions) -> projection.Projection:
    """Return the projection about the middle of what is to be seen."""
    if scene.flat:
        return projection.Projection(0.0, 0.0, "flat")
    if options.extent_deg is not None:
        south, west, north, east = np.radians(options.extent_deg)
        return projection.about(np.array([[west, south], [east, north]]))
    return projection.about(_without_strays(_main_xy(scene), scene.flat))


def extent_m(
    scene: Scene, plane: projection.Projection, options: PictureOptions, aspect: float
) -> tuple[float, float, float, float]:
    """Return west, south, east, north in metres of the plane, ``aspect`` times as wide as high."""
    if options.extent_deg is not None and not scene.flat:
        south, west, north, east = np.radians(options.extent_deg)
        corners = [[west, south], [west, north], [east, south], [east, north]]
        points = plane.forward(corners)
        return fit(points.min(axis=0), points.max(axis=0), aspect, margin=0.0)
    main = plane.forward(_without_strays(_main_xy(scene), scene.flat))
    if len(main) == 0:
        main = np.zeros((1, 2))
    low, high = main.min(axis=0), main.max(axis=0)
    for site in plane.forward(scene.sensor_xy):
        if np.isfinite(site).all():
            wider_low, wider_high = np.minimum(low, site), np.maximum(high, site)
            area = np.prod(np.maximum(high - low, NARROWEST_M))
            if np.prod(np.maximum(wider_high - wider_low, NARROWEST_M)) <= 2.0 * area:
                low, high = wider_low, wider_high
    return fit(low, high, aspect, margin=0.06)


def _main_xy(scene: Scene) -> Floats:
    """Return what the picture is about: the tracks, else the plots, else the sensors."""
    for xy in (scene.track_xy, scene.plot_xy, scene.sensor_xy):
        found = xy[np.isfinite(xy).all(axis=1)]
        if len(found):
            return found
    return np.zeros((0, 2))


def _without_strays(xy: Floats, flat: bool) -> Floats:
    """Return the points without those far outside the middle 99.6 % of each axis."""
    if len(xy) < 50:
        return xy
    around = xy.copy()
    if not flat:
        middle = projection.middle_longitude_rad(xy[:, 0])
        around[:, 0] = np.remainder(xy[:, 0] - middle + np.pi, 2 * np.pi) - np.pi
    low, high = np.percentile(around, [0.2, 99.8], axis=0)
    reach = 0.25 * (high - low)
    return xy[np.all((around >= low - reach) & (around <= high + reach), axis=1)]


def fit(
    low: Floats, high: Floats, aspect: float, margin: float
) -> tuple[float, float, float, float]:
    """Return an extent ``aspect`` times as wide as high about two corners, with a margin."""
    middle, size = 0.5 * (low + high), np.maximum(high - low, 0.0) * (1.0 + 2.0 * margin)
    width = max(size[0], size[1] * aspect, NARROWEST_M)
    height = width / aspect
    return (
        float(middle[0] - width / 2),
        float(middle[1] - height / 2),
        float(middle[0] + width / 2),
        float(middle[1] + height / 2),
    )


def when(time_s: float) -> datetime.datetime:
    """Return POSIX seconds as a UTC date and time, kept within what a calendar can hold."""
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return epoch + datetime.timedelta(seconds=float(np.clip(time_s, -6e10, 2.5e11)))


def span_text(begin_s: float, end_s: float) -> str:
    """Return a time span in words; day 1970-01-01 stands for a date that nobody knows."""
    begin, end = when(begin_s), when(end_s)
    if begin.year == 1970:
        day = "time of day, date not known"
        return f"{begin:%H:%M:%S} to {end:%H:%M:%S} ({day})"
    if begin.date() == end.date():
        return f"{begin:%Y-%m-%d, %H:%M:%S} to {end:%H:%M:%S} UTC"
    return f"{begin:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} UTC"

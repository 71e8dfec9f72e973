"""Made skies for the tests of the tracker: flights with known states, and what sensors see of them.

A flight's path gives its state (east, north, up, ve, vn, vu), metres and metres a second, about
the sky's origin.  A sky is flat or lies on the earth; there, straight paths are straight in space.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from jointsky.earth import geodesy
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking.tracker import Tracker

G_MPS2 = 9.80665


def straight(start_m, velocity_mps):
    """Return a path of constant velocity."""
    start, velocity = np.array(start_m, float), np.array(velocity_mps, float)

    def path(time_s):
        time_s = np.asarray(time_s, float)
        return np.hstack([start + np.outer(time_s, velocity), np.tile(velocity, (len(time_s), 1))])

    return path


def turning(start_m, velocity_mps, begins_s, lateral_g, angle_rad):
    """Return a path with one level turn to the right, of so many g and through such an angle."""
    speed = math.hypot(velocity_mps[0], velocity_mps[1])
    rate = lateral_g * G_MPS2 / speed
    first = straight(start_m, velocity_mps)
    at = first([begins_s])[0]
    heading = math.atan2(velocity_mps[0], velocity_mps[1])

    def arc(since_s):
        now = heading + rate * since_s
        radius = speed / rate
        place = at[:3] + np.column_stack(
            [
                radius * (math.cos(heading) - np.cos(now)),
                radius * (np.sin(now) - math.sin(heading)),
                np.zeros_like(since_s),
            ]
        )
        velocity = [speed * np.sin(now), speed * np.cos(now), np.zeros_like(since_s)]
        return np.hstack([place, np.column_stack(velocity)])

    lasts_s = angle_rad / rate
    end = arc(np.array([lasts_s]))[0]
    last = straight(end[:3], end[3:])

    def path(time_s):
        time_s = np.asarray(time_s, float)[:, None]
        since = time_s[:, 0] - begins_s
        state = np.where(time_s < begins_s, first(time_s[:, 0]), arc(since))
        return np.where(since[:, None] > lasts_s, last(since - lasts_s), state)

    return path


@dataclasses.dataclass(frozen=True)
class Flight:
    """One target: its path, when it is there, and what it answers."""

    path: Callable
    begins_s: float = 0.0
    ends_s: float = math.inf
    mode_s: int = -1
    mode_a: int = -1
    silent_s: tuple[float, float] = (math.inf, -math.inf)  # nobody sees it in between


@dataclasses.dataclass(frozen=True)
class Sky:
    """Where the origin lies, degrees and metres; a flat sky has no earth under it."""

    latitude_deg: float = 52.0
    longitude_deg: float = 21.0
    is_flat: bool = False

    @property
    def origin(self):
        return math.radians(self.latitude_deg), math.radians(self.longitude_deg), 0.0

    def radar(self, east_m=0.0, north_m=0.0, up_m=50.0, kind="radar", **given):
        """Return a radar in this sky; it turns in 4 s and is good to 50 m and 0.08 degrees."""
        values = {
            "name": f"radar {east_m:.0f} {north_m:.0f}",
            "rotation_period_s": 4.0,
            "range_max_m": 250e3,
            "range_sigma_m": 50.0,
            "azimuth_sigma_rad": math.radians(0.08),
            "elevation_sigma_rad": math.radians(0.1),
            "doppler_sigma_mps": 1.0,
            "detection_probability": 0.95,
            "false_plots_per_turn": 1.0,
        } | given
        if self.is_flat:
            return Sensor(kind=kind, flat_enu_m=(east_m, north_m, up_m), **values)
        ecef = geodesy.enu_to_ecef([[east_m, north_m, 0.0]], *self.origin)
        latitude, longitude, _ = (float(v[0]) for v in geodesy.ecef_to_geodetic(ecef))
        place = {"latitude_rad": latitude, "longitude_rad": longitude, "height_m": up_m}
        return Sensor(kind=kind, **place, **values)

    def in_frame(self, enu):
        """Return states (n, 6) of paths in the tracker's frame."""
        if self.is_flat:
            return enu
        velocity = enu[:, 3:] @ geodesy.enu_rotation(*self.origin[:2])
        return np.hstack([geodesy.enu_to_ecef(enu[:, :3], *self.origin), velocity])

    def geodetic(self, enu):
        """Return latitude, longitude (radians) and height of states (n, 6) of paths."""
        if self.is_flat:
            level = enu[:, :3] * [1.0, 1.0, 0.0]
            ecef = geodesy.enu_to_ecef(level, *self.origin)
            latitude, longitude, _ = geodesy.ecef_to_geodetic(ecef)
            return latitude, longitude, enu[:, 2]
        return geodesy.ecef_to_geodetic(self.in_frame(enu)[:, :3])

    def from_sensor(self, sensor, enu):
        """Return states (n, 6) of paths in the sensor's own east, north, up frame."""
        state = self.in_frame(enu)
        if self.is_flat:
            return state - np.array([*sensor.flat_enu_m, 0.0, 0.0, 0.0])
        site = sensor.latitude_rad, sensor.longitude_rad, sensor.height_m
        turn = geodesy.enu_rotation(*site[:2])
        return np.hstack([geodesy.ecef_to_enu(state[:, :3], *site), state[:, 3:] @ turn.T])

    def tracker(self, sensors, settings=None):
        return Tracker(sensors, settings, self.origin if self.is_flat else None)


def scans(
    rng, sky, sensor, row, flights, end_s, elevation=True, doppler=False, mode_c=False, noise=1.0
):
    """Return what a turning radar sees of the flights from 0 to ``end_s``."""
    period = sensor.rotation_period_s
    phase_s = period * ((0.37 * row) % 1.0)
    seen = []
    for flight in flights:
        start = np.arange(-period + phase_s, end_s + period, period)
        time = start.copy()
        for _ in range(6):  # when does the beam meet it?
            at = sky.from_sensor(sensor, flight.path(time))
            time = start + period * (np.arctan2(at[:, 0], at[:, 1]) / (2 * np.pi) % 1.0)
        there = (time >= max(flight.begins_s, 0.0)) & (time < min(flight.ends_s, end_s))
        there &= (time < flight.silent_s[0]) | (time > flight.silent_s[1])
        there &= rng.random(len(time)) < sensor.detection_probability
        time = time[there]
        state = sky.from_sensor(sensor, flight.path(time))
        slant, azimuth, above = geodesy.enu_to_polar(state[:, :3])
        near = slant < sensor.range_max_m
        time, state, slant, azimuth, above = (v[near] for v in (time, state, slant, azimuth, above))
        n = len(time)
        error = noise * rng.normal(size=(5, n))
        rate = (state[:, :3] * state[:, 3:]).sum(1) / slant
        height = sky.geodetic(flight.path(time))[2]
        nothing = np.full(n, np.nan)
        seen.append(
            Plots.make(
                n,
                time_s=time,
                sensor=row,
                geometry=int(Geometry.POLAR),
                range_m=slant + error[0] * sensor.range_sigma_m,
                azimuth_rad=(azimuth + error[1] * sensor.azimuth_sigma_rad) % (2 * np.pi),
                elevation_rad=above + error[2] * sensor.elevation_sigma_rad
                if elevation
                else nothing,
                doppler_mps=rate + error[3] * sensor.doppler_sigma_mps if doppler else nothing,
                pressure_altitude_m=height + 7.6 * error[4] if mode_c else nothing,
                mode_s=flight.mode_s,
                mode_a=flight.mode_a,
                flags=int(PlotFlag.PRIMARY),
            )
        )
    return join(seen)


def clutter(rng, sensor, row, per_turn, end_s, elevation=True):
    """Return false plots, uniform in range, azimuth and elevation up to 15 degrees."""
    n = rng.poisson(per_turn * end_s / sensor.rotation_period_s)
    time = np.sort(rng.uniform(0.0, end_s, n))
    turn = (time / sensor.rotation_period_s - (0.37 * row)) % 1.0
    return Plots.make(
        n,
        time_s=time,
        sensor=row,
        geometry=int(Geometry.POLAR),
        range_m=rng.uniform(1e3, sensor.range_max_m, n),
        azimuth_rad=2 * np.pi * turn,
        elevation_rad=np.radians(rng.uniform(0.0, 15.0, n)) if elevation else np.full(n, np.nan),
        flags=int(PlotFlag.PRIMARY),
    )


def reports(rng, sky, row, flights, end_s, every_s=1.0, sigma_m=15.0):
    """Return what the flights themselves send (ADS-B): place, velocity, altitude, address."""
    sent = []
    for k, flight in enumerate(flights):
        time = np.arange(0.1 + 0.137 * k % every_s, end_s, every_s)
        time = time[(time >= flight.begins_s) & (time < flight.ends_s)]
        state = flight.path(time)
        n = len(time)
        state = np.hstack([state[:, :2] + sigma_m * rng.normal(size=(n, 2)), state[:, 2:]])
        latitude, longitude, height = sky.geodetic(state)
        local = state[:, 3:]
        if not sky.is_flat:
            places = zip(latitude, longitude, strict=True)
            axes = np.array([geodesy.enu_rotation(*place) for place in places]).reshape(-1, 3, 3)
            local = np.einsum("nij,nj->ni", axes, sky.in_frame(state)[:, 3:])
        sent.append(
            Plots.make(
                n,
                time_s=time,
                sensor=row,
                geometry=int(Geometry.GEODETIC),
                latitude_rad=latitude,
                longitude_rad=longitude,
                pressure_altitude_m=height,
                east_sigma_m=sigma_m,
                north_sigma_m=sigma_m,
                ve_mps=local[:, 0],
                vn_mps=local[:, 1],
                mode_s=flight.mode_s,
                flags=int(PlotFlag.COOPERATIVE | PlotFlag.MODE_S),
            )
        )
    return join(sent)


def in_time(*parts):
    """Return plots of all parts in order of time."""
    plots = join(parts)
    return plots.rows(np.argsort(plots.time_s, kind="stable"))


def tracked(tracker, plots):
    """Return all that the tracker tells of the plots."""
    return join([tracker.update(plots), tracker.flush()])


def flat_m(sky, tracks):
    """Return east and north (n, 2): where each track's vertical meets the plane of a flat sky."""
    places = tracks.latitude_rad, tracks.longitude_rad
    foot, above = (
        geodesy.ecef_to_enu(geodesy.geodetic_to_ecef(*places, h), *sky.origin) for h in (0.0, 1.0)
    )
    vertical = above - foot
    return (foot - vertical * (foot[:, 2:] / vertical[:, 2:]))[:, :2]


def errors(sky, tracks, flight):
    """Return east, north, up, ve, vn, vu (n, 6): tracks less the flight, in the tracks' axes."""
    truth = flight.path(tracks.time_s)
    latitude, longitude, height = sky.geodetic(truth)
    east = (tracks.longitude_rad - longitude + np.pi) % (2 * np.pi) - np.pi
    if sky.is_flat:
        place = flat_m(sky, tracks) - truth[:, :2]
        speed = truth[:, 3:]
    else:
        radius = geodesy.mean_radius_of_curvature_m(float(np.mean(latitude))) + height
        north = tracks.latitude_rad - latitude
        place = np.column_stack([radius * np.cos(latitude) * east, radius * north])
        turns = [geodesy.enu_rotation(*p) for p in zip(latitude, longitude, strict=True)]
        speed = np.einsum(
            "nij,nj->ni", np.array(turns).reshape(-1, 3, 3), sky.in_frame(truth)[:, 3:]
        )
    velocity = np.column_stack([tracks.ve_mps, tracks.vn_mps, tracks.vu_mps])
    return np.column_stack([place, tracks.height_m - height, velocity - speed])


def owners(sky, tracks, flights, within_m=2000.0):
    """Return for each row of the tracks which flight is nearest (-1: none within reach)."""
    away = np.array([np.linalg.norm(errors(sky, tracks, f)[:, :2], axis=1) for f in flights])
    there = np.array([(tracks.time_s >= f.begins_s) & (tracks.time_s < f.ends_s) for f in flights])
    away = np.where(there, away, np.inf)
    return np.where(away.min(0) < within_m, away.argmin(0), -1)

"""Skies for the tests of registration: radars with known errors, common flights, what they send."""

import math

import numpy as np

from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking.registration import Registration
from jointsky.tracking.registration_applied import shifted
from tracking.skies import Flight, scans, straight, turning

PLACES_M = ((-40e3, -10e3), (45e3, 5e3), (0.0, 55e3), (-30e3, -60e3))
PERIODS_S = (4.0, 5.0, 6.3, 7.7)


def degrees(range_m=0.0, azimuth=0.0, elevation=0.0, clock_s=0.0):
    """Return errors of a radar (4,), angles given in degrees."""
    return np.array([range_m, math.radians(azimuth), math.radians(elevation), clock_s])


def radars(sky, n=3, **given):
    """Return radars around the origin."""
    return [
        sky.radar(*place, name=f"radar-{k}", rotation_period_s=period, **given)
        for k, (place, period) in enumerate(zip(PLACES_M[:n], PERIODS_S, strict=False))
    ]


def flights(rng, n=16, turns=0.3):
    """Return flights through the middle, some of which turn."""
    made = []
    for k in range(n):
        start = np.append(rng.uniform(-60e3, 60e3, 2), rng.uniform(3e3, 11e3))
        speed, heading = rng.uniform(150, 250), rng.uniform(0, 2 * np.pi)
        velocity = speed * np.array([math.sin(heading), math.cos(heading), 0.0])
        path = straight(start, velocity)
        if rng.random() < turns:
            path = turning(start, velocity, rng.uniform(20, 90), rng.uniform(0.2, 1.0), 1.5)
        made.append(Flight(path, mode_s=0x400000 + k))
    return made


def seen(rng, sky, sensors, paths, errors, end_s, identity=False, **given):
    """Return what radars with ``errors`` (R, 4) tell of the flights."""
    parts = []
    for row, sensor in enumerate(sensors):
        plots = scans(rng, sky, sensor, row, paths, end_s, **given)
        plots = plots.replace(mode_a=-1, mode_s=plots.mode_s if identity else -1)
        parts.append(shifted(plots, np.tile(errors[row], (len(plots), 1))))
    return in_time(join(parts))


def sent(rng, sky, row, paths, end_s, latency_s=0.0):
    """Return what the flights send of themselves every 2 s, and the sensor that hears it."""
    parts = []
    for flight in paths:
        time = np.arange(rng.uniform(0, 2), end_s, 2.0)
        state = flight.path(time - latency_s)
        latitude, longitude, height = sky.geodetic(state)
        parts.append(
            Plots.make(
                len(time),
                time_s=time,
                sensor=row,
                geometry=int(Geometry.GEODETIC),
                latitude_rad=latitude + rng.normal(size=len(time)) * 15.0 / 6.37e6,
                longitude_rad=longitude + rng.normal(size=len(time)) * 15.0 / 3.9e6,
                height_m=height + rng.normal(size=len(time)) * 10.0,
                east_sigma_m=15.0,
                north_sigma_m=15.0,
                height_sigma_m=10.0,
                ve_mps=state[:, 3],
                vn_mps=state[:, 4],
                mode_s=flight.mode_s,
                flags=int(PlotFlag.COOPERATIVE | PlotFlag.MODE_S),
            )
        )
    return in_time(join(parts)), Sensor(name="receiver", kind="adsb")


def in_time(plots):
    """Return plots in order of time."""
    return plots.rows(np.argsort(plots.time_s, kind="stable"))


def registered(sky, sensors, plots, end_s, settings=None, owned=None):
    """Return a registration that was given plots second by second, and its events."""
    owned = range(len(sensors)) if owned is None else owned
    made = Registration(sensors, owned, settings, 0.0, sky.origin if sky.is_flat else None)
    events = []
    for now_s in np.arange(1.0, end_s + 16.0):
        begin_s = now_s - 1.0 if now_s > 1.0 else -np.inf  # a clock may be slow
        first, last = np.searchsorted(plots.time_s, [begin_s, now_s])
        made.take(plots.rows(slice(first, last)), float(now_s))
        events += made.advance(float(now_s))
    return made, events


def found(made, row=None):
    """Return estimate, standard error and observable by (row, component)."""
    return {
        (one.row, one.component): one for one in made.estimates() if row is None or one.row == row
    }


def normalised(made, errors):
    """Return the squared error of all estimates, of so many degrees of freedom, normalised."""
    estimates = made.estimates()
    names = ("range", "azimuth", "elevation", "clock")
    at = [made.errors.at[one.row] + names.index(one.component) for one in estimates]
    true = [errors[one.row][names.index(one.component)] for one in estimates]
    apart = made.errors.mean[at] - true
    return float(apart @ np.linalg.solve(made.errors.cov[np.ix_(at, at)], apart)), len(at)

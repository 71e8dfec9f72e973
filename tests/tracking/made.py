"""Made inputs for the twins of the tracker's kernels: random states, worlds, books."""

import math

import numpy as np

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.admission import Ordered
from jointsky.tracking.arrays import World
from jointsky.tracking.frame import MapPlane, map_plane
from jointsky.tracking.preparation import plot_arrays, traits
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.world import make_world
from tracking.naive import body_of
from tracking.skies import Sky

SETTINGS = TrackerSettings()
POLAR, LOCAL, GEODETIC, BEARING = Geometry
NAN = math.nan
FLAT, EARTH = Sky(54.3, 26.1, is_flat=True), Sky(54.3, 26.1)
SIGMAS = np.array([60.0, 60.0, 60.0, 12.0, 12.0, 12.0, 0.02])


def a_covariance(rng, sigmas=SIGMAS):
    """Return a random positive covariance with standard errors about ``sigmas``."""
    a = rng.normal(size=(len(sigmas), len(sigmas)))
    correlations = a @ a.T / len(sigmas) + 0.1 * np.eye(len(sigmas))
    return np.outer(sigmas, sigmas) * correlations


def a_direction(rng):
    """Return a random unit vector."""
    v = rng.normal(size=3)
    return v / np.linalg.norm(v)


def a_body(rng, x=None, weight=1.0, spread=1.0):
    """Return a model's row, its state near ``x`` (7,)."""
    if x is None:
        x = np.concatenate([1e5 * rng.normal(size=3), 150 * rng.normal(size=3), [0.0]])
    error = spread * SIGMAS * rng.normal(size=7)
    return body_of(x + error, a_covariance(rng), weight)


def some_bodies(rng, x=None, resting=()):
    """Return the rows of all models of one target (M, BODY); those in ``resting`` have no weight.

    What is in a row of no weight must not matter: it is nonsense.
    """
    if x is None:
        x = np.concatenate([1e5 * rng.normal(size=3), 80 * rng.normal(size=3), [0.0]])
    bodies = np.array([a_body(rng, x) for _ in range(layout.MODELS)])
    bodies[:, layout.WEIGHT] = rng.dirichlet(np.full(layout.MODELS, 0.7))
    for m in resting:
        bodies[m] = 1e3 * rng.normal(size=layout.BODY)
        bodies[m, layout.WEIGHT] = 0.0
    bodies[:, layout.WEIGHT] /= bodies[:, layout.WEIGHT].sum()
    return bodies


def plane_of(sky) -> MapPlane:
    """Return the map of the index about a sky's origin."""
    return map_plane(sky.tracker([sky.radar()]).frame, *sky.origin[:2])


def a_world(sky, sensors, settings=SETTINGS) -> World:
    """Return what the kernels read, for sensors of a sky."""
    frame = sky.tracker(sensors).frame
    return make_world(sensors, frame, plane_of(sky), settings, np.full(len(sensors), np.nan))


def arrays_of(sky, sensors, plots, settings=SETTINGS):
    """Return plots as the kernels read them: floats (P, PLOT_FLOATS) and ints (P, PLOT_INTS)."""
    frame = sky.tracker(sensors).frame
    rows = traits(sensors, frame), a_world(sky, sensors, settings).sensors
    nobody = np.full(len(plots), -1, np.int32)
    taken = Ordered(plots, np.arange(len(plots)), plots.time_s)
    return plot_arrays(taken, nobody, frame, plane_of(sky), rows, settings, 0.0)


def radar_of(sky):
    return sky.radar(1200.0, -800.0, 90.0)


def a_plot(rng, sky, kind, enu, what=""):
    """Return one plot of a target at ``enu`` from the sky's origin, with some error.

    ``what`` names what it measures beside the place: height, elevation, doppler, velocity.
    """
    sensor, state = radar_of(sky), np.concatenate([enu, np.zeros(3)])[None]
    slant, azimuth, rise = geodesy.enu_to_polar(sky.from_sensor(sensor, state)[:, :3])
    latitude, longitude, height = sky.geodetic(state)
    near = sky.from_sensor(sensor, state)[0]
    return Plots.make(
        1,
        time_s=1.0,
        sensor=0,
        geometry=int(kind),
        range_m=slant + 40 * rng.normal(),
        azimuth_rad=(azimuth + 0.002 * rng.normal()) % (2 * np.pi),
        elevation_rad=rise + 0.003 * rng.normal() if "elevation" in what else NAN,
        doppler_mps=rng.normal(0, 200) if "doppler" in what else NAN,
        east_m=near[0] + 30 * rng.normal(),
        north_m=near[1] + 70 * rng.normal(),
        latitude_rad=latitude,
        longitude_rad=longitude,
        pressure_altitude_m=height + 50 * rng.normal() if "height" in what else NAN,
        ve_mps=rng.normal(0, 100) if "velocity" in what else NAN,
        vn_mps=rng.normal(0, 100) if "velocity" in what else NAN,
        range_sigma_m=40.0,
        azimuth_sigma_rad=0.002,
        elevation_sigma_rad=0.003,
        doppler_sigma_mps=1.5,
        east_sigma_m=30.0,
        north_sigma_m=70.0,
        east_north_correlation=0.6,
        flags=int(PlotFlag.COOPERATIVE),
    )

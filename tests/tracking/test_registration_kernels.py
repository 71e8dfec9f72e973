"""The separate-bias filter against one filter with everything in its state, and closed forms."""

import math

import numpy as np
import pytest

from jointsky.records.plots import Geometry, Plots
from jointsky.tracking import registration_kernels as kernels
from jointsky.tracking.frame import choose
from jointsky.tracking.registration_errors import Errors
from jointsky.tracking.registration_following import STEADY_TURN_PSD, Follower, fitting, summed
from jointsky.tracking.registration_pairing import Pairs
from jointsky.tracking.registration_settings import RegistrationSettings
from jointsky.tracking.registration_states import States
from jointsky.tracking.registration_targets import Targets
from jointsky.tracking.registration_watch import Heard
from tracking import registering
from tracking.registering import degrees
from tracking.skies import Flight, Sky, straight, turning


def one_target(sky, sensors, plots, settings, velocity=(40.0, 0.0, 0.0), base=None):
    """Return errors, and what one target that all ``sensors`` see tells of them."""
    frame = choose(sensors, sky.origin)
    errors = Errors(list(range(len(sensors))), settings)
    follower = Follower(sensors, frame, settings, 0.0, errors)
    targets = Targets(4, errors.at)
    n = len(sensors)
    states = States(
        np.arange(n),
        np.zeros(n, np.int64),
        np.zeros((n, 3)),
        np.tile(velocity, (n, 1)),
        np.zeros((n, 6, 6)),
        np.zeros((n, 3, 4)),
        np.full(n, -1),
        np.full(n, -1),
    )
    others = np.arange(1, n)
    targets.pair(states, Pairs(np.zeros(n - 1, np.int64), others, np.zeros(n - 1)), 0.0)
    n, sensor = len(plots), plots.sensor.astype(np.int64)
    heard = Heard(1e3, plots, sensor, np.arange(n), np.zeros(n, int), np.zeros(n))
    base = np.zeros(len(errors.mean)) if base is None else base
    work = follower.follow([heard], targets, base)
    return errors, work


def test_two_radars_at_one_place_and_a_target_that_stands_are_as_by_hand():
    """Only the difference of two ranges is seen: sigma squared over n1 and n2 plots (docs/why)."""
    sky = Sky(is_flat=True)
    sensors = [sky.radar(0.0, 0.0, up_m=0.0, name=name) for name in ("a", "b")]
    n, rng = 50, np.random.default_rng(2)
    of = (np.arange(n) % 5 > 0).astype(int)
    plots = Plots.make(
        n,
        time_s=1e-5 * np.arange(n),  # nothing moves in so short a time
        sensor=of,
        geometry=int(Geometry.POLAR),
        range_m=30e3 + 5.0 * rng.normal(size=n),
        azimuth_rad=0.7,
        elevation_rad=0.1,
        range_sigma_m=5.0,
    )
    tight = {"azimuth_prior_deg": 0.0, "elevation_prior_deg": 0.0, "clock_prior_s": 0.0}
    settings = RegistrationSettings(
        range_prior_m=30.0, acceleration_psd=1e-6, climb_psd=1e-6, **tight
    )
    errors, work = one_target(sky, sensors, plots, settings)
    fits = fitting(work, errors)
    known = errors.settled.after(summed(work.parts[0], work.base, fits, errors.settled.mean))
    told = 1.0 / (5.0**2 / 10 + 5.0**2 / 40)
    difference = np.array([1.0, -1.0])
    information = np.eye(2) / 30.0**2 + told * np.outer(difference, difference)
    apart = plots.range_m[of == 0].mean() - plots.range_m[of == 1].mean()
    by_hand = np.linalg.solve(information, told * difference * apart)
    ranges = [errors.at[0], errors.at[1]]
    assert known.mean[ranges] == pytest.approx(by_hand, abs=0.1)
    assert known.cov[np.ix_(ranges, ranges)] == pytest.approx(np.linalg.inv(information), rel=0.02)


def polar(place, origin):
    """Return range, azimuth and elevation of a place."""
    east, north, up = place - origin
    ground = math.hypot(east, north)
    return np.array([math.hypot(ground, up), math.atan2(east, north), math.atan2(up, ground)])


def joint_filter(plots, sensors, x, p, settings):
    """Return mean and covariance of target and all errors by one extended Kalman filter.

    State: place, velocity, then four errors of each radar, turn rate; derivatives by differences.
    The target's time is that of the clock of the first radar that saw it.
    """
    psd = np.array([settings.acceleration_psd] * 2 + [settings.climb_psd])
    first, before_s = int(plots.sensor[0]), float(plots.time_s[0])
    origins = np.array([sensor.flat_enu_m for sensor in sensors])

    def expected(state, row):
        late = state[6 + 4 * first + 3] - state[6 + 4 * row + 3]
        place = state[:3] + late * state[3:6]
        return polar(place, origins[row]) + state[6 + 4 * row : 6 + 4 * row + 3]

    def moved(state, dt):
        """Return the state after many small pieces of a turn."""
        out, pieces = state.copy(), 200
        for _ in range(pieces):
            h = dt / pieces
            ahead = out[3:6] + 0.5 * h * out[-1] * np.array([-out[4], out[3], 0.0])
            out[:3] += h * ahead
            out[3:6] += h * out[-1] * np.array([-ahead[1], ahead[0], 0.0])
        return out

    for k in range(len(plots)):
        dt = float(plots.time_s[k]) - before_s
        before_s += dt
        step = np.empty((len(x), len(x)))
        for i, size in enumerate([1.0] * (len(x) - 1) + [1e-4]):
            nudge = np.zeros(len(x))
            nudge[i] = size
            step[:, i] = (moved(x + nudge, dt) - moved(x - nudge, dt)) / (2.0 * size)
        noise = np.zeros_like(p)
        noise[:3, :3] = np.diag(psd) * dt**3 / 3
        noise[:3, 3:6] = noise[3:6, :3] = np.diag(psd) * dt**2 / 2
        noise[3:6, 3:6] = np.diag(psd) * dt
        noise[-1, -1] = STEADY_TURN_PSD * dt
        x, p = moved(x, dt), step @ p @ step.T + noise
        row = int(plots.sensor[k])
        h = np.zeros((3, len(x)))
        for i in range(len(x)):
            nudge = np.zeros(len(x))
            nudge[i] = 1e-3
            h[:, i] = (expected(x + nudge, row) - expected(x - nudge, row)) / 2e-3
        told = np.array([plots.range_m[k], plots.azimuth_rad[k], plots.elevation_rad[k]])
        apart = told - expected(x, row)
        apart[1] = (apart[1] + math.pi) % (2 * math.pi) - math.pi
        sensor = sensors[row]
        sigma = [sensor.range_sigma_m, sensor.azimuth_sigma_rad, sensor.elevation_sigma_rad]
        gain = p @ h.T @ np.linalg.inv(h @ p @ h.T + np.diag(np.square(sigma)))
        x, p = x + gain @ apart, p - gain @ h @ p
    return x, p


VELOCITY_MPS = np.array([180.0, 90.0, 0.0])
PATHS = {
    "straight": straight([-10e3, 0.0, 8e3], VELOCITY_MPS),
    "turning": turning([-10e3, 0.0, 8e3], VELOCITY_MPS, 15.0, 0.4, 1.5),
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_kernel_agrees_with_one_filter_of_everything(path):
    """Friedland's filter is exact where all is linear: here errors are small and ranges long."""
    sky = Sky(is_flat=True)
    rng = np.random.default_rng(4)
    sensors = registering.radars(sky, doppler_sigma_mps=None)
    velocity = VELOCITY_MPS
    flight = Flight(path)
    wrong = np.array([degrees(20, 0.02, 0.03, 0.05), degrees(-15, 0.01, 0, 0), degrees(5)])
    plots = registering.seen(rng, sky, sensors, [flight], wrong, 60.0)
    settings = RegistrationSettings(
        range_prior_m=30.0,
        azimuth_prior_deg=0.03,
        elevation_prior_deg=0.04,
        clock_prior_s=0.1,
    )
    errors, work = one_target(sky, sensors, plots, settings, velocity)
    assert not work.parts[0].tallies[:, kernels.GATED].any()
    fits = np.ones(1, bool)
    known = errors.settled.after(summed(work.parts[0], work.base, fits, errors.settled.mean))
    first = int(plots.sensor[0])
    axes = plots.rows([0])
    slant, level = float(axes.range_m[0]), math.cos(float(axes.elevation_rad[0]))
    azimuth = float(axes.azimuth_rad[0])
    place = np.array(sensors[first].flat_enu_m) + slant * np.array(
        [level * math.sin(azimuth), level * math.cos(azimuth), math.sin(axes.elevation_rad[0])]
    )
    sigma = kernels.WIDE * max(50.0, slant * sensors[first].azimuth_sigma_rad)
    p = np.zeros((19, 19))
    p[range(3), range(3)] = np.square([sigma, sigma, kernels.HEIGHT_SIGMA_M])
    p[range(3, 6), range(3, 6)] = np.square([50.0, 50.0, 30.0])
    p[range(6, 18), range(6, 18)] = np.tile(errors.prior**2, 3)
    p[18, 18] = kernels.TURN_SIGMA**2
    x = np.concatenate([place, velocity, np.zeros(13)])
    mean, cov = joint_filter(plots, sensors, x, p, settings)
    sigmas = np.sqrt(np.diag(cov)[6:18])
    assert np.sqrt(np.diag(known.cov)[3:]) == pytest.approx(sigmas, rel=0.03)
    assert (np.abs(known.mean[3:] - mean[6:18]) < 0.1 * sigmas).all()


def test_a_shift_of_all_clocks_at_once_is_never_seen():
    sky = Sky()
    rng = np.random.default_rng(6)
    sensors = registering.radars(sky)
    flight = Flight(straight([-10e3, 5e3, 7e3], [150.0, -160.0, 0.0]))
    plots = registering.seen(rng, sky, sensors, [flight], np.zeros((3, 4)), 60.0)
    settings = RegistrationSettings()
    errors, work = one_target(sky, sensors, plots, settings, (100.0, -200.0, 0.0))
    sums = summed(work.parts[0], work.base, np.ones(1, bool), errors.settled.mean)
    shift = np.zeros(len(errors.mean))
    shift[[first + kernels.CLOCK for first in errors.at.values()]] = 1.0
    alone = np.zeros(len(errors.mean))
    alone[errors.at[0] + kernels.CLOCK] = 1.0
    assert shift @ sums.information @ shift < 1e-9 * (alone @ sums.information @ alone)


def test_errors_that_were_taken_off_already_change_no_estimate():
    """Linear but for what one target leaves wide: hundreds of metres, where circles bend."""
    sky = Sky()
    rng = np.random.default_rng(8)
    sensors = registering.radars(sky)
    velocity = (150.0, -160.0, 0.0)
    flight = Flight(straight([-10e3, 5e3, 7e3], velocity))
    wrong = np.array([degrees(80, 0.1, 0.1, 0.2), degrees(-60, 0.0, 0, 0.1), degrees(5)])
    plots = registering.seen(rng, sky, sensors, [flight], wrong, 60.0)
    settings = RegistrationSettings(range_prior_m=100.0, azimuth_prior_deg=0.1)
    means = []
    for base in (np.zeros(15), np.concatenate([np.zeros(3), wrong.ravel()])):
        errors, work = one_target(sky, sensors, plots, settings, velocity, base)
        sums = summed(work.parts[0], work.base, np.ones(1, bool), errors.settled.mean)
        known = errors.settled.after(sums)
        means.append(known.mean)
    assert (np.abs(means[0] - means[1]) < 0.35 * np.sqrt(np.diag(known.cov))).all()


def test_sums_of_targets_are_those_of_their_columns():
    rng = np.random.default_rng(1)
    columns = np.full((3, kernels.COLUMNS), -1)
    columns[0, :6] = [0, 1, 2, 3, 4, 5]
    columns[1, :10] = [0, 1, 6, 7, 8, 9, 2, 3, 4, 5]
    columns[2, :6] = [0, 1, 6, 7, 8, 9]
    information = rng.normal(size=(3, kernels.COLUMNS, kernels.COLUMNS))
    vector = rng.normal(size=(3, kernels.COLUMNS))
    total, sums = np.zeros((10, 10)), np.zeros(10)
    kernels.add_up(np.array([0, 1]), columns, information, vector, total, sums)
    naive, naive_sums = np.zeros((10, 10)), np.zeros(10)
    for t in (0, 1):
        of = np.flatnonzero(columns[t] >= 0)
        naive[np.ix_(columns[t, of], columns[t, of])] += information[t][np.ix_(of, of)]
        naive_sums[columns[t, of]] += vector[t, of]
    assert np.allclose(total, naive) and np.allclose(sums, naive_sums)


def test_what_sent_positions_are_off_by_wanders_as_a_gauss_markov_process():
    """Its variance forgets as exp(-2 t / T) and comes back to sigma squared, in any steps."""
    sigma_m, memory_s, columns = 15.0, 300.0, kernels.COLUMNS
    made = []
    for steps in (1, 8):
        x, p = np.arange(float(kernels.STATES)), np.eye(kernels.STATES)
        p[0, kernels.OFF] = p[kernels.OFF, 0] = 0.5
        v = np.ones((kernels.STATES, columns))
        for _ in range(steps):
            kernels.wander.py_func(x, p, v, columns, 120.0 / steps, sigma_m, memory_s)
        made.append((x, p, v))
    (x, p, v), others = made[0], made[1]
    kept = math.exp(-120.0 / memory_s)
    off = kernels.OFF
    assert p[off, off] == pytest.approx(kept**2 + (1.0 - kept**2) * sigma_m**2)
    assert p[0, off] == p[off, 0] == pytest.approx(0.5 * kept)
    assert x[off] == pytest.approx(off * kept) and x[0] == 0.0 and x[kernels.LATE] == kernels.LATE
    assert v[off] == pytest.approx(np.full(columns, kept)) and (v[0] == 1.0).all()
    assert p[kernels.ALTIMETER, kernels.ALTIMETER] == 1.0
    for one, other in zip(made[0], others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)

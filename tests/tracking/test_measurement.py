"""Taking a plot, row by scalar row, against the textbook's joint update; first places."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag

from jointsky.earth import geodesy
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import lifecycle_kernels
from jointsky.tracking.measurement_kernels import ROWS
from jointsky.tracking.motion_kernels import FASTEST_TURN_RADPS
from tracking.made import (
    BEARING,
    EARTH,
    FLAT,
    GEODETIC,
    LOCAL,
    POLAR,
    SETTINGS,
    SIGMAS,
    a_covariance,
    a_direction,
    a_plot,
    a_world,
    arrays_of,
    radar_of,
)
from tracking.naive import body_of, is_positive, leaned, opened
from tracking.naive_measurement import blocks_of, looked, updated
from tracking.reached import (
    first_model,
    first_models,
    measure,
    small_atan2,
    take_rows,
    unknown_turn_rate,
)

NAN = math.nan
NOWHERE = np.zeros(7)
NO_UP = np.full(3, NAN)
FEW = settings(max_examples=30, deadline=None)


def taken(sky, plot, x, p, dt, offset):
    """Return a model's row after a plot, and what is told: rows, wildness, distance, density.

    Rows are made at ``x`` and taken by a model ``offset`` (7,) away.
    """
    sensor = radar_of(sky)
    floats, ints = arrays_of(sky, [sensor], plot)
    world = a_world(sky, [sensor])
    reference, body = body_of(x, p), body_of(x + offset, p, 0.25)
    geometry, bend = ints[0, layout.P_GEOMETRY], world.settings[layout.G_BEND]
    rows = np.full((ROWS, 8), NAN)
    n, wild = measure(reference, floats[0], geometry, world.sensors[0], dt, bend, rows)
    distance2, log_density = take_rows(body, rows, n, reference, False, NO_UP, np.full(7, NAN))
    return body, (n, wild, distance2, log_density)


def assert_agrees(sky, plot, x, p, dt=0.0, offset=NOWHERE, closeness=2e-5):
    """The kernel's update is the textbook's."""
    sensor = radar_of(sky)
    blocks = blocks_of(plot, sensor, sky, dt, SETTINGS.mode_c_sigma_m)
    origin = a_world(sky, [sensor]).sensors[0, layout.S_ORIGIN : layout.S_ORIGIN + 3]
    seen = looked(x, p, blocks, np.linalg.norm(x[:3] + dt * x[3:6] - origin))
    wanted = updated(x + offset, p, seen)
    body, (n, wild, distance2, log_density) = taken(sky, plot, x, p, dt, offset)
    size = np.sqrt(np.diag(p))
    got_x, got_p = opened(body)
    np.testing.assert_allclose((got_x - wanted.x) / size, 0.0, atol=closeness)
    scale = np.outer(size, size)
    np.testing.assert_allclose((got_p - wanted.p) / scale, 0.0, atol=closeness)
    assert (n, wild) == (len(seen.residual), seen.wild)
    coarse = 10 * closeness
    assert distance2 == pytest.approx(wanted.distance2, rel=max(1e-3, coarse), abs=1e-4)
    assert log_density == pytest.approx(wanted.log_density, rel=1e-5, abs=max(1e-3, coarse))
    assert is_positive(got_p) and body[layout.WEIGHT] == 0.25
    return got_x, wild


CASES = [
    pytest.param(sky, kind, what, id=f"{kind.name}-{'flat' if sky.is_flat else 'earth'}-{what}")
    for sky in (FLAT, EARTH)
    for kind, what in (
        (POLAR, ""),
        (POLAR, "height"),
        (POLAR, "elevation"),
        (POLAR, "height elevation doppler"),
        (POLAR, "height doppler"),
        (LOCAL, ""),
        (LOCAL, "height"),
        (GEODETIC, ""),
        (GEODETIC, "height velocity"),
        (BEARING, ""),
        (BEARING, "elevation"),
    )
]


@pytest.mark.parametrize(("sky", "kind", "what"), CASES)
def test_row_by_row_is_the_joint_update_of_the_textbook(sky, kind, what):
    rng = stream(7, "update", kind.name, sky.is_flat, what)
    closeness = 2e-5 if sky.is_flat or "height" not in what else 1e-3  # its own vertical
    for _ in range(10):
        azimuth, ground = rng.uniform(0, 2 * np.pi), rng.uniform(8e3, 150e3)
        enu = np.array([ground * math.sin(azimuth), ground * math.cos(azimuth), 6000.0])
        plot = a_plot(rng, sky, kind, enu, what)
        speed = rng.normal(0.0, [150.0, 150.0, 5.0])
        dt = 0.0 if rng.random() < 0.3 else rng.uniform(-0.2, 0.2)
        x = np.append(sky.in_frame(np.concatenate([enu, speed])[None])[0], rng.normal(0.0, 0.02))
        x[:3] += 60.0 * rng.normal(size=3) - dt * x[3:6]
        offset = SIGMAS * rng.normal(size=7) if rng.random() < 0.5 else NOWHERE
        assert_agrees(sky, plot, x, a_covariance(rng), dt, offset, closeness)


@FEW
@given(st.integers(0, 2**32 - 1), st.floats(1.0, 400.0))
def test_a_turn_takes_what_moves_its_velocity_aside_as_a_change_of_heading(seed, speed_mps):
    rng = stream(seed, "lean")
    up, x = a_direction(rng), speed_mps * rng.normal(size=7)
    p = a_covariance(rng, np.array([300.0, 300.0, 300.0, 40.0, 40.0, 40.0, 0.05]))
    rows = np.column_stack([rng.normal(size=(3, 6)), 200.0 * rng.normal(size=3), np.full(3, 1e4)])
    plain, turned = body_of(x, p), body_of(x, p)
    told = take_rows(plain, rows, 3, x, False, up, np.full(7, NAN))
    assert take_rows(turned, rows, 3, x, True, up, np.full(7, NAN)) == told
    wanted_x, wanted_p = leaned(x, *opened(plain), up)
    got_x, got_p = opened(turned)
    np.testing.assert_allclose(got_x, wanted_x, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(got_p, wanted_p, rtol=1e-9, atol=1e-6)


def test_corrections_aside_do_not_make_a_turn_faster():
    up = np.array([0.0, 0.0, 1.0])
    body = body_of([0.0, 0.0, 0.0, 0.0, 200.0, 5.0, 0.0], np.diag([1e4] * 3 + [2500.0] * 3 + [1.0]))
    row = np.array(
        [[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 100.0, 2500.0]]
    )  # 100 m/s to the east, half sure
    take_rows(body, row, 1, body[:7].copy(), True, up, np.full(7, NAN))
    assert body[3] == pytest.approx(200.0 * math.sin(0.25))
    assert math.hypot(body[3], body[4]) == pytest.approx(200.0)
    assert body[5] == 5.0


@pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
def test_a_range_to_a_target_of_unknown_height_is_longer_and_less_sure(sky):
    rng = stream(2, "bent")
    enu = np.array([9e3, 12e3, 3000.0])
    sigmas = np.array([300.0, 300.0, 2000.0, 10.0, 10.0, 10.0, 0.02])
    for _ in range(5):
        plot = a_plot(rng, sky, POLAR, enu)
        x = np.append(sky.in_frame(np.concatenate([enu, np.zeros(3)])[None])[0], 0.0)
        assert_agrees(sky, plot, x, a_covariance(rng, sigmas))


def test_the_curve_of_a_range_is_that_of_many_tries():
    """How far a target that may lie far off the line of sight is beyond the range of its middle."""
    rng = stream(3, "curve")
    sigma_m = 2500.0
    at = np.array(radar_of(FLAT).flat_enu_m) + np.array([0.0, 30e3, 0.0])
    p = np.diag([1.0, 1.0, sigma_m**2, 1.0, 1.0, 1.0, 1.0])
    many = np.hypot(30e3, sigma_m * rng.normal(size=10**5))
    plot = a_plot(rng, FLAT, POLAR, np.array([0.0, 30e3, 0.0])).replace(
        range_m=np.array([30e3]), azimuth_rad=np.zeros(1), range_sigma_m=np.ones(1)
    )
    told = taken(FLAT, plot, np.append(at, np.zeros(4)), p, 0.0, NOWHERE)[1]
    distance2, log_density = told[2:]
    assert distance2 < 1e-6  # the range of the middle is what is expected
    across = math.log(2 * math.pi * ((0.002 * 30e3) ** 2 + 1.0)) - 2 * math.log(30e3)
    spread = math.exp(-2.0 * log_density - across - distance2) / (2 * math.pi)
    assert spread == pytest.approx(np.mean((many - 30e3) ** 2) + 2.0, rel=0.05)


@pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
def test_a_told_height_is_above_a_round_earth(sky):
    rng = stream(6, "round")
    enu = np.array([60e3, 20e3, 6000.0])
    for kind in (POLAR, GEODETIC):
        plot = a_plot(rng, sky, kind, enu, "height")
        moved = enu + np.array([5e3, -9e3, 0.0])  # ten kilometres aside: 8 m of the earth's curve
        x = np.append(sky.in_frame(np.concatenate([moved, np.zeros(3)])[None])[0], 0.0)
        axes = np.eye(3) if sky.is_flat else geodesy.enu_rotation(*sky.origin[:2])
        turn = block_diag(axes, axes, 1.0)
        p = turn.T @ np.diag([1.0, 1.0, 50.0, 9.0, 9.0, 9.0, 0.02]) ** 2 @ turn
        assert not assert_agrees(sky, plot, x, p, closeness=2e-3)[1]  # 8 m have dropped


@pytest.mark.parametrize("kind", [POLAR, GEODETIC], ids=["polar", "geodetic"])
@pytest.mark.parametrize("off_m", [-9000.0, 60.0, 2500.0])
def test_a_garbled_height_keeps_no_plot_from_its_track(kind, off_m):
    rng = stream(8, "garbled")
    enu = np.array([60e3, 20e3, 6000.0])
    plot = a_plot(rng, FLAT, kind, enu, "height")
    plot = plot.replace(pressure_altitude_m=plot.pressure_altitude_m + off_m)
    x, p = np.append(enu, np.zeros(4)), a_covariance(rng)
    after, wild = assert_agrees(FLAT, plot, x, p, 0.05)
    assert wild == (abs(off_m) > 1000.0)
    assert abs(after[2] - 6000.0) < 250.0


@pytest.mark.parametrize("speed_mps", [0.0, 2000.0])
def test_a_velocity_sent_long_ago_does_not_move_a_track(speed_mps):
    rng = stream(9, "velocity")
    enu = np.array([60e3, 20e3, 6000.0])
    plot = a_plot(rng, FLAT, GEODETIC, enu, "velocity").replace(
        ve_mps=np.array([speed_mps]), vn_mps=np.array([5.0])
    )
    x, p = np.append(enu, np.zeros(4)), a_covariance(rng)
    after, _ = assert_agrees(FLAT, plot, x, p)
    assert abs(after[3]) < 40.0


@pytest.mark.parametrize("kind", [POLAR, BEARING], ids=["polar", "bearing"])
def test_a_target_on_top_of_its_radar_says_nothing(kind):
    plot = a_plot(stream(1, "top"), FLAT, kind, np.array([1201.0, -802.0, 500.0]))
    x = np.array([1200.0, -800.0, 590.0, 0.0, 0.0, 0.0, 0.0])
    assert taken(FLAT, plot, x, np.eye(7), 0.0, NOWHERE)[1][0] == 0


def test_small_angles_are_those_of_the_arc_tangent():
    for y in np.linspace(-0.06, 0.06, 25):
        assert small_atan2(y, 1.0) == pytest.approx(math.atan2(y, 1.0), abs=1.1e-11)
    for angle in np.linspace(-3.1, 3.1, 25):
        got = small_atan2(1e5 * math.sin(angle), 1e5 * math.cos(angle))
        assert got == pytest.approx(angle, abs=1e-11)


# first places


def first_body(sky, plot, settings_row=None, sigma_m=40.0):
    sensor = radar_of(sky)
    floats, ints = arrays_of(sky, [sensor], plot)
    world = a_world(sky, [sensor])
    q = floats[0]
    body = np.full(layout.BODY, NAN)
    first_model(
        body,
        q,
        ints[0, layout.P_GEOMETRY],
        world.sensors[0],
        q[layout.P_X : layout.P_X + 3].copy(),
        sigma_m,
        world.settings if settings_row is None else settings_row,
        np.full((7, 3), NAN),
        np.full(7, NAN),
    )
    return body, q


def tries(rng, plot, n, height_m, height_sigma_m):
    """Return a plot n times over, each time with other errors of its declared size."""
    error = rng.normal(size=(6, n))
    radius = 6.38e6
    return plot.rows(np.zeros(n, int)).replace(
        range_m=plot.range_m + 40 * error[0],
        azimuth_rad=plot.azimuth_rad + 0.002 * error[1],
        elevation_rad=plot.elevation_rad + 0.003 * error[2],
        pressure_altitude_m=height_m + height_sigma_m * error[3],
        east_m=plot.east_m + 30 * error[4],
        north_m=plot.north_m + 70 * (0.6 * error[4] + 0.8 * error[5]),
        latitude_rad=plot.latitude_rad + 70 * (0.6 * error[4] + 0.8 * error[5]) / radius,
        longitude_rad=plot.longitude_rad + 30 * error[4] / radius / np.cos(plot.latitude_rad),
    )


@pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
@pytest.mark.parametrize("what", ["elevation", "height", "no height", "local", "geodetic"])
def test_a_first_place_is_as_unsure_as_many_tries_are(sky, what):
    rng = stream(3, "tries", what)
    kind = {"local": LOCAL, "geodetic": GEODETIC}.get(what, POLAR)
    enu = np.array([70e3, -60e3, 7000.0])
    if kind == GEODETIC:
        enu[:2] *= 0.1  # far from the origin of a flat sky, its north is not the earth's
    also = {"local": "height", "geodetic": "height", "no height": ""}.get(what, what)
    plot = a_plot(stream(3, "mean"), sky, kind, enu, also)
    height, sigma_m = plot.pressure_altitude_m, SETTINGS.mode_c_sigma_m
    row = a_world(sky, [radar_of(sky)]).settings
    if what == "no height":
        height, sigma_m = np.array([SETTINGS.unseen_height_m]), 500.0
        row[layout.G_HEIGHT_SIGMA] = sigma_m  # small enough for a first-order formula
    body, _ = first_body(sky, plot, row)
    many = tries(rng, plot, 40_000, height, sigma_m)
    if what == "elevation":
        many = many.replace(pressure_altitude_m=np.full(40_000, NAN))
    places = arrays_of(sky, [radar_of(sky)], many)[0][:, layout.P_X : layout.P_X + 3]
    wanted = np.cov(places.T)
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    np.testing.assert_allclose(opened(body)[1][:3, :3] / scale, wanted / scale, atol=0.04)
    np.testing.assert_allclose(body[:3], places.mean(axis=0), atol=0.05 * scale.max() ** 0.5)


@pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
def test_a_first_velocity_is_unknown_about_the_vertical(sky):
    plot = a_plot(stream(4, "v"), sky, POLAR, np.array([70e3, -60e3, 7000.0]), "height")
    body, q = first_body(sky, plot)
    x, p = opened(body)
    up = q[layout.P_AXES + 6 : layout.P_AXES + 9]
    across, along = SETTINGS.speed_sigma_mps**2, SETTINGS.climb_sigma_mps**2
    wanted = across * (np.eye(3) - np.outer(up, up)) + along * np.outer(up, up)
    np.testing.assert_allclose(p[3:6, 3:6], wanted, atol=1e-6)
    np.testing.assert_array_equal(p[3:6, :3], 0.0)
    np.testing.assert_array_equal(x[3:], 0.0)


def test_a_first_velocity_that_is_sent_is_taken_with_care():
    plot = a_plot(stream(5, "v"), EARTH, GEODETIC, np.array([70e3, -60e3, 7e3]), "height velocity")
    body, q = first_body(EARTH, plot)
    x, p = opened(body)
    axes = q[layout.P_AXES : layout.P_AXES + 9].reshape(3, 3)
    np.testing.assert_allclose(axes @ x[3:6], [plot.ve_mps[0], plot.vn_mps[0], 0.0], atol=1e-9)
    sigma = lifecycle_kernels.FIRST_VELOCITY_SIGMA_MPS
    level = (axes @ p[3:6, 3:6] @ axes.T)[:2, :2]
    np.testing.assert_allclose(level, sigma**2 * np.eye(2), atol=1e-6)


def test_a_first_range_rate_gives_the_speed_along_the_beam():
    plot = a_plot(stream(5, "d"), FLAT, POLAR, np.array([60e3, 60e3, 7e3]), "elevation")
    without, _ = first_body(FLAT, plot)
    body, _ = first_body(FLAT, plot.replace(doppler_mps=np.array([-180.0])))
    x, p = opened(without)
    sight = x[:3] - radar_of(FLAT).flat_enu_m
    sight = np.concatenate([np.zeros(3), sight / np.linalg.norm(sight), [0.0]])
    s = sight @ p @ sight + 1.5**2
    got_x, got_p = opened(body)
    np.testing.assert_allclose(got_x[:6], (x + p @ sight / s * (-180.0 - sight @ x))[:6], atol=1e-6)
    wanted = p - np.outer(p @ sight, p @ sight) / s
    np.testing.assert_allclose(got_p[:6, :6], wanted[:6, :6], rtol=1e-9, atol=1e-6)


def test_a_second_plot_brings_all_models_with_their_usual_weights():
    rng = stream(6, "models")
    bodies = np.full((layout.MODELS, layout.BODY), NAN)
    x = np.array([1e4, 2e4, 3e3, 120.0, -90.0, 2.0, 0.0])
    bodies[layout.MANOEUVRE] = body_of(x, a_covariance(rng))
    known = bodies[layout.MANOEUVRE].copy()
    usual = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
    first_models(bodies, usual, 10.0)
    assert bodies[:, layout.WEIGHT].tolist() == usual.tolist()
    for m in range(layout.MODELS):
        got_x, got_p = opened(bodies[m])
        wanted_x, wanted_p = opened(known)
        np.testing.assert_array_equal(got_x[:6], wanted_x[:6])
        np.testing.assert_array_equal(got_p[:6, :6], wanted_p[:6, :6])
    got_x, got_p = opened(bodies[layout.TURN])
    assert got_x[6] == 0.0 and not got_p[6, :6].any()
    assert got_p[6, 6] == pytest.approx((10.0 / np.linalg.norm(x[3:6])) ** 2)


@pytest.mark.parametrize("speed_mps", [0.0, 19.0, 60.0, 250.0])
def test_a_turn_of_unknown_rate_has_the_acceleration_that_targets_fly(speed_mps):
    body = body_of([0.0, 0.0, 0.0, 0.6 * speed_mps, 0.8 * speed_mps, 0.0, 0.3], np.eye(7))
    sigma = math.sqrt(unknown_turn_rate(body, 10.0))
    assert sigma <= FASTEST_TURN_RADPS
    if speed_mps > 10.0 / FASTEST_TURN_RADPS:
        assert sigma * speed_mps == pytest.approx(10.0)

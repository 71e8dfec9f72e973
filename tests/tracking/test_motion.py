"""Motion against plain matrices, against flights known exactly, and against its own chain."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from jointsky.earth import geodesy
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import new_bench, new_book
from jointsky.tracking.world import model_table, switching_rates, usual_weights
from tracking import naive
from tracking.made import (
    EARTH,
    FLAT,
    SETTINGS,
    a_body,
    a_covariance,
    a_direction,
    a_world,
    some_bodies,
)
from tracking.reached import (
    combine,
    hold_height,
    mix,
    predict,
    predict_track,
    rest_slow,
)

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=30, deadline=None)
MODELS = model_table(SETTINGS)
EACH_MODEL = pytest.mark.parametrize(
    "m", range(layout.MODELS), ids=["quiet", "climb", "turn", "manoeuvre", "slow"]
)


def carried(body, m, dt, up, models=MODELS):
    out = body.copy()
    predict(out, m, float(dt), models, up, np.full(154, np.nan))
    return out


def assert_same(body, x, p, states=7):
    """A row is this state and covariance, to a millionth of their standard errors."""
    got_x, got_p = naive.opened(body)
    size = np.sqrt(np.diag(p))[:states]
    np.testing.assert_allclose((got_x[:states] - x[:states]) / size, 0.0, atol=1e-6)
    scale = np.outer(size, size)
    np.testing.assert_allclose((got_p - p)[:states, :states] / scale, 0.0, atol=1e-6)


@EACH_MODEL
@FEW
@given(SEEDS, st.floats(0.01, 40.0))
def test_prediction_is_f_p_f_plus_q(m, seed, dt):
    rng = stream(seed, "predict")
    body, up = a_body(rng), a_direction(rng)
    body[6] = rng.normal(0.0, 0.05)
    x, p = naive.predicted(*naive.opened(body), m, dt, MODELS, up)
    got = carried(body, m, dt, up)
    assert_same(got, x, p, 7 if m == layout.TURN else 6)
    assert got[layout.WEIGHT] == body[layout.WEIGHT]


@EACH_MODEL
@FEW
@given(SEEDS, st.floats(0.1, 10.0), st.floats(0.1, 10.0))
def test_two_steps_are_one_long_step(m, seed, first, second):
    rng = stream(seed, "steps")
    body, up = a_body(rng), a_direction(rng)
    body[6] = 0.0 if m == layout.TURN else 0.1
    if m == layout.TURN:  # exact where no rate is uncertain; its noise comes in too late otherwise
        x, p = naive.opened(body)
        p[6, :] = p[:, 6] = 0.0
        body = naive.body_of(x, p)
        models = MODELS.copy()
        models[m, layout.PSD_TURN] = 0.0
    else:
        models = MODELS
    one = carried(body, m, first + second, up, models)
    two = carried(carried(body, m, first, up, models), m, second, up, models)
    assert_same(two, *naive.opened(one), 6)


@FEW
@given(SEEDS, st.floats(0.5, 60.0), st.floats(-0.3, 0.3))
def test_a_turn_flies_the_circle(seed, dt, rate):
    rng = stream(seed, "circle")
    up = a_direction(rng)
    x = np.concatenate([1e4 * rng.normal(size=3), 200 * rng.normal(size=3), [rate]])
    got = carried(naive.body_of(x, a_covariance(rng)), layout.TURN, dt, up)[:7]
    np.testing.assert_allclose(got, naive.turned(x, up, dt), atol=1e-4)
    np.testing.assert_allclose(got, naive.turned_exactly(x, up, dt), atol=1e-6)


def test_a_turn_at_no_rate_is_straight_and_nothing_jumps_where_the_series_takes_over():
    rng = stream(1, "series")
    body, up, dt = a_body(rng), a_direction(rng), 10.0
    for rate in (0.0, 1e-12, 0.9999e-4, 1.0001e-4, -0.9999e-4, -1.0001e-4):
        body[6] = rate
        got = carried(body, layout.TURN, dt, up)
        x, p = naive.opened(body)
        np.testing.assert_allclose(got[:7], naive.turned_exactly(x, up, dt), atol=1e-7)
        f = naive.derivative(lambda y: naive.turned_exactly(y, up, dt), x, [1.0] * 6 + [1e-5])
        q = naive.opened(carried(naive.body_of(x, 0 * p), layout.TURN, dt, up))[1]
        assert_same(got, got[:7], f @ p @ f.T + q)


def test_counter_clockwise_as_seen_from_above_is_a_positive_rate():
    north = np.array([0.0, 0.0, 0.0, 0.0, 200.0, 0.0, 0.05])
    got = carried(naive.body_of(north, np.eye(7)), layout.TURN, 10.0, np.array([0.0, 0.0, 1.0]))
    assert got[0] < 0.0 < got[1] and got[3] < 0.0  # to the west


def test_a_slow_target_comes_to_know_its_speed_and_forgets_which_way():
    up = np.array([0.0, 0.0, 1.0])
    x, p = naive.opened(carried(a_body(stream(1, "slow")), layout.SLOW, 2000.0, up))
    assert np.abs(x[3:6]).max() < 1e-6
    sigma = SETTINGS.hover_speed_sigma_mps
    np.testing.assert_allclose(np.diag(p)[3:5], sigma**2, rtol=1e-6)
    np.testing.assert_allclose(p[5, 5], 0.1 * sigma**2, rtol=1e-6)


# models together


@FEW
@given(SEEDS, st.sampled_from([(), (layout.SLOW,), (layout.TURN,), (layout.SLOW, layout.QUIET)]))
def test_mixing_matches_moments_and_brings_the_turn_an_unknown_rate(seed, resting):
    rng = stream(seed, "mix")
    bodies = some_bodies(rng, resting=resting)
    stay, usual = rng.random(), rng.dirichlet(np.full(layout.MODELS, 0.5))
    out = np.full_like(bodies, np.nan)
    mix(bodies, stay, usual, 10.0, np.full(layout.BODY, np.nan), out)
    wanted = naive.mixed(bodies, stay * np.eye(5) + (1.0 - stay) * usual, 10.0)
    np.testing.assert_allclose(out[:, layout.WEIGHT], wanted[:, layout.WEIGHT], rtol=1e-12)
    for m in range(layout.MODELS):
        assert_same(out[m], *naive.opened(wanted[m]), 7 if m == layout.TURN else 6)
        if m != layout.TURN:  # no rate: nought, and independent of all else
            x, p = naive.opened(out[m])
            assert x[6] == 0.0 and p[6].tolist() == [0.0] * 6 + [1.0]


@FEW
@given(SEEDS, st.sampled_from([(), (layout.SLOW,), (layout.QUIET, layout.CLIMB, layout.TURN)]))
def test_the_combined_state_is_the_mixtures(seed, resting):
    bodies = some_bodies(stream(seed, "combine"), resting=resting)
    mean, packed = np.empty(6), np.empty(21)
    combine(bodies, mean, packed)
    wanted_mean, wanted = naive.combined(bodies)
    size = np.sqrt(np.diag(wanted))
    np.testing.assert_allclose((mean - wanted_mean) / size, 0.0, atol=1e-9)
    got = naive.unpacked(packed)
    np.testing.assert_allclose((got - wanted) / np.outer(size, size), 0.0, atol=1e-8)


@FEW
@given(SEEDS, st.floats(0.0, 250.0))
def test_a_target_too_fast_to_hover_has_no_slow_model(seed, speed):
    rng = stream(seed, "rest")
    x = np.concatenate([np.zeros(3), speed * a_direction(rng), [0.0]])
    bodies = some_bodies(rng, x)
    wanted = naive.without_slow(bodies)
    rest_slow(bodies)
    np.testing.assert_allclose(bodies, wanted, rtol=1e-12)
    assert bodies[:, layout.WEIGHT].sum() == pytest.approx(1.0)


# switching between models


RATES = switching_rates(SETTINGS)
USUAL = usual_weights(SETTINGS)


def test_rates_are_of_a_chain_that_keeps_to_straight_flight_as_long_as_set():
    np.testing.assert_allclose(RATES.sum(axis=1), 0.0, atol=1e-15)
    assert (RATES - np.diag(np.diag(RATES)) >= 0.0).all()
    straight_s = -1.0 / RATES[layout.QUIET, layout.QUIET]
    assert straight_s == pytest.approx(SETTINGS.mean_straight_s, rel=1e-3)


@FEW
@given(st.floats(0.0, 100.0))
def test_to_stay_or_draw_anew_is_the_exponential_of_the_rates(dt):
    row = a_world(FLAT, [FLAT.radar()]).settings
    stay = math.exp(-dt * row[layout.G_SWITCHING])
    wanted = expm(RATES * dt)
    np.testing.assert_allclose(stay * np.eye(5) + (1.0 - stay) * USUAL, wanted, atol=1e-12)


def test_usual_weights_are_those_that_switching_leaves_alone():
    world = a_world(FLAT, [FLAT.radar()])
    assert world.usual.tolist() == USUAL.tolist()
    assert USUAL.sum() == pytest.approx(1.0) and (USUAL > 0.0).all()
    np.testing.assert_allclose(USUAL @ expm(RATES * 7.0), USUAL, atol=1e-12)


# a whole track


def height_held(body, up, height_m):
    """Return a row after a height measured as the usual one, where its own could be anything."""
    x, p = naive.opened(body)
    limit = SETTINGS.unseen_height_sigma_m**2
    direction = np.concatenate([up, np.zeros(4)])
    variance = direction @ p @ direction
    if variance <= 1.5 * limit:
        return body.copy()
    gain = p @ direction / (variance + 3.0 * limit)
    moved = x + gain * (SETTINGS.unseen_height_m - height_m)
    p = p - np.outer(gain, gain) * (variance + 3.0 * limit)
    return naive.body_of(moved, p, body[layout.WEIGHT])


@pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
@pytest.mark.parametrize("sigma_m", [2000.0, 2800.0, 20e3])
def test_a_height_that_nobody_measures_stays_where_targets_fly(sky, sigma_m):
    rng = stream(3, "held", str(sigma_m))
    world = a_world(sky, [sky.radar()])
    at = np.array([[30e3, -40e3, 7000.0, 100.0, 50.0, 3.0]])
    latitude, longitude, height = (float(v[0]) for v in sky.geodetic(at))
    x = np.append(sky.in_frame(at)[0], 0.0)
    up = np.eye(3)[2] if sky.is_flat else geodesy.enu_rotation(latitude, longitude)[2]
    wide = np.concatenate([sigma_m * up, np.zeros(4)])
    body = naive.body_of(x, a_covariance(rng) + np.outer(wide, wide))
    got = body.copy()
    hold_height(got, up.copy(), world.settings, np.full(7, np.nan), np.empty(3))
    x, p = naive.opened(height_held(body, up, height))
    size = np.sqrt(np.diag(p))
    np.testing.assert_allclose((got[:7] - x) / size, 0.0, atol=0.02)  # a height is good to 30 m
    np.testing.assert_allclose((naive.opened(got)[1] - p) / np.outer(size, size), 0.0, atol=1e-6)
    assert (got[0] == body[0]) == (sigma_m < 2400.0)


@FEW
@given(SEEDS, st.floats(0.1, 30.0))
def test_a_track_is_mixed_and_then_every_model_predicted(seed, dt):
    rng = stream(seed, "track")
    world = a_world(FLAT, [FLAT.radar()])
    x = np.concatenate([[3e4, 2e4, 3e3], rng.normal(0.0, 100.0, 3), [0.0]])
    bodies = some_bodies(rng, x, resting=(layout.SLOW,) if seed % 2 else ())
    track = new_book(1, 1).floats[0]
    track[layout.T_TIME] = 100.0
    track[layout.T_UP : layout.T_UP + 3] = up = np.array([0.0, 0.0, 1.0])
    bench, out = new_bench(1, 1, 1, 1, 1), np.full_like(bodies, np.nan)
    predict_track(track, bodies, 100.0 + dt, world, bench, out)
    wanted = naive.mixed(bodies, expm(RATES * dt), SETTINGS.turn_acceleration_mps2)
    wanted = naive.without_slow(wanted)
    np.testing.assert_allclose(out[:, layout.WEIGHT], wanted[:, layout.WEIGHT], rtol=1e-9)
    for m in range(layout.MODELS):
        if wanted[m, layout.WEIGHT] > 0.0:
            x, p = naive.predicted(*naive.opened(wanted[m]), m, dt, world.models, up)
            assert_same(out[m], x, p, 7 if m == layout.TURN else 6)
    predict_track(track, bodies, 99.0, world, bench, out)  # not before its own time
    np.testing.assert_array_equal(out, bodies)


def test_a_track_of_one_plot_has_one_model_until_the_second_comes():
    rng = stream(5, "young")
    world = a_world(FLAT, [FLAT.radar()])
    bodies = some_bodies(rng, resting=set(range(layout.MODELS)) - {layout.MANOEUVRE})
    track = new_book(1, 1).floats[0]
    track[layout.T_UP + 2] = 1.0
    out = np.full_like(bodies, np.nan)
    predict_track(track, bodies, 4.0, world, new_bench(1, 1, 1, 1, 1), out)
    assert out[:, layout.WEIGHT].tolist() == [0.0, 0.0, 0.0, 1.0, 0.0]
    up = np.array([0.0, 0.0, 1.0])
    x, p = naive.opened(bodies[layout.MANOEUVRE])
    assert_same(out[layout.MANOEUVRE], *naive.predicted(x, p, layout.MANOEUVRE, 4.0, MODELS, up), 6)


def test_predicting_a_track_changes_nothing_of_it():
    world = a_world(EARTH, [EARTH.radar()])
    at = np.array([[30e3, -40e3, 7000.0, 200.0, 50.0, 3.0]])
    latitude, longitude, _ = (float(v[0]) for v in EARTH.geodetic(at))
    up = geodesy.enu_rotation(latitude, longitude)[2]
    bodies = some_bodies(stream(6, "same"), np.append(EARTH.in_frame(at)[0], 0.0))
    wide = np.concatenate([20e3 * up, np.zeros(4)])
    for m in range(layout.MODELS):  # nobody has measured its height
        x, p = naive.opened(bodies[m])
        bodies[m] = naive.body_of(x, p + np.outer(wide, wide), bodies[m, layout.WEIGHT])
    track = new_book(1, 1).floats[0]
    track[layout.T_UP : layout.T_UP + 3] = up
    before = track.copy(), bodies.copy()
    predict_track(track, bodies, 30.0, world, new_bench(1, 1, 1, 1, 1), np.empty_like(bodies))
    np.testing.assert_array_equal(track, before[0])
    np.testing.assert_array_equal(bodies, before[1])

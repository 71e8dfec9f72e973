"""One batch through the tracker's loop against the textbook, start to end.

Two confirmed tracks and one or two plots: mix, predict, update model by model, weigh every joint
event, match moments.  Nothing here shares arithmetic with the kernels.
"""

import math

import numpy as np
import pytest
from scipy.linalg import expm

from jointsky.records.columns import join
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import tracker_kernels
from jointsky.tracking.arrays import empty_rows, new_bench, new_book
from jointsky.tracking.looks_kernels import MOST_SURE
from jointsky.tracking.update_kernels import (
    CERTAIN,
    LEAST_UNEXPLAINED,
    LEAST_WEIGHT,
    NEGLIGIBLE,
)
from jointsky.tracking.world import switching_rates
from tracking import naive
from tracking.made import (
    FLAT,
    POLAR,
    SETTINGS,
    a_plot,
    a_world,
    arrays_of,
    plane_of,
    radar_of,
    some_bodies,
)
from tracking.naive_measurement import blocks_of, looked, updated
from tracking.naive_update import posterior
from tracking.reached import (
    settle,
)

EXACT = type(SETTINGS)(association="jpda")
BEGUN_S, PLOTS_S = 0.0, 4.0
NO_TIMES = np.empty(0, np.int64), np.empty(0), np.zeros(1, np.int64)


def a_sky_of_two(rng, apart_m):
    """Return a world, a book of two tracks and where they are expected when the plots come."""
    sensor = radar_of(FLAT)
    world = a_world(FLAT, [sensor], EXACT)
    book = new_book(8, 1)
    velocity = np.array([90.0, -60.0, 2.0])
    places = [np.array([24e3 + aside_m, 33e3, 5e3]) for aside_m in (0.0, apart_m)]
    book.counters[layout.N_LIVE], book.counters[layout.N_NUMBER] = 2, 3
    book.clocks[layout.K_HOUSEKEPT] = PLOTS_S  # housekeeping has its own tests
    for t, place in enumerate(places):
        x = np.concatenate([place - velocity * PLOTS_S, velocity, [0.0]])
        book.bodies[t] = some_bodies(rng, x)
        f, n = book.floats[t], book.ints[t]
        f[layout.T_TIME], f[layout.T_SEEN] = BEGUN_S, BEGUN_S
        f[layout.T_ALIVE] = BEGUN_S
        f[layout.T_EXISTENCE] = rng.uniform(0.6, 0.99)
        f[layout.T_DUE] = f[layout.T_TURN_S] = math.inf
        n[layout.I_STATUS], n[layout.I_NUMBER], n[layout.I_PLOTS] = layout.CONFIRMED, t + 1, 5
        n[layout.I_VOTES] = n[layout.I_WILD] = 0
        book.looks[t, 0] = BEGUN_S, BEGUN_S, 1.0, 4.0
        rows = book.floats, book.links, book.heads, book.bodies
        plane = plane_of(FLAT).rows
        settle(*rows, t, world.settings, plane, np.empty(21))
    return sensor, world, book, places


def predicted(bodies, dt, world):
    """Return the rows of a track's models ``dt`` seconds on."""
    switching = expm(switching_rates(EXACT) * dt)
    mixed = naive.mixed(bodies, switching, EXACT.turn_acceleration_mps2)
    out = naive.without_slow(mixed)
    for m in range(layout.MODELS):
        if out[m, layout.WEIGHT] > 0.0:
            x, p = naive.predicted(*naive.opened(out[m]), m, dt, world.models, np.eye(3)[2])
            if m != layout.TURN:  # it has no rate
                x[6], p[6], p[:, 6], p[6, 6] = 0.0, 0.0, 0.0, 1.0
            out[m] = naive.body_of(x, p, out[m, layout.WEIGHT])
    return out


def filtered(bodies, plot, sensor, dt):
    """Return the models after one plot, weights times densities, and whether any is in its gate.

    The likeliest model says how the plot's rows lie; those within 10 mrad of it take the same.
    """
    out, likelihoods, nearest = bodies.copy(), np.zeros(layout.MODELS), math.inf
    blocks = blocks_of(plot, sensor, FLAT, dt, EXACT.mode_c_sigma_m)

    def seen_from(x, p):
        return looked(x, p, blocks, np.linalg.norm(x[:3] + dt * x[3:6] - sensor.flat_enu_m))

    likeliest = naive.opened(bodies[bodies[:, layout.WEIGHT].argmax()])
    for m in range(layout.MODELS):
        weight = bodies[m, layout.WEIGHT]
        if weight > 0.0:
            own = naive.opened(bodies[m])
            apart_m = np.linalg.norm(own[0][:3] - likeliest[0][:3])
            seen = seen_from(*(own if apart_m > 0.01 * plot.range_m[0] else likeliest))
            done = updated(*own, seen)
            after = done.x, done.p
            if m == layout.TURN:
                after = naive.leaned(bodies[m, :7], *after, np.eye(3)[2])
            out[m] = naive.body_of(*after, weight)
            likelihoods[m] = weight * math.exp(done.log_density)
            nearest = min(nearest, done.distance2)
    return out, likelihoods, nearest, len(seen.residual)


def first_near(book, t, floats):
    """Return the time of the first plot near a track: to which it is predicted for the batch."""
    f = book.floats[t]
    for q in floats:
        place = f[[layout.T_E, layout.T_N]] + PLOTS_S * f[[layout.T_VE, layout.T_VN]]
        if np.hypot(*(q[layout.P_MAP : layout.P_MAP + 2] - place)) < 1500.0:
            return q[layout.P_TIME]
    return floats[0, layout.P_TIME]


def expected(book, plots, records, sensor, world):
    """Return existence and models of every track, and existence of what begins at each plot."""
    floats = plots[0]
    tracks, n = 2, len(floats)
    existence = book.floats[:tracks, layout.T_EXISTENCE].copy()
    detection = np.full(tracks, sensor.detection_probability)
    false = sensor.false_plots_per_turn * floats[:, layout.P_SHARE] * floats[:, layout.P_OTHER]
    rate = 2.0 * floats[:, layout.P_LOOKS]
    left = np.exp(-rate * floats[:, layout.P_TIME])
    fresh = left + (1.0 - left) / (rate * EXACT.mean_flight_s)
    fresh *= EXACT.targets_per_1000_km2 / 1e9
    fresh *= floats[:, layout.P_GROUND] * floats[:, layout.P_TARGET]
    opens = [first_near(book, t, floats) for t in range(tracks)]
    for t in range(tracks):  # it may have gone in between
        existence[t] *= np.exp(-(opens[t] - BEGUN_S) / EXACT.mean_flight_s)
    before = [predicted(book.bodies[t], opens[t] - BEGUN_S, world) for t in range(tracks)]
    odds, after, likely = np.zeros((tracks, n)), {}, {}
    for t in range(tracks):
        for j in range(n):
            dt = floats[j, layout.P_TIME] - opens[t]
            after[t, j], weights, nearest, rows = filtered(before[t], records.rows([j]), sensor, dt)
            if nearest <= world.settings[layout.G_GATE + rows]:
                odds[t, j] = weights.sum() / (false[j] + fresh[j])
                likely[t, j] = weights / weights.sum()
    there, mine, nobody = posterior(existence, detection, odds)
    merged = []
    for t in range(tracks):
        shares = mine[t] / there[t]
        if mine[t].max() < NEGLIGIBLE:
            merged.append(None)
            continue
        if shares.max() >= CERTAIN:
            shares = (shares == shares.max()).astype(float)
        merged.append(moment_matched(before[t], shares, t, after, likely))
        if shares.sum() <= 0.5:  # this look's miss is counted when the turn is over
            odds_of = there[t] / (1.0 - there[t]) / (1.0 - detection[t])
            there[t] = odds_of / (1.0 + odds_of)
    there = np.minimum(there, MOST_SURE)
    return there, merged, nobody, nobody * fresh / (fresh + false), opens


def moment_matched(before, shares, t, after, likely):
    out = before.copy()
    for m in range(layout.MODELS):
        weights = [(1.0 - shares.sum()) * before[m, layout.WEIGHT]]
        states = [naive.opened(before[m])]
        for j, share in enumerate(shares):
            if share > 0.0:
                weights.append(share * likely[t, j][m])
                states.append(naive.opened(after[t, j][m]))
        weights = np.array(weights)
        if weights.sum() > 0.0:
            mean, p = naive.moments(weights / weights.sum(), *zip(*states, strict=True))
            out[m] = naive.body_of(mean, p, weights.sum())
    live = out[:, layout.WEIGHT] > 0.0
    out[live, layout.WEIGHT] = np.maximum(out[live, layout.WEIGHT], LEAST_WEIGHT)
    out[:, layout.WEIGHT] /= out[:, layout.WEIGHT].sum()
    return out


def run(plots, book, world):
    """Let the tracker's loop take all plots as one batch; return its result rows."""
    n = len(plots[0])
    bench, out = new_bench(8, 1, 8, 16, n), empty_rows(8, 1)
    order, start = np.arange(n), np.array([0, n])
    made = (NO_TIMES[0], NO_TIMES[1], NO_TIMES[2].copy(), np.empty(0))
    _, written, taken, _, why = tracker_kernels.run(
        plots, order, start, 0, made, book, world, bench, out, empty_rows(0, 1)
    )
    assert why == tracker_kernels.DONE
    return out, written, taken


CASES = {
    "one plot each": (4000.0, [(0, 0.0), (1, 0.0)]),
    "one plot between two": (300.0, [(0, 150.0)]),
    "two plots between two": (250.0, [(0, 80.0), (1, -60.0)]),
    "a plot of its own": (3000.0, [(0, 0.0), (0, 20e3)]),
    "the edge of a gate": (5000.0, [(0, 420.0)]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("what", ["elevation", "height", "elevation doppler"])
def test_a_batch_updates_its_tracks_as_the_textbook_says(name, what):
    rng = stream(5, "batch", name, what)
    apart_m, where = CASES[name]
    sensor, world, book, places = a_sky_of_two(rng, apart_m)
    parts = [
        a_plot(rng, FLAT, POLAR, places[t] + [east, 0.0, 0.0], what).replace(
            time_s=np.array([PLOTS_S + 0.03 * k]),
            doppler_mps=np.array([20.0 if "doppler" in what else math.nan]),
        )
        for k, (t, east) in enumerate(where)
    ]
    records = parts[0] if len(parts) == 1 else join(parts)
    plots = arrays_of(FLAT, [sensor], records, EXACT)
    plots[1][:, layout.P_NUMBER] = 100 + np.arange(len(records))
    existence, merged, nobody, begins, opens = expected(book, plots, records, sensor, world)
    old = book.bodies.copy()
    out, written, taken = run(plots, book, world)
    for t in range(2):
        if merged[t] is None:
            np.testing.assert_array_equal(book.bodies[t], old[t])
            continue
        assert book.floats[t, layout.T_EXISTENCE] == pytest.approx(existence[t], rel=1e-3)
        got, wanted = book.bodies[t], merged[t]
        np.testing.assert_allclose(got[:, layout.WEIGHT], wanted[:, layout.WEIGHT], atol=1e-3)
        mean, p = naive.combined(wanted)
        got_mean, got_p = naive.combined(got)
        size = np.sqrt(np.diag(p))
        np.testing.assert_allclose((got_mean - mean) / size, 0.0, atol=1e-3)
        np.testing.assert_allclose((got_p - p) / np.outer(size, size), 0.0, atol=2e-3)
        assert book.floats[t, layout.T_TIME] == opens[t]
    new = book.counters[layout.N_LIVE] - 2
    assert new == (nobody >= LEAST_UNEXPLAINED).sum()
    begun = begins[nobody >= LEAST_UNEXPLAINED]
    got = book.floats[2 : 2 + new, layout.T_EXISTENCE]
    np.testing.assert_allclose(got, begun, rtol=1e-3)
    assert written == taken == (book.ints[:2, layout.I_PLOTS] == 6).sum()
    for row in range(written):
        t = out.ints[row, layout.O_NUMBER] - 1
        mean = out.floats[row, layout.R_MEAN : layout.R_MEAN + 6]
        np.testing.assert_array_equal(mean, book.floats[t, layout.T_MEAN : layout.T_MEAN + 6])
        assert out.ints[row, layout.O_PLOT] >= 100

"""The filter along one path against the textbook's, node by node: each from the kernels' last."""

import math
from typing import NamedTuple

import numpy as np
import pytest

from jointsky.earth import geodesy
from jointsky.records.columns import join
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.frame import choose
from jointsky.tracking.path_kernels import MOST_REFUSED
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.smoothing import PathSmoother, new_nodes
from jointsky.tracking.update_kernels import LEAST_WEIGHT
from tracking import naive, naive_path
from tracking.made import BEARING, EARTH, FLAT, GEODETIC, LOCAL, NAN, POLAR, a_plot, radar_of
from tracking.skies import straight, turning

SKIES = pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
# In standard errors, and shares of one.  Twins differentiate by differences; on the earth a plot's
# height is along its own vertical, and a path some 100 m away has another: 2e-5 of its uncertainty.
CLOSE = {True: 2e-4, False: 6e-3}
HEIGHTS_UNSURE = TrackerSettings(unseen_height_sigma_m=300.0)


FLIGHT = turning([30e3, 25e3, 6e3], [120.0, 90.0, 2.0], 20.0, 1.2, 1.5)  # it turns from 20 s on


class Filtered(NamedTuple):
    """A path as the kernels filtered it, and what it was made of."""

    sky: object
    sensor: object
    settings: TrackerSettings
    plots: object
    floats: np.ndarray
    nodes: object
    world: object


def filtered(sky, plots, settings=None, unfilled=NAN):
    """Return a path filtered by the kernels; a first bearing's target is 40 km away.

    What the kernels have not filled is ``unfilled``: what they read must be what they wrote.
    """
    settings, sensor = settings or TrackerSettings(), radar_of(sky)
    smoother = PathSmoother([sensor], settings, choose([sensor], sky.origin), 0.0)
    floats, ints = smoother.arrays(plots)
    nodes = new_nodes(floats[:, layout.P_TIME])
    for column in nodes[2:7]:
        column[:] = unfilled
    smoother.filter(floats, ints, nodes, 0, 40e3)
    return Filtered(sky, sensor, settings, plots, floats, nodes, smoother._world)


def plots_along(sky, kind, what, seed, time_s):
    """Return one plot of a turning flight at each of the times."""
    rng, at = stream(seed, "path", kind.name, what), FLIGHT(np.array(time_s))
    plots = join([a_plot(rng, sky, kind, enu[:3], what) for enu in at])
    near = sky.from_sensor(radar_of(sky), at)
    rate = (near[:, :3] * near[:, 3:]).sum(axis=1) / np.linalg.norm(near[:, :3], axis=1)
    measured = {"doppler_mps": rate, "ve_mps": at[:, 3], "vn_mps": at[:, 4]}
    for name, truth in measured.items():
        told = truth + rng.normal(size=len(at))
        measured[name] = np.where(np.isnan(getattr(plots, name)), NAN, told)
    return plots.replace(time_s=np.array(time_s), **measured)


def vertical_at(bodies, sky):
    """Return the local vertical at a mixture's place."""
    x = naive.combined(bodies)[0]
    if sky.is_flat:
        return np.array([0.0, 0.0, 1.0])
    latitude, longitude, _ = (float(v[0]) for v in geodesy.ecef_to_geodetic([x[:3]]))
    return geodesy.enu_rotation(latitude, longitude)[2]


def assert_same_models(got, wanted, close):
    """Compare rows of models: weights, means and covariances in the size of what is wanted."""
    weights = [bodies[:, layout.WEIGHT] for bodies in (got, wanted)]
    np.testing.assert_allclose(*weights, atol=close)
    for m in naive_path.in_use(wanted):
        n = layout.STATES if m == layout.TURN else 6
        (x, p), (own_x, own_p) = naive.opened(wanted[m]), naive.opened(got[m])
        size = np.sqrt(np.diag(p))[:n]
        np.testing.assert_allclose((own_x[:n] - x[:n]) / size, 0.0, atol=close, err_msg=f"{m}")
        off = (own_p - p)[:n, :n] / np.outer(size, size)
        np.testing.assert_allclose(off, 0.0, atol=close, err_msg=f"{m}")


def assert_as_the_twin(made, close=None):
    """Follow the kernels' nodes, each from the one before as the kernels left it."""
    nodes, sky = made.nodes, made.sky
    close = close or CLOSE[sky.is_flat]
    origin = made.world.sensors[0, layout.S_ORIGIN : layout.S_ORIGIN + 3]
    scene = sky, made.sensor, origin, made.settings, made.world.settings[layout.G_GATE :]
    for n in range(1, len(nodes.times_s)):
        dt = nodes.times_s[n] - nodes.times_s[n - 1]
        before, up = nodes.bodies[n - 1], vertical_at(nodes.bodies[n - 1], sky)
        np.testing.assert_allclose(nodes.ups[n - 1], up, atol=1e-5)  # 30 m at the earth's centre
        mixed = naive_path.set_out(before, dt, made.settings)
        assert_same_models(nodes.mixed[n], mixed, 1e-6)
        ahead = naive_path.arrived(nodes.mixed[n], dt, made.world.models, up)
        live = naive_path.in_use(mixed)
        assert_same_models(nodes.ahead[n], ahead, 1e-4)
        assert naive_path.in_use(nodes.ahead[n]) == live
        turn = nodes.mixed[n, layout.TURN]
        slopes = naive.derivative(
            lambda y, up=up, dt=dt: naive.turned_exactly(y, up, dt), turn[:7], [1.0] * 6 + [1e-6]
        )
        far = np.append(np.full(6, 1e-6), 5e-3)  # a difference over 1e-6 rad/s of earth's size
        off = nodes.turns[n].reshape(7, 7) - slopes
        assert (np.abs(off) < far + 1e-5 * np.abs(slopes)).all()
        held = nodes.ahead[n].copy()
        for m in live:
            held[m] = naive_path.height_held(held[m], up, sky, made.settings)
        counts = tuple(nodes.counts[n - 1].tolist())
        for k in range(nodes.first[n], nodes.first[n + 1]):
            held, counts = naive_path.took(held, counts, made.plots.rows([k]), scene, up)
        assert_same_models(nodes.bodies[n], held, close)
        assert tuple(nodes.counts[n].tolist()) == counts


TIMES_S = [0.0, 4.1, 7.9, 8.0, 12.0, 20.0, 24.1, 27.9]
SOME_S = [0.0, 4.1, 18.0, 22.1, 26.0]
KINDS = [
    *((POLAR, "height"), (POLAR, "height elevation doppler")),
    *((LOCAL, "height"), (GEODETIC, "height velocity")),
]


@SKIES
@pytest.mark.parametrize(("kind", "what"), KINDS, ids=[f"{k.name} {w}" for k, w in KINDS])
def test_each_node_is_the_textbooks_after_the_one_before(sky, kind, what):
    assert_as_the_twin(filtered(sky, plots_along(sky, kind, what, 1, SOME_S)))


@SKIES
def test_a_height_that_nobody_measures_is_held(sky):
    made = filtered(sky, plots_along(sky, POLAR, "", 2, SOME_S), HEIGHTS_UNSURE)
    assert_as_the_twin(made, CLOSE[True] if sky.is_flat else 0.05)  # it knows its height to 30 m
    held = 0
    for n in range(1, len(SOME_S)):
        for m in naive_path.in_use(made.nodes.ahead[n]):
            row = made.nodes.ahead[n, m]
            up = vertical_at(made.nodes.bodies[n - 1], sky)
            held += naive_path.height_held(row, up, sky, HEIGHTS_UNSURE) is not row
    assert held > 5


def test_plots_of_one_time_are_taken_one_after_the_other():
    times_s = [0.0, 4.0, 4.0, 8.0, 8.0, 8.0, 12.0]
    made = filtered(FLAT, plots_along(FLAT, POLAR, "height elevation", 3, times_s))
    assert made.nodes.first.tolist() == [0, 1, 3, 6, 7]
    assert_as_the_twin(made)


def test_a_node_of_no_plot_is_a_prediction():
    made = filtered(FLAT, plots_along(FLAT, POLAR, "elevation", 4, [0.0, 4.0, 8.0]))
    smoother = PathSmoother([made.sensor], made.settings, choose([made.sensor], FLAT.origin), 0.0)
    floats, ints = smoother.arrays(made.plots)
    nodes = new_nodes(np.array([0.0, 4.0, 6.0, 8.0]))._replace(first=np.array([0, 1, 2, 2, 3]))
    smoother.filter(floats, ints, nodes)
    assert_same_models(nodes.bodies[2], nodes.ahead[2], 1e-12)
    assert_as_the_twin(made._replace(nodes=nodes))


def test_going_on_from_a_node_gives_what_going_all_the_way_gives():
    made = filtered(FLAT, plots_along(FLAT, POLAR, "elevation", 5, TIMES_S))
    smoother = PathSmoother([made.sensor], made.settings, choose([made.sensor], FLAT.origin), 0.0)
    floats, ints = smoother.arrays(made.plots)
    whole = [column.copy() for column in made.nodes]
    for column in made.nodes[2:]:
        column[6:] = 77
    smoother.filter(floats, ints, made.nodes, 6)
    for got, wanted in zip(made.nodes[2:], whole[2:], strict=True):
        np.testing.assert_array_equal(got[1:], wanted[1:])


def with_wild_ranges(plots, rows, off_m=4e3):
    reach = plots.range_m.copy()
    reach[rows] += off_m
    return plots.replace(range_m=reach)


def test_a_plot_that_fits_no_model_is_refused_but_only_so_often_in_a_row():
    plots = plots_along(FLAT, POLAR, "elevation", 6, TIMES_S)
    made = filtered(FLAT, with_wild_ranges(plots, [4, 5, 6]))
    assert made.nodes.counts[:7, 1].tolist() == [0, 0, 0, 0, 1, MOST_REFUSED, 0]
    assert_as_the_twin(made)
    once = filtered(FLAT, with_wild_ranges(plots, [4]))
    np.testing.assert_array_equal(once.nodes.bodies[4], once.nodes.ahead[4])


@pytest.mark.parametrize("off_m", [500.0, 700.0, 1100.0])
def test_a_plot_is_refused_only_where_no_model_is_near(off_m):
    """A target slow enough to hover: of its models, the last one is not the widest."""
    flown = straight([30e3, 25e3, 6e3], [6.0, 4.0, 0.0])(np.array(TIMES_S[:5]))
    rng = stream(8, "slow")
    plots = join([a_plot(rng, FLAT, POLAR, enu[:3], "elevation") for enu in flown])
    made = filtered(FLAT, with_wild_ranges(plots.replace(time_s=np.array(TIMES_S[:5])), [4], off_m))
    assert naive_path.in_use(made.nodes.ahead[4]) == list(range(layout.MODELS))
    assert made.nodes.counts[4, 1] == (off_m > 1000.0)
    assert_as_the_twin(made)


def test_a_model_that_a_plot_makes_absurd_is_not_quite_forgotten():
    plots = plots_along(FLAT, POLAR, "elevation", 9, TIMES_S)
    sure = {"range_sigma_m": np.full(8, 4.0), "azimuth_sigma_rad": np.full(8, 2e-4)}
    made = filtered(FLAT, with_wild_ranges(plots.replace(**sure), [7], 350.0))
    weights = made.nodes.bodies[:, :, layout.WEIGHT]
    assert weights[weights > 0.0].min() == pytest.approx(LEAST_WEIGHT, rel=1e-3, abs=0.0)
    assert_as_the_twin(made)


def test_three_heights_in_a_row_that_do_not_fit_open_the_paths_own():
    plots = plots_along(FLAT, POLAR, "height elevation", 7, TIMES_S)
    off_m = np.where(np.arange(len(plots)) >= 4, 3000.0, 0.0)
    made = filtered(FLAT, plots.replace(pressure_altitude_m=plots.pressure_altitude_m + off_m))
    assert made.nodes.counts[:8, 0].tolist() == [0, 0, 0, 0, 1, 2, 0, 0]
    assert_as_the_twin(made)


# where a path begins


@SKIES
@pytest.mark.parametrize("what", ["height", "height elevation", "height elevation doppler"])
def test_a_first_velocity_points_to_the_second_plot(sky, what):
    for seed in range(5):
        plots = plots_along(sky, POLAR, what, seed, [0.0, 4.0])
        one, two = filtered(sky, plots.rows([0])), filtered(sky, plots)
        origin = one.world.sensors[0, layout.S_ORIGIN : layout.S_ORIGIN + 3]
        velocity = one.nodes.bodies[0, layout.QUIET, 3:6]
        wanted = naive_path.aimed(velocity, *two.floats, 4.0, origin, two.settings)
        for m in range(layout.MODELS):
            before, after = one.nodes.bodies[0, m], two.nodes.bodies[0, m]
            np.testing.assert_allclose(after[3:6], wanted, atol=1e-6)
            rest = np.setdiff1d(np.arange(layout.BODY), [3, 4, 5])
            np.testing.assert_array_equal(after[rest], before[rest])
        assert np.linalg.norm(wanted - velocity) > 1.0


@pytest.mark.parametrize(("kind", "what"), [(BEARING, ""), (GEODETIC, "height velocity")])
def test_a_first_velocity_that_is_sent_or_of_a_bearing_stays(kind, what):
    plots = plots_along(EARTH, kind, what, 1, [0.0, 4.0])
    one, two = filtered(EARTH, plots.rows([0])), filtered(EARTH, plots)
    np.testing.assert_array_equal(one.nodes.bodies[0], two.nodes.bodies[0])


@SKIES
def test_a_bearing_begins_a_path_at_about_the_reach_it_is_given(sky):
    made = filtered(sky, plots_along(sky, BEARING, "", 2, [0.0]))
    x, p = naive.opened(made.nodes.bodies[0, layout.QUIET])
    origin = made.world.sensors[0, layout.S_ORIGIN : layout.S_ORIGIN + 3]
    away = x[:3] - origin
    assert np.linalg.norm(away) == pytest.approx(40e3)
    east, north = made.world.sensors[0, layout.S_AXES : layout.S_AXES + 6].reshape(2, 3) @ away
    azimuth = math.atan2(east, north)
    assert azimuth % (2.0 * math.pi) == pytest.approx(made.plots.azimuth_rad[0])
    up, out = vertical_at(made.nodes.bodies[0], sky), away / 40e3
    aside = np.cross(up, out) / np.linalg.norm(np.cross(up, out))
    assert math.sqrt(aside @ p[:3, :3] @ aside) == pytest.approx(40e3 * 0.002, rel=0.01)
    level = np.cross(aside, up)
    assert math.sqrt(level @ p[:3, :3] @ level) == pytest.approx(20e3, rel=0.03)


@pytest.mark.parametrize(
    ("kind", "what"), [(POLAR, "height"), (POLAR, "height doppler"), (GEODETIC, "height velocity")]
)
def test_a_path_begins_with_all_models_and_a_turn_of_any_rate_at_its_speed(kind, what):
    made = filtered(FLAT, plots_along(FLAT, kind, what, 3, [0.0]))
    bodies, settings = made.nodes.bodies[0], made.settings
    assert bodies[:, layout.WEIGHT].tolist() == made.world.usual.tolist()
    x, p = naive.opened(bodies[layout.TURN])
    speed = math.sqrt(x[3:6] @ x[3:6] + np.trace(p[3:6, 3:6]))
    assert p[6, 6] == pytest.approx((settings.turn_acceleration_mps2 / speed) ** 2)
    assert not p[6, :6].any() and x[6] == 0.0


@SKIES
def test_first_plots_of_one_time_read_nothing_that_is_not_written(sky):
    """Receivers hear one report: all but the first meet a path whose heading is known."""
    plots = plots_along(sky, GEODETIC, "height velocity", 4, [0.0] * 4)
    plots = plots.replace(ve_mps=np.full(4, 120.0), vn_mps=np.array([90.0, 90.0, 90.0, 100.0]))
    one, other = (filtered(sky, plots, None, unfilled) for unfilled in (0.5, -0.8))
    np.testing.assert_array_equal(one.nodes.bodies[0], other.nodes.bodies[0])

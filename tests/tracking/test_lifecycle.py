"""A track's life: it begins at a plot, settles, takes over what plots say, ends, is one of two."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.records.plots import PlotFlag
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import lifecycle_kernels
from jointsky.tracking.arrays import new_bench, new_book
from tracking import naive
from tracking.made import (
    EARTH,
    FLAT,
    GEODETIC,
    POLAR,
    a_plot,
    a_world,
    arrays_of,
    plane_of,
    radar_of,
    some_bodies,
)
from tracking.reached import (
    are_one,
    begin,
    end,
    free_row,
    gate_reach,
    note_plot,
    put,
    settle,
    vertical,
)

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=30, deadline=None)
EACH_SKY = pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])


@FEW
@given(st.floats(-89.0, 89.0), st.floats(-180.0, 180.0), st.floats(0.0, 15e3))
def test_the_vertical_is_the_ellipsoids_and_its_height_good_to_30_m(latitude, longitude, height):
    place = math.radians(latitude), math.radians(longitude)
    x, y, z = (float(v) for v in geodesy.geodetic_to_ecef(*place, height)[0])
    up = np.empty(3)
    assert vertical(False, x, y, z, up) == pytest.approx(height, abs=30.0)
    # of the ellipsoid through the point, not of the one below: they differ by millionths
    np.testing.assert_allclose(up, geodesy.enu_rotation(*place)[2], atol=2e-5)
    assert vertical(True, x, y, z, up) == z and up.tolist() == [0.0, 0.0, 1.0]


@EACH_SKY
@FEW
@given(SEEDS, st.sampled_from([(), (layout.SLOW,), (0, 1, 2, 4)]))
def test_a_settled_track_says_where_its_mixture_lies(sky, seed, resting):
    rng = stream(seed, "settle", sky.is_flat)
    enu = np.concatenate([rng.uniform(-9e4, 9e4, 2), [6000.0], rng.normal(0, 100, 3)])
    x = np.append(sky.in_frame(enu[None])[0], 0.0)
    book, plane = new_book(2, 1), plane_of(sky)
    bodies = np.array([np.full((5, 36), math.nan), some_bodies(rng, x, resting)])
    packed = np.full(21, math.nan)
    world = a_world(sky, [sky.radar()])
    settle(book.floats, book.links, book.heads, bodies, 1, world.settings, plane.rows, packed)
    f = book.floats[1]
    mean, p = naive.combined(bodies[1])
    np.testing.assert_allclose(f[layout.T_MEAN : layout.T_MEAN + 6], mean, rtol=1e-12)
    np.testing.assert_allclose(naive.unpacked(packed), p, rtol=1e-6, atol=1e-6)
    rows = plane.rows
    wanted = rows[1:3] @ (mean[:3] - rows[0])
    np.testing.assert_allclose(f[[layout.T_E, layout.T_N]], wanted, atol=1e-6)
    velocity = rows[1:3] @ mean[3:]
    np.testing.assert_allclose(f[[layout.T_VE, layout.T_VN]], velocity, atol=1e-9)
    up = np.eye(3)[2]
    height = mean[2]
    if not sky.is_flat:
        latitude, longitude, height = (
            float(v[0]) for v in geodesy.ecef_to_geodetic(mean[None, :3])
        )
        up = geodesy.enu_rotation(latitude, longitude)[2]
    np.testing.assert_allclose(f[layout.T_UP : layout.T_UP + 3], up, atol=2e-5)
    assert f[layout.T_U] == pytest.approx(height, abs=30.0)
    assert f[layout.T_VU] == pytest.approx(up @ mean[3:], abs=0.01)
    level = np.eye(3) - np.outer(up, up)
    assert f[layout.T_SIGMA_UP] ** 2 == pytest.approx(up @ p[:3, :3] @ up, rel=2e-3)
    assert f[layout.T_SIGMA] ** 2 == pytest.approx(np.trace(level @ p[:3, :3]), rel=2e-3)
    assert f[layout.T_SIGMA_V] ** 2 == pytest.approx(np.trace(level @ p[3:, 3:]), rel=2e-3)
    reach = gate_reach(f, lifecycle_kernels.SOON_S, world.settings)
    cell = book.links[1, layout.J_CELL]
    assert book.heads[cell] == 1
    put(book.links, book.heads, 1, *wanted, reach)
    assert book.links[1, layout.J_CELL] == cell  # there it was already


def begun(plot, sky=FLAT, sensors=2):
    """Return a book whose track 0 has begun at a plot, with the plot's arrays."""
    radars = [radar_of(sky)] * sensors
    floats, ints = arrays_of(sky, radars, plot)
    book, world = new_book(2, sensors), a_world(sky, radars)
    q, i = floats[0], ints[0]
    place = q[layout.P_X : layout.P_X + 3].copy()
    rows = book.floats, book.ints, book.looks, book.bodies
    begin(*rows, 0, np.int64(-1), q, i, place, 40.0, world, 0.25, new_bench(2, 2, 1, 1, 1))
    return book, q, i


def test_a_track_begins_tentative_with_one_model_and_no_history():
    book, q, _ = begun(a_plot(stream(1, "begin"), FLAT, POLAR, np.array([3e4, 2e4, 6e3]), "height"))
    f, n, looks = book.floats[0], book.ints[0], book.looks[0]
    assert n[layout.I_STATUS] == layout.TENTATIVE and n[layout.I_NUMBER] == -1
    assert book.bodies[0, :, layout.WEIGHT].tolist() == [0.0, 0.0, 0.0, 1.0, 0.0]
    assert f[[layout.T_TIME, layout.T_BORN, layout.T_SEEN]].tolist() == [q[layout.P_TIME]] * 3
    assert f[layout.T_EXISTENCE] == f[layout.T_FIRST] == 0.25
    assert math.isnan(f[layout.T_PRESSURE]) and f[layout.T_DUE] == math.inf
    unknown = [layout.I_MODE_S, layout.I_MODE_A, layout.I_CALL_SIGN]
    assert n[unknown].tolist() == [-1, -1, -1] and n[layout.I_PLOTS] == 0
    assert (looks[:, layout.L_HIT] == layout.NEVER).all() and not looks[:, layout.L_VIEW].any()
    assert (looks[:, layout.L_EVERY] == 4.0).all()
    x, _ = naive.opened(book.bodies[0, layout.MANOEUVRE])
    np.testing.assert_array_equal(x[:3], q[layout.P_X : layout.P_X + 3])


def test_a_plot_gives_its_track_identity_altitude_and_a_look():
    plot = a_plot(stream(2, "note"), FLAT, POLAR, np.array([3e4, 2e4, 6e3]), "height")
    book, q, i = begun(plot)
    i[[layout.P_MODE_S, layout.P_MODE_A, layout.P_CALL_SIGN]] = 0x48AC01, 0o4521, 3
    rows = book.floats, book.ints, book.looks
    note_plot(*rows, 0, q, i)
    f, n, look = book.floats[0], book.ints[0], book.looks[0, 0]
    names = [layout.I_MODE_S, layout.I_MODE_A, layout.I_CALL_SIGN, layout.I_PLOTS]
    assert n[names].tolist() == [0x48AC01, 0o4521, 3, 1]
    assert f[layout.T_PRESSURE] == plot.pressure_altitude_m[0]
    assert look[layout.L_HIT] == q[layout.P_TIME] and look[layout.L_VIEW] == 1.0
    assert look[layout.L_EVERY] == 4.0  # a turning radar: not from its plots
    i[[layout.P_MODE_S, layout.P_MODE_A, layout.P_CALL_SIGN]] = -1
    q[layout.P_PRESSURE], q[layout.P_TIME] = math.nan, 0.5
    note_plot(*rows, 0, q, i)  # says nothing, and late
    assert n[names].tolist() == [0x48AC01, 0o4521, 3, 2]
    assert f[layout.T_PRESSURE] == plot.pressure_altitude_m[0] and f[layout.T_SEEN] == 1.0


def test_what_plots_said_holds_and_an_answer_takes_back_what_passes():
    plot = a_plot(stream(4, "flags"), FLAT, POLAR, np.array([3e4, 2e4, 6e3]))
    book, q, i = begun(plot)
    said = []
    for flags in (
        PlotFlag.PRIMARY | PlotFlag.ON_GROUND,
        PlotFlag.PRIMARY | PlotFlag.COASTED,  # sees no ground, and that it was coasted is its own
        PlotFlag.SECONDARY | PlotFlag.MILITARY | PlotFlag.EMERGENCY | PlotFlag.MODE_A_UNSURE,
        PlotFlag.MODE_S,
    ):
        i[layout.P_FLAGS] = flags
        note_plot(book.floats, book.ints, book.looks, 0, q, i)
        said.append(PlotFlag(int(book.ints[0, layout.I_FLAGS])))
    seen = PlotFlag.PRIMARY | PlotFlag.SECONDARY | PlotFlag.MILITARY
    assert said == [
        PlotFlag.PRIMARY | PlotFlag.ON_GROUND,
        PlotFlag.PRIMARY | PlotFlag.ON_GROUND,
        seen | PlotFlag.EMERGENCY,
        seen | PlotFlag.MODE_S,
    ]


def test_reports_say_themselves_how_often_they_come():
    plot = a_plot(stream(2, "reports"), FLAT, GEODETIC, np.array([3e4, 2e4, 6e3]), "height")
    book, q, i = begun(plot)
    for _ in range(40):
        q[layout.P_TIME] += 0.5
        note_plot(book.floats, book.ints, book.looks, 0, q, i)
    assert book.looks[0, 0, layout.L_EVERY] == pytest.approx(0.5, rel=1e-3)


def test_a_code_changes_only_when_the_new_one_outvotes_the_old():
    plot = a_plot(stream(3, "votes"), FLAT, POLAR, np.array([3e4, 2e4, 6e3]))
    book, q, i = begun(plot)
    codes = [1, 1, 1, 1, 2, 2, 1, 2, 2, 2, 2, -1, 2]
    shown = []
    for code in codes:
        i[layout.P_MODE_A] = code
        note_plot(book.floats, book.ints, book.looks, 0, q, i)
        shown.append(int(book.ints[0, layout.I_MODE_A]))
    held, votes, wanted = -1, 0, []  # three votes are kept at most
    for code in codes:
        if code >= 0 and code == held:
            votes = min(votes + 1, 3)
        elif code >= 0:
            votes = votes - 1 if held >= 0 else 0
            if votes <= 0:
                held, votes = code, 1
        wanted.append(held)
    assert shown == wanted and 1 in shown and shown[-1] == 2


@FEW
@given(SEEDS)
def test_rows_of_ended_tracks_are_used_again_and_none_twice(seed):
    rng, book = stream(seed, "rows"), new_book(40, 1)
    used = set()
    for _ in range(120):
        if used and (len(used) == 40 or rng.random() < 0.45):
            t = int(rng.choice(sorted(used)))
            used.remove(t)
            end(book.ints, book.links, book.heads, book.counters, t)
            assert book.ints[t, layout.I_STATUS] == layout.FREE
        else:
            t = free_row(book.links, book.counters)
            assert t not in used
            used.add(t)
            book.ints[t, layout.I_STATUS] = layout.TENTATIVE
        assert book.counters[layout.N_LIVE] >= max(used, default=-1) + 1
        assert book.counters[layout.N_LIVE] <= 40


# two of one


def two(rng, gap_m=30.0, speed_gap_mps=2.0, later_s=1.0):
    """Return a book with two tracks of one target, each seen by another radar."""
    book, world = new_book(2, 2), a_world(FLAT, [FLAT.radar(), FLAT.radar(5e3, 0.0)])
    f, n, looks = book.floats, book.ints, book.looks
    n[:, layout.I_STATUS] = layout.CONFIRMED
    n[:, layout.I_BATCH] = 5, 9
    f[:, layout.T_SIGMA], f[:, layout.T_SIGMA_V], f[:, layout.T_SIGMA_UP] = 50.0, 5.0, 40.0
    velocity = np.array([150.0, -80.0, 3.0])
    place = np.array([2e4, 3e4, 5e3])
    for t, since in enumerate((later_s, 0.0)):
        aside = gap_m * t * np.array([0.6, 0.8, 0.0])
        f[t, layout.T_E : layout.T_U + 1] = place + velocity * since + aside
        f[t, layout.T_VE : layout.T_VU + 1] = velocity + speed_gap_mps * t * np.array([0.8, 0.6, 0])
        f[t, layout.T_TIME] = since
        looks[t, t, layout.L_HIT] = since
        looks[t, 1 - t, layout.L_HIT] = layout.NEVER
    return book, world


def judged(book, world):
    return are_one(book.floats, book.ints, book.looks, 0, 1, world.sensors)


def test_tracks_close_in_place_and_speed_that_nobody_saw_apart_are_one():
    book, world = two(stream(1, "two"))
    assert judged(book, world)
    book.ints[:, layout.I_BATCH] = 7  # one batch gave each its own plot
    assert not judged(book, world)


@pytest.mark.parametrize(
    ("gap_m", "speed_gap_mps", "are"),
    [(100.0, 5.0, True), (190.0, 0.0, False), (30.0, 16.0, False), (110.0, 10.0, False)],
)
def test_close_is_measured_in_standard_errors(gap_m, speed_gap_mps, are):
    book, world = two(stream(1, "two"), gap_m, speed_gap_mps)
    place2 = 50.0**2 + (50.0 + 5.0) ** 2
    moved_m = np.hypot(gap_m * 0.6 + 0.8 * speed_gap_mps, gap_m * 0.8 + 0.6 * speed_gap_mps)
    distance2 = moved_m**2 / place2 + speed_gap_mps**2 / 50.0
    assert (distance2 < 4.0) == are == judged(book, world)


def test_identity_decides_where_there_is_one():
    book, world = two(stream(1, "two"), gap_m=900.0)
    n = book.ints
    assert not judged(book, world)
    n[:, layout.I_MODE_S] = 0x48AC01  # one address: one target, within a kilometre
    assert judged(book, world)
    n[1, layout.I_MODE_S] = 0x48AC02
    assert not judged(book, world)
    book, world = two(stream(1, "two"))
    book.ints[:, layout.I_MODE_A] = 1, 2
    assert not judged(book, world)


def test_tracks_at_different_heights_or_seen_apart_are_two():
    book, world = two(stream(1, "two"))
    book.floats[1, layout.T_U] += 2000.0
    assert not judged(book, world)
    book, world = two(stream(1, "two"))
    book.looks[:, 0, layout.L_HIT] = 10.0, 10.5  # one radar saw both in one turn
    assert not judged(book, world)
    book.looks[:, 0, layout.L_HIT] = 10.0, 12.0
    assert judged(book, world)


def test_being_one_does_not_depend_on_who_is_asked_first():
    for seed in range(60):
        rng = stream(seed, "both ways")
        book, world = two(rng, rng.uniform(0, 250), rng.uniform(0, 20), 0.0)
        there = judged(book, world)
        back = are_one(book.floats, book.ints, book.looks, 1, 0, world.sensors)
        assert there == back

"""The grid against looking at every track; the coarse gate against the fine one; identity."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.streams import stream
from jointsky.tracking import gating_kernels
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import new_book
from jointsky.tracking.measurement_kernels import ROWS
from tracking.made import (
    BEARING,
    EARTH,
    FLAT,
    GEODETIC,
    LOCAL,
    POLAR,
    SETTINGS,
    a_plot,
    a_world,
    arrays_of,
    plane_of,
    radar_of,
    some_bodies,
)
from tracking.reached import (
    along_bearing,
    gate_reach,
    identity_log_ratio,
    is_near,
    measure,
    near,
    put,
    remove,
    settle,
    take_rows,
)

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=40, deadline=None)
SIGMAS, PSD = 4.0, 400.0
TURN_MPS2 = 8.0


def some_tracks(rng, count, across_m=60e3):
    """Return tracks' floats and ints that lie anywhere and are not yet in a grid."""
    book = new_book(count, 1)
    f, n = book.floats, book.ints
    n[:, layout.I_STATUS] = layout.CONFIRMED
    f[:, layout.T_TIME] = rng.uniform(0, 4, count)
    f[:, layout.T_E], f[:, layout.T_N] = rng.uniform(-across_m, across_m, (2, count))
    f[:, layout.T_U] = rng.uniform(0, 12e3, count)
    f[:, layout.T_VE], f[:, layout.T_VN] = rng.normal(0, 150, (2, count))
    f[:, layout.T_VU] = rng.normal(0, 5, count)
    f[:, layout.T_SIGMA] = rng.uniform(10, 900, count)
    f[:, layout.T_SIGMA_V] = rng.uniform(1, 40, count)
    f[:, layout.T_SIGMA_UP] = rng.uniform(10, 2000, count)
    return f, n


def a_local_plot(rng, time_s=5.0):
    q = np.zeros(layout.PLOT_FLOATS)
    q[layout.P_TIME] = time_s
    q[layout.P_MAP : layout.P_MAP + 3] = *rng.uniform(-50e3, 50e3, 2), rng.uniform(0, 12e3)
    q[layout.P_SIGMA] = rng.uniform(10, 800)
    q[layout.P_SIGMA_UP] = rng.choice([300.0, 1e6])
    q[layout.P_SLACK] = rng.choice([0.0, 1500.0])
    return q


def a_row():
    """Return the tracker's settings with another manoeuvre and another turn."""
    row = a_world(FLAT, [FLAT.radar()]).settings
    row[layout.G_SIGMAS], row[layout.G_WORST_PSD] = SIGMAS, PSD
    row[layout.G_TURN_ACCELERATION] = TURN_MPS2
    return row


def may_be(track, q):
    """Whether a plot lies in the coarse gate of a track: the plain way."""
    dt = q[layout.P_TIME] - track[layout.T_TIME]
    velocity = track[[layout.T_VE, layout.T_VN, layout.T_VU]]
    place = track[[layout.T_E, layout.T_N, layout.T_U]] + dt * velocity
    away = q[layout.P_MAP : layout.P_MAP + 3] - place
    grown = track[layout.T_SIGMA] + abs(dt) * track[layout.T_SIGMA_V]
    shaken2 = PSD * abs(dt) ** 3 / 3.0 + (TURN_MPS2 * dt**2) ** 2
    level = math.sqrt(grown**2 + shaken2 + q[layout.P_SIGMA] ** 2)
    climbed = gating_kernels.CLIMB_MPS * abs(dt)
    upright = track[layout.T_SIGMA_UP] + climbed + q[layout.P_SIGMA_UP]
    is_level = np.hypot(*away[:2]) <= SIGMAS * level + q[layout.P_SLACK]
    return is_level and abs(away[2]) <= SIGMAS * upright


@FEW
@given(SEEDS)
def test_the_coarse_gate_is_as_wide_as_it_says(seed):
    rng = stream(seed, "coarse")
    f, _ = some_tracks(rng, 40, 8e3)
    q = a_local_plot(rng)
    q[layout.P_MAP : layout.P_MAP + 2] /= 10.0
    row = a_row()
    assert [is_near(track, q, SIGMAS, row) for track in f] == [may_be(track, q) for track in f]


def walked(links, heads):
    """Return the tracks of each bucket that has any, by following the links both ways."""
    lists = {}
    for b, first in enumerate(heads):
        t, before = first, -1
        while t >= 0:
            assert links[t, layout.J_PREVIOUS] == before and links[t, layout.J_CELL] == b
            lists.setdefault(b, []).append(int(t))
            before = t
            t = links[t, layout.J_NEXT]
    return lists


@FEW
@given(SEEDS, st.sampled_from([4, 64, 4096]))
def test_the_grids_find_what_looking_at_every_track_finds(seed, buckets):
    rng = stream(seed, "near")
    row = a_row()
    f, _ = some_tracks(rng, 60)
    links = np.full((60, layout.LINKS), -1, np.int32)
    f[:, layout.T_SIGMA] *= rng.choice([1.0, 10.0, 60.0], 60)  # for all three grids
    heads = np.full(buckets, -1, np.int32)  # with few, many cells share one
    q = a_local_plot(rng)

    def put_in(t):
        age = q[layout.P_TIME] - f[t, layout.T_TIME]
        place = f[t, [layout.T_E, layout.T_N]] + age * f[t, [layout.T_VE, layout.T_VN]]
        grown = f[t, layout.T_SIGMA] + age * f[t, layout.T_SIGMA_V]
        reach = SIGMAS * math.sqrt(grown**2 + PSD * age**3 / 3 + (TURN_MPS2 * age**2) ** 2)
        assert gate_reach(f[t], age, row) == pytest.approx(reach + gating_kernels.MARGIN_M)
        put(links, heads, int(t), *place, reach)

    for t in rng.permutation(60):
        put_in(t)
    for t in rng.choice(60, 15, replace=False):  # some move, some go
        f[t, [layout.T_E, layout.T_N]] = rng.uniform(-60e3, 60e3, 2)
        put_in(t)
    gone = set(rng.choice(60, 10, replace=False).tolist())
    for t in sorted(gone):
        remove(links, heads, t)
        remove(links, heads, t)  # twice is as good as once
    there = set(range(60)) - gone
    assert sorted(t for line in walked(links, heads).values() for t in line) == sorted(there)
    wanted = {t for t in there if may_be(f[t], q)}
    found = np.empty(256, np.int64)
    count = near(f, links, heads, q, row, found)
    assert len(set(found[:count].tolist())) == count and set(found[:count].tolist()) == wanted
    few = near(f, links, heads, q, row, found[:2])  # no room: no more than fit
    assert few == min(2, count)


def test_a_track_that_stays_in_its_cell_is_not_moved():
    book = new_book(2, 1)
    put(book.links, book.heads, 0, -10.0, 10.0, 500.0)
    put(book.links, book.heads, 1, -20.0, 20.0, 500.0)
    before = book.links.copy(), book.heads.copy()
    put(book.links, book.heads, 0, -gating_kernels.CELLS_M[0] + 1.0, 500.0, 600.0)
    np.testing.assert_array_equal(book.links[:, : layout.J_EAST], before[0][:, : layout.J_EAST])
    place = [-gating_kernels.CELLS_M[0] + 1.0, 500.0]  # but its new place there is known
    assert book.links[0, [layout.J_EAST, layout.J_NORTH]].tolist() == place
    np.testing.assert_array_equal(book.heads, before[1])


# the fine gate lies within the coarse one


@pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
@pytest.mark.parametrize("kind", [POLAR, LOCAL, GEODETIC], ids=["polar", "local", "geodetic"])
def test_what_lies_in_the_fine_gate_of_the_mixture_lies_in_the_coarse_gate(sky, kind):
    """Within as many sigmas as the coarse gate is wide, whatever the shape of the errors."""
    sensor = radar_of(sky)
    world = a_world(sky, [sensor])
    limit = world.settings[layout.G_SIGMAS]
    plane = plane_of(sky).rows
    inside = 0
    for seed in range(60):
        rng = stream(seed, "gates", kind.name, sky.is_flat)
        enu = np.array([*rng.uniform(-60e3, 60e3, 2), 6000.0])
        what = ["", "height", "elevation height", "elevation"][seed % 4]
        plot = a_plot(rng, sky, kind, enu, what)
        floats, ints = arrays_of(sky, [sensor], plot)
        q = floats[0]
        book = new_book(1, 1)
        book.floats[0, layout.T_TIME] = q[layout.P_TIME]
        size = rng.choice([30.0, 300.0, 1000.0])
        state = sky.in_frame(np.concatenate([enu + size * rng.normal(size=3), [90, 50, 0]])[None])
        bodies = np.array([some_bodies(rng, np.append(state[0], 0.0))])
        bodies[0, :, layout.COV :] *= (size / 60.0) ** 2
        mean, packed = book.floats[0, layout.T_MEAN : layout.T_MEAN + 6], np.empty(21)
        settle(book.floats, book.links, book.heads, bodies, 0, world.settings, plane, packed)
        body = np.zeros(layout.BODY)  # the mixture as if it were one model
        body[:6], body[layout.COV : layout.COV + 21] = mean, packed
        geometry, d = ints[0, layout.P_GEOMETRY], np.empty(7)
        bend = world.settings[layout.G_BEND]
        rows = np.empty((ROWS, 8))
        count, _ = measure(body, q, geometry, world.sensors[0], 0.0, bend, rows)
        distance2, _ = take_rows(body, rows, count, body.copy(), False, np.eye(3)[2], d)
        if distance2 <= limit**2:
            inside += 1
            assert is_near(book.floats[0], q, limit, world.settings)
    assert inside > 30


# bearings


def bearing_at(radar, azimuth_rad, sigma_rad=0.01):
    plot = a_plot(stream(1, "b"), FLAT, BEARING, np.array([30e3, 30e3, 5e3])).replace(
        azimuth_rad=np.array([azimuth_rad]), azimuth_sigma_rad=np.array([sigma_rad])
    )
    return arrays_of(FLAT, [radar], plot)[0][0]


@FEW
@given(SEEDS, st.floats(0.0, 6.28))
def test_a_bearing_finds_the_tracks_it_points_at(seed, azimuth):
    rng = stream(seed, "bearing")
    f, _ = some_tracks(rng, 60)
    n = np.full((60, layout.LINKS), -1, np.int32)
    n[::7, layout.I_STATUS] = layout.FREE
    radar = radar_of(FLAT)
    world = a_world(FLAT, [radar])
    q = bearing_at(radar, azimuth)
    found = np.empty(100, np.int64)
    count = along_bearing(f, n, 60, q, world.sensors[0], world.settings, found)
    sigmas, wanted = world.settings[layout.G_SIGMAS], []
    for t in range(60):
        dt = q[layout.P_TIME] - f[t, layout.T_TIME]
        place = f[t, [layout.T_E, layout.T_N]] + dt * f[t, [layout.T_VE, layout.T_VN]]
        away = complex(*(place - radar.flat_enu_m[:2])[::-1])  # north + i east
        turned = away * np.exp(-1j * azimuth)  # the bearing becomes the real axis
        sigma = f[t, layout.T_SIGMA] + f[t, layout.T_SIGMA_V] * abs(dt)
        across2 = sigma**2 + SETTINGS.manoeuvre_acceleration_psd * abs(dt) ** 3 / 3
        across2 += (turned.real * 0.01) ** 2
        is_ahead = n[t, layout.I_STATUS] != layout.FREE and turned.real > -sigmas * sigma
        if is_ahead and turned.imag**2 <= sigmas**2 * across2:
            wanted.append(t)
    assert found[:count].tolist() == wanted


# identity


def test_identity_is_evidence_and_an_address_is_proof():
    ratio = identity_log_ratio
    assert ratio(-1, -1, 0x48AC01, 0o4521) == 0.0  # nothing to compare
    assert ratio(0x48AC01, 0o4521, -1, -1) == 0.0
    assert ratio(0x48AC01, -1, 0x48AC02, -1) == -math.inf
    assert ratio(0x48AC01, 0o4521, 0x48AC02, 0o4521) == -math.inf
    same, other = ratio(-1, 0o4521, -1, 0o4521), ratio(-1, 0o4521, -1, 0o4522)
    for shared in (0o7000, 0o2000, 0o1000):
        assert -math.inf < other < 0.0 < ratio(-1, shared, -1, shared) < same
    address = ratio(0x48AC01, -1, 0x48AC01, -1)
    assert address > same
    both = ratio(0x48AC01, 0o4521, 0x48AC01, 0o4521)
    assert both == pytest.approx(address + same)
    assert ratio(0x48AC01, 0o4521, 0x48AC01, 0o4522) == pytest.approx(address + other)

"""Orbits, hovering, formations, raids, terrain following, and what cannot be flown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.earth.motion import pieces_of, states
from jointsky.earth.terrain import HeightGrid, height_at
from jointsky.world import following_kernels, pieces_kernels
from jointsky.world.flights import Formation, Hover, Offset, Orbit, Raid, Route, Runway
from world.made import AIRLINER, BEGIN_S, COPTER, MISSILE, SEA, at, flown, jumps, times_of

TURNS = Route(
    waypoints=(at(52, 24, 6000), at(52.6, 25, 6000), at(52.3, 26), at(53, 26.4), at(53, 28))
)


def positions(made, vehicle, times):
    return states(pieces_of(made.motion, len(made.vehicles)), vehicle, times)


@pytest.mark.parametrize("turning", ["left", "right"])
def test_a_circle_keeps_its_radius_and_sense_and_closes(turning):
    orbit = Orbit(
        latitude_deg=52,
        longitude_deg=25,
        height_m=5000,
        radius_m=15_000,
        turning=turning,
        turns=1.0,
        axis_deg=90.0,
    )
    made, faults = flown(orbit)
    assert faults == []
    times = times_of(made, count=101)
    place, _ = positions(made, 0, times)
    enu = geodesy.ecef_to_enu(place, np.radians(52), np.radians(25), 5000.0)
    # the sphere for the ellipsoid: 0.13 % at 52°
    assert np.hypot(enu[:, 0], enu[:, 1]) == pytest.approx(15_000, rel=0.003)
    assert enu[0, :2] == pytest.approx([15_000, 0.0], abs=50.0)
    assert np.allclose(place[0], place[-1], atol=1e-3)
    assert (enu[10, 1] < 0.0) == (turning == "right")
    assert np.ptp(times) == pytest.approx(2 * np.pi * 15_000 / 230.0, rel=2e-3)


@settings(max_examples=20)
@given(
    st.floats(-70, 70),
    st.floats(0, 360),
    st.sampled_from(["left", "right"]),
    st.floats(5e3, 80e3),
    st.floats(0.3, 4.0),
)
def test_a_racetrack_is_smooth_and_has_the_length_that_was_asked(
    latitude, axis, turning, leg, turns
):
    orbit = Orbit(
        latitude_deg=latitude,
        longitude_deg=25,
        height_m=5000,
        radius_m=13_000,
        leg_m=leg,
        axis_deg=axis,
        turning=turning,
        turns=turns,
    )
    made, faults = flown(orbit)
    assert faults == []
    assert np.all(jumps(made) < 1e-3)
    length = 230.0 * np.ptp(times_of(made)) / turns
    assert length == pytest.approx(2 * leg + 2 * np.pi * 13_000, rel=1e-3)


def test_an_orbit_without_turns_lasts_as_long_as_the_scenario():
    orbit = Orbit(latitude_deg=52, longitude_deg=25, height_m=5000, radius_m=15_000, leg_m=3e4)
    made, _ = flown(orbit, hours=3.0, begin_s=BEGIN_S + 600.0)
    assert times_of(made)[[0, -1]] == pytest.approx([BEGIN_S + 600.0, BEGIN_S + 10_800.0])


def test_hovering_is_standing_still():
    made, faults = flown(
        Hover(latitude_deg=52, longitude_deg=25, height_m=80, duration_s=40), COPTER
    )
    assert faults == []
    place, speed = positions(made, 0, times_of(made))
    assert np.ptp(times_of(made)) == pytest.approx(40.0)
    assert np.allclose(place, geodesy.geodetic_to_ecef(np.radians(52), np.radians(25), 80.0))
    assert np.all(speed == 0.0)


def test_a_formation_keeps_its_places_in_straight_flight_and_nearly_so_in_turns():
    flight = Formation(
        leader=TURNS,
        members=(Offset(right_m=400, up_m=50), Offset(right_m=-400), Offset(back_m=600)),
    )
    made, faults = flown(flight)
    assert faults == []
    assert made.vehicles.name.tolist() == ["one-1", "one-2", "one-3", "one-4"]
    for vehicle in range(4):
        assert np.all(jumps(made, vehicle) < 1e-3)
    times = times_of(made, 0, 801)[30:]
    lead, move = positions(made, 0, times)
    up = lead / np.linalg.norm(lead, axis=1)[:, None]
    ahead = move / np.linalg.norm(move, axis=1)[:, None]
    right = np.cross(ahead, up)
    offsets = []
    for vehicle in (1, 2, 3):
        apart = positions(made, vehicle, times)[0] - lead
        offsets.append([np.sum(apart * axis, axis=1) for axis in (right, ahead, up)])
    (r1, a1, u1), (r2, a2, _), (r3, a3, _) = offsets
    # 0.3 %: the sphere for the ellipsoid
    assert r1 == pytest.approx(400, abs=2.0)
    assert r2 == pytest.approx(-400, abs=2.0)
    # `up` here points from the earth's centre: 0.19° off the vertical
    assert u1 == pytest.approx(50, abs=2.0)
    # in a turn the outer one needs time to speed up: a few tens of metres along the path
    assert np.max(np.abs(np.concatenate([a1, a2]))) < 40.0
    straight = np.abs(r3) < 0.5
    assert straight.mean() > 0.4
    assert a3[straight] == pytest.approx(-600.0, abs=4.0)


def test_the_outer_member_of_a_formation_is_faster_in_a_turn_and_never_jumps():
    made, _ = flown(Formation(leader=TURNS, members=(Offset(right_m=2000),)))
    times = times_of(made, 0, 2001)
    speeds = [np.linalg.norm(positions(made, v, times)[1], axis=1) for v in (0, 1)]
    assert np.ptp(speeds[0]) < 2.0
    assert np.ptp(speeds[1]) > 40.0  # 2 km beside a radius of 11.6 km: 17 % and what it blends
    assert np.all(jumps(made, 1) < 1e-3)


def test_a_place_inside_of_a_turn_cannot_be_kept():
    made, faults = flown(Formation(leader=TURNS, members=(Offset(right_m=15_000),)))
    assert len(made.vehicles) == 0
    assert "15000 m to the right is inside of a turn" in faults[0]


def test_a_raid_comes_in_lines_and_its_scatter_hangs_on_name_and_number():
    raid = Raid(
        flight=TURNS,
        count=6,
        columns=2,
        every_s=30.0,
        abreast_m=500.0,
        jitter_s=2.0,
        jitter_right_m=30.0,
        jitter_up_m=10.0,
    )
    made, faults = flown(raid)
    assert faults == []
    pieces = pieces_of(made.motion, 6)
    begins = pieces.begin_s[pieces.first[:-1]] - BEGIN_S
    assert begins == pytest.approx([0, 0, 30, 30, 60, 60], abs=8.0)
    assert len(np.unique(begins)) >= 5  # the scatter of a first one may be cut at 0
    heights = pieces.height_m[pieces.first[:-1]]
    assert 2.0 < np.std(heights) < 25.0
    more, _ = flown(Raid(flight=TURNS, count=7, **{n: getattr(raid, n) for n in NAMES}))
    assert np.array_equal(more.motion.begin_s[: len(made.motion)], made.motion.begin_s)
    assert np.array_equal(more.motion.terms[: len(made.motion)], made.motion.terms)


def test_each_of_a_raid_keeps_its_own_speed_through_turns():
    made, faults = flown(Raid(flight=TURNS, count=3, abreast_m=4000.0))
    assert faults == []
    lasts = []
    for vehicle in range(3):
        assert np.all(jumps(made, vehicle) < 1e-3)
        times = times_of(made, vehicle, 801)
        speed = np.linalg.norm(positions(made, vehicle, times)[1], axis=1)
        assert speed == pytest.approx(230.0, rel=0.005)
        lasts.append(np.ptp(times))
    assert len(np.unique(np.round(lasts))) == 3  # outer paths are longer


NAMES = ("columns", "every_s", "abreast_m", "jitter_s", "jitter_right_m", "jitter_up_m")


def hills(seed=3):
    """Return rough ground: up to 400 m in 2 km."""
    rng = np.random.default_rng(seed)
    north, east = np.meshgrid(np.linspace(51.5, 53.5, 240), np.linspace(23, 28, 400), indexing="ij")
    heights = 200.0 + sum(
        100.0 / k * np.sin(17.0 * k * north + a) * np.cos(11.0 * k * east + b)
        for k, (a, b) in zip((1, 2, 4, 8), rng.uniform(0, 6, (4, 2)), strict=True)
    )
    step = np.radians([2.0 / 239, 5.0 / 399])
    return HeightGrid(np.radians(51.5), np.radians(23.0), *step, heights.astype(np.float32))


def above_ground(made, terrain, vehicle=0, count=6001):
    times = times_of(made, vehicle, count)
    place, _ = positions(made, vehicle, times)
    latitude, longitude, height = geodesy.ecef_to_geodetic(place)
    return times, height, height - height_at(terrain, latitude, longitude)


def test_terrain_is_followed_never_lower_and_within_the_limits_of_climb():
    terrain = hills()
    low = Route(waypoints=(at(52, 24, 60), at(52.5, 25.5), at(52.2, 27)), height_above="ground")
    made, faults = flown(low, MISSILE, terrain)
    assert faults == []
    assert np.all(jumps(made) < 1e-3)
    times, height, above = above_ground(made, terrain)
    assert above.min() > 59.0  # between two looks, 50 m apart
    assert np.median(above) < 120.0
    rate = np.diff(height) / np.diff(times)
    assert np.abs(rate).max() < MISSILE.climb_mps
    bends = np.diff(rate) / np.diff(times)[1:]
    assert np.abs(bends).max() < 1.01 * MISSILE.climb_onset_mps2


def test_who_climbs_slowly_begins_before_the_hill():
    terrain = hills()
    low = Route(waypoints=(at(52, 24, 60), at(52.2, 27)), height_above="ground", speed_mps=200)
    made, faults = flown(low, AIRLINER, terrain)
    assert faults == []
    _, height, above = above_ground(made, terrain)
    assert above.min() > 59.0
    assert np.all(jumps(made) < 1e-3)
    fast, _ = flown(low, MISSILE, terrain)
    assert np.mean(height) > np.mean(above_ground(fast, terrain)[1])


def test_members_of_a_raid_follow_the_ground_under_themselves():
    terrain = hills()
    low = Route(waypoints=(at(52, 24, 80), at(52.4, 26)), height_above="ground")
    made, faults = flown(Raid(flight=low, count=2, abreast_m=4000.0), MISSILE, terrain)
    assert faults == []
    for vehicle in range(2):
        assert above_ground(made, terrain, vehicle)[2].min() > 79.0


@given(st.lists(st.floats(0, 800), min_size=2, max_size=60), st.floats(0.5, 4.0))
@settings(max_examples=60)
def test_rounded_heights_are_above_what_is_wanted_and_within_all_limits(wanted, step):
    wanted = np.array(wanted)
    climb, descent, onset = 30.0, 20.0, 6.0
    heights, work, out = (np.empty(len(wanted)) for _ in range(3))
    following_kernels.reachable(wanted, step, climb, descent, heights)
    reach = int(np.ceil((climb + descent) / onset / step))
    following_kernels.rounded(heights, step, onset, reach, work, out)
    naive = np.array(
        [
            max(w - (climb if j > i else descent) * abs(j - i) * step for j, w in enumerate(wanted))
            for i in range(len(wanted))
        ]
    )
    assert np.allclose(heights, naive)
    assert np.all(out >= wanted - 1e-9)
    rate = np.diff(out) / step
    assert np.all((rate <= climb + 1e-9) & (rate >= -descent - 1e-9))
    assert np.all(np.abs(np.diff(rate)) / step <= onset + 1e-9)


def test_pieces_cut_at_climbs_are_the_arcs_and_climbs_they_came_from():
    rng = np.random.default_rng(5)
    begins = np.cumsum(rng.uniform(1, 9, 12))
    arcs = np.zeros((11, 13))
    arcs[:, 0], arcs[:, 1] = begins[:-1], np.diff(begins)
    arcs[:, 5:11], arcs[:, 11], arcs[:, 12] = rng.normal(size=(11, 6)), 0.01, 1e-4
    edges = np.concatenate([[begins[0]], np.sort(rng.uniform(begins[0], begins[-1], 9))])
    edges = np.append(edges, begins[-1])
    climbs = np.zeros((10, 5))
    climbs[:, 0], climbs[:, 1] = edges[:-1], np.diff(edges)
    climbs[:, 2:] = rng.normal(size=(10, 3)) * [1000, 10, 1]
    pieces = np.empty((40, 16))
    used = pieces_kernels.merged(arcs, climbs, 7.0, pieces)
    for begin, lasts, *rest in pieces[:used]:
        time = begin + 0.4 * lasts
        arc = arcs[np.searchsorted(begins, time, side="right") - 1]
        climb = climbs[np.searchsorted(edges, time, side="right") - 1]
        t, u, w = time - begin, time - arc[0], time - climb[0]
        a = rest[9] * t + 0.5 * rest[10] * t * t
        n = np.array(rest[0:3]) + np.cos(a) * np.array(rest[3:6]) + np.sin(a) * np.array(rest[6:9])
        a = arc[11] * u + 0.5 * arc[12] * u * u
        assert np.allclose(n, arc[2:5] + np.cos(a) * arc[5:8] + np.sin(a) * arc[8:11])
        height = rest[11] + rest[12] * t + 0.5 * rest[13] * t * t
        assert height == pytest.approx(7.0 + climb[2] + climb[3] * w + 0.5 * climb[4] * w * w)
    assert np.sum(pieces[:used, 1]) == pytest.approx(begins[-1] - begins[0])


@pytest.mark.parametrize(
    ("flight", "kind", "told"),
    [
        (
            Route(waypoints=(at(52, 24, 9000), at(52, 24.1), at(53, 24.1))),
            AIRLINER,
            "waypoints[1]: turn of 90° at 230 m/s and 25° of bank needs 11.6 km before the "
            "waypoint, the leg has 6.9 km; wanted a longer leg",
        ),
        (
            Route(waypoints=(at(52, 24, 9000), at(52, 25), at(52, 24))),
            AIRLINER,
            "waypoints[1]: turn of 180°, of any radius, cannot be flown inside of the waypoint; "
            "wanted two waypoints for it",
        ),
        (
            Route(waypoints=(at(52, 24, 1000), at(52, 24.2, 9000))),
            AIRLINER,
            "waypoints[1].height_m: climb from 1000 to 9000 m at 12 m/s needs 679 s, "
            "the way there takes 60 s",
        ),
        (
            Route(waypoints=(at(52, 24, 9000, speed_mps=100), at(52, 24.2, speed_mps=240))),
            AIRLINER,
            "waypoints[1]: 100 to 240 m/s needs 15.9 km, the leg has 13.7 km",
        ),
        (
            Route(waypoints=(at(52, 24, 13_000), at(52, 26, speed_mps=300))),
            AIRLINER,
            "waypoints[0].height_m: 13000 m; wanted at most 12500 m, the ceiling of airliner",
        ),
        (
            Route(waypoints=(at(52, 24, 9000), at(52, 26, speed_mps=300))),
            AIRLINER,
            "waypoints[1].speed_mps: 300 m/s; wanted 65 to 260 m/s, the speeds of airliner",
        ),
        (
            Route(waypoints=(at(52, 24, 9000), at(52, 26, wait_s=10))),
            AIRLINER,
            "waypoints[1].wait_s: 10 s; wanted none: airliner cannot hover (use circles)",
        ),
        (
            Route(waypoints=(at(52, 24, 9000), at(52, 24), at(52, 25))),
            AIRLINER,
            "waypoints[1]: the same place as waypoints[0]",
        ),
        (
            Route(waypoints=(at(52, 24), at(52, 25))),
            AIRLINER,
            "waypoints[0].height_m: none; wanted a height",
        ),
        (
            Route(waypoints=(at(52, 24, 9000),)),
            AIRLINER,
            "waypoints: one place alone",
        ),
        (
            Route(waypoints=(at(52, 24, 9000), at(52, 25)), bank_deg=40),
            AIRLINER,
            "bank_deg: 40°; wanted at most 25°, the bank of airliner",
        ),
        (
            Orbit(latitude_deg=52, longitude_deg=25, height_m=5000, radius_m=5000),
            AIRLINER,
            "radius_m: 5000 m at 230 m/s is 47° of bank; wanted at least 11568 m, 25° of bank",
        ),
        (
            Hover(latitude_deg=52, longitude_deg=25, height_m=500),
            AIRLINER,
            "hover, but airliner cannot stand in the air",
        ),
        (
            Formation(
                leader=Route(waypoints=(at(52, 24, 100), at(52, 26, 20_000))),
                members=(Offset(back_m=100),),
            ),
            AIRLINER,
            "leader.waypoints[1].height_m: 20000 m",
        ),
        (
            Route(
                waypoints=(at(52.05, 24.0, 6000),),
                takeoff=Runway(latitude_deg=52, longitude_deg=24, heading_deg=0),
            ),
            AIRLINER,
            "takeoff: turn of 180°",
        ),
    ],
)
def test_what_cannot_be_flown_is_told_with_what_it_would_need(flight, kind, told):
    made, faults = flown(flight, kind)
    assert any(told in fault for fault in faults), faults
    assert len(made.vehicles) == 0


def test_a_flight_into_the_ground_is_told_with_place_and_height():
    made, faults = flown(
        Route(waypoints=(at(52, 24, 250), at(52.2, 27)), speed_mps=150), MISSILE, hills()
    )
    assert len(made.vehicles) == 0
    (fault,) = faults
    assert "m under the ground" in fault
    assert "wanted a greater height, or height_above: ground" in fault


def test_over_the_sea_nothing_is_under_the_ground():
    made, faults = flown(Route(waypoints=(at(52, 24, -20), at(52.2, 27))), MISSILE, SEA)
    assert faults == []
    assert len(made.vehicles) == 1

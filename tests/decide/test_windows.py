"""Windows of engagement against closed forms on a plane, at the scale where the earth is one."""

import dataclasses
import math

import numpy as np
import pytest

from jointsky.decide.windows import (
    GRAVITY_MPS2,
    Weapons,
    debris_radius_m,
    is_clear,
    predicted,
    reached,
    windows,
)
from jointsky.earth.geodesy import enu_rotation, enu_to_ecef, geodetic_to_ecef
from jointsky.world.engagement import Arm, Engagement, Target, Unit

HERE = (math.radians(53.0), math.radians(27.0), 150.0)
FLAT_M = 1e-3  # of a distance of some km: 5 km bend the earth by 2 m
STEP_S = 0.5


def weapon(**changes):
    given = {
        "range_min_m": 0.0,
        "range_max_m": 4000.0,
        "height_min_m": 0.0,
        "height_max_m": 3000.0,
        "target_speed_max_mps": 700.0,
        "speed_mps": 500.0,
        "reaction_s": 5.0,
        "antenna_m": 10.0,
    } | changes
    columns = {name: np.array([value]) for name, value in given.items()}
    return Weapons(ecef_m=geodetic_to_ecef(*HERE), **columns)


def path(place_m, velocity_mps, covariance=None, horizon_s=120.0):
    """Return the path of one threat at (east, north, up) of the weapon."""
    ecef_m = enu_to_ecef(np.array([place_m], float), *HERE)
    velocity = np.array([velocity_mps], float) @ enu_rotation(*HERE[:2])
    return predicted(ecef_m, velocity, covariance, 1000.0, horizon_s, STEP_S)


def window(place_m, velocity_mps, **changes):
    found = windows(reached(weapon(**changes), path(place_m, velocity_mps)))
    return {
        name: float(getattr(found, name)[0, 0]) - 1000.0
        for name in ("earliest_s", "latest_s", "order_by_s")
    }


def test_head_on_the_earliest_moment_is_where_shot_and_threat_meet():
    # 3900 - 100 t = 500 (t - 5) metres: t = 6400/600 s; it flies over the weapon after 39 s and
    # out of reach again 4 km behind it, after 79 s
    found = window((0.0, 3900.0, 0.0), (0.0, -100.0, 0.0), height_min_m=-50.0)
    assert found["earliest_s"] == pytest.approx(6400 / 600, abs=0.01)
    assert found["latest_s"] == pytest.approx(79.0, abs=STEP_S)
    assert found["order_by_s"] == pytest.approx(79.0 - 8.0 - 5.0, abs=STEP_S)


def test_from_afar_it_waits_for_the_threat_to_come_into_reach():
    # 9 km away at 100 m/s: in reach after 50 s
    found = window((0.0, 9000.0, 0.0), (0.0, -100.0, 0.0), height_min_m=-50.0)
    assert found["earliest_s"] == pytest.approx(50.0, abs=STEP_S)


def test_a_crossing_threat_is_in_reach_along_a_chord():
    # passes 2 km north, 1 km up: chord of half length sqrt(4^2 - 2^2) km about t = 30 s
    found = window((-6000.0, 2000.0, 1000.0), (200.0, 0.0, 0.0), speed_mps=np.inf)
    half_s = math.sqrt(4000.0**2 - 2000.0**2) / 200.0
    assert found["earliest_s"] == pytest.approx(30.0 - half_s, abs=STEP_S)
    assert found["latest_s"] == pytest.approx(30.0 + half_s, abs=STEP_S)


@pytest.mark.parametrize(("km", "antenna_m", "is_reached"), [(41, 10, True), (43, 10, False)])
def test_below_the_horizon_of_its_antenna_a_weapon_reaches_nothing(km, antenna_m, is_reached):
    # 10 m and 50 m: 13.04 + 29.16 km, 4/3 earth; it stands 50 m over the round earth
    up_m = 50.0 - (1000.0 * km) ** 2 / (2 * 6.385e6)
    still = path((0.0, 1000.0 * km, up_m), (0.0, 0.0, 0.0))
    far = weapon(range_max_m=80_000.0, speed_mps=np.inf, antenna_m=float(antenna_m))
    assert np.isfinite(windows(reached(far, still)).earliest_s[0, 0]) == is_reached
    higher = dataclasses.replace(far, antenna_m=np.array([100.0]))
    assert np.isfinite(windows(reached(higher, still)).earliest_s[0, 0])


def test_over_the_weapon_there_is_a_dead_zone():
    found = windows(
        reached(weapon(range_min_m=1000.0, height_min_m=-50.0), path((0, 3900, 0), (0, -100.0, 0)))
    )
    time_s = np.arange(found.distance_m.shape[2]) * STEP_S
    inside = np.isnan(found.distance_m[0, 0]) & (time_s < 75.0)
    assert time_s[inside][0] == pytest.approx(29.0, abs=STEP_S)
    assert time_s[inside][-1] == pytest.approx(49.0, abs=STEP_S)


def test_distances_are_from_the_weapon_to_the_threat():
    found = windows(reached(weapon(), path((0.0, 3000.0, 1000.0), (0.0, -100.0, 0.0))))
    wanted = [math.hypot(3000.0 - 100.0 * k * STEP_S, 1000.0) for k in range(20)]
    assert found.distance_m[0, 0, :20] == pytest.approx(wanted, rel=FLAT_M)


@pytest.mark.parametrize(
    ("place", "velocity", "changes"),
    [
        ((0, 9000, 500), (50.0, 0, 0), {}),  # never in range
        ((0, 3000, 3500), (0, -100.0, 0), {}),  # too high
        ((0, 3000, 500), (0, -100.0, 0), {"height_min_m": 600.0}),  # too low
        ((0, 3000, 500), (0, -100.0, 0), {"target_speed_max_mps": 99.0}),  # too fast
        ((0, -3000, 500), (0, -500.0, 0), {"speed_mps": 300.0}),  # gone before a shot comes
    ],
)
def test_what_cannot_be_reached_has_no_window(place, velocity, changes):
    found = windows(reached(weapon(**changes), path(place, velocity)))
    assert np.isnan(found.earliest_s[0, 0])
    assert np.isnan(found.latest_s[0, 0])
    assert np.isnan(found.order_by_s[0, 0])
    assert found.sample[0, 0] == -1


def test_a_path_keeps_its_height_over_the_round_earth_and_its_climb():
    one = path((0.0, 0.0, 1000.0), (250.0, 0.0, 2.0), horizon_s=400.0)
    assert one.height_m[0, -1] == pytest.approx(1150.0 + 800.0, abs=0.5)
    assert one.level_mps[0] == pytest.approx(250.0)
    assert one.climb_mps[0] == pytest.approx(2.0)


def test_many_weapons_and_threats_are_each_as_alone():
    places = [(0.0, 3900.0, 500.0), (-6000.0, 2000.0, 1000.0), (9000.0, 0.0, 200.0)]
    speeds = [(0.0, -100.0, 0.0), (200.0, 0.0, 0.0), (-150.0, 10.0, 0.0)]
    ecef_m = enu_to_ecef(np.array(places), *HERE)
    paths = predicted(
        ecef_m, np.array(speeds) @ enu_rotation(*HERE[:2]), None, 1000.0, 120.0, STEP_S
    )
    one, other = weapon(), weapon(range_max_m=2500.0, speed_mps=np.inf)
    both = Weapons(
        *(
            np.concatenate([getattr(one, field.name), getattr(other, field.name)])
            for field in dataclasses.fields(Weapons)
        )
    )
    together = windows(reached(both, paths))
    for w, single in enumerate((one, other)):
        for t in range(3):
            alone = windows(reached(single, path(places[t], speeds[t])))
            for name in ("earliest_s", "latest_s", "order_by_s", "sample"):
                a, b = getattr(together, name)[w, t], getattr(alone, name)[0, 0]
                assert a == pytest.approx(b, abs=1e-3, nan_ok=True)


def test_a_simulated_battery_stops_it_at_the_earliest_moment():
    found = windows(reached(weapon(), path((0.0, 3900.0, 500.0), (0.0, -100.0, 0.0))))
    unit = Unit("b", 1, (Arm("m", 1, speed_mps=500.0),), reaction_s=5.0)
    engagement = Engagement([unit], 1, seed=1)
    target = Target(0, found.distance_m[0, 0], found.begin_s, found.step_s)
    engagement.order(0, target, chance=1.0, now_s=1000.0)
    happened = engagement.advance(1100.0)
    assert [one.kind for one in happened] == ["fired", "stopped"]
    assert happened[1].time_s == pytest.approx(found.earliest_s[0, 0], abs=0.02)


def test_debris_falls_no_further_than_speed_times_time_of_fall():
    one = path((0.0, 0.0, 2000.0), (200.0, 0.0, 0.0))
    wanted_m = 200.0 * math.sqrt(2.0 * 2000.0 / GRAVITY_MPS2)  # 4 km
    assert debris_radius_m(one, HERE[2])[0, 0] == pytest.approx(wanted_m, rel=1e-6)
    assert wanted_m == pytest.approx(4039.0, abs=1.0)


def test_what_climbs_falls_later_by_its_climb_and_what_is_on_the_ground_does_not_fall():
    up_mps, height_m = 50.0, 500.0
    one = path((0.0, 0.0, height_m), (100.0, 0.0, up_mps))
    time_s = np.roots([-0.5 * GRAVITY_MPS2, up_mps, height_m]).max()
    assert debris_radius_m(one, HERE[2])[0, 0] == pytest.approx(100.0 * time_s, rel=1e-6)
    assert debris_radius_m(path((0, 0, -1.0), (100.0, 0, 0)), HERE[2])[0, 0] == 0.0


def test_where_debris_would_reach_an_area_nothing_is_stopped():
    # a rim 10 km east; flying east at 100 m/s, 500 m up, debris reaches 1,010 m: until t = 89.9 s
    one = path((0.0, 0.0, 500.0), (100.0, 0.0, 0.0), horizon_s=105.0)
    east_of = enu_to_ecef(np.array([[10_000.0, 0.0, 0.0]]), *HERE)

    def rim_distance_m(latitude_rad, longitude_rad):
        here = geodetic_to_ecef(latitude_rad, longitude_rad, np.full(len(latitude_rad), HERE[2]))
        return np.linalg.norm(here - east_of, axis=1)[:, None]

    clear = is_clear(one, rim_distance_m, HERE[2])
    asked = np.arange(clear.size).reshape(clear.shape) % 3 == 0
    np.testing.assert_array_equal(
        is_clear(one, rim_distance_m, HERE[2], asked=asked), clear & asked
    )
    reach_m = 100.0 * math.sqrt(2.0 * 500.0 / GRAVITY_MPS2)
    assert clear[0].sum() * STEP_S == pytest.approx((10_000.0 - reach_m) / 100.0, abs=1.0)
    wide = weapon(range_max_m=50_000.0, speed_mps=np.inf)
    found = windows(reached(wide, one), clear)
    assert found.latest_s[0, 0] - 1000.0 == pytest.approx((10_000 - reach_m) / 100.0, abs=1.0)
    assert np.isnan(windows(reached(wide, one), np.zeros_like(clear)).earliest_s[0, 0])


def test_an_uncertain_place_keeps_further_away():
    covariance = np.zeros((1, 6, 6))
    covariance[0, 0, 0] = 100.0**2
    covariance[0, 3, 3] = 10.0**2
    covariance[0, 0, 3] = covariance[0, 3, 0] = 500.0
    one = path((0.0, 0.0, 500.0), (100.0, 0.0, 0.0), covariance)
    ahead_s = 20.0
    variance = 100.0**2 + 2 * 500.0 * ahead_s + (10.0 * ahead_s) ** 2
    assert one.sigma_m[0, 40] == pytest.approx(math.sqrt(variance))
    near_m = debris_radius_m(one, HERE[2])[0, 40] + 2.0 * one.sigma_m[0, 40]

    def away(by_m):
        return lambda latitude_rad, _: np.full((len(latitude_rad), 1), by_m)

    assert is_clear(one, away(near_m + 1.0), HERE[2])[0, 40]
    assert not is_clear(one, away(near_m - 1.0), HERE[2])[0, 40]


def test_without_protected_areas_all_is_clear_and_without_threats_there_is_nothing():
    one = path((0.0, 0.0, 500.0), (100.0, 0.0, 0.0))
    assert is_clear(one, lambda latitude_rad, _: np.empty((len(latitude_rad), 0))).all()
    none = predicted(np.empty((0, 3)), np.empty((0, 3)), None, 0.0, 10.0, 1.0)
    assert windows(reached(weapon(), none)).distance_m.shape == (1, 0, 11)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((np.zeros((1, 2)), np.zeros((1, 3)), None, 0.0, 10.0, 1.0), r"shapes \(1, 2\)"),
        ((np.ones((1, 3)), np.ones((1, 3)), np.ones((6, 6)), 0.0, 10.0, 1.0), "covariance has"),
        ((np.ones((1, 3)), np.ones((1, 3)), None, 0.0, 1.0, 0.0), "step_s is 0.0"),
    ],
)
def test_a_wrong_argument_is_named(arguments, told):
    with pytest.raises(ValueError, match=told):
        predicted(*arguments)


def test_a_wrong_column_is_named():
    with pytest.raises(ValueError, match=r"range_min_m has shape \(2,\); it must be \(1,\)"):
        dataclasses.replace(weapon(), range_min_m=np.zeros(2))

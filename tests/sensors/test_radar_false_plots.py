"""False plots: noise against a naive twin, clusters over spots that last, rain that drifts."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from jointsky.earth.terrain import HeightGrid
from jointsky.sensors import false_kernels, scan
from jointsky.sensors.observe import observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_parts import Clutter, Interrogator
from jointsky.sensors.radars import FixedRadar, SearchRadar, SectorRadar
from jointsky.sensors.surroundings import Rain
from sensors.radar_sky import BEGIN_S, KEY, PLACE, PLACED, radar, sky

LEVEL = 1e-6
TURN_S = 5.0


def words(key, *counter):
    """Return the four words of Philox 4x64 for a key and a counter, by numpy."""
    # numpy counts on before it draws
    start = sum(int(c) << (64 * k) for k, c in enumerate(counter)) - 1
    generator = np.random.Philox(counter=start % (1 << 256), key=key[0] | key[1] << 64)
    return generator.random_raw(4)


def unit(word):
    return float(int(word) >> 11) * 2.0**-53


def seen(one, seconds, surroundings=None, placed=PLACED):
    surroundings = surroundings or sky([])
    return observe(one, placed, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + seconds, KEY)


def local(plots):
    """Return east and north of plots, in metres."""
    return plots.range_m * np.sin(plots.azimuth_rad), plots.range_m * np.cos(plots.azimuth_rad)


def test_noise_agrees_with_a_naive_twin():
    one = radar(false_plots_per_turn=6.0, elevation_sigma_deg=0.5, doppler_sigma_mps=1.0)
    plots = seen(one, 5 * TURN_S).plots
    wanted = []
    for turn in range(int(BEGIN_S / TURN_S), int(BEGIN_S / TURN_S) + 5):
        waited, number = 0.0, 0
        while True:
            first = words(KEY, number, turn, false_kernels.PURPOSE_NOISE, 0)
            waited += -math.log(1.0 - unit(first[0]))
            if waited > 6.0:
                break
            other = words(KEY, number, turn, false_kernels.PURPOSE_NOISE, 1)
            azimuth = (-math.pi + 2 * math.pi * unit(first[2])) % (2 * math.pi)
            wanted.append(
                (
                    turn * TURN_S + azimuth / (2 * math.pi) * TURN_S,
                    500.0 + unit(first[1]) * 249_500.0,
                    azimuth,
                    math.radians(-1.0 + 41.0 * unit(first[3])),
                    300.0 * (2 * unit(other[0]) - 1),
                )
            )
            number += 1
    wanted = np.array(sorted(wanted))
    assert len(plots) == len(wanted) > 10
    found = np.column_stack(
        [plots.time_s, plots.range_m, plots.azimuth_rad, plots.elevation_rad, plots.doppler_mps]
    )
    assert np.allclose(found, wanted, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("one", "half_deg"),
    [
        (radar(SectorRadar, sector_deg=80.0, sweep_period_s=3.0), 40.0),
        (radar(SectorRadar, sector_deg=80.0, sweep_period_s=9.0, sweep="rotating"), 40.0),
        (radar(FixedRadar, frame_s=2.0, field_deg=120.0, faces=2), 60.0),
        (radar(FixedRadar, frame_s=2.0, field_deg=120.0, look="stare"), 60.0),
    ],
)
def test_noise_lies_in_the_field_at_the_times_of_its_beam(one, half_deg):
    noisy = type(one)(**{**{n: getattr(one, n) for n in one.__struct_fields__},
                         "false_plots_per_turn": 30.0})  # fmt: skip
    placed = Placed(name="radar", phase=0.0, facing_deg=350.0)
    plots = seen(noisy, 90.0, placed=placed).plots
    off = np.degrees(np.mod(plots.azimuth_rad - math.radians(350.0) + math.pi, 2 * math.pi)) - 180
    assert len(plots) > 200
    assert np.abs(off).max() <= half_deg + 1e-6
    assert off.min() < -0.9 * half_deg
    assert off.max() > 0.9 * half_deg
    made = scan.prepared(noisy, placed, PLACE, sky([]), KEY).scan
    turn = np.floor((plots.time_s - made.begin_s) / made.period_s)
    part = (plots.time_s - made.begin_s) / made.period_s - turn
    if made.manner == 3:
        assert np.allclose(part, 0.5, atol=1e-6)
        return
    way = np.where((made.manner == 1) & (turn % 2 == 1), 1.0 - part, part)
    at = made.start_rad + made.width_rad * way
    off = [
        np.abs(np.mod(plots.azimuth_rad - at - made.width_rad * beam + math.pi, 2 * math.pi)
               - math.pi)
        for beam in range(made.beams)
    ]  # fmt: skip
    # 2.4e-7 s of time on a beam of at most 0.7 rad/s
    assert np.min(off, axis=0).max() < 1e-6


def test_spots_of_ground_last_and_give_as_many_plots_as_declared():
    clutter = Clutter(ground_plots_per_turn=4.0, spots=5, reach_km=40.0, size_m=100.0)
    one = radar(clutter=clutter, min_range_km=0.0, min_elevation_deg=-10.0)
    turns = 2_000
    early, late = seen(one, turns * TURN_S / 2), seen(one, turns * TURN_S)
    count = len(late.plots)
    assert abs(count - 4.0 * turns) / math.sqrt(4.0 * turns) < stats.norm.isf(LEVEL / 2)
    centres = []
    for plots in (early.plots, late.plots):
        east, north = local(plots)
        cells = np.unique(np.round(np.column_stack([east, north]) / 2_000.0), axis=0)
        centres.append(cells)
        assert np.hypot(east, north).max() < 41e3
        assert len(cells) <= 4 * clutter.spots  # five clouds touch few cells of 2 km
    assert len(centres[1]) <= len(centres[0]) + 3
    other = observe(one, PLACED, PLACE, 0, sky([]), BEGIN_S, BEGIN_S + 500.0, (7, 8))
    east, north = local(other.plots)
    elsewhere = {tuple(c) for c in np.round(np.column_stack([east, north]) / 2_000.0)}
    assert len(elsewhere & {tuple(c) for c in centres[1]}) <= 3


def test_spots_that_the_ground_hides_are_sought_elsewhere():
    step = math.radians(0.01)
    heights = np.zeros((200, 200), np.float32)
    heights[:, 104:107] = 800.0  # a wall 3 km to the east: nothing is seen behind it
    grid = HeightGrid(
        PLACE.latitude_rad - 100 * step, PLACE.longitude_rad - 100 * step, step, step, heights
    )
    one = radar(
        clutter=Clutter(ground_plots_per_turn=10.0, spots=60, reach_km=40.0, size_m=10.0),
        min_range_km=0.0, min_elevation_deg=-10.0,
    )  # fmt: skip
    plain = local(seen(one, 500.0).plots)[0]
    walled = local(seen(one, 500.0, dataclasses.replace(sky([]), terrain=grid)).plots)[0]
    assert (plain > 5e3).mean() > 0.2
    assert (walled > 5e3).mean() == 0.0
    assert len(walled) > 500


def test_rain_gives_plots_by_area_and_rate_and_drifts():
    cell = Rain(latitude_rad=PLACE.latitude_rad + 60e3 / 6.37e6, longitude_rad=PLACE.longitude_rad,
                radius_m=10e3, top_m=6e3, rate_mmph=5.0, ve_mps=20.0, begin_s=BEGIN_S,
                end_s=BEGIN_S + 2_000.0)  # fmt: skip
    one = radar(
        clutter=Clutter(rain_plots_per_1000_km2=40.0), doppler_sigma_mps=0.1,
        elevation_sigma_deg=0.2, min_elevation_deg=-5.0,
    )  # fmt: skip
    wet = dataclasses.replace(sky([]), rain=[cell])
    plots = seen(one, 3_000.0, wet).plots
    assert plots.time_s.max() < BEGIN_S + 2_000.0 + TURN_S
    mean = 40.0 * (math.pi * 100.0 / 1000.0) * 0.5 * 400
    assert abs(len(plots) - mean) / math.sqrt(mean) < stats.norm.isf(LEVEL / 2)
    east, north = local(plots)
    age = np.floor((plots.time_s - BEGIN_S) / TURN_S) * TURN_S
    off = np.hypot(east - 20.0 * age, north - 60e3)
    # slant range for ground range: 360 m at 6 km of height
    assert off.max() < 10.4e3
    assert stats.kstest((off / 10e3) ** 2, "uniform").pvalue > 1e-9  # even over the disc
    wanted = 20.0 * east / np.hypot(east, north)
    assert abs(np.mean(plots.doppler_mps - wanted)) < 0.2
    assert len(seen(one, 500.0).plots) == 0


def test_what_ground_and_rain_echo_has_the_biases_of_the_site():
    cell = Rain(latitude_rad=PLACE.latitude_rad, longitude_rad=PLACE.longitude_rad,
                radius_m=50e3, top_m=6e3, rate_mmph=5.0, begin_s=BEGIN_S,
                end_s=BEGIN_S + 2_000.0)  # fmt: skip
    wet = dataclasses.replace(sky([]), rain=[cell])
    both = Clutter(ground_plots_per_turn=4.0, rain_plots_per_1000_km2=1.0)
    one = radar(clutter=both, elevation_sigma_deg=0.2, min_elevation_deg=-5.0)
    wrong = Placed(name="radar", phase=0.0, range_bias_m=120.0, azimuth_bias_deg=0.4,
                   elevation_bias_deg=-0.3)  # fmt: skip
    true, biased = seen(one, 100.0, wet).plots, seen(one, 100.0, wet, wrong).plots
    assert len(true) == len(biased) > 100
    assert np.array_equal(true.time_s, biased.time_s)
    assert np.allclose(biased.range_m - true.range_m, 120.0)
    turned = np.degrees(np.mod(biased.azimuth_rad - true.azimuth_rad, 2 * math.pi))
    assert np.allclose(turned, 0.4)
    assert np.allclose(np.degrees(biased.elevation_rad - true.elevation_rad), -0.3)


def test_more_false_plots_than_the_kernels_first_room_come_all_the_same():
    one = radar(SearchRadar, false_plots_per_turn=9_000.0,
                ssr=Interrogator(false_plots_per_turn=9_000.0))  # fmt: skip
    plots = seen(one, 4 * TURN_S).plots
    assert abs(len(plots) - 72_000) / math.sqrt(72_000) < stats.norm.isf(LEVEL / 2)
    assert np.all(np.diff(plots.time_s) >= 0)

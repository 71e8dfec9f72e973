"""Microphones: absorption, delay of sound, what is heard and how well its bearing."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jointsky.records.signatures import Signature
from jointsky.sensors import others, sounds
from jointsky.sensors import sounds_kernels as kernels
from jointsky.sensors.frames import sites
from jointsky.sensors.passive import AcousticArray
from jointsky.sensors.surroundings import Air
from sensors.made_sky import KEY, NOON_S, PLACED, SITE, Flyer, local_of, polar_of, sky, wrapped

LEAST = 1e-6  # chance of a false alarm of each statistical test here
OCTAVES_HZ = (63, 125, 250, 500, 1000, 2000, 4000, 8000)


def air(celsius, humidity):
    return Air(temperature_k=celsius + 273.15, relative_humidity=humidity)


@pytest.mark.parametrize(
    ("celsius", "humidity", "db_per_km"),
    [  # ISO 9613-2:1996, table 2
        (10, 0.7, (0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117.0)),
        (20, 0.7, (0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6)),
        (30, 0.7, (0.1, 0.3, 1.0, 3.1, 7.4, 12.7, 23.1, 59.3)),
        (15, 0.2, (0.3, 0.6, 1.2, 2.7, 8.2, 28.2, 88.8, 202.0)),
        (15, 0.5, (0.1, 0.5, 1.2, 2.2, 4.2, 10.8, 36.2, 129.0)),
        (15, 0.8, (0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8)),
    ],
)
def test_absorption_is_that_of_the_standards_table(celsius, humidity, db_per_km):
    for octave, wanted in zip(range(-4, 4), db_per_km, strict=True):
        exact_hz = 1000.0 * 10.0 ** (0.3 * octave)  # ISO 9613-1, exact midband frequencies
        found = 1000.0 * sounds.absorption_dbpm(exact_hz, air(celsius, humidity))
        # the table is rounded to 0.1 dB/km, three digits
        assert found == pytest.approx(wanted, abs=0.06, rel=6e-3)


def test_sound_is_as_fast_as_the_standard_says():
    assert sounds.sound_speed_mps(air(20, 0.5)) == pytest.approx(343.2)
    assert sounds.sound_speed_mps(air(0, 0.5)) == pytest.approx(331.3, abs=0.1)


@given(st.floats(-3000, 3000), st.floats(100, 3000), st.floats(0, 6.28), st.floats(0, 300))
@settings(max_examples=40)
def test_sound_left_when_the_quadratic_equation_says(east, north, course, speed):
    flyer = Flyer(
        east_m=east, north_m=north, height_m=200.0, course_rad=course, speed_mps=speed,
        begin_s=NOON_S - 200.0,
    )  # fmt: skip
    surroundings = sky(flyer)
    site = sites(SITE, surroundings, np.zeros(1))[0][0]
    found = kernels.left_at(surroundings.pieces, 0, site, NOON_S, 340.0)
    here, before = local_of(surroundings, 0, [NOON_S, NOON_S - 1.0])
    velocity = here - before
    # |p + v t| = -c t with t < 0: (v² - c²) t² + 2 p·v t + p² = 0
    a, b, c = velocity @ velocity - 340.0**2, here @ velocity, here @ here
    roots = np.array([(-b + s * np.sqrt(b * b - a * c)) / a for s in (1, -1)])
    wanted = roots[roots < 0].max()
    # the earth bends the way by v² t² / 2 R, below 0.1 m here
    assert found - NOON_S == pytest.approx(wanted, abs=2e-3 + 1e-4 * abs(wanted))


def test_what_flies_faster_than_sound_or_begins_later_is_not_heard():
    fast = sky(Flyer(east_m=2000.0, course_rad=-1.57, speed_mps=600.0))
    site = sites(SITE, fast, np.zeros(1))[0][0]
    assert np.isnan(kernels.left_at(fast.pieces, 0, site, NOON_S, 340.0))
    fresh = sky(Flyer(north_m=2000.0, begin_s=NOON_S - 1.0))
    assert np.isnan(kernels.left_at(fresh.pieces, 0, site, NOON_S, 340.0))
    assert np.isnan(kernels.left_at(fresh.pieces, 0, site, NOON_S - 9.0, 340.0))


ARRAY = AcousticArray(false_bearings_per_hour=3.6, elevation_floor_deg=4.0)


def seen(sensor, surroundings, seconds):
    return others.observe(sensor, PLACED, SITE, 0, surroundings, NOON_S, NOON_S + seconds, KEY)


def ring(count, sound_db, north_m=400.0, **other):
    turn = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    return sky(
        *(
            Flyer(
                name=f"v{i}",
                east_m=north_m * np.sin(a),
                north_m=north_m * np.cos(a),
                height_m=200.0,
                signature=Signature(sound_db=sound_db),
                **other,
            )
            for i, a in enumerate(turn)
        )
    )


def test_sources_are_heard_as_often_as_turbulence_lets_them():
    for sound_db in (82.0, 88.0, 96.0):
        surroundings = ring(3000, sound_db)
        found = seen(ARRAY, surroundings, 1.0)
        range_m = float(polar_of(surroundings, 0, NOON_S)[0][0])
        loss_db = 20.0 * np.log10(range_m) + range_m * sounds.absorption_dbpm(300.0, Air())
        snr = ARRAY.elements * 10 ** (0.1 * (sound_db - loss_db - ARRAY.ambient_db))
        chance = (1e-3 ** (1.0 / (1.0 + snr)) - 1e-3) / 0.999
        assert 0.01 < chance < 0.99
        assert stats.binomtest(int((found.vehicle >= 0).sum()), 3000, chance).pvalue > LEAST


def test_the_law_of_hearing_is_that_of_an_exponential_power():
    # P(power > threshold), power = (1 + snr) Exp(1), threshold of noise alone -ln pfa
    passed = np.exp(np.log(1e-3) / 11.0)
    heard = kernels.hearing_probability(10.0, 1e-3)
    assert heard + (1.0 - heard) * 1e-3 == pytest.approx(passed)  # either of both passes it
    assert heard == pytest.approx(0.5332, abs=1e-4)
    assert kernels.hearing_probability(0.0, 1e-3) == 0.0


def test_bearings_and_elevations_err_as_they_say():
    surroundings = ring(3000, 100.0)
    found = seen(ARRAY, surroundings, 1.0)
    true = found.vehicle >= 0
    plots = found.plots.rows(true)
    _, azimuth, elevation = polar_of(surroundings, found.vehicle[true], plots.time_s)
    assert len(plots) > 2000
    errors = wrapped(plots.azimuth_rad - azimuth) / plots.azimuth_sigma_rad
    assert stats.kstest(errors, "norm").pvalue > LEAST
    lifts = (plots.elevation_rad - elevation) / plots.elevation_sigma_rad
    assert stats.kstest(lifts, "norm").pvalue > LEAST
    assert plots.azimuth_sigma_rad.min() >= np.radians(2.0)


def test_the_bearing_points_to_where_the_source_was():
    flyer = Flyer(north_m=1000.0, course_rad=np.pi / 2, speed_mps=60.0)
    loud = dataclasses.replace(flyer, signature=Signature(sound_db=120.0))
    surroundings = sky(loud)
    exact = AcousticArray(bearing_floor_deg=0.001, ambient_db=-10.0, false_bearings_per_hour=0.001)
    plots = seen(exact, surroundings, 1.0).plots
    site = sites(SITE, surroundings, np.zeros(1))[0][0]
    left = kernels.left_at(
        surroundings.pieces, 0, site, plots.time_s[0], sounds.sound_speed_mps(Air())
    )
    then = polar_of(surroundings, 0, left)[1][0]
    now = polar_of(surroundings, 0, plots.time_s[0])[1][0]
    sigma = plots.azimuth_sigma_rad[0]
    assert abs(wrapped(plots.azimuth_rad[0] - then)) < 5.0 * sigma
    assert abs(wrapped(now - then)) > 100.0 * sigma


def test_a_swarm_is_louder_than_one_and_silence_is_not_heard():
    one, many = (sky(Flyer(count=n)) for n in (1, 10))
    assert sounds.source_levels_db(many)[0] - sounds.source_levels_db(one)[0] == pytest.approx(10.0)
    silent = seen(ARRAY, ring(5, None, 100.0), 600.0)
    assert np.all(silent.vehicle == -1)

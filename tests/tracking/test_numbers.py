"""Tracks are numbered after the plots that began them."""

import hashlib
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.streams import stream
from jointsky.tracking.numbers import DIGITS, birth_numbers, born_s, label, sensor_keys

SEEDS = st.integers(0, 2**32 - 1)
NEW_YEAR_2026_S = 1_767_225_600.0
SENSORS = [Sensor(name="Nordholz", kind="radar"), Sensor(name="Brekendorf", kind="ssr")]
FLOATS = (
    *("time_s", "range_m", "azimuth_rad", "elevation_rad", "doppler_mps", "east_m", "north_m"),
    *("latitude_rad", "longitude_rad", "height_m", "pressure_altitude_m", "ve_mps", "vn_mps"),
)
MARKS = "geometry", "mode_s", "mode_a"
ALL = (1 << 64) - 1


def some_plots(rng, n):
    given = {name: np.where(rng.random(n) < 0.3, math.nan, rng.normal(size=n)) for name in FLOATS}
    given["time_s"] = NEW_YEAR_2026_S + rng.uniform(0.0, 1e4, n)
    given["range_m"] = rng.choice([0.0, -0.0, 5e3], n)
    codes = {"mode_s": rng.integers(-1, 9, n), "mode_a": rng.integers(-1, 9, n)}
    return Plots.make(n, sensor=rng.integers(0, 2, n), **codes, **given)


def stirred(word):
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & ALL
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & ALL
    return word ^ (word >> 31)


def naive_number(plots, row, sensors):
    """Return the number as the description has it, with Python's own whole numbers."""
    sensor = sensors[plots.sensor[row]]
    text = f"{len(sensor.kind)}:{sensor.kind}{sensor.name}".encode()
    word = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
    for name in FLOATS:
        value = float(getattr(plots, name)[row])
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        if math.isnan(value):
            bits = 0x7FF8000000000000
        elif value == 0.0:
            bits = 0
        word = stirred(((word ^ bits) + 0x9E3779B97F4A7C15) & ALL)
    for name in MARKS:
        bits = int(getattr(plots, name)[row]) & ALL
        word = stirred(((word ^ bits) + 0x9E3779B97F4A7C15) & ALL)
    eighths = math.floor((float(plots.time_s[row]) - 1_577_836_800.0) * 8.0)
    return (eighths % 2**32) * 2**30 + word % 2**30


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_numbers_are_those_of_the_description_worked_out_one_by_one(seed):
    plots = some_plots(stream(seed, "numbers"), 20)
    got = birth_numbers(plots, sensor_keys(SENSORS))
    assert got.tolist() == [naive_number(plots, row, SENSORS) for row in range(20)]
    assert got.min() >= 0 and got.max() < 2**62


def test_the_mixing_is_that_of_splitmix64():
    assert stirred(0x9E3779B97F4A7C15) == 0xE220A8397B1DCDAF  # its first draw from seed 0


def test_a_number_depends_on_the_sensor_s_name_and_not_on_its_row():
    plots = some_plots(stream(1, "rows"), 30)
    swapped = plots.replace(sensor=1 - plots.sensor)
    there = birth_numbers(plots, sensor_keys(SENSORS))
    np.testing.assert_array_equal(birth_numbers(swapped, sensor_keys(SENSORS[::-1])), there)
    assert not np.any(birth_numbers(swapped, sensor_keys(SENSORS)) == there)
    one_kind = [Sensor(name="N", kind="radar"), Sensor(name="N", kind="ssr")]
    assert len(set(sensor_keys(one_kind).tolist())) == 2


@pytest.mark.parametrize("name", [*FLOATS[1:], *MARKS])
def test_whatever_a_plot_says_changes_its_number_and_a_nan_is_a_nan(name):
    plots = some_plots(stream(2, "says"), 40)
    column = getattr(plots, name)
    changed = plots.replace(**{name: np.where(np.isnan(column), 1.0, column + 1)})
    keys = sensor_keys(SENSORS)
    assert not np.any(birth_numbers(changed, keys) == birth_numbers(plots, keys))
    if name in FLOATS:
        other_nan = np.array([0xFFF8000000000001], np.uint64).view(np.float64)[0]
        again = plots.replace(**{name: np.where(np.isnan(column), other_nan, column)})
        np.testing.assert_array_equal(birth_numbers(again, keys), birth_numbers(plots, keys))


def test_numbers_grow_with_time_and_tell_the_time_of_birth():
    plots = some_plots(stream(3, "time"), 500)
    plots = plots.rows(np.argsort(plots.time_s))
    numbers = birth_numbers(plots, sensor_keys(SENSORS)).tolist()
    for number, time_s in zip(numbers, plots.time_s.tolist(), strict=True):
        assert born_s(number) <= time_s < born_s(number) + 0.125
    eighths = np.floor(plots.time_s * 8.0)
    older = np.flatnonzero(np.diff(eighths) > 0)
    assert len(older) > 400 and all(numbers[k] < numbers[k + 1] for k in older.tolist())


def test_times_before_2020_and_after_2037_are_counted_round():
    plots = Plots.make(4, time_s=[0.0, 1.0, 1_577_836_800.0 + 2.0**29 + 3.0, math.nan], sensor=0)
    numbers = birth_numbers(plots, sensor_keys(SENSORS)).tolist()
    assert 0 < numbers[0] < numbers[1] < 2**62 and numbers[3] == -1
    assert born_s(numbers[2]) == 1_577_836_800.0 + 3.0


def test_a_label_is_six_of_crockford_s_digits():
    assert label(0) == "000000" and label(31) == "00000Z" and label((1 << 30) - 1) == "ZZZZZZ"
    assert label(7 << 30 | 1 << 5) == "000010"  # of the content only
    assert len(set(DIGITS)) == 32 and not set("ILOU") & set(DIGITS)


def test_numbers_and_labels_of_many_plots_hardly_ever_meet():
    """Of n numbers drawn from N, n (n - 1) / 2 N pairs are expected to be one: here 0.5."""
    n = 32_768
    plots = Plots.make(n, time_s=NEW_YEAR_2026_S, sensor=0, range_m=5e3 + np.arange(n) / 256.0)
    numbers = birth_numbers(plots, sensor_keys(SENSORS))
    pairs = n - len(np.unique(numbers))
    assert pairs <= 5  # Poisson of mean 0.5: more in 1 of 70,000
    bits = (numbers[:, None] >> np.arange(30)) & 1
    share = bits.mean(axis=0)
    assert np.all(np.abs(share - 0.5) < 5.0 * 0.5 / math.sqrt(n))  # 5 sigma, 30 bits: 2e-5

"""Random numbers of the sensors: by counter, of the right distribution, smooth where they drift."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jointsky import streams
from jointsky.sensors import drawing_kernels as drawing
from jointsky.sensors.frames import words

KEY = words(streams.key(3, "test"))
LEAST = 1e-6  # chance of a false alarm of each statistical test here


def numpy_uniform(key, whose, count, purpose):
    """Return the same number by numpy's own generator, which counts on before it draws."""
    counter = int(whose) | int(count) << 64 | int(purpose) << 128
    before = (counter - 1) % (1 << 256)
    made = np.random.Philox(key=int(key[0]) | int(key[1]) << 64, counter=before)
    return np.random.Generator(made).random()


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**40), st.integers(0, 99))
@settings(max_examples=40)
def test_a_number_is_that_of_numpy_for_its_counter(whose, count, purpose):
    found = drawing.uniform(KEY, np.uint64(whose), count, purpose)
    assert found == numpy_uniform(KEY, whose, count, purpose)


def test_a_drift_is_standard_normal_at_any_time_and_independent_two_memories_later():
    times = np.array([0.0, 3.0, 5.0, 8.5, 10.0, 25.0])
    made = np.array(
        [[drawing.drift(KEY, np.uint64(v), t, 10.0, 9) for t in times] for v in range(20_000)]
    )
    for k in range(len(times)):
        for axis in range(2):
            assert stats.kstest(made[:, k, axis], "norm").pvalue > LEAST
    between = np.corrcoef(made[:, :, 0].T)
    bound = stats.norm.isf(LEAST / 2) / np.sqrt(len(made))
    assert np.all(np.abs(between[-1, :3]) < bound)
    assert between[0, 1] > 0.9
    # of one quarter of a circle with both ends independent: cos(pi / 4) in the middle
    assert abs(between[0, 2] - np.cos(np.pi / 4)) < bound
    assert np.all(np.abs(np.corrcoef(made[:, 2].T)[0, 1]) < bound)


def test_a_drift_has_no_jumps():
    times = np.linspace(0.0, 60.0, 6001)
    made = np.array([drawing.drift(KEY, np.uint64(5), t, 10.0, 9)[0] for t in times])
    # slope of the angle is at most 1.5 pi / 2 a memory
    assert np.max(np.abs(np.diff(made))) < 0.01 / 10.0 * 1.5 * np.pi / 2 * 6.0


@given(st.floats(1e-4, 50.0), st.floats(1e-9, 0.999999))
@settings(max_examples=60)
def test_poisson_numbers_are_those_of_scipy(mean, share):
    assert drawing.poisson(mean, share) == stats.poisson.ppf(share, mean) or np.isclose(
        stats.poisson.cdf(drawing.poisson(mean, share), mean), share, atol=1e-12
    )


@given(st.floats(400.0, 1e6), st.floats(1e-9, 0.999999))
@settings(max_examples=60)
def test_poisson_numbers_of_large_means_are_those_of_scipy(mean, share):
    found = drawing.poisson(mean, share)
    # 1e-8 of the distribution: rounding of logarithms of the size of the mean
    assert stats.poisson.cdf(found, mean) >= share - 1e-8
    assert stats.poisson.cdf(found - 1, mean) <= share + 1e-8


def test_poisson_numbers_have_their_mean_and_variance_and_an_end():
    shares = (np.arange(20_000) + 0.5) / 20_000
    for mean in (3.0, 499.0, 746.0, 2e4):
        made = np.array([drawing.poisson(mean, share) for share in shares])
        assert np.isclose(made.mean(), mean, atol=0.005 * np.sqrt(mean) + 1e-3)
        assert np.isclose(made.var(), mean, rtol=0.01)
        last = drawing.poisson(mean, np.nextafter(1.0, 0.0))
        assert mean + 7.0 * np.sqrt(mean) < last < mean + 25.0 * np.sqrt(mean)


@given(st.floats(-8, 8))
@settings(max_examples=30)
def test_the_normal_share_is_that_of_scipy(value):
    assert np.isclose(drawing.below_normal(value), stats.norm.cdf(value), rtol=1e-12)

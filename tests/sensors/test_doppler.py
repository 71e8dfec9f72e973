import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.sensors import doppler

PRFS = st.lists(st.floats(300, 20_000), min_size=1, max_size=4)
WAVE_M = 0.1


@given(st.floats(-400, 400), st.floats(300, 5000), st.integers(1, 3))
def test_one_prf_is_the_power_of_a_sine(rate, prf, lines):
    """Skolnik, 3rd ed., 3.2: (2 sin(pi f T))^(2 lines), over the gain of noise, sum of squares."""
    doppler_hz = 2 * rate / WAVE_M
    noise = sum(math.comb(lines, k) ** 2 for k in range(lines + 1))
    wanted = (2 * math.sin(math.pi * doppler_hz / prf)) ** (2 * lines) / noise
    found = float(doppler.gain(doppler.canceller([prf], lines, WAVE_M), rate))
    assert found == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=60)
@given(PRFS, st.integers(1, 3), st.floats(-300, 300))
def test_the_kernel_agrees_with_its_naive_twin(prfs, lines, rate):
    """Pulses of an echo through the canceller, one order of the intervals after the other."""
    intervals, total = 1 / np.array(prfs), 0.0
    weights = np.poly1d([1, -1]) ** lines
    for first in range(len(prfs)):
        times = np.cumsum([0.0, *(intervals[(first + k) % len(prfs)] for k in range(lines))])
        pulses = np.exp(4j * np.pi * rate * times / WAVE_M)
        total += abs(np.dot(weights.coeffs, pulses)) ** 2 / np.sum(weights.coeffs**2)
    found = float(doppler.gain(doppler.canceller(prfs, lines, WAVE_M), rate))
    assert found == pytest.approx(total / len(prfs), abs=1e-8)


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_noise_passes_as_it_was(lines):
    """The mean over all range rates is 1: an echo of unknown rate loses nothing on average."""
    rates = np.linspace(0, 50, 2001)[:-1]
    assert doppler.gain(doppler.canceller([1000.0], lines, WAVE_M), rates).mean() == pytest.approx(
        1
    )


def test_blind_speeds_are_where_the_formula_says_and_stagger_fills_them():
    blind = doppler.blind_speeds_mps(1000.0, WAVE_M)
    assert blind == pytest.approx([50.0, 100.0, 150.0])
    alone = doppler.canceller([1000.0], 2, WAVE_M)
    assert doppler.gain(alone, [0.0, *blind]) == pytest.approx([0, 0, 0, 0], abs=1e-20)
    staggered = doppler.canceller([1000.0, 1150.0, 1300.0], 2, WAVE_M)
    assert doppler.gain(staggered, 0.0) == pytest.approx(0.0, abs=1e-20)
    assert doppler.gain(staggered, blind).min() > 0.05


def test_at_the_slowest_speed_half_of_the_power_is_left():
    plain, filtered = (doppler.canceller([1000.0], 1, WAVE_M, slowest) for slowest in (0.0, 8.0))
    for rate in (8.0, -8.0, 42.0, 58.0):  # as far from a blind speed too
        assert doppler.gain(filtered, rate) / doppler.gain(plain, rate) == pytest.approx(0.5)
    assert doppler.gain(filtered, 25.0) == pytest.approx(float(doppler.gain(plain, 25.0)), rel=1e-3)
    assert doppler.gain(filtered, 2.0) < 1e-4 * doppler.gain(plain, 2.0)
    assert doppler.gain(filtered, 0.0) == 0.0


def test_around_what_is_blind_at_every_prf_the_slowest_speed_holds_too():
    """900 and 1,100 Hz: 9,900 Hz, 495 m/s at 0.1 m; 45 and 55 m/s are blind at one of them only."""
    given = ([900.0, 1100.0], 2, WAVE_M)
    plain, filtered = (doppler.canceller(*given, slowest) for slowest in (0.0, 8.0))
    assert filtered.blind_mps == pytest.approx(495.0)
    for rate in (8.0, 487.0, 503.0, -487.0, 982.0):
        assert doppler.gain(filtered, rate) / doppler.gain(plain, rate) == pytest.approx(0.5)
    assert doppler.gain(filtered, 493.0) < 1e-4 * doppler.gain(plain, 493.0)
    for rate in (45.0, 55.0, 250.0, 450.0):
        assert doppler.gain(filtered, rate) == pytest.approx(
            float(doppler.gain(plain, rate)), rel=1e-4
        )
    assert doppler.canceller([1000.0, 1000.0 * math.pi], 2, WAVE_M).blind_mps == math.inf
    far = doppler.canceller([1000.0, 1000.0 * math.pi], 2, WAVE_M, 8.0)
    assert doppler.gain(far, 700.0) > 0.0


def test_a_hovering_rotor_keeps_its_share_and_a_still_body_nothing():
    made = doppler.canceller([4000.0], 2, WAVE_M, 5.0)
    hovering = doppler.gain_of_target(made, 0.0, 100.0, 0.1)
    assert doppler.gain_of_target(made, 0.0, 0.0) == 0.0
    # blades at all rates to 100 m/s, the first blind speed 200 m/s: on average over half a period
    assert hovering == pytest.approx(0.1, rel=0.12)
    fine = np.mean(doppler.gain(made, np.linspace(-100, 100, 4001)))
    assert hovering == pytest.approx(0.1 * fine, rel=0.02)
    moving = doppler.gain_of_target(made, 60.0, 100.0, 0.1)
    assert moving == pytest.approx(0.9 * float(doppler.gain(made, 60.0)), rel=0.2)


def test_without_a_canceller_all_passes():
    assert np.all(doppler.gain(doppler.NONE, [0.0, 50.0]) == 1.0)
    assert doppler.gain_of_target(doppler.NONE, 0.0, 50.0) == 1.0
    assert doppler.improvement_factor(doppler.NONE, 1.0) == 1.0


@given(st.floats(0.05, 0.4), st.floats(2000, 6000))
def test_narrow_clutter_is_bettered_by_the_textbook_factors(spread, prf):
    """Skolnik, 3rd ed., 3.7: 2 (f/(2 pi s))² and 2 (f/(2 pi s))⁴, s the spread in hertz."""
    ratio = prf * WAVE_M / (4 * math.pi * spread)
    single = doppler.improvement_factor(doppler.canceller([prf], 1, WAVE_M), spread)
    double = doppler.improvement_factor(doppler.canceller([prf], 2, WAVE_M), spread)
    assert single == pytest.approx(2 * ratio**2, rel=2e-3)
    assert double == pytest.approx(min(2 * ratio**4, 1e12), rel=4e-3)


@settings(max_examples=30)
@given(PRFS, st.integers(1, 3), st.floats(0.5, 8), st.floats(-10, 10))
def test_the_factor_is_what_is_left_of_the_clutters_spectrum(prfs, lines, spread, mean):
    """Mean gain over the normal density of range rates, by sums."""
    made = doppler.canceller(prfs, lines, WAVE_M)
    rates = np.linspace(-8, 8, 16_001)
    density = np.exp(-0.5 * rates**2)
    left = np.sum(density * doppler.gain(made, mean + spread * rates)) / density.sum()
    assert 1 / doppler.improvement_factor(made, spread, mean) == pytest.approx(left, rel=1e-5)


def test_what_is_no_canceller_is_refused():
    with pytest.raises(ValueError, match="lines is 4; it must be 0, 1, 2 or 3"):
        doppler.canceller([1000.0], 4, 0.1)
    with pytest.raises(ValueError, match=r"prfs_hz is \[\]; it must hold at least one"):
        doppler.canceller([], 1, 0.1)

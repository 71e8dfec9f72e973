"""Detection against published values, closed forms, quadrature and chance."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from jointsky.sensors import detection, detection_kernels
from jointsky.sensors.detection import detection_probability, required_snr_db, threshold
from jointsky.streams import stream

CASES = st.sampled_from(detection.SWERLING_CASES)
RADARS = [(1e-6, 1), (1e-12, 1), (1e-12, 1000), (1e-3, 1000), (1e-6, 30), (0.3, 1), (1e-8, 7)]


@pytest.mark.parametrize(
    ("pd", "pfa", "pulses", "wanted"),
    [
        (0.9, 1e-6, 1, (13.1835, 21.1436, 21.1436, 17.30, 17.30)),
        (0.9, 1e-6, 10, (5.27, 13.50, 6.29, 9.60, 5.81)),
        (0.5, 1e-6, 10, (3.65, 5.19, 3.77, 4.36, 3.71)),
        (0.8, 1e-6, 20, (2.68, 8.21, 3.05, 5.62, 2.87)),
        (0.95, 1e-8, 1, (14.65, 25.54, 25.54, 20.30, 20.30)),
    ],
)
def test_required_ratios_are_the_published_ones(pd, pfa, pulses, wanted):
    for swerling, snr_db in enumerate(wanted):
        digits = 4 if snr_db in (13.1835, 21.1436) else 2
        found = required_snr_db(pd, pfa, pulses, swerling)
        # half a unit of the last digit given
        assert found == pytest.approx(snr_db, abs=0.505 * 10**-digits)


@pytest.mark.parametrize(
    ("swerling", "snr_db", "pulses", "pfa", "pd"),
    [
        (0, 13, 1, 1e-8, 0.6287),
        (0, -3.2, 256, 1e-8, 0.8411),
        (1, 16, 1, 1e-4, 0.7980),
        (2, -4.4, 256, 1e-4, 0.9120),
        (3, -0.4, 256, 1e-4, 0.8889),
        (4, 6.8, 1, 1e-4, 0.1931),
    ],
)
def test_probabilities_are_the_published_ones(swerling, snr_db, pulses, pfa, pd):
    # one unit of the last digit: 0.91206 and 0.88897 are cut there, not rounded
    assert detection_probability(snr_db, pulses, pfa, swerling) == pytest.approx(pd, abs=1e-4)


@pytest.mark.parametrize(("pulses", "limit"), [(1, 9.21), (10, 26.19), (20, 41.03), (40, 67.89)])
def test_thresholds_are_the_published_ones(pulses, limit):
    assert threshold(1e-4, pulses) == pytest.approx(limit, abs=0.0051)


def closed_swerling_1(snr, pulses, limit):
    """Return the probability of Swerling (1960) for N > 1, in incomplete gamma functions."""
    if pulses == 1:
        return math.exp(-limit / (1 + snr))
    ratio = 1 + 1 / (pulses * snr)
    return special.gammaincc(pulses - 1, limit) + (
        ratio ** (pulses - 1)
        * special.gammainc(pulses - 1, limit / ratio)
        * math.exp(-limit / (1 + pulses * snr))
    )


@given(st.floats(-5, 40), st.integers(1, 60), st.floats(-12, -1))
def test_swerling_1_is_its_closed_form(snr_db, pulses, log_pfa):
    limit = threshold(10**log_pfa, pulses)
    wanted = closed_swerling_1(10 ** (snr_db / 10), pulses, limit)
    found = float(detection_probability(snr_db, pulses, 10**log_pfa, 1))
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-13)


@given(st.floats(-20, 40), st.integers(1, 1500), st.floats(-12, -1))
def test_swerling_2_is_its_closed_form(snr_db, pulses, log_pfa):
    limit = threshold(10**log_pfa, pulses)
    wanted = special.gammaincc(pulses, limit / (1 + 10 ** (snr_db / 10)))
    found = float(detection_probability(snr_db, pulses, 10**log_pfa, 2))
    assert found == pytest.approx(wanted, rel=1e-10, abs=1e-15)


@given(st.floats(-20, 50), st.floats(-12, -1))
def test_one_pulse_of_swerling_3_and_4_is_its_closed_form(snr_db, log_pfa):
    limit, snr = threshold(10**log_pfa, 1), 10 ** (snr_db / 10)
    # Skolnik, 3rd ed., 2.8: chi-squared with four degrees of freedom, one pulse
    wanted = (1 + 2 * limit * snr / (2 + snr) ** 2) * math.exp(-2 * limit / (2 + snr))
    for swerling in (3, 4):
        found = float(detection_probability(snr_db, 1, 10**log_pfa, swerling))
        assert found == pytest.approx(wanted, rel=1e-10, abs=1e-15)


@settings(max_examples=40)
@given(st.floats(-25, 25), st.integers(1, 1200), st.floats(-12, -1))
def test_no_fluctuation_is_a_noncentral_chi_squared_tail(snr_db, pulses, log_pfa):
    limit, total = threshold(10**log_pfa, pulses), pulses * 10 ** (snr_db / 10)
    wanted = stats.ncx2.sf(2 * limit, 2 * pulses, 2 * total)
    found = float(detection_probability(snr_db, pulses, 10**log_pfa, 0))
    assert found == pytest.approx(wanted, rel=1e-7, abs=1e-11)


@settings(max_examples=25)
@given(st.floats(0, 15), st.integers(1, 12), st.sampled_from([3, 4]), st.floats(-8, -2))
def test_fluctuation_is_the_mean_over_the_echo_power(snr_db, pulses, swerling, log_pfa):
    """By quadrature of Marcum's function over the gamma density of the power."""
    limit, snr = threshold(10**log_pfa, pulses), 10 ** (snr_db / 10)
    shape = 2.0 if swerling == 3 else 2.0 * pulses

    def weighted(x):
        power = stats.gamma.pdf(x, shape, scale=pulses * snr / shape)
        return power * stats.ncx2.sf(2 * limit, 2 * pulses, 2 * x)

    mean = pulses * snr
    points = [0.0, 0.1 * mean, 0.5 * mean, mean, 2 * mean, 5 * mean, 12 * mean, 40 * mean]
    parts = [
        integrate.quad(weighted, low, high, epsabs=1e-12, epsrel=1e-10)[0]
        for low, high in itertools.pairwise(points)
    ]
    found = float(detection_probability(snr_db, pulses, 10**log_pfa, swerling))
    assert found == pytest.approx(sum(parts), rel=1e-7, abs=1e-10)


@pytest.mark.parametrize("swerling", detection.SWERLING_CASES)
def test_a_million_simulated_looks_are_seen_as_often_as_told(swerling):
    """Signals of complex numbers, as a receiver has them; five cases at an error level of 1e-7."""
    draw, looks, pulses, snr = stream(4, "looks", swerling), 1_000_000, 3, 2.5
    shape = (looks, pulses) if swerling in (2, 4) else (looks, 1)
    degrees = {0: None, 1: 1, 2: 1, 3: 2, 4: 2}[swerling]
    power = snr if degrees is None else draw.gamma(degrees, snr / degrees, shape)
    phase = np.exp(2j * np.pi * draw.random((looks, pulses)))
    noise = draw.standard_normal((looks, pulses, 2)) @ np.array([1, 1j]) / math.sqrt(2)
    seen = np.sum(np.abs(np.sqrt(power) * phase + noise) ** 2, axis=1) > threshold(0.01, pulses)
    told = float(detection_probability(10 * math.log10(snr), pulses, 0.01, swerling))
    allowed = stats.binom.interval(1 - 1e-7, looks, told)
    assert allowed[0] <= seen.sum() <= allowed[1]


@settings(max_examples=40)
@given(st.floats(0.001, 0.9999), st.floats(-12, -3.1), st.integers(1, 1200), CASES)
def test_what_is_required_gives_what_was_wanted(pd, log_pfa, pulses, swerling):
    snr_db = required_snr_db(pd, 10**log_pfa, pulses, swerling)
    back = float(detection_probability(snr_db, pulses, 10**log_pfa, swerling))
    assert back == pytest.approx(pd, abs=1e-8)


@pytest.mark.parametrize("swerling", detection.SWERLING_CASES)
def test_no_echo_is_seen_as_often_as_noise_and_a_huge_one_always(swerling):
    probabilities = detection_probability([-math.inf, -300, 240, math.inf], 12, 1e-6, swerling)
    assert probabilities == pytest.approx([1e-6, 1e-6, 1, 1], rel=1e-9)
    assert np.isnan(detection_probability(math.nan, 12, 1e-6, swerling))


@given(CASES, st.sampled_from(RADARS))
def test_more_echo_is_never_seen_less(swerling, radar):
    pfa, pulses = radar
    seen = detection_probability(np.linspace(-60, 90, 301), pulses, pfa, swerling)
    assert np.all(np.diff(seen) >= -1e-11)  # rounding, at a thousand pulses
    assert seen[0] >= pfa * (1 - 1e-9)
    assert seen[-1] <= 1.0


@pytest.mark.parametrize(("pfa", "pulses"), RADARS)
@pytest.mark.parametrize("swerling", detection.SWERLING_CASES)
def test_the_curve_is_within_a_millionth(swerling, pfa, pulses):
    draw = stream(1, "curve", swerling, pulses)
    middle_db = 10 * math.log10(10 * math.sqrt(threshold(pfa, pulses)) / pulses)
    snr_db = np.concatenate([draw.uniform(-15, 15, 500) + middle_db, draw.uniform(-120, 120, 200)])
    made = detection.curve(pfa, pulses)
    found = detection.probability(made, swerling, snr_db)
    assert np.abs(found - detection_probability(snr_db, pulses, pfa, swerling)).max() < 1e-6
    assert detection.curve(pfa, pulses) is made
    assert detection.probability(made, swerling, [math.nan, -math.inf]) == pytest.approx([pfa] * 2)


def naive_probability(curve, swerling, snr_db):
    """Return the Hermite cubic in its textbook basis."""
    at = (snr_db - curve.first_db) * detection.STEPS_PER_DB
    i = int(np.clip(np.floor(at), 0, curve.points.shape[1] - 2))
    t = float(np.clip(at - i, 0, 1))
    (p0, m0), (p1, m1) = curve.points[swerling, i : i + 2]
    h00, h10 = (1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2
    h01, h11 = t * t * (3 - 2 * t), t * t * (t - 1)
    return h00 * p0 + h01 * p1 + (h10 * m0 + h11 * m1) / detection.STEPS_PER_DB


@given(st.floats(-20, 60), CASES, st.sampled_from(RADARS))
def test_what_noise_alone_lets_pass_is_nobodys(snr_db, swerling, radar):
    """An echo far below the curve is never seen; the rest and the false alarms make up Pd."""
    made, pfa = detection.curve(*radar), radar[0]
    for nothing_db in (made.first_db, made.first_db - 40.0, -300.0, math.nan):
        assert detection_kernels.credited(made, swerling, nothing_db) == 0.0
    own = detection_kernels.credited(made, swerling, snr_db)
    wanted = float(detection_probability(snr_db, radar[1], pfa, swerling))
    assert 0.0 <= own <= 1.0
    assert own + (1.0 - own) * pfa == pytest.approx(wanted, abs=1e-6)


@given(st.floats(-130, 130), CASES, st.sampled_from(RADARS))
def test_the_kernel_agrees_with_its_naive_twin(snr_db, swerling, radar):
    made = detection.curve(*radar)
    found = float(detection.probability(made, swerling, snr_db))
    assert found == pytest.approx(naive_probability(made, swerling, snr_db), abs=1e-14)


def test_what_makes_no_sense_is_refused_by_name():
    with pytest.raises(ValueError, match=r"pfa is 0\.0; it must lie between 0 and 1"):
        threshold(0.0, 1)
    with pytest.raises(ValueError, match=r"pulses is 0; it must be a whole number"):
        detection_probability(10.0, 0, 1e-6, 1)
    with pytest.raises(ValueError, match="swerling is 5; it must be 0, 1, 2, 3 or 4"):
        detection_probability(10.0, 1, 1e-6, 5)
    with pytest.raises(ValueError, match=r"pd is 1e-07; it must lie between pfa \(1e-06\) and 1"):
        required_snr_db(1e-7, 1e-6, 1, 1)

"""Direction finders: losses, bound on bearings, what is found and how well."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jointsky.records.signatures import Jammer, Signature
from jointsky.sensors import array_kernels, emissions, others
from jointsky.sensors import emissions_kernels as kernels
from jointsky.sensors.bands import band_of
from jointsky.sensors.passive import DirectionFinder
from jointsky.sensors.placed import Placed
from sensors.made_sky import KEY, NOON_S, PLACED, SITE, Flyer, polar_of, sky, wrapped

LEAST = 1e-6  # chance of a false alarm of each statistical test here
FINDER = DirectionFinder(
    propagation="free-space", intercept_probability=1.0, false_bearings_per_hour=0.0
)


def seen(sensor, surroundings, seconds, placed=PLACED):
    return others.observe(sensor, placed, SITE, 0, surroundings, NOON_S, NOON_S + seconds, KEY)


def ring(count, north_m, power_dbw):
    signature = Signature(emits_dbw=power_dbw)
    turn = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    return sky(
        *(
            Flyer(
                name=f"v{i}",
                east_m=north_m * np.sin(a),
                north_m=north_m * np.cos(a),
                height_m=400.0,
                signature=signature,
            )
            for i, a in enumerate(turn)
        )
    )


def test_losses_are_the_published_ones():
    # ITU-R P.525-4 eq. 4: 32.4 + 20 log f(MHz) + 20 log d(km), rounded to 0.1 dB there
    assert kernels.free_space_loss_db(1000.0, 2.4e9) == pytest.approx(100.052, abs=1e-3)
    for d_km, f_mhz in [(1.0, 100.0), (37.0, 5800.0)]:
        wanted = 32.4478 + 20 * np.log10(f_mhz) + 20 * np.log10(d_km)
        assert kernels.free_space_loss_db(d_km * 1e3, f_mhz * 1e6) == pytest.approx(
            wanted, abs=1e-3
        )
    assert kernels.two_ray_loss_db(10e3, 2.4e9, 10.0, 2.0) == pytest.approx(133.979, abs=1e-3)
    near = kernels.two_ray_loss_db(1e3, 2.4e9, 10.0, 100.0)
    assert near == kernels.free_space_loss_db(1e3, 2.4e9)
    # both laws meet at 4 pi h1 h2 / wavelength
    meet = 4 * np.pi * 10.0 * 2.0 * 2.4e9 / 299_792_458.0
    assert kernels.two_ray_loss_db(meet, 2.4e9, 10.0, 2.0) == pytest.approx(
        kernels.free_space_loss_db(meet, 2.4e9), abs=1e-9
    )


def test_noise_is_that_of_a_warm_receiver():
    sensor = DirectionFinder(bandwidth_mhz=10.0, noise_figure_db=8.0)
    assert emissions.noise_dbw(sensor) == pytest.approx(-125.977, abs=1e-3)


@given(
    st.integers(3, 16), st.floats(0.3, 8), st.floats(-10, 30), st.integers(1, 500), st.floats(0, 1)
)
@settings(max_examples=30)
def test_the_bound_is_that_of_the_information_of_the_array(elements, kr, snr_db, snapshots, tilt):
    """Slepian and Bangs: J = N tr(C^-1 dC C^-1 dC) for zero-mean Gaussian snapshots."""
    snr, azimuth, step = 10 ** (snr_db / 10), 0.7, 1e-5

    def covariance(az, el):
        at = 2 * np.pi * np.arange(elements) / elements
        a = np.exp(1j * kr * np.cos(el) * np.cos(az - at))
        return snr * np.outer(a, a.conj()) + np.eye(elements)

    inverse = np.linalg.inv(covariance(azimuth, tilt))
    change = covariance(azimuth + step, tilt) - covariance(azimuth - step, tilt)
    change /= 2 * step
    information = snapshots * np.trace(inverse @ change @ inverse @ change).real
    thermal = array_kernels.thermal_sigma(snr, elements, snapshots, kr)
    assert thermal / np.cos(tilt) == pytest.approx(information**-0.5, rel=1e-4)


def test_what_is_found_is_as_likely_as_the_shadowing_says():
    for power_dbw in (-10.0, -5.0, 0.0):
        surroundings = ring(4000, 5000.0, power_dbw)
        range_m = float(polar_of(surroundings, 0, NOON_S)[0][0])
        snr_db = power_dbw + FINDER.gain_dbi - emissions.noise_dbw(FINDER)
        snr_db -= kernels.free_space_loss_db(range_m, 2.4e9)
        chance = stats.norm.cdf((snr_db - FINDER.snr_needed_db) / FINDER.shadowing_db)
        found = seen(FINDER, surroundings, 1.0)
        assert 0.02 < chance < 0.98
        assert stats.binomtest(len(found.plots), 4000, chance).pvalue > LEAST


def test_bearings_err_as_they_say():
    sensor = FINDER
    surroundings = ring(4000, 5000.0, 5.0)
    found = seen(sensor, surroundings, 1.0)
    _, azimuth, _ = polar_of(surroundings, found.vehicle, found.plots.time_s)
    sigma = found.plots.azimuth_sigma_rad
    assert len(sigma) > 3000
    assert sigma.min() >= np.radians(1.5)
    assert stats.kstest(wrapped(found.plots.azimuth_rad - azimuth) / sigma, "norm").pvalue > LEAST
    biased = Placed(name="one", phase=0.0, azimuth_bias_deg=2.0)
    shifted = seen(sensor, surroundings, 1.0, biased).plots
    assert np.allclose(
        wrapped(shifted.azimuth_rad - found.plots.azimuth_rad), np.radians(2.0), atol=1e-12
    )


def test_links_are_listened_for_as_often_as_declared():
    half = DirectionFinder(intercept_probability=0.5, false_bearings_per_hour=0.0, shadowing_db=0.0)
    found = seen(half, ring(10, 500.0, 0.0), 400.0)
    assert stats.binomtest(len(found.plots), 4000, 0.5).pvalue > LEAST


def test_false_bearings_come_as_often_as_declared_from_everywhere():
    sensor = DirectionFinder(false_bearings_per_hour=900.0)
    found = seen(sensor, ring(1, 500.0, None), 20_000.0)
    assert np.all(found.vehicle == -1)
    low, high = stats.poisson.ppf([LEAST / 2, 1 - LEAST / 2], 5000.0)
    assert low <= len(found.plots) <= high
    turns = found.plots.azimuth_rad / (2 * np.pi)
    assert stats.kstest(turns, "uniform").pvalue > LEAST


def test_jammers_are_found_in_their_band_by_what_falls_into_the_channel():
    jammer = Jammer(bands=("S",), radiated_power_dbw=20.0, bandwidth_mhz=100.0)
    signature = Signature(jammer=jammer)
    sensor = DirectionFinder(frequency_mhz=3000.0, bandwidth_mhz=10.0)
    assert emissions.power_dbw(sensor, signature) == pytest.approx(10.0)
    assert np.isnan(emissions.power_dbw(DirectionFinder(frequency_mhz=900.0), signature))
    deaf = DirectionFinder(frequency_mhz=3000.0, hears_jammers=False)
    assert np.isnan(emissions.power_dbw(deaf, signature))
    both = Signature(emits_dbw=10.0, jammer=jammer)
    assert emissions.power_dbw(sensor, both) == pytest.approx(10.0 + 10 * np.log10(2.0))


@pytest.mark.parametrize(("mhz", "band"), [(100, "VHF"), (900, "UHF"), (2400, "S"), (5800, "C")])
def test_bands_are_those_of_the_standard(mhz, band):
    assert band_of(mhz) == band

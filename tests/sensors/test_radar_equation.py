import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.sensors import detection
from jointsky.sensors.radar_equation import (
    LIGHT_MPS,
    RadarEquation,
    RangeScale,
    achieved_scale,
    built_scale,
)
from jointsky.sensors.radar_equation_kernels import snr_db

PLAIN = {"noise_figure_db": 0.0, "losses_db": 0.0}


def test_the_free_space_range_is_the_published_one():
    """MathWorks, reference page of radareqrng: 1 MW, 10 us, 20 dB, 10 GHz, 290 K, 6 dB."""
    radar = RadarEquation(peak_power_kw=1000, pulse_width_us=10, gain_db=20, **PLAIN)
    assert built_scale(radar, 10e9).range_of(6.0) == pytest.approx(4.1057e4, rel=2e-4)


@given(
    st.floats(0.01, 5000),
    st.floats(0.05, 500),
    st.floats(10, 50),
    st.floats(1e8, 4e10),
    st.floats(0, 10),
    st.floats(0, 15),
    st.floats(-40, 30),
    st.floats(100, 5e5),
)
def test_the_ratio_is_that_of_the_powers(power, width, gain, hz, figure, loss, rcs_dbsm, range_m):
    """Power density out, echo back, aperture, noise in a matched bandwidth: step by step."""
    radar = RadarEquation(
        peak_power_kw=power,
        pulse_width_us=width,
        gain_db=gain,
        receive_gain_db=gain - 2,
        noise_figure_db=figure,
        losses_db=loss,
    )
    density = power * 1e3 * 10 ** (gain / 10) / (4 * math.pi * range_m**2)
    back = density * 10 ** (rcs_dbsm / 10) / (4 * math.pi * range_m**2)
    aperture_m2 = 10 ** ((gain - 2) / 10) * (LIGHT_MPS / hz) ** 2 / (4 * math.pi)
    noise_w = 1.380649e-23 * 290 * 10 ** (figure / 10) / (width * 1e-6)
    wanted_db = 10 * math.log10(back * aperture_m2 / noise_w) - loss
    scale = built_scale(radar, hz)
    assert scale.snr_db(range_m, rcs_dbsm) == pytest.approx(wanted_db, abs=1e-9)
    assert snr_db(scale.range_m, range_m, rcs_dbsm) == pytest.approx(wanted_db, abs=1e-9)
    assert scale.range_of(wanted_db, rcs_dbsm) == pytest.approx(range_m, rel=1e-9)


@given(
    st.floats(1e3, 5e5),
    st.floats(-30, 20),
    st.sampled_from([1e-4, 1e-6]),
    st.integers(1, 40),
    st.sampled_from([0, 1, 2, 3, 4]),
    st.sampled_from([0.2, 0.5, 0.8, 0.9]),
)
def test_a_radar_sees_at_its_achieved_range_what_was_declared(
    range_m, rcs_dbsm, pfa, pulses, swerling, pd
):
    scale = achieved_scale(range_m, rcs_dbsm, pfa, pulses, swerling, pd)
    ratio_db = scale.snr_db(range_m, rcs_dbsm)
    assert detection.detection_probability(ratio_db, pulses, pfa, swerling) == pytest.approx(pd)


def test_twice_the_range_costs_twelve_decibels():
    scale = RangeScale(100e3)
    assert scale.snr_db(100e3, 0.0) == pytest.approx(0.0)
    assert scale.snr_db(50e3, 0.0) == pytest.approx(12.0412, abs=1e-4)


def test_noise_of_the_sky_adds_to_that_of_the_receiver():
    warm = RadarEquation(peak_power_kw=10, pulse_width_us=1, gain_db=30, **PLAIN)
    cold = RadarEquation(
        peak_power_kw=10, pulse_width_us=1, gain_db=30, antenna_temperature_k=29.0, **PLAIN
    )
    assert built_scale(cold, 3e9).range_m / built_scale(warm, 3e9).range_m == pytest.approx(
        10**0.25
    )

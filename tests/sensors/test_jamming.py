import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.sensors import jamming
from jointsky.sensors.radar_equation import RadarEquation, RangeScale, built_scale

RADAR = RadarEquation(
    peak_power_kw=100, pulse_width_us=5, gain_db=34, noise_figure_db=3, losses_db=5
)
HZ = 3e9
SCALE = built_scale(RADAR, HZ)
LISTENING_DB = jamming.listening_db(HZ, RADAR.gain_db, RADAR.noise_figure_db)


def test_jamming_over_noise_step_by_step():
    """1 kW over 200 MHz at 150 km: density there, aperture, noise density."""
    density = jamming.radiated_density_db(30.0, 200.0)
    arriving = 1000 / 200e6 / (4 * math.pi * 150e3**2)
    aperture_m2 = 10**3.4 * (299792458 / HZ) ** 2 / (4 * math.pi)
    wanted = arriving * aperture_m2 / (1.380649e-23 * 290 * 10**0.3)
    rise_db = jamming.noise_rise_db(LISTENING_DB, density, 150e3)
    assert rise_db == pytest.approx(10 * math.log10(1 + wanted), abs=1e-9)
    assert jamming.listening_db(3e9, 0.0, 0.0) == pytest.approx(162.0, abs=0.05)


@given(st.floats(-20, 30), st.floats(-60, 20), st.sampled_from([8.0, 13.0]))
def test_at_burn_through_the_echo_is_as_strong_as_is_needed(rcs_dbsm, density_db, needed_db):
    r = jamming.burn_through_range_m(SCALE.range_m, rcs_dbsm, needed_db, LISTENING_DB, density_db)
    rise_db = jamming.noise_rise_db(LISTENING_DB, density_db, r)
    assert SCALE.snr_db(r, rcs_dbsm) - rise_db == pytest.approx(needed_db, abs=1e-6)


def test_strong_self_screening_is_the_closed_form():
    """R² = Pt τ Gt rcs / (4 pi (P/B) D L): gain and wavelength of the receiver fall out."""
    density_db, rcs_dbsm, needed_db = jamming.radiated_density_db(30.0, 20.0), 5.0, 13.0
    energy = 100e3 * 5e-6 * 10**3.4 * 10**0.5
    losses = 10 ** (RADAR.losses_db / 10)
    wanted = math.sqrt(energy / (4 * math.pi * 1000 / 20e6 * 10**1.3 * losses))
    found = jamming.burn_through_range_m(
        SCALE.range_m, rcs_dbsm, needed_db, LISTENING_DB, density_db
    )
    assert found == pytest.approx(wanted, rel=1e-6)


def test_a_silent_jammer_leaves_the_free_range():
    free = SCALE.range_of(13.0, 0.0)
    found = jamming.burn_through_range_m(SCALE.range_m, 0.0, 13.0, LISTENING_DB, -400.0)
    assert found == pytest.approx(free)
    assert jamming.stand_off_range_m(SCALE.range_m, 0.0, 13.0, 0.0) == pytest.approx(free)


def test_twelve_decibels_of_stand_off_halve_the_range():
    free = jamming.stand_off_range_m(SCALE.range_m, 0.0, 13.0, 0.0)
    assert jamming.stand_off_range_m(SCALE.range_m, 0.0, 13.0, 12.0412) == pytest.approx(
        free / 2, rel=1e-5
    )


def test_powers_of_jammers_add_and_side_lobes_take_theirs():
    one = jamming.noise_rise_db(LISTENING_DB, -40.0, 100e3)
    two = jamming.noise_rise_db(LISTENING_DB, [-40.0, -40.0], 100e3)
    assert 10 ** (two / 10) - 1 == pytest.approx(2 * (10 ** (one / 10) - 1))
    beside = jamming.noise_rise_db(LISTENING_DB, -40.0, 100e3, 30.0)
    assert 10 ** (beside / 10) - 1 == pytest.approx((10 ** (one / 10) - 1) / 1000)
    assert jamming.noise_rise_db(LISTENING_DB, [], []) == 0.0


def test_jamming_hangs_on_the_scale_only_through_the_echo():
    """A radar known by its achieved range alone is jammed as the one that it is."""
    alike = RangeScale(SCALE.range_m)
    a = jamming.burn_through_range_m(alike.range_m, 0.0, 13.0, LISTENING_DB, -30.0)
    assert a < alike.range_of(13.0)

import math

import numpy as np
import pytest

from jointsky.earth.horizon import horizon_distance_m
from jointsky.sensors import clutter
from jointsky.sensors.clutter_kernels import rain_to_noise_db
from jointsky.sensors.doppler import canceller, improvement_factor
from jointsky.sensors.radar_equation import RangeScale


@pytest.mark.parametrize("ghz", [1.3, 3.0, 5.6, 9.4])
@pytest.mark.parametrize("rate", [1.0, 4.0, 16.0])
def test_rain_reflects_as_the_textbook_says(ghz, rate):
    """Skolnik, 3rd ed., 7.6: eta = 7 f⁴ r^1.6 10^-12 m²/m³, f in GHz, r in mm/h."""
    wanted = 10 * math.log10(7e-12 * ghz**4 * rate**1.6)
    assert clutter.rain_reflectivity_db(ghz * 1e9, rate) == pytest.approx(wanted, abs=0.05)


def test_the_cell_of_rain_is_that_of_its_beam():
    """A numeric integral of the squared Gaussian beam over both angles."""
    width, height, range_m, cell_m = math.radians(1.5), math.radians(3.0), 50e3, 150.0
    off = np.linspace(-4, 4, 4001)
    beam = 0.5 ** (2 * (2 * off) ** 2)  # both ways, off in half-power widths
    solid = (beam.sum() * (off[1] - off[0])) ** 2 * width * height
    wanted_db = 10 * math.log10(solid * range_m**2 * cell_m)
    wanted_db += float(clutter.rain_reflectivity_db(3e9, 10.0))
    found = clutter.rain_echo_db(3e9, 10.0, range_m, width, height, cell_m)
    assert found == pytest.approx(wanted_db, abs=1e-3)
    less = clutter.rain_echo_db(3e9, 10.0, range_m, width, height, cell_m, circular_db=15.0)
    assert less == pytest.approx(found - 15.0)
    assert clutter.rain_echo_db(3e9, 0.0, range_m, width, height, cell_m) == -math.inf


def test_ground_of_a_cell_is_area_times_sigma0():
    grazing = float(clutter.grazing_rad(100.0, 10e3))
    assert grazing == pytest.approx(0.01 - 10e3 / (2 * 8.4774e6), rel=1e-4)
    found = clutter.ground_echo_db(-15.0, grazing, 10e3, 0.02, 150.0)
    area = 10e3 * 0.02 / math.sqrt(2) * 150.0 / math.cos(grazing)
    assert found == pytest.approx(-15 + 10 * math.log10(area * math.sin(grazing)))


def test_ground_ends_at_the_horizon():
    horizon_m = float(horizon_distance_m(100.0))
    assert clutter.grazing_rad(100.0, [0.99 * horizon_m, 1.01 * horizon_m])[0] > 0.0
    assert clutter.grazing_rad(100.0, 1.01 * horizon_m) == 0.0
    assert clutter.ground_echo_db(-15.0, 0.0, 60e3, 0.02, 150.0) == -math.inf


def test_rain_to_noise_is_its_cross_section_in_the_radar_equation():
    beam, made = (0.03, 0.06, 150.0), canceller([1500.0, 1700.0], 2, 0.1)
    scale_db = clutter.rain_echo_scale_db(3e9, *beam, made, circular_db=15.0)
    wanted = RangeScale(90e3).snr_db(40e3, clutter.rain_echo_db(3e9, 7.0, 40e3, *beam, 15.0))
    better_db = 10 * math.log10(improvement_factor(made, clutter.RAIN_SPREAD_MPS))
    found = rain_to_noise_db(90e3, scale_db, 40e3, 7.0)
    assert found == pytest.approx(float(wanted) - better_db, abs=1e-9)


def test_no_canceller_takes_more_than_a_radars_own_instability_leaves():
    beam, made = (0.03, 0.06, 150.0), canceller([300.0], 3, 10.0)
    assert improvement_factor(made, clutter.RAIN_SPREAD_MPS) > 1e5
    plain, better = (clutter.rain_echo_scale_db(30e6, *beam, c) for c in (clutter.NONE, made))
    assert plain - better == pytest.approx(50.0)

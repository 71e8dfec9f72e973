import math

import numpy as np
import pytest

from jointsky.earth.horizon import horizon_distance_m
from jointsky.sensors import clutter
from jointsky.sensors.clutter_kernels import ratio_with_clutter_db


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


def test_clutter_counts_as_noise():
    assert ratio_with_clutter_db(20.0, -math.inf) == 20.0
    assert ratio_with_clutter_db(20.0, 0.0) == pytest.approx(20.0 - 3.0103, abs=1e-4)
    assert ratio_with_clutter_db(20.0, 40.0) == pytest.approx(-20.0, abs=1e-3)

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from jointsky.earth import diffraction


def test_grazing_takes_six_decibels():
    assert diffraction.knife_edge_loss_db(0.0) == pytest.approx(6.0, abs=0.05)
    assert diffraction.exact_knife_edge_loss_db(0.0) == pytest.approx(20 * math.log10(2))


def test_the_published_values():
    """ITU-R P.526-15, figure 9 (read off): nu 1: 13.9, 2: 19.0, 3: 22.4 dB."""
    assert diffraction.exact_knife_edge_loss_db([1.0, 2.0, 3.0]) == pytest.approx(
        [13.9, 19.0, 22.4], abs=0.15
    )


@given(st.floats(-0.7, 20))
def test_the_approximation_is_as_near_as_it_says(nu):
    exact = float(diffraction.exact_knife_edge_loss_db(nu))
    assert float(diffraction.knife_edge_loss_db(nu)) == pytest.approx(exact, abs=0.13)


@given(st.floats(-3, 6))
def test_the_exact_loss_is_the_diffraction_integral(nu):
    """(1+j)/2 times the integral of exp(-j pi t²/2) from nu on, rotated so that it converges."""
    turn = np.exp(-1j * np.pi / 4)

    def part(x, of):
        t = nu + turn * x
        return of(np.exp(-1j * np.pi * t * t / 2) * turn)

    field = integrate.quad(part, 0, 12, args=(np.real,))[0]
    field = field + 1j * integrate.quad(part, 0, 12, args=(np.imag,))[0]
    wanted = -20 * math.log10(abs((1 + 1j) / 2 * field))
    assert float(diffraction.exact_knife_edge_loss_db(nu)) == pytest.approx(wanted, abs=1e-6)


@given(st.floats(-5, 30))
def test_the_kernel_agrees_with_its_naive_twin(nu):
    wanted = 0.0
    if nu > -0.78:
        wanted = max(6.9 + 20 * math.log10(math.hypot(nu - 0.1, 1) + nu - 0.1), 0)
    assert float(diffraction.knife_edge_loss_db(nu)) == pytest.approx(wanted, abs=1e-9)


def test_clear_ways_and_no_edge_lose_nothing():
    assert np.all(diffraction.knife_edge_loss_db([-math.inf, -5.0, -0.79, math.nan]) == 0.0)


def test_the_parameter_is_one_where_the_formula_says():
    """h = sqrt(lambda d1 d2 / (2 (d1 + d2))) gives nu 1."""
    h = math.sqrt(0.1 * 5000 * 15000 / (2 * 20000))
    assert diffraction.clearance_parameter(h, 5000, 15000, 0.1) == pytest.approx(1.0)

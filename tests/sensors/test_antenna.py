import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.sensors import antenna
from jointsky.sensors.antenna_kernels import lobe_loss_db

PATTERNS = {
    "gaussian": antenna.gaussian_beam(0.03, 0.05, 25.0),
    "cosecant": antenna.cosecant_beam(0.02, 0.04, 0.7, 35.0),
    "even": antenna.even_beams(0.0, 0.5, 0.02, 28.0),
}


def naive_two_way_db(pattern, elevation):
    """Return the loss by powers, region by region."""
    gain = 1.0
    if elevation < pattern.low_rad:
        gain = 0.5 ** (((elevation - pattern.low_rad) / pattern.edge_rad) ** 2)
    elif elevation > pattern.high_rad:
        if pattern.top_rad > pattern.cosecant_rad and elevation > pattern.cosecant_rad:
            reached = min(elevation, pattern.top_rad)
            gain = 0.5 * math.sin(pattern.cosecant_rad) ** 2 / math.sin(reached) ** 2
            gain *= 0.5 ** (((elevation - reached) / pattern.edge_rad) ** 2)
        else:
            gain = 0.5 ** (((elevation - pattern.high_rad) / pattern.edge_rad) ** 2)
    return -20 * math.log10(max(gain, 10 ** (-pattern.side_lobes_db / 10)))


@given(st.floats(-1.5, 1.5), st.sampled_from(sorted(PATTERNS)))
def test_the_kernel_agrees_with_its_naive_twin(elevation, name):
    found = antenna.vertical_loss_db(PATTERNS[name], elevation)
    assert found == pytest.approx(naive_two_way_db(PATTERNS[name], elevation), abs=1e-9)


def test_half_power_is_at_half_the_width_and_where_an_edge_ends():
    beam, even = PATTERNS["gaussian"], PATTERNS["even"]
    assert antenna.vertical_loss_db(beam, [0.005, 0.03, 0.055]) == pytest.approx(
        [6.0206, 0, 6.0206], abs=1e-4
    )
    assert antenna.vertical_loss_db(even, [-0.02, 0.0, 0.3, 0.5, 0.52]) == pytest.approx(
        [6.0206, 0, 0, 0, 6.0206], abs=1e-4
    )
    assert lobe_loss_db(0.01, 0.02, 30.0) == pytest.approx(3.0103, abs=1e-4)
    assert lobe_loss_db(1.0, 0.02, 30.0) == 30.0


def test_a_cosecant_beam_sees_one_height_equally_well_at_all_ranges():
    """Echo falls with 1/R⁴ = (sin e / h)⁴ and the pattern gains 1/sin⁴ e: constant (flat earth)."""
    elevation = np.linspace(0.045, 0.7, 50)
    loss_db = antenna.vertical_loss_db(PATTERNS["cosecant"], elevation)
    range_db = 40 * np.log10(3000 / np.sin(elevation))
    assert np.ptp(loss_db + range_db) < 1e-9


def test_patterns_have_no_steps():
    for pattern in PATTERNS.values():
        loss_db = antenna.vertical_loss_db(pattern, np.linspace(-1.5, 1.5, 60_001))
        assert np.abs(np.diff(loss_db)).max() < 0.4
        assert 0.0 <= loss_db.min() < 1e-12
        assert loss_db.max() == 2 * pattern.side_lobes_db


def test_what_is_no_pattern_is_refused():
    with pytest.raises(ValueError, match="cosecant begins at -1°"):
        antenna.cosecant_beam(math.radians(-2), math.radians(2), 0.5)
    with pytest.raises(ValueError, match=r"low_rad is 0\.5; it must be below high_rad"):
        antenna.even_beams(0.5, 0.5, 0.1)

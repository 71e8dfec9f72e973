import math

import pytest

from jointsky import units


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (units.FOOT_M, 0.3048),
        (1000 * units.NAUTICAL_MILE_M, 1_852_000.0),
        (units.KNOT_MPS, 0.514444),
        (100 * units.FOOT_PER_MINUTE_MPS, 0.508),
        (350 * units.FLIGHT_LEVEL_M, 10_668.0),
        (180 * units.DEGREE_RAD, math.pi),
        (units.DAY_S, 24 * 60 * 60),
        (units.STANDARD_GRAVITY_MPS2, 9.80665),
    ],
)
def test_units_have_the_values_of_their_standards(value, expected):
    assert value == pytest.approx(expected, rel=1e-6)

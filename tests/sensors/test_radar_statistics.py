"""A million looks: what is measured agrees with what was declared.

Each test states the level at which it would fail by chance alone; all together are below 1e-5.
Seeds are fixed: a failure is a change of the program, not bad luck.
"""

import math

import numpy as np
import pytest
from scipy import stats

from jointsky.earth import geodesy
from jointsky.earth.motion import states
from jointsky.records.plots import PlotFlag
from jointsky.records.signatures import CrossSection, Signature
from jointsky.sensors.antenna import cosecant_beam, vertical_loss_db
from jointsky.sensors.atmosphere import air, air_loss_db
from jointsky.sensors.detection import detection_probability, required_snr_db
from jointsky.sensors.observe import observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_equation import achieved_scale
from jointsky.sensors.radar_parts import Interrogator
from sensors.radar_sky import BEGIN_S, KEY, PLACE, radar, sky

LEVEL = 1e-6
TURN_S, TURNS, TARGETS = 5.0, 2_000, 1_000
FALSE = 40.0
ONE = radar(
    rotation_period_s=TURN_S,
    pulses=8,
    false_alarm_probability=1e-5,
    elevation_pattern="cosecant-squared",
    beam_elevation_deg=2.0,
    beam_height_deg=4.0,
    elevation_sigma_deg=0.4,
    doppler_sigma_mps=1.5,
    range_resolution_m=0.01,
    azimuth_resolution_deg=1e-6,
    elevation_resolution_deg=1e-6,
    false_plots_per_turn=FALSE,
)
WRONG = Placed(
    name="radar",
    phase=0.25,
    range_bias_m=120.0,
    azimuth_bias_deg=-0.3,
    elevation_bias_deg=0.1,
    clock_offset_s=0.4,
    clock_drift_ppm=50.0,
    clock_set_every_s=3600.0,
    dropped_turns=0.05,
    latency_s=2.0,
)


def is_likely(z):
    """Return whether a standard normal figure is nearer to 0 than LEVEL allows by chance."""
    return abs(z) < stats.norm.isf(LEVEL / 2)


def standing():
    """Return a sky of targets that stand still, of all fluctuations, from near to far."""
    rng = np.random.default_rng(5)
    flights = [
        (rng.uniform(0, 6.28), rng.uniform(60e3, 240e3), 0.0, 0.0, rng.uniform(4e3, 11e3))
        for _ in range(TARGETS)
    ]
    signatures = [
        Signature(radar=(CrossSection(nose_dbsm=0.0, swerling=case),)) for case in range(5)
    ]
    return sky(flights, signatures, signature=np.arange(TARGETS) % 5)


@pytest.fixture(scope="module")
def scene():
    """Return the sky, what the radar observed of it, and the true places (V, 3)."""
    surroundings = standing()
    seen = observe(ONE, WRONG, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + TURN_S * TURNS, KEY)
    position, _ = states(surroundings.pieces, np.arange(TARGETS), BEGIN_S)
    enu = geodesy.ecef_to_enu(position, PLACE.latitude_rad, PLACE.longitude_rad, PLACE.height_m)
    return surroundings, seen, np.column_stack(geodesy.enu_to_polar(enu))


def chances(surroundings, polar):
    """Return the declared chance of each target to be seen in a turn, by public functions."""
    range_m, _, elevation = polar.T
    scale = achieved_scale(200e3, 0.0, 1e-5, 8, 1)
    low, peak, width = math.radians(40.0), math.radians(2.0), math.radians(4.0)
    apparent = elevation + range_m * np.cos(elevation) / (8.0 * 6_358_050.0)
    snr_db = scale.snr_db(range_m, 0.0)
    snr_db = snr_db - vertical_loss_db(cosecant_beam(peak, width, low), apparent)
    height = np.array([surroundings.pieces.height_m[v] for v in range(TARGETS)])
    snr_db = snr_db - air_loss_db(air(1.3e9), PLACE.height_m, height, range_m)
    chance = np.empty(TARGETS)
    for case in range(5):
        rows = np.arange(TARGETS) % 5 == case
        chance[rows] = detection_probability(snr_db[rows], 8, 1e-5, case)
    return chance


def turns_kept(seen):
    """Return the numbers of the turns from which anything came, counted from the first."""
    true_s = seen.received_s - WRONG.latency_s
    return np.floor((true_s - BEGIN_S - WRONG.phase * TURN_S) / TURN_S + 1e-9).astype(int)


def test_a_target_is_seen_as_often_as_declared(scene):
    surroundings, seen, polar = scene
    chance = chances(surroundings, polar)
    turns = len(np.unique(turns_kept(seen)))
    times = np.bincount(seen.vehicle[seen.vehicle >= 0], minlength=TARGETS)
    sure = chance > 0.9999
    assert np.all(times[sure] >= turns - 20)
    judged = (chance > 0.01) & (chance < 0.99)
    assert judged.sum() > 300
    for case in range(5):
        rows = judged & (np.arange(TARGETS) % 5 == case)
        p = chance[rows]
        spread = np.sqrt(turns * p * (1 - p))
        z = (times[rows] - turns * p) / spread
        assert is_likely(z.sum() / math.sqrt(len(z))), case  # no bias over all of a case
        chi2 = float(np.sum(z * z))
        assert LEVEL / 2 < stats.chi2.sf(chi2, len(z)) < 1 - LEVEL / 2, case


def test_turns_are_dropped_as_often_as_declared(scene):
    _, seen, _ = scene
    kept = len(np.unique(turns_kept(seen)))
    share = WRONG.dropped_turns
    assert is_likely((TURNS - kept - TURNS * share) / math.sqrt(TURNS * share * (1 - share)))


def test_false_plots_are_as_many_as_declared_and_even(scene):
    _, seen, _ = scene
    false = seen.vehicle < 0
    turns = turns_kept(seen)
    known = np.unique(turns)
    many = np.bincount(turns[false], minlength=TURNS)[known]
    assert is_likely((many.sum() - FALSE * len(known)) / math.sqrt(FALSE * len(known)))
    # Poisson: the variance is the mean; index of dispersion, chi-squared
    dispersion = float(np.sum((many - FALSE) ** 2) / FALSE)
    assert LEVEL / 2 < stats.chi2.sf(dispersion, len(known)) < 1 - LEVEL / 2
    plots = seen.plots
    for column, low, high in (
        (plots.range_m, 500.0, 250e3),
        (plots.azimuth_rad, 0.0, 2 * math.pi),
        (plots.elevation_rad, math.radians(-1.0), math.radians(40.0)),
        (plots.doppler_mps, -300.0, 300.0),
    ):
        even = (column[false] - low) / (high - low)
        assert stats.kstest(even, "uniform").pvalue > LEVEL


def test_biases_and_errors_are_the_declared_ones_and_independent(scene):
    _, seen, polar = scene
    true = seen.vehicle >= 0
    plots, vehicle = seen.plots.rows(true), seen.vehicle[true]
    around = plots.azimuth_rad - polar[vehicle, 1] - math.radians(WRONG.azimuth_bias_deg)
    errors = np.column_stack(
        [
            (plots.range_m - polar[vehicle, 0] - WRONG.range_bias_m) / 50.0,
            (np.mod(around + math.pi, 2 * math.pi) - math.pi) / math.radians(0.1),
            (plots.elevation_rad - polar[vehicle, 2] - math.radians(0.1)) / math.radians(0.4),
            plots.doppler_mps / 1.5,  # they stand still
        ]
    )
    n = len(errors)
    assert n > 800_000
    for k in range(4):
        assert is_likely(errors[:, k].mean() * math.sqrt(n))
        assert is_likely((np.mean(errors[:, k] ** 2) - 1.0) * math.sqrt(n / 2.0))
        assert stats.kstest(errors[:200_000, k], "norm").pvalue > LEVEL
        for other in range(k):
            assert is_likely(np.mean(errors[:, k] * errors[:, other]) * math.sqrt(n))
    in_turn = np.lexsort((plots.time_s, vehicle))
    follows = np.flatnonzero(np.diff(vehicle[in_turn]) == 0)
    before, after = errors[in_turn][follows], errors[in_turn][follows + 1]
    for k in range(4):  # nothing carries over from one turn to the next
        assert is_likely(np.mean(before[:, k] * after[:, k]) * math.sqrt(len(follows)))
    assert np.allclose(plots.range_sigma_m, 50.0)
    assert np.allclose(plots.azimuth_sigma_rad, math.radians(0.1))


def test_the_clock_of_the_site_is_wrong_as_declared(scene):
    _, seen, polar = scene
    true = seen.vehicle >= 0
    azimuth = polar[seen.vehicle[true], 1]
    turn = turns_kept(seen)[true]
    # all times from here on are below 1e-6 s, the step of doubles at this epoch is 2.4e-7 s
    first = math.ceil(BEGIN_S / TURN_S - WRONG.phase) + WRONG.phase
    met = (first + turn) * TURN_S + azimuth / (2 * math.pi) * TURN_S
    assert np.allclose(seen.received_s[true] - WRONG.latency_s, met, atol=1e-6, rtol=0)
    wrong = seen.plots.time_s[true] - met
    wanted = WRONG.clock_offset_s + 50e-6 * np.mod(met, 3600.0)
    assert np.allclose(wrong, wanted, atol=2e-6, rtol=0)


def test_errors_shrink_with_the_echo_as_declared():
    surroundings = standing()
    one = radar(
        errors_at_snr_db=10.0, error_floor=0.25, range_resolution_m=0.01, doppler_sigma_mps=None
    )
    seen = observe(one, Placed(name="radar"), PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 500, KEY)
    position, _ = states(surroundings.pieces, np.arange(TARGETS), BEGIN_S)
    enu = geodesy.ecef_to_enu(position, PLACE.latitude_rad, PLACE.longitude_rad, PLACE.height_m)
    range_m = geodesy.enu_to_polar(enu)[0]
    sigma = seen.plots.range_sigma_m
    error = (seen.plots.range_m - range_m[seen.vehicle]) / sigma
    assert is_likely(error.mean() * math.sqrt(len(error)))
    assert is_likely((np.mean(error**2) - 1.0) * math.sqrt(len(error) / 2.0))
    scale = achieved_scale(200e3, 0.0, 1e-6, 16, 1)
    snr = scale.snr_db(range_m, 0.0) - air_loss_db(
        air(1.3e9), PLACE.height_m, surroundings.pieces.height_m, range_m
    )
    # what is seen looks no weaker than noise that just passes
    weakest = required_snr_db(0.5, 1e-6, 16, 0)
    assert snr[seen.vehicle].min() < weakest - 0.5
    looks_db = np.maximum(snr[seen.vehicle], weakest)
    wanted = 50.0 * np.sqrt(0.0625 + 0.9375 * 10 ** (0.1 * (10.0 - looks_db)))
    assert np.allclose(sigma, wanted, rtol=1e-6)
    assert sigma.min() < 25.0
    assert sigma.max() > 50.0


@pytest.mark.parametrize("mode", ["A/C", "S"])
def test_answers_come_as_often_and_as_exactly_as_declared(mode):
    rng = np.random.default_rng(3)
    count, turns = 300, 400
    flights = [
        (2 * math.pi * k / count, rng.uniform(60e3, 200e3), 0.0, 0.0, rng.uniform(4e3, 11e3))
        for k in range(count)
    ]
    surroundings = sky(flights, transponder=7, mode_s=np.arange(count) + 1, mode_a=0o4321)
    ssr = Interrogator(
        mode=mode,
        reply_probability=0.9,
        wrong_code_probability=0.03,
        altimeter_sigma_m=0.0,
        azimuth_resolution_deg=0.2,
        beamwidth_deg=0.3,
        garbled_probability=1.0,
        false_plots_per_turn=3.0,
    )
    one = radar(half_seen_range_km=1.0, ssr=ssr, rotation_period_s=4.0)
    seen = observe(one, Placed(name="r", phase=0.0), PLACE, 0, surroundings, BEGIN_S,
                   BEGIN_S + 4.0 * turns, KEY)  # fmt: skip
    true = (seen.vehicle >= 0) & (seen.plots.flags & PlotFlag.SECONDARY != 0)
    plots, vehicle = seen.plots.rows(true), seen.vehicle[true]
    looks = count * turns
    assert is_likely((true.sum() - 0.9 * looks) / math.sqrt(looks * 0.09))
    false = (seen.vehicle < 0).sum()
    assert is_likely((false - 3.0 * turns) / math.sqrt(3.0 * turns))
    step_m = (25.0 if mode == "S" else 100.0) * 0.3048
    off_m = plots.pressure_altitude_m - surroundings.pieces.height_m[vehicle]
    sure = plots.flags & PlotFlag.MODE_C_UNSURE == 0
    assert np.all(np.abs(off_m[sure]) <= step_m / 2 + 1e-6)
    assert np.allclose(np.mod(plots.pressure_altitude_m + step_m / 2, step_m), step_m / 2)
    if mode == "S":
        assert sure.all()
        assert np.array_equal(plots.mode_s, vehicle + 1)
        assert np.all(plots.flags & PlotFlag.MODE_S)
    else:
        n = len(plots)
        assert is_likely(((~sure).sum() - 0.03 * n) / math.sqrt(n * 0.03 * 0.97))
        wrong = plots.mode_a != 0o4321
        assert np.array_equal(wrong, plots.flags & PlotFlag.MODE_A_UNSURE != 0)
        assert is_likely((wrong.sum() - 0.03 * n) / math.sqrt(n * 0.03 * 0.97))
        assert np.all(plots.mode_s == -1)


def test_radars_hear_one_altimeter_error_for_each_vehicle_and_spread_as_declared():
    count = 2_000
    rng = np.random.default_rng(4)
    flights = [
        (2 * math.pi * k / count, rng.uniform(60e3, 200e3), 0.0, 0.0, 8_000.0) for k in range(count)
    ]
    surroundings = sky(flights, transponder=7)
    one = radar(half_seen_range_km=1.0, ssr=Interrogator(mode="S", altimeter_sigma_m=40.0,
                                                         false_plots_per_turn=0.0))  # fmt: skip
    told = []
    for key in (KEY, (5, 6)):
        seen = observe(one, Placed(name="r"), PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 5.0, key)
        error = np.full(count, np.nan)
        has = np.isfinite(seen.plots.pressure_altitude_m)
        error[seen.vehicle[has]] = seen.plots.pressure_altitude_m[has] - 8_000.0
        told.append(error)
    both = np.isfinite(told[0] + told[1])
    assert both.sum() > 1_800
    assert np.array_equal(told[0][both], told[1][both])
    spread2 = 40.0**2 + (25 * 0.3048) ** 2 / 12  # with the steps' own
    errors = told[0][both]
    assert is_likely(errors.mean() / math.sqrt(spread2) * math.sqrt(len(errors)))
    assert is_likely((np.mean(errors**2) / spread2 - 1.0) * math.sqrt(len(errors) / 2.0))

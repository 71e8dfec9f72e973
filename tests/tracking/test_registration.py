"""Registration: errors of radars found from common targets, consistent, in any order, at once."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import chi2

from jointsky.records.columns import join
from jointsky.tracking.registration import Registration
from jointsky.tracking.registration_settings import RegistrationSettings
from tracking import registering
from tracking.registering import degrees
from tracking.skies import Sky

END_S = 100.0
WRONG = np.array(
    [
        degrees(150.0, 0.5, 0.2, 0.0),
        degrees(-120.0, -0.4, 0.0, 0.4),
        degrees(60.0, 0.3, -0.3, -0.2),
    ]
)


@pytest.fixture(scope="module")
def sky():
    return Sky()


@pytest.fixture(scope="module")
def scene(sky):
    """Three radars with errors over one sky, what they tell in 100 s, and what is sent."""
    rng = np.random.default_rng(5)
    sensors = registering.radars(sky)
    paths = registering.flights(rng)
    plots = registering.seen(rng, sky, sensors, paths, WRONG, END_S)
    sent, receiver = registering.sent(rng, sky, len(sensors), paths, END_S)
    return sensors, plots, sent, receiver


@pytest.fixture(scope="module")
def made(sky, scene):
    sensors, plots, _, _ = scene
    return registering.registered(sky, sensors, plots, END_S)


def test_errors_of_radars_are_found_within_three_standard_errors(made):
    registration, events = made
    assert not [event for event in events if event.kind == "bias-step"]
    names = ("range", "azimuth", "elevation")
    for (row, component), one in registering.found(registration).items():
        if component == "clock":
            continue
        true = WRONG[row][names.index(component)]
        assert one.observable and one.evidence > 100
        assert abs(one.estimate - true) < 3.0 * one.sigma, (row, component)
        assert one.sigma < 0.05 * one.prior_sigma


def test_errors_are_as_large_as_is_said_over_several_skies(sky):
    """Chi-squared of all errors of five skies; false alarm one in a thousand to each side."""
    total, count = 0.0, 0
    for seed in range(5):
        rng = np.random.default_rng([7, seed])
        sensors = registering.radars(sky)
        wrong = rng.normal(size=(3, 4)) * degrees(150.0, 0.4, 0.4, 0.5)
        plots = registering.seen(rng, sky, sensors, registering.flights(rng), wrong, END_S)
        registration, events = registering.registered(sky, sensors, plots, END_S)
        assert not [event for event in events if event.kind == "bias-step"]
        squared, n = registering.normalised(registration, wrong)
        total, count = total + squared, count + n
    assert chi2.ppf(0.001, count) < total < chi2.ppf(0.999, count)


def test_clocks_are_known_beside_each_other_only_until_something_tells_the_time(sky, scene, made):
    sensors, plots, sent, receiver = scene
    alone = registering.found(made[0])
    for row in range(3):
        one = alone[row, "clock"]
        assert not one.observable
        assert one.relative_sigma < 0.05 < one.sigma
    apart = [alone[row, "clock"].estimate for row in range(3)]
    true = WRONG[:, 3] - WRONG[:, 3].mean()
    assert np.allclose(apart - np.mean(apart), true, atol=0.06)  # 0.02 s to three sigmas
    both = registering.in_time(join([plots, sent]))
    told, _ = registering.registered(sky, [*sensors, receiver], both, END_S)
    for row in range(3):
        one = registering.found(told)[row, "clock"]
        assert one.observable
        assert abs(one.estimate - WRONG[row, 3]) < 3.0 * one.sigma


def test_positions_that_are_sent_late_do_not_pass_for_the_time(sky, scene):
    """Each aircraft's own delay is unknown: 0.2 s in all moves clocks within their sigma."""
    sensors, plots, _, _ = scene
    rng = np.random.default_rng(5)
    paths = registering.flights(rng)
    late, receiver = registering.sent(rng, sky, len(sensors), paths, END_S, latency_s=0.2)
    both = registering.in_time(join([plots, late]))
    told, _ = registering.registered(sky, [*sensors, receiver], both, END_S)
    for (row, component), one in registering.found(told).items():
        if component == "clock":
            assert 0.05 < one.sigma < 0.15  # of their mean 0.1 s
            assert abs(one.estimate - WRONG[row, 3]) < 3.0 * one.sigma


def test_a_radar_alone_says_that_it_cannot_be_observed(sky):
    rng = np.random.default_rng(3)
    sensors = registering.radars(sky, 1)
    plots = registering.seen(rng, sky, sensors, registering.flights(rng), WRONG, 150.0)
    registration, events = registering.registered(sky, sensors, plots, 150.0)
    for one in registration.estimates():
        assert not one.observable
        assert one.estimate == 0.0 and one.sigma == pytest.approx(one.prior_sigma, rel=0.01)
    (event,) = events
    assert (event.kind, event.sensor) == ("bias-unobservable", "radar-0")
    assert event.facts["components"] == ["range", "azimuth", "elevation", "clock"]
    assert registration.correct(plots) is plots


def test_plots_are_corrected_with_what_was_known_when_they_came(scene, made):
    _, plots, _, _ = scene
    registration, _ = made
    fixed = registration.correct(plots)
    late = plots.time_s > 70.0
    first = plots.sensor == 0
    off = (plots.range_m - fixed.range_m)[late & first]
    assert np.allclose(off, 150.0, atol=40.0)
    assert (fixed.range_m == plots.range_m)[plots.time_s < 10.0].all()
    final = registration.correct_afterwards(plots)
    assert np.allclose((plots.range_m - final.range_m)[first], off[-1], atol=5.0)


def test_only_own_plots_are_corrected(sky, scene):
    sensors, plots, _, _ = scene
    registration, _ = registering.registered(sky, sensors, plots, END_S, owned=[1])
    fixed = registration.correct(plots)
    others = plots.sensor != 1
    assert (fixed.range_m == plots.range_m)[others].all()
    assert (fixed.range_m != plots.range_m)[~others & (plots.time_s > 70.0)].all()


def test_what_is_left_is_small_once_it_is_taken_off(made):
    for one in made[0].left():
        assert abs(one.estimate) <= 0.21 * one.sigma  # smaller changes are not taken off


def test_any_order_of_arrival_within_the_lag_gives_the_same_estimates(sky, scene, made):
    sensors, plots, _, _ = scene
    rng = np.random.default_rng(1)
    arrival = plots.time_s + rng.uniform(0.0, 4.0, len(plots))
    order = np.argsort(arrival, kind="stable")
    registration = Registration(sensors, range(3), None, 0.0)
    moments = np.arange(0.7, END_S + 17.0, 0.7)
    for begin_s, end_s in itertools.pairwise(np.append(-1.0, moments)):
        part = order[(arrival[order] >= begin_s) & (arrival[order] < end_s)]
        registration.take(plots.rows(part), float(end_s))
        registration.advance(float(end_s))
    assert registration.late == 0
    assert registration.estimates() == made[0].estimates()
    assert registration.corrections() == made[0].corrections()


def test_what_is_declared_right_is_not_estimated(sky, scene):
    sensors, plots, _, _ = scene
    settings = RegistrationSettings(clock_prior_s=0.0, elevation_prior_deg=0.0)
    registration, _ = registering.registered(sky, sensors, plots, 60.0, settings)
    assert {one.component for one in registration.estimates()} == {"range", "azimuth"}
    assert np.abs(registration.errors.mean[6::4]).max() < 1e-6


def test_a_flat_scene_is_registered_alike():
    sky = Sky(is_flat=True)
    rng = np.random.default_rng(11)
    sensors = registering.radars(sky)
    plots = registering.seen(rng, sky, sensors, registering.flights(rng), WRONG, END_S)
    registration, _ = registering.registered(sky, sensors, plots, END_S)
    squared, n = registering.normalised(registration, WRONG)
    assert squared < chi2.ppf(0.999, n)


def test_radars_without_elevation_are_registered_by_pressure_altitudes(sky):
    """Mode C lies 80 m above the heights here: an offset that all share, and that is found out."""
    rng = np.random.default_rng(13)
    sensors = registering.radars(sky, elevation_sigma_rad=None)
    paths = registering.flights(rng)
    seen = registering.seen(
        rng, sky, sensors, paths, WRONG * [1, 1, 0, 1], END_S, elevation=False, mode_c=True
    )
    seen = seen.replace(pressure_altitude_m=seen.pressure_altitude_m + 80.0)
    registration, _ = registering.registered(sky, sensors, seen, END_S)
    estimates = registering.found(registration)
    assert {component for _, component in estimates} == {"range", "azimuth", "clock"}
    for (row, component), one in estimates.items():
        if component != "clock":
            true = WRONG[row][("range", "azimuth").index(component)]
            assert abs(one.estimate - true) < 3.0 * one.sigma, (row, component)


@pytest.mark.parametrize(
    "step", [degrees(range_m=250.0), degrees(azimuth=0.6), degrees(clock_s=1.5)]
)
def test_a_step_is_noticed_blamed_on_its_radar_and_learnt_anew(sky, step):
    rng = np.random.default_rng(17)
    sensors = registering.radars(sky)
    paths = registering.flights(rng, turns=0.0)
    plots = registering.seen(rng, sky, sensors, paths, WRONG, 190.0)
    after = (plots.sensor == 1) & (plots.time_s >= 95.0)
    moved = registering.shifted(plots, np.where(after[:, None], step, 0.0))
    moved = registering.in_time(moved)
    registration, events = registering.registered(sky, sensors, moved, 190.0)
    steps = [event for event in events if event.kind == "bias-step"]
    assert steps and {event.sensor for event in steps} == {"radar-1"}
    assert 95.0 <= steps[0].time_s <= 140.0
    now = WRONG.copy()
    now[1] += step
    for row in range(3):
        for component, k in (("range", 0), ("azimuth", 1)):
            one = registering.found(registration)[row, component]
            assert abs(one.estimate - now[row][k]) < 3.5 * one.sigma, (row, component)
    clocks = [registering.found(registration)[row, "clock"] for row in range(3)]
    apart = np.array([one.estimate for one in clocks]) - now[:, 3]
    widest = max(one.relative_sigma for one in clocks)
    assert np.abs(apart - apart.mean()).max() < 3.5 * widest


def test_sites_that_tell_their_corrections_do_not_chase_each_other(sky, scene):
    """Each of three sites owns one radar, corrects its plots, and tells by how much."""
    sensors, plots, _, _ = scene
    sites = [Registration(sensors, [row], None, 0.0) for row in range(3)]
    for now_s in np.arange(1.0, END_S + 16.0):
        fresh = plots.rows((plots.time_s >= now_s - 1.0 - (now_s == 1.0)) & (plots.time_s < now_s))
        parts = [fresh.rows(fresh.sensor == row) for row in range(3)]
        shared = [site.correct(part) for site, part in zip(sites, parts, strict=True)]
        for row, site in enumerate(sites):
            for other in range(3):
                if other != row:
                    site.told(sites[other].corrections())
                site.take(parts[other] if other == row else shared[other], float(now_s))
            site.advance(float(now_s))
    central, _ = registering.registered(sky, sensors, plots, END_S)
    for site in sites:
        for mine, theirs in zip(site.estimates(), central.estimates(), strict=True):
            assert abs(mine.estimate - theirs.estimate) < 0.3 * theirs.sigma
    for row, site in enumerate(sites):
        assert {one.sensor for one in site.corrections()} == {f"radar-{row}"}


def test_late_plots_are_counted_and_change_nothing(sky, scene, made):
    sensors, plots, _, _ = scene
    registration, _ = registering.registered(sky, sensors, plots, END_S)
    before = registration.estimates()
    registration.take(plots.rows(plots.time_s < 20.0), END_S + 20.0)
    registration.advance(END_S + 60.0)
    assert registration.late == int((plots.time_s < 19.0).sum()) or registration.late > 0
    assert registration.estimates() == before


def test_wild_times_and_places_do_no_harm(sky, scene, made):
    sensors, plots, _, _ = scene
    wild = plots.rows(np.arange(40))
    times = np.concatenate([np.full(10, np.nan), np.full(10, 1e12), np.full(20, 50.0)])
    wild = wild.replace(time_s=times, range_m=np.where(times == 50.0, np.nan, wild.range_m))
    registration = Registration(sensors, range(3), None, 0.0)
    for now_s in np.arange(1.0, END_S + 16.0):
        begin_s = now_s - 1.0 if now_s > 1.0 else -np.inf
        first, last = np.searchsorted(plots.time_s, [begin_s, now_s])
        registration.take(plots.rows(slice(first, last)), float(now_s))
        registration.take(wild, float(now_s))
        registration.advance(float(now_s))
    assert registration.estimates() == made[0].estimates()


def test_settings_speak_degrees_and_estimates_radians(made):
    one = registering.found(made[0])[0, "azimuth"]
    assert one.prior_sigma == pytest.approx(math.radians(1.0))

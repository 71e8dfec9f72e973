"""Guards on a site's own sensors: repeats, clocks, floods, plots that are none."""

import math

import numpy as np
import pytest

from jointsky.node.guards import Guards
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, Plots
from jointsky.records.tracks import Tracks
from node.made import T0_S, a_network
from tracking.skies import Flight, Sky, straight

EARTH = Sky()
RADAR = EARTH.radar(name="radar-0")
PERIOD_S = RADAR.rotation_period_s
FLIGHTS = [
    Flight(straight((6e3 * k, 30e3 - 4e3 * k, 5000.0), (210 * math.sin(k), 210 * math.cos(k), 0)))
    for k in range(-8, 9)
]


def a_generator(seed=0):
    return np.random.Generator(np.random.Philox(seed))


def plots_at(rng, time_s, flights=FLIGHTS, clock_s=0.0, noise=1.0):
    """Return what the radar says of the flights, all seen at one time, by a clock so far ahead."""
    states = np.concatenate([flight.path([time_s]) for flight in flights])
    at = EARTH.from_sensor(RADAR, states)[:, :3]
    slant = np.linalg.norm(at, axis=1)
    error = noise * rng.normal(size=(2, len(at)))
    return Plots.make(
        len(at),
        time_s=T0_S + time_s + clock_s,
        sensor=0,
        geometry=int(Geometry.POLAR),
        range_m=slant + RADAR.range_sigma_m * error[0],
        azimuth_rad=np.arctan2(at[:, 0], at[:, 1]) + RADAR.azimuth_sigma_rad * error[1],
    )


def tracks_at(time_s):
    """Return the flights as a tracker would have them that saw nothing go wrong."""
    states = np.concatenate([flight.path([time_s - T0_S]) for flight in FLIGHTS])
    latitude, longitude, height = EARTH.geodetic(states)
    covariance = np.diag([1e3, 1e3, 1e3, 10.0, 10.0, 10.0])
    return Tracks.make(
        len(states),
        time_s=time_s,
        latitude_rad=latitude,
        longitude_rad=longitude,
        height_m=height,
        ve_mps=states[:, 3],
        vn_mps=states[:, 4],
        vu_mps=0.0,
        covariance=covariance,
        track_number=np.arange(len(states)),
    )


def no_tracks(time_s):
    return Tracks.make(0)


def guards():
    return Guards(a_network([RADAR], [0]), 0)


def watched(guard, batches, tracks=tracks_at):
    """Give (plots, arrival) to a guard; return what it lets pass, and what it logs."""
    passed, logs = [Plots.make(0)], []
    for plots, now_s in batches:
        passed += [guard.check(plots, now_s, tracks), guard.on_time(now_s, tracks)]
        logs += guard.logs(now_s)
    return join(passed), logs


def scans(rng, first, last, clock_s=lambda t: 0.0, delay_s=0.1):
    """Return batches, one for each second, and when they arrive."""
    return [
        (plots_at(rng, t, clock_s=clock_s(t)), T0_S + t + delay_s)
        for t in map(float, range(first, last))
    ]


def named(logs, kind, fault):
    return [log for log in logs if log.kind == kind and log.facts["fault"] == fault]


def test_a_sound_sensor_passes_as_it_is():
    batches = scans(a_generator(), 0, 60)
    passed, logs = watched(guards(), batches)
    given = join([plots for plots, _ in batches])
    np.testing.assert_array_equal(passed.time_s, given.time_s)
    np.testing.assert_array_equal(passed.range_m, given.range_m)
    assert logs == []


def test_plots_sent_twice_are_taken_once_and_told():
    guard = guards()
    batches = [
        (plots, now_s + again)
        for plots, now_s in scans(a_generator(), 0, 30)
        for again in (0.0, 0.3)
    ]
    passed, logs = watched(guard, batches)
    assert len(passed) == 30 * len(FLIGHTS)
    assert len(np.unique(passed.range_m)) == len(passed)
    assert len(named(logs, "sensor-fault-begins", "repeats")) == 1
    assert guard.status()[0].repeated == 30 * len(FLIGHTS)
    assert guard.status()[0].faults == ("repeats",)


def test_a_few_plots_sent_twice_are_left_out_without_a_word():
    batches = scans(a_generator(), 0, 30)
    twice = batches[10][0].rows([0, 1])
    passed, logs = watched(guards(), [*batches[:11], (twice, batches[10][1] + 0.2), *batches[11:]])
    assert len(passed) == 30 * len(FLIGHTS)
    assert logs == []


def test_two_plots_that_happen_to_look_like_those_of_the_turn_before_stay_in():
    batches = scans(a_generator(), 0, 40)
    for turn, row in ((10, 0), (30, 1)):
        before, (plots, now_s) = batches[turn - 1][0], batches[turn]
        rows = [before.rows([row]) if k == row else plots.rows([k]) for k in range(len(plots))]
        batches[turn] = join(rows).replace(time_s=plots.time_s), now_s
    passed, logs = watched(guards(), batches)
    assert len(passed) == 40 * len(FLIGHTS)
    assert logs == []


def test_a_stuck_scan_under_new_times_is_left_out_until_the_radar_sees_again():
    rng = a_generator()
    sound = scans(rng, 0, 20)
    stuck = [
        (sound[-1][0].replace(time_s=sound[-1][0].time_s + k), sound[-1][1] + k)
        for k in range(1, 21)
    ]
    again = scans(rng, 40, 60)
    guard = guards()
    passed, logs = watched(guard, sound + stuck + again)
    wrong = (passed.time_s > T0_S + 19.5) & (passed.time_s < T0_S + 39.5)
    assert wrong.sum() <= 1
    assert len(passed) - wrong.sum() == 40 * len(FLIGHTS)
    (begins,) = named(logs, "sensor-fault-begins", "repeats")
    assert begins.facts["sensor"] == "radar-0"
    (ends,) = named(logs, "sensor-fault-ends", "repeats")
    assert ends.facts["count"] > 18 * len(FLIGHTS)
    assert guard.status()[0].faults == ()


def test_what_stands_still_and_is_measured_in_coarse_steps_is_no_repeat():
    """Three hovering drones, errors of a third of a step: many plots are the same to the bit."""
    rng = a_generator()
    hover = [Flight(straight((4e3 * k, 9e3, 300.0), (0, 0, 0))) for k in (1, 2, 3)]
    batches = []
    for t in range(300):
        plots = plots_at(rng, float(t), hover, noise=0.0)
        step_m, step_rad = 30.0, math.radians(0.1)
        range_m = plots.range_m + step_m / 3 * rng.normal(size=3)
        azimuth = plots.azimuth_rad + step_rad / 3 * rng.normal(size=3)
        plots = plots.replace(
            range_m=np.round(range_m / step_m) * step_m,
            azimuth_rad=np.round(azimuth / step_rad) * step_rad,
        )
        batches.append((plots, T0_S + t + 0.1))
    passed, _ = watched(guards(), batches, no_tracks)
    assert len(passed) > 0.6 * 900


@pytest.mark.parametrize("jump_s", [3.0, -3.0, 1.0, -1.0])
def test_a_clock_that_jumps_is_noticed_by_the_tracks_and_taken_out(jump_s):
    guard = guards()
    rng = a_generator(1)
    batches = scans(rng, 0, 60, clock_s=lambda t: jump_s if 20 <= t < 40 else 0.0)
    passed, logs = watched(guard, batches)
    assert len(passed) == 60 * len(FLIGHTS)
    true_s = T0_S + np.repeat(np.arange(60.0), len(FLIGHTS))
    np.testing.assert_allclose(np.sort(passed.time_s), true_s, atol=0.02)
    (begins,) = named(logs, "sensor-fault-begins", "clock")
    assert begins.facts["offset_s"] == pytest.approx(jump_s, abs=0.02)
    assert len(named(logs, "sensor-fault-ends", "clock")) == 1
    assert guard.status()[0].clock_offset_s == 0.0


def test_a_clock_ahead_from_the_beginning_is_taken_back():
    guard = guards()
    batches = scans(a_generator(), 0, 20, clock_s=lambda t: 3.0)
    passed, _ = watched(guard, batches, no_tracks)
    assert len(passed) == 20 * len(FLIGHTS)
    true_s = T0_S + np.repeat(np.arange(20.0), len(FLIGHTS))
    np.testing.assert_allclose(np.sort(passed.time_s), true_s, atol=0.2)  # the delay is not known
    assert guard.status()[0].faults == ("clock",)


@pytest.mark.parametrize("behind_s", [3.0, 1.5, 0.5])
def test_a_clock_behind_from_the_beginning_is_told_beside_what_others_do(behind_s):
    """Nobody can say from delays alone whether a clock or the way is slow: times stay as told."""
    guard = Guards(a_network([RADAR, EARTH.radar(5e3, name="radar-1")], [0, 0]), 0)
    rng = a_generator()
    slow = scans(rng, 0, 20, clock_s=lambda t: -behind_s)
    sound = [(plots.replace(sensor=plots.sensor + 1), at_s) for plots, at_s in scans(rng, 0, 20)]
    batches = [one for pair in zip(slow, sound, strict=True) for one in pair]
    passed, logs = watched(guard, batches, no_tracks)
    assert len(passed) == 2 * 20 * len(FLIGHTS)
    faults = [status.faults for status in guard.status()]
    told = named(logs, "sensor-fault-begins", "slow")
    if behind_s < 1.0:
        assert faults == [(), ()] and not told
        return
    assert faults == [("slow",), ()]
    assert [log.facts["delay_s"] for log in told] == [pytest.approx(behind_s + 0.1, abs=0.05)]


def test_who_is_slower_than_anybody_waits_is_not_waited_for():
    """A radar is 0.2 s late, a person who calls 40 s: the others' tracks need not wait for that."""
    sensors = [RADAR, EARTH.radar(5e3, name="caller", kind="bearing")]
    guard, rng = Guards(a_network(sensors, [0, 0]), 0), a_generator()
    radar = scans(rng, 0, 60, delay_s=0.2)
    calls = [
        (plots.replace(sensor=plots.sensor + 1), at_s)
        for plots, at_s in scans(rng, 0, 20, delay_s=40.0)
    ]
    _, logs = watched(guard, sorted(radar + calls, key=lambda one: one[1]), no_tracks)
    now_s = radar[-1][1]
    assert guard.complete_s(now_s) == pytest.approx(now_s - 0.2, abs=1e-6)
    assert guard.status()[1].plots > 0 and not named(logs, "sensor-fault-begins", "slow")


def test_a_sensor_alone_whose_plots_are_always_late_is_told_until_they_come_in_time():
    guard, rng = guards(), a_generator()
    _, logs = watched(guard, scans(rng, 0, 20, delay_s=2.5), no_tracks)
    assert guard.status()[0].faults == ("slow",)
    _, logs = watched(guard, scans(rng, 20, 90), no_tracks)
    assert guard.status()[0].faults == ()
    assert len(named(logs, "sensor-fault-ends", "slow")) == 1


def test_plots_that_were_on_the_way_for_longer_are_believed_as_they_are():
    guard = guards()
    rng = a_generator()
    sound = scans(rng, 0, 20)
    slow = scans(rng, 20, 40, delay_s=3.1)
    passed, logs = watched(guard, sound + slow)
    true_s = T0_S + np.repeat(np.arange(40.0), len(FLIGHTS))
    np.testing.assert_allclose(np.sort(passed.time_s), true_s, atol=1e-6)
    assert guard.status()[0].clock_offset_s == 0.0
    assert len(named(logs, "sensor-fault-begins", "late")) == 1


def test_a_feed_that_stood_still_catches_up_with_its_own_times():
    guard = guards()
    rng = a_generator()
    batches = [
        (plots, max(now_s, T0_S + 35.0) if now_s > T0_S + 20.0 else now_s)
        for plots, now_s in scans(rng, 0, 60)
    ]
    passed, _ = watched(guard, batches, no_tracks)
    true_s = T0_S + np.repeat(np.arange(60.0), len(FLIGHTS))
    assert len(passed) == len(true_s)
    np.testing.assert_allclose(np.sort(passed.time_s), true_s, atol=1e-6)


def clutter(rng, n, time_s):
    return Plots.make(
        n,
        time_s=T0_S + time_s + np.sort(rng.uniform(0.0, 0.9, n)),
        sensor=0,
        geometry=int(Geometry.POLAR),
        range_m=rng.uniform(1e3, 200e3, n),
        azimuth_rad=rng.uniform(0.0, 2 * np.pi, n),
    )


def test_a_flood_is_cut_to_a_few_times_the_usual_and_spares_the_plots_at_tracks():
    guard = guards()
    rng = a_generator()
    batches = []
    for t in range(90):
        extra = 10 * len(FLIGHTS) if 40 <= t < 60 else 0
        plots = join([plots_at(rng, float(t)), clutter(rng, extra, float(t))])
        batches.append((plots, T0_S + t + 1.0))
    passed, logs = watched(guard, batches)
    during = (passed.time_s >= T0_S + 40) & (passed.time_s < T0_S + 60)
    usual = len(FLIGHTS)
    assert during.sum() <= 20 * 3 * usual + 3 * usual * PERIOD_S + 20
    given = join([plots for plots, _ in batches])
    is_target = np.isin(given.time_s, T0_S + np.arange(90.0))
    kept = np.isin(given.range_m[is_target], passed.range_m)
    assert kept.mean() > 0.99
    (begins,) = named(logs, "sensor-fault-begins", "flood")
    assert begins.facts["usual_per_s"] == pytest.approx(usual, rel=0.3)
    assert len(named(logs, "sensor-fault-ends", "flood")) == 1
    status = guard.status()[0]
    assert status.shed == len(given) - len(passed)
    assert status.faults == ()


def test_what_is_shed_of_a_flood_is_shed_all_around_alike():
    guard = guards()
    rng = a_generator()
    calm = [(clutter(rng, 40, float(t)), T0_S + t + 1.0) for t in range(40)]
    flood = [(clutter(rng, 4000, 40.0 + t), T0_S + 41.0 + t) for t in range(5)]
    passed, _ = watched(guard, calm + flood, no_tracks)
    during = passed.azimuth_rad[passed.time_s > T0_S + 41.0]
    counts = np.histogram(during, bins=8, range=(0.0, 2 * np.pi))[0]
    assert counts.min() > 0.8 * counts.max()


def test_plots_without_a_place_or_of_others_sensors_are_refused_and_told():
    guard = guards()
    plots = join(
        [plots_at(a_generator(), 0.0), *(Plots.make(1, time_s=T0_S, sensor=s) for s in (0, 5, -1))]
    )
    passed, logs = watched(guard, [(plots, T0_S + 0.1)])
    assert len(passed) == len(FLIGHTS)
    assert {log.facts["fault"] for log in logs} == {"unusable", "not-ours"}
    _, logs = watched(guard, [(plots_at(a_generator(), 20.0), T0_S + 20.1)])
    assert {log.kind for log in logs} == {"sensor-fault-ends"}

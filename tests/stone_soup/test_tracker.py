"""Our tracker inside Stone Soup: its simulators in, its metrics over what comes out."""

import datetime

import numpy as np
import pytest

pytest.importorskip("stonesoup", reason="Stone Soup is not installed here")

from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.measurement.nonlinear import (
    CartesianToBearingRange,
    CartesianToElevationBearing,
    CartesianToElevationBearingRange,
)
from stonesoup.platform.base import FixedPlatform
from stonesoup.sensor.radar.radar import RadarElevationBearingRange, RadarRotatingBearingRange
from stonesoup.simulator.platform import PlatformDetectionSimulator
from stonesoup.simulator.simple import SimpleDetectionSimulator
from stonesoup.types.array import StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.state import State

from jointsky.errors import InputError
from jointsky.records.sensors import Sensor
from jointsky.stonesoup.detections import seen_of
from jointsky.stonesoup.tracker import JointskyTracker
from jointsky.stonesoup.turns import Turns
from jointsky.tracking.settings import TrackerSettings
from stone_soup import sky

SITES = ((1000.0, -500.0, 100.0), (-4e4, 2e4, 30.0))
NOISE = np.diag(np.square([np.radians(0.2), np.radians(0.1), 50.0]))
WHOLE_VIEW = np.array([[0.0, 0.5], [-np.pi, np.pi], [100.0, 1.5e5]])


def model(site=SITES[0]):
    return CartesianToElevationBearingRange(
        6, (0, 2, 4), NOISE, translation_offset=StateVector(site), seed=6
    )


def detector(truth, measured_by=None, view=WHOLE_VIEW, clutter=8.0):
    return SimpleDetectionSimulator(
        truth, measured_by or model(), view, detection_probability=0.9, clutter_rate=clutter, seed=5
    )


def radars(truth, sites=SITES):
    """Return a simulator that yields each radar's detections of a moment by themselves."""
    platforms = [
        FixedPlatform(
            State(StateVector([site[0], 0, site[1], 0, site[2], 0])),
            position_mapping=(0, 2, 4),
            orientation=StateVector([0, 0, 0]),
            sensors=[
                RadarElevationBearingRange(
                    ndim_state=6,
                    position_mapping=(0, 2, 4),
                    noise_covar=NOISE,
                    max_range=2e5,
                    seed=k,
                )
            ],
        )
        for k, site in enumerate(sites)
    ]
    return PlatformDetectionSimulator(truth, platforms, platforms_detectable=False)


@pytest.fixture(scope="module")
def in_clutter():
    truth = sky.targets()
    tracker = JointskyTracker(detector(truth))
    return tracker, *sky.run(tracker, truth)


def test_stone_soups_metrics_find_every_target_tracked_and_nothing_else(in_clutter):
    _, truths, tracks, _ = in_clutter
    siap, gospa = sky.figures(truths, tracks)
    assert len(truths) == 6
    assert siap["Completeness"] > 0.85
    assert siap["Ambiguity"] < 1.05
    assert siap["Spuriousness"] < 0.05
    assert siap["Position Accuracy"] < 200.0  # a measurement at 100 km errs by about 400 m
    assert siap["Velocity Accuracy"] < 20.0
    assert gospa["missed"] == gospa["false"] == 0.0


def test_errors_are_as_large_as_the_covariances_say(in_clutter):
    _, truths, _, steps = in_clutter
    nees = []
    for time, tracks in steps[10:]:
        for track in tracks:
            state = track[time]
            there = [path[time].state_vector for path in truths]
            errors = [np.ravel(state.state_vector - vector).astype(float) for vector in there]
            error = min(errors, key=lambda e: np.linalg.norm(e[[0, 2, 4]]))
            nees.append(error @ np.linalg.solve(np.asarray(state.covar, float), error))
    assert len(nees) > 80
    assert 1.0 < np.mean(nees) < 12.0  # 6 is expected; the tracker's models are not the truth's


def test_every_track_has_a_state_for_every_step_that_it_is_in(in_clutter):
    tracker, _, tracks, steps = in_clutter
    assert [time for time, _ in steps] == [
        sky.START + datetime.timedelta(seconds=5 * k) for k in range(len(steps))
    ]
    for time, now in steps:
        for track in now:
            assert track[time].state_vector.shape == (6, 1)
            assert track[time].covar.shape == (6, 6)
    for track in tracks:
        times = [state.timestamp for state in track]
        assert times == sorted(set(times))
    assert tracker.tracks == steps[-1][1]


def test_ids_are_unique_and_tell_the_number(in_clutter):
    _, _, tracks, _ = in_clutter
    assert len({track.id for track in tracks}) == len(tracks)
    assert all(f"jointsky-{track.metadata['track_number']}" in track.id for track in tracks)


def test_two_runs_are_the_same(in_clutter):
    _, _, _, steps = in_clutter
    truth = sky.targets()
    _, _, again = sky.run(JointskyTracker(detector(truth)), truth)
    for (time, first), (_, second) in zip(steps, again, strict=True):
        a = {track.id: np.ravel(track[time].state_vector).tolist() for track in first}
        b = {track.id: np.ravel(track[time].state_vector).tolist() for track in second}
        assert a == b


def test_several_sensors_are_told_apart_and_repeated_moments_give_one_state():
    truth = sky.targets(number=3, steps=15)
    tracker = JointskyTracker(radars(truth))
    truths, tracks, steps = sky.run(tracker, truth)
    assert len(steps) == 30
    siap, _ = sky.figures(truths, tracks)
    assert siap["Completeness"] > 0.8
    assert siap["Spuriousness"] < 0.05
    for track in tracks:
        times = [state.timestamp for state in track]
        assert len(times) == len(set(times))


def test_declared_sensors_are_taken_as_they_are_and_no_others():
    declared = [
        Sensor(name=f"r{k}", kind="radar", flat_enu_m=site, rotation_period_s=5.0)
        for k, site in enumerate(SITES)
    ]
    truth = sky.targets(number=3, steps=12)
    tracker = JointskyTracker(radars(truth), sensors=declared, settings=TrackerSettings())
    _, tracks, _ = sky.run(tracker, truth)
    assert len(tracks) == 3
    with pytest.raises(InputError, match=r"a sensor at .*; wanted one of the sensors"):
        list(JointskyTracker(radars(sky.targets()), sensors=declared[:1]))


def test_a_sensor_that_comes_late_leaves_the_tracks_their_identity():
    truth = sky.targets(number=3, steps=20)
    tracker = JointskyTracker()
    ids = []
    for step, (time, paths) in enumerate(truth):
        detections = {
            Detection(
                source.function(path[-1], noise=False), timestamp=time, measurement_model=source
            )
            for path in paths
            for source in ([model()] if step < 10 else [model(), model(SITES[1])])
        }
        ids.append({track.id for track in tracker.update_tracker(time, detections)[1]})
    assert len(ids[9]) == 3
    assert ids[9] == ids[10] == ids[-1]


def test_in_a_plane_the_tracks_are_in_the_plane():
    truth = sky.targets(axes=2, number=4, steps=25)
    noise = np.diag(np.square([np.radians(0.1), 50.0]))
    source = CartesianToBearingRange(
        4, (0, 2), noise, translation_offset=StateVector([1e3, 2e3]), seed=6
    )
    view = np.array([[-np.pi, np.pi], [100.0, 1.5e5]])
    tracker = JointskyTracker(detector(truth, source, view, clutter=2.0))
    truths, tracks, steps = sky.run(tracker, truth)
    siap, _ = sky.figures(truths, tracks, axes=2)
    assert siap["Completeness"] > 0.8
    assert siap["Spuriousness"] < 0.1
    assert siap["Position Accuracy"] < 200.0
    for track in steps[-1][1]:
        assert track[-1].state_vector.shape == (4, 1)
        assert np.linalg.eigvalsh(np.asarray(track[-1].covar, float)).min() > 0


def test_positions_are_tracked_too():
    truth = sky.targets(axes=2, number=4, steps=25)
    source = LinearGaussian(4, (0, 2), np.diag([2500.0, 2500.0]), seed=6)
    view = np.array([[-8e4, 8e4], [-8e4, 8e4]])
    tracker = JointskyTracker(detector(truth, source, view, clutter=2.0))
    truths, tracks, _ = sky.run(tracker, truth)
    siap, _ = sky.figures(truths, tracks, axes=2)
    assert siap["Completeness"] > 0.8
    assert siap["Spuriousness"] < 0.1


def test_three_direction_finders_track_without_any_range():
    truth = sky.targets(number=2, steps=40)
    finders = [
        CartesianToElevationBearing(
            6, (0, 2, 4), np.diag([1e-6, 1e-6]), translation_offset=StateVector(place), seed=k
        )
        for k, place in enumerate([(0.0, 0, 0), (4e4, 0, 0), (0, 4e4, 0)])
    ]
    tracker, truths, tracks = JointskyTracker(), set(), set()
    for time, paths in truth:
        seen = {
            Detection(
                finder.function(path[-1], noise=True), timestamp=time, measurement_model=finder
            )
            for path in paths
            for finder in finders
        }
        tracks |= tracker.update_tracker(time, seen)[1]
        truths |= paths
    siap, _ = sky.figures(truths, tracks)
    assert siap["Completeness"] > 0.7
    assert siap["Spuriousness"] < 0.2
    assert siap["Position Accuracy"] < 150.0


def test_a_small_scene_is_tracked_when_its_scale_is_told():
    """As docs/how-to/stone-soup.md says: within 100 m, at a few metres a second."""
    truth = sky.targets(axes=2, number=5, steps=60, step_s=1.0, scale=1e-3)
    source = LinearGaussian(4, (0, 2), np.diag([0.25, 0.25]), seed=2)
    view = np.array([[-100.0, 100.0], [-100.0, 100.0]])
    camera = Sensor(
        name="camera",
        kind="multilateration",
        flat_enu_m=(0.0, 0.0, 0.0),
        rotation_period_s=1.0,
        range_max_m=150.0,
        detection_probability=0.9,
        false_plots_per_turn=5.0,
    )
    walkers = TrackerSettings(
        speed_sigma_mps=3.0, quiet_acceleration_psd=0.05, manoeuvre_acceleration_psd=1.0
    )
    tracker = JointskyTracker(
        detector(truth, source, view, clutter=5.0), sensors=[camera], settings=walkers
    )
    truths, tracks, _ = sky.run(tracker, truth)
    siap, _ = sky.figures(truths, tracks, axes=2, near=5.0)
    assert siap["Completeness"] > 0.75
    assert siap["Ambiguity"] < 1.1
    assert siap["Spuriousness"] < 0.1
    assert siap["Position Accuracy"] < 1.5


def test_a_rotating_dwell_is_known_by_its_turn():
    truth = sky.targets(number=2, steps=60, step_s=1.0)
    radar = RadarRotatingBearingRange(
        ndim_state=6,
        position_mapping=(0, 2),
        noise_covar=np.diag(np.square([np.radians(0.1), 50.0])),
        dwell_centre=StateVector([0.0]),
        rpm=10,
        max_range=2e5,
        fov_angle=np.radians(60),
        seed=9,
    )
    platform = FixedPlatform(
        State(StateVector([0, 0, 0, 0, 0, 0])), position_mapping=(0, 2, 4), sensors=[radar]
    )
    tracker = JointskyTracker(PlatformDetectionSimulator(truth, [platform]))
    sky.run(tracker, truth)
    assert tracker._turns.turn_s(0) == pytest.approx(6.0, rel=0.01)


def test_turns_are_learnt_from_steps_and_axes():
    turns = Turns()
    assert turns.turn_s(0) is None
    assert not turns.hear(0, 10.0, 0.0)
    assert turns.turn_s(0) is None
    assert turns.hear(0, 18.0, 0.0)  # the scan between was empty
    assert turns.hear(0, 22.0, 0.0)
    assert not turns.hear(0, 22.0, 0.0)
    assert not turns.hear(0, 25.9, 0.0)
    assert turns.turn_s(0) == pytest.approx(3.9)
    turns.hear(1, 0.0, 3.0)
    assert turns.hear(1, 1.0, -3.0)
    assert turns.turn_s(1) == pytest.approx(2 * np.pi / (2 * np.pi - 6))


def test_detections_without_a_model_take_the_trackers():
    truth = sky.targets(number=2, steps=10)
    tracker = JointskyTracker(measurement_model=model())
    for time, paths in truth:
        seen = {
            Detection(model().function(State(path[-1].state_vector), noise=False), timestamp=time)
            for path in paths
        }
        tracker.update_tracker(time, seen)
    assert len(tracker.tracks) == 2


def test_steps_without_detections_are_steps():
    tracker = JointskyTracker()
    for k in range(3):
        moment = sky.START + datetime.timedelta(seconds=k)
        assert tracker.update_tracker(moment, set()) == (moment, set())
    with pytest.raises(InputError, match="JointskyTracker: no detector; wanted one"):
        next(JointskyTracker())


def test_sensors_that_wander_are_refused():
    tracker = JointskyTracker()
    with pytest.raises(InputError, match="more than 64 places; wanted sensors that stand still"):
        for k in range(70):
            source = model((float(k), 0.0, 0.0))
            seen = Detection(StateVector([0.1, 0.2, 5e4]), sky.START, measurement_model=source)
            tracker._learn(seen_of([seen]))

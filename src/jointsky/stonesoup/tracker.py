"""Our tracker as a Stone Soup component: a detector in, sets of its tracks out, step by step."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from jointsky.errors import InputError
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.stonesoup.detections import (
    Seen,
    model_of,
    plots_in,
    row_of_sensor,
    seen_of,
    sensors_in,
)
from jointsky.stonesoup.peer import Detection, DetectionReader, MeasurementModel, Property, Track
from jointsky.stonesoup.peer import Tracker as PeerTracker
from jointsky.stonesoup.space import StateSpace, posix_s, space_of
from jointsky.stonesoup.tracks import add_state, gaussian_state, in_scene, new_track
from jointsky.stonesoup.turns import Turns
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.tracker import Tracker

ORIGIN = (0.0, 0.0, 0.0)
MOST_SENSORS = 64
SAME_STATE_M = 1.0


class JointskyTracker(PeerTracker):  # type: ignore[misc]
    """Tracks detections with jointsky; stands where a Stone Soup tracker stood.

    Iterate over it, or call ``update_tracker`` for each step.  Each answer is the time and the set
    of tracks that are confirmed then; every track has a state for that time.

    Where ``sensors`` are declared (place, turn, detection probability, false plots) they are taken
    as they are.  Otherwise places and turns are learnt from the detections; when a place or a turn
    turns out to be new, the plots so far, which are kept for this, are tracked again.
    """

    detector: DetectionReader = Property(
        default=None, doc="Source of (time, detections); None where update_tracker is called."
    )
    sensors: Sequence[Sensor] = Property(
        default=None, doc="jointsky's Sensors, with flat_enu_m. Default: learnt from detections."
    )
    settings: TrackerSettings = Property(default=None, doc="Default: jointsky's own defaults.")
    measurement_model: MeasurementModel = Property(
        default=None, doc="For detections that have none of their own."
    )
    space: StateSpace = Property(
        default=None, doc="Where states hold position and velocity. Default: as the models say."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._steps: Iterator[Any] | None = None
        self._known: list[Sensor] = list(self.sensors or [])
        self._turns = Turns()
        self._past: list[Plots] = []
        self._engine: Tracker | None = None
        self._shown: dict[int, Any] = {}
        self._told: tuple[float, Tracks] | None = None
        self._beginnings = 0  # after which numbers may mean other targets

    @property
    def tracks(self) -> set[Track]:
        """Return the tracks that are confirmed now."""
        return set(self._shown.values())

    def __iter__(self) -> JointskyTracker:
        if self.detector is None:
            raise InputError("JointskyTracker", "no detector", "one to iterate over")
        if self._steps is None:
            self._steps = iter(self.detector)
        return self

    def __next__(self) -> tuple[datetime.datetime, set[Track]]:
        if self._steps is None:
            iter(self)
        assert self._steps is not None
        time, detections = next(self._steps)
        return self.update_tracker(time, detections)

    def update_tracker(
        self, time: datetime.datetime, detections: set[Detection]
    ) -> tuple[datetime.datetime, set[Track]]:
        """Take one step's detections in; return the time and the tracks that are confirmed then."""
        if self.space is None and detections:
            self.space = space_of(model_of(next(iter(detections)), self.measurement_model))
        seen = seen_of(detections, self.space, self.measurement_model)
        is_new = self._learn(seen)
        plots = plots_in(seen, self._known)
        if is_new or self._engine is None:
            self._begin_again()
        assert self._engine is not None
        _step(self._engine, plots)
        if not self.sensors and len(plots):
            self._past.append(plots)
        self._show(time, self._engine.picture(posix_s(time)))
        return time, self.tracks

    def _learn(self, seen: Sequence[Seen]) -> bool:
        """Note new sensors and turns; return whether the engine must know them."""
        if self.sensors or not seen:
            return False
        new = [sensor for sensor in sensors_in(seen) if sensor not in self._places()]
        self._known += new
        if len(self._known) > MOST_SENSORS:
            raise InputError(
                "JointskyTracker",
                f"detections from more than {MOST_SENSORS} places",
                "sensors that stand still",
            )
        first: dict[Sensor, Seen] = {}
        for each in seen:
            first.setdefault(each.reading.sensor, each)
        changed = [
            self._turns.hear(row_of_sensor(sensor, self._known), each.time_s, each.reading.yaw_rad)
            for sensor, each in first.items()
        ]
        return bool(new) or any(changed)

    def _places(self) -> list[Sensor]:
        return [msgspec.structs.replace(s, rotation_period_s=None) for s in self._known]

    def _begin_again(self) -> None:
        """Make an engine that knows the sensors as they are known now, and feed it the past."""
        if not self.sensors:
            self._known = [
                msgspec.structs.replace(sensor, rotation_period_s=self._turns.turn_s(row))
                for row, sensor in enumerate(self._known)
            ]
        sensors = self._known or [Sensor(name="none yet", flat_enu_m=ORIGIN)]
        self._engine = Tracker(sensors, self.settings)
        for plots in self._past:
            _step(self._engine, plots)
        if self._told is None:
            return
        time_s, before = self._told
        same = _same_numbers(before, self._engine.picture(time_s))
        self._shown = {number: self._shown[number] for number in same}
        self._beginnings += 1

    def _show(self, time: datetime.datetime, picture: Tracks) -> None:
        """Add a state to each track of the picture; forget those that are in it no more."""
        self._told = posix_s(time), picture
        position, velocity, covariance = in_scene(picture, ORIGIN, is_flat=True)
        before, self._shown = self._shown, {}
        for row, number in enumerate(picture.track_number.tolist()):
            assert self.space is not None
            name = f"{number}-{self._beginnings}" if self._beginnings else str(number)
            track = before[number] if number in before else new_track(name, picture, row)
            state = gaussian_state(self.space, position[row], velocity[row], covariance[row], time)
            add_state(track, state)
            self._shown[number] = track


def _step(engine: Tracker, plots: Plots) -> None:
    """Work off one step whole: all that its sensors saw is there."""
    engine.update(plots)
    engine.flush()


def _same_numbers(before: Tracks, after: Tracks) -> list[int]:
    """Return the track numbers that mean the same target in two pictures of one moment."""
    place = {number: row for row, number in enumerate(after.track_number.tolist())}
    here, _, _ = in_scene(before, ORIGIN, is_flat=True)
    there, _, _ = in_scene(after, ORIGIN, is_flat=True)
    return [
        number
        for row, number in enumerate(before.track_number.tolist())
        if number in place
        and float(np.linalg.norm(here[row, :2] - there[place[number], :2])) < SAME_STATE_M
    ]

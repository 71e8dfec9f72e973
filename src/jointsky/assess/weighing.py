"""What the machine makes of tracks, look by look: nobody's word on an identity counts here yet."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Areas
from jointsky.assess.identities import Known, identities
from jointsky.assess.memory import Memory
from jointsky.assess.model_arrays import ModelArrays
from jointsky.assess.planned import Friends, Plans
from jointsky.assess.readings import Evidences, Reader
from jointsky.assess.reported import Places, claims_of
from jointsky.records.assessment import Assessment
from jointsky.records.plans import FlightPlan, KnownFriend
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FORGET_AFTER_S = 300.0  # without word of a track


@dataclasses.dataclass(slots=True)
class Weighing:
    """What one look came to.  T tracks, C classes."""

    numbers: list[int]
    probabilities: Floats  # (T, C)
    marks: list[bytes]  # alike while the same evidence is there
    identities: list[int]  # rows of IDENTITIES, by the machine
    hostile: list[float]
    civil: list[float]  # and neutral
    forgotten: list[int]  # numbers of which nothing is known any more
    found: Evidences | None  # for words; None: not kept
    told: dict[int, Assessment] = dataclasses.field(default_factory=dict)
    """What was told without words and without anybody's decision, by place."""


class Weigher:
    """Takes in tracks and reports and says how likely each track is what."""

    def __init__(
        self,
        arrays: ModelArrays,
        areas: Areas,
        sensors: Sequence[Sensor],
        plans: Sequence[FlightPlan] = (),
        friends: Sequence[KnownFriend] = (),
    ) -> None:
        memory = Memory(arrays.model.reading, areas, sensors)
        self.reader = Reader(arrays, memory, Plans(plans), Friends(friends))
        self._sensors = tuple(sensors)
        self._former: dict[int, int] = {}  # identities, as the last look had them

    @property
    def areas(self) -> Areas:
        """Return the areas that hold now."""
        return self.reader.memory.areas

    @areas.setter
    def areas(self, areas: Areas) -> None:
        self.reader.memory.areas = areas

    def set_plans(self, plans: Sequence[FlightPlan], friends: Sequence[KnownFriend]) -> None:
        """Take other flight plans and a list of own; they hold from the next look on."""
        self.reader.set_plans(Plans(plans), Friends(friends))

    def copy(self) -> Weigher:
        """Return another weigher that knows the same and goes on by itself."""
        other = copy.copy(self)
        other.reader, other._former = self.reader.copy(), dict(self._former)
        return other

    def rename(self, old: int, new: int) -> None:
        """Let a track go on under another number, with all that is known of it."""
        self.reader.memory.rename(old, new)
        self.reader.rename(old, new)
        former = self._former.pop(old, None)
        if former is not None:
            self._former[new] = former

    def step(self, tracks: Tracks, now_s: float, reports: Reports | None = None) -> Weighing:
        """Return what is made of every confirmed or coasted one of the tracks.

        ``now_s`` never goes back.  A number told twice is taken once, as it was told last.
        """
        is_live = (tracks.status == TrackStatus.CONFIRMED) | (tracks.status == TrackStatus.COASTED)
        live = tracks if is_live.all() else tracks.rows(is_live)
        _, last = np.unique(live.track_number[::-1], return_index=True)
        if len(last) < len(live):
            live = live.rows(np.sort(len(live) - 1 - last))
        gone = tracks.track_number[tracks.status == TrackStatus.ENDED].tolist()
        self._forget(gone)
        rows = self.reader.memory.take(live, now_s)
        if reports is not None and len(reports) and len(rows):
            self._hear(reports, rows, now_s)
        old = self.reader.memory.older_than(now_s - FORGET_AFTER_S)
        self._forget(old)
        return self._weighed(rows, now_s, [*gone, *old])

    def _weighed(self, rows: Integers, now_s: float, forgotten: list[int]) -> Weighing:
        if not len(rows):
            return Weighing([], np.empty((0, 0)), [], [], [], [], forgotten, None)
        arrays = self.reader.arrays
        found = self.reader.read(rows, now_s)
        of = arrays.of_allegiance(found.weighed.probabilities)
        numbers = self.reader.memory.column("number")[rows].tolist()
        former = np.array([self._former.get(number, -1) for number in numbers], np.int64)
        known = self._known(found, of, rows, now_s)
        decided = identities(arrays.model.rules, known, former).tolist()
        self._former.update(zip(numbers, decided, strict=True))
        return Weighing(
            numbers=numbers,
            probabilities=found.weighed.probabilities,
            marks=found.marks,
            identities=decided,
            hostile=of["hostile"].tolist(),
            civil=(of["civil"] + of["neutral"]).tolist(),
            forgotten=forgotten,
            found=found,
        )

    def _hear(self, reports: Reports, rows: Integers, now_s: float) -> None:
        memory = self.reader.memory
        names = ("latitude", "longitude", "ve", "vn", "place_sigma")
        places = Places(*(memory.floats(name, rows) for name in names))
        claims = claims_of(reports, places, now_s, self._sensors, self.reader.arrays.model)
        numbers = memory.column("number")[rows]
        for (place, reporter), claim in claims.items():
            self.reader.claim(int(numbers[place]), reporter, claim)

    def _known(
        self, found: Evidences, of: Mapping[str, Floats], rows: Integers, now_s: float
    ) -> Known:
        memory = self.reader.memory
        return Known(
            friend=of["friend"],
            neutral=of["neutral"] + of["nature"] + np.where(found.is_open, of["civil"], 0.0),
            hostile=of["hostile"],
            is_open=found.is_open,
            is_positive=found.is_positive,
            is_civil_flight=found.is_civil_flight,
            is_emergency=found.is_emergency,
            age_s=now_s - memory.floats("first_s", rows),
            plots=memory.column("plots")[rows].astype(np.int64),
            beside_motion=found.weighed.beside,
        )

    def _forget(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.reader.memory.forget(number)
            self.reader.forget(number)
            self._former.pop(number, None)

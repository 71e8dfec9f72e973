"""What of the picture is a cause of an alert now: surely enough to raise one, or to keep one up.

A cause that was raised stays while it is likely enough, though no longer as surely as it had to
be at first, so that a track that jitters about a rim by its own error does not flap.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.assess import alert_words as words
from jointsky.assess.alert_settings import AlertSettings, Exempt
from jointsky.assess.areas import Areas
from jointsky.assess.standing import Stander, Standing
from jointsky.records.alerts import AlertKind
from jointsky.records.assessment import Assessment
from jointsky.records.plots import PlotFlag
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.records.watch import KeptCause

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

GUARDED = ("prohibited", "restricted", "protected")
DISTRESS = {0o7500: "unlawful interference", 0o7600: "radio failure", 0o7700: "emergency"}
RADARS, ANSWERED = ("radar", "surface-radar"), ("ssr", "adsb", "multilateration")
UNFRIENDLY: tuple[Exempt, ...] = ("unknown", "suspect", "hostile")
WIDER = 0.2  # a drone that was near is no longer near when it is so much farther


@dataclasses.dataclass(frozen=True)
class Who:
    """What each track (n,) is taken for, by assessment or, without one, by how it answers."""

    identity: npt.NDArray[np.str_]
    is_civil: Booleans
    is_drone: Booleans

    def is_any(self, of: Sequence[Exempt]) -> Booleans:
        """Return which are one of some identities, or civil where that is one of them."""
        return np.isin(self.identity, [one for one in of if one != "civil"]) | (
            self.is_civil if "civil" in of else np.zeros(len(self.identity), np.bool_)
        )


@dataclasses.dataclass(frozen=True)
class Cause:
    """One cause of one moment: rows of the track and of the area (-1: none), and how sure."""

    kind: AlertKind
    track: int
    row: int
    area: int
    is_sure: bool


class Causes:
    """Finds causes, moment after moment; it remembers who was where, and who answered when."""

    def __init__(
        self, areas: Areas, settings: AlertSettings, sensors: Sequence[Sensor] = ()
    ) -> None:
        self._areas, self._settings = areas, settings
        margin_m = (1.0 + WIDER) * settings.near_m + 1000.0
        self._stander = Stander(areas, settings.ahead_s, margin_m)
        self._guarded = np.array([one.use in GUARDED for one in areas.areas], np.bool_)
        self._borders = np.array([one.use == "border" for one in areas.areas], np.bool_)
        self._corridors = np.array([one.use == "corridor" for one in areas.areas], np.bool_)
        roles = [roles_of(one) for one in sensors]
        self._echoes = bits_of([echoes for echoes, _ in roles])
        self._answers_only = bits_of([answers and not echoes for echoes, answers in roles])
        self._both = bits_of([answers and echoes for echoes, answers in roles])
        self._numbers = np.empty(0, np.int64)  # sorted; the rows of what follows
        self._was_in = np.empty((0, len(areas.areas)), np.bool_)
        self._was_out = np.empty((0, len(areas.areas)), np.bool_)
        self._answered_s = np.empty(0)  # newest answer; NaN: none so far
        self._newest: tuple[Tracks, Standing, Who] | None = None
        self._known: dict[int, KeptCause] = {}  # before a restart, and not back yet

    def kept(self, tracks: set[int]) -> tuple[KeptCause, ...]:
        """Return what has to be known again of some tracks after a restart."""
        made = {number: one for number, one in self._known.items() if number in tracks}
        names = [area.name for area in self._areas.areas]
        for row, number in enumerate(self._numbers.tolist()):
            if number in tracks:
                made[number] = KeptCause(
                    track=number,
                    was_in=tuple(names[k] for k in np.flatnonzero(self._was_in[row])),
                    was_out=tuple(names[k] for k in np.flatnonzero(self._was_out[row])),
                    answered_s=float(self._answered_s[row]),
                )
        return tuple(made[number] for number in sorted(made))

    def restore(self, kept: Sequence[KeptCause]) -> None:
        """Know again what was kept, for when the tracks come back."""
        self._known = {one.track: one for one in kept}

    def _recall(self) -> None:
        """Take what was known before a restart of tracks that have come back."""
        rows = {area.name: row for row, area in enumerate(self._areas.areas)}
        for place, number in enumerate(self._numbers.tolist()):
            one = self._known.pop(number, None)
            if one is not None:
                for names, was in ((one.was_in, self._was_in), (one.was_out, self._was_out)):
                    was[place, [rows[name] for name in names if name in rows]] = True
                self._answered_s[place] = np.fmax(self._answered_s[place], one.answered_s)

    def rename(self, old: int, new: int) -> None:
        """Let what is remembered of a track hold for its new number."""
        if old in self._known:
            self._known[new] = msgspec.structs.replace(self._known.pop(old), track=new)
        numbers = np.where(self._numbers == old, new, self._numbers)
        first = {number: row for row, number in reversed(list(enumerate(numbers.tolist())))}
        for row, number in enumerate(numbers.tolist()):  # both may have been there
            into = first[number]
            self._was_in[into] |= self._was_in[row]
            self._was_out[into] |= self._was_out[row]
            self._answered_s[into] = np.fmax(self._answered_s[into], self._answered_s[row])
        keep = [first[number] for number in sorted(first)]
        self._keep(np.array(sorted(first), np.int64), np.array(keep, np.int64))

    def find(
        self, tracks: Tracks, assessments: Mapping[int, Assessment], now_s: float
    ) -> list[Cause]:
        """Return the causes of now among tracks (one row each) that are not tentative or ended."""
        self._remember(tracks.track_number)
        if self._known:
            self._recall()
        place = np.searchsorted(self._numbers, tracks.track_number)
        standing = self._stander.stand(tracks, now_s)
        answers = self._answers(tracks)
        who = who_of(tracks, assessments, self._above_m(tracks), self._settings)
        self._answered_s[place[answers]] = now_s
        self._newest = tracks, standing, who
        found = [
            *self._entries(tracks, standing, who, place),
            *self._predictions(tracks, standing, who),
            *self._drones(tracks, standing, who),
            *self._leavers(tracks, standing, who, place),
            *self._silent(tracks, place, now_s),
            *self._distress(tracks),
        ]
        settings = self._settings
        past_end = (standing.over <= settings.outside) & ~standing.beside
        self._was_in[place] |= (standing.over >= settings.inside) & standing.along
        self._was_in[place] &= ~(past_end & np.isfinite(standing.distance_m))
        self._was_out[place] |= standing.inside <= settings.outside
        return found

    def why(self, cause: Cause, now_s: float) -> tuple[str, float | None]:
        """Return a cause of the newest moment in words, and when an entry is expected."""
        assert self._newest is not None
        tracks, standing, who = self._newest
        row = cause.row
        name = words.name_of(str(who.identity[row]), bool(who.is_drone[row]))
        if cause.kind == "lost-transponder":
            place = int(np.searchsorted(self._numbers, cause.track))
            return words.silence(name, now_s - self._answered_s[place]), None
        if cause.kind == "emergency":
            code = int(tracks.mode_a[row])
            return words.distress(name, code, DISTRESS.get(code, "")), None
        area, at = self._areas.areas[cause.area], (row, cause.area)
        away_m = float(standing.distance_m[at])
        if cause.kind == "entry":
            return words.entry(name, area, -away_m, tracks.height_m[row]), None
        if cause.kind == "leaving":
            return words.leaving(name, area, away_m), None
        if cause.kind == "unknown-drone":
            return words.drone(name, area, away_m, standing.gap_m[at]), None
        go_s = float(standing.go_s[at])
        return words.prediction(name, area, go_s, standing.reach[at]), now_s + go_s

    def _above_m(self, tracks: Tracks) -> Floats:
        return self._areas.above_ground_m(
            tracks.latitude_rad, tracks.longitude_rad, tracks.height_m
        )

    def _entries(
        self,
        tracks: Tracks,
        standing: Standing,
        who: Who,
        place: npt.NDArray[np.int64],
    ) -> list[Cause]:
        """Return who is in a guarded zone, or has come over a border."""
        settings = self._settings
        may_not = ~self._exempt(who) & self._guarded
        came = who.is_any(UNFRIENDLY)[:, None] & self._borders & self._was_out[place]
        sure = (standing.inside >= settings.inside) & (may_not | came)
        likely = (standing.inside > settings.outside) & (may_not | came)
        return _causes("entry", tracks, sure, likely)

    def _predictions(self, tracks: Tracks, standing: Standing, who: Who) -> list[Cause]:
        settings = self._settings
        is_up = (tracks.flags & PlotFlag.ON_GROUND) == 0
        will = (standing.inside < settings.inside) & (standing.go_s > 0.0) & is_up[:, None]
        will &= ~self._exempt(who) & self._guarded
        sure = will & (standing.reach >= settings.expected)
        return _causes(
            "predicted-entry", tracks, sure, will & (standing.reach >= 0.5 * settings.expected)
        )

    def _drones(self, tracks: Tracks, standing: Standing, who: Who) -> list[Cause]:
        near_m = self._settings.near_m
        is_one = (who.is_drone & who.is_any(UNFRIENDLY))[:, None] & self._guarded
        away_m = np.maximum(standing.distance_m, standing.gap_m)
        wider_m = np.maximum(WIDER * near_m, 3.0 * standing.sigma_m)
        return _causes(
            "unknown-drone",
            tracks,
            is_one & (away_m <= near_m),
            is_one & (away_m <= near_m + wider_m),
        )

    def _leavers(
        self,
        tracks: Tracks,
        standing: Standing,
        who: Who,
        place: npt.NDArray[np.int64],
    ) -> list[Cause]:
        """Return civil tracks that flew along a corridor and are off its side, and in no other."""
        settings = self._settings
        in_any = ((standing.over >= settings.inside) & self._corridors).any(axis=1)
        speed_mps = np.hypot(tracks.ve_mps, tracks.vn_mps)
        is_up = (tracks.flags & PlotFlag.ON_GROUND) == 0
        one = who.is_civil & is_up & ~in_any & (speed_mps >= settings.underway_mps)
        is_far = np.isinf(standing.distance_m)  # it came there by the side: see `find`
        off = one[:, None] & self._was_in[place] & self._corridors & (standing.beside | is_far)
        return _causes(
            "leaving",
            tracks,
            off & (standing.over <= settings.outside),
            off & (standing.over < settings.inside),
        )

    def _answers(self, tracks: Tracks) -> Booleans:
        """Return which tracks (n,) are answering now.

        Those that a sensor has which needs an answer; and, as a radar that is primary and secondary
        at once does not say which of the two it was, those with a code of which one has the height.
        """
        has_code = (tracks.mode_s >= 0) | (tracks.mode_a >= 0)
        is_told = height_sigma_m(tracks) < self._settings.height_told_m
        by_both = has_any(tracks.sensors, self._both) & has_code & is_told
        return has_any(tracks.sensors, self._answers_only) | by_both

    def _silent(self, tracks: Tracks, place: npt.NDArray[np.int64], now_s: float) -> list[Cause]:
        """Return tracks that answered, answer no more, and are still seen by primary radar."""
        since_s = now_s - self._answered_s[place]
        is_up = (tracks.flags & PlotFlag.ON_GROUND) == 0
        quiet = is_up & (since_s > 0.0)
        sure = quiet & (since_s >= self._settings.silent_s)
        sure &= has_any(tracks.sensors, self._echoes) & (tracks.status == TrackStatus.CONFIRMED)
        return _alone("lost-transponder", tracks, sure, quiet)

    def _distress(self, tracks: Tracks) -> list[Cause]:
        told = np.isin(tracks.mode_a, list(DISTRESS)) | (tracks.flags & PlotFlag.EMERGENCY != 0)
        return _alone("emergency", tracks, told, told)

    def _exempt(self, who: Who) -> Booleans:
        """Return who may be in which areas, (tracks, areas)."""
        made = np.zeros((len(who.identity), len(self._areas.areas)), np.bool_)
        for use in GUARDED:
            may = who.is_any(getattr(self._settings, f"exempt_{use}"))
            made[:, self._areas.of_use(use)] = may[:, None]
        return made

    def _remember(self, numbers: npt.NDArray[np.int64]) -> None:
        """Make room for tracks that are new, and forget those that are gone."""
        wanted = np.sort(numbers)
        if np.array_equal(wanted, self._numbers):
            return
        row = np.searchsorted(self._numbers, wanted)
        known = np.append(self._numbers, -1)[row] == wanted
        self._keep(wanted, np.where(known, row, -1))

    def _keep(self, numbers: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> None:
        """Take ``numbers``, with what was in ``rows``; -1: nothing yet."""
        self._numbers = numbers
        self._was_in = np.pad(self._was_in, ((0, 1), (0, 0)))[rows]  # the row more: of nobody
        self._was_out = np.pad(self._was_out, ((0, 1), (0, 0)))[rows]
        self._answered_s = np.append(self._answered_s, np.nan)[rows]


def who_of(
    tracks: Tracks,
    assessments: Mapping[int, Assessment],
    above_m: Floats,
    settings: AlertSettings,
) -> Who:
    """Return what tracks are taken for.

    One without an assessment is neutral if it answers and unknown if not, civil unless it says
    that it is military, and a drone if it is slow, low and does not answer.
    """
    answers = (tracks.mode_s >= 0) | (tracks.mode_a >= 0)
    identity = np.where(answers, "neutral", "unknown").astype("U16")
    is_civil = answers & ((tracks.flags & PlotFlag.MILITARY) == 0)
    speed_mps = np.hypot(tracks.ve_mps, tracks.vn_mps)
    is_drone = ~answers & (speed_mps < settings.slow_mps) & ~(above_m > settings.low_m)
    for row, number in enumerate(tracks.track_number.tolist()):
        one = assessments.get(number)
        if one is not None:
            identity[row], is_civil[row] = one.identity, one.is_civil
            is_drone[row] = one.domain == "drone" if one.domain else is_drone[row]
    return Who(identity, is_civil, is_drone)


def roles_of(sensor: Sensor) -> tuple[bool, bool]:
    """Return whether a sensor sees echoes, and whether it hears transponders.

    A radar of which nothing else is known may do both.
    """
    if sensor.senses:
        return "echo" in sensor.senses, "transponder" in sensor.senses
    return sensor.kind in RADARS, sensor.kind in (*RADARS, *ANSWERED)


def bits_of(chosen: Sequence[bool]) -> npt.NDArray[np.uint64]:
    """Return the words of ``Tracks.sensors`` in which the bits of some sensors are set."""
    made = np.zeros(max((len(chosen) + 63) // 64, 1), np.uint64)
    for row in np.flatnonzero(np.array(chosen, np.bool_)).tolist():
        made[row // 64] |= np.uint64(1 << (row % 64))
    return made


def has_any(words_of: npt.NDArray[np.uint64], bits: npt.NDArray[np.uint64]) -> Booleans:
    """Return which rows (n,) of ``Tracks.sensors`` have any of some bits set."""
    size = min(words_of.shape[1], len(bits))
    return np.asarray((words_of[:, :size] & bits[:size]).any(axis=1))


def height_sigma_m(tracks: Tracks) -> Floats:
    """Return standard errors (n,) of heights; infinite where no height is known."""
    variance = np.where(np.isnan(tracks.height_m), np.inf, tracks.covariance[:, 2, 2])
    return np.asarray(np.sqrt(np.where(np.isnan(variance), np.inf, np.maximum(variance, 0.0))))


def _causes(kind: AlertKind, tracks: Tracks, sure: Booleans, likely: Booleans) -> list[Cause]:
    rows, areas = np.nonzero(likely | sure)
    numbers = tracks.track_number
    return [
        Cause(kind, int(numbers[row]), row, area, bool(sure[row, area]))
        for row, area in zip(rows.tolist(), areas.tolist(), strict=True)
    ]


def _alone(kind: AlertKind, tracks: Tracks, sure: Booleans, likely: Booleans) -> list[Cause]:
    numbers = tracks.track_number
    return [
        Cause(kind, int(numbers[row]), row, -1, bool(sure[row]))
        for row in np.flatnonzero(likely | sure).tolist()
    ]

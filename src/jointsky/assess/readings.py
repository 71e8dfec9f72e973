"""The summary of each track is read once in each of its kinds of evidence.

Shapes: K kinds, T tracks, C classes.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.assess import planned
from jointsky.assess.likelihoods import Weighed, add_range_logs, looked_up, table_logs, weighed
from jointsky.assess.memory import CLIMB, HEIGHT, SPEED, Memory, distances_m
from jointsky.assess.model_arrays import ModelArrays
from jointsky.assess.planned import Answering, Friends, Matched, Plans
from jointsky.assess.reported import Claim
from jointsky.records.plots import PlotFlag

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

KINDS = (
    *("motion", "course", "answer", "squawk", "plan", "list", "corridor", "zone"),
    *("aim", "company", "radio", "sound", "report", "existence"),
)
KIND = {name: row for row, name in enumerate(KINDS)}
MOTION = np.array([name in ("motion", "course") for name in KINDS])
NO_ANSWER, MODE_A, MODE_S, REMOTE_ID, MILITARY = range(5)
OWN, COMMON, EMERGENCY = range(3)
_COMMON = (0o7000, 0o2000, 0o1000)
_EMERGENCY = (0o7500, 0o7600, 0o7700)
SPEEDS, CLIMBS, HEIGHTS = (-10.0, 700.0), (-300.0, 300.0), (-300.0, 25_000.0)
STRAIGHTNESSES = (-0.2, 1.2)
KEEPS_PLAN_S = 60.0  # who kept to a plan so long ago keeps to it if it is where it should be
WATCHED_S = 30.0  # so long in reach of a finder or microphone, and not noticed: that is a reading
CORRIDOR_AFTER_S = 30.0


@dataclasses.dataclass(frozen=True)
class Evidences:
    """What the summaries say: logarithms (K, T, C), and what was read, by track."""

    logs: Floats
    weighed: Weighed  # all of it on the prior
    answer: Integers
    squawk: Integers  # row of squawks, or -1
    matched: Matched
    friend: Integers  # row of the list of own, or -1
    flags: dict[str, Integers]  # of corridor, zone, radio, sound: 1 yes, 0 no, -1 no reading
    marks: list[bytes]  # (T,): alike while the same evidence is there
    rows: Integers  # of memory
    is_positive: Booleans
    is_open: Booleans  # it answers, or keeps to a civil plan: nothing civil is hidden
    is_civil_flight: Booleans
    is_emergency: Booleans


class Reader:
    """Reads summaries by the model; keeps what people and cameras claimed."""

    def __init__(self, arrays: ModelArrays, memory: Memory, plans: Plans, friends: Friends) -> None:
        self.arrays, self.memory = arrays, memory
        self.plans, self.friends = plans, friends
        self._claims: dict[int, dict[int, Claim]] = {}
        self._claim_logs: dict[int, Floats] = {}

    def copy(self) -> Reader:
        """Return another reader of a copy of the memory, which goes on by itself."""
        other = Reader(self.arrays, self.memory.copy(), self.plans, self.friends)
        other._claims = {number: dict(claims) for number, claims in self._claims.items()}
        other._claim_logs = dict(self._claim_logs)
        return other

    def claim(self, number: int, reporter: int, claim: Claim) -> None:
        """Keep what a reporter said of a track; what the same one said before is replaced."""
        kept = self._claims.setdefault(number, {})
        kept[reporter] = claim
        self._claim_logs[number] = np.asarray(
            sum(self._logs_of(one) for _, one in sorted(kept.items()))
        )

    def claims(self, number: int) -> list[Claim]:
        """Return what was claimed of a track, by reporter."""
        return [claim for _, claim in sorted(self._claims.get(number, {}).items())]

    def rename(self, old: int, new: int) -> None:
        """Let claims go on under another number."""
        for reporter, claim in self._claims.pop(old, {}).items():
            if reporter not in self._claims.get(new, {}):
                self.claim(new, reporter, claim)
        self._claim_logs.pop(old, None)

    def set_plans(self, plans: Plans, friends: Friends) -> None:
        """Read by other flight plans and another list of own from now on."""
        self.plans, self.friends = plans, friends
        if len(self.memory):
            self.memory.column("planned_s")[:] = -np.inf

    def forget(self, number: int) -> None:
        """Drop what was claimed of a track."""
        self._claims.pop(number, None)
        self._claim_logs.pop(number, None)

    def read(self, rows: Integers, now_s: float) -> Evidences:
        """Return what the summaries in some rows of memory say now."""
        logs = np.zeros((len(KINDS), len(rows), len(self.arrays.classes)))
        self._read_motion(rows, logs)
        answer = self._answers(rows)
        logs[KIND["answer"]] = self._answer_logs(rows, answer)
        squawk = self._squawks(rows)
        logs[KIND["squawk"]] = looked_up(squawk, self.arrays.squawk_logs)
        matched, friend = self._read_plans(rows, now_s, logs)
        flags = self._read_shares(rows, logs)
        flags["company"] = self._company(rows, answer)
        logs[KIND["company"]] = self._yes_no(flags["company"], "beside")
        numbers = self.memory.column("number")[rows]
        for place, number in enumerate(numbers.tolist()):
            if number in self._claim_logs:
                logs[KIND["report"], place] = self._claim_logs[number]
        self._read_existence(rows, logs)
        on_plan = matched.category
        made = weighed(self.arrays.prior, logs, MOTION, self.arrays.is_hostile)
        asked = self.memory.floats("asked_s", rows)
        doubled = np.where(answer == NO_ANSWER, np.log2(np.maximum(asked, 5.0) / 5.0), 0.0)
        steady = np.stack(
            [
                answer,
                squawk,
                on_plan,
                matched.plan,
                friend,
                doubled.astype(int),
                *flags.values(),
                np.array([len(self._claims.get(n, ())) for n in numbers.tolist()]),
            ],
            axis=1,
        )
        marks = [one.tobytes() for one in np.concatenate([steady, made.has], axis=1)]
        answers_friend = (answer == MILITARY) | (friend >= 0) | (on_plan == planned.FRIEND)
        return Evidences(
            logs=logs,
            weighed=made,
            answer=answer,
            squawk=squawk,
            matched=matched,
            friend=friend,
            flags=flags,
            marks=marks,
            rows=rows,
            is_positive=answers_friend,
            is_open=(answer != NO_ANSWER) | (on_plan == planned.CIVIL_PLACE),
            is_civil_flight=(answer == MODE_S) & (on_plan == planned.CIVIL),
            is_emergency=squawk == EMERGENCY,
        )

    def _read_motion(self, rows: Integers, logs: Floats) -> None:
        odd, ranges = self.arrays.model.reading.odd_share, self.arrays.ranges
        for which, name, span in (
            (SPEED, "speed_mps", SPEEDS),
            (CLIMB, "climb_mps", CLIMBS),
            (HEIGHT, "height_m", HEIGHTS),
        ):
            mean, sigma = self.memory.motion(which, rows)
            add_range_logs(mean, sigma, ranges[name], span, odd, logs[KIND["motion"]])
        straight, sigma = self.memory.straightness(rows)
        ranges_of = ranges["straightness"]
        add_range_logs(straight, sigma, ranges_of, STRAIGHTNESSES, odd, logs[KIND["course"]])

    def _answers(self, rows: Integers) -> Integers:
        """Return by what each track is known to have answered at most."""
        memory = self.memory
        flags = memory.column("flags")[rows].astype(np.int64)
        address, code = (memory.column(name)[rows] for name in ("mode_s", "mode_a"))
        is_sent = (flags & PlotFlag.COOPERATIVE) != 0
        answer = np.full(len(rows), NO_ANSWER, np.int64)
        answer[((flags & PlotFlag.SECONDARY) != 0) | (code >= 0)] = MODE_A
        answer[memory.noticed("remote-id", rows) | is_sent] = REMOTE_ID
        answer[((flags & PlotFlag.MODE_S) != 0) | (address >= 0)] = MODE_S
        answer[(flags & PlotFlag.MILITARY) != 0] = MILITARY
        return answer

    def _answer_logs(self, rows: Integers, answer: Integers) -> Floats:
        """Return logarithms of answers; silence weighs as much as the track was asked."""
        reading, table = self.arrays.model.reading, self.arrays.answers
        logs = looked_up(np.where(answer == NO_ANSWER, -1, answer), self.arrays.answer_logs)
        missed = [
            reading.hidden + (1.0 - reading.hidden) * (1.0 - reading.reply) ** looks
            for looks in (
                self.memory.floats("looks", rows),
                self.memory.floats("remote_looks", rows),
            )
        ]
        asked = table[[MODE_A, MODE_S, MILITARY]].sum(axis=0)
        silent = (
            table[NO_ANSWER] + missed[0][:, None] * asked + missed[1][:, None] * table[REMOTE_ID]
        )
        silent = np.log((1.0 - reading.odd_answer) * silent + reading.odd_answer)
        return np.where((answer == NO_ANSWER)[:, None], silent, logs)

    def _squawks(self, rows: Integers) -> Integers:
        code = self.memory.column("mode_a")[rows].astype(np.int64)
        made = np.where(code >= 0, OWN, -1)
        made[np.isin(code, _COMMON)] = COMMON
        made[np.isin(code, _EMERGENCY)] = EMERGENCY
        return made

    def _read_plans(self, rows: Integers, now_s: float, logs: Floats) -> tuple[Matched, Integers]:
        memory = self.memory
        address, code = (memory.column(n)[rows].astype(np.int64) for n in ("mode_s", "mode_a"))
        tracks = Answering(
            latitude_rad=memory.floats("latitude", rows),
            longitude_rad=memory.floats("longitude", rows),
            height_m=memory.floats("height", rows),
            speed_mps=np.hypot(memory.floats("ve", rows), memory.floats("vn", rows)),
            speed_sigma_mps=memory.floats("speed_sigma", rows),
            mode_s=address,
            mode_a=code,
            call_sign=memory.column("call_sign")[rows],
            kept=np.where(
                memory.floats("planned_s", rows) >= now_s - KEEPS_PLAN_S,
                memory.column("plan")[rows],
                -1,
            ),
        )
        matched = self.plans.match(tracks, now_s)
        whole = rows[matched.is_whole]
        memory.column("plan")[whole] = matched.plan[matched.is_whole]
        memory.column("planned_s")[whole] = now_s
        if self.plans.plans:
            logs[KIND["plan"]] = self._plan_logs(matched, address, code)
        friend = self.friends.match(address, code)
        if self.friends.friends:
            is_asked = (address >= 0) | (code >= 0)
            row = np.where(friend >= 0, 1, np.where(is_asked, 0, -1))
            logs[KIND["list"]] = self._yes_no(row, "listed")
        return matched, friend

    def _plan_logs(self, matched: Matched, address: Integers, code: Integers) -> Floats:
        """Return logarithms of what tracks are to the plans.

        Of one that answers by what it says and where it is.  One that does not say who it is may
        keep to a plan all the same, or be at its place by chance.
        """
        civil, friend, off, none = self.arrays.planned
        no_civil, no_friend = self.plans.missing  # where there is no plan, none can be kept
        none = none + no_civil * civil + no_friend * friend
        civil, friend = civil * (not no_civil), friend * (not no_friend)
        chance = self.arrays.model.reading.plan_by_chance
        at_civil, at_friend = chance + civil * (1.0 - chance), chance + friend * (1.0 - chance)
        nowhere = np.maximum(1.0 - at_civil - at_friend, chance)
        answers = np.stack([civil, civil, friend, friend, off, none])
        silent = np.stack([at_civil, at_civil, at_friend, at_friend, chance + off, nowhere])
        is_silent = (address < 0) & (code < 0)
        return np.where(
            is_silent[:, None],
            self._table(matched.category, silent),
            self._table(matched.category, answers),
        )

    def _read_shares(self, rows: Integers, logs: Floats) -> dict[str, Integers]:
        """Read what is yes or no: airway, zone, link, sound; return the rows."""
        memory = self.memory
        made: dict[str, Integers] = {}
        life = memory.floats("life_s", rows)
        uses = memory.areas.of_use("corridor"), memory.areas.of_use("prohibited", "restricted")
        share = memory.floats("corridor_s", rows) / np.maximum(life, 1e-9)
        known = (life >= CORRIDOR_AFTER_S) & (len(uses[0]) > 0)
        in_corridor = np.where(known, (share > 0.5).astype(np.int64), -1)
        entered = np.array([bool(zone) for zone in memory.column("zone")[rows]], np.int64)
        in_zone = np.where(entered == 1, 1, 0 if uses[1] else -1)
        is_steady = memory.floats("course_s", rows) >= self.arrays.model.reading.course_after_s
        is_steady &= len(memory.areas.of_use("protected")) > 0
        aims = np.where(is_steady, (memory.floats("aim", rows) > 0.5).astype(np.int64), -1)
        for kind, name, row in (
            ("aim", "aims", aims),
            ("corridor", "in_corridor", in_corridor),
            ("zone", "in_zone", in_zone),
        ):
            logs[KIND[kind]] = self._yes_no(row, name)
            made[kind] = row
        for sense in ("radio", "sound"):
            is_heard = memory.noticed(sense, rows)
            is_watched = memory.floats(f"{sense}_s", rows) >= WATCHED_S
            row = np.where(is_heard, 1, np.where(is_watched, 0, -1))
            logs[KIND[sense]] = self._yes_no(row, sense)
            made[sense] = row
        return made

    def _company(self, rows: Integers, answer: Integers) -> Integers:
        """Return which silent tracks fly beside one that answers (1), or not (0)."""
        memory, reading = self.memory, self.arrays.model.reading
        made = np.where(answer == NO_ANSWER, 0, -1)
        silent, others = np.flatnonzero(answer == NO_ANSWER), np.flatnonzero(answer != NO_ANSWER)
        if not len(silent) or not len(others):
            return made
        lat, lon, ve, vn, sigma = (
            memory.floats(name, rows)
            for name in ("latitude", "longitude", "ve", "vn", "place_sigma")
        )
        away = distances_m(lat[silent], lon[silent], lat[others], lon[others])
        apart = np.hypot(ve[silent][:, None] - ve[others], vn[silent][:, None] - vn[others])
        near = away <= reading.beside_m + 3.0 * np.minimum(sigma[silent], reading.beside_m)[:, None]
        made[silent[(near & (apart <= reading.beside_mps)).any(axis=1)]] = 1
        return made

    def _read_existence(self, rows: Integers, logs: Floats) -> None:
        """The tracker's own probability that there is anything speaks of clutter alone."""
        existence = np.clip(self.memory.floats("existence", rows), 1e-3, 1.0 - 1e-3)
        known = np.isfinite(existence)
        value = np.where(self.arrays.is_clutter, 1.0 - existence[:, None], existence[:, None])
        logs[KIND["existence"]] = np.where(known[:, None], np.log(value), 0.0)

    def _yes_no(self, row: Integers, name: str) -> Floats:
        return looked_up(row, self.arrays.share_logs[name])

    def _table(self, row: Integers, table: Floats) -> Floats:
        return table_logs(row, table, self.arrays.model.reading.odd_answer)

    def _logs_of(self, claim: Claim) -> Floats:
        """Return logarithms of a claim that was meant of this track with some weight only."""
        said = self.arrays.claimed(claim.domain, claim.is_sharp)
        anyone = float(np.exp(self.arrays.prior) @ said)
        return np.log(claim.weight * said + (1.0 - claim.weight) * anyone + 1e-3)

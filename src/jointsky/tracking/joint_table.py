"""The members of a joint picture: each track of each site, what was told of it, what is decided."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.records.exchange import TrackReports
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking import joint_kernels as kernels
from jointsky.tracking import joint_taking_kernels as taking

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LOWER = np.tril_indices(6)
NEVER = -np.inf
AHEAD_S = 10.0  # reports from further in the future are not believed
PAST_S = 86_400.0  # what is older is of no use


class Told:
    """States as told, a row each: ``floats`` (n, 34), ``ints`` (n, 8) of joint_kernels' columns."""

    def __init__(self, floats: Floats, ints: Integers) -> None:
        self.floats = floats
        self.ints = ints

    def rows(self, index: Integers | npt.NDArray[np.bool_]) -> Told:
        """Return a copy of the rows that ``index`` selects."""
        return Told(self.floats[index], self.ints[index])

    def __len__(self) -> int:
        return len(self.floats)


def told_of(
    rows: Tracks | TrackReports, claims: Integers, signs: dict[str, int], kind: int
) -> Told:
    """Return tracks or reports as rows; call signs by their numbers in ``signs``, which grows.

    Covariances that are none make a row NAMED, where ``kind`` is REPORTED.
    """
    n = len(rows)
    floats = np.empty((n, kernels.FLOATS))
    floats[:, kernels.TIME] = rows.time_s
    floats[:, kernels.LAT] = rows.latitude_rad
    floats[:, kernels.LON] = rows.longitude_rad
    floats[:, kernels.HEIGHT] = rows.height_m
    floats[:, kernels.VE] = rows.ve_mps
    floats[:, kernels.VN] = rows.vn_mps
    floats[:, kernels.VU] = np.where(np.isfinite(rows.vu_mps), rows.vu_mps, 0.0)
    floats[:, kernels.COV : kernels.COV + 21] = rows.covariance[:, *LOWER]
    floats[:, kernels.SHARE] = 1.0
    if isinstance(rows, TrackReports):
        share = np.nan_to_num(rows.shared_part, nan=1.0)
        floats[:, kernels.SHARE] = np.clip(share, 0.0, 1.0)
    floats[:, kernels.MANOEUVRE] = np.clip(np.nan_to_num(rows.manoeuvre), 0.0, 1.0)
    floats[:, kernels.PRESSURE] = rows.pressure_altitude_m
    floats[:, kernels.EXISTENCE] = rows.existence
    floats[:, kernels.CLAIMED] = rows.time_s
    floats[:, kernels.SPELL] = rows.time_s
    ints = np.empty((n, kernels.INTS), np.int64)
    ints[:, kernels.KIND] = kind
    ints[:, kernels.STATUS] = rows.status
    ints[:, kernels.PLOTS] = rows.plots
    ints[:, kernels.MODE_S] = rows.mode_s
    ints[:, kernels.MODE_A] = rows.mode_a
    ints[:, kernels.CALL_SIGN] = [
        signs.setdefault(word, len(signs)) if word else -1 for word in rows.call_sign.tolist()
    ]
    ints[:, kernels.CLAIM] = claims
    ints[:, kernels.FLAGS] = rows.flags
    has_ended = ints[:, kernels.STATUS] == TrackStatus.ENDED
    if kind == kernels.REPORTED:
        kernels.sound(floats, ints[:, kernels.KIND])
        ints[has_ended, kernels.KIND] = kernels.REPORTED
    return Told(floats, ints)


def is_usable(
    rows: Tracks | TrackReports, numbers: Integers, now_s: float
) -> npt.NDArray[np.bool_]:
    """Return which rows can be true: places on the earth, speeds, and times of about now."""
    places = (np.abs(rows.latitude_rad) <= 0.5 * np.pi) & (np.abs(rows.longitude_rad) <= np.pi)
    speeds = np.hypot(rows.ve_mps, rows.vn_mps) < 5000.0
    heights = ~(np.abs(rows.height_m) > 1e6)
    times = (rows.time_s <= now_s + AHEAD_S) & (rows.time_s >= now_s - PAST_S)
    return np.asarray(places & speeds & heights & times & (numbers >= 0))


class Table:
    """All members, a row each, in the order in which they came; nothing decided depends on it."""

    def __init__(self) -> None:
        self.slots: list[tuple[int, int]] = []  # (site, life)
        self.signs: dict[str, int] = {}
        self.size = 0
        self._rows: list[dict[int, int]] = []  # by slot: the row of a number
        self.slot = np.empty(0, np.int64)
        self.number = np.empty(0, np.int64)
        self.told = Told(np.empty((0, kernels.FLOATS)), np.empty((0, kernels.INTS), np.int64))
        self.newest = Told(np.empty((0, kernels.FLOATS)), np.empty((0, kernels.INTS), np.int64))
        self.sensors = np.zeros((0, 1), np.uint64)
        self.lead = np.empty(0, np.int64)  # which target: the row of its first member; -1: none
        self.name = np.empty(0, np.int64)  # under which number it was shown last
        self.means = np.empty((0, 2))  # squared distances from its target, over time
        self.reports = np.empty(0, np.bool_)  # the target's reporter
        self._grow(256)

    def slot_of(self, site: int, life: int) -> int:
        """Return the slot of a site's life, a new one where it is heard of first."""
        key = (site, life)
        if key not in self.slots:
            self.slots.append(key)
            self._rows.append({})
        return self.slots.index(key)

    def is_former(self, own_slot: int) -> npt.NDArray[np.bool_]:
        """Return which slots (slots,) are of lives that ended: another of the site is newer."""
        newest: dict[int, int] = {}
        for site, life in self.slots:
            newest[site] = max(life, newest.get(site, life))
        newest[self.slots[own_slot][0]] = self.slots[own_slot][1]
        return np.array([newest[site] != life for site, life in self.slots])

    def ranks(self) -> Integers:
        """Return the place (slots,) of each slot in the order of sites and their lives."""
        order = sorted(range(len(self.slots)), key=self.slots.__getitem__)
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        return ranks

    def find(self, slot: int, numbers: Integers) -> Integers:
        """Return the rows of a slot's numbers; -1: not among the members."""
        known = self._rows[slot].get
        return np.array([known(number, -1) for number in numbers.tolist()], np.int64)

    def find_or_add(self, slot: int, numbers: Integers) -> Integers:
        """Return the rows of a slot's numbers, new ones where they are heard of first."""
        rows = self.find(slot, numbers)
        known = self._rows[slot]
        for k in np.flatnonzero(rows < 0).tolist():
            number = int(numbers[k])
            if number not in known:  # else it is there twice
                known[number] = self._add(slot, number)
            rows[k] = known[number]
        return rows

    def _add(self, slot: int, number: int) -> int:
        row = self.size
        if row == len(self.number):
            self._grow(2 * row)
        self.size += 1
        self.slot[row] = slot
        self.number[row] = self.name[row] = number
        return row

    def _grow(self, rows: int) -> None:
        more = rows - len(self.number)

        def longer(column: npt.NDArray, fill: object) -> npt.NDArray:  # type: ignore[type-arg]
            extra = np.full((more, *column.shape[1:]), fill, column.dtype)
            return np.concatenate([column, extra])

        self.slot = longer(self.slot, -1)
        self.number = longer(self.number, -1)
        for told in (self.told, self.newest):
            told.floats = longer(told.floats, np.nan)
            told.floats[-more:, [kernels.TIME, kernels.CLAIMED, kernels.SPELL]] = NEVER
            told.ints = longer(told.ints, -1)
            told.ints[-more:, kernels.KIND] = kernels.UNTOLD
        self.sensors = longer(self.sensors, 0)
        self.lead = longer(self.lead, -1)
        self.name = longer(self.name, -1)
        self.means = longer(self.means, 0.0)
        self.reports = longer(self.reports, False)

    def note_newest(self, rows: Integers, told: Told, sensors: npt.NDArray[np.uint64]) -> None:
        """Keep what was reported last of each member, whatever came first."""
        if sensors.shape[1] > self.sensors.shape[1]:
            wider = np.zeros((len(self.sensors), sensors.shape[1]), np.uint64)
            wider[:, : self.sensors.shape[1]] = self.sensors
            self.sensors = wider
        taking.note_newest(
            rows,
            (told.floats, told.ints),
            np.ascontiguousarray(sensors),
            (self.newest.floats, self.newest.ints),
            self.sensors,
        )

    def keep_only(self, keep: npt.NDArray[np.bool_]) -> Integers:
        """Forget all members but ``keep`` (size,); return each old row's new one, or -1."""
        kept = np.flatnonzero(keep)
        to = np.full(self.size, -1, np.int64)
        to[kept] = np.arange(len(kept))
        n = len(kept)
        for name in ("slot", "number", "sensors", "lead", "name", "means", "reports"):
            column = getattr(self, name)
            column[:n] = column[kept]
        for told in (self.told, self.newest):
            told.floats[:n], told.ints[:n] = told.floats[kept], told.ints[kept]
        lead = self.lead[:n]
        lead[lead >= 0] = to[lead[lead >= 0]]
        rest = len(self.number) - n
        for name in ("slot", "number", "lead", "name", "means", "reports", "sensors"):
            setattr(self, name, getattr(self, name)[:n].copy())
        for told in (self.told, self.newest):
            told.floats, told.ints = told.floats[:n].copy(), told.ints[:n].copy()
        self.size = n
        self._grow(n + max(rest, 1))
        for known in self._rows:
            known.clear()
        for row, (slot, number) in enumerate(
            zip(self.slot[:n].tolist(), self.number[:n].tolist(), strict=True)
        ):
            self._rows[slot][number] = row
        return to

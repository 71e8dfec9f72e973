"""One set of tracks out of those of several sites: which are one target, its number, its state.

What sites told is a set of reports.  Once a second, on the clock, it is decided which tracks are
one target and which number that is shown under (joint_grouping, joint_numbers), from the reports
of up to then, at every site alike; reports that come late put it back (joint_steps).  The picture
of any time is then made of the newest that is known (joint_showing).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.exchange import TrackReports
from jointsky.records.plots import PlotFlag
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking import joint_kernels as kernels
from jointsky.tracking.joint_events import Announced, happened
from jointsky.tracking.joint_grouping import grouped
from jointsky.tracking.joint_numbers import agreed
from jointsky.tracking.joint_reporting import qualities, reporters
from jointsky.tracking.joint_settings import JointEvent, JointSettings
from jointsky.tracking.joint_showing import Shown, as_tracks, bring, fused
from jointsky.tracking.joint_steps import Steps
from jointsky.tracking.joint_table import NEVER, Table, Told, is_usable, told_of
from jointsky.tracking.joint_telling import Telling, named
from jointsky.tracking.numbers import born_s

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
NAMES_KEPT = 2.5  # intervals for which a number told without covariance counts
WHO = int(PlotFlag.MILITARY | PlotFlag.VEHICLE)
TAKES_OVER = 2  # steps of quality by which a silent site's own track must be better
FEWEST_FORGOTTEN = 1024


class JointPicture:
    """What a site shows of its own tracks and of those that other sites told of.

    ``sites``: how many there are in the network; ``own``: the row of this one; ``own_domain``:
    the rows of those whose plots this one has (it among them), whose reports are never fused.
    ``life``: that of the site's own messages now.  What sites told is a set: the order in which it
    comes does not matter.
    """

    def __init__(
        self,
        sites: int,
        own: int,
        own_domain: Sequence[int],
        settings: JointSettings | None = None,
        life: int = 0,
    ) -> None:
        if not 0 <= own < sites or not all(0 <= row < sites for row in own_domain):
            raise ValueError(f"own is {own}, own_domain {list(own_domain)}; sites are {sites}")
        self.sites = sites
        self.own = own
        self.own_domain = sorted({*own_domain, own})
        self.settings = settings or JointSettings()
        self.refused = 0  # rows told by other sites that cannot be true
        self._table = Table()
        self._slot = self._table.slot_of(own, life)
        self._steps = Steps(self._table, self.settings, self._slot)
        self._telling = Telling(self.settings)
        self._announced = Announced()

    def take(self, origin: int, reports: TrackReports, now_s: float, life: int = 0) -> None:
        """Take what a site told of its tracks: others', and this site's own messages too.

        Own messages are given back as they were packed (a former life's on restart): they are
        claims to numbers as all others.  ``life`` is that of the message.
        """
        if not 0 <= origin < self.sites:
            raise ValueError(f"origin is {origin}; sites are 0 to {self.sites - 1}")
        usable = is_usable(reports, reports.number, now_s)
        self.refused += int(len(reports) - usable.sum())
        if not usable.all():
            reports = reports.rows(usable)
        if len(reports) == 0:
            return
        table = self._table
        slot = table.slot_of(origin, life)
        rows = table.find_or_add(slot, reports.number)
        told = told_of(reports, reports.system_number, table.signs, kernels.REPORTED)
        self._steps.add(rows, told)
        table.note_newest(rows, told, reports.sensors)

    def advance(self, now_s: float, local: Tracks) -> list[JointEvent]:
        """Decide what is due, given the site's own tracks at about ``now_s``; return what is new.

        ``local``: the tracker's picture, one row for each confirmed track, with its birth number.
        """
        step = math.floor(now_s / self.settings.step_s)
        if self._steps.done is not None and step <= self._steps.done:
            return []
        local = local.rows(is_usable(local, local.track_number, now_s))
        told = told_of(local, np.full(len(local), -1), self._table.signs, kernels.OWN)
        told.floats[:, kernels.CLAIMED] = NEVER
        rows = self._table.find_or_add(self._slot, local.track_number)
        self._steps.add(rows, told, step)
        self._steps.run(step, self._decide)
        events = happened(
            self._announced,
            self._table,
            step * self.settings.step_s,
            self.settings.share == "responsible",
        )
        self._forget(now_s)
        return events

    def picture(self, time_s: float, local: Tracks) -> Tracks:
        """Return the joint tracks as expected at a time, by their system numbers.

        ``local`` is the tracker's picture of that time.  ``source`` is the row of the site whose
        track it is (where fused: the site whose track is the best of those fused).
        """
        rows = self._rows_to_show(time_s, local)
        signs = list(self._table.signs)
        if self.settings.share == "fused":
            made = fused(rows, time_s, self.settings, signs)
        else:
            made = as_tracks(rows, self._chosen(rows), time_s, self.settings, signs)
        return made.rows(np.argsort(made.track_number, kind="stable"))

    def shown(self, local: Tracks) -> Tracks:
        """Return rows of the site's own tracker under their system numbers."""
        return local.replace(
            track_number=self.system_numbers(local.track_number),
            source=np.full(len(local), self.own, np.int32),
        )

    def system_numbers(self, numbers: Integers) -> Integers:
        """Return the numbers under which the site's own tracks are shown."""
        rows = self._table.find(self._slot, numbers)
        return np.where(rows >= 0, self._table.name[rows], numbers)

    def reports(self, now_s: float, local: Tracks) -> TrackReports:
        """Return what is to be told now of the site's own tracks, as ``settings.share`` says.

        ``local``: the tracker's picture of now.  Call it when it is worth a message (each
        ``report_interval_s``); what it returns counts as told.
        """
        status = local.status
        is_sure = (status == TrackStatus.CONFIRMED) | (status == TrackStatus.COASTED)
        local = local.rows(is_sure & is_usable(local, local.track_number, now_s))
        local = self._as_all_say(local)
        shown = self.system_numbers(local.track_number)
        return self._telling.due(now_s, local, shown, self._to_report(local))

    def names(self, now_s: float, local: Tracks) -> TrackReports:
        """Return the numbers of all of the site's own tracks, without covariances.

        For links on which plots are shared: each ``names_interval_s``, and after a link healed.
        """
        return named(self._as_all_say(local), self.system_numbers(local.track_number))

    def _as_all_say(self, local: Tracks) -> Tracks:
        """Return own tracks with what any site says of who their targets are.

        One site hears that a target is military, another sees its echo: what is kept back of the
        one's tracks is not to go out as the other's.
        """
        table = self._table
        size = table.size
        of_target = np.zeros(size + 1, np.int64)  # the last one is nobody's
        for said in (table.told.ints[:size], table.newest.ints[:size]):
            is_told = said[:, kernels.KIND] != kernels.UNTOLD
            known = np.flatnonzero(is_told & (table.lead[:size] >= 0))
            np.bitwise_or.at(of_target, table.lead[known], said[known, kernels.FLAGS] & WHO)
        own = table.find(self._slot, local.track_number)
        lead = np.where(own >= 0, table.lead[own], -1)
        return local.replace(flags=local.flags | of_target[lead].astype(np.uint32))

    def _decide(self, time_s: float) -> None:
        """Decide which members are one target, their number, who reports it."""
        table, settings = self._table, self.settings
        known = table.told
        alive = np.flatnonzero(self._is_alive(known, time_s, claims_count=True))
        oldest_s = time_s - settings.by_plots_s if settings.by_plots_s > 0.0 else np.inf
        is_own = table.slot[alive] == self._slot
        alive = alive[is_own | is_older(table.number[alive], oldest_s)]
        rank = table.ranks()[table.slot[alive]]
        order = np.lexsort((table.number[alive], rank))
        alive, rank = alive[order], rank[order]
        ints = known.ints[alive]
        age_s = time_s - known.floats[alive, kernels.TIME]
        is_reported = ints[:, kernels.KIND] == kernels.REPORTED
        ints[is_reported & (age_s > settings.silent_after_s), kernels.KIND] = kernels.FADED
        idents = np.stack(
            [
                ints[:, kernels.MODE_S],
                ints[:, kernels.MODE_A],
                ints[:, kernels.CALL_SIGN],
                table.number[alive],
                table.lead[alive],
                ints[:, kernels.CLAIM],
                ints[:, kernels.KIND],
            ],
            axis=1,
        )
        brought = bring(known.floats, alive, ints[:, kernels.KIND], time_s, settings, False)
        is_told = np.isin(ints[:, kernels.KIND], (kernels.OWN, kernels.REPORTED))
        target, means = grouped(rank, brought, idents, table.means[alive], is_told, settings)
        sites = np.array([site for site, _ in table.slots])[table.slot[alive]]
        shown = agreed(
            target,
            table.number[alive],
            np.where(is_older(table.name[alive], oldest_s), table.name[alive], -1),
            np.where(is_older(ints[:, kernels.CLAIM], oldest_s), ints[:, kernels.CLAIM], -1),
            table.slot[alive] != self._slot,
            sites,
        )
        first = np.full(int(target.max(initial=-1)) + 1, len(alive))
        np.minimum.at(first, target, np.arange(len(alive)))
        is_reporter = np.zeros(len(alive), np.bool_)
        if settings.share == "responsible":
            reported = np.flatnonzero(ints[:, kernels.KIND] == kernels.REPORTED)
            is_reporter[reported] = reporters(
                target[reported],
                known.floats[alive[reported]],
                table.reports[alive[reported]],
                sites[reported],
                time_s,
                settings,
            )
        size = table.size
        table.lead[:size] = -1
        table.means[:size] = 0.0
        table.reports[:size] = False
        table.lead[alive] = alive[first[target]]
        table.name[alive] = shown
        table.means[alive] = means
        table.reports[alive] = is_reporter

    def _is_alive(self, told: Told, time_s: float, claims_count: bool) -> Booleans:
        """Return which rows (size,) are of tracks that there still are.

        ``claims_count``: also those of which only the number counts, as of a site's former life.
        """
        settings = self.settings
        size = self._table.size
        kind = told.ints[:size, kernels.KIND]
        is_claim = kind == kernels.NAMED
        if claims_count:
            is_claim |= self._table.is_former(self._slot)[self._table.slot[:size]]
        lasts_s = np.where(
            is_claim, NAMES_KEPT * settings.names_interval_s, settings.silent_after_s
        )
        age_s = time_s - told.floats[:size, kernels.TIME]
        has_ended = told.ints[:size, kernels.STATUS] == TrackStatus.ENDED
        return np.asarray((kind != kernels.UNTOLD) & (age_s <= lasts_s) & ~has_ended)

    def _rows_to_show(self, time_s: float, local: Tracks) -> Shown:
        """Return the site's own tracks and what others reported, with the target of each."""
        table = self._table
        size = table.size
        sites = np.array([site for site, _ in table.slots])
        is_foreign = ~np.isin(sites, self.own_domain)[table.slot[:size]]
        is_reported = table.newest.ints[:size, kernels.KIND] == kernels.REPORTED
        others = np.flatnonzero(
            is_foreign
            & is_reported
            & (table.lead[:size] >= 0)
            & self._is_alive(table.newest, time_s, claims_count=False)
        )
        own = table.find(self._slot, local.track_number)
        told = told_of(local, np.full(len(local), -1), table.signs, kernels.OWN)
        told.floats[:, kernels.SHARE] = self._shares(local.track_number)
        lead = np.where(own >= 0, table.lead[own], -1)
        unknown = np.flatnonzero(lead < 0)
        lead[unknown] = size + unknown  # not decided upon yet: each its own
        width = max(table.sensors.shape[1], local.sensors.shape[1])
        sensors = [local.sensors, table.sensors[others]]
        sensors = [np.pad(s, ((0, 0), (0, width - s.shape[1]))) for s in sensors]
        theirs = table.newest.rows(others)
        return Shown(
            told=Told(
                np.concatenate([told.floats, theirs.floats]),
                np.concatenate([told.ints, theirs.ints]),
            ),
            target=np.concatenate([lead, table.lead[others]]),
            number=np.concatenate([local.track_number, table.number[others]]),
            shown=np.concatenate([self.system_numbers(local.track_number), table.name[others]]),
            site=np.concatenate([np.full(len(local), self.own), sites[table.slot[others]]]),
            sensors=np.concatenate(sensors),
            is_reporter=np.concatenate(
                [np.where(own >= 0, table.reports[own], False), table.reports[others]]
            ),
        )

    def _shares(self, numbers: Integers) -> npt.NDArray[np.float64]:
        """Return what part of our own tracks' errors others may share: as told, by whomever."""
        table = self._table
        shares = self._telling.shares(numbers)
        for slot, (site, _) in enumerate(table.slots):
            if site in self.own_domain and slot != self._slot:
                rows = table.find(slot, numbers)
                theirs = np.where(rows >= 0, table.newest.floats[rows, kernels.SHARE], 1.0)
                shares = np.fmin(shares, theirs)
        return shares

    def _chosen(self, rows: Shown) -> Integers:
        """Return for each target the row to show: its reporter's, else ours, else the newest."""
        time_s = rows.told.floats[:, kernels.TIME]
        order = np.lexsort(
            (rows.site, -time_s, rows.site != self.own, ~rows.is_reporter, rows.target)
        )
        target = rows.target[order]
        return order[np.flatnonzero(np.append(True, target[1:] != target[:-1])[: len(order)])]

    def _to_report(self, local: Tracks) -> Booleans:
        """Return which of the site's own tracks it is to report: all, or those it has best."""
        if self.settings.share == "fused":
            return np.ones(len(local), np.bool_)
        table = self._table
        own = table.find(self._slot, local.track_number)
        reporting = np.flatnonzero(table.reports[: table.size])
        reporter = {int(table.lead[row]): int(row) for row in reporting}
        lead = np.where(own >= 0, table.lead[own], -1).tolist()
        theirs = np.array([reporter.get(k, -1) if k >= 0 else -1 for k in lead], np.int64)
        mine = told_of(local, np.full(len(local), -1), table.signs, kernels.OWN)
        quality = qualities(mine.floats)
        is_others = (theirs >= 0) & (table.slot[theirs] != self._slot)
        better = quality >= qualities(table.newest.floats[theirs]) + TAKES_OVER
        return np.asarray(~is_others | better)

    def _forget(self, now_s: float) -> None:
        """Forget members of which nothing was heard for long, now and then."""
        table = self._table
        size = table.size
        lasts_s = NAMES_KEPT * self.settings.names_interval_s + self.settings.late_s
        heard_s = np.maximum(
            table.told.floats[:size, kernels.TIME], table.newest.floats[:size, kernels.TIME]
        )
        is_old = (now_s - heard_s > lasts_s) & ~self._steps.is_needed()
        if is_old.sum() < max(FEWEST_FORGOTTEN, size // 4):
            return
        to = table.keep_only(~is_old)
        self._steps.remap(to)
        self._announced.remap(to)


def is_older(numbers: Integers, time_s: float) -> Booleans:
    """Return which numbers (n,) are of tracks born up to a time; -1, none, is not."""
    return np.asarray((numbers >= 0) & (born_s(numbers) <= time_s))

"""One set of tracks out of those of several sites: which are one target, its number, its state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.exchange import TrackReports
from jointsky.records.tracks import Tracks
from jointsky.tracking.joint_settings import JointEvent, JointSettings

Integers = npt.NDArray[np.int64]


class JointPicture:
    """What a site shows of its own tracks and of those that other sites told of.

    ``sites``: how many there are in the network; ``own``: the row of this one; ``own_domain``:
    the rows of those whose plots this one has (it among them), whose reports are never fused.
    What other sites told is a set: the order in which it comes does not matter.
    """

    def __init__(
        self,
        sites: int,
        own: int,
        own_domain: Sequence[int],
        settings: JointSettings | None = None,
    ) -> None:
        self.sites = sites
        self.own = own
        self.own_domain = sorted(own_domain)
        self.settings = settings or JointSettings()

    def take(self, origin: int, reports: TrackReports, now_s: float, life: int = 0) -> None:
        """Take what a site told of its tracks: others', and this site's own messages too.

        Own messages are given back as they were packed (a former life's on restart): they are
        claims to numbers as all others.  ``life`` is that of the message.
        """

    def advance(self, now_s: float, local: Tracks) -> list[JointEvent]:
        """Decide what is due, given the site's own tracks at about ``now_s``; return what is new.

        ``local``: the tracker's picture, one row for each confirmed track, with its birth number.
        """
        return []

    def picture(self, time_s: float, local: Tracks) -> Tracks:
        """Return the joint tracks as expected at a time, under system numbers.

        ``local`` is the tracker's picture of that time.  ``source`` is the row of the site whose
        track it is (where fused: this site if it has one, else the best's).
        """
        return self.shown(local)

    def shown(self, local: Tracks) -> Tracks:
        """Return rows of the site's own tracker under their system numbers."""
        return local.replace(
            track_number=self.system_numbers(local.track_number),
            source=np.full(len(local), self.own, np.int32),
        )

    def system_numbers(self, numbers: Integers) -> Integers:
        """Return the numbers under which the site's own tracks are shown."""
        return numbers.copy()

    def reports(self, now_s: float, local: Tracks) -> TrackReports:
        """Return what is to be told now of the site's own tracks, as ``settings.share`` says.

        ``local``: the tracker's picture of now.  Call it when it is worth a message (each
        ``report_interval_s``); what it returns counts as told.
        """
        return TrackReports.make(0)

    def names(self, now_s: float, local: Tracks) -> TrackReports:
        """Return the numbers of all of the site's own tracks, without covariances.

        For links on which plots are shared: each ``names_interval_s``, and after a link healed.
        """
        return TrackReports.make(0)

"""The joint part of a picture: whose track is whose, under which number, and what others hear.

What other sites told and the site's own tracks become one set of tracks; on a clock that all
sites have alike it is decided which are one target.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from jointsky.exchange.wire import pack_reports
from jointsky.node.domains import domain_of
from jointsky.node.effects import Log
from jointsky.node.outgoing import MOST_ROWS
from jointsky.node.setup import Network
from jointsky.records.exchange import NAMES, TRACKS, TrackReports
from jointsky.records.tracks import Tracks
from jointsky.tracking.joint import JointPicture
from jointsky.tracking.joint_settings import JointEvent, JointSettings
from jointsky.tracking.numbers import label

NUMBERS_STEP_S = 2.0  # where all share plots, only numbers are to be decided
BY_PLOTS_S = 3600.0  # tracks that are older are compared in any case
SOON_S = 1.0  # after a link healed, what was missed has come by then, or mostly


@dataclasses.dataclass(frozen=True)
class Said:
    """What a step of the joint picture brought.

    Bodies to tell, by kind; what to log; tracks of now that other sites have told of since the
    last step and that this one has none of its own for.
    """

    bodies: list[tuple[str, bytes]]
    logs: list[Log]
    others: Tracks


class Naming:
    """Decides numbers in steps, and tells others of this site's tracks."""

    def __init__(self, network: Network, site: int, begun_s: float) -> None:
        settings = network.settings
        self._network, self._site = network, site
        domain = self._domain = domain_of(network, site)
        self._has_news = False
        own = [link.share for link in network.links if site in link.ends]
        tracks = [
            link.share
            for link in network.links
            if link.share != "plots" and set(link.ends) & set(domain)
        ]
        self._reports = any(share != "plots" for share in own)
        joint = JointSettings(
            share="responsible" if "responsible" in tracks[:1] else "fused",
            fusion=settings.fusion,
            report_interval_s=settings.report_interval_s,
            names_interval_s=settings.names_interval_s,
            by_plots_s=0.0 if tracks else min(settings.late_s, BY_PLOTS_S),
            step_s=1.0
            if any(link.share != "plots" for link in network.links)
            else max(NUMBERS_STEP_S, settings.share_interval_s),
        )
        life = max(round(begun_s * 1000.0), 0)  # as the exchange counts it
        self.joint = JointPicture(len(network.sites), site, domain, joint, life)
        self._names_interval_s = settings.names_interval_s
        self._step_s = min(joint.step_s, settings.report_interval_s) if tracks else joint.step_s
        self._next_s = self._grid(begun_s)
        self._names_s = begun_s + settings.names_interval_s

    def _grid(self, now_s: float) -> float:
        """Return the next time on the clock at which it is decided who is who."""
        return (math.floor(now_s / self._step_s + 1e-6) + 1.0) * self._step_s

    def take(self, origin: int, reports: TrackReports, now_s: float, life: int) -> None:
        """Take what a site told, this one in a former life or this one included."""
        self._has_news |= origin not in self._domain
        self.joint.take(origin, reports, now_s, life)

    def healed(self, now_s: float) -> None:
        """Have all numbers compared soon: a gap has closed."""
        self._names_s = min(self._names_s, now_s + SOON_S)

    def next_s(self) -> float:
        """Return when the next step is due."""
        return self._next_s

    def is_due(self, now_s: float) -> bool:
        """Return whether a step is due."""
        return now_s >= self._next_s

    def step(self, now_s: float, local: Tracks) -> Said:
        """Decide what is due, given the site's own tracks of now."""
        self._next_s = self._grid(now_s)
        logs = [self._log(event) for event in self.joint.advance(now_s, local)]
        bodies: list[tuple[str, bytes]] = []
        if self._reports:
            bodies += _bodies(TRACKS, self.joint.reports(now_s, local))
        if now_s >= self._names_s:
            self._names_s = now_s + self._names_interval_s
            if not self._reports or self._has_plots_link():
                bodies += _bodies(NAMES, self.joint.names(now_s, local))
        others = Tracks.make(0)
        if self._has_news:
            self._has_news = False
            shown = self.joint.picture(now_s, local)
            others = shown.rows(shown.source != self._site)
        return Said(bodies, logs, others)

    def _has_plots_link(self) -> bool:
        return any(link.share == "plots" for link in self._network.links if self._site in link.ends)

    def _log(self, event: JointEvent) -> Log:
        facts = {"track": str(event.number), "label": label(event.number), "at_s": event.time_s}
        if event.other >= 0:
            facts |= {"other": str(event.other), "other_label": label(event.other)}
        for name, row in (("from_site", event.from_site), ("to_site", event.to_site)):
            if row >= 0:
                facts[name] = self._network.sites[row].name
        return Log(f"track-{event.kind}", facts)


def _bodies(kind: str, reports: TrackReports) -> list[tuple[str, bytes]]:
    """Return reports as bodies of messages, none where there are none."""
    rows: Sequence[np.ndarray] = np.split(
        np.arange(len(reports)), list(range(MOST_ROWS, len(reports), MOST_ROWS))
    )
    return [(kind, pack_reports(reports.rows(part))) for part in rows if len(part)]

"""Alerts and incidents of a live site: looked for every second, logged, shown, written as files."""

from __future__ import annotations

import contextlib
import math
import pathlib
from typing import Any, cast

import numpy as np

from jointsky.assess.areas import Areas
from jointsky.assess.identification import Identifier
from jointsky.assess.model_declared import shipped_model
from jointsky.assess.rims import area_of
from jointsky.errors import InputError
from jointsky.live.brain import Brain
from jointsky.live.declared import LiveConfig
from jointsky.live.people import (
    Acknowledge,
    Add,
    AnyLine,
    Close,
    HandOver,
    Identify,
    Open,
    PeopleFile,
    Told,
)
from jointsky.live.watch_file import read_watch, set_aside, write_watch
from jointsky.node.effects import Log
from jointsky.node.lookout import Lookout
from jointsky.node.regaining import Regaining
from jointsky.node.setup import Network
from jointsky.pictures.incident import write_incident
from jointsky.records.assessment import Identity
from jointsky.records.columns import join, of_lists
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks
from jointsky.tracking.numbers import label

WATCH_FILE = "watch.msgpack"
KEEP_EVERY_S = 10.0  # where tracks of incidents have gone since is written so often
REGAIN_S = 60.0  # so long after a restart tracks may come back
NO_ALERTS: dict[str, Any] = {"alerts": [], "incidents": []}


def lookout_of(config: LiveConfig, network: Network, site: int) -> tuple[Lookout, Identifier]:
    """Return the lookout of a site of a live network, and what identifies its tracks."""
    areas = Areas([area_of(zone, 0.0) for zone in config.zones])
    lookout = Lookout(
        areas, network.sensors, network.sites[site].name, config.alerts, config.incidents
    )
    return lookout, Identifier(shipped_model(), areas, network.sensors)


class Alerting:
    """Looks at the picture of a running node; ``look`` and ``end`` by one thread at a time.

    Files of incidents go to ``folder``; ``people`` is the file of what people report and do.
    ``identifier`` says what tracks are; without one, it is told by how they answer.  What has to be
    known again after a restart is written beside ``folder``.
    """

    def __init__(
        self,
        brain: Brain,
        lookout: Lookout,
        folder: pathlib.Path,
        people: pathlib.Path | None = None,
        identifier: Identifier | None = None,
    ) -> None:
        self._brain, self._lookout, self._folder = brain, lookout, folder
        self._people = None if people is None else PeopleFile(people)
        self._identifier, self._tracks = identifier, Tracks.make(0)
        self._reports = [Reports.make(0)]  # that came in since the tracks were identified
        self._file = folder.parent / WATCH_FILE
        self._kept_s = -math.inf
        self._has_news = False
        self._regaining: Regaining | None = None
        self.shown = NO_ALERTS
        self.fault = ""

    def begin(self) -> None:
        """Know again what was known when the node ended, or died; before the first look."""
        now_s = self._brain.clock.now_s()
        try:
            kept = read_watch(self._file)
        except InputError as error:
            self._brain.log(now_s, "watch-not-restored", {"why": str(error)})
            with contextlib.suppress(OSError):
                set_aside(self._file)
            return
        if kept is None:
            return
        self._log(self._lookout.restore(kept, now_s, REGAIN_S), now_s)
        if self._people is not None and kept.people == str(self._people.path):
            self._people.read = kept.people_read
        if self._identifier is not None:
            for one in kept.decisions:
                self._identifier.decide(
                    one.track, cast(Identity, one.identity), one.by, one.time_s, one.reason
                )
        been = of_lists(Tracks, kept.tracks)
        _, first = np.unique(been.track_number[::-1], return_index=True)
        last = been.rows(np.sort(len(been) - 1 - first))
        is_of_late = last.time_s >= now_s - REGAIN_S
        decided = {one.track for one in kept.decisions}
        self._regaining = Regaining(last.rows(is_of_late), decided, now_s + REGAIN_S)

    def look(self) -> None:
        """Look at the picture of now, take what people said, write what has changed."""
        with self._brain.held() as node:
            now_s = self._brain.clock.now_s()
            tracks = node.picture(now_s)
        while self._brain.renamed:
            self._rename(*self._brain.renamed.popleft(), now_s)
        self._regain(tracks, now_s)
        self._tracks, known = tracks, {}
        if self._identifier is not None:
            known = self._identifier.step(tracks, now_s, join(self._reports))
            self._reports = [Reports.make(0)]
        self._log(self._lookout.look(tracks, known, now_s), now_s)
        fault = self._hear(now_s)
        unkept = self._keep(now_s)
        self._say(self._write(now_s) or fault or unkept, now_s)
        self.shown = self._lookout.status()

    def end(self) -> None:
        """Write what has grown since it was written last."""
        now_s = self._brain.clock.now_s()
        self._has_news = True
        unkept = self._keep(now_s)
        self._say(self._write(now_s, is_last=True) or unkept, now_s)

    def _log(self, logs: list[Log], now_s: float) -> None:
        self._has_news |= bool(logs)
        for one in logs:
            self._brain.log(now_s, one.kind, one.facts)

    def _rename(self, old: int, new: int, now_s: float) -> None:
        self._log(self._lookout.rename(old, new, now_s), now_s)
        if self._identifier is not None:
            self._identifier.rename(old, new)

    def _regain(self, tracks: Tracks, now_s: float) -> None:
        """Let what was known before a restart go on under the numbers that tracks have now."""
        if self._regaining is None:
            return
        for old, new in self._regaining.find(tracks, now_s):
            facts = {"track": str(new), "label": label(new)}
            facts |= {"other": str(old), "other_label": label(old)}
            self._log([Log("track-regained", facts)], now_s)
            self._rename(old, new, now_s)
        if now_s > self._regaining.until_s:
            if self._identifier is not None:
                for number in self._regaining.lost():
                    self._identifier.release(number)
            self._regaining = None

    def _keep(self, now_s: float) -> str:
        """Write what has to be known again, where there is news; return what was wrong, if so."""
        decided = {} if self._identifier is None else self._identifier.decisions()
        out = self._lookout
        has_some = bool(decided or out.alerts.active() or out.incidents.active())
        if not self._has_news and not (has_some and now_s >= self._kept_s + KEEP_EVERY_S):
            return ""
        people = None if self._people is None else (str(self._people.path), self._people.read)
        try:
            write_watch(self._file, out.kept(now_s, decided, people))
        except OSError as error:
            return f"alerts: {error.strerror or error}"
        self._has_news, self._kept_s = False, now_s
        return ""

    def _hear(self, now_s: float) -> str:
        """Take new lines of the people's file; return why it could not be read, if so.

        Lines that cannot be taken are told in the log.
        """
        try:
            lines = [] if self._people is None else self._people.new()
        except OSError as error:
            return f"people's file: {error.strerror or error}"
        for text, said, fault in lines:
            why = fault
            try:
                self._log([] if said is None else self._do(said, now_s), now_s)
            except InputError as error:
                why = str(error)
            if why:
                self._brain.log(now_s, "people-line-refused", {"line": text, "why": why})
        return ""

    def _do(self, said: AnyLine, now_s: float) -> list[Log]:
        """Do what a person's line says."""
        lookout, by = self._lookout, said.by
        match said:
            case Acknowledge():
                return lookout.acknowledge(said.alert, by, now_s)
            case Identify():
                return self._decide(said, now_s)
            case Told():
                report = said.report(now_s)
                self._reports.append(report)
                return lookout.on_reports(report, now_s, [by])
            case Open():
                place = (
                    math.radians(math.nan if said.latitude_deg is None else said.latitude_deg),
                    math.radians(math.nan if said.longitude_deg is None else said.longitude_deg),
                )
                return lookout.open(said.title, by, now_s, place)
            case Add():
                return lookout.add(said.incident, said.words, by, now_s)
            case HandOver():
                return lookout.hand_over(said.incident, said.to, by, now_s)
            case Close():
                return lookout.close(said.incident, by, now_s, said.why)

    def _decide(self, said: Identify, now_s: float) -> list[Log]:
        """Let a person say what a track is; InputError: there is none of that number."""
        numbers = self._tracks.track_number.tolist()
        found = [n for n in numbers if said.track.upper() in (str(n), label(n))]
        if len(found) != 1 or self._identifier is None:
            raise InputError(f"track {said.track}", "is none of the picture")
        facts = {"track": str(found[0]), "label": label(found[0]), "by": said.by}
        if said.identity is None:
            self._identifier.release(found[0])
            return [Log("identity-released", facts)]
        self._identifier.decide(found[0], said.identity, said.by, now_s, said.why)
        return [Log("identity-decided", {**facts, "identity": said.identity, "why": said.why})]

    def _write(self, now_s: float, is_last: bool = False) -> str:
        """Write the files of incidents that have changed; return what was wrong, if anything."""
        fault = ""
        for view in self._lookout.to_write(now_s, is_last):
            try:
                write_incident(view, self._folder / view.incident.id)
            except OSError as error:
                fault = f"incidents: {error.strerror or error}"
                self._lookout.not_written(view.incident.id, now_s)
        return fault or (self.fault if self._lookout.waits() else "")

    def _say(self, fault: str, now_s: float) -> None:
        if fault and fault != self.fault:
            self._brain.log(now_s, "incidents-fault", {"why": fault})
        self.fault = fault

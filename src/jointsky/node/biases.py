"""Registration in a node: errors of own radars taken out, told to others, and shown.

What a site takes off the plots of its radars it tells the others, so that they do not take it
for an error of a radar that has just changed.  A radar of another site whose clock registration
finds wrong beyond doubt is left out of this site's tracks until it is right again.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from jointsky.node.effects import Log
from jointsky.node.guards_bouts import Bouts
from jointsky.node.setup import Network
from jointsky.records.columns import join
from jointsky.records.exchange import Message
from jointsky.records.plots import Plots
from jointsky.records.registration import BiasEstimate, Correction
from jointsky.tracking.registration import Aside, Registration

LOOKS_EVERY_S = 10.0
GATHERED_S = 0.5  # plots of so long are taken at once: many small lots cost far more
WRONG_S = 0.5  # a clock of another site that is wrong by more
SIGMAS = 5.0  # by that many standard errors
RIGHT_S = 0.25  # and that is right again below this
CLOCK = "clock"


class Note(msgspec.Struct, frozen=True, array_like=True):
    """What a site tells of its sensors: what it takes off their plots."""

    corrections: tuple[Correction, ...] = ()


class Biases:
    """The errors of a site's radars: estimated, taken out, told."""

    def __init__(self, network: Network, site: int, aside: Aside | None = None) -> None:
        owner = np.asarray(network.sensor_site, np.int64)
        own = np.flatnonzero(owner == site).tolist()
        self._site_of = owner
        self._sites = [one.name for one in network.sites]
        self._own = site
        self._registration = (
            Registration(network.sensors, own, epoch_s=network.epoch_s, aside=aside)
            if network.settings.register
            else None
        )
        self._waiting: list[Plots] = []
        self._taken_s = -math.inf
        self._told_s = -math.inf
        self._looked_s = -math.inf
        self._wrong = np.zeros(len(network.sensors), np.bool_)
        self._bouts = Bouts("sensor")

    def correct(self, plots: Plots) -> Plots:
        """Return own plots with what is known of their radars' errors taken off."""
        if self._registration is None:
            return plots
        self._waiting.append(plots)
        return self._registration.correct(plots)

    def take_others(self, plots: Plots) -> None:
        """Take plots of other sites: they tell what is wrong with whose."""
        if self._registration is not None and len(plots):
            self._waiting.append(plots)

    def without_wrong_clocks(self, plots: Plots) -> Plots:
        """Return other sites' plots less those of sensors whose clocks are wrong."""
        if not self._wrong.any():
            return plots
        return plots.rows(~self._wrong[plots.sensor])

    def hear(self, message: Message, is_own: bool) -> str:
        """Take what a site takes off its plots; return what is wrong with the message, if it is."""
        try:
            note = msgspec.msgpack.decode(message.body, type=Note)
        except msgspec.DecodeError as error:
            return str(error)
        if self._registration is not None and not is_own:
            self._registration.told(note.corrections)
        return ""

    def advance(self, now_s: float) -> tuple[list[Log], bytes | None]:
        """Return what a person should know, and what other sites should, if that is new."""
        if self._registration is None:
            return [], None
        if self._waiting and now_s >= self._taken_s + GATHERED_S:
            self._registration.take(join(self._waiting), now_s)
            self._waiting, self._taken_s = [], now_s
        logs = [
            Log(event.kind, {"sensor": event.sensor, "at_s": event.time_s, **event.facts})
            for event in self._registration.advance(now_s)
        ]
        if now_s - self._looked_s >= LOOKS_EVERY_S:
            self._looked_s = now_s
            self._look_at_clocks(now_s)
            logs += self._bouts.advance(now_s)
        corrections = [c for c in self._registration.corrections() if c.from_s > self._told_s]
        if not corrections:
            return logs, None
        self._told_s = max(one.from_s for one in corrections)
        return logs, msgspec.msgpack.encode(Note(tuple(corrections)))

    def estimates(self) -> list[BiasEstimate]:
        """Return the errors of the site's own radars."""
        if self._registration is None:
            return []
        known = self._registration.estimates()
        return [one for one in known if self._site_of[one.row] == self._own]

    def _look_at_clocks(self, now_s: float) -> None:
        assert self._registration is not None
        for one in self._registration.left():
            if one.component != CLOCK or self._site_of[one.row] == self._own:
                continue
            is_sure = one.observable and abs(one.estimate) > SIGMAS * one.sigma
            if is_sure and abs(one.estimate) > WRONG_S:
                self._wrong[one.row] = True
                site = self._sites[self._site_of[one.row]]
                facts = {"site": site, "offset_s": round(one.estimate, 3)}
                self._bouts.seen(one.sensor, CLOCK, now_s, **facts)
            elif self._wrong[one.row] and abs(one.estimate) < RIGHT_S:
                self._wrong[one.row] = False
                self._bouts.end(one.sensor, CLOCK, now_s)

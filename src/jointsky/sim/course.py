"""The course of a run: sites take what was seen, command posts decide, batteries act, in turns."""

from __future__ import annotations

import math

from jointsky.records.columns import join
from jointsky.records.reports import Reports
from jointsky.sensors.surroundings import Observed
from jointsky.sim.duty import SimulatedDuty
from jointsky.sim.network import Happened, SimulatedNetwork
from jointsky.sim.windows import parted, together


class Course:
    """The network of a run, and its duty if there is one, going on together.

    With a duty, time goes in steps of its ``step_s``: batteries first, so that what they stop is
    not seen after that, then the sites, then the command posts.
    """

    def __init__(self, network: SimulatedNetwork, duty: SimulatedDuty | None) -> None:
        self.network, self.duty = network, duty
        self._reports = Reports.make(0)  # that came since the command posts looked last

    def advance(
        self, seen: Observed, begin_s: float, until_s: float
    ) -> tuple[Observed, list[Happened]]:
        """Let happen all from one time to another; return what was really seen, what was logged.

        ``seen`` is what would have been received in between if nothing were ever stopped.
        """
        duty = self.duty
        if duty is None:
            return seen, self.network.advance(seen, until_s)
        epoch_s, step_s = self.network.built.begin_s, duty.duty.step_s
        kept, logged, time_s = [], [], begin_s
        while time_s < until_s:
            number = math.floor((time_s - epoch_s) / step_s + 1e-9) + 1
            step_end_s = epoch_s + number * step_s
            time_s = min(step_end_s, until_s)
            now, seen = parted(seen, time_s)
            now, told = duty.begin_step(now, time_s)
            logged += told
            told = self.network.advance(now, time_s)
            duty.hear(told)
            logged += told
            if now.reports is not None:
                self._reports = join([self._reports, now.reports])
            if time_s == step_end_s:
                pictures = self.network.pictures(duty.sites, time_s)
                reports, self._reports = self._reports, Reports.make(0)
                logged += duty.end_step(pictures, reports, time_s)
            kept.append(now)
        return together([*kept, seen]), logged

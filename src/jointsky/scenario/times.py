"""The time of a scenario: when it begins and ends, and what its moments mean."""

from __future__ import annotations

import datetime

import msgspec

from jointsky.declare import Faults
from jointsky.declare_time import Window, is_stamp, moment_s, stamp_s
from jointsky.declare_words import shown
from jointsky.scenario.scenario import Scenario


class Span(msgspec.Struct, frozen=True):
    """POSIX seconds at which a scenario begins and ends."""

    begin_s: float
    end_s: float

    @classmethod
    def of(cls, scenario: Scenario) -> Span:
        """Return the span of a scenario."""
        begin_s = stamp_s(scenario.start_utc)
        return cls(begin_s, begin_s + scenario.duration_s)

    def moment(self, value: float | str) -> float:
        """Return the POSIX seconds of a declared moment."""
        return moment_s(value, self.begin_s)

    def check(self, value: float | str, faults: Faults, is_end: bool = False) -> float:
        """Return a moment; one outside the scenario is a fault."""
        time_s = self.moment(value)
        last = time_s <= self.end_s if is_end else time_s < self.end_s
        if time_s >= self.begin_s and last:
            return time_s
        after_s = time_s - self.begin_s
        found = (
            f"{shown(value)}, {abs(after_s):g} s {'before' if after_s < 0 else 'after'} the start"
        )
        lasts_s = self.end_s - self.begin_s
        wanted = f"a moment of the scenario, which lasts {lasts_s:g} s from {stamp(self.begin_s)}"
        hint = "" if is_stamp(value) or after_s < 0 else "or a longer duration_s"
        faults.add("", found, wanted, hint)
        return time_s

    def check_window(self, begin: float | str, end: float | str | None, faults: Faults) -> None:
        """Tell what is wrong with a window of time."""
        before = len(faults.kept)
        begin_s = self.check(begin, faults.under("begin"))
        end_s = self.end_s if end is None else self.check(end, faults.under("end"), is_end=True)
        if len(faults.kept) == before and end_s <= begin_s:
            faults.add("end", f"{shown(end)}, not after `begin`", f"more than {shown(begin)}")

    def check_windows(self, windows: tuple[Window, ...], faults: Faults) -> None:
        """Tell what is wrong with windows; ``faults`` stands at their list."""
        for number, window in enumerate(windows):
            self.check_window(window.begin, window.end, faults.under(f"[{number}]"))


def stamp(time_s: float) -> str:
    """Return POSIX seconds as a stamp in UTC."""
    made = datetime.datetime.fromtimestamp(time_s, datetime.UTC)
    return made.isoformat(timespec="seconds").replace("+00:00", "Z")

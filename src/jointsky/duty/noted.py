"""What a command post notes of targets beside its log, by their numbers."""

from __future__ import annotations

import dataclasses

from jointsky.duty.planning import Choice


@dataclasses.dataclass
class Noted:
    """Notes on targets; all times are POSIX seconds, UTC."""

    looked_s: dict[int, float] = dataclasses.field(default_factory=dict)  # when last, by the crew
    choices: dict[int, Choice] = dataclasses.field(default_factory=dict)  # to be proposed
    left_s: dict[int, float] = dataclasses.field(default_factory=dict)  # to the other's battery
    pointed: set[int] = dataclasses.field(default_factory=set)  # what the other crew is sure of
    closed: set[int] = dataclasses.field(default_factory=set)  # reported as stopped

    def rename(self, old: int, new: int) -> None:
        """Let what is noted of a target go on under its new number.

        A choice is dropped: the next plan makes it anew, with what is known of the new number.
        """
        self.choices.pop(old, None)
        for times in (self.looked_s, self.left_s):
            if old in times:
                time_s = times.pop(old)
                times[new] = max(time_s, times.get(new, time_s))
        for numbers in (self.pointed, self.closed):
            if old in numbers:
                numbers.remove(old)
                numbers.add(new)

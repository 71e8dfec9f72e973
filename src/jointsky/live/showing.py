"""Which numbers the picture shows, and for whom: written down, for people and after a restart."""

from __future__ import annotations

from jointsky.live.brain import Brain
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.store.journal import Shown
from jointsky.tracking.numbers import label

EVERY = 6  # of so many calls each track is written in one, though nothing of it is new


class Shower:
    """Puts the numbers of the shown tracks into the store, every few seconds."""

    def __init__(self, brain: Brain) -> None:
        self._brain = brain
        self._book = ShownBook()

    def show(self) -> None:
        """Write down what is new in the picture of now."""
        with self._brain.held() as node:
            now_s = self._brain.clock.now_s()
            tracks = node.picture(now_s)
        self._brain.keeper.show(self._book.news(tracks, now_s))


class ShownBook:
    """What was written down of the confirmed tracks, and so what is new."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, str, float]] = {}  # address, call sign, last time
        self._turn = 0

    def news(self, tracks: Tracks, time_s: float) -> list[Shown]:
        """Return tracks that are new, that say something new or are no more; and a share of all."""
        before, self._known, made = self._known, {}, []
        self._turn = (self._turn + 1) % EVERY
        confirmed = tracks.rows(tracks.status != TrackStatus.TENTATIVE)
        for number, mode_s, sign in zip(
            confirmed.track_number.tolist(),
            confirmed.mode_s.tolist(),
            confirmed.call_sign.tolist(),
            strict=True,
        ):
            self._known[number] = mode_s, sign, time_s
            had = before.pop(number, None)
            if had is None or had[:2] != (mode_s, sign) or number % EVERY == self._turn:
                made.append(_shown(number, mode_s, sign, time_s))
        return made + [_shown(number, *had) for number, had in before.items()]


def _shown(number: int, mode_s: int, sign: str, time_s: float) -> Shown:
    address = f"{mode_s:06X}" if mode_s >= 0 else None
    return Shown(str(number), label(number), time_s, address, sign or None)

"""Which numbers the picture shows, and for whom: written down, for people and after a restart."""

from __future__ import annotations

from jointsky.live.brain import Brain
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.store.journal import Shown
from jointsky.tracking.numbers import label


class Shower:
    """Puts the numbers of the shown tracks into the store."""

    def __init__(self, brain: Brain, site: str) -> None:
        self._brain, self._site = brain, site

    def show(self) -> None:
        """Write down the tracks of the picture of now."""
        with self._brain.held() as node:
            now_s = self._brain.clock.now_s()
            tracks = node.picture(now_s)
        self._brain.keeper.show(shown(tracks, now_s))


def shown(tracks: Tracks, time_s: float) -> list[Shown]:
    """Return the confirmed tracks of a picture as they are written down."""
    made = []
    confirmed = tracks.rows(tracks.status != TrackStatus.TENTATIVE)
    for number, mode_s, sign in zip(
        confirmed.track_number.tolist(),
        confirmed.mode_s.tolist(),
        confirmed.call_sign.tolist(),
        strict=True,
    ):
        address = f"{mode_s:06X}" if mode_s >= 0 else None
        made.append(Shown(str(number), label(number), time_s, address, sign or None))
    return made

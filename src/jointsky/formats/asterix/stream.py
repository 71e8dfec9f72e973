"""ASTERIX as it comes in, payload by payload: what is learnt of a source is kept for the next."""

from __future__ import annotations

import msgspec

from jointsky.formats.asterix.gather import Gathered
from jointsky.formats.asterix.read import gather, reading_of
from jointsky.formats.frames import Frames
from jointsky.formats.options import ReadOptions
from jointsky.records.reading import Reading


class AsterixStream:
    """Reads the payloads of feeds that go on; ``frames.port`` tells the feeds apart.

    A few records say little of the edition that they follow.  So an edition that was once guessed
    on good ground, because the newest failed, is taken for all that the source sends later.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._guessed: dict[str, str] = {}

    def read(self, frames: Frames) -> Reading:
        """Return everything in the payloads that came; their receipt times give the day."""
        editions = {**self._guessed, **self._options.editions}
        options = msgspec.structs.replace(self._options, editions=editions)
        held = gather(frames, options)
        self._learn(held)
        return reading_of(held, options)

    def _learn(self, held: Gathered) -> None:
        for category, choices in held.choices.items():
            for code, choice in choices.items():
                if code >= 0 and choice.why.startswith("guessed"):
                    key = f"{code >> 8}/{code & 255}:{category:03d}"
                    self._guessed[key] = choice.edition.name

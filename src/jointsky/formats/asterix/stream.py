"""ASTERIX as it comes in, payload by payload: what is learnt of a source is kept for the next."""

from __future__ import annotations

from collections import Counter

import msgspec

from jointsky.formats.asterix.clock import near_receipt
from jointsky.formats.asterix.gather import Gathered
from jointsky.formats.asterix.read import gather, reading_of
from jointsky.formats.frames import Frames
from jointsky.formats.options import ReadOptions
from jointsky.records.reading import Reading

READS_THAT_FIT = 20  # one after another, without a record that could not be walked


class AsterixStream:
    """Reads the payloads of feeds that go on; ``frames.port`` tells the feeds apart.

    A few records say little of the edition that they follow, and trying costs more than reading.
    So what was guessed on good ground, because the newest failed, is taken for all that the source
    sends later; and so is the newest, once a source has sent enough that fitted it.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._learnt: dict[str, str] = {}
        self._fitted: Counter[str] = Counter()

    def read(self, frames: Frames) -> Reading:
        """Return everything in the payloads that came; their receipt times give the day."""
        editions = {**self._learnt, **self._options.editions}
        options = msgspec.structs.replace(self._options, editions=editions)
        held = gather(frames, options)
        made = reading_of(held, options, near_receipt)
        self._learn(held)
        return made

    def _learn(self, held: Gathered) -> None:
        for category, choices in held.choices.items():
            for code, choice in choices.items():
                key = f"{code >> 8}/{code & 255}:{category:03d}"
                if code < 0 or choice.is_told or held.walk_faults[(category, code)]:
                    continue
                self._fitted[key] += 1
                if choice.why.startswith("guessed") or self._fitted[key] >= READS_THAT_FIT:
                    self._learnt[key] = choice.edition.name

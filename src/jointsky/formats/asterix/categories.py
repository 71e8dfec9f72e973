"""Which function reads the target reports of which category."""

from __future__ import annotations

from collections.abc import Callable

from jointsky.formats.asterix.adsb import read_cat021
from jointsky.formats.asterix.batch import Batch, Bools, Floats
from jointsky.formats.asterix.radar import read_cat001, read_cat048
from jointsky.formats.asterix.service import TIME_ITEMS
from jointsky.formats.asterix.surface import read_cat010, read_cat020
from jointsky.formats.asterix.system_tracks import read_cat062
from jointsky.formats.asterix.targets import Targets
from jointsky.units import DAY_S

READERS: dict[int, Callable[[Batch], Targets]] = {
    1: read_cat001,
    10: read_cat010,
    20: read_cat020,
    21: read_cat021,
    48: read_cat048,
    62: read_cat062,
}
TRACK_CATEGORIES = (62,)


def time_of_day(batch: Batch) -> Floats:
    """Return the time of day of service messages, in seconds."""
    return batch.quantity(TIME_ITEMS[batch.category])


def doubtful(batch: Batch) -> Bools:
    """Return which records say what cannot be, so that the edition may be wrong."""
    reader = READERS.get(batch.category)
    if reader is not None:
        return reader(batch).doubt
    return time_of_day(batch) >= DAY_S

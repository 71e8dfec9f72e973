"""What a node wants done: its host sends, writes, wakes and shows; the node itself does nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

from jointsky.records.exchange import Message
from jointsky.records.tracks import Tracks

RENAMES = ("track-merged", "track-renumbered")  # entries of the log that tell a new number


@dataclasses.dataclass(frozen=True)
class Send:
    """Give ``packet`` to the link, for the site at its other end; it may be lost or come late."""

    link: str
    packet: bytes


@dataclasses.dataclass(frozen=True)
class Keep:
    """Write a message, the site's own or another's, where it outlives the node."""

    message: Message


@dataclasses.dataclass(frozen=True)
class Log:
    """Write an entry to the site's sealed log."""

    kind: str
    facts: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Wake:
    """Call ``on_time`` at this time, or soon after."""

    at_s: float


@dataclasses.dataclass(frozen=True)
class Told:
    """Tracks of the site's picture that were updated now, under system numbers.

    ``time_s`` of each row is that of its plot; of tracks that only other sites have, it is now.
    """

    tracks: Tracks


Effect = Send | Keep | Log | Wake | Told

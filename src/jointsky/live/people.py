"""What people report and do at a live site: lines of JSON that other programs add to a file."""

from __future__ import annotations

import math
import pathlib
from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.assess.zones import Latitude, Longitude
from jointsky.declare_time import Stamp, stamp_s
from jointsky.records.assessment import Identity
from jointsky.records.reports import Reports

Words = Annotated[str, Meta(max_length=160)]
Who = Annotated[str, Meta(min_length=1, max_length=80, description="Person who says or does it")]
MOST_OCTETS = 1 << 20  # are read at once


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """What all lines have."""

    by: Who


class Acknowledge(Line, frozen=True, kw_only=True, tag="acknowledge"):
    """A person has taken note of an alert."""

    alert: Annotated[int, Meta(ge=1, description="Its number")]


class Told(Line, frozen=True, kw_only=True, tag="report"):
    """A person has seen or heard something."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    place_sigma_m: Annotated[
        float, Meta(gt=0, le=100_000, description="Standard error of that place")
    ] = 100.0
    time: Annotated[Stamp | None, Meta(description="When; none: now")] = None
    claimed: Annotated[str, Meta(max_length=32, description="drone, person, ...")] = "drone"
    remote_id: Annotated[str, Meta(max_length=24, description="Remote ID that was read out")] = ""
    words: Annotated[Words, Meta(description="The report in words")] = ""

    def report(self, now_s: float) -> Reports:
        """Return it as a report that came in now."""
        return Reports.make(
            time_s=[now_s if self.time is None else stamp_s(self.time)],
            received_s=[now_s],
            sense=["seen"],
            latitude_rad=[math.radians(self.latitude_deg)],
            longitude_rad=[math.radians(self.longitude_deg)],
            place_sigma_m=[self.place_sigma_m],
            claimed=[self.claimed],
            count=[1],
            remote_id=[self.remote_id],
            words=[self.words],
        )


class Open(Line, frozen=True, kw_only=True, tag="open"):
    """A person opens an incident."""

    title: Annotated[Words, Meta(min_length=1, description="What it is")]
    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None


class Add(Line, frozen=True, kw_only=True, tag="add"):
    """A person adds a note to an incident."""

    incident: Annotated[str, Meta(description="Its id")]
    words: Annotated[Words, Meta(min_length=1, description="The note")]


class HandOver(Line, frozen=True, kw_only=True, tag="hand-over"):
    """A person hands an incident over to others."""

    incident: Annotated[str, Meta(description="Its id")]
    to: Annotated[str, Meta(min_length=1, max_length=80, description="To whom")]


class Close(Line, frozen=True, kw_only=True, tag="close"):
    """A person closes an incident."""

    incident: Annotated[str, Meta(description="Its id")]
    why: Annotated[Words, Meta(description="Why")] = ""


class Identify(Line, frozen=True, kw_only=True, tag="identify"):
    """A person says what a track is; it stays so, until its identity is released."""

    track: Annotated[str, Meta(description="Its number, or the six signs that are shown of it")]
    identity: Annotated[
        Identity | None, Meta(description="What it is; none: the machine may say it again")
    ] = None
    why: Annotated[Words, Meta(description="Why")] = ""


AnyLine = Identify | Acknowledge | Told | Open | Add | HandOver | Close
_decoder = msgspec.json.Decoder(AnyLine)


class PeopleFile:
    """Reads what is added to a file; what stood in it before the node first began is left alone.

    ``read``: octets of it that were taken before the node began again.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.read = path.stat().st_size if path.is_file() else 0

    def new(self) -> list[tuple[str, AnyLine | None, str]]:
        """Return (line, what it says, what is wrong with it) for each whole line that is new.

        Raises OSError where the file cannot be read; one that is not there yet has no lines.
        """
        if not self.path.is_file():
            self.read = 0
            return []
        with self.path.open("rb") as file:
            if self.path.stat().st_size < self.read:  # it was begun anew
                self.read = 0
            file.seek(self.read)
            octets = file.read(MOST_OCTETS)
        whole = octets[: octets.rfind(b"\n") + 1]
        if not whole and len(octets) == MOST_OCTETS:  # a line that never ends
            whole = octets
        self.read += len(whole)
        return [_read(line) for line in whole.split(b"\n") if line.strip()]


def _read(line: bytes) -> tuple[str, AnyLine | None, str]:
    text = line[:200].decode("utf-8", "replace")
    try:
        said = _decoder.decode(line)
        if isinstance(said, Told) and said.time is not None:
            stamp_s(said.time)
    except ValueError as error:  # msgspec's are too
        return text, None, str(error)
    return text, said, ""

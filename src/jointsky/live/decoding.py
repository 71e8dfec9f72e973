"""Octets of the site's feeds become plots by their rows in the network; damage is counted."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.asterix.stream import AsterixStream
from jointsky.formats.frames import Frames
from jointsky.formats.options import ReadOptions
from jointsky.live.checks import sensor_of
from jointsky.live.declared import LiveSite
from jointsky.live.feeds import ReplayFeed
from jointsky.live.inbox import Chunk
from jointsky.live.windows import Window
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor

Floats = npt.NDArray[np.float64]

RADARS = ("radar", "ssr", "unknown", "surface-radar")  # what a radar sends makes it one of these


@dataclasses.dataclass
class Decoded:
    """What became of one feed's octets so far."""

    plots: int = 0
    octets: int = 0
    records_elsewhere: int = 0  # tracks of other systems, service messages: not plots
    unknown: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    faults: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    first_fault: str = ""
    last_s: float | None = None  # when octets came last


class Decoder:
    """Reads the octets of all feeds of a site that come as octets.

    ``first_row`` is the row in the network of the site's first sensor.
    """

    def __init__(self, site: LiveSite, first_row: int) -> None:
        self.feeds = [Decoded() for _ in site.feeds]
        self.names = [feed.name for feed in site.feeds]
        self._site = site
        self._first_row = first_row
        self._rows: dict[str, int] = {s.name: first_row + k for k, s in enumerate(site.sensors)}
        editions = {}
        for row, feed in enumerate(site.feeds):
            for key, name in feed.editions.items():
                editions[key if ":" in key else f"port {row}:{key}"] = name
        self._asterix = AsterixStream(ReadOptions(editions=editions))
        self._windows = {
            row: Window(feed.format)
            for row, feed in enumerate(site.feeds)
            if not isinstance(feed, ReplayFeed) and feed.format != "asterix"
        }

    def plots(self, chunks: Sequence[Chunk]) -> tuple[Plots, Floats]:
        """Return the plots in octets that came, in the order of their times, and when they came.

        The second (n,) is when the octets of each plot were received, POSIX seconds.
        """
        for chunk in chunks:
            mine = self.feeds[chunk.feed]
            mine.octets += len(chunk.data)
            mine.last_s = chunk.received_s
        parts = [(Plots.make(0), np.empty(0))]
        blocks = [chunk for chunk in chunks if chunk.feed not in self._windows and chunk.data]
        if blocks:
            parts += self._read_asterix(blocks)
        for row, window in self._windows.items():
            mine_ = [chunk for chunk in chunks if chunk.feed == row and chunk.data]
            if mine_:
                parts.append(self._read_window(row, window, mine_))
        plots: Plots = join([part for part, _ in parts])
        came_s = np.concatenate([came for _, came in parts])
        order = np.argsort(plots.time_s, kind="stable")
        order = order[np.isfinite(plots.time_s[order])]
        return plots.rows(order), came_s[order]

    def named(
        self, feed: int, plots: Plots, came_s: Floats, sensors: Sequence[Sensor]
    ) -> tuple[Plots, Floats]:
        """Return plots of a reading by rows of the network; those of unknown sources are left out.

        ``plots.sensor`` are rows of ``sensors``, those of the reading; ``came_s`` goes with them.
        """
        rows = np.array([self._row(feed, sensor) for sensor in sensors], np.int32)
        mine = self.feeds[feed]
        if not len(plots):
            return plots, came_s
        found = np.where(plots.sensor >= 0, rows[np.maximum(plots.sensor, 0)], -1)
        for number in np.unique(plots.sensor[found < 0]).tolist():
            name = sensors[number].name if number >= 0 else "no source"
            mine.unknown[name] += int(np.count_nonzero(plots.sensor == number))
        known = found >= 0
        mine.plots += int(known.sum())
        return plots.replace(sensor=found.astype(np.int32)).rows(known), came_s[known]

    def _row(self, feed: int, sensor: Sensor) -> int:
        """Return the row in the network of a source that a feed names; -1 where there is none."""
        of_feed = sensor_of(self._site.feeds[feed], self._site.sensors)
        if of_feed is not None:
            return self._rows[of_feed.name]
        same = [
            one
            for one in self._site.sensors
            if sensor.sac >= 0 and (one.sac, one.sic) == (sensor.sac, sensor.sic)
        ]
        for one in same:
            if _sort(one.kind) == _sort(sensor.kind):
                return self._rows[one.name]
        if len(same) == 1:
            return self._rows[same[0].name]
        if not same and len(self._site.sensors) == 1 and self._site.sensors[0].sac < 0:
            return self._first_row
        return self._rows.get(sensor.name, -1)

    def _read_asterix(self, chunks: list[Chunk]) -> list[tuple[Plots, Floats]]:
        """Read the payloads of all feeds in one go: a call costs as much as 300 plots."""
        frames = _frames(chunks)
        try:
            reading = self._asterix.read(frames)
        except InputError as error:
            self._count(chunks[0].feed, "unreadable", str(error))
            return []
        feed_of = frames.port
        for fault in reading.faults:
            frame = int(np.searchsorted(frames.offset, fault.offset, side="right")) - 1
            self._count(int(feed_of[max(frame, 0)]), fault.kind, fault.text)
        beyond = sum(reading.fault_counts.values()) - len(reading.faults)
        if beyond > 0:
            self.feeds[chunks[0].feed].faults["more"] += beyond
        frame_of = np.searchsorted(frames.offset, reading.plots.offset, side="right") - 1
        of_plot = np.maximum(frame_of, 0)
        feeds, came_s = feed_of[of_plot], frames.receipt_time_s[of_plot]
        made = []
        for feed in np.unique(feeds).tolist():
            mine = np.flatnonzero(feeds == feed)
            plots = reading.plots.rows(mine)
            if self._site.feeds[feed].time == "received":
                plots = plots.replace(time_s=came_s[mine])
            made.append(self.named(feed, plots, came_s[mine], reading.sensors))
        return made

    def _read_window(self, feed: int, window: Window, chunks: list[Chunk]) -> tuple[Plots, Floats]:
        read = window.read(chunks, self._site.feeds[feed].time == "received")
        for kind, text in read.faults:
            self._count(feed, kind, text)
        return self.named(feed, read.plots, read.came_s, read.sensors)

    def _count(self, feed: int, kind: str, text: str) -> None:
        mine = self.feeds[feed]
        mine.faults[kind] += 1
        mine.first_fault = mine.first_fault or text


def _sort(kind: str) -> str:
    return "radar" if kind in RADARS else kind


def _frames(chunks: Sequence[Chunk]) -> Frames:
    """Return payloads as frames; their port is the feed that they came by."""
    length = np.array([len(chunk.data) for chunk in chunks], np.int64)
    start = np.concatenate([[0], np.cumsum(length)[:-1]]).astype(np.int64)
    port: npt.NDArray[np.int32] = np.array([chunk.feed for chunk in chunks], np.int32)
    return Frames(
        container="live",
        data=b"".join(chunk.data for chunk in chunks),
        start=start,
        length=length,
        offset=start,
        receipt_time_s=np.array([chunk.received_s for chunk in chunks]),
        port=port,
    )

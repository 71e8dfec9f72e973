"""How a live node is doing: one plain object, for the terminal, for JSON lines, for supervision."""

from __future__ import annotations

import collections
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.live.alerting import NO_ALERTS, Alerting
from jointsky.live.brain import Brain
from jointsky.live.outputs import Writer
from jointsky.live.sources import Reader
from jointsky.live.transport import Links

LATE_S = 5.0  # a node that is busy for so long without an answer is told
LATELY_S = 60.0  # what was counted longer ago is no fault now; the totals stay in the status
BEHIND_S = 2.0  # updates that come so late, beyond what is waited for on purpose


def is_behind(status: dict[str, Any]) -> bool:
    """Return whether a node does not keep up with what comes: most of its updates are late."""
    delay_s = status["delay_p50_s"]
    return delay_s is not None and delay_s > BEHIND_S


class Lately:
    """By how much counts have grown in the last minute."""

    def __init__(self) -> None:
        self._past: dict[str, collections.deque[tuple[float, int]]] = {}

    def grown(self, name: str, count: int, at_s: float) -> int:
        """Take a count of now; return by how much it is more than a minute ago."""
        past = self._past.setdefault(name, collections.deque([(at_s, 0)]))
        past.append((at_s, count))
        while len(past) > 1 and past[1][0] <= at_s - LATELY_S:
            past.popleft()
        return count - past[0][1]


class Watch:
    """Makes the status; rates are those since it was asked before."""

    def __init__(
        self,
        brain: Brain,
        readers: dict[int, Reader],
        links: Links | None,
        writers: Sequence[Writer] = (),
        alerting: Alerting | None = None,
    ) -> None:
        self._brain, self._readers, self._links, self._writers = brain, readers, links, writers
        self._alerting = alerting
        self._before: dict[str, float] = {}
        self._lately = Lately()
        self._before_s = time.monotonic()
        self._delay_counts: npt.NDArray[np.int64] = brain.delays.counts.copy()

    def status(self, off_s: float) -> dict[str, Any]:
        """Return the status; ``off_s`` is how far the wall clock is ahead of the node's."""
        counted_s = time.monotonic()
        span_s = max(counted_s - self._before_s, 1e-3)
        self._before_s = counted_s
        brain = self._brain
        with brain.held() as node:
            now_s = brain.clock.now_s()
            told = msgspec.to_builtins(node.status(now_s))
        newest = brain.delays.since(self._delay_counts)
        self._delay_counts = brain.delays.counts.copy()
        made: dict[str, Any] = {
            **told,
            "plots_per_s": self._rate("handed", brain.handed, span_s),
            "updates": brain.updates,
            "updates_per_s": self._rate("updates", brain.updates, span_s),
            "delay_p50_s": newest.quantile_s(0.5),
            "delay_p99_s": newest.quantile_s(0.99),
            "busy": self._rate("busy", brain.busy_s, span_s),
            "behind_s": max(time.monotonic() - counted_s, 0.0),
            "clock_off_s": off_s,
            "feeds": self._feeds(span_s),
            "transport": self._transport(span_s),
            "store": vars(brain.keeper.status).copy(),
            "outputs": [
                {"to": one.to, "failed": one.failed, "fault": one.fault} for one in self._writers
            ],
            **(NO_ALERTS if self._alerting is None else self._alerting.shown),
            "log": [
                {"time_s": at_s, "kind": kind, "facts": facts}
                for at_s, kind, facts in list(brain.recent)
            ],
        }
        made["faults"] = self._faults(made)
        return made

    def _rate(self, name: str, value: float, span_s: float) -> float:
        """Return how much a count grew in a second of the wall clock since it was asked before."""
        grown = value - self._before.get(name, 0.0)
        self._before[name] = value
        return grown / span_s

    def _feeds(self, span_s: float) -> list[dict[str, Any]]:
        made = []
        brain = self._brain
        for row, feed in enumerate(brain.decoder.feeds):
            queued = brain.inbox.feeds[row]
            reader = self._readers.get(row)
            replay = brain.replays.get(row)
            state = "replaying" if replay is not None else "starting"
            if replay is not None and replay.is_over:
                state = "over"
            made.append(
                {
                    "name": brain.decoder.names[row],
                    "state": state if reader is None else reader.line.state,
                    "plots": feed.plots,
                    "plots_per_s": self._rate(f"feed {row}", feed.plots, span_s),
                    "octets": feed.octets,
                    "last_s": feed.last_s,
                    "waiting_octets": queued.octets,
                    "dropped": queued.dropped,
                    "dropped_octets": queued.dropped_octets,
                    "lost_in_kernel": 0 if reader is None else reader.line.lost_in_kernel,
                    "connections": 0 if reader is None else reader.line.begun,
                    "unknown": dict(sorted(feed.unknown.items())),
                    "faults": dict(sorted(feed.faults.items())),
                    "first_fault": feed.first_fault,
                }
            )
        return made

    def _transport(self, span_s: float) -> list[dict[str, Any]]:
        if self._links is None:
            return []
        made = []
        for link, carried in self._links.carried.items():
            octets = self._rate(f"sent {link}", carried.sent_octets, span_s)
            heard = self._rate(f"heard {link}", carried.heard_octets, span_s)
            queued = self._brain.inbox.links[link]
            made.append(
                {
                    "link": link,
                    **vars(carried),
                    "sent_kbps": octets * 8e-3,
                    "heard_kbps": heard * 8e-3,
                    "heard_dropped": queued.dropped,
                }
            )
        return made

    def _faults(self, made: dict[str, Any]) -> list[str]:
        """Return in words what a person should look at now."""
        told = [*self._of_feeds(made), *self._of_links(made)]
        for kind, rows in (("sensor", made["sensors"]), ("site", made["peers"])):
            told += [f"{kind} {row['name']}: {fault}" for row in rows for fault in row["faults"]]
        for name, what in (
            ("too_late", "plots came too late for their tracks"),
            ("refused", "plots without a time, a place or a sensor that is known"),
        ):
            count = self._grown(name, made[name])
            if count:
                told.append(f"{count:,} {what}")
        store = made["store"]
        if not store["is_well"]:
            told.append(f"store: {store['fault']}; {store['waiting']:,} wait in memory")
        if store["lost"] or store["lost_entries"]:
            told.append(f"store: {store['lost'] + store['lost_entries']:,} lost for want of room")
        if self._alerting is not None and self._alerting.fault:
            told.append(self._alerting.fault)
        told += [f"output {one['to']}: {one['fault']}" for one in made["outputs"] if one["fault"]]
        if abs(made["clock_off_s"]) > 1.0:
            told.append(f"clock: {made['clock_off_s']:+.1f} s behind the wall clock")
        if is_behind(made):
            told.append(
                f"behind: half of the tracks are updated {made['delay_p50_s']:.1f} s after "
                "their plots, or later"
            )
        if made["behind_s"] > LATE_S:
            told.append(f"the node is busy: {made['behind_s']:.1f} s until it answered")
        return told

    def _of_feeds(self, made: dict[str, Any]) -> list[str]:
        told = []
        for feed in made["feeds"]:
            name = f"feed {feed['name']}"
            lost = self._grown(f"{name} lost", feed["dropped"] + feed["lost_in_kernel"])
            if lost:
                told.append(f"{name}: {lost:,} messages dropped")
            damaged = self._grown(f"{name} damaged", sum(feed["faults"].values()))
            if damaged:
                told.append(f"{name}: {damaged:,} damaged ({feed['first_fault']})")
            if self._grown(f"{name} unknown", sum(feed["unknown"].values())):
                names = ", ".join(list(feed["unknown"])[:4])
                told.append(f"{name}: sources that nobody declared: {names}")
            if feed["state"].startswith(("no ", "lost")):
                told.append(f"{name}: {feed['state']}")
        return told

    def _of_links(self, made: dict[str, Any]) -> list[str]:
        told = []
        is_up = {link["name"]: link["is_up"] for link in made["links"]}
        unread = {link["name"]: link["refused"] for link in made["links"]}
        for link in made["transport"]:
            name = f"link {link['link']}"
            if not link["is_matched"]:
                told.append(f"{name}: nobody at the other end")
            elif not is_up[link["link"]]:
                told.append(f"{name}: no sign of life from the other end")
            for count in ("dropped", "heard_dropped", "failed", "refused"):
                lately = self._grown(f"{name} {count}", link[count])
                if lately:
                    told.append(f"{name}: {lately:,} packets {count}")
                if lately and count == "refused" and link["other_mark"]:
                    told.append(f"{name}: the other end has another configuration")
            lately = self._grown(f"{name} unread", unread[link["link"]])
            if lately:
                told.append(f"{name}: {lately:,} packets that cannot be read or believed")
        return told

    def _grown(self, name: str, count: int) -> int:
        return self._lately.grown(name, count, self._before_s)

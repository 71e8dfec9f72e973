"""How a live node is doing: one plain object, for the terminal, for JSON lines, for supervision."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.live.brain import Brain
from jointsky.live.sources import Reader
from jointsky.live.transport import Links

LATE_S = 5.0  # a node that is busy for so long without an answer is told
BEHIND_S = 2.0  # updates that come so late, beyond what is waited for on purpose


def is_behind(status: dict[str, Any]) -> bool:
    """Return whether a node does not keep up with what comes: most of its updates are late."""
    delay_s = status["delay_p50_s"]
    return delay_s is not None and delay_s > BEHIND_S


class Watch:
    """Makes the status; rates are those since it was asked before."""

    def __init__(self, brain: Brain, readers: dict[int, Reader], links: Links | None) -> None:
        self._brain, self._readers, self._links = brain, readers, links
        self._before: dict[str, float] = {}
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
        """Return in words what a person should look at."""
        told = []
        for feed in made["feeds"]:
            lost = feed["dropped"] + feed["lost_in_kernel"]
            if lost:
                told.append(f"feed {feed['name']}: {lost:,} messages dropped")
            if feed["faults"]:
                count = sum(feed["faults"].values())
                told.append(f"feed {feed['name']}: {count:,} damaged ({feed['first_fault']})")
            if feed["unknown"]:
                names = ", ".join(list(feed["unknown"])[:4])
                told.append(f"feed {feed['name']}: sources that nobody declared: {names}")
            if feed["state"].startswith(("no ", "lost")):
                told.append(f"feed {feed['name']}: {feed['state']}")
        for link in made["transport"]:
            if not link["is_matched"]:
                told.append(f"link {link['link']}: nobody at the other end")
            if link["other_mark"]:
                told.append(f"link {link['link']}: the other end has another configuration")
            for name in ("dropped", "heard_dropped", "failed", "refused"):
                if link[name]:
                    told.append(f"link {link['link']}: {link[name]:,} packets {name}")
        for sensor in made.get("sensors", ()):
            told += [f"sensor {sensor['name']}: {fault}" for fault in sensor.get("faults", ())]
        told += list(made.get("faults", ()))
        store = made["store"]
        if not store["is_well"]:
            told.append(f"store: {store['fault']}; {store['waiting']:,} wait in memory")
        if store["lost"] or store["lost_entries"]:
            told.append(f"store: {store['lost'] + store['lost_entries']:,} lost for want of room")
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

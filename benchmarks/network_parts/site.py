"""One nation's node as a process of the live benchmark: ``-m network_parts.site CONFIG NAME``.

Prints ``ready`` when it listens; takes from standard input the time from which to measure; prints
one JSON object when it is stopped: plots, drops, CPU, delays of the other nation's updates.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import threading
import time
from typing import Any

import numpy as np

from jointsky.live.delays import Delays
from jointsky.live.host import Host
from jointsky.live.load import load
from jointsky.records.tracks import Tracks
from network_parts.sky import TICKS_HZ


class Measure:
    """Counts delays of tracks updated by own and by the other nation's plots, from a time on."""

    def __init__(self, nation: int) -> None:
        self.nation, self.from_s = nation, math.inf
        self.own, self.other = Delays(), Delays()
        self.status: dict[str, Any] = {}
        self.late_before = 0  # plots that came late before measuring
        self.newest_s: dict[int, float] = {}  # of each track, the newest update told
        self.began = (0.0, 0.0)  # wall and processor seconds

    def listen(self) -> None:
        """Wait for the time from which to measure; in a thread of its own."""
        print("ready", flush=True)
        self.from_s = float(sys.stdin.readline())

    def told(self, tracks: Tracks, now_s: float) -> None:
        """Take tracks that were updated."""
        if now_s < self.from_s:
            self.began = now_s, time.process_time()
            self.late_before = self.status.get("late", 0)
            return
        rows = zip(tracks.track_number.tolist(), tracks.time_s.tolist(), strict=True)
        is_new = np.array([self._is_new(*row) for row in rows], np.bool_)  # not told once more
        time_s = tracks.time_s[is_new]
        nation = np.round(time_s * TICKS_HZ).astype(np.int64) % 2
        self.own.add(now_s - time_s[nation == self.nation])
        self.other.add(now_s - time_s[nation != self.nation])

    def _is_new(self, number: int, time_s: float) -> bool:
        if time_s <= self.newest_s.get(number, -math.inf):
            return False
        self.newest_s[number] = time_s
        return True

    def show(self, status: dict[str, Any]) -> None:
        """Take a status; the first one says that the node listens."""
        if not self.status:
            threading.Thread(target=self.listen, daemon=True).start()
        self.status = status


def main(path: str, site: str) -> None:
    """Run a node until it is stopped, then tell."""
    loaded = load(path)
    row = loaded.site(site)
    measure = Measure(row)
    host = Host(loaded, row, measure.show, measure.told)
    asyncio.run(host.run())
    wall_s = host.clock.now_s() - measure.began[0]
    found = {
        "site": site,
        "cpu_share": (time.process_time() - measure.began[1]) / wall_s,
        "own_s": {str(q): measure.own.quantile_s(q / 100) for q in (50, 90, 99)},
        "other_s": {str(q): measure.other.quantile_s(q / 100) for q in (50, 90, 99)},
        "late": measure.status["late"] - measure.late_before,
        "updates_of_own": int(measure.own.counts.sum()),
        "updates_of_other": int(measure.other.counts.sum()),
        "status": measure.status,
    }
    print(json.dumps(found, default=float), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

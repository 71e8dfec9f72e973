"""Sends prepared datagrams at their times: a process that costs as little as it can."""

from __future__ import annotations

import socket
import time

import numpy as np

from network_parts.sky import BIN_S, RECORD, Prepared


def feed(prepared: Prepared, ports: list[int], begin_s: float) -> dict[str, float]:
    """Send everything, each bin when it is over; return what it cost and how late it was.

    ``begin_s`` is on the wall clock; a nation's radars send to its port.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    octets = memoryview(prepared.records.view(np.uint8).reshape(-1)).cast("B")
    size = RECORD.itemsize
    heads, views = [], []
    for first, last in zip(prepared.cuts[:-1].tolist(), prepared.cuts[1:].tolist(), strict=True):
        length = 3 + (last - first) * size
        heads.append(bytes((48, length >> 8, length & 255)))
        views.append(octets[first * size : last * size])
    to = [("127.0.0.1", ports[nation]) for nation in prepared.nation_of.tolist()]
    bins = prepared.bin_of.tolist()
    zero_s = time.monotonic() + begin_s - time.time()  # noqa: TID251
    cpu_s, worst_s = time.process_time(), 0.0
    current = -1
    for k in range(len(bins)):
        if bins[k] != current:
            current = bins[k]
            wait_s = zero_s + (current + 1) * BIN_S - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            worst_s = max(worst_s, -wait_s)
        made.sendmsg([heads[k], views[k]], [], 0, to[k])
    return {
        "cpu_share": (time.process_time() - cpu_s) / (bins[-1] * BIN_S),
        "worst_late_s": worst_s,
    }

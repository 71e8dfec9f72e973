"""Prints how many lines run to open the worst files, for two sizes; kernels run as Python."""

import json
import sys

import numpy as np

from formats.framing.test_framing_fuzz import SEEDS, account

WORST = {
    "noise in pcap": lambda n: SEEDS["pcap"][:24] + np.random.default_rng(1).bytes(n),
    "noise in pcapng": lambda n: SEEDS["pcapng"][:76] + np.random.default_rng(1).bytes(n),
    "zeros in pcap": lambda n: SEEDS["pcap"][:24] + bytes(n),
    "lengths that almost fit": lambda n: b"\x30\x00\x04\x01" * (n // 4) + b"\x30",
    "smallest blocks": lambda n: b"\x01\x00\x04\xff" * (n // 4),
    "end marks": lambda n: b"\xa5" * n,
    "category 30s": lambda n: b"\x1e" * n,
}
SIZES = (4_000, 32_000)


def lines_run(data):
    count = 0

    def step(frame, event, argument):
        nonlocal count
        count += event == "line"
        return step

    sys.settrace(step)
    try:
        account(data)
    finally:
        sys.settrace(None)
    return count


if __name__ == "__main__":
    print(json.dumps({name: [lines_run(make(n)) for n in SIZES] for name, make in WORST.items()}))

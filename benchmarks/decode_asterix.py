"""How many ASTERIX records a second: ours to finished plots, and the peers to their own objects.

    python benchmarks/decode_asterix.py [--seconds 2] [--peer-python PATH] [FILE...]

Made data comes first: 20,000 times one ordinary record of each of three categories.  Recordings
may follow; every category in them is timed alone.  libasterix runs in this process;
``--peer-python`` names the Python of an environment that has asterix-decoder (its package is also
called ``asterix``, so it cannot be installed beside libasterix).  CPU time of one core, best of
three; every program gets the same blocks of one category, already in memory.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np
from asterix import base, generated

from jointsky.formats.asterix.blocks import find_blocks
from jointsky.formats.asterix.faults import FaultLog
from jointsky.formats.asterix.read import read_asterix
from jointsky.formats.asterix.specification import CATEGORIES, editions
from jointsky.formats.frames import whole_file
from jointsky.formats.framing.opening import open_frames
from jointsky.formats.options import ReadOptions

SOURCE = (("SAC", 1), ("SIC", 2))
MADE = {
    48: {
        "010": SOURCE,
        "140": 3600.0,
        "020": ((5, 0, 0, 0, 0, None),),
        "040": (100.0, 45.0),
        "070": (0, 0, 0, 0, "1234"),
        "090": (0, 0, 350.0),
        "130": {"SRL": 10, "SRR": 5, "SAM": -50},
        "220": 0x4CA123,
        "240": "ABC1234",
        "250": [0, 1],
        "161": 77,
        "200": (0.125, 90.0),
        "170": ((0, 2, 0, 0, 0, None),),
        "230": 0x2000,
    },
    21: {
        "010": SOURCE,
        "040": ((0, 0, 0, 0, None),),
        "161": 5,
        "131": (48.0, 11.0),
        "080": 0x4CA123,
        "073": 3600.0,
        "090": ((0, 8, None), (0, 3, 9, None)),
        "210": (0, 0, 2, 2),
        "145": 350.0,
        "157": (0, 0.0),
        "160": (0, 0.125, 90.0),
        "077": 3600.5,
        "170": "ABC1234",
        "020": 3,
    },
    62: {
        "010": SOURCE,
        "070": 3600.0,
        "105": (48.0, 11.0),
        "100": (1000.0, 2000.0),
        "185": (100.0, -50.0),
        "060": (0, 0, 0, 0, "1234"),
        "380": {"ADR": 0x4CA123, "ID": "ABC1234"},
        "040": 4711,
        "080": ((0, 0, 0, 0, 0, None),),
        "136": 350.0,
        "220": 0.0,
        "500": {"APC": (30.0, 40.0), "ATV": (1.0, 2.0)},
    },
}
PEER = """
import sys, time, json, asterix
blocks = open(sys.argv[1], "rb").read()
at, parts = 0, []
while at < len(blocks):
    size = int.from_bytes(blocks[at + 1 : at + 3], "big")
    parts.append(blocks[at : at + size])
    at += size
best = 0.0
for _ in range(3):
    begin, n = time.process_time(), 0
    for part in parts:
        n += len(asterix.parse(part, verbose=False))
    best = max(best, n / (time.process_time() - begin))
print(json.dumps(best))
"""


def made_blocks(category):
    """Return 4,000 blocks of five equal records."""
    newest = max(generated.manifest["CATS"][category], key=lambda c: c.cv_edition)
    record = newest.cv_uap.cv_record.create(MADE[category]).unparse().to_bytes()
    content = record * 5
    head = bytes([category]) + (len(content) + 3).to_bytes(2, "big")
    return (head + content) * 4000


def blocks_of(path):
    """Return {category: its blocks, joined} of a recording."""
    frames = open_frames(path.read_bytes(), str(path))
    found = find_blocks(frames, np.frombuffer(frames.data, np.uint8), FaultLog(frames))
    out = {}
    for category in np.unique(found.category).tolist():
        mine = found.category == category
        spans = zip(found.start[mine].tolist(), found.length[mine].tolist(), strict=True)
        if category in CATEGORIES:
            out[category] = b"".join(frames.data[at : at + size] for at, size in spans)
    return out


def rate(run, seconds):
    """Return records a second of CPU time: best of three runs, or of those in ``seconds``."""
    best, spent, runs = 0.0, 0.0, 0
    while runs < 3 or spent < seconds:
        begin = time.process_time()
        records = run()
        took = time.process_time() - begin
        best, spent, runs = max(best, records / took), spent + took, runs + 1
    return best


def ours(data):
    """Return how many records became a Reading."""
    return sum(read_asterix(whole_file(data), ReadOptions()).contents.records.values())


def libasterix(data, edition_name, limit_octets=60_000):
    """Return how many records libasterix parses of the first blocks."""
    category = data[0]
    held = generated.manifest["CATS"][category]
    uap = next(c for c in held if "{}.{}".format(*c.cv_edition) == edition_name).cv_uap
    records = at = 0
    while at < min(len(data), limit_octets):
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        content = base.Bits.from_bytes(data[at + 3 : at + size])
        if hasattr(uap, "cv_record"):
            found = uap.parse(content)
        else:
            found = (uap.parse_any_uap(content, 100) or [[]])[0]
        records += 0 if isinstance(found, ValueError) else len(found)
        at += size
    return records


def asterix_decoder(python, data):
    """Return records a second of asterix-decoder in its own environment, or None if it fails."""
    with tempfile.NamedTemporaryFile(suffix=".ast") as file:
        file.write(data)
        file.flush()
        command = [python, "-c", PEER, file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def edition_read(data):
    """Return the name of the edition that our reader takes for the blocks."""
    said = read_asterix(whole_file(data), ReadOptions()).contents.editions
    name = next(iter(said.values())).split(" ")[0]
    held = [edition.name for edition in editions(data[0])]
    return name if name in held else held[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--peer-python")
    options = parser.parse_args()
    given = {f"made CAT{c:03d}": made_blocks(c) for c in MADE}
    for path in options.files:
        for category, data in blocks_of(path).items():
            given[f"{path.name} CAT{category:03d}"] = data
    head = f"{'records a second':40} {'jointsky':>10} {'libasterix':>11} {'ratio':>6}"
    print(head + (f" {'asterix-decoder':>16} {'ratio':>6}" if options.peer_python else ""))
    for name, data in given.items():
        mine = rate(lambda data=data: ours(data), options.seconds)
        edition = edition_read(data)
        theirs = rate(lambda data=data, e=edition: libasterix(data, e), options.seconds)
        line = f"{name:40} {mine:10,.0f} {theirs:11,.0f} {mine / max(theirs, 1):6.0f}"
        if options.peer_python:
            peer = asterix_decoder(options.peer_python, data)
            line += f" {peer:16,.0f} {mine / peer:6.1f}" if peer else f" {'failed':>16}"
        print(line, flush=True)


if __name__ == "__main__":
    main()

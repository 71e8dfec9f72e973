"""Feed damaged recordings to every reader, for as long as is asked.

``python tests/fuzz/fuzz_readers.py --seconds 60 [--seed 0]``.  Seeds are small files of every
format, made here, and the first part of each real recording beside the checkout, if there.  A
reader may refuse with InputError; any other exception, an answer whose rows contradict each
other, or a file that takes over ``--limit`` seconds is a failure: its octets are written to
``out/fuzz`` and the exit code is 1.
"""

import argparse
import gzip
import json
import pathlib
import sys
import time
import traceback

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from formats.framing import made  # noqa: E402
from jointsky.errors import InputError  # noqa: E402
from jointsky.formats.options import ReadOptions  # noqa: E402
from jointsky.recording.read import read_octets  # noqa: E402
from jointsky.recording.sniff import sniff  # noqa: E402
from jointsky.recording.summary import summary  # noqa: E402
from jointsky.streams import stream  # noqa: E402

HEAD_OCTETS = 20_000
KINDS = ("modes", "beast", "sbs", "aircraft-json", "trace", "state-vectors", "asterix")


def seeds():
    """Return (name, octets) of good files of every format."""
    head = bytes([0xFD, 0xF7, 2, 0xAA, 0xBB])
    blocks = [made.block(48, head + bytes(range(k, k + 40))) for k in range(20)]
    frames = [made.ethernet(made.ipv4(made.udp(one))) for one in blocks]
    frames += [made.ethernet(part) for part in made.ipv4_fragments(made.udp(blocks[0] * 30), 400)]
    state = {"icao24": "3003ae", "timestamp": 1533101250000, "latitude": 45.8, "longitude": 9.2}
    sbs = (
        "MSG,3,1,1,406B90,1,2026/11/21,21:00:45.5,2026/11/21,21:00:45.6,,35975,,,51.1,6.2,,0,,0,0\n"
    )
    craft = {"hex": "406b90", "lat": 51.2, "lon": 6.3, "alt_baro": 36000, "seen_pos": 1.0}
    points = [[k, 16.7, -88.0, 32000] for k in range(50)]
    trace = {"icao": "ac671b", "timestamp": 1738703622.6, "trace": points}
    long = bytes.fromhex("8D406B909945DE10000405999BE4")
    found = {
        "raw": b"".join(blocks),
        "final": b"".join(made.final(one) for one in blocks),
        "oradis": b"".join(made.oradis(one) for one in blocks),
        "rply": b"".join(made.rply(one) for one in blocks),
        "gps": made.gps(blocks),
        "pcap": made.pcap([(k, 0, frame) for k, frame in enumerate(frames)]),
        "pcapng": made.section()
        + made.interface()
        + b"".join(made.enhanced(frame, k) for k, frame in enumerate(frames)),
        "avr": b"*8D406B909945DE10000405999BE4;\n*8D406B9058B975870B738754F480;\n" * 40,
        "csv": b'1457996400,"8D406B9058B975871773722A2B6B","406B90",11\n' * 60,
        "beast": b"".join(b"\x1a3" + bytes(5) + bytes([k]) + b"\x40" + long for k in range(20)),
        "sbs": sbs.encode() * 60,
        "aircraft": json.dumps({"now": 1795294853.0, "aircraft": [craft] * 30}).encode(),
        "trace": json.dumps(trace).encode(),
        "states": json.dumps([state] * 60).encode(),
    }
    for folder in ("asterix", "modes", "beast", "sbs", "readsb", "opensky"):
        for path in sorted((ROOT.parent / "shared" / "data" / folder).glob("*")):
            data = path.read_bytes()
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            found[path.name] = data[:HEAD_OCTETS]
    return sorted(found.items())


def damage(data, rng):
    """Return octets after one to six faults."""
    data = bytearray(data)
    for _ in range(int(rng.integers(1, 7))):
        if not data:
            break
        at = int(rng.integers(len(data)))
        what = int(rng.integers(7))
        size = int(rng.integers(1, 64))
        if what == 0:
            del data[at:]
        elif what == 1:
            data[at] ^= 1 << int(rng.integers(8))
        elif what == 2:
            data[at:at] = rng.bytes(size)
        elif what == 3:
            del data[at : at + size]
        elif what == 4:
            data[at:at] = data[at : at + 8 * size]
        elif what == 5:
            data[at : at + 4] = bytes([int(rng.choice([0, 0x7F, 0x80, 0xFF]))]) * 4
        else:
            data[at : at + size] = rng.bytes(size)
    return bytes(data)


def check(reading):
    """Raise AssertionError where the rows of an answer contradict each other."""
    plots, tracks, sensors = reading.plots, reading.tracks, len(reading.sensors)
    assert ((plots.sensor >= 0) & (plots.sensor < sensors)).all(), "a plot of no sensor"
    assert ((tracks.source >= -1) & (tracks.source < sensors)).all(), "a track of no source"
    assert np.isfinite(plots.time_s).all() and np.isfinite(tracks.time_s).all(), "no time"
    for record in (plots, tracks):
        latitude = record.latitude_rad[np.isfinite(record.latitude_rad)]
        assert (np.abs(latitude) <= np.pi / 2 + 1e-9).all(), "a latitude beyond the pole"
    assert sum(reading.fault_counts.values()) >= len(reading.faults), "faults not counted"
    json.dumps(reading.contents.records)
    summary(reading, "fuzz", 0)


def one(data, kind):
    """Read octets as ``kind`` (None: whatever they are); return what happened."""
    try:
        reading = read_octets(data, "fuzz", kind or sniff(data, "fuzz"), ReadOptions())
    except InputError:
        return "refused"
    check(reading)
    return "read"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=5.0, help="seconds for one file")
    arguments = parser.parse_args()
    rng = stream(arguments.seed, "fuzz readers")
    good = seeds()
    for _, data in good:  # compiles every kernel, which is not part of the time
        one(data, None)
    counts, failures = {"read": 0, "refused": 0}, 0
    begun = time.monotonic()
    while time.monotonic() - begun < arguments.seconds:
        name, data = good[int(rng.integers(len(good)))]
        spoilt = damage(data, rng)
        kind = str(rng.choice(KINDS)) if rng.random() < 0.1 else None
        started = time.process_time()
        problem = ""
        try:
            counts[one(spoilt, kind)] += 1
        except Exception:
            problem = traceback.format_exc()
        taken = time.process_time() - started
        if not problem and taken > arguments.limit:
            problem = f"took {taken:.1f} s"
        if problem:
            failures += 1
            folder = ROOT / "out" / "fuzz"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{failures:04d}-{kind or 'any'}-{name}"
            path.write_bytes(spoilt)
            print(f"{path}\n{problem}", file=sys.stderr)
            if failures >= 20:
                break
    total = counts["read"] + counts["refused"] + failures
    print(f"{total} files: {counts['read']} read, {counts['refused']} refused, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

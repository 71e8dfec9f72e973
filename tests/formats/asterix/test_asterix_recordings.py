"""Real recordings: counts, and every field beside libasterix and tshark."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from formats.asterix import specimens
from formats.framing import made
from jointsky.formats.asterix.blocks import find_blocks
from jointsky.formats.asterix.faults import FaultLog
from jointsky.formats.asterix.read import read_asterix
from jointsky.formats.framing.opening import open_frames
from jointsky.formats.options import ReadOptions
from shared_data import shared

COUNTS = {  # ../shared/data/SOURCES.md, which counted with libasterix
    "jahorina.raw": {"CAT034": 20, "CAT048": 2099},
    "lebl_160510_adsb_cat21_v023.ast": {"CAT021": 49_330},
    "lebl_160510_mlat_cat20.ast": {"CAT019": 7_381 - 121, "CAT020": 69_933},
    "lebl_160510_smr_cat10.ast": {"CAT010": 77_345},
    "ar_260429.pcap": {"CAT034": 16_366, "CAT048": 3_541},
    "ar_fds260429.pcap": {"CAT062": 50_640},
    "artas.rply": {"CAT062": 346, "CAT063": 24, "CAT065": 203},
    "ccl_cat21_re.ast": {"CAT021": 2},
    "ccl_cat_034_048.pcap": {"CAT034": 34, "CAT048": 128},
    "ccl_cat_062_065.pcap": {"CAT062": 2, "CAT065": 1},
    "jade_062_065_30min.ff": {"CAT062": 22_396, "CAT063": 5_772, "CAT065": 6_057},
    "jade_062_one_packet2.ff": {"CAT062": 3, "CAT065": 1},
    "jade_nats_cat048_tcas.ff": {"CAT048": 2},
    "readsb_cat021_600.ast": {"CAT021": 600},
}
SAMPLES = [
    ("jahorina.raw", 48, None),
    ("jahorina.raw", 34, None),
    ("lebl_160510_adsb_cat21_v023.ast", 21, "0.23"),
    ("readsb_cat021_600.ast", 21, "2.6"),
    ("lebl_160510_mlat_cat20.ast", 20, None),
    ("lebl_160510_mlat_cat20.ast", 19, None),
    ("lebl_160510_smr_cat10.ast", 10, None),
    ("ccl_cat_034_048.pcap", 48, None),
    ("ar_260429.pcap", 48, None),
    ("ar_260429.pcap", 34, None),
    ("ar_fds260429.pcap", 62, None),
    ("artas.rply", 62, None),
    ("artas.rply", 63, None),
    ("jade_062_065_30min.ff", 62, None),
    ("jade_062_065_30min.ff", 65, None),
    ("ccl_cat_001_002.pcap", 1, None),
    ("ccl_cat_001_002.pcap", 2, None),
]
SAMPLE_BLOCKS = 80


def opened(name):
    path = shared(f"data/asterix/{name}")
    return open_frames(path.read_bytes(), str(path))


def sample(name, category):
    """Return blocks' records, spread over the whole file."""
    frames = opened(name)
    blocks = find_blocks(frames, np.frombuffer(frames.data, np.uint8), FaultLog(frames))
    mine = np.flatnonzero(blocks.category == category)
    rows = mine[np.unique(np.linspace(0, len(mine) - 1, SAMPLE_BLOCKS).round().astype(int))]
    return [
        frames.data[start + 3 : start + length]
        for start, length in zip(
            blocks.start[rows].tolist(), blocks.length[rows].tolist(), strict=True
        )
    ]


@pytest.mark.parametrize("name", COUNTS)
def test_counts_of_records_are_those_of_the_sources(name):
    reading = read_asterix(opened(name), ReadOptions())
    assert reading.contents.records == COUNTS[name]
    rows = len(reading.plots) + len(reading.tracks)
    assert rows <= sum(COUNTS[name].values())
    offsets = np.concatenate([reading.plots.offset, reading.tracks.offset])
    assert len(np.unique(offsets)) == rows


@pytest.mark.parametrize(("name", "category", "edition"), SAMPLES)
def test_fields_of_recordings_equal_those_of_libasterix(name, category, edition):
    given = specimens.edition(category, edition)
    compared = 0
    for batch in specimens.batches(sample(name, category), given):
        ours = specimens.our_fields(batch)
        for row, fields in enumerate(ours):
            start, octets, _ = batch.walked.where[row].tolist()
            uap = given.uaps[batch.walked.uap[row]].name
            record = batch.data[start : start + octets].tobytes()
            theirs = specimens.oracle_fields(category, given.name, record, uap)
            sizes = batch.plan.fields
            assert fields == {k: v for k, v in theirs.items() if sizes[k].size <= 63}
            compared += len(fields)
    assert compared > 0


def by_tshark(tmp_path, category, records, preference):
    """Return {field name: shown value} of each record, by tshark, each in a packet of its own."""
    path = tmp_path / "records.pcap"
    packets = [
        (k, 0, made.ipv4(made.udp(specimens.block(category, record), port=4001)))
        for k, record in enumerate(records)
    ]
    path.write_bytes(made.pcap(packets, link=made.LINK_RAW))
    command = ["tshark", "-r", str(path), "-d", "udp.port==4001,asterix", "-T", "pdml"]
    if preference:
        command += ["-o", f"asterix.i{category:03d}_version:{preference}"]
    out = subprocess.run(command, capture_output=True, check=True).stdout
    shown = []
    for packet in ET.fromstring(out).iter("packet"):
        fields = {}
        for field in packet.iter("field"):
            if field.get("name", "").startswith("asterix."):
                name = re.sub(r"^(asterix\.\d+)_V\d+_\d+", r"\1", field.get("name"))
                fields.setdefault(name, field.get("show"))
        shown.append(fields)
    return shown


def expected(batch):
    """Return {(slot, field): numbers in the unit of the specification, or texts} of records."""
    out = {}
    for (slot, name), field in batch.plan.fields.items():
        if field.coding in ("icao", "ascii"):
            texts = batch.text(slot, name).tolist()
            out[(slot, name)] = [text or None for text in texts]
        elif field.size <= 63:
            values = batch.integer(slot, name).tolist()
            missing = specimens.kernels_missing()
            out[(slot, name)] = [None if v == missing else v * field.lsb for v in values]
    return out


def same(name, ours, theirs):
    if isinstance(ours, str):
        return "?" in ours or ours == theirs.strip()
    number = float(int(theirs, 0) if theirs[:2] == "0x" else theirs)
    if name == ("090", "FL") and ours < 0:  # tshark reads it unsigned: FL -1 becomes FL 4095
        number -= 4096.0
    return ours == pytest.approx(number, rel=1e-6, abs=1e-9)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize(
    ("name", "category", "edition", "preference"),
    [
        ("jahorina.raw", 48, "1.30", "Version 1.30"),
        ("ccl_cat_034_048.pcap", 48, "1.30", "Version 1.30"),
        ("lebl_160510_adsb_cat21_v023.ast", 21, "0.23", "Version 0.23"),
        ("readsb_cat021_600.ast", 21, "2.6", "Version 2.6"),
        ("lebl_160510_mlat_cat20.ast", 20, "1.10", "Version 1.10"),
        ("lebl_160510_smr_cat10.ast", 10, "1.1", None),
        ("ar_fds260429.pcap", 62, "1.19", "Version 1.19"),
        ("artas.rply", 62, "1.19", "Version 1.19"),
        ("jade_062_065_30min.ff", 62, "1.19", "Version 1.19"),
    ],
)
def test_fields_of_recordings_equal_those_of_tshark(tmp_path, name, category, edition, preference):
    (batch,) = specimens.batches(sample(name, category), specimens.edition(category, edition))
    where = batch.walked.where[: batch.records].tolist()
    records = [batch.data[at : at + n].tobytes() for at, n, _ in where]
    shown = by_tshark(tmp_path, category, records, preference)
    assert len(shown) == len(records)
    wanted = expected(batch)
    sent = compared = 0
    differ = set()
    for row, theirs in enumerate(shown):
        for (slot, field), column in wanted.items():
            if column[row] is None:
                continue
            sent += 1
            key = f"asterix.{category:03d}_{slot}_{field or 'VALUE'}".replace("/", "_")
            if theirs.get(key):
                compared += 1
                if not same((slot, field), column[row], theirs[key]):
                    differ.add((slot, field, column[row], theirs[key]))
    assert not differ
    # tshark shows nearly all of them under the same names; repeated items it shows otherwise
    assert compared > 0.8 * sent > 0

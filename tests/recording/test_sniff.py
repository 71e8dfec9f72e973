"""Recordings are recognised by content; what is none is refused with what was found."""

import gzip

import pytest

from jointsky.errors import InputError
from jointsky.recording.read import read
from jointsky.recording.sniff import sniff
from jointsky.streams import stream
from shared_data import shared

AVR = b"*8D406B909945DE10000405999BE4;\n" * 5
SAMPLES = {
    "modes": AVR,
    "sbs": b"MSG,4,1,1,406B90,1,2026/11/21,21:00:45.589,2026/11/21,21:00:45.589,,,494,285,,,0,,,\n",
    "beast": b"\x1a3"
    + bytes(6)
    + b"\x40"
    + b"\x8d\x40\x6b\x90\x99\x45\xde\x10\0\4\5\x99\x9b\xe4" * 1,
    "aircraft-json": b'{ "now" : 1.0, "messages" : 2, "aircraft" : [{"hex":"406b90"}]}',
    "trace": b'{"icao":"ac671b", "timestamp": 1738703622.619, "trace":[[0.0,16.7,-88.0]]}',
    "state-vectors": b'[{"timestamp":1533101250000,"icao24":"3003ae","latitude":45.8}]',
    "asterix": b"\x30\x00\x08\xff\1\2\3\4" * 4,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_format_is_recognised_by_its_octets(name):
    assert sniff(SAMPLES[name], "x") == name


def test_csv_with_a_byte_order_mark_and_json_of_opensky_are_recognised():
    csv = "\ufefftime,icao,message\n1495353600,4D010D,A00015B7C26E1370AA00005DD34A\n".encode()
    assert sniff(csv, "x") == "modes"
    assert sniff(b'{"time": 1, "states": [["3003ae"]]}', "x") == "state-vectors"


@pytest.mark.parametrize(
    "data, found",
    [
        (b"", "an empty file"),
        (b"Dear reader,\nthis is a letter.\n", 'it begins "Dear reader,"'),
        (b'{"type": "FeatureCollection", "features": []}', "text in no known format"),
        (b"\x7fELF" + stream(1, "noise").bytes(3000), "it begins with 7f 45 4c 46"),
        (b"PAR1 and nothing more", "arquet"),
    ],
)
def test_what_is_no_recording_is_refused_with_what_was_found(tmp_path, data, found):
    path = tmp_path / "thing"
    path.write_bytes(data)
    with pytest.raises(InputError, match=found) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


def test_a_missing_file_a_folder_and_an_unknown_format_are_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "absent")
    with pytest.raises(InputError, match="a folder"):
        read(tmp_path)
    with pytest.raises(InputError, match="did you mean 'beast'"):
        read(tmp_path / "absent", format="baest")


def test_gzip_is_unpacked_and_a_broken_end_is_a_fault(tmp_path):
    path = tmp_path / "thing"
    packed = gzip.compress(AVR * 400)
    path.write_bytes(packed)
    assert read(path).contents.records == {"DF17": 2000}
    path.write_bytes(packed[:-12])
    cut = read(path)
    assert cut.fault_counts.get("gzip") == 1
    assert 0 < cut.contents.records["DF17"] <= 2000


@pytest.mark.parametrize(
    "name, format",
    [
        ("modes/pymodes_commb_df20.csv", "modes/csv"),
        ("modes/readsb_600.avr", "modes/avr"),
        ("beast/readsb_600_df17.beast", "beast"),
        ("sbs/dump1090_mutability_600.sbs", "sbs"),
        ("readsb/dump1090_aircraft.json", "aircraft.json/dump1090"),
        ("readsb/aircraft_32_from_cat021.json", "aircraft.json/readsb"),
        ("opensky/trace_full_ac671b.json", "trace"),
        ("opensky/danube_valley.json.gz", "state-vectors/traffic"),
        ("asterix/artas.rply", "asterix/rply"),
        ("asterix/ccl_cat_001_002.pcap", "asterix/pcap/oradis"),
    ],
)
def test_real_files_are_recognised_whatever_their_name(tmp_path, name, format):
    path = tmp_path / "thing.txt"
    path.write_bytes(shared(f"data/{name}").read_bytes())
    assert read(path).format == format

import math
import re
import shutil
import struct
import subprocess

import msgspec
import numpy as np
import pytest
from asterix.base import Bits, RawDatablock
from asterix.generated import Cat_021_2_6, Cat_034_1_29, Cat_048_1_30
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.formats.asterix import encode
from jointsky.records.plots import PlotFlag, Plots
from jointsky.records.sensors import Sensor

RADAR = Sensor(
    name="1/2", sac=1, sic=2, latitude_rad=0.97, longitude_rad=-0.47, height_m=-12.0,
    rotation_period_s=4.0,
)  # fmt: skip
EDITIONS = {21: Cat_021_2_6, 34: Cat_034_1_29, 48: Cat_048_1_30}
SECONDARY, PRIMARY, MODE_S = PlotFlag.SECONDARY, PlotFlag.PRIMARY, PlotFlag.MODE_S


def decoded(octets):
    """Return (category, record) pairs as libasterix reads them."""
    found = RawDatablock.parse(Bits.from_bytes(octets))
    assert not isinstance(found, ValueError)
    pairs = []
    for block in found:
        records = EDITIONS[block.get_category()].cv_uap.parse(block.get_raw_records())
        assert not isinstance(records, ValueError)
        pairs += [(block.get_category(), record) for record in records]
    return pairs


def part(record, item, *names):
    value = record.get_item(item)
    for name in names:
        value = value.variation.get_item(name)
    return value


def quantity(record, item, *names):
    return part(record, item, *names).variation.content._as_quantity()


def only(messages):
    ((_, record),) = decoded(encode.blocks(messages))
    return record


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0, 470e3),
    st.floats(0, 2 * math.pi),
    st.floats(-300, 18000),
    st.floats(0, 86399),
    st.integers(0, 0o7777),
)
def test_a_radar_plot_comes_back_to_half_a_step(range_m, azimuth_rad, altitude_m, time_s, mode_a):
    plot = Plots.make(
        1, time_s=5 * 86400 + time_s, range_m=range_m, azimuth_rad=azimuth_rad, mode_a=mode_a,
        pressure_altitude_m=altitude_m, flags=int(SECONDARY),
    )  # fmt: skip
    record = only(encode.radar_reports(plot, RADAR))
    assert quantity(record, "140") == pytest.approx(time_s, abs=1 / 256)
    assert quantity(record, "040", "RHO") * 1852 == pytest.approx(range_m, abs=3.62)
    error = math.radians(quantity(record, "040", "THETA")) - azimuth_rad
    assert abs(math.remainder(error, 2 * math.pi)) < math.pi / 65536 * 1.001
    level = part(record, "090", "FL").as_uint()
    level -= (level >= 1 << 13) * (1 << 14)  # signed on the wire
    assert level * 7.62 == pytest.approx(altitude_m, abs=3.82)
    assert part(record, "070", "MODE3A").variation.content.as_string() == f"{mode_a:04o}"


@pytest.mark.parametrize(
    ("flags", "kind"),
    [(PRIMARY, 1), (SECONDARY, 2), (PRIMARY | SECONDARY, 3), (MODE_S, 5), (MODE_S | SECONDARY, 5),
     (PRIMARY | SECONDARY | MODE_S, 7)],
)  # fmt: skip
def test_what_saw_a_plot_is_in_its_descriptor(flags, kind):
    plot = Plots.make(1, time_s=1, range_m=1e4, azimuth_rad=1, flags=int(flags))
    assert part(only(encode.radar_reports(plot, RADAR)), "020", "TYP").as_uint() == kind


def test_test_targets_and_military_ones_need_the_first_extent():
    flags = int(PRIMARY | PlotFlag.TEST | PlotFlag.MILITARY | PlotFlag.SIMULATED)
    plot = Plots.make(1, time_s=1, range_m=1e4, azimuth_rad=1, flags=flags)
    record = only(encode.radar_reports(plot, RADAR))
    assert [part(record, "020", n).as_uint() for n in ("SIM", "TST", "MI", "ME")] == [1, 1, 1, 0]


def test_a_primary_plot_says_nothing_that_was_not_measured():
    plot = Plots.make(1, time_s=1, range_m=1e4, azimuth_rad=1, flags=int(PRIMARY))
    record = only(encode.radar_reports(plot, RADAR))
    for item in ("070", "090", "110", "161", "220", "230", "240"):
        assert record.get_item(item) is None, item


def test_a_mode_s_plot_carries_its_identity():
    plot = Plots.make(
        1, time_s=1, range_m=1e4, azimuth_rad=1, flags=int(MODE_S), mode_s=0xABCDEF,
        call_sign="AB12", track_number=77, height_m=762.0,
    )  # fmt: skip
    record = only(encode.radar_reports(plot, RADAR))
    assert record.get_item("220").as_uint() == 0xABCDEF
    assert record.get_item("240").variation.content.as_string() == "AB12    "
    assert part(record, "161", "TRN").as_uint() == 77
    assert quantity(record, "110", "3DH") == 2500  # feet
    assert [part(record, "230", n).as_uint() for n in ("COM", "STAT", "ARC", "AIC")] == [1, 0, 1, 1]


def test_an_adsb_report_comes_back():
    plot = Plots.make(
        1, time_s=86399.999, latitude_rad=-0.9, longitude_rad=-2.5, height_m=-30.48,
        pressure_altitude_m=-30.48, mode_s=5, mode_a=0o7700, ve_mps=-100.0, vn_mps=0.0,
        vu_mps=-5.0, east_sigma_m=8.0, north_sigma_m=9.0, call_sign="X 1",
        flags=int(PlotFlag.ON_GROUND),
    )  # fmt: skip
    record = only(encode.adsb_reports(plot, RADAR))
    assert record.get_item("071").as_uint() == 0  # rounds up to midnight, which is 0
    assert math.radians(quantity(record, "131", "LAT")) == pytest.approx(-0.9, abs=1.5e-9)
    assert math.radians(quantity(record, "131", "LON")) == pytest.approx(-2.5, abs=1.5e-9)
    assert quantity(record, "140") == -100
    assert quantity(record, "145") == -1
    assert quantity(record, "160", "GS") * 1852 == pytest.approx(100, abs=0.06)
    assert quantity(record, "160", "TA") == 270
    assert quantity(record, "157", "GVR") == pytest.approx(-984.25, abs=3.13)
    assert part(record, "090", "NACP").as_uint() == 9  # 22 m in 95 %: below 30
    assert part(record, "040", "GBS").as_uint() == 1
    assert record.get_item("170").variation.content.as_string() == "X 1     "


def test_service_messages_go_round():
    messages = encode.service_messages(RADAR, 10.5, 18.5, sectors=8)
    records = [record for _, record in decoded(encode.blocks(messages))]
    assert [record.get_item("000").as_uint() for record in records] == ([1] + [2] * 7) * 2
    sectors = [quantity(record, "020") for record in records if record.get_item("020")]
    assert sectors == [45, 90, 135, 180, 225, 270, 315] * 2
    assert {quantity(record, "041") for record in records} == {4.0}
    north = records[8]
    assert quantity(north, "030") == 14.5
    assert quantity(north, "120", "HGT") == -12
    assert math.radians(quantity(north, "120", "LAT")) == pytest.approx(0.97, abs=1.9e-7)
    assert math.radians(quantity(north, "120", "LON")) == pytest.approx(-0.47, abs=1.9e-7)


def test_blocks_are_in_order_of_time_and_of_one_category():
    plots = Plots.make(30, time_s=np.arange(30) / 4, range_m=1e4, azimuth_rad=1.0, flags=1)
    messages = encode.radar_reports(plots, RADAR)[::-1]
    messages += encode.service_messages(RADAR, 0.1, 8.0, sectors=4)
    octets = encode.blocks(messages, most_records=3)
    pairs = decoded(octets)
    times = [r.get_item("140" if category == 48 else "030").as_uint() for category, r in pairs]
    assert times == sorted(times)
    assert len(pairs) == len(messages)
    blocks = RawDatablock.parse(Bits.from_bytes(octets))
    assert len(messages) / 3 <= len(blocks) < len(messages)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"range_m": 1e6}, "does not fit into 16 bits"),
        ({"range_m": -10.0}, "does not fit"),
        ({"range_m": math.nan}, "nan cannot be sent"),
        ({"pressure_altitude_m": 1e6}, "does not fit into 14 bits"),
        ({"mode_s": 5, "call_sign": "small"}, "capital letters"),
    ],
)
def test_what_an_item_cannot_hold_is_refused(change, said):
    plot = Plots.make(1, **{"time_s": 1, "range_m": 1e4, "azimuth_rad": 1.0, **change})
    with pytest.raises(ValueError, match=said):
        encode.radar_reports(plot, RADAR)


def test_a_source_without_number_and_a_report_without_address_are_refused():
    plot = Plots.make(1, time_s=1, range_m=1e4, azimuth_rad=1.0, latitude_rad=0, longitude_rad=0)
    with pytest.raises(ValueError, match="no SAC and SIC"):
        encode.radar_reports(plot, Sensor(name="x"))
    with pytest.raises(ValueError, match="no Mode S address"):
        encode.adsb_reports(plot, RADAR)
    with pytest.raises(ValueError, match="rotation_period_s"):
        encode.service_messages(Sensor(name="x", sac=1, sic=1), 0, 1)


def as_pcap(octets):
    udp = struct.pack(">4H", 4001, 4001, 8 + len(octets), 0) + octets
    address = 0x7F000001
    size = 20 + len(udp)
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, size, 0, 0, 64, 17, 0, address, address) + udp
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    return head + struct.pack("<4I", 1, 0, len(ip), len(ip)) + ip


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed here")
def test_tshark_reads_the_same_values(tmp_path):
    plots = Plots.make(
        2, time_s=[100.0, 101.0], range_m=[18520.0, 37040.0], azimuth_rad=[0.0, math.pi / 2],
        mode_a=0o1234, pressure_altitude_m=3048.0, flags=int(MODE_S), mode_s=0xABCDEF,
        latitude_rad=0.5, longitude_rad=-0.5, call_sign="ABC1",
    )  # fmt: skip
    messages = encode.radar_reports(plots, RADAR) + encode.adsb_reports(plots, RADAR)
    higher = msgspec.structs.replace(RADAR, height_m=12.0)  # tshark 4.0 takes HGT as unsigned
    messages += encode.service_messages(higher, 102.0, 106.0, sectors=2)
    (tmp_path / "x.pcap").write_bytes(as_pcap(encode.blocks(messages)))
    options = ["-o", "asterix.i021_version:Version 2.6", "-d", "udp.port==4001,asterix"]
    command = ["tshark", "-r", tmp_path / "x.pcap", *options, "-V", "-O", "asterix"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"RHO, \[NM\]: (\S+)", said) == ["10", "20"]
    assert re.findall(r"THETA, \[°\]: (\S+)", said) == ["0", "90"]
    assert re.findall(r"FL, \[FL\]: (\S+)", said) == ["100", "100"]
    assert said.count("MODE3A, Mode-3/A Reply in Octal Representation: 01234") == 4
    assert said.count("0xabcdef") == 4
    assert re.findall(r"LAT, Latitude, \[°\]: (28\.6478\d+)", said)
    assert re.findall(r"HGT, Height of Data Source, \[m\]: (\S+)", said) == ["12"]
    assert "alformed" not in said

import datetime
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.errors import InputError
from jointsky.formats.options import ReadOptions
from jointsky.formats.sbs.read import read_sbs
from jointsky.records.plots import PlotFlag
from jointsky.units import FOOT_M, KNOT_MPS
from shared_data import shared

START_S = datetime.datetime(2024, 2, 29, 23, 59, 59, 500000, tzinfo=datetime.UTC).timestamp()


def line(kind: int, after_s: float, address: str = "4CA74E", **fields: object) -> str:
    moment = datetime.datetime.fromtimestamp(START_S + after_s, datetime.UTC)
    stamp = moment.strftime("%Y/%m/%d,%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    names = ("sign", "ft", "kt", "track", "lat", "lon", "fpm", "squawk")
    names += ("alert", "emergency", "spi", "ground")
    rest = ",".join(str(fields.get(name, "")) for name in names)
    return f"MSG,{kind},1,1,{address},1,{stamp},{stamp},{rest}"


FLIGHT = [
    line(1, 0.0, sign="RYR12AB "),
    line(4, 0.25, kt=300, track=90, fpm=-640),
    line(6, 0.5, squawk="7421", ft=35000),
    line(3, 1.0, ft=35000, lat=50.5, lon=-8.25, emergency=0, spi=0, ground=0),
    line(3, 7.0, ft=34000, lat=50.5, lon=-8.2, spi=-1),
    line(2, 8.0, address="400001", kt=12, track=180, lat=51.0, lon=0.5, ground=-1),
]


def test_a_position_is_joined_with_what_its_aircraft_said_before():
    found = read_sbs("\r\n".join(FLIGHT).encode(), ReadOptions(file=3))
    plot = found.plots.rows(slice(0, 1))
    assert plot.time_s[0] == pytest.approx(START_S + 1.0)  # over a leap day's midnight
    assert math.degrees(plot.latitude_rad[0]) == pytest.approx(50.5)
    assert math.degrees(plot.longitude_rad[0]) == pytest.approx(-8.25)
    assert plot.ve_mps[0] == pytest.approx(300 * KNOT_MPS) and abs(plot.vn_mps[0]) < 1e-9
    assert plot.vu_mps[0] == pytest.approx(-640 * FOOT_M / 60)
    assert plot.pressure_altitude_m[0] == pytest.approx(35000 * FOOT_M)
    assert (plot.call_sign[0], plot.mode_a[0], plot.mode_s[0]) == ("RYR12AB", 0o7421, 0x4CA74E)
    assert plot.file[0] == 3 and plot.offset[0] == sum(len(text) + 2 for text in FLIGHT[:3])


def test_an_old_velocity_is_not_joined_and_flags_are_kept():
    found = read_sbs("\n".join(FLIGHT).encode(), ReadOptions())
    assert np.isnan(found.plots.ve_mps[1])
    assert found.plots.flags[1] & PlotFlag.IDENT and not found.plots.flags[0] & PlotFlag.IDENT
    assert found.plots.flags[2] & PlotFlag.ON_GROUND
    assert found.plots.vn_mps[2] == pytest.approx(-12 * KNOT_MPS)
    assert found.contents.records == {"MSG,1": 1, "MSG,2": 1, "MSG,3": 2, "MSG,4": 1, "MSG,6": 1}


def test_other_records_of_basestation_are_counted_and_no_fault():
    text = "SEL,,496,2286,4CA4E5,27215,2010/02/19,18:06:07.710,2010/02/19,18:06:07.710,RYR1427\n"
    found = read_sbs((text + "\n".join(FLIGHT)).encode(), ReadOptions())
    assert found.contents.records["other records"] == 1 and found.fault_counts == {}


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        ("hello", "not-sbs"),
        ("MSG,3,1,1,4CA74E", "field-count"),
        (FLIGHT[3].replace("4CA74E", "4CA7ZE"), "address"),
        (FLIGHT[3].replace("2024/03/01", "2024/13/01"), "time"),
        (FLIGHT[3].replace("50.5", "5x.5"), "number"),
        (FLIGHT[3].replace("50.5", "95.5"), "position-range"),
        (FLIGHT[3].replace("MSG,3", "MSG,9"), "not-sbs"),
    ],
)
def test_each_fault_has_its_kind_and_its_offset(bad, kind):
    time_fixed = bad.replace("2024/13/01,", "2024/13/01,")
    if kind == "time":  # the second pair of date and time would do
        time_fixed = time_fixed.replace("2024/03/01", "2024/13/01")
    lines = [*FLIGHT[:2], time_fixed, *FLIGHT[2:]]
    found = read_sbs("\n".join(lines).encode(), ReadOptions())
    assert found.fault_counts == {kind: 1} and len(found.plots) == 3
    assert found.faults[0].offset == sum(len(text) + 1 for text in FLIGHT[:2])
    assert found.faults[0].octets == len(time_fixed)


@pytest.mark.parametrize("data", [b"", b"\n", b"some text\n", b"\x00" * 100, b"MSG,3"])
def test_what_is_not_sbs_is_refused_with_an_error(data):
    with pytest.raises(InputError, match="wanted BaseStation lines"):
        read_sbs(data, ReadOptions())


TEXT = "\n".join(FLIGHT * 5).encode()


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(0, 255)), max_size=8))
def test_damaged_lines_are_lost_alone(changes):
    damaged = bytearray(TEXT)
    for place, octet in changes:
        damaged[place] = octet
    found = read_sbs(bytes(damaged), ReadOptions())
    assert sum(found.contents.records.values()) >= 30 - 2 * len(changes)
    assert (np.abs(found.plots.latitude_rad) <= math.pi / 2).all()


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_garbage_after_good_lines_never_crashes(data):
    found = read_sbs(TEXT + b"\n" + data, ReadOptions())
    assert sum(found.contents.records.values()) >= 30


@settings(max_examples=60)
@given(st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2099, 12, 31)))
def test_any_date_becomes_its_posix_time(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=datetime.UTC)
    stamp = moment.strftime("%Y/%m/%d,%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    text = f"MSG,3,1,1,ABCDEF,1,{stamp},{stamp},,1000,,,10.0,20.0,,,,,,0"
    found = read_sbs(text.encode(), ReadOptions())
    assert found.plots.time_s[0] == pytest.approx(moment.timestamp(), abs=2e-6)


@pytest.mark.parametrize("name", ["dump1090_mutability_600", "readsb_600"])
def test_the_real_lines_are_all_read_with_every_position(name):
    data = shared(f"data/sbs/{name}.sbs").read_bytes()
    found = read_sbs(data, ReadOptions())
    rows = [text.split(",") for text in data.decode().splitlines()]
    wanted = [(float(row[14]), float(row[15])) for row in rows if row[14]]
    assert found.contents.records == {"MSG,1": 28, "MSG,3": 281, "MSG,4": 291}
    assert found.fault_counts == {}
    ours = np.degrees([found.plots.latitude_rad, found.plots.longitude_rad]).T
    assert np.allclose(ours, wanted, atol=1e-12)
    assert np.isfinite(found.plots.ve_mps).all()
    assert set(found.plots.call_sign.tolist()) == {"EZY85MH"}

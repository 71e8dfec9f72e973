import contextlib
import datetime
import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.modes import modes_encoder as encoder
from jointsky.errors import InputError
from jointsky.formats.modes.read import read_modes
from jointsky.formats.options import ReadOptions
from jointsky.records.reading import Reading
from shared_data import shared

REFERENCE = pathlib.Path(__file__).parents[2] / "reference" / "modes_pymodes.csv"
EVEN = "8D40621D58C382D690C8AC2863A7"
ODD = "8D40621D58C386435CC412692AD6"


def read(text: str, **options: object) -> Reading:
    return read_modes(text.encode(), ReadOptions(**options))


def test_avr_without_times_is_counted_and_gives_no_positions():
    found = read(f"*{ODD};\n*{EVEN};\n")
    assert found.format == "modes/avr" and len(found.plots) == 0 and not found.date_known
    assert found.contents.records == {"DF17": 2}
    assert found.contents.values["positions_without_time"] == 2
    assert found.contents.values["time"] == "no time stamps"


def test_a_nominal_spacing_gives_avr_positions_a_time():
    day = datetime.date(2024, 5, 6)
    found = read(f"*{ODD};\n*{EVEN};\n", frame_spacing_s=0.5, date=day)
    start_s = datetime.datetime(2024, 5, 6, tzinfo=datetime.UTC).timestamp()
    assert found.plots.time_s.tolist() == [start_s, start_s + 0.5]
    assert found.date_known
    assert not read(f"*{ODD};\n*{EVEN};\n", frame_spacing_s=0.5).date_known


@pytest.mark.parametrize("mark", ["@{0:012X}", "%{0:012X}", "<{0:012X}7F"])
def test_avr_with_a_counter_keeps_differences_of_time(mark):
    lines = [mark.format(12_000_000 * (7 + k)) + frame + ";" for k, frame in enumerate((ODD, EVEN))]
    found = read("\r\n".join(lines))
    assert found.plots.time_s.tolist() == [0.0, 1.0] and not found.date_known
    assert found.fault_counts == {}


def test_several_messages_on_one_line_are_all_read():
    assert read(f"*{ODD};*{EVEN};:5D484FDEA248F5;\n").contents.records == {"DF11": 1, "DF17": 2}


@pytest.mark.parametrize(
    "layout", ["{t},{f}", "{f};{t}", "x,{t},{f},y", '"{t}"\t"{f}"', "{f} {t}", "{t},*{f};"]
)
def test_fields_may_stand_in_any_order(layout):
    rows = [layout.format(t=f"17000000{k}0.25", f=f) for k, f in enumerate((ODD, EVEN, ODD))]
    found = read("\n".join(rows))
    assert found.contents.records == {"DF17": 3} and found.format == "modes/csv"
    assert found.contents.values["first_time_s"] == 1700000000.25


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("1700000000.5", 1700000000.5),
        ("1700000000500", 1700000000.5),
        ("1700000000500000000", 1700000000.5),
        ("2023-11-14T22:13:20.5Z", 1700000000.5),
    ],
)
def test_times_may_be_seconds_milliseconds_nanoseconds_or_iso(written, wanted):
    found = read(f"time,frame\n{written},{ODD}\n{written},{EVEN}\n")
    assert found.contents.values["first_time_s"] == pytest.approx(wanted, abs=1e-6)
    assert found.date_known and found.fault_counts == {}


def test_faults_name_the_offset_of_their_line_and_the_rest_is_kept():
    good = [f"{1700000000 + k},{frame}" for k, frame in enumerate((ODD, EVEN, ODD, EVEN, ODD))]
    bad = {1: "1700000001,8D40621D58C382D690C8AC2863A8", 3: "1700000003,8D40621D58C382D690"}
    bad[4] = "1700000004,8D40621D58C386435CC41269ZZZZ"
    lines = [bad.get(k, line) for k, line in enumerate(good)]
    found = read("\n".join([*lines, *good]))
    assert found.fault_counts == {"parity": 1, "frame-length": 1, "not-a-frame": 1}
    starts = np.cumsum([0] + [len(line) + 1 for line in lines])
    assert [fault.offset for fault in found.faults] == [starts[k] for k in (1, 3, 4)]
    assert found.contents.records == {"DF17": 7}


def test_one_wrong_time_does_not_move_the_others():
    times = [1700000000 + k for k in range(6)]
    times[3] += 10_000_000
    lines = [f"{t},{(ODD, EVEN)[k % 2]}" for k, t in enumerate(times)]
    found = read("\n".join(lines))
    assert found.fault_counts == {"time-outlier": 1} and len(found.plots) == 5
    assert found.plots.time_s.max() < 1700000010


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello world\nthis is text\n", b"\xff" * 500])
def test_what_is_not_mode_s_is_refused_with_an_error(data):
    with pytest.raises(InputError, match="wanted"):
        read_modes(data, ReadOptions())


RECORDING = "\n".join(
    f"{1700000000 + 0.4 * k:.2f},{encoder.squitter(encoder.airborne(50 + k / 999, 8, k % 2)).hex()}"
    for k in range(30)
).encode()


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(0, len(RECORDING) - 1), st.integers(0, 255)), max_size=8))
def test_damaged_text_never_raises_and_keeps_most_of_the_rest(changes):
    damaged = bytearray(RECORDING)
    for place, octet in changes:
        damaged[place] = octet
    found = read_modes(bytes(damaged), ReadOptions())
    # one changed octet spoils one line, or two where it was a line end
    assert found.contents.records["DF17"] >= 30 - 2 * len(changes)
    assert all(0 <= fault.offset <= len(damaged) for fault in found.faults)


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_garbage_is_read_or_refused_but_never_crashes(data):
    for text in (data, b"*" + data.hex().encode() + b";\n", RECORDING + b"\n" + data):
        with contextlib.suppress(InputError):
            read_modes(text, ReadOptions())


def test_the_real_csv_gives_every_position_and_agrees_with_pymodes():
    found = read_modes(shared("data/modes/pymodes_adsb.csv").read_bytes(), ReadOptions())
    assert found.contents.items == {"DF17": {"BDS 0,5": 937, "BDS 0,8": 98, "BDS 0,9": 965}}
    assert len(found.plots) == 937 and found.fault_counts == {}
    assert set(found.plots.call_sign[20:].tolist()) == {"EZY85MH"}  # the first ones came before it
    answers = np.loadtxt(REFERENCE, delimiter=",", comments="#")
    rows = answers[:, 0].astype(int)
    ours = np.degrees([found.plots.latitude_rad[rows], found.plots.longitude_rad[rows]])
    assert np.abs(ours - answers[:, 1:3].T).max() < 1e-6
    assert np.allclose(found.plots.pressure_altitude_m[rows], answers[:, 3] * 0.3048)
    speed = np.hypot(found.plots.ve_mps, found.plots.vn_mps)[rows] * 3600 / 1852
    known = np.isfinite(speed)
    # pyModeS cuts the speed to a whole knot
    assert known.mean() > 0.9 and np.abs(speed - answers[:, 4] - 0.5)[known].max() < 0.51


def test_the_real_comm_b_replies_are_counted_by_register():
    found = read_modes(shared("data/modes/pymodes_commb_df20.csv").read_bytes(), ReadOptions())
    assert found.contents.records == {"DF20": 5000}
    assert found.contents.items["DF20"]["BDS 6,0"] > 1500
    assert found.contents.values["replies_of_unconfirmed_address"] == 5000


def test_the_real_avr_lines_are_all_read():
    found = read_modes(shared("data/modes/readsb_600.avr").read_bytes(), ReadOptions())
    assert found.contents.records == {"DF17": 600} and found.fault_counts == {}

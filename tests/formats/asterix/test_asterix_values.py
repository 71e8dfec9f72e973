"""Hand-made records come out with the values that were put in, in SI units."""

import datetime
import math

import numpy as np
import pytest

from formats.asterix.specimens import block, encoded, frames
from jointsky.formats.asterix.read import read_asterix
from jointsky.formats.options import ReadOptions
from jointsky.records.plots import Geometry, PlotFlag
from jointsky.records.tracks import TrackStatus

SOURCE = (("SAC", 1), ("SIC", 2))
FOOT_M, NM_M, KNOT_MPS = 0.3048, 1852.0, 1852.0 / 3600.0


def read(*blocks, **options):
    return read_asterix(frames(*blocks), ReadOptions(**options))


def cat048(**more):
    items = {"010": SOURCE, "140": 3600.5, "020": ((5, 0, 0, 1, 0, None),), "040": (10.0, 90.0)}
    return encoded(48, {**items, **more})


def test_cat048_says_range_azimuth_height_identity_and_flags():
    record = cat048(
        **{"070": (0, 0, 0, 0, "7700"), "090": (0, 0, 350.25), "220": 0x4CA123, "240": "ABC12"}
    )
    plots = read(block(48, record)).plots
    assert plots.time_s.tolist() == [3600.5]
    assert plots.range_m[0] == pytest.approx(10 * NM_M)
    assert plots.azimuth_rad[0] == pytest.approx(math.pi / 2)
    assert plots.pressure_altitude_m[0] == pytest.approx(35_025 * FOOT_M)
    assert (plots.mode_a[0], plots.mode_s[0], plots.call_sign[0]) == (0o7700, 0x4CA123, "ABC12")
    assert plots.flags[0] == PlotFlag.MODE_S | PlotFlag.IDENT | PlotFlag.EMERGENCY
    assert plots.geometry[0] == Geometry.POLAR
    assert np.isnan(plots.range_sigma_m[0])


@pytest.mark.parametrize("edition", ["1.27", "1.30", "1.31", "1.32"])
def test_a_height_below_the_sea_does_not_become_a_high_one(edition):
    record = encoded(
        48, {"010": SOURCE, "140": 1.0, "040": (10.0, 90.0), "090": (0, 0, 0x3FFF)}, edition
    )
    plots = read(block(48, record), editions={"048": edition}).plots
    assert plots.pressure_altitude_m[0] == pytest.approx(-25 * FOOT_M)


def test_an_impossible_height_is_left_out_and_counted_but_the_plot_is_kept():
    reading = read(block(48, cat048(**{"090": (0, 0, 1500.0)})))
    assert np.isnan(reading.plots.pressure_altitude_m[0])
    assert reading.fault_counts == {"implausible-height": 1}


def test_garbled_codes_are_flagged():
    plots = read(block(48, cat048(**{"070": (0, 1, 0, 0, "1234"), "090": (1, 0, 10.0)}))).plots
    assert plots.flags[0] & (PlotFlag.MODE_A_UNSURE | PlotFlag.MODE_C_UNSURE) == (
        PlotFlag.MODE_A_UNSURE | PlotFlag.MODE_C_UNSURE
    )


def test_cat001_plot_and_track_share_a_block_and_get_their_time_from_cat002():
    plot = encoded(
        1, {"010": SOURCE, "020": ((0, 0, 2, 0, 0, 0, None),), "040": (50.0, 180.0), "141": 100.0},
        uap="plot",
    )  # fmt: skip
    track = encoded(
        1, {"020": ((1, 0, 1, 0, 0, 0, None),), "161": 77, "040": (20.0, 0.0), "141": 511.0},
        uap="track",
    )  # fmt: skip
    mark = encoded(2, {"010": SOURCE, "000": 1, "030": 512.0 * 70 + 90.0, "041": 5.0})
    reading = read(block(1, plot), block(2, mark), block(1, plot, track))
    base = 512.0 * 70
    assert reading.plots.time_s.tolist() == [base + 100.0, base + 100.0, base - 1.0]
    assert reading.plots.track_number.tolist() == [-1, -1, 77]
    assert reading.plots.flags.tolist() == [PlotFlag.SECONDARY] * 2 + [PlotFlag.PRIMARY]
    assert [s.name for s in reading.sensors] == ["1/2"]
    assert reading.sensors[0].rotation_period_s == 5.0
    assert reading.contents.records == {"CAT001": 3, "CAT002": 1}


def test_cat001_without_any_full_time_is_set_aside():
    plot = encoded(
        1, {"010": SOURCE, "020": ((0, 0, 2, 0, 0, 0, None),), "040": (5.0, 0.0), "141": 1.0},
        uap="plot",
    )  # fmt: skip
    reading = read(block(1, plot))
    assert len(reading.plots) == 0
    assert reading.fault_counts == {"no-time": 1}


def test_cat034_tells_position_and_rotation():
    where = {"120": (120, 45.5, 15.25), "041": 4.0, "000": 1, "030": 10.0, "010": SOURCE}
    (sensor,) = read(block(34, encoded(34, where))).sensors
    assert sensor.latitude_rad == pytest.approx(math.radians(45.5), abs=1e-6)
    assert sensor.longitude_rad == pytest.approx(math.radians(15.25), abs=1e-6)
    assert (sensor.height_m, sensor.rotation_period_s) == (120.0, 4.0)


def test_north_marks_give_the_rotation_where_nothing_says_it():
    marks = [encoded(34, {"010": SOURCE, "000": 1, "030": 10.0 + 5.0 * k}) for k in range(4)]
    reading = read(block(34, *marks))
    assert reading.sensors[0].rotation_period_s == 5.0
    assert reading.contents.values["messages"] == {"CAT034 1/2": {"north marker": 4}}


def test_cat019_tells_the_reference_point_and_its_height_over_the_ellipsoid():
    items = {"010": SOURCE, "000": 2, "140": 5.0, "600": (41.25, 2.125), "610": 10.0, "620": 49.0}
    (sensor,) = read(block(19, encoded(19, items))).sensors
    assert math.degrees(sensor.latitude_rad) == pytest.approx(41.25, abs=1e-6)
    assert (sensor.kind, sensor.height_m) == ("multilateration", 59.0)


def test_cat020_prefers_wgs84_and_says_its_accuracy():
    items = {"010": SOURCE, "140": 5.0, "042": (100.0, -50.0), "220": 0xABCDEF}
    local = encoded(20, {**items, "500": {"SDP": (12.5, 7.25, 0.0), "SDH": 3.0}})
    geodetic = encoded(20, {**items, "041": (41.25, 2.125)})
    plots = read(block(20, local, geodetic)).plots
    assert plots.geometry.tolist() == [Geometry.LOCAL, Geometry.GEODETIC]
    assert (plots.east_m[0], plots.north_m[0]) == (100.0, -50.0)
    assert (plots.east_sigma_m[0], plots.north_sigma_m[0], plots.height_sigma_m[0]) == (
        12.5,
        7.25,
        3,
    )
    assert math.degrees(plots.latitude_rad[1]) == pytest.approx(41.25, abs=1e-5)


def test_cat010_reads_target_reports_only():
    status = encoded(10, {"010": SOURCE, "000": 3, "140": 5.0, "550": 0})
    report = encoded(
        10,
        {
            "010": SOURCE,
            "000": 1,
            "020": ((3, 0, 0, 0, 0, None),),
            "140": 5.0,
            "042": (100, -50),
            "202": (10.0, -20.0),
            "500": (4.0, 2.0, -2.0),
        },
    )
    plots = read(block(10, status, report)).plots
    assert (plots.east_m.tolist(), plots.north_m.tolist()) == ([100.0], [-50.0])
    assert (plots.ve_mps[0], plots.vn_mps[0]) == (10.0, -20.0)
    assert plots.east_north_correlation[0] == pytest.approx(-4.0 / 8.0)
    assert plots.flags[0] == PlotFlag.PRIMARY


@pytest.mark.parametrize(
    ("version", "parts", "radius_m"),
    [(2, ((0, 8), (0, 0, 9)), 30.0), (0, ((0, 7), (0, 0, 0)), 0.05 * NM_M)],
)
def test_cat021_accuracy_follows_the_version_of_the_transponder(version, parts, radius_m):
    first, second = parts
    record = encoded(
        21,
        {
            "010": SOURCE,
            "080": 0x123456,
            "071": 5.0,
            "131": (48.0, -11.5),
            "160": (0, 0.125, 90.0),
            "090": ((*first, None), (*second, None)),
            "210": (0, 0, version, 2),
            "170": "TEST1",
        },
        "2.6",
    )
    plots = read(block(21, record), editions={"021": "2.6"}).plots
    assert math.degrees(plots.longitude_rad[0]) == pytest.approx(-11.5, abs=1e-6)
    assert plots.ve_mps[0] == pytest.approx(0.125 * NM_M)
    assert plots.east_sigma_m[0] == pytest.approx(radius_m / math.sqrt(-2 * math.log(0.05)), 1e-4)
    assert plots.call_sign[0] == "TEST1"
    assert plots.flags[0] == PlotFlag.COOPERATIVE | PlotFlag.MODE_S


def test_cat021_with_a_latitude_beyond_the_pole_is_set_aside():
    record = encoded(21, {"010": SOURCE, "071": 5.0, "131": (91.0, 10.0)})
    reading = read(block(21, record))
    assert len(reading.plots) == 0
    assert reading.fault_counts == {"implausible-record": 1}


def test_cat062_becomes_a_track_with_its_covariance():
    items = {
        "010": SOURCE,
        "070": 5.0,
        "040": 4711,
        "105": (-34.5, -58.5),
        "185": (100.0, -50.0),
        "130": 30_000.0,
        "136": 300.0,
        "060": (0, 0, 0, 0, "1234"),
        "380": {"ADR": 0xE00001, "ID": "ARG1234"},
        "500": {"APC": (30.0, 40.0), "COV": -20.0, "ATV": (1.0, 2.0)},
        "080": ((0, 0, 0, 0, 0, None), (0, 1, 0, 0, 0, 0, 0, None)),
    }
    reading = read(block(62, encoded(62, items)))
    tracks = reading.tracks
    assert math.degrees(tracks.latitude_rad[0]) == pytest.approx(-34.5, abs=1e-5)
    assert tracks.height_m[0] == pytest.approx(30_000 * FOOT_M)
    assert tracks.pressure_altitude_m[0] == pytest.approx(30_000 * FOOT_M)
    assert (tracks.track_number[0], tracks.call_sign[0]) == (4711, "ARG1234")
    assert tracks.status[0] == TrackStatus.ENDED
    assert np.diag(tracks.covariance[0])[[0, 1, 3, 4]].tolist() == [900.0, 1600.0, 1.0, 4.0]
    assert tracks.covariance[0, 0, 1] == -400.0
    assert np.isnan(tracks.covariance[0, 2, 2])
    assert reading.sensors[0].kind == "tracker"


def test_cat062_in_the_system_plane_only_is_counted_not_read():
    record = encoded(62, {"010": SOURCE, "070": 5.0, "040": 1, "100": (1000.0, 2000.0)})
    reading = read(block(62, record))
    assert len(reading.tracks) == 0
    told = reading.contents.values["records without a position"]
    assert told == {"CAT062": 1, "CAT062 in the system plane only": 1}


def test_cat063_names_sensors_and_their_biases():
    items = {"010": SOURCE, "030": 5.0, "050": (3, 4), "070": -1, "081": 0.5}
    reading = read(block(63, encoded(63, items)))
    assert [s.name for s in reading.sensors] == ["1/2", "3/4"]
    biases = reading.contents.values["biases"]["3/4"]
    assert biases["time_s"] == pytest.approx(-0.001)
    assert biases["ssr_azimuth_deg"] == pytest.approx(0.5, abs=0.006)


def test_text_of_any_octets_is_escaped_and_stripped():
    items = {"010": SOURCE, "070": 5.0, "105": (1.0, 1.0)}
    given = int.from_bytes(b" A\x01\xe9B  ", "big")
    tracks = read(block(62, encoded(62, {**items, "390": {"CS": given}}))).tracks
    assert tracks.call_sign[0] == "A?éB"


def test_unread_categories_are_counted_with_their_place():
    reading = read(block(48, cat048()), block(240, b"\x80\x01\x02"), block(48, cat048()))
    assert len(reading.plots) == 2
    assert reading.contents.values["blocks not read"] == {"CAT240": 1}
    (fault,) = reading.faults
    assert (fault.kind, fault.octets) == ("unsupported-category", 6)
    assert fault.offset == 3 + len(cat048())


def test_the_date_comes_from_the_options():
    reading = read(block(48, cat048()), date=datetime.date(2026, 4, 29))
    assert reading.date_known
    assert datetime.datetime.fromtimestamp(reading.plots.time_s[0], datetime.UTC) == (
        datetime.datetime(2026, 4, 29, 1, 0, 0, 500_000, datetime.UTC)
    )
    assert not read(block(48, cat048())).date_known

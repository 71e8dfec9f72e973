"""The demo recording is what its maker makes, and is as true as its README says."""

import importlib
import pathlib
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
from asterix.base import Bits, RawDatablock
from asterix.generated import Cat_021_2_6, Cat_034_1_29, Cat_048_1_30

from jointsky.earth import geodesy
from jointsky.formats.asterix import encode
from jointsky.recording.read import read
from jointsky.records.columns import join
from jointsky.records.plots import PlotFlag

FOLDER = pathlib.Path(__file__).parents[2] / "examples" / "two-nations"
EDITIONS = {21: Cat_021_2_6, 34: Cat_034_1_29, 48: Cat_048_1_30}


@pytest.fixture(scope="module")
def maker():
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module("make_recording")
    finally:
        sys.path.remove(str(FOLDER))


def records_of(name):
    octets, begin = (FOLDER / name).read_bytes(), 0
    while begin < len(octets):  # libasterix calls itself for each block: one at a time
        end = begin + int.from_bytes(octets[begin + 1 : begin + 3], "big")
        (block,) = RawDatablock.parse(Bits.from_bytes(octets[begin:end]))
        records = EDITIONS[block.get_category()].cv_uap.parse(block.get_raw_records())
        assert not isinstance(records, ValueError)
        yield from ((block.get_category(), record) for record in records)
        begin = end


def test_it_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 1_500_000


def test_the_truth_is_made_again_to_the_bit(maker):
    assert maker.truth().equals(pq.read_table(FOLDER / "truth.parquet"))


def test_a_radar_s_reports_are_made_again_to_the_bit(maker):
    radar, shipped = maker.RADARS["north"][1], (FOLDER / "north.ast").read_bytes()
    for flight in maker.FLIGHTS[::6]:
        messages = encode.radar_reports(maker.plots_of(radar, flight), radar.sensor)
        assert messages
        assert all(message.octets in shipped for message in messages)


def test_every_octet_is_read_by_an_independent_decoder():
    seen = [
        (category, record.get_item("010").as_uint()) for category, record in records_of("south.ast")
    ]
    assert {(48, 0x0201), (48, 0x0202), (34, 0x0201), (34, 0x0202)} == set(seen)
    assert len(seen) > 8000


@pytest.mark.parametrize("nation", ["north", "south"])
def test_our_reader_gives_back_every_plot_to_half_a_step(maker, nation):
    made = join(
        [
            part
            for radar in maker.RADARS[nation]
            for part in (
                *(maker.plots_of(radar, f) for f in maker.FLIGHTS),
                maker.false_plots(radar),
            )
        ]
    )
    reading = read(FOLDER / f"{nation}.ast")
    assert reading.fault_counts == {}
    plots = reading.plots
    assert len(plots) == len(made)
    a = made.rows(np.lexsort((made.range_m, np.round(made.time_s * 128))))
    b = plots.rows(np.lexsort((plots.range_m, np.round(plots.time_s * 128))))
    np.testing.assert_allclose(b.time_s, a.time_s, rtol=0, atol=1 / 256 + 1e-9)
    np.testing.assert_allclose(b.range_m, a.range_m, rtol=0, atol=1852 / 512)
    apart_rad = np.angle(np.exp(1j * (a.azimuth_rad - b.azimuth_rad)))
    assert np.abs(apart_rad).max() <= np.pi / 65536 + 1e-12
    np.testing.assert_allclose(b.pressure_altitude_m, a.pressure_altitude_m, rtol=0, atol=3.81)
    for name in ("mode_s", "mode_a", "call_sign"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    sites = {(s.sac, s.sic): s for s in reading.sensors}
    for radar in maker.RADARS[nation]:
        site = sites[radar.sensor.sac, radar.sensor.sic]
        assert site.rotation_period_s == radar.sensor.rotation_period_s
        assert site.latitude_rad == pytest.approx(radar.sensor.latitude_rad, abs=1.9e-7)
        assert site.longitude_rad == pytest.approx(radar.sensor.longitude_rad, abs=1.9e-7)
        assert site.height_m == radar.sensor.height_m


def test_a_beam_meets_its_target_when_it_points_at_it(maker):
    for radar in (*maker.RADARS["north"], *maker.RADARS["south"]):
        period_s = radar.sensor.rotation_period_s
        for flight in maker.FLIGHTS:
            times_s = maker.beam_times(radar, flight)
            azimuth_rad = maker.polar(radar.sensor, flight, times_s)[1]
            turns = (times_s - radar.first_north_s) / period_s - azimuth_rad / (2 * np.pi)
            assert np.abs(turns - np.round(turns)).max() < 1e-6
            assert (np.diff(times_s) > 0.9 * period_s).all()  # one meeting a turn


def test_flights_are_continuous_and_turn_as_declared(maker):
    times_s = np.arange(0.0, 720.0, 0.25)
    for flight in maker.FLIGHTS:
        at = maker.states(flight, times_s)
        speed_mps = np.linalg.norm(np.diff(at.ecef_m, axis=0), axis=1) / 0.25
        assert np.abs(np.diff(speed_mps)).max() < 0.5 * 20, flight.name  # climb rates may jump
    weaving = next(f for f in maker.FLIGHTS if f.name == "weaving-jet")
    velocity_mps = maker.velocities_mps(weaving, np.arange(90.5, 105.0, 0.5))
    heading_deg = np.degrees(np.unwrap(np.arctan2(velocity_mps[:, 0], velocity_mps[:, 1])))
    np.testing.assert_allclose(np.diff(heading_deg), 4 * 0.5, atol=2e-3)


def test_each_drone_is_seen_by_one_radar_only(maker):
    times_s = np.arange(60.0, 600.0, 10.0)
    drones = [flight for flight in maker.FLIGHTS if flight.kind == "drone"]
    assert len(drones) == 4
    for drone in drones:
        seen = [
            np.maximum(*maker.detection(radar, drone, times_s)).mean()
            for radar in (*maker.RADARS["north"], *maker.RADARS["south"])
        ]
        assert sorted(seen)[3] > 0.7
        assert sorted(seen)[2] < 0.01


def test_errors_are_as_large_as_declared_and_detection_as_frequent(maker):
    radar = maker.RADARS["south"][0]
    flight = maker.FLIGHTS[2]
    plots = maker.plots_of(radar, flight)
    range_m, azimuth_rad, _, _ = maker.polar(radar.sensor, flight, plots.time_s - maker.START_S)
    n = len(plots)
    ranges = (plots.range_m - range_m) / radar.sensor.range_sigma_m
    azimuths = np.angle(np.exp(1j * (plots.azimuth_rad - azimuth_rad)))
    azimuths /= radar.sensor.azimuth_sigma_rad
    for errors in (ranges, azimuths):  # 4 standard errors of a mean and of a variance
        assert abs(errors.mean()) < 4 / np.sqrt(n)
        assert abs(errors.var() - 1) < 4 * np.sqrt(2 / n)
    assert n / 72 == pytest.approx(0.98, abs=0.06)
    assert (plots.flags == PlotFlag.SECONDARY | PlotFlag.MODE_S).all()


def test_truth_velocities_are_the_slopes_of_truth_positions():
    table = pq.read_table(FOLDER / "truth.parquet").to_pandas()
    one = table[table.truth_id == "airliner-4"]
    latitude_rad, longitude_rad = np.radians(one.latitude_deg), np.radians(one.longitude_deg)
    ecef_m = geodesy.geodetic_to_ecef(latitude_rad, longitude_rad, one.height_m)
    speed_mps = np.linalg.norm(ecef_m[2:] - ecef_m[:-2], axis=1) / 2
    told_mps = np.sqrt(one.ve_mps**2 + one.vn_mps**2 + one.vu_mps**2).to_numpy()[1:-1]
    np.testing.assert_allclose(speed_mps, told_mps, atol=0.05)

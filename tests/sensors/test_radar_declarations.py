import math

import msgspec
import pytest

from jointsky.declare import Faults
from jointsky.sensors.observe import AnySensor, describe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import (
    FixedRadar,
    SearchRadar,
    SecondaryRadar,
    SectorRadar,
    check,
    false_plots_per_turn,
)
from jointsky.sensors.surroundings import Place

PLAIN = {
    "frequency_mhz": 1300,
    "half_seen_range_km": 250,
    "max_range_km": 400,
    "range_sigma_m": 60,
    "azimuth_sigma_deg": 0.1,
}


def declared(**given):
    return msgspec.convert({**PLAIN, "kind": "search-radar", "rotation_period_s": 10, **given},
                           AnySensor)  # fmt: skip


def faults_of(radar):
    faults = Faults("sensors[0]")
    check(radar, faults)
    return [str(fault) for fault in faults.kept]


@pytest.mark.parametrize(
    ("kind", "wanted", "more"),
    [
        ("search-radar", SearchRadar, {"rotation_period_s": 10}),
        ("sector-radar", SectorRadar, {"sector_deg": 90, "sweep_period_s": 4}),
        ("fixed-radar", FixedRadar, {"frame_s": 2}),
    ],
)
def test_the_kind_in_the_file_names_the_radar(kind, wanted, more):
    assert type(msgspec.convert({**PLAIN, "kind": kind, **more}, AnySensor)) is wanted
    second = msgspec.convert({"kind": "secondary-radar", "rotation_period_s": 5}, AnySensor)
    assert type(second) is SecondaryRadar


@pytest.mark.parametrize(
    ("frequency_mhz", "band"),
    [(150, "VHF"), (435, "UHF"), (1300, "L"), (2800, "S"), (5600, "C"), (9400, "X"), (16_000, "Ku"),
     (24_000, "K"), (35_000, "Ka"), (40_000, "Ka")],
)  # fmt: skip
def test_a_frequency_lies_in_its_letter_band(frequency_mhz, band):
    assert declared(frequency_mhz=frequency_mhz).band == band


def test_noise_plots_come_from_cells_and_false_alarms_unless_declared():
    radar = declared(min_range_km=0, max_range_km=100, range_resolution_m=100,
                     azimuth_resolution_deg=1.0, false_alarm_probability=1e-6)  # fmt: skip
    assert false_plots_per_turn(radar) == pytest.approx(1000 * 360 * 1e-6)
    assert false_plots_per_turn(declared(false_plots_per_turn=7.0)) == 7.0


def test_what_no_single_field_can_tell_is_told_with_its_path():
    assert faults_of(declared()) == []
    (both,) = faults_of(declared(half_seen_range_km=None))
    assert both.startswith("sensors[0].half_seen_range_km: neither")
    found = faults_of(declared(min_range_km=500, min_elevation_deg=50))
    assert [text.split(":")[0] for text in found] == [
        "sensors[0].min_range_km", "sensors[0].min_elevation_deg"]  # fmt: skip


def test_a_tracker_is_told_the_declared_errors_and_never_the_bias():
    place = Place(latitude_rad=0.9, longitude_rad=0.4, height_m=120.0)
    wrong = Placed(name="a", range_bias_m=500.0, azimuth_bias_deg=2.0, clock_offset_s=1.0)
    told = describe(declared(), "a", place, wrong)
    assert told == describe(declared(), "a", place, Placed(name="a"))
    assert (told.range_sigma_m, told.rotation_period_s, told.range_max_m) == (60.0, 10.0, 400e3)
    assert told.azimuth_sigma_rad == pytest.approx(math.radians(0.1))
    assert told.elevation_sigma_rad is None
    aboard = describe(declared(elevation_sigma_deg=0.5), "a", Place(vehicle=3), wrong)
    assert aboard.latitude_rad is None
    assert aboard.elevation_sigma_rad == pytest.approx(math.radians(0.5))
    second = describe(SecondaryRadar(rotation_period_s=5), "b", place, wrong)
    assert (second.kind, second.detection_probability) == ("ssr", 0.98)


def test_a_cosecant_part_that_cannot_be_is_told():
    (fault,) = faults_of(declared(elevation_pattern="cosecant-squared", max_elevation_deg=90))
    assert fault.startswith("sensors[0].beam_elevation_deg: a cosecant-squared part from 3°")
    assert faults_of(declared(elevation_pattern="cosecant-squared", max_elevation_deg=40)) == []


def test_a_face_that_looks_behind_itself_is_told():
    given = {**PLAIN, "kind": "fixed-radar", "frame_s": 2, "field_deg": 360}
    (fault,) = faults_of(msgspec.convert(given, AnySensor))
    assert fault.startswith("sensors[0].field_deg: 360° for each face")
    assert faults_of(msgspec.convert({**given, "faces": 4}, AnySensor)) == []

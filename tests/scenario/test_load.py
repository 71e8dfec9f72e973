"""A scenario file becomes one declared thing, under one clock, with its types resolved."""

import math

import numpy as np
import pytest

from jointsky.assess.zone_checks import first_crossing, unwrapped
from jointsky.errors import ManyInputErrors
from jointsky.records.vehicles import Transponder
from jointsky.scenario.build import build, vehicle_keys
from jointsky.scenario.load import examine, load
from jointsky.scenario.loaded import Loaded
from jointsky.streams import key

SKY = """\
name: two nations
start_utc: 2026-05-01T10:00:00Z
duration_s: 900
seed: 7
nations: [{name: west}, {name: east}]
sites:
  - name: hill
    nation: west
    latitude_deg: 54
    longitude_deg: 27
    height_m: 180
    sensors:
      - {name: hill-radar, type: gap-filler, above_ground_m: 20, azimuth_bias_deg: 0.1}
      - {name: hill-far, type: gap-filler, with: {rotation_period_s: 9, clutter: {spots: 3}}}
  - {name: plain, nation: east, latitude_deg: 54.5, longitude_deg: 29}
links:
  - {name: border, ends: [west, east], outages: [{begin: +5min, end: "00:06:00"}]}
vehicles:
  - name: airliner
    type: airliner-narrow
    start: +1min
    mode_s: 4400a1
    mode_a: 4712
    call_sign: JS123
    flight: &way
      kind: route
      waypoints:
        - {latitude_deg: 54.0, longitude_deg: 26.0, height_m: 9000}
        - {latitude_deg: 54.8, longitude_deg: 28.0}
  - name: raid
    type: one-way-attack-drone
    nation: east
    allegiance: hostile
    with: {speed_cruise_mps: 40, signature: {size_m: 2.0}}
    flight:
      kind: raid
      count: 3
      every_s: 20
      flight: {kind: orbit, latitude_deg: 54.3, longitude_deg: 27.5, height_m: 400, radius_m: 5000}
  - name: eye
    type: recon-drone-male
    flight: {kind: orbit, latitude_deg: 54, longitude_deg: 28, height_m: 4000, radius_m: 9000}
    sensors: [{name: eye-adsb, type: ads-b-receiver, reports_to: plain}]
weather:
  air: {temperature_c: 20, visibility_km: 10}
  rain:
    - name: shower
      latitude_deg: 54.2
      longitude_deg: 27.2
      radius_km: 8
      rate_mmph: 12
      moving_deg: 90
      speed_mps: 10
      begin: +2min
zones:
  - {name: plant, use: protected, circle: {latitude_deg: 54.4, longitude_deg: 27.4, radius_km: 5}}
"""


@pytest.fixture(scope="module")
def sky(tmp_path_factory):
    path = tmp_path_factory.mktemp("sky") / "sky.yaml"
    path.write_text(SKY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def loaded(sky):
    return load(sky)


@pytest.fixture(scope="module")
def built(loaded):
    return build(loaded)


def changed(tmp_path, old, new):
    assert old in SKY
    path = tmp_path / "sky.yaml"
    path.write_text(SKY.replace(old, new), encoding="utf-8")
    return path


def test_times_are_posix_seconds(built):
    assert built.begin_s == 1_777_629_600.0
    assert built.end_s == built.begin_s + 900.0
    vehicles, motion = built.surroundings.vehicles, built.motion
    begins = [motion.begin_s[motion.vehicle == row].min() for row in range(len(vehicles))]
    after = dict(zip(vehicles.name.tolist(), np.array(begins) - built.begin_s, strict=True))
    assert after == {"airliner": 60.0, "raid-1": 0.0, "raid-2": 20.0, "raid-3": 40.0, "eye": 0.0}
    (rain,) = built.surroundings.rain
    assert (rain.begin_s, rain.end_s) == (built.begin_s + 120.0, built.end_s)


def test_angles_lengths_and_air_are_si(built):
    hill, plain = built.sites
    assert (hill.latitude_rad, hill.longitude_rad) == (math.radians(54), math.radians(27))
    assert (hill.height_m, plain.height_m) == (180.0, 0.0)
    (rain,) = built.surroundings.rain
    assert (rain.radius_m, rain.rate_mmph) == (8000.0, 12.0)
    assert (rain.ve_mps, rain.vn_mps) == (10.0, pytest.approx(0.0, abs=1e-12))
    air = built.surroundings.air
    assert (air.temperature_k, air.visibility_m, air.pressure_pa) == (293.15, 10_000.0, 101_325.0)


def test_sensors_stand_where_they_are_declared(built):
    near, far, eye = built.sensors
    assert near.place.height_m == 200.0
    assert near.place.vehicle == -1
    assert near.placed.azimuth_bias_deg == 0.1
    assert far.place.height_m == 190.0
    names = built.surroundings.vehicles.name.tolist()
    assert eye.place.vehicle == names.index("eye")
    assert [sensor.site for sensor in built.sensors] == [0, 0, 1]
    assert near.key == key(7, "sensor", "hill-radar")
    assert [sensor.told.name for sensor in built.sensors] == ["hill-radar", "hill-far", "eye-adsb"]


def test_a_use_of_a_type_changes_its_fields_and_no_others(built):
    near, far, _ = (sensor.declared for sensor in built.sensors)
    assert far.rotation_period_s == 9.0
    assert far.clutter.spots == 3
    assert far.clutter.reach_km == near.clutter.reach_km
    assert far.half_seen_range_km == near.half_seen_range_km
    vehicles = built.surroundings.vehicles
    raid = built.surroundings.signatures[vehicles.signature[1]]
    assert raid.size_m == 2.0


def test_identities_are_as_declared_or_free_ones(built):
    vehicles = built.surroundings.vehicles
    assert vehicles.mode_s[0] == 0x4400A1
    assert vehicles.mode_a[0] == 0o4712
    assert vehicles.call_sign[0] == "JS123"
    sends = (vehicles.transponder & int(Transponder.MODE_S)) != 0
    assert (vehicles.mode_s[sends] > 0).all()
    assert len(set(vehicles.mode_s[sends].tolist())) == sends.sum()
    assert (vehicles.mode_s[~sends] == -1).all()


def test_what_is_drawn_for_a_vehicle_hangs_on_its_name_alone(built, tmp_path):
    path = changed(tmp_path, "  - name: airliner\n", "  - name: other\n")
    other = build(load(path)).surroundings
    assert other.vehicle_keys[1:].tolist() == built.surroundings.vehicle_keys[1:].tolist()
    assert other.vehicle_keys[0] != built.surroundings.vehicle_keys[0]
    assert vehicle_keys(other.vehicles).dtype == np.uint64


def test_the_same_file_and_seed_build_the_same(sky, built):
    again = build(load(sky), 7)
    assert again.digest == built.digest
    for name, column in vars(built.motion).items():
        assert getattr(again.motion, name).tobytes() == column.tobytes()


def test_the_digest_hangs_on_all_but_the_seed(built, tmp_path, sky):
    assert build(load(sky), 8).digest == built.digest
    for old, new in (("mode_a: 4712", "mode_a: 4713"), ("spots: 3", "spots: 4")):
        assert build(load(changed(tmp_path, old, new))).digest != built.digest


def test_a_split_file_builds_what_the_whole_builds(built, tmp_path):
    head, sites, rest = SKY.partition("sites:\n")
    sites_text, vehicles, rest = (sites + rest).partition("links:\n")
    (tmp_path / "sites.yaml").write_text(sites_text, encoding="utf-8")
    path = tmp_path / "sky.yaml"
    path.write_text(f"include: sites.yaml\n{head}{vehicles}{rest}", encoding="utf-8")
    assert build(load(path)).digest == built.digest


def test_a_scenario_made_in_python_builds_as_well(loaded, built):
    assert build(Loaded.of(loaded.scenario)).digest == built.digest


def test_a_broken_scenario_is_not_built(tmp_path):
    path = changed(tmp_path, "radius_m: 9000", "radius_m: 90")
    with pytest.raises(ManyInputErrors, match=r"vehicles\[2\].flight.radius_m: 90 m at"):
        load(path)


def test_names_of_members_that_another_has_are_told(tmp_path):
    path = changed(tmp_path, "name: eye\n", "name: raid-2\n")
    (error,) = examine(path).errors
    assert error.path == "vehicles[2].name"
    assert "vehicles[1]" in error.found


def test_addresses_given_twice_are_told(tmp_path):
    text = "  - name: eye\n    mode_s: 4400A1\n    transponder: [mode_s]\n"
    (error,) = examine(changed(tmp_path, "  - name: eye\n", text)).errors
    assert error.path == "vehicles[2].mode_s"
    assert "vehicles[0]" in error.found


def test_sides_that_cross_are_found():
    square = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]
    assert first_crossing(square) is None
    assert first_crossing([square[0], square[2], square[1], square[3]]) == (0, 2)
    touching = [(0.0, 0.0), (0.0, 2.0), (1.0, 2.0), (0.0, 1.0), (1.0, 0.0)]
    assert first_crossing(touching) == (0, 2)
    assert first_crossing(square[:3]) is None


def test_a_polygon_over_the_date_line_does_not_cross_itself():
    corners = [(0.0, 179.0), (0.0, -179.0), (1.0, -179.0), (1.0, 179.0)]
    assert unwrapped(corners)[1] == (0.0, 181.0)
    assert first_crossing(unwrapped(corners)) is None

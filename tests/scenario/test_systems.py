"""The catalogue: it holds what was asked for, every figure says where it comes from."""

import math
import pathlib
import re

import msgspec
import numpy as np
import pytest
import yaml

from jointsky import declare
from jointsky.declare import Faults
from jointsky.errors import InputError, ManyInputErrors
from jointsky.scenario import systems
from jointsky.scenario.sources import Source, covers, figures, values
from jointsky.scenario.systems import CatalogueFile, System, catalogue
from jointsky.sensors.detection import detection_probability, required_snr_db
from jointsky.sensors.doppler import canceller, gain
from jointsky.sensors.radar_equation import built_scale
from jointsky.sensors.radars import SearchRadar

FOLDER = pathlib.Path(systems.__file__).parent / "catalogue"
KNOWN = catalogue()
VEHICLES = {name: it.vehicle for name, it in KNOWN.of_kind("vehicle").items()}
SENSORS = {name: it.sensor for name, it in KNOWN.of_kind("sensor").items()}
BATTERIES = {name: it.battery for name, it in KNOWN.of_kind("battery").items()}
WANTED = {
    "vehicle": "airliner-narrow airliner-wide airliner-regional light-aircraft helicopter fighter "
    "cruise-missile guided-bomb one-way-attack-drone chekan-v mirotvorets kvadro-1400 fpv-drone "
    "small-quadcopter recon-drone bird-flock large-bird",
    "sensor": "long-range-3d gap-filler low-altitude drone-detection civil-en-route civil-approach "
    "ads-b-receiver remote-id-receiver direction-finder acoustic-array camera-day camera-thermal "
    "observer secondary-mode-s",
    "battery": "tor-m2k-battery s-400-battery gun-layer jamming-layer",
}


@pytest.mark.parametrize("kind", WANTED)
def test_the_catalogue_holds_what_was_asked_for(kind):
    assert set(WANTED[kind].split()) <= set(KNOWN.of_kind(kind))


def raw_numbers(thing, path=""):
    """Yield the path of every number in plain YAML data."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from raw_numbers(value, f"{path}.{key}" if path else key)
    elif isinstance(thing, list):
        for number, value in enumerate(thing):
            yield from raw_numbers(value, f"{path}[{number}]")
    elif isinstance(thing, int | float) and not isinstance(thing, bool):
        yield path


def naive_covers(field, path):
    """Walk both paths step by step; a step without a number stands for all numbers."""
    steps, want = path.split("."), field.split(".")
    if len(want) > len(steps):
        return False
    return all(
        w == s or w == re.sub(r"\[\d+\]", "", s)
        for w, s in zip(want, steps[: len(want)], strict=True)
    )


ENTRIES = [
    entry
    for path in sorted(FOLDER.glob("*.yaml"))
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("systems", [])
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_every_number_in_the_files_says_where_it_comes_from(entry):
    (kind,) = {"vehicle", "sensor", "battery"} & set(entry)
    fields = [field for source in entry["sources"] for field in source["fields"]]
    numbers = list(raw_numbers(entry[kind]))
    assert numbers
    assert [n for n in numbers if not any(naive_covers(field, n) for field in fields)] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_what_was_read_names_a_text_and_what_is_estimated_says_from_what(entry):
    for source in entry["sources"]:
        if source["basis"] == "estimate":
            assert len(source["note"]) > 20
        else:
            reference = source["reference"]
            known = isinstance(reference, dict) or reference in KNOWN.references
            assert known, reference
        if source["basis"] == "read" and isinstance(source["reference"], str):
            text = KNOWN.references[source["reference"]]
            assert text.url or source["reference"] == "project-document"


def test_every_reference_is_used():
    used = {
        key
        for system in KNOWN.systems.values()
        for source in system.sources
        for key in (source.reference, *source.also)
        if isinstance(key, str)
    }
    assert used == set(KNOWN.references)


def test_paths_cover_as_the_naive_walk_says():
    every = [path for it in KNOWN.systems.values() for path, _, _ in values(it.type)]
    wanted = {
        field for it in KNOWN.systems.values() for source in it.sources for field in source.fields
    }
    wanted |= {"weapons[0]", "signature", "signature.radar[1].nose_dbsm", "range", "ssr.mode"}
    for path in sorted(set(every)):
        for field in sorted(wanted):
            assert covers(field, path) == naive_covers(field, path), (field, path)


def test_the_most_exact_source_is_told_and_of_equals_the_last():
    of = [
        Source(fields=("weapons",), basis="estimate", note="all"),
        Source(fields=("weapons.range_max_km",), basis="estimate", note="first"),
        Source(fields=("weapons.range_max_km",), basis="estimate", note="second"),
    ]
    told = {f.path: f.source for f in figures(BATTERIES["s-400-battery"], of)}
    assert told["weapons[1].range_max_km"].note == "second"
    assert told["weapons[0].salvo"].note == "all"
    assert told["launchers"] is None


@pytest.mark.parametrize("name", VEHICLES)
def test_a_vehicle_can_fly_at_its_own_speeds(name):
    it = VEHICLES[name]
    assert it.speed_min_mps < it.speed_cruise_mps <= it.speed_max_mps
    assert it.hovers == (it.speed_min_mps == 0)
    assert it.signature.radar, "it would be seen by no radar"
    assert {section.bands for section in it.signature.radar[:-1]}.isdisjoint({()})
    assert it.signature.radar[-1].bands == (), "a band is left without a cross section"


@pytest.mark.parametrize("name", BATTERIES)
def test_a_battery_takes_sensors_of_the_catalogue(name):
    assert BATTERIES[name].sensors
    assert set(BATTERIES[name].sensors) <= set(SENSORS)


# What the notes say of the radars by arithmetic is so.
def chance(name, range_km, rcs_dbsm):
    """Return the chance that a radar sees a target in free space, Swerling 1."""
    radar = SENSORS[name]
    assert isinstance(radar, SearchRadar)
    pfa, pulses = radar.false_alarm_probability, radar.pulses
    if radar.equation is not None:
        scale = built_scale(radar.equation, radar.frequency_mhz * 1e6)
        snr_db = scale.snr_db(range_km * 1e3, rcs_dbsm)
    else:
        needed_db = required_snr_db(0.5, pfa, pulses, radar.half_seen_swerling)
        ratio = radar.half_seen_range_km / range_km
        snr_db = needed_db + 40 * math.log10(ratio) + rcs_dbsm - radar.half_seen_rcs_dbsm
    return float(detection_probability(snr_db, pulses, pfa, 1))


def test_radars_see_what_their_notes_say():
    assert chance("long-range-3d", 370, 7) == pytest.approx(0.8, abs=0.04)  # 5 m²
    assert chance("civil-approach", 111, 0) == pytest.approx(0.85, abs=0.06)  # 1 m², 60 NM
    assert chance("civil-en-route", 370, 3) == pytest.approx(0.5, abs=0.001)  # 2 m², 200 NM
    assert chance("long-range-battery-radar", 600, 12) == pytest.approx(0.5, abs=0.02)  # 16 m²
    assert chance("drone-detection", 2, -18) > 0.9  # a trial in Madrid reached 2 km
    assert chance("drone-detection", 7.5, -18) < 0.2  # what a vendor claims is not taken


def test_pulses_are_far_enough_apart_for_the_range_shown():
    for name, radar in SENSORS.items():
        moving = getattr(radar, "moving_targets", None)
        for prf_hz in moving.prfs_hz if moving else ():
            assert 149_896 / prf_hz > radar.max_range_km, name  # c / 2 f in km


def test_no_speed_of_flight_is_blind_to_a_radar_with_a_canceller():
    speeds_mps = np.linspace(40.0, 260.0, 4000)
    for name, radar in SENSORS.items():
        moving = getattr(radar, "moving_targets", None)
        if moving:
            made = canceller(
                moving.prfs_hz,
                moving.delay_lines,
                299.792458 / radar.frequency_mhz,
                moving.min_detectable_velocity_mps,
            )
            loss_db = -10 * np.log10(gain(made, speeds_mps))
            assert np.mean(loss_db) < 2.0 and np.mean(loss_db > 10.0) < 0.03, name


OWN = """
systems:
  - name: my-balloon
    title: Weather balloon
    vehicle:
      domain: fixed-wing
      speed_cruise_mps: 8
      speed_max_mps: 40
      climb_mps: 5
      descent_mps: 5
      ceiling_m: 30000
      signature: {radar: [{nose_dbsm: -10}], size_m: 2}
    sources:
      - fields: [ceiling_m]
        basis: recalled
        reference: {title: Any handbook of sounding}
  - name: my-radar
    title: A radar of mine
    sensor:
      kind: search-radar
      frequency_mhz: 5600
      rotation_period_s: 4
      half_seen_range_km: 60
      max_range_km: 90
      range_sigma_m: 40
      azimuth_sigma_deg: 0.3
"""


def own(tmp_path, text=OWN):
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return declare.read(path, CatalogueFile).systems


def faults_of(entries):
    faults = Faults("systems")
    joined = systems.extended(KNOWN, entries, faults)
    systems.find_name_faults(entries, joined, faults)
    return joined, [str(error) for error in faults.kept]


def test_a_user_adds_types_in_a_file_without_code(tmp_path):
    joined, faults = faults_of(own(tmp_path))
    assert faults == []
    assert list(joined.systems)[-2:] == ["my-balloon", "my-radar"]
    assert joined.systems["my-balloon"].type.name == "my-balloon"
    assert joined.systems["my-balloon"].type.title == "Weather balloon"
    ceiling = {f.path: f for f in joined.figures("my-balloon")}["ceiling_m"]
    assert (ceiling.value, ceiling.source.basis) == (30000.0, "recalled")
    assert "my-radar" not in catalogue().systems


def test_a_type_that_is_not_there_is_an_error_with_a_hint():
    with pytest.raises(InputError, match="did you mean 'gap-filler'"):
        systems.system_of(KNOWN, "gap-filer", "sensor", "sites[0].sensors[0].type")
    with pytest.raises(InputError, match="'fighter' is a vehicle type; wanted a sensor type"):
        systems.system_of(KNOWN, "fighter", "sensor", "x")
    assert systems.system_of(KNOWN, "fighter", "vehicle", "x").type.domain == "fixed-wing"


RADAR = "kind: search-radar, frequency_mhz: 3000, rotation_period_s: 4, max_range_km: 90"
RADAR += ", range_sigma_m: 40, azimuth_sigma_deg: 0.3"
WEAPON = "name: a, effect: gun, range_max_km: 2, height_max_m: 900, target_speed_max_mps: 90"
WEAPON += ", single_shot_kill_probability: 0.5, shots_ready: 4, reload_s: 60"
BATTERY = "launchers: 1, channels: 1, reaction_s: 5, march_speed_kmph: 50, deploy_s: 9, pack_s: 9"
BROKEN = {
    "{name: gap-filler, title: x, sensor: {R, half_seen_range_km: 60}}": (
        "systems[0].name: 'gap-filler' is in the catalogue already; wanted a name of its own "
        "(where you place it, `with:` changes single fields of a type)"
    ),
    "{name: y, title: x}": (
        "systems[0]: none of vehicle, sensor, battery; wanted exactly one of vehicle, sensor, "
        "battery"
    ),
    "{name: y, title: x, sensor: {R, half_seen_range_km: 60}, battery: {B, weapons: [{W}]}}": (
        "systems[0]: sensor and battery; wanted exactly one of vehicle, sensor, battery"
    ),
    "{name: y, title: x, sensor: {R}}": (
        "systems[0].sensor.half_seen_range_km: neither half_seen_range_km and equation; wanted "
        "one of both"
    ),
    "{name: y, title: x, battery: {B, weapons: [{W, range_min_km: 3}]}}": (
        "systems[0].battery.weapons[0].range_min_km: 3 km, which is not below range_max_km; "
        "wanted less than 2 km"
    ),
    "{name: y, title: x, battery: {B, weapons: [{W}, {W}]}}": (
        "systems[0].battery.weapons[1].name: 'a' is already used by weapons[0]; wanted a name of "
        "its own"
    ),
    "{name: y, title: x, battery: {B, weapons: [{W, salvo: 5}]}}": (
        "systems[0].battery.weapons[0].salvo: 5 shots, more than a launcher has ready; wanted at "
        "most 4"
    ),
    "{name: y, title: x, battery: {B, weapons: [{W, height_min_m: 900}]}}": (
        "systems[0].battery.weapons[0].height_min_m: 900 m, which is not below height_max_m; "
        "wanted less than 900 m"
    ),
    "{name: y, title: x, battery: {B, weapons: [{W, targets: [drone], "
    "kill_probability_by_domain: {bird: 1}}]}}": (
        "systems[0].battery.weapons[0].kill_probability_by_domain: 'bird' is not one of the "
        "weapon's targets; wanted one of drone"
    ),
    "{name: y, title: x, battery: {B, sensors: [gap-filer], weapons: [{W}]}}": (
        "systems[0].battery.sensors[0]: 'gap-filer' is no sensor type; wanted the name of one "
        "(did you mean 'gap-filler'?)"
    ),
    "{name: y, title: x, sensor: {R, half_seen_range_km: 60}, "
    "sources: [{fields: [max_range], basis: read, reference: faa-asr11}]}": (
        "systems[0].sources[0].fields[0]: 'max_range' is no field of it; wanted the path of one "
        "(did you mean 'max_range_km'?)"
    ),
    "{name: y, title: x, sensor: {R, half_seen_range_km: 60}, "
    "sources: [{fields: [max_range_km], basis: read, reference: faa-asr}]}": (
        "systems[0].sources[0].reference: 'faa-asr' is no reference of the catalogue; wanted a "
        "key of the catalogue, or title, publisher, year and url (did you mean 'faa-asr11'?)"
    ),
    "{name: y, title: x, sensor: {R, half_seen_range_km: 60}, "
    "sources: [{fields: [max_range_km], basis: read}]}": (
        "systems[0].sources[0].reference: nothing, though it was read; wanted the text it is from"
    ),
    "{name: y, title: x, sensor: {R, half_seen_range_km: 60}, "
    "sources: [{fields: [max_range_km], basis: estimate}]}": (
        "systems[0].sources[0].note: an estimate that does not say from what; wanted a note that "
        "says it"
    ),
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_faulty_type_is_told_with_place_and_hint(text, tmp_path):
    short = {"{R": "{" + RADAR, "{B": "{" + BATTERY, "{W": "{" + WEAPON}
    whole = text
    for key, value in short.items():
        whole = re.sub(re.escape(key) + r"\b", value, whole)
    _, faults = faults_of(own(tmp_path, f"systems:\n  - {whole}\n"))
    assert faults == [BROKEN[text]]


@pytest.mark.parametrize("usd", ["-1", "1e11", ".nan", "much"])
def test_a_cost_is_a_number_of_dollars_within_bounds(usd, tmp_path):
    with pytest.raises(InputError, match="unit_cost_usd"):
        own(
            tmp_path,
            OWN.replace("ceiling_m: 30000", f"ceiling_m: 30000\n      unit_cost_usd: {usd}"),
        )
    weapon = f"{WEAPON}, shot_cost_usd: {usd}"
    entry = f"{{name: y, title: x, battery: {{{BATTERY}, weapons: [{{{weapon}}}]}}}}"
    with pytest.raises(InputError, match="shot_cost_usd"):
        own(tmp_path, f"systems:\n  - {entry}\n")


def test_a_cost_that_nobody_knows_is_no_cost_of_zero(tmp_path):
    assert own(tmp_path)[0].type.unit_cost_usd is None
    assert VEHICLES["airliner-narrow"].unit_cost_usd is None
    (jamming,) = BATTERIES["jamming-layer"].weapons
    assert jamming.shot_cost_usd == 0.0


def test_all_that_may_come_as_hostile_and_all_that_is_fired_has_a_cost():
    for name, kind in VEHICLES.items():
        comes = kind.domain not in {"bird", "ground", "person"} and not name.startswith("airliner")
        assert (kind.unit_cost_usd is not None) == comes, name
    for name, battery in BATTERIES.items():
        assert all(weapon.shot_cost_usd is not None for weapon in battery.weapons), name


def test_all_faults_of_all_files_are_told_together():
    bad = System(name="x", title="x")
    with pytest.raises(ManyInputErrors) as caught:
        systems.joined_files(
            {"a.yaml": CatalogueFile(systems=(bad,)), "b.yaml": CatalogueFile(systems=(bad, bad))}
        )
    assert len(caught.value.errors) == 3
    assert str(caught.value.errors[2]).startswith("b.yaml: systems[1]: none of vehicle")


def test_the_same_catalogue_comes_out_every_time():
    again = catalogue.__wrapped__()
    assert list(again.systems) == list(KNOWN.systems)
    assert msgspec.json.encode(again) == msgspec.json.encode(KNOWN)

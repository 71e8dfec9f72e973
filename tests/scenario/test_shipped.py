"""The scenarios that are shipped can be flown, and show what they promise."""

import collections
import functools
import pathlib

import numpy as np
import pytest

from jointsky.scenario.build import build
from jointsky.scenario.load import examine, load
from jointsky.sensors.radars import AnyRadar

FOLDER = pathlib.Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(set(FOLDER.glob("*.yaml")) - set(FOLDER.glob("*.study.yaml")))


@functools.cache
def built(name):
    return build(load(FOLDER / name))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_scenario_has_no_fault(path):
    assert [str(error) for error in examine(path).errors] == []


@pytest.mark.parametrize("name", ["first-sky", "union-sky", "minsk-drone", "border-watch"])
def test_what_the_docs_tell_of_is_shipped(name):
    assert f"{name}.yaml" in {path.name for path in SHIPPED}


@pytest.mark.parametrize("name", ["union-sky", "minsk-drone", "border-watch"])
def test_a_scenario_has_a_page_that_says_what_is_real(name):
    page = (FOLDER.parent / "docs" / "scenarios" / f"{name}.md").read_text(encoding="utf-8")
    assert "## What is real" in page and "## What is assumed" in page


def test_over_the_city_no_rule_lets_one_crew_act_or_debris_fall():
    duty = load(FOLDER / "minsk-drone.yaml").scenario.duty
    assert duty is not None and duty.doctrine.rules
    for rule in duty.doctrine.rules:
        assert (rule.authority, rule.alone, rule.over_protected) == ("both", "never", False)


def test_the_border_watch_has_nothing_to_shoot_with():
    assert not any(site.batteries for site in load(FOLDER / "border-watch.yaml").scenario.sites)


def test_union_sky_has_two_nations_and_a_network_of_radars():
    made = built("union-sky.yaml")
    radars = collections.Counter(
        made.sites[sensor.site].nation
        for sensor in made.sensors
        if isinstance(sensor.declared, AnyRadar)
    )
    assert set(radars) == {"west", "east"}
    assert sum(radars.values()) >= 12 and min(radars.values()) >= 5
    kinds = {sensor.declared.__struct_config__.tag for sensor in made.sensors}
    assert {"ads-b-receiver", "direction-finder", "acoustic-array", "camera", "observer"} <= kinds


def test_union_sky_holds_what_flies_there():
    vehicles = built("union-sky.yaml").surroundings.vehicles
    types = collections.Counter(vehicles.type.tolist())
    assert types["airliner-narrow"] >= 20
    assert types["one-way-attack-drone"] >= 6 and types["cruise-missile"] >= 2
    for name in ("fighter", "helicopter", "light-aircraft", "small-quadcopter", "bird-flock"):
        assert types[name] >= 1
    assert types["recon-drone-male"] == 1
    hostile = (vehicles.allegiance == "hostile").sum()
    assert 0.02 < hostile / len(vehicles) < 0.3, "most of a sky is innocent"


def test_union_sky_has_eight_short_batteries_a_long_one_and_two_crews():
    made = built("union-sky.yaml")
    types = collections.Counter(battery.type.chassis for battery in made.batteries)
    assert types["MZKT-6922 (6x6)"] == 8
    assert {battery.name for battery in made.batteries} >= {"minsk-long-battery", "plant-short-2"}
    assert [post.nation for post in made.duty.posts] == ["west", "east"]
    assert {rule.authority for rule in made.duty.doctrine.rules} >= {"own", "both", "inform"}


def test_sites_of_union_sky_are_rounded_places():
    scenario = load(FOLDER / "union-sky.yaml").scenario
    for site in scenario.sites:
        for angle in (site.latitude_deg, site.longitude_deg):
            assert angle == round(angle, 1), site.name
    for zone in scenario.zones:
        for corner in zone.polygon_lat_lon_deg or ():
            assert all(2 * angle == round(2 * angle) for angle in corner), zone.name


def test_what_comes_in_union_sky_arrives_within_its_time():
    made = built("union-sky.yaml")
    vehicles = made.surroundings.vehicles
    last_s = np.full(len(vehicles), -np.inf)
    np.maximum.at(last_s, made.motion.vehicle, made.motion.end_s)
    for kind in ("one-way-attack-drone", "cruise-missile"):
        rows = np.flatnonzero(vehicles.type == kind)
        arrived = last_s[rows] < made.end_s - 1.0
        assert arrived.mean() >= 0.5, f"most of the {kind}s end before the scenario does"

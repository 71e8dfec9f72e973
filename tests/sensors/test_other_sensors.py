"""What holds of all sensors that are no radars: windows add up, nobody disturbs another."""

import numpy as np
import pytest

from jointsky import streams
from jointsky.declare import Faults
from jointsky.records.plots import Geometry
from jointsky.sensors import observe as door
from jointsky.sensors import others
from jointsky.sensors.cooperative import AdsbReceiver, RemoteIdReceiver
from jointsky.sensors.observers import Confusion, Observer
from jointsky.sensors.passive import AcousticArray, Camera, DirectionFinder
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Place
from sensors.made_sky import KEY, NOON_S, PLACED, SITE, Flyer, sky

SENSORS = {
    "ads-b": AdsbReceiver(report_interval_s=2.0, other_messages_per_s=4000.0),
    "remote-id": RemoteIdReceiver(),
    "direction-finder": DirectionFinder(),
    "acoustic": AcousticArray(ambient_db=25.0, elevation_floor_deg=3.0),
    "camera": Camera(false_detections_per_hour=60.0),
    "ranging camera": Camera(range_sigma_m=5.0),
    "observer": Observer(interval_s=10.0, attention=1.0, false_reports_per_day=500.0),
}
by_sensor = pytest.mark.parametrize("sensor", SENSORS.values(), ids=SENSORS)


def flyers(count=12, seed=3):
    rng = np.random.default_rng(seed)
    return [
        Flyer(
            name=f"v{i}",
            east_m=rng.uniform(-1500, 1500),
            north_m=rng.uniform(-1500, 1500),
            height_m=rng.uniform(60, 250),
            course_rad=rng.uniform(0, 6.28),
            speed_mps=rng.uniform(3, 25),
        )
        for i in range(count)
    ]


def seen(sensor, surroundings, begin_s=0.0, end_s=300.0, placed=PLACED, place=SITE, key=KEY):
    window = NOON_S + begin_s, NOON_S + end_s
    return door.observe(sensor, placed, place, 4, surroundings, *window, key)


def rows_of(observed, order=None):
    """Return every column of the plots, vehicles and times of reception, as comparable rows."""
    plots = observed.plots
    columns = [getattr(plots, name) for name in plots.schema()]
    columns += [observed.vehicle, observed.received_s]
    rows = [tuple(str(column[i]) for column in columns) for i in range(len(plots))]
    return sorted(rows) if order is None else rows


@by_sensor
def test_windows_add_up(sensor):
    surroundings = sky(*flyers())
    placed = Placed(name="one", dropped_turns=0.1, latency_s=0.5)
    whole = rows_of(seen(sensor, surroundings, placed=placed))
    assert len(whole) > 5
    parts = []
    for begin, end in [(200.0, 300.0), (0.0, 61.7), (61.7, 61.7), (61.7, 200.0)]:
        parts += rows_of(seen(sensor, surroundings, begin, end, placed=placed))
    assert sorted(parts) == whole


@by_sensor
def test_the_same_key_gives_the_same_and_another_gives_another(sensor):
    surroundings = sky(*flyers())
    assert rows_of(seen(sensor, surroundings), 1) == rows_of(seen(sensor, surroundings), 1)
    other = seen(sensor, surroundings, key=streams.key(8, "sensor", "one"))
    assert rows_of(other) != rows_of(seen(sensor, surroundings))


def by_name(surroundings, observed):
    """Return rows with the names of vehicles in place of their rows, false plots left out."""
    names = surroundings.vehicles.name
    plots = observed.plots
    columns = [
        getattr(plots, name) for name in plots.schema() if name not in ("mode_s", "call_sign")
    ]
    return {
        (str(names[v]), *(str(column[i]) for column in columns))
        for i, v in enumerate(observed.vehicle.tolist())
        if v >= 0
    }


@by_sensor
def test_a_vehicle_more_changes_nothing_of_the_others(sensor):
    few, many = flyers(6), flyers(12)  # the first six are the same
    before = sky(*few)
    after = sky(*reversed(many))
    had = by_name(before, seen(sensor, before))
    has = by_name(after, seen(sensor, after))
    same = {row for row in has if row[0] in {f.name for f in few}}
    if isinstance(sensor, Observer):  # a person reports one thing at a time
        assert same - had == set()
    elif isinstance(sensor, AdsbReceiver):  # more senders garble more, and a later report is taken
        assert len(same & had) > 0.9 * len(had)
    else:
        assert same == had


@by_sensor
def test_plots_come_in_the_order_of_reception_with_all_that_is_promised(sensor):
    placed = Placed(name="one", phase=0.0, latency_s=1.5)
    observed = seen(sensor, sky(*flyers()), placed=placed)
    plots = observed.plots
    assert np.all(np.diff(observed.received_s) >= 0.0)
    assert len(observed.vehicle) == len(observed.received_s) == len(plots)
    assert np.all(plots.sensor == 4)
    assert np.all(observed.received_s >= plots.time_s + 1.5 - 1e-6)
    assert np.all((plots.time_s >= NOON_S) & (plots.time_s < NOON_S + 310.0))
    for geometry, names in {
        Geometry.BEARING: ("azimuth_rad", "azimuth_sigma_rad"),
        Geometry.POLAR: ("range_m", "range_sigma_m", "azimuth_rad", "elevation_rad"),
        Geometry.GEODETIC: ("latitude_rad", "longitude_rad", "east_sigma_m", "north_sigma_m"),
    }.items():
        mine = plots.geometry == geometry
        for name in names:
            assert np.all(np.isfinite(getattr(plots, name)[mine])), name
    told = door.describe(sensor, "one", SITE, placed)
    assert told.name == "one"
    assert told.has_position


@by_sensor
def test_a_vehicle_at_the_very_place_of_a_sensor_harms_nothing(sensor):
    here = Flyer(north_m=0.0, height_m=20.0)
    surroundings = sky(here, Flyer(name="other", north_m=500.0))
    plots = seen(sensor, surroundings).plots
    for name in ("azimuth_rad", "latitude_rad"):
        column = getattr(plots, name)
        assert not np.isinf(column).any()


@by_sensor
def test_reports_of_windows_add_up_too(sensor):
    surroundings = sky(*flyers())
    parts = [
        seen(sensor, surroundings, *w).reports for w in [(0.0, 300.0), (0.0, 77.0), (77.0, 300.0)]
    ]
    if parts[0] is None:
        assert parts[1] is None
        return
    words = [sorted(zip(p.time_s, p.sense, p.claimed, p.azimuth_rad, strict=True)) for p in parts]
    assert len(words[0]) > 0
    assert sorted(words[1] + words[2]) == words[0]
    assert np.all(np.diff(parts[0].received_s) >= 0.0)


@by_sensor
def test_an_empty_window_and_an_empty_sky_are_no_plots(sensor):
    surroundings = sky(*flyers())
    assert len(seen(sensor, surroundings, 10.0, 10.0).plots) == 0
    away = sky(Flyer(east_m=3e6))
    assert np.all(seen(sensor, away).vehicle < 0)
    gone = sky(Flyer(end_s=NOON_S - 100.0))
    assert np.all(seen(sensor, gone).vehicle < 0)


@by_sensor
def test_a_clock_that_is_wrong_is_wrong_in_the_plots(sensor):
    surroundings = sky(*flyers())
    right = seen(sensor, surroundings)
    placed = Placed(name="one", phase=0.0, clock_offset_s=0.25, clock_drift_ppm=100.0)
    wrong = seen(sensor, surroundings, placed=placed)
    since_s = right.plots.time_s % 86_400.0
    error_s = wrong.plots.time_s - right.plots.time_s
    assert np.allclose(error_s, 0.25 + 1e-4 * since_s, atol=1e-6)
    assert np.array_equal(wrong.received_s, right.received_s)


def test_what_is_wrong_with_a_declaration_is_told_where():
    faults = Faults("sensors[0]")
    others.check(Camera(elevation_min_deg=70.0, contrast=0.01), True, faults)
    others.check(DirectionFinder(), True, faults)
    others.check(AdsbReceiver(range_km=300.0, range_max_km=200.0), False, faults)
    twice = Confusion(true_domain="drone", claimed="bird", share=0.6)
    others.check(Observer(confusions=(twice, twice)), False, faults)
    told = [str(fault) for fault in faults.kept]
    assert len(told) == 6
    for text, words in zip(
        told,
        ["elevation_min_deg", "range_sigma_m", "contrast", "aboard", "range_max_km", "sum to 1.2"],
        strict=True,
    ):
        assert words in text


def test_good_declarations_have_no_faults():
    faults = Faults()
    for sensor in SENSORS.values():
        others.check(sensor, False, faults)
    others.check(SENSORS["ranging camera"], True, faults)
    assert faults.kept == []


def test_aboard_a_vehicle_a_sensor_has_no_place_of_its_own():
    told = door.describe(Camera(range_sigma_m=5.0), "eye", Place(vehicle=0), PLACED)
    assert not told.has_position

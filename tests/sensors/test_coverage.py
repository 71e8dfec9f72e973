"""Coverage against the horizon, against ranges in closed form, against a plain loop."""

import math

import numpy as np
import pytest

from jointsky.earth import geodesy, terrain
from jointsky.earth.horizon import horizon_distance_m
from jointsky.earth.motion import Pieces
from jointsky.earth.terrain import HeightGrid, flat_grid
from jointsky.records.vehicles import Vehicles
from jointsky.sensors import coverage
from jointsky.sensors.atmosphere import air, air_loss_db
from jointsky.sensors.coverage import Target, Watch, cover, plain_target
from jointsky.sensors.detection import detection_probability
from jointsky.sensors.observers import Observer
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_equation import achieved_scale
from jointsky.sensors.radar_parts import Interrogator
from jointsky.sensors.radars import FixedRadar, SearchRadar, SecondaryRadar
from jointsky.sensors.surroundings import Place, Surroundings

LAT, LON = 0.94, 0.48
RADAR = SearchRadar(
    frequency_mhz=3000.0, half_seen_range_km=80.0, max_range_km=150.0, range_sigma_m=50.0,
    azimuth_sigma_deg=0.1, rotation_period_s=5.0, min_range_km=1.0, max_elevation_deg=45.0,
)  # fmt: skip


def around(grid=None):
    no_pieces = np.zeros(0)
    pieces = Pieces(
        np.zeros(1, np.int64), np.zeros(0, np.int8), no_pieces, no_pieces, np.zeros((0, 4, 3)),
        *(no_pieces for _ in range(5)),
    )  # fmt: skip
    return Surroundings(
        vehicles=Vehicles.make(0), vehicle_keys=np.zeros(0, np.uint64), signatures=(),
        pieces=pieces, terrain=grid or flat_grid(),
    )  # fmt: skip


def watch(sensor=RADAR, name="a", group="west", lat=LAT, lon=LON, height_m=30.0, **placed):
    place = Place(latitude_rad=lat, longitude_rad=lon, height_m=height_m)
    return Watch(name, group, sensor, Placed(name=name, **placed), place, (1, 2))


def ring_area_km2(*radii_m):
    """Return the area of a cap on a sphere, less the caps inside of it."""
    areas = [2 * math.pi * 6371.0088**2 * (1 - math.cos(r / 6371008.8)) for r in radii_m]
    return areas[0] - sum(areas[1:])


def test_a_large_target_is_seen_to_the_horizon_and_no_farther():
    made = cover([watch()], around(), plain_target(40.0), [50.0, 300.0])
    for h, height_m in enumerate((50.0, 300.0)):
        horizon_m = float(horizon_distance_m(30.0, height_m))
        wanted = ring_area_km2(horizon_m, 1000.0)
        # a third of a percent: the sphere of areas against the ellipsoid of ranges
        assert made.figures()[h]["seen_km2"] == pytest.approx(wanted, rel=0.005)


def test_a_small_target_is_seen_as_far_as_its_echo_lasts():
    """Root of snr(range) = needed, with the air's loss, against the area of the disc."""
    scale = achieved_scale(80e3, 0.0, 1e-6, 16, 1)
    ranges = np.linspace(5e3, 60e3, 20_001)
    snr_db = scale.snr_db(ranges, -12.0) - air_loss_db(air(3e9), 30.0, 1000.0, ranges)
    seen = detection_probability(snr_db, 16, 1e-6, 1) >= 0.8
    slant_m = ranges[np.flatnonzero(seen)[-1]]
    ground_m = math.sqrt(slant_m**2 - 970.0**2)
    made = cover([watch()], around(), plain_target(-12.0), [1000.0], pd=0.8)
    # the target near by is above 45 degrees within 970 m, which min_range covers
    assert made.figures()[0]["seen_km2"] == pytest.approx(ring_area_km2(ground_m), rel=0.01)


def naive_chance(latitude, longitude, height_m, rcs_dbsm):
    """Return the chance at one place from functions of several modules, one after the other."""
    ecef = geodesy.geodetic_to_ecef(latitude, longitude, height_m)
    range_m, _, elevation = (
        float(x[0]) for x in geodesy.enu_to_polar(geodesy.ecef_to_enu(ecef, LAT, LON, 30.0))
    )
    bent = elevation + range_m * math.cos(elevation) / (8 * 6358050.0)
    if not 1000.0 <= range_m <= 150e3 or not math.radians(-1) <= bent <= math.radians(45):
        return 0.0
    if range_m > horizon_distance_m(30.0, height_m):
        return 0.0
    snr_db = achieved_scale(80e3, 0.0, 1e-6, 16, 1).snr_db(range_m, rcs_dbsm)
    snr_db = snr_db - air_loss_db(air(3e9), 30.0, height_m, range_m)
    return float(detection_probability(snr_db, 16, 1e-6, 1))


def test_cells_have_the_chance_of_their_middles():
    """The kernel's naive twin: equal to the curve's error where neighbours do not differ much."""
    made = cover([watch()], around(), plain_target(-3.0), [2000.0], cell_m=4000.0)
    field = made.best[0, 0].astype(float)
    smooth = coverage._differs(field) < 0.1
    rows, columns = np.nonzero(smooth)
    for i, j in list(zip(rows, columns, strict=True))[:: len(rows) // 150]:
        wanted = naive_chance(made.latitude_rad[i], made.longitude_rad[j], 2000.0, -3.0)
        assert field[i, j] == pytest.approx(wanted, abs=3e-6)
        at = made.latitude_rad[i], made.longitude_rad[j], 2000.0
        alone = coverage.chances(watch(), around(), plain_target(-3.0), *at)
        assert alone[0] == pytest.approx(wanted, abs=3e-6)


def test_overlap_is_counted_by_sensor_and_by_group():
    watches = [
        watch(), watch(name="b", lon=LON + 0.01), watch(name="c", group="east", lon=LON + 0.02),
    ]  # fmt: skip
    made = cover(watches, around(), plain_target(10.0), [3000.0], pd=0.9)
    alone = [
        cover([w], around(), plain_target(10.0), [3000.0], pd=0.9).figures()[0] for w in watches
    ]
    assert made.groups == ["west", "east"]
    figures = made.figures()[0]
    areas = figures["seen_by_at_least_km2"]
    assert len(areas) == 3
    # each square kilometre is counted once for each sensor that sees it
    assert sum(areas) == pytest.approx(sum(f["seen_km2"] for f in alone), rel=0.01)
    assert figures["seen_by_group_km2"]["east"] == pytest.approx(alone[2]["seen_km2"], rel=0.01)
    only = figures["seen_by_this_group_only_km2"]
    both = figures["seen_by_several_groups_km2"]
    assert only["west"] + both == pytest.approx(figures["seen_by_group_km2"]["west"])
    assert only["east"] + only["west"] + both == pytest.approx(areas[0])
    assert np.all(np.diff(made.ranked, axis=1) <= 0.0)
    assert np.array_equal((made.ranked >= 0.9).sum(axis=1), made.count)
    assert np.array_equal(made.best.max(axis=1), made.ranked[:, 0])


def test_ridges_hide_what_is_low_behind_them():
    heights = np.zeros((220, 400), np.float32)
    step = math.radians(0.01)
    grid = HeightGrid(LAT - 110 * step, LON - 200 * step, step, step, heights)
    ridge = heights.copy()
    ridge[:, 215] = 200.0
    hilly = around(grid._replace(heights_m=ridge))

    def seen_km2(surroundings, height_m):
        """Return the area seen well east and well west of the radar."""
        made = cover([watch()], surroundings, plain_target(20.0), [height_m])
        east, west = made.longitude_rad > LON + 30 * step, made.longitude_rad < LON - 30 * step
        return [made.area_km2((made.count[0] > 0) & side) for side in (east, west)]

    assert seen_km2(around(grid), 100.0) == pytest.approx(
        [seen_km2(around(grid), 100.0)[1]] * 2, rel=0.02
    )
    low_east, low_west = seen_km2(hilly, 100.0)
    assert low_east < 0.35 * low_west
    high_east, high_west = seen_km2(hilly, 5000.0)
    assert high_east == pytest.approx(high_west, rel=0.03)


def test_heights_count_from_the_ground_or_from_the_sea():
    grid = HeightGrid(LAT - 0.03, LON - 0.05, 1e-3, 1e-3, np.full((61, 101), 400.0, np.float32))
    lifted = watch(height_m=430.0)
    ground = cover([lifted], around(grid), plain_target(10.0), [100.0], above="ground")
    sea = cover([lifted], around(grid), plain_target(10.0), [500.0], above="sea")
    assert np.array_equal(ground.best, sea.best)


def test_a_face_sees_its_field_only():
    face = FixedRadar(
        frequency_mhz=9000.0, half_seen_range_km=40.0, max_range_km=60.0, range_sigma_m=20.0,
        azimuth_sigma_deg=0.5, frame_s=1.0, field_deg=90.0,
    )  # fmt: skip
    made = cover([watch(face, facing_deg=90.0)], around(), plain_target(20.0), [1000.0])
    lat, lon = np.meshgrid(made.latitude_rad, made.longitude_rad, indexing="ij")
    azimuth = np.arctan2((lon - LON) * math.cos(LAT), lat - LAT)
    seen = made.best[0, 0] >= 0.5
    assert seen.any()
    assert np.all(np.abs(azimuth[seen] - math.pi / 2) < math.radians(47))


def test_answers_are_seen_by_secondary_radars_and_by_none_other():
    secondary = SecondaryRadar(rotation_period_s=4.0, ssr=Interrogator(reply_probability=0.97))
    silent = plain_target(-60.0)
    answering = Target(words="x", rcs_dbsm={"": -60.0}, swerling={"": 1}, answers=True)
    watches = [watch(), watch(secondary, name="b", dropped_turns=0.5)]
    told = cover(watches, around(), silent, [3000.0]).sensors
    assert [s.why_not for s in told] == [
        "", "hears answers only, and this target has no transponder",
    ]  # fmt: skip
    made = cover(watches, around(), answering, [3000.0])
    assert made.best.max() == pytest.approx(0.97 * 0.5, abs=1e-6)


def test_cross_sections_are_those_of_the_radars_band():
    target = Target(words="x", rcs_dbsm={"S": -10.0, "X": 0.0}, swerling={"S": 0, "X": 3})
    assert target.shown("S") == (-10.0, 0)
    assert target.shown("X") == (0.0, 3)
    assert math.isnan(target.shown("L")[0])
    nothing = Target(words="x", rcs_dbsm={"X": 30.0}, swerling={"X": 1})
    assert cover([watch()], around(), nothing, [1000.0]).best.max() == 0.0


def test_who_does_not_count_is_told_and_somebody_must():
    aboard = watch(name="b")._replace(place=Place(vehicle=0))
    person = watch(Observer(), name="c")
    made = cover([watch(), aboard, person], around(), plain_target(0.0), [1000.0])
    assert [s.why_not for s in made.sensors] == ["", "aboard a vehicle", "no radar"]
    with pytest.raises(ValueError, match="needs a radar on the ground and a height"):
        cover([aboard], around(), plain_target(0.0), [1000.0])


def test_coverage_across_the_date_line_is_whole():
    here = cover([watch()], around(), plain_target(0.0), [1000.0]).figures()[0]["seen_km2"]
    there = cover([watch(lon=math.pi - 0.001)], around(), plain_target(0.0), [1000.0])
    assert there.figures()[0]["seen_km2"] == pytest.approx(here, rel=1e-3)
    assert there.longitude_rad[-1] > math.pi


def test_over_made_hills_low_targets_are_hidden_more_than_over_the_sea():
    y, x = np.mgrid[0:200, 0:300]
    hills = (80 * np.sin(y / 5.0) * np.sin(x / 7.0) + 80).astype(np.float32)
    step = math.radians(0.01)
    grid = HeightGrid(LAT - 100 * step, LON - 150 * step, step, step, hills)
    ground = float(terrain.height_at(grid, LAT, LON))
    there = cover([watch(height_m=ground + 30.0)], around(grid), plain_target(10.0), [30.0, 5000.0])
    flat = cover([watch()], around(), plain_target(10.0), [30.0, 5000.0])
    low, high = (f["seen_km2"] for f in there.figures())
    assert low < 0.8 * flat.figures()[0]["seen_km2"]
    assert high == pytest.approx(flat.figures()[1]["seen_km2"], rel=0.05)

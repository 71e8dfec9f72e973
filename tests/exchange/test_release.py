"""What a nation gives: kinds, areas and accuracy, the same on whichever way it goes."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path

from exchange.channel import LINES, Channel, Sky, network_of
from exchange.made import EPOCH_S, radar_plots, track_reports
from jointsky.exchange import release_areas, wire
from jointsky.exchange.declared import Area, Release
from jointsky.exchange.release import released, released_plots, released_reports
from jointsky.records.exchange import Message
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.streams import stream

RADAR = Sensor(
    name="radar",
    latitude_rad=math.radians(53.0),
    longitude_rad=math.radians(28.0),
    height_m=200.0,
    range_sigma_m=30.0,
    azimuth_sigma_rad=0.001,
)
NORTH = Area(rim_deg=((53.4, 27.0), (53.4, 29.0), (54.0, 29.0), (54.0, 27.0)))
LOW_NORTH = msgspec.structs.replace(NORTH, top_m=3000.0)


def plots_of(flags, **more):
    n = len(flags)
    return Plots.make(
        n, time_s=EPOCH_S, sensor=0, range_m=1e4, azimuth_rad=0.0, flags=flags, **more
    )


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("military", [0, 1, 2, 4, 5]),
        ("civil", [0, 3, 4]),
        ("cooperative", [0, 4]),
        ("uncooperative", [1, 2, 3, 5]),
        ("on-ground", [0, 1, 2, 3, 5]),
    ],
)
def test_kinds_are_kept_back_as_far_as_plots_say_them(kind, kept):
    flags = [
        PlotFlag.PRIMARY,
        PlotFlag.PRIMARY | PlotFlag.SECONDARY,
        0,
        PlotFlag.MODE_S | PlotFlag.MILITARY,
        PlotFlag.ON_GROUND,
        PlotFlag.COOPERATIVE,
    ]
    plots = plots_of(flags, mode_s=[-1, -1, 0x500001, 5, -1, -1], track_number=range(6))
    out = released_plots(plots, Release(withheld=(kind,)), [RADAR])
    assert out.track_number.tolist() == kept


def test_reports_of_who_answers_and_of_who_does_not_are_told_apart():
    reports = track_reports(3).replace(
        mode_s=[-1, 5, -1], mode_a=[-1, -1, -1], call_sign=["", "", "X1"], plots=[0, 1, 2]
    )
    flags = [PlotFlag.ON_GROUND, PlotFlag.MILITARY, PlotFlag.VEHICLE]
    reports = reports.replace(flags=np.array(flags, np.uint32))
    for kind, kept in (
        ("cooperative", [0]),
        ("uncooperative", [1, 2]),
        ("military", [0, 2]),
        ("civil", [0, 1]),
        ("on-ground", [1]),
    ):
        out = released_reports(reports, Release(withheld=(kind,)))
        assert out.plots.tolist() == kept


def test_areas_keep_back_what_is_or_may_be_in_them():
    # 80 km north of the radar is 53.72 N, in the area; 20 km is 53.18 N, before it
    rows = [
        {"range_m": 80e3, "azimuth_rad": 0.0, "pressure_altitude_m": 2000.0},  # in it
        {"range_m": 80e3, "azimuth_rad": 0.0, "pressure_altitude_m": 9000.0},  # above it
        {"range_m": 80e3, "azimuth_rad": 0.0},  # at a height that nobody knows
        {"range_m": 20e3, "azimuth_rad": 0.0, "pressure_altitude_m": 2000.0},  # before it
        {"range_m": 80e3, "azimuth_rad": 2.0, "pressure_altitude_m": 2000.0},  # elsewhere
        {"range_m": 80e3, "azimuth_rad": 0.0, "elevation_rad": 0.1},  # above: 8 km and more
        {"range_m": 80e3, "azimuth_rad": 0.0, "elevation_rad": 0.01},  # in it: 1.2 km
        {"geometry": Geometry.LOCAL, "east_m": 0.0, "north_m": 80e3, "height_m": 100.0},
        {"geometry": Geometry.BEARING, "azimuth_rad": 0.1},  # its line goes over it
        {"geometry": Geometry.BEARING, "azimuth_rad": 3.0},
        {
            "geometry": Geometry.GEODETIC,
            "latitude_rad": math.radians(53.5),
            "longitude_rad": math.radians(28.0),
            "height_m": 100.0,
        },
        {"sensor": 1, "range_m": 5e3, "azimuth_rad": 3.0},  # nobody knows where from
    ]
    inside = [
        bool(
            release_areas.are_plots_inside(
                Plots.make(1, **{"time_s": EPOCH_S, "sensor": 0, **row}),
                [LOW_NORTH],
                [RADAR, Sensor(name="somewhere")],
            )[0]
        )
        for row in rows
    ]
    wanted = [True, False, True, False, False, False, True, True, True, False, True, True]
    assert inside == wanted


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_rim_goes_round_what_matplotlib_says(seed):
    rng = stream(seed, "rim")
    angles = np.sort(rng.uniform(0, 2 * np.pi, 7))
    rim = np.stack([50 + np.sin(angles), 179.5 + np.cos(angles)], axis=1)  # over the date line
    points = rng.uniform([48.5, 178.0], [51.5, 181.0], (200, 2))
    from_path = Path(rim).contains_points(points)
    area = Area(rim_deg=tuple((a, b - 360.0 if b > 180.0 else b) for a, b in rim.tolist()))
    wrapped = np.radians(np.where(points > 180.0, points - 360.0, points))
    ours = release_areas._inside(wrapped[:, 0], wrapped[:, 1], np.full(200, np.nan), [area])
    assert np.array_equal(ours, from_path)


def test_coarse_positions_have_the_error_that_they_tell():
    """200,000 plots with errors of 30 m and 1 mrad, coarsened to 300 m: within 1 %, seed fixed."""
    rng = stream(3, "coarse")
    n = 200_000
    range_m, azimuth = rng.uniform(2e4, 1e5, n), rng.uniform(0, 6, n)
    plots = Plots.make(
        n,
        time_s=EPOCH_S,
        sensor=0,
        range_m=range_m + rng.normal(0, 30, n),
        azimuth_rad=azimuth + rng.normal(0, 1e-3, n),
    )
    out = released_plots(plots, Release(least_sigma_m=300.0), [RADAR])
    assert np.all(out.range_sigma_m == np.hypot(300.0, 30.0))
    assert np.std(out.range_m - range_m) / np.hypot(300.0, 30.0) == pytest.approx(1.0, abs=0.01)
    across_m = (out.azimuth_rad - azimuth) * range_m
    told_m = out.azimuth_sigma_rad * out.range_m
    assert np.std(across_m / told_m) == pytest.approx(1.0, abs=0.01)
    assert np.all(told_m >= 300.0 * 0.999)
    again = released_plots(plots, Release(least_sigma_m=300.0), [RADAR])
    assert np.array_equal(again.range_m, out.range_m)


@pytest.mark.parametrize("geometry", list(Geometry))
def test_a_place_goes_out_once_whatever_else_a_format_tells(geometry):
    """Radars send range and azimuth and, of the same plot, X and Y (I048/040 and I048/042)."""
    told = {"range_m": 50e3, "azimuth_rad": 0.3, "elevation_rad": 0.05, "east_m": 14_776.008}
    told |= {"north_m": 47_766.828, "latitude_rad": 0.92, "longitude_rad": 0.48}
    plots = Plots.make(1, time_s=EPOCH_S, sensor=0, geometry=int(geometry), **told)
    out = released_plots(plots, Release(least_sigma_m=1000.0), [RADAR])
    own = {
        Geometry.POLAR: {"range_m", "azimuth_rad", "elevation_rad"},
        Geometry.LOCAL: {"east_m", "north_m"},
        Geometry.GEODETIC: {"latitude_rad", "longitude_rad"},
        Geometry.BEARING: {"azimuth_rad", "elevation_rad"},
    }[geometry]
    assert {name for name in told if np.isfinite(getattr(out, name)[0])} == own
    if geometry != Geometry.BEARING:  # a line is no place
        assert all(getattr(out, name)[0] != told[name] for name in own)


def test_what_is_coarse_enough_stays_as_it_is():
    plots = radar_plots(50).replace(range_sigma_m=900.0, azimuth_sigma_rad=0.5)
    out = released_plots(
        plots.replace(elevation_rad=np.nan), Release(least_sigma_m=300.0), [RADAR] * 30
    )
    assert np.array_equal(out.range_m, plots.range_m)
    assert np.array_equal(out.azimuth_rad, plots.azimuth_rad)
    assert np.array_equal(out.range_sigma_m, plots.range_sigma_m)


def test_coarse_map_positions_have_the_error_that_they_tell():
    rng = stream(4, "coarse map")
    n = 100_000
    latitude, longitude = rng.uniform(0.9, 0.95, n), rng.uniform(0.4, 0.6, n)
    plots = Plots.make(
        n,
        time_s=EPOCH_S,
        sensor=0,
        geometry=Geometry.GEODETIC,
        latitude_rad=latitude + rng.normal(0, 40, n) / 6_371_000.0,
        longitude_rad=longitude + rng.normal(0, 40, n) / (6_371_000.0 * np.cos(latitude)),
        east_sigma_m=40.0,
        north_sigma_m=40.0,
        east_north_correlation=0.3,
    )
    out = released_plots(plots, Release(least_sigma_m=200.0), [RADAR])
    told_m = np.hypot(200.0, 40.0)
    assert np.all(out.north_sigma_m == told_m) and np.all(out.east_sigma_m == told_m)
    north_m = (out.latitude_rad - latitude) * 6_371_000.0
    east_m = (out.longitude_rad - longitude) * 6_371_000.0 * np.cos(latitude)
    assert np.std(north_m) / told_m == pytest.approx(1.0, abs=0.01)
    assert np.std(east_m) / told_m == pytest.approx(1.0, abs=0.01)
    assert out.east_north_correlation[0] == pytest.approx(0.3 * 40.0**2 / told_m**2)


def test_coarse_reports_keep_a_covariance_that_says_so():
    reports = track_reports(300)
    out = released_reports(reports, Release(least_sigma_m=500.0))
    np.linalg.cholesky(out.covariance)
    variance = np.diagonal(out.covariance, axis1=1, axis2=2)[:, :3]
    assert np.all(variance >= 500.0**2)
    assert np.array_equal(out.covariance[:, 3:, 3:], reports.covariance[:, 3:, 3:])
    steps = out.height_m / (500.0 * math.sqrt(12))
    assert np.allclose(steps, np.rint(steps), atol=1e-9)


def test_a_message_kept_back_wholly_still_goes_with_its_number_and_its_time():
    body = wire.pack_plots(plots_of([PlotFlag.MILITARY] * 3), EPOCH_S + 1.0)
    message = Message("a", 5, 7, "plots", EPOCH_S, body)
    out = released(message, Release(withheld=("military",)), [RADAR])
    assert (out.origin, out.life, out.number, out.time_s) == ("a", 5, 7, EPOCH_S)
    assert len(wire.unpack_plots(out.body)) == 0
    assert wire.complete_s(out.body) == EPOCH_S + 1.0
    broken = Message("a", 5, 9, "tracks", EPOCH_S, wire.pack_reports(track_reports(3))[:-5])
    assert len(wire.unpack_reports(released(broken, Release(least_sigma_m=9.0), []).body)) == 0
    status = Message("a", 5, 8, "status", EPOCH_S, b"anything")
    assert released(status, Release(withheld=("military",)), [RADAR]) is status


def test_all_foreign_sites_get_the_same_whichever_way_it_came():
    releases = {"a": Release(withheld=("military",), least_sigma_m=200.0)}
    net = network_of(LINES["ring of five"], "aabbb", sensors=(RADAR,) * 30, releases=releases)
    sky = Sky(net, Channel(loss=0.1))
    for k in range(5):
        plots = radar_plots(40, k)
        plots = plots.replace(flags=np.where(np.arange(40) < 10, PlotFlag.MILITARY, plots.flags))
        for at_s in np.arange(0.5, 5.0, 0.5):
            sky.at(float(at_s), sky.tell, k, "plots", wire.pack_plots(plots))
    sky.run(8.0)
    names = {(m.origin, m.life, m.number) for m in sky.told}
    assert all(heard == names for heard in sky.sets())
    for name in sorted(names):
        bodies = [heard[name].body for heard in sky.heard]
        assert bodies[0] == bodies[1] and len(set(bodies[2:])) == 1
        is_ours = name[0] in ("s0", "s1")
        assert (bodies[0] != bodies[2]) == is_ours
        assert len(wire.unpack_plots(bodies[2])) == (30 if is_ours else 40)

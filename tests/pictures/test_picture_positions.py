"""Where things are put on the picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.pictures import overtime, positions, scene
from jointsky.pictures.options import PictureOptions
from jointsky.pictures.projection import Projection, about, middle_longitude_rad
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from pictures import made_recording

LJUBLJANA = made_recording.SENSORS[0]


@settings(max_examples=40, deadline=None)
@given(st.floats(1_000.0, 300_000.0), st.floats(0.0, 6.28), st.floats(0.0, 12_000.0), st.booleans())
def test_a_polar_plot_lies_where_its_target_is(ground_m, azimuth, height_m, elevated):
    """The target is placed first; its polar coordinates come from the exact geometry."""
    lat0, lon0 = LJUBLJANA.latitude_rad, LJUBLJANA.longitude_rad
    lat = lat0 + ground_m * np.cos(azimuth) / 6.37e6
    lon = lon0 + ground_m * np.sin(azimuth) / (6.37e6 * np.cos(lat0))
    ecef = geodesy.geodetic_to_ecef(lat, lon, height_m)
    enu = geodesy.ecef_to_enu(ecef, lat0, lon0, 300.0)
    range_m, azimuth_rad, elevation_rad = geodesy.enu_to_polar(enu)
    plots = Plots.make(
        1, sensor=0, geometry=0, range_m=range_m, azimuth_rad=azimuth_rad,
        elevation_rad=elevation_rad if elevated else np.nan, height_m=height_m,
    )  # fmt: skip
    placed = positions.plot_positions(plots, [LJUBLJANA], flat=False)[0]
    apart_m = 6.37e6 * np.hypot(placed[1] - lat, (placed[0] - lon) * np.cos(lat))
    # without an elevation the earth is taken as a sphere: its curvature differs by 0.3 % at most,
    # the slant range correction then errs by some tens of metres; straight overhead by more
    assert apart_m < (1e-3 if elevated else 60.0) or ground_m < 2.0 * height_m


def test_a_local_plot_lies_east_and_north_of_its_site():
    plots = Plots.make(1, sensor=0, geometry=int(Geometry.LOCAL), east_m=1_000.0, north_m=-500.0)
    lon, lat = positions.plot_positions(plots, [LJUBLJANA], flat=False)[0]
    assert (lat - LJUBLJANA.latitude_rad) * 6.37e6 == pytest.approx(-500.0, abs=2.0)
    east_m = (lon - LJUBLJANA.longitude_rad) * np.cos(lat) * 6.38e6
    assert east_m == pytest.approx(1_000.0, abs=4.0)


def test_plots_of_a_sensor_without_a_site_have_no_place():
    plots = Plots.make(2, sensor=0, geometry=0, range_m=1000.0, azimuth_rad=1.0, time_s=1.0)
    placed = positions.plot_positions(plots, [Sensor(name="?")], flat=False)
    assert np.isnan(placed).all()
    seen = scene.build(plots, Tracks.make(0), [Sensor(name="?")])
    assert seen.unplaced_plots == 2 and len(seen.plots) == 0


def test_flat_plots_stay_in_the_plane():
    plots = Plots.make(
        1, sensor=1, geometry=0, range_m=5_000.0, azimuth_rad=np.pi / 2, elevation_rad=0.0
    )
    placed = positions.plot_positions(plots, made_recording.flat_sensors(), flat=True)
    np.testing.assert_allclose(placed, [[25_000.0, -5_000.0]], atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.floats(-300e3, 300e3), st.floats(-300e3, 300e3), st.floats(0, 15e3))
def test_flat_tracks_come_back_from_the_tangent_plane(east_m, north_m, height_m):
    origin = np.radians([47.0, 8.0])
    ecef = geodesy.enu_to_ecef([[east_m, north_m, 0.0]], *origin, 0.0)
    lat, lon, _ = geodesy.ecef_to_geodetic(ecef)
    tracks = Tracks.make(
        1, time_s=0.0, track_number=1, latitude_rad=lat, longitude_rad=lon, height_m=height_m
    )
    options = PictureOptions(flat_origin_deg=(47.0, 8.0))
    seen = scene.build(Plots.make(0), tracks, made_recording.flat_sensors(), options)
    np.testing.assert_allclose(seen.track_xy, [[east_m, north_m]], atol=0.01)


@settings(max_examples=60, deadline=None)
@given(st.floats(-3.1, 3.1), st.floats(-1.3, 1.3), st.floats(-0.6, 0.6), st.floats(-0.2, 0.2))
def test_projecting_and_back_changes_nothing(lon0, lat0, d_lon, d_lat):
    plane = Projection(lon0, lat0, "azimuthal")
    there = plane.inverse(plane.forward([[lon0 + d_lon, lat0 + d_lat]]))[0]
    turn = np.remainder(there[0] - lon0 - d_lon + np.pi, 2 * np.pi) - np.pi
    assert abs(turn) < 1e-9 and abs(there[1] - lat0 - d_lat) < 1e-9


def test_distances_from_the_middle_are_true():
    plane = Projection(0.2, 0.8, "azimuthal")
    east, north = plane.forward([[0.2, 0.9]])[0]
    assert east == pytest.approx(0.0, abs=1e-6)
    assert north == pytest.approx(0.1 * 6_371_008.8)


def test_the_middle_is_found_across_the_date_line():
    lon = np.radians([179.0, -179.0, 178.0])
    assert np.degrees(middle_longitude_rad(lon)) % 360.0 == pytest.approx(179.5)
    assert about(np.column_stack([lon, np.zeros(3)])).kind == "azimuthal"


def test_lines_break_where_a_track_was_not_told_for_long():
    tracks = made_recording.tracks(2, 10)
    later = np.where(np.arange(20) % 10 >= 5, 600.0, 0.0)
    tracks = tracks.replace(time_s=tracks.time_s + later)
    seen = scene.build(Plots.make(0), tracks, made_recording.SENSORS)
    assert np.flatnonzero(~seen.is_joined()).tolist() == [4, 9, 14]
    first, last = seen.pieces()
    assert first.tolist() == [0, 5, 10, 15] and last.tolist() == [4, 9, 14, 19]


def test_the_picture_reaches_over_every_track_but_not_over_a_stray_plot():
    tracks = made_recording.tracks()
    stray = Plots.make(1, sensor=0, geometry=2, time_s=0.0, latitude_rad=0.0, longitude_rad=0.0)
    seen = scene.build(stray, tracks, made_recording.SENSORS)
    options = PictureOptions()
    plane = scene.projection_of(seen, options)
    west, south, east, north = scene.extent_m(seen, plane, options, 1.5)
    x, y = plane.forward(seen.track_xy).T
    assert west < x.min() and x.max() < east and south < y.min() and y.max() < north
    assert east - west < 1_000_000.0
    assert (east - west) / (north - south) == pytest.approx(1.5)


@pytest.mark.parametrize(
    "extent", [(46, 14, 45, 15), (45, 15, 46, 14), (-91, 0, 0, 1), (0, float("nan"), 1, 2)]
)
def test_an_extent_that_is_no_part_of_the_earth_is_refused(extent):
    with pytest.raises(ValueError, match="south, west, north, east"):
        PictureOptions(extent_deg=extent)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.0, 1e6), st.floats(0.1, 600.0))
def test_bins_cover_the_span_but_for_half_a_bin(span_s, step_s):
    edges = overtime.bin_edges_s(100.0, 100.0 + span_s, step_s)
    widths = np.diff(edges)
    assert 2 <= len(edges) <= overtime.BINS + 2
    np.testing.assert_allclose(widths / step_s, np.round(widths / step_s), atol=1e-6)
    assert edges[-1] >= 100.0 + span_s - 0.5 * widths[0] - 1e-6

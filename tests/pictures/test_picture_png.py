"""The pictures as images: drawn, deterministic, with the right colours in the right places."""

import itertools
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from jointsky.pictures import canvas, colours, overtime, track
from jointsky.pictures.inspect import draw_reading
from jointsky.pictures.options import PictureOptions
from jointsky.pictures.track import MAP_BOTTOM, MAP_HEIGHT, MAP_LEFT, MAP_WIDTH, draw_tracks
from jointsky.records.plots import Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.sensors import Sensor, names_told_apart
from jointsky.records.tracks import Tracks
from pictures import made_recording

SMALL = PictureOptions(width_px=900, height_px=600)


def drawn(path, **given):
    arguments = {
        "plots": made_recording.plots(),
        "tracks": made_recording.tracks(),
        "sensors": made_recording.SENSORS,
        "title": "made",
        "options": SMALL,
    } | given
    draw_tracks(path_png=path, **arguments)
    return imread(path)[:, :, :3]


def map_part(image):
    height, width = image.shape[:2]
    rows = slice(int((1 - MAP_BOTTOM - MAP_HEIGHT) * height), int((1 - MAP_BOTTOM) * height))
    return image[rows, int(MAP_LEFT * width) : int((MAP_LEFT + MAP_WIDTH) * width)]


def count_near(image, colour, tolerance=0.06):
    return int((np.abs(image - to_rgb(colour)).max(axis=2) < tolerance).sum())


def test_the_same_records_give_the_same_octets(tmp_path):
    for name in ("a.png", "b.png"):
        drawn(tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_land_tracks_and_sensors_are_in_the_picture(tmp_path, theme):
    palette = colours.PALETTES[theme]
    options = PictureOptions(width_px=900, height_px=600, theme=theme)
    ground = map_part(drawn(tmp_path / "p.png", options=options))
    assert ground.shape[0] * ground.shape[1] * 0.3 < count_near(ground, palette.land, 0.02)
    scale = colours.height_hex(palette)
    bare = PictureOptions(width_px=900, height_px=600, theme=theme, plots=False, labels=False)
    empty = map_part(drawn(tmp_path / "e.png", options=bare, tracks=made_recording.tracks(1, 1)))
    for colour in (scale[1], scale[-4]):  # thin lines: their colour is mixed with the land's
        assert count_near(ground, colour, 0.15) > 30 + count_near(empty, colour, 0.15)
    assert count_near(ground, palette.accent) > 30


def test_without_labels_there_is_less_ink(tmp_path):
    ink = (0.15, 0.15, 0.15)
    with_labels = count_near(map_part(drawn(tmp_path / "a.png")), ink, 0.2)
    options = PictureOptions(width_px=900, height_px=600, labels=False)
    without = count_near(map_part(drawn(tmp_path / "b.png", options=options)), ink, 0.2)
    assert without < 0.85 * with_labels


def test_plots_can_be_left_out(tmp_path):
    options = PictureOptions(width_px=900, height_px=600, plots=False)
    assert not np.array_equal(drawn(tmp_path / "a.png"), drawn(tmp_path / "b.png", options=options))


def test_an_extent_moves_the_map(tmp_path):
    """Over the open Adriatic there is mostly water."""
    extent = PictureOptions(width_px=900, height_px=600, extent_deg=(42.6, 14.9, 43.2, 15.8))
    sea = map_part(drawn(tmp_path / "p.png", options=extent))
    assert count_near(sea, colours.LIGHT.water, 0.02) > 0.7 * sea.shape[0] * sea.shape[1]


def test_a_flat_scene_is_drawn_without_a_map(tmp_path):
    tracks = made_recording.tracks()
    tracks = tracks.replace(
        latitude_rad=tracks.latitude_rad - np.radians(46.05),
        longitude_rad=tracks.longitude_rad - np.radians(14.5),
    )
    image = map_part(
        drawn(tmp_path / "p.png", tracks=tracks, sensors=made_recording.flat_sensors())
    )
    assert count_near(image, colours.LIGHT.water, 0.01) == 0
    assert count_near(image, colours.height_hex(colours.LIGHT)[1], 0.15) > 30


@pytest.mark.parametrize(
    "given",
    [
        {"tracks": Tracks.make(0)},
        {"plots": Plots.make(0)},
        {"plots": Plots.make(0), "tracks": Tracks.make(0), "sensors": []},
        {"sensors": [Sensor(name="a"), Sensor(name="b")]},
        {"tracks": made_recording.tracks(1, 1), "plots": Plots.make(0)},
        {"tracks": made_recording.tracks().replace(height_m=np.nan, pressure_altitude_m=np.nan)},
        {"title": "$x_1^2$ and \\frac <b>"},
    ],
    ids=["no tracks", "no plots", "nothing", "no sites", "one point", "no heights", "odd title"],
)
def test_whatever_is_missing_a_picture_is_drawn(tmp_path, given):
    assert drawn(tmp_path / "p.png", **given).std() > 0.01


def test_tracks_across_the_date_line_and_near_the_pole_are_drawn(tmp_path):
    tracks = made_recording.tracks()
    east = np.remainder(tracks.longitude_rad + np.radians(165.5) + np.pi, 2 * np.pi) - np.pi
    drawn(tmp_path / "a.png", tracks=tracks.replace(longitude_rad=east), plots=Plots.make(0))
    north = tracks.latitude_rad + np.radians(42.0)
    drawn(tmp_path / "b.png", tracks=tracks.replace(latitude_rad=north), plots=Plots.make(0))


def calls_to_draw(path, tracks, plots):
    """Return how many functions are called: work that is done anew for each track shows in it."""
    count = 0

    def step(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(step)
    try:
        drawn(path, tracks=tracks, plots=plots)
    finally:
        sys.setprofile(None)
    return count


def test_two_thousand_tracks_of_fifty_points_are_drawn_together(tmp_path):
    made = made_recording
    calls_to_draw(tmp_path / "p.png", made.tracks(10, 50), made.plots(100))  # fills what is kept
    few = calls_to_draw(tmp_path / "p.png", made.tracks(100, 50), made.plots(5_000))
    many = calls_to_draw(tmp_path / "p.png", made.tracks(2000, 50), made.plots(100_000))
    assert many < 2 * few, (few, many)  # measured: 1.64; an artist for each track is 20


def test_the_picture_of_a_file_shows_density_and_items(tmp_path):
    reading = Reading(
        format="asterix/raw",
        plots=made_recording.plots(),
        tracks=Tracks.make(0),
        sensors=made_recording.SENSORS,
        contents=Contents(records={"CAT048": 300}, items={"CAT048": {"010": 300, "220": 150}}),
        fault_counts={"truncated-block": 1},
    )
    draw_reading(reading, tmp_path / "a.png", SMALL)
    draw_reading(reading, tmp_path / "b.png", SMALL)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    image = imread(tmp_path / "a.png")[:, :, :3]
    assert count_near(image[:, :450], colours.height_hex(colours.LIGHT)[-1]) > 50
    bars = image[400:, 540:]
    full, half = (count_near(bars[:, a:b], colours.LIGHT.accent) for a, b in ((0, 60), (60, 95)))
    assert full > 1.5 * half > 0


def test_a_file_whose_sensors_stand_nowhere_is_drawn_about_the_sensor(tmp_path):
    reading = Reading(
        format="asterix/raw",
        plots=made_recording.plots(),
        tracks=Tracks.make(0),
        sensors=[Sensor(name="1/2"), Sensor(name="1/3")],
        contents=Contents(records={"CAT048": 300}),
    )
    draw_reading(reading, tmp_path / "a.png", SMALL)
    image = imread(tmp_path / "a.png")[:, :450, :3]
    assert count_near(image, colours.height_hex(colours.LIGHT)[-1]) > 50


def test_an_empty_file_is_drawn(tmp_path):
    reading = Reading(
        format="asterix/raw", plots=Plots.make(0), tracks=Tracks.make(0), sensors=[],
        contents=Contents(records={}),
    )  # fmt: skip
    draw_reading(reading, tmp_path / "a.png", SMALL)
    assert imread(tmp_path / "a.png").std() > 0.01


def test_tracks_that_follow_one_another_are_not_at_once():
    """Six tracks in one bin, two of them together: the most at once is two, not six."""
    begin = np.array([0.0, 2.0, 4.0, 6.0, 8.0, 8.5])
    end = np.array([1.0, 3.0, 5.0, 7.0, 9.0, 25.0])
    edges = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    assert list(overtime.most_at_once(begin, end, edges)) == [2, 1, 1, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=12))
def test_the_most_at_once_is_that_of_all_moments(spans):
    begin = np.array([a for a, _ in spans], float)
    end = begin + np.array([length for _, length in spans], float)
    edges = np.arange(0.0, 91.0, 10.0)
    moments = np.arange(0.0, 90.0, 0.5)
    alive = ((begin[:, None] <= moments) & (moments <= end[:, None])).sum(axis=0)
    wanted = alive.reshape(9, 20).max(axis=1)
    assert list(overtime.most_at_once(begin, end, edges)) == list(wanted)


@pytest.mark.parametrize("heights", [(10_665.0, 10_695.0), (0.0, 12_000.0), (-1_000.0, 12_000.0)])
def test_labels_of_the_colour_bar_stay_within_it_and_apart(heights):
    made = canvas.sheet(colours.PALETTES["light"], 900, 600)
    axes = made.axes(0.722, 0.872, 0.258, 0.018)
    track._height_bar(made, axes, heights, True)
    made.figure.canvas.draw()
    bar = axes.get_window_extent()
    boxes = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
    assert len(boxes) >= 2
    assert all(bar.x0 - 2 <= box.x0 and box.x1 <= bar.x1 + 2 for box in boxes)
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test_sensors_of_one_name_are_told_apart():
    twins = [Sensor(name="0/107", kind=kind) for kind in ("adsb", "multilateration")]
    assert names_told_apart([*twins, Sensor(name="0/7", kind="radar")]) == [
        "0/107 adsb",
        "0/107 multilateration",
        "0/7",
    ]

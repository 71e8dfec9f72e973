"""Outlines are GeoJSON as RFC 7946 wants it, and the picture shows what the figures say."""

import json
import math

import numpy as np
import pytest
from matplotlib.image import imread

from jointsky.pictures.coverage import draw_coverage
from jointsky.pictures.coverage_outlines import geojson, polygons_of
from jointsky.pictures.options import PictureOptions
from jointsky.records.coverage import Coverage, CoverageSensor


def made_coverage(middle_lon=0.5, ring=False):
    """Return two groups that each see a disc; the discs overlap; the first may have a hole."""
    lat = np.radians(np.linspace(52, 56, 81))
    lon = middle_lon + np.radians(np.linspace(-4, 4, 121))
    y, x = np.meshgrid(lat - math.radians(54), (lon - middle_lon) * math.cos(0.94), indexing="ij")
    fields = []
    for centre in (-0.008, 0.012):
        r = np.hypot(x - centre, y) / math.radians(1.2)
        fields.append(1 / (1 + np.exp(12 * (r - 1))))
        if ring and centre < 0:
            fields[0] *= 1 - 1 / (1 + np.exp(30 * (r - 0.3)))
    both = np.array(fields, np.float32)
    ranked = np.sort(both, axis=0)[::-1]
    sensors = [
        CoverageSensor(name=n, group=n, latitude_rad=0.94, longitude_rad=middle_lon + dx, why_not=w)
        for n, dx, w in (("west", -0.01, ""), ("east", 0.02, ""), ("deaf", 0.0, "no radar"))
    ]
    return Coverage(
        latitude_rad=lat, longitude_rad=lon, heights_m=np.array([100.0, 900.0]), above="ground",
        target="1 m²", pd=0.5, sensors=sensors, groups=["west", "east"],
        best=np.stack([both, both]), ranked=np.stack([ranked, ranked]),
        count=np.repeat((both >= 0.5).sum(axis=0)[None].astype(np.int16), 2, axis=0),
    )  # fmt: skip


def ring_area(ring):
    """Return the signed area of a ring, above 0 where it runs anticlockwise."""
    x, y = np.array(ring).T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def check_rfc7946(made):
    assert made["type"] == "FeatureCollection"
    assert "crs" not in made
    for feature in made["features"]:
        assert feature["type"] == "Feature"
        geometry = feature["geometry"]
        if geometry["type"] == "Point":
            continue
        assert geometry["type"] == "MultiPolygon"
        for polygon in geometry["coordinates"]:
            for n, ring in enumerate(polygon):
                assert len(ring) >= 4
                assert ring[0] == ring[-1]
                assert (ring_area(ring) > 0) == (n == 0)  # 3.1.6: outer rings anticlockwise
                assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)


def areas(made):
    """Return (height, at least, group) with the area of the polygons, thousandths of a sr."""
    found = {}
    for feature in made["features"]:
        if feature["geometry"]["type"] == "MultiPolygon":
            p = feature["properties"]
            rings = [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]
            key = (p["height_m"], p["sensors_at_least"], p["group"])
            found[key] = (sum(map(ring_area, rings)), p["area_km2"])
    return found


def test_outlines_are_valid_and_have_the_areas_of_their_cells():
    made = json.loads(json.dumps(geojson(made_coverage(), "x"), allow_nan=False))
    check_rfc7946(made)
    found = areas(made)
    kinds = ((1, None), (2, None), (1, "west"), (1, "east"))
    assert set(found) == {(h, k, g) for h in (100.0, 900.0) for k, g in kinds}
    km2 = (math.radians(1) * 6371.0088) ** 2 * math.cos(math.radians(54))
    for square_deg, told_km2 in found.values():
        assert square_deg * km2 == pytest.approx(told_km2, rel=0.02)
    assert found[100.0, 2, None][0] < found[100.0, 1, "west"][0] < found[100.0, 1, None][0]
    names = [f["properties"].get("sensor") for f in made["features"]]
    assert [n for n in names if n] == ["west", "east", "deaf"]


def test_outlines_lie_where_the_probability_is_the_one_asked_for():
    made = geojson(made_coverage(), "x")
    west = next(f for f in made["features"] if f["properties"].get("group") == "west")
    ring = np.radians(np.array(west["geometry"]["coordinates"][0][0]))
    x, y = (ring[:, 0] - 0.5) * math.cos(0.94) + 0.008, ring[:, 1] - math.radians(54)
    assert np.hypot(x, y) == pytest.approx(math.radians(1.2), rel=0.003)


def test_what_is_not_seen_in_the_middle_is_a_hole():
    made = geojson(made_coverage(ring=True), "x")
    check_rfc7946(made)
    west = next(f for f in made["features"] if f["properties"].get("group") == "west")
    assert [len(polygon) for polygon in west["geometry"]["coordinates"]] == [2]


def test_outlines_are_cut_at_the_date_line():
    here = areas(geojson(made_coverage(0.5), "x"))
    made = geojson(made_coverage(math.pi), "x")
    check_rfc7946(made)
    there = areas(made)
    assert there.keys() == here.keys()
    for key, (square_deg, _) in there.items():
        assert square_deg == pytest.approx(here[key][0], rel=0.01)
    west = next(f for f in made["features"] if f["properties"].get("group") == "west")
    sides = {lon > 0 for p in west["geometry"]["coordinates"] for lon, _ in p[0]}
    assert sides == {True, False}
    for polygon in west["geometry"]["coordinates"]:
        assert np.ptp([lon for lon, _ in polygon[0]]) < 10


def test_nothing_seen_has_no_outline():
    assert polygons_of(np.arange(5.0), np.arange(4.0), np.zeros((4, 5), np.float32), 0.5) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_has_the_colours_of_its_legend(tmp_path, theme):
    options = PictureOptions(width_px=900, height_px=560, theme=theme)
    draw_coverage(made_coverage(), tmp_path / "a.png", "x", options)
    draw_coverage(made_coverage(), tmp_path / "b.png", "x", options)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    pixels = imread(tmp_path / "a.png")
    assert pixels.shape[:2] == (560, 900)
    west, east = (
        np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) / 255 for c in ("#D55E00", "#0072B2")
    )
    for colour in (west, east):
        near = np.abs(pixels[..., :3] - colour).max(axis=-1) < 0.08
        assert near.sum() > 200  # outlines on two maps, and triangles


def test_a_coverage_of_nothing_is_drawn_too(tmp_path):
    made = made_coverage()
    for array in (made.best, made.ranked, made.count):
        array[:] = 0
    draw_coverage(made, tmp_path / "a.png", "x", PictureOptions(width_px=800, height_px=500))
    assert (tmp_path / "a.png").stat().st_size > 10_000
    assert all(f["geometry"]["type"] == "Point" for f in geojson(made, "x")["features"])

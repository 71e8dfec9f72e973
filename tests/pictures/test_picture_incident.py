"""The files of an incident: the same octets every time, GeoJSON as RFC 7946 has it, all said."""

import dataclasses
import json
import math
import re

import jsonschema
import msgspec
import numpy as np
import pytest
from matplotlib.image import imread

from jointsky.pictures.incident import NAMES, write_incident
from jointsky.pictures.incident_geojson import geojson
from jointsky.pictures.incident_view import IncidentView, facts
from jointsky.records.alerts import Incident
from jointsky.records.tracks import Tracks
from pictures.made_incident import NUMBER, made_incident

POSITION = {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "number"}}
LINE = {"type": "array", "minItems": 2, "items": POSITION}
RING = {"type": "array", "minItems": 4, "items": POSITION}
POLYGON = {"type": "array", "minItems": 1, "items": RING}
KINDS = {
    "Point": POSITION,
    "LineString": LINE,
    "MultiLineString": {"type": "array", "items": LINE},
    "Polygon": POLYGON,
    "MultiPolygon": {"type": "array", "items": POLYGON},
}
RFC7946 = {
    "type": "object",
    "required": ["type", "features"],
    "not": {"required": ["crs"]},
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "properties": {"type": "object"},
                    "geometry": {
                        "oneOf": [
                            {"type": "null"},
                            *(
                                {
                                    "type": "object",
                                    "required": ["type", "coordinates"],
                                    "properties": {"type": {"const": k}, "coordinates": shape},
                                }
                                for k, shape in KINDS.items()
                            ),
                        ]
                    },
                },
            },
        },
    },
}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def told(view):
    """Return the GeoJSON of an incident as another program reads it, checked."""
    made = json.loads(json.dumps(geojson(view), allow_nan=False))
    jsonschema.Draft202012Validator(RFC7946).validate(made)
    return made["features"]


def of_kind(features, kind):
    return [one for one in features if one["properties"]["kind"] == kind]


def positions(feature):
    """Return all positions of a feature, however deep."""
    waiting, found = [feature["geometry"]["coordinates"]], []
    while waiting:
        one = waiting.pop()
        if isinstance(one[0], float | int):
            found.append(one)
        else:
            waiting += one
    return found


def signed_area(ring):
    x, y = np.array(ring)[:, :2].T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def rings(feature):
    shape = feature["geometry"]
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [polygon[0] for polygon in polygons]


def test_all_that_belongs_to_it_is_in_the_geojson():
    view = made_incident()
    features = told(view)
    assert [one["properties"]["kind"] for one in features] == [
        *("incident", "zone", "track", "alert", "report")
    ]
    track = of_kind(features, "track")[0]
    assert track["geometry"]["type"] == "LineString"
    assert len(track["geometry"]["coordinates"]) == len(track["properties"]["times"]) == 200
    lon, lat, height = track["geometry"]["coordinates"][0]
    assert lon == pytest.approx(math.degrees(view.tracks.longitude_rad[0]), abs=1e-6)
    assert lat == pytest.approx(math.degrees(view.tracks.latitude_rad[0]), abs=1e-6)
    assert height == 250.0
    report = of_kind(features, "report")[0]["properties"]
    assert (report["remote_id"], report["by"]) == ("1581F5BKD229Q00A", "post 4")
    assert len(of_kind(features, "incident")[0]["properties"]["timeline"]) == len(
        view.incident.timeline
    )


def test_its_times_are_rfc_3339():
    features = told(made_incident())
    properties = [one["properties"] for one in features]
    times = [one[name] for one in properties for name in ("time", "begin", "raised") if name in one]
    times += [line["time"] for line in properties[0]["timeline"]]
    times += of_kind(features, "track")[0]["properties"]["times"]
    assert len(times) > 200 and all(RFC3339.fullmatch(time) for time in times)
    assert properties[0]["begin"] == "2026-05-01T10:01:30.000Z"


@pytest.mark.parametrize("turn", [1, -1])
def test_rings_run_anticlockwise_and_close_however_the_zone_was_declared(turn):
    view = made_incident()
    zone = dataclasses.replace(view.zones[0], rim_rad=view.zones[0].rim_rad[::turn])
    (feature,) = of_kind(told(dataclasses.replace(view, zones=[zone])), "zone")
    (ring,) = rings(feature)
    assert ring[0] == ring[-1] and signed_area(ring) > 0


def test_what_crosses_the_date_line_is_cut_there_and_keeps_its_size():
    here, there = told(made_incident(27.56)), told(made_incident(180.02))
    for feature in there:
        assert all(-180 <= p[0] <= 180 for p in positions(feature))
    (zone,), (was,) = of_kind(there, "zone"), of_kind(here, "zone")
    assert zone["geometry"]["type"] == "MultiPolygon" and len(rings(zone)) == 2
    for ring in rings(zone):
        assert np.ptp(np.array(ring)[:, 0]) < 1.0 and signed_area(ring) > 0
    areas = [sum(map(signed_area, rings(one))) for one in (zone, was)]
    assert areas[0] == pytest.approx(areas[1], rel=1e-3)
    (track,) = of_kind(there, "track")
    assert track["geometry"]["type"] == "MultiLineString"
    one, other = track["geometry"]["coordinates"]
    assert (one[-1][0], other[0][0]) == (180.0, -180.0) and one[-1][1:] == other[0][1:]


def test_a_track_of_one_row_is_a_point_and_an_unknown_height_is_left_out():
    view = made_incident()
    one = dataclasses.replace(view, tracks=view.tracks.rows(slice(0, 1)))
    assert of_kind(told(one), "track")[0]["geometry"]["type"] == "Point"
    flat = dataclasses.replace(view, tracks=view.tracks.replace(height_m=math.nan))
    assert {len(p) for p in positions(of_kind(told(flat), "track")[0])} == {2}


def test_the_same_incident_is_the_same_octets(tmp_path):
    for name in ("one", "other"):
        write_incident(made_incident(), tmp_path / name)
    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_the_page_says_it_all_with_words_escaped_and_needs_nothing_else(tmp_path):
    view = made_incident()
    page = write_incident(view, tmp_path)[0].read_text(encoding="utf-8")
    for line in view.incident.timeline:
        assert line.words.replace("<b>", "&lt;b&gt;") in page
    assert "<b>" not in page and "Simulated." in page
    assert "1581F5BKD229Q00A" in page and "city police" in page and "@media print" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)


def test_the_map_shows_track_report_alert_and_zone(tmp_path):
    write_incident(made_incident(), tmp_path)
    pixels = imread(tmp_path / "map.png")[..., :3]
    for colour in ("#0b63ce", "#9b2c8a", "#D55E00"):
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        assert (np.abs(pixels - wanted).max(axis=-1) < 0.05).sum() > 60, colour


@pytest.mark.parametrize("lines", [10, 150])
def test_the_pdf_has_as_many_pages_as_it_needs_and_no_date(tmp_path, lines):
    document = write_incident(made_incident(lines=lines), tmp_path)[1].read_bytes()
    assert document.startswith(b"%PDF-1.") and b"CreationDate" not in document
    pages = len(re.findall(rb"/Type /Page\b", document))
    assert pages == (2 if lines == 10 else 4)


def test_an_incident_of_which_little_is_known_has_its_files_too(tmp_path):
    bare = Incident(
        id="x-1",
        title="Ж" * 200,
        begin_s=0.0,
        changed_s=0.0,
        latitude_rad=math.nan,
        longitude_rad=math.nan,
        tracks=(NUMBER,),
    )
    view = IncidentView(bare, Tracks.make(0))
    assert told(view) == []
    assert all(path.stat().st_size > 40 for path in write_incident(view, tmp_path))
    closed = msgspec.structs.replace(bare, state="closed", end_s=1.0, handed_to="police")
    names = [name for name, _ in facts(IncidentView(closed, Tracks.make(0)))]
    assert "Handed over to" in names and "Zone" not in names

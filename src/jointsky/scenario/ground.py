"""The ground of a scenario: its heights, and whether sites stand on it."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Iterator

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.earth.terrain import HeightGrid, covers, flat_grid, height_at
from jointsky.earth.terrain_declared import TerrainFile, grid_of
from jointsky.errors import InputError, NotInstalledError
from jointsky.scenario.checks import is_sound, whole
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.sites import Site
from jointsky.world.flights import Flight, Formation, Raid, Replay, Route

UNDER_GROUND_M = 1.0  # heights of grids are rounded


def height_grid(loaded: Loaded, faults: Faults) -> HeightGrid:
    """Return the heights of the ground; sea level everywhere where none are declared."""
    declared = loaded.scenario.terrain
    if declared is None or declared is BROKEN:
        return flat_grid()
    try:
        return grid_of(declared, loaded.file("terrain", "").parent)
    except NotInstalledError as error:
        faults.add("terrain", str(error), "rasterio, or a grid in .npz")
    except InputError as error:
        at = "terrain.path" if isinstance(declared, TerrainFile) else "terrain"
        faults.add(at, f"{error.where}: {error.found}", error.wanted, error.hint)
    return flat_grid()


def ground_m(site: Site, terrain: HeightGrid) -> float:
    """Return the height of a site's ground above the ellipsoid: as declared, or of the terrain."""
    if site.height_m is not None:
        return site.height_m
    return _height_m(terrain, site.latitude_deg, site.longitude_deg)


def _height_m(terrain: HeightGrid, latitude_deg: float, longitude_deg: float) -> float:
    return float(height_at(terrain, math.radians(latitude_deg), math.radians(longitude_deg)))


def check_ground(loaded: Loaded, terrain: HeightGrid, faults: Faults) -> None:
    """Tell what the grid does not cover, and sensors under the ground."""
    if not terrain.heights_m.size:
        return
    outside = []
    for path, latitude_deg, longitude_deg in _places(loaded, faults):
        latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
        if not covers(terrain, latitude, longitude, latitude, longitude):
            outside.append((path, latitude_deg, longitude_deg))
    if outside:
        south, north = min(p[1] for p in outside), max(p[1] for p in outside)
        west, east = min(p[2] for p in outside), max(p[2] for p in outside)
        first, others = outside[0][0], len(outside) - 1
        more = f" and {others} other{'s' if others > 1 else ''}" if others else ""
        hint = f"they lie from {south:g}, {west:g} to {north:g}, {east:g} (latitude, longitude)"
        found = f"the grid, {extent(terrain)}, does not cover {first}{more}"
        wanted = "heights under every site and every flight that follows the ground"
        faults.add("terrain", found, wanted, hint)
    for path, site in whole(loaded.scenario.sites, "sites"):
        if site.height_m is None or not is_sound(faults, path) or outside:
            continue
        ground = _height_m(terrain, site.latitude_deg, site.longitude_deg)
        for at, sensor in whole(site.sensors, f"{path}.sensors"):
            height_m = site.height_m + sensor.above_ground_m
            if height_m < ground - UNDER_GROUND_M:
                found = f"{height_m:g} m, {ground - height_m:.0f} m under the ground there"
                hint = "leave out the site's height_m, and it stands on the terrain"
                wanted = f"at least {ground:.0f} m, the height of the terrain"
                faults.add(f"{at}.above_ground_m", found, wanted, hint)


def extent(grid: HeightGrid) -> str:
    """Return from where to where a grid goes, in degrees."""
    rows, columns = grid.heights_m.shape
    south, west = math.degrees(grid.latitude_rad), math.degrees(grid.longitude_rad)
    north = south + (rows - 1) * math.degrees(grid.latitude_step_rad)
    east = west + (columns - 1) * math.degrees(grid.longitude_step_rad)
    return f"from {south:.6g}, {west:.6g} to {north:.6g}, {east:.6g}"


def _places(loaded: Loaded, faults: Faults) -> Iterator[tuple[str, float, float]]:
    """Yield (path, latitude, longitude), degrees, of what needs heights under it."""
    for path, site in whole(loaded.scenario.sites, "sites"):
        if is_sound(faults, f"{path}.latitude_deg") and is_sound(faults, f"{path}.longitude_deg"):
            yield path, site.latitude_deg, site.longitude_deg
    for path, vehicle in whole(loaded.scenario.vehicles, "vehicles"):
        if vehicle.flight is not BROKEN and is_sound(faults, f"{path}.flight"):
            yield from _places_of(vehicle.flight, f"{path}.flight")


def _places_of(flight: Flight, path: str) -> Iterator[tuple[str, float, float]]:
    """Yield the places of a flight whose heights are above the ground."""
    if isinstance(flight, Formation):
        yield from _places_of(flight.leader, f"{path}.leader")
    elif isinstance(flight, Raid):
        yield from _places_of(flight.flight, f"{path}.flight")
    elif not isinstance(flight, Replay) and flight.height_above == "ground":
        if isinstance(flight, Route):
            for number, point in enumerate(flight.waypoints):
                yield f"{path}.waypoints[{number}]", point.latitude_deg, point.longitude_deg
        else:
            yield path, flight.latitude_deg, flight.longitude_deg


def terrain_files(loaded: Loaded) -> list[pathlib.Path]:
    """Return the files that the heights of the ground are read from."""
    declared = loaded.scenario.terrain
    return [loaded.file("terrain", declared.path)] if isinstance(declared, TerrainFile) else []

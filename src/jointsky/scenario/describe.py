"""A scenario's file becomes something to look at."""

from __future__ import annotations

import pathlib

import numpy as np
import pyarrow as pa

from jointsky.declare import Faults
from jointsky.pictures.sky import SiteMark, Sky, ZoneMark, map_png
from jointsky.scenario.build import build
from jointsky.scenario.built import Built
from jointsky.scenario.contents import contents
from jointsky.scenario.described import Described
from jointsky.scenario.load import load
from jointsky.scenario.resolve import resolve
from jointsky.world.truth import sampled

MAP_PX = 900, 640
STEPS = 200  # of each flight on the map
VEHICLES = ("name", "type", "domain", "nation", "allegiance")


def describe(path: str | pathlib.Path) -> Described:
    """Return the scenario in a file; ManyInputErrors with all that is wrong with it."""
    loaded = load(path)
    resolved = resolve(loaded, loaded.scenario.seed, Faults())
    built = build(loaded)
    tables = {"sites": _sites(built), "sensors": _sensors(built), "vehicles": _vehicles(built)}
    drawn = map_png(_sky(built), *MAP_PX)
    return Described(str(path), built.digest, contents(loaded, resolved), tables, drawn)


def _sites(built: Built) -> pa.Table:
    return pa.table(
        {
            "site": pa.array([one.name for one in built.sites], pa.string()),
            "nation": pa.array([one.nation for one in built.sites], pa.string()),
            "latitude_deg": np.degrees([one.latitude_rad for one in built.sites]),
            "longitude_deg": np.degrees([one.longitude_rad for one in built.sites]),
            "height_m": pa.array([one.height_m for one in built.sites], pa.float64()),
        }
    )


def _sensors(built: Built) -> pa.Table:
    sites = [built.sites[one.site].name for one in built.sensors]
    return pa.table(
        {
            "sensor": pa.array([one.name for one in built.sensors], pa.string()),
            "kind": pa.array([one.told.kind for one in built.sensors], pa.string()),
            "site": pa.array(sites, pa.string()),
        }
    )


def _vehicles(built: Built) -> pa.Table:
    found = built.surroundings.vehicles
    return pa.table(
        {name: pa.array(getattr(found, name).tolist(), pa.string()) for name in VEHICLES}
    )


def _sky(built: Built) -> Sky:
    """Return what flies where, in nobody's view."""
    vehicles = built.surroundings.vehicles
    step_s = max((built.end_s - built.begin_s) / STEPS, 1.0)
    truth = sampled(len(vehicles), built.surroundings.pieces, built.begin_s, built.end_s, step_s)
    return Sky(
        vehicles=vehicles,
        vehicle=truth["vehicle"],
        time_s=truth["time_s"],
        xy=np.column_stack([truth["longitude_rad"], truth["latitude_rad"]]),
        views={},
        sites=[
            SiteMark(site.name, site.nation, (site.longitude_rad, site.latitude_rad))
            for site in built.sites
        ],
        zones=[ZoneMark(zone.name, zone.use, zone.rim_rad[:, ::-1]) for zone in built.areas],
    )
